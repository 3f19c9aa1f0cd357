package store

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/mattn/go-sqlite3"
)

func TestBind(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"none", "SELECT 1", "SELECT 1"},
		{"one", "SELECT ?", "SELECT $1"},
		{"in their order", "a = ? AND b IN (?, ?) OR c = ?", "a = $1 AND b IN ($2, $3) OR c = $4"},
		{"ten and more", strings.Repeat("?,", 11), "$1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,"},
		{"other letters", "ä ? é", "ä $1 é"},
	}
	for _, test := range tests {
		for range 2 { // the second comes from the cache
			if got := postgres.bind(test.text); got != test.want {
				t.Errorf("%s: got %q, want %q", test.name, got, test.want)
			}
		}
		if got := sqlite.bind(test.text); got != test.text {
			t.Errorf("%s: SQLite got %q, want it unchanged", test.name, got)
		}
	}
}

func TestText(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"empty", "", ""},
		{"plain", "plain ü 🎉", "plain ü 🎉"},
		{"NUL", "a\x00b\x00", "a\uFFFDb\uFFFD"},
		{"invalid", "a\xffb", "a\uFFFDb"},
		{"a cut letter", "a\xc3", "a\uFFFD"},
		{"half a surrogate pair", "a\xed\xa0\x80", "a\uFFFD"},
		{"both", "\x00\xfe", "\uFFFD\uFFFD"},
	}
	for _, test := range tests {
		if got := text(test.text); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

func FuzzKey(f *testing.F) {
	f.Add("short", "short\x00")
	f.Add(strings.Repeat("ü", 1000), strings.Repeat("ü", 1000)+"\xff")
	f.Fuzz(func(t *testing.T, a, b string) {
		for _, s := range []string{a, b} {
			k := key(s)
			if len(k) > maxKey || !utf8.ValidString(k) || strings.ContainsRune(k, 0) {
				t.Errorf("key(%q) = %q: too long, or no text", s, k)
			}
			if key(k) != k {
				t.Errorf("key(%q) changes when it is made again", s)
			}
			if len(text(s)) <= maxKey && k != text(s) {
				t.Errorf("key(%q) = %q, want it unchanged", s, k)
			}
		}
		if (key(a) == key(b)) != (text(a) == text(b)) {
			t.Errorf("key(%q) = %q, key(%q) = %q", a, key(a), b, key(b))
		}
	})
}

func TestOneOf(t *testing.T) {
	tests := []struct {
		ids       []int64
		condition string
		args      string
	}{
		{[]int64{5}, "id BETWEEN ? AND ?", "[5 5]"},
		{[]int64{5, 6, 7}, "id BETWEEN ? AND ?", "[5 7]"},
		{[]int64{5, 7}, "id IN (SELECT value FROM json_each(?))", "[[5,7]]"},
		{[]int64{5, 4}, "id IN (SELECT value FROM json_each(?))", "[[5,4]]"},
		{[]int64{5, 7, 6, 8}, "id IN (SELECT value FROM json_each(?))", "[[5,7,6,8]]"},
		{[]int64{5, 5}, "id IN (SELECT value FROM json_each(?))", "[[5,5]]"},
	}
	for _, test := range tests {
		condition, args := sqlite.oneOf(test.ids)
		if condition != test.condition || fmt.Sprint(args) != test.args {
			t.Errorf("%v: got %s %v, want %s %s", test.ids, condition, args, test.condition, test.args)
		}
	}
	if got, want := postgres.idList([]int64{1, -2, 3}), "{1,-2,3}"; got != want {
		t.Errorf("PostgreSQL's list: got %s, want %s", got, want)
	}
}

func TestErrorCodes(t *testing.T) {
	unique := sqlite3.Error{Code: sqlite3.ErrConstraint, ExtendedCode: sqlite3.ErrConstraintUnique}
	tests := []struct {
		name            string
		err             error
		conflict, retry bool
		kind            Kind
	}{
		{"SQLite: unique", unique, true, false, Internal},
		{"wrapped", fmt.Errorf("x: %w", unique), true, false, Internal},
		{"SQLite: primary key", sqlite3.Error{Code: sqlite3.ErrConstraint, ExtendedCode: sqlite3.ErrConstraintPrimaryKey}, true, false, Internal},
		{"SQLite: foreign key", sqlite3.Error{Code: sqlite3.ErrConstraint, ExtendedCode: sqlite3.ErrConstraintForeignKey}, false, false, Internal},
		{"SQLite: full", sqlite3.Error{Code: sqlite3.ErrFull}, false, false, Temporary},
		{"SQLite: busy", sqlite3.Error{Code: sqlite3.ErrBusy}, false, false, Temporary},
		{"SQLite: damaged", sqlite3.Error{Code: sqlite3.ErrCorrupt}, false, false, Temporary},
		{"PostgreSQL: unique", &pgconn.PgError{Code: "23505"}, true, false, Internal},
		{"PostgreSQL: foreign key", &pgconn.PgError{Code: "23503"}, false, false, Internal},
		{"PostgreSQL: serialisation", &pgconn.PgError{Code: "40001"}, false, true, Internal},
		{"PostgreSQL: deadlock", &pgconn.PgError{Code: "40P01"}, false, true, Internal},
		{"PostgreSQL: disk full", &pgconn.PgError{Code: "53100"}, false, false, Temporary},
		{"PostgreSQL: stopping", &pgconn.PgError{Code: "57P01"}, false, false, Temporary},
		{"ours", Errorf(Forbidden, "UNIQUE constraint failed"), false, false, Forbidden},
		{"another's", errors.New("UNIQUE constraint failed"), false, false, Internal},
	}
	db := &DB{}
	for _, test := range tests {
		if isConflict(test.err) != test.conflict || isRetry(test.err) != test.retry || KindOf(db.explain(test.err)) != test.kind {
			t.Errorf("%s: conflict %t, retry %t, kind %d, want %t, %t, %d", test.name, isConflict(test.err), isRetry(test.err),
				KindOf(db.explain(test.err)), test.conflict, test.retry, test.kind)
		}
	}
}
