package main

import "github.com/spf13/cobra"

func (a *app) archiveCommand() *cobra.Command {
	return group("archive", "What a community has said: find it",
		a.archiveSearch())
}
