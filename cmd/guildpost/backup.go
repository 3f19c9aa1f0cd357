package main

import (
	"github.com/spf13/cobra"

	"guildpost/store"
)

func (a *app) backupCommand() *cobra.Command {
	return &cobra.Command{Use: "backup FILE", Short: "Copies the database into a new file, while guildpost runs", Args: arguments(1, 1),
		Long: "Writes a consistent copy of the database into a new file, with guildpost running or not.\n" +
			"Keep the configuration and the files it names as well.",
		RunE: func(c *cobra.Command, args []string) error {
			return a.withStore(c.Context(), func(db *store.DB) error {
				path := absolute(args[0], a.dir)
				if err := db.Backup(c.Context(), path); err != nil {
					return err
				}
				a.say("wrote %s", shortPath(path, a.dir))
				return nil
			})
		}}
}
