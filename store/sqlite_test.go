package store_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	_ "github.com/mattn/go-sqlite3"

	"guildpost/store"
	"guildpost/store/storetest"
)

func TestSQLite(t *testing.T) {
	storetest.Run(t, func(t *testing.T) *store.DB { return storetest.Open(t) })
}

func TestSQLiteHandles(t *testing.T) {
	storetest.RunPlace(t, func(t *testing.T) storetest.Place {
		path := filepath.Join(t.TempDir(), "guildpost.db")
		return storetest.Place{Options: store.Options{Path: path}, Exec: func(t *testing.T, statement string) {
			execBeside(t, "sqlite3", path, statement)
		}}
	})
}

func execBeside(t *testing.T, driver, name, statement string) {
	t.Helper()
	db, err := sql.Open(driver, name)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, statement); err != nil {
		t.Fatal(err)
	}
}

func TestSQLiteFiles(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "new", "data")
	path := filepath.Join(folder, "odd name %20 ? # ü.db")
	db := storetest.OpenWith(t, store.Options{Path: path})
	storetest.Community(t, db, "rust")
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 3 {
		t.Errorf("there are %d files, want the database, its log and its index", len(files))
	}
	for _, f := range files {
		if !strings.HasPrefix(f.Name(), filepath.Base(path)) {
			t.Errorf("there is a file %q", f.Name())
		}
		wantMode(t, filepath.Join(folder, f.Name()), 0o600)
	}
	wantMode(t, folder, 0o700)
}

func wantMode(t *testing.T, path string, want os.FileMode) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != want {
		t.Errorf("%s has mode %o, want %o", path, got, want)
	}
}

func TestSQLiteCannotOpen(t *testing.T) {
	folder := t.TempDir()
	noise := filepath.Join(folder, "noise.db")
	if err := os.WriteFile(noise, []byte(strings.Repeat("this is no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name    string
		options store.Options
		want    store.Kind
		says    string
	}{
		{"no path", store.Options{}, store.Invalid, "no database"},
		{"a folder", store.Options{Path: folder}, store.Invalid, "cannot be opened"},
		{"nothing to read", store.Options{Path: filepath.Join(folder, "none.db"), ReadOnly: true}, store.NotFound, "there is no database"},
		{"something else", store.Options{Path: noise}, store.Temporary, "damaged"},
		{"a URL that is none", store.Options{URL: "postgres://user:secret@%zz/"}, store.Invalid, "should look like"},
		{"nobody there", store.Options{URL: "postgres://user:secret@127.0.0.1:1/x?connect_timeout=2"}, store.Temporary, "does not answer"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			db, err := store.Open(ctx, test.options)
			if err == nil {
				db.Close()
			}
			if store.KindOf(err) != test.want || !strings.Contains(fmt.Sprint(err), test.says) {
				t.Errorf("error %v of kind %d, want kind %d and %q", err, store.KindOf(err), test.want, test.says)
			}
			if strings.Contains(fmt.Sprint(err), "secret") {
				t.Errorf("the error tells the password: %v", err)
			}
		})
	}
}

func TestSQLiteBackup(t *testing.T) {
	db := storetest.Open(t)
	c := storetest.Community(t, db, "rust")
	storetest.Members(t, db, c, 100)
	first := storetest.Accept(t, db, storetest.Arrival(c, "one"))
	path := filepath.Join(t.TempDir(), "it's a backup.db")
	stop, writing := make(chan struct{}), make(chan struct{})
	go func() { // the database is in use meanwhile
		defer close(writing)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
				storetest.Accept(t, db, storetest.Arrival(c, fmt.Sprint("more", i)))
			}
		}
	}()
	err := db.Backup(ctx, path)
	close(stop)
	<-writing
	if err != nil {
		t.Fatal(err)
	}
	wantMode(t, path, 0o600)
	copied := storetest.OpenWith(t, store.Options{Path: path, ReadOnly: true})
	if got, want := storetest.Subscriptions(t, copied, c), storetest.Subscriptions(t, db, c); !reflect.DeepEqual(got, want) {
		t.Errorf("the backup has %d subscriptions, want the %d of the original", len(got), len(want))
	}
	got, err := copied.Post(ctx, first.PostID)
	want, wantErr := db.Post(ctx, first.PostID)
	if err != nil || wantErr != nil || got != want {
		t.Errorf("the backup has post %+v %v, want %+v %v", got, err, want, wantErr)
	}
	if err := db.Backup(ctx, path); store.KindOf(err) != store.Conflict {
		t.Errorf("a second backup to the same file: %v, want a conflict", err)
	}
	if err := db.Backup(ctx, filepath.Join(path, "under a file")); err == nil {
		t.Error("a backup to an impossible place succeeded")
	}
}
