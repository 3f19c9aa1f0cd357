package store

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// ofPeople are names of columns that are about people whatever their type.
var ofPeople = regexp.MustCompile(`member|subscription_id|person|user`)

// TestPersonTables: every table is in personTables, with every column that could hold something of a person. Without that,
// export-person would leave it out, and erase would leave it there.
func TestPersonTables(t *testing.T) {
	db, err := Open(ctx, Options{Path: filepath.Join(t.TempDir(), "guildpost.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	known := map[string]personTable{}
	for _, table := range personTables {
		known[table.name] = table
	}
	for _, name := range tablesOf(t, db) {
		table, ok := known[name]
		if !ok {
			t.Errorf("the table %s is not in personTables: say there what it holds of people", name)
			continue
		}
		delete(known, name)
		var key []string
		for _, c := range columnsOf(t, db, name) {
			if c.key {
				key = append(key, c.name)
			}
			about := c.kind == "TEXT" || c.kind == "BLOB" || ofPeople.MatchString(c.name)
			if all := slices.Concat(table.texts, table.others, table.people); about && !slices.Contains(all, c.name) {
				t.Errorf("the column %s.%s is not in personTables: say there whether it can name a person", name, c.name)
			}
		}
		slices.Sort(key)
		if want := slices.Sorted(slices.Values(table.key)); !slices.Equal(key, want) {
			t.Errorf("the key of %s is %v, personTables has %v", name, key, want)
		}
		if len(table.people) > 0 && table.mine == "" {
			t.Errorf("%s has %v, and personTables does not say which rows are whose", name, table.people)
		}
	}
	for name := range known {
		t.Errorf("personTables has %s, the database has not", name)
	}
}

func tablesOf(t *testing.T, db *DB) (names []string) {
	t.Helper()
	err := db.query(ctx, func(row rowScanner) error {
		var name string
		err := row.Scan(&name)
		if !strings.HasPrefix(name, "sqlite_") && !strings.HasPrefix(name, "goose") && name != "" && name != "search" && !strings.HasPrefix(name, "search_") {
			names = append(names, name)
		}
		return err
	}, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
	if err != nil || len(names) < 20 {
		t.Fatalf("%d tables, %v", len(names), err)
	}
	return names
}

type tableColumn struct {
	name, kind string
	key        bool
}

func columnsOf(t *testing.T, db *DB, table string) (all []tableColumn) {
	t.Helper()
	err := db.query(ctx, func(row rowScanner) error {
		var c tableColumn
		var pk int
		err := row.Scan(&c.name, &c.kind, &pk)
		c.key = pk > 0
		all = append(all, c)
		return err
	}, "SELECT name, type, pk FROM pragma_table_info('"+table+"')")
	if err != nil || len(all) == 0 {
		t.Fatalf("columns of %s: %v", table, err)
	}
	return all
}
