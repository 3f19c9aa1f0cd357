package store

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func readSchema(t *testing.T, d dialect) (text string, newest int64) {
	t.Helper()
	files, err := d.migrations()
	if err != nil {
		t.Fatal(err)
	}
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		number, _, _ := strings.Cut(name, "_")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			t.Errorf("%s has no number", name)
		}
		newest = max(newest, n)
		b, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		text += string(b)
	}
	return text, newest
}

func TestSchemaFiles(t *testing.T) {
	for _, d := range []dialect{sqlite, postgres} {
		text, newest := readSchema(t, d)
		if newest != newestSchema {
			t.Errorf("the newest migration is %d, newestSchema says %d", newest, newestSchema)
		}
		if i := strings.Index(text, "{{"); i >= 0 {
			t.Errorf("a token was not replaced: %s", text[i:i+20])
		}
		for _, word := range []string{"Down", " DEFAULT NULL", "TIMESTAMP", "VARCHAR", "JSONB"} {
			if strings.Contains(text, word) {
				t.Errorf("the schema has %q", word)
			}
		}
	}
}

// NULL sorts first in one database and last in the other.
func TestSchemaHasNoNull(t *testing.T) {
	text, _ := readSchema(t, sqlite)
	column := regexp.MustCompile(`^    ([a-z_]+) +(TEXT|BIGINT|BOOLEAN|BLOB)\b(.*)`)
	found := 0
	for line := range strings.Lines(text) {
		m := column.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		found++
		if !strings.Contains(m[3], "NOT NULL") && !strings.Contains(m[3], "PRIMARY KEY") && m[1] != "bundle_id" {
			t.Errorf("column %s may be NULL", m[1])
		}
	}
	if found < 50 {
		t.Errorf("only %d columns were found", found)
	}
}

// A table that refers to raw_messages and is not known to Prune would keep it from removing anything.
func TestRawUsers(t *testing.T) {
	text, _ := readSchema(t, sqlite)
	var tables []string
	for _, part := range strings.Split(text, "CREATE TABLE ")[1:] {
		if name, rest, _ := strings.Cut(part, " ("); strings.Contains(rest, "REFERENCES raw_messages (id)") && !strings.Contains(rest, "REFERENCES raw_messages (id) ON DELETE CASCADE") {
			tables = append(tables, name)
		}
	}
	have := slices.Sorted(slices.Values(rawUsers))
	slices.Sort(tables)
	if fmt.Sprint(tables) != fmt.Sprint(have) {
		t.Errorf("%v refer to raw_messages, Prune knows %v", tables, have)
	}
}
