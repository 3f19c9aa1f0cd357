package main

import "github.com/spf13/cobra"

func (a *app) archiveCommand() *cobra.Command {
	return group("archive", "What a community has said: read it, and keep its threads in order",
		a.archiveThreads(), a.archiveShow(),
		a.archiveMerge(), a.archiveSplit(), a.archiveTitle(), a.archiveSolved(), a.archiveOpen(), a.archiveLabel(), a.archiveUnlabel())
}
