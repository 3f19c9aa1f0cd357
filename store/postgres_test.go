package store_test

import (
	"testing"

	"guildpost/store"
	"guildpost/store/storetest"
)

func TestPostgreSQL(t *testing.T) {
	postgresURL(t) // skips all at once
	storetest.Run(t, func(t *testing.T) *store.DB { return storetest.OpenWith(t, store.Options{URL: postgresURL(t)}) })
}

func TestPostgreSQLHandles(t *testing.T) {
	postgresURL(t)
	storetest.RunPlace(t, func(t *testing.T) storetest.Place {
		url := postgresURL(t)
		return storetest.Place{Options: store.Options{URL: url}, Exec: func(t *testing.T, statement string) {
			execBeside(t, "pgx", url, statement)
		}}
	})
}

func TestPostgreSQLBackup(t *testing.T) {
	db := storetest.OpenWith(t, store.Options{URL: postgresURL(t)})
	if err := db.Backup(ctx, t.TempDir()+"/x"); store.KindOf(err) != store.Invalid {
		t.Errorf("a backup: %v, want invalid", err)
	}
}

func postgresURL(t testing.TB) string { return storetest.PostgresURL(t) }
