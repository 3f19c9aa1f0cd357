package main

import "github.com/spf13/cobra"

func (a *app) archiveCommand() *cobra.Command {
	return group("archive", "The archive of a community: bring a history in, and get it out", a.archiveImport(), a.archiveExport())
}
