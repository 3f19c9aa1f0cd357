package main

import "github.com/spf13/cobra"

func (a *app) archiveCommand() *cobra.Command {
	return group("archive", "The archive of a community: find what was said, bring a history in, and get it out",
		a.archiveSearch(), a.archiveImport(), a.archiveExport())
}
