package storetest

import (
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"guildpost/store"
)

var schemas atomic.Int64

// PostgresURL makes a schema for one test, and returns the URL of a database that looks into it alone. Where
// GUILDPOST_TEST_POSTGRES names no PostgreSQL the test is skipped, unless GUILDPOST_TEST_REQUIRE forbids that.
func PostgresURL(t testing.TB) string {
	t.Helper()
	base := os.Getenv("GUILDPOST_TEST_POSTGRES")
	if base == "" {
		if strings.Contains(os.Getenv("GUILDPOST_TEST_REQUIRE"), "postgres") {
			t.Fatal("GUILDPOST_TEST_POSTGRES names no PostgreSQL")
		}
		t.Skip("GUILDPOST_TEST_POSTGRES names no PostgreSQL")
	}
	admin, err := sql.Open("pgx", base)
	check(t, err)
	name := fmt.Sprintf("test_%d_%d", os.Getpid(), schemas.Add(1))
	_, err = admin.ExecContext(ctx, "CREATE SCHEMA "+name)
	check(t, err)
	t.Cleanup(func() {
		if _, err := admin.ExecContext(ctx, "DROP SCHEMA "+name+" CASCADE"); err != nil {
			t.Error(err)
		}
		admin.Close()
	})
	u, err := url.Parse(base)
	check(t, err)
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String()
}

// OnBoth runs a test on both databases.
func OnBoth(t *testing.T, run func(t *testing.T, db *store.DB)) {
	t.Run("SQLite", func(t *testing.T) { run(t, Open(t)) })
	t.Run("PostgreSQL", func(t *testing.T) { run(t, OpenWith(t, store.Options{URL: PostgresURL(t)})) })
}
