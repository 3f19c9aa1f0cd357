package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"

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

var schemas atomic.Int64

// postgresURL makes a schema for one test, and returns the URL of a database that looks into it alone.
func postgresURL(t testing.TB) string {
	t.Helper()
	base := os.Getenv("GUILDPOST_TEST_POSTGRES")
	if base == "" {
		if strings.Contains(os.Getenv("GUILDPOST_TEST_REQUIRE"), "postgres") {
			t.Fatal("GUILDPOST_TEST_POSTGRES names no PostgreSQL")
		}
		t.Skip("GUILDPOST_TEST_POSTGRES names no PostgreSQL")
	}
	admin, err := sql.Open("pgx", base)
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("test_%d_%d", os.Getpid(), schemas.Add(1))
	if _, err := admin.ExecContext(context.Background(), "CREATE SCHEMA "+name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := admin.ExecContext(context.Background(), "DROP SCHEMA "+name+" CASCADE"); err != nil {
			t.Error(err)
		}
		admin.Close()
	})
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String()
}
