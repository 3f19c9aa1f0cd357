package main

import "github.com/spf13/cobra"

func (a *app) archiveCommand() *cobra.Command {
	return group("archive", "The archive of a community: find and read what was said, bring a history in, and get it out",
		a.archiveSearch(), a.archiveThreads(), a.archiveShow(), a.archiveImport(), a.archiveExport(),
		a.archiveMerge(), a.archiveSplit(), a.archiveTitle(), a.archiveSolved(), a.archiveOpen(), a.archiveLabel(), a.archiveUnlabel())
}
