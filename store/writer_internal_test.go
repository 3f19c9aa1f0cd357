package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"testing/synctest"

	"github.com/mattn/go-sqlite3"
)

var ctx = context.Background()

func openTest(t *testing.T) *DB {
	t.Helper()
	db, err := Open(ctx, Options{Path: filepath.Join(t.TempDir(), "guildpost.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// A promise needs synchronous=FULL on the very connection that commits it, and on the one that replaces it.
func TestSettingsOfEveryConnection(t *testing.T) {
	db := openTest(t)
	tests := []struct {
		name   string
		pool   *sql.DB
		conns  int
		pragma string
		want   string
	}{
		{"durable", db.durable.pool, 1, "synchronous", "2"},
		{"durable", db.durable.pool, 1, "wal_autocheckpoint", "8000"},
		{"relaxed", db.relaxed.pool, 1, "synchronous", "1"},
		{"relaxed", db.relaxed.pool, 1, "wal_autocheckpoint", "4000"},
		{"reading", db.read, 8, "query_only", "1"},
	}
	for _, pool := range []*sql.DB{db.durable.pool, db.relaxed.pool, db.read} {
		for pragma, want := range map[string]string{"journal_mode": "wal", "foreign_keys": "1", "busy_timeout": "30000", "secure_delete": "1"} {
			test := tests[0]
			test.name, test.pool, test.pragma, test.want = "each", pool, pragma, want
			tests = append(tests, test)
		}
	}
	for _, renewed := range []bool{false, true} {
		for _, test := range tests {
			for i, got := range askAll(t, test.pool, test.conns, test.pragma) {
				if got != test.want {
					t.Errorf("%s, connection %d (renewed: %t): %s is %s, want %s", test.name, i, renewed, test.pragma, got, test.want)
				}
			}
			if !renewed {
				test.pool.SetMaxIdleConns(-1)
			}
		}
	}
}

// askAll asks n connections at once.
func askAll(t *testing.T, pool *sql.DB, n int, pragma string) (all []string) {
	t.Helper()
	for range n {
		conn, err := pool.Conn(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		var got string
		if err := conn.QueryRowContext(ctx, "PRAGMA "+pragma).Scan(&got); err != nil {
			t.Fatal(err)
		}
		all = append(all, got)
	}
	return all
}

func set(name string) func(*tx) error {
	return func(t *tx) error {
		_, err := t.exec("INSERT INTO settings (name, value) VALUES (?, '')", name)
		return err
	}
}

// inOneGroup runs the transactions so that they wait for the same commit, and returns their errors.
func inOneGroup(t *testing.T, w *writer, all []func(*tx) error) []error {
	t.Helper()
	errs := make([]error, len(all))
	hold, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		if err := w.do(ctx, func(*tx) error { <-hold; return nil }); err != nil {
			t.Error(err)
		}
	}()
	synctest.Wait()
	ended := make(chan struct{})
	for i, fn := range all {
		go func() { errs[i] = w.do(ctx, fn); ended <- struct{}{} }()
	}
	synctest.Wait()
	close(hold)
	for range all {
		<-ended
	}
	<-done
	return errs
}

// bubble runs fn in a synctest bubble, with a database of its own.
func bubble(t *testing.T, fn func(t *testing.T, db *DB)) {
	path := filepath.Join(t.TempDir(), "guildpost.db")
	synctest.Test(t, func(t *testing.T) {
		db, err := Open(ctx, Options{Path: path})
		if err != nil {
			t.Fatal(err)
		}
		fn(t, db)
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestTransactionsShareACommit(t *testing.T) {
	for _, kind := range []string{"durable", "relaxed"} {
		t.Run(kind, func(t *testing.T) {
			bubble(t, func(t *testing.T, db *DB) {
				w := map[string]*writer{"durable": db.durable, "relaxed": db.relaxed}[kind]
				var all []func(*tx) error
				for i := range 40 {
					all = append(all, set(fmt.Sprint(i)))
				}
				before := w.commits.Load()
				for i, err := range inOneGroup(t, w, all) {
					if err != nil {
						t.Errorf("transaction %d: %v", i, err)
					}
				}
				if got := w.commits.Load() - before; got != 1 {
					t.Errorf("41 transactions took %d commits, want 1", got)
				}
				wantSettings(t, db, 40)
			})
		})
	}
}

func TestGroupIsBounded(t *testing.T) {
	bubble(t, func(t *testing.T, db *DB) {
		var all []func(*tx) error
		for i := range 2 * maxGroup {
			all = append(all, set(fmt.Sprint(i)))
		}
		before := db.durable.commits.Load()
		inOneGroup(t, db.durable, all)
		if got := db.durable.commits.Load() - before; got != 3 {
			t.Errorf("%d transactions took %d commits, want 3", 1+2*maxGroup, got)
		}
		wantSettings(t, db, 2*maxGroup)
	})
}

func TestFailingNeighbour(t *testing.T) {
	ours := errors.New("ours")
	bubble(t, func(t *testing.T, db *DB) {
		all := []func(*tx) error{
			set("a"),
			func(t *tx) error { return errors.Join(set("taken back")(t), ours) },
			set("a"), // a conflict
			func(t *tx) error { _, err := t.exec("no SQL"); return err },
			set("b"),
		}
		errs := inOneGroup(t, db.durable, all)
		failed := 0
		for i, err := range errs {
			if err != nil {
				failed++
			}
			if i == 1 && !errors.Is(err, ours) {
				t.Errorf("transaction 1: %v, want its own error", err)
			}
		}
		if failed != 3 || errs[4] != nil {
			t.Errorf("errors: %v, want 3, and none for the last", errs)
		}
		wantSettings(t, db, 2)
	})
}

func TestCallerThatGaveUp(t *testing.T) {
	bubble(t, func(t *testing.T, db *DB) {
		given, cancel := context.WithCancel(ctx)
		all := []func(*tx) error{set("a"), func(t *tx) error { cancel(); return set("b")(t) }, set("c")}
		for _, err := range inOneGroup(t, db.durable, all) {
			if err != nil {
				t.Error(err)
			}
		}
		if err := db.durable.do(given, set("d")); KindOf(err) != Temporary {
			t.Errorf("a call whose context has ended: %v, want temporary", err)
		}
		wantSettings(t, db, 3)
	})
}

func wantSettings(t *testing.T, db *DB, want int) {
	t.Helper()
	var got int
	if err := db.read.QueryRow("SELECT COUNT(*) FROM settings").Scan(&got); err != nil {
		t.Fatal(err)
	}
	if got != want {
		t.Errorf("%d settings are there, want %d", got, want)
	}
}

// After a failed fsync nothing may be promised: the page may be gone from the cache, and the next fsync succeeds.
func TestBrokenDisk(t *testing.T) {
	told := make(chan error, 10)
	path := filepath.Join(t.TempDir(), "guildpost.db")
	db, err := Open(ctx, Options{Path: path, OnBroken: func(err error) { told <- err }})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	broken := sqlite3.Error{Code: sqlite3.ErrIoErr, ExtendedCode: sqlite3.ErrIoErrFsync}
	for range 3 {
		err = db.durable.do(ctx, func(*tx) error { return broken })
		if KindOf(err) != Temporary {
			t.Errorf("an error of the disk: %v, want temporary", err)
		}
	}
	for name, w := range map[string]*writer{"durable": db.durable, "relaxed": db.relaxed} {
		if err := w.do(ctx, set(name)); KindOf(err) != Temporary {
			t.Errorf("%s write afterwards: %v, want temporary", name, err)
		}
	}
	wantSettings(t, db, 0)
	if err := <-told; !errors.Is(err, broken) {
		t.Errorf("told: %v, want the disk's error", err)
	}
	if len(told) > 0 {
		t.Error("told more than once")
	}
}
