package archive

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"guildpost/store"
	"guildpost/templates"
)

var asking = Asking{Now: time.Date(2026, 11, 24, 23, 30, 0, 0, time.UTC), Zone: mustZone("Europe/Berlin")}

func mustZone(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return zone
}

func TestParseQuery(t *testing.T) {
	tests := []struct{ text, want string }{
		{"borrow checker", "borrow checker"},
		{`  "borrow   checker" rust `, `"borrow checker" rust`},
		{`“borrow checker” «foo»`, `"borrow checker" foo`},
		{`"borrow checker`, `"borrow checker"`},
		{`a"b c"d`, `a "b c" d`},
		{"lint* foo.bar* \"big lint\"*", `lint* foo.bar* "big lint"*`},
		{"-macro rust", "rust -macro"},
		{"–macro rust", "rust -macro"},
		{`-"two words" x`, `x -"two words"`},
		{"from:Ann FROM:\"Ann Lee\" -from:ben", `from:Ann from:"Ann Lee" -from:ben`},
		{"subject:review to:rust@lists.example.org", "subject:review to:rust@lists.example.org"},
		{"clippy OR rustfmt lint", "clippy OR rustfmt lint"},
		{"a OR b OR from:c", "a OR b OR from:c"},
		{"this or that", "this or that"},
		{`"OR"`, `"OR"`},
		{"x OR", `x "OR"`},
		{"std::vector https://example.org/x 12:30", `"std::vector" "https://example.org/x" "12:30"`},
		{"a & b - c", "a b c"},
		{"list:Rust list:rust list:go x", "x list:rust list:go"},
		{"after:2026-03-05 before:2026/4", "after:2026-03-05 before:2026/4"},
		{"since:30d", "after:30d"},
		{"has:attachment is:SOLVED in:12", "has:attachment is:solved in:12"},
		{"has:files in:thread:12 in:#12", "has:attachment in:12"},
		{"before:2020", "before:2020"},
		{"-only", "-only"},
		{"--x y", `y -"-x"`},
		{"foo*bar**", `"foo*bar"*`},
		{"find\x00 a\u00a0b\x1b", "find a b"},
		{"東京 C++", "東京 C++"},
	}
	for _, tt := range tests {
		q, err := ParseQuery(tt.text, asking)
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		if got := q.String(); got != tt.want {
			t.Errorf("%s:\ngot  %s\nwant %s", tt.text, got, tt.want)
		}
		checkRoundTrip(t, tt.text)
	}
}

func TestQueryErrors(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", "there is nothing to search for: write some words"},
		{" ", "there is nothing to search for: write some words"},
		{"-", "there is nothing to search for: write some words"},
		{"&&", "there is no letter and no digit to search for in &&"},
		{`from:"…"`, `there is no letter and no digit to search for in from:"…"`},
		{"before:2026-13-01", "before:2026-13-01 is not a date: write 2026, 2026-03, 2026-03-05, or 30d (6w, 3m, 1y) for that long ago"},
		{"after:2026-02-30", "after:2026-02-30 is not a date: write 2026, 2026-03, 2026-03-05, or 30d (6w, 3m, 1y) for that long ago"},
		{"after:soon", "after:soon is not a date: write 2026, 2026-03, 2026-03-05, or 30d (6w, 3m, 1y) for that long ago"},
		{"after:2026*", "after:2026* is not a date: write 2026, 2026-03, 2026-03-05, or 30d (6w, 3m, 1y) for that long ago"},
		{"after:2026 before:2025", "there is no time in after:2026 before:2025: did you mean after:2025 before:2026?"},
		{"after:2026 after:2025", "after:2026 after:2025 cannot both be: write one, for example after:2025"},
		{"from: ann", "there is nothing behind from:: write for example from:ann"},
		{"form:ann", `form:ann begins with no field that is known: write from:ann, or "form:ann" if that is the text to find`},
		{"subjct:x", `subjct:x begins with no field that is known: write subject:x, or "subjct:x" if that is the text to find`},
		{"a*", "a* is too short: write at least two letters before *"},
		{"has:pictures", "has:pictures is not known: write has:attachment for posts with files"},
		{"is:open", "is:open is not known: write is:solved for threads that are solved"},
		{"in:x", "in:x is not the number of a thread: write for example in:12"},
		{"in:1 in:2", "in:1 in:2 cannot both be: write one, for example in:2"},
		{"x -has:attachment", "-has:attachment cannot be left out of a search: only words can, such as -macro or -from:ann"},
		{"OR x", "OR stands between two words or phrases, for example clippy OR rustfmt"},
		{"x OR -y", "OR stands between two words or phrases, for example clippy OR rustfmt"},
		{"x OR is:solved", "OR stands between two words or phrases, for example clippy OR rustfmt"},
		{strings.Repeat("x ", 33), "a search has at most 32 words and phrases"},
		{strings.Repeat("x", 1001), "a search has at most 1000 characters"},
	}
	for _, tt := range tests {
		_, err := ParseQuery(tt.text, asking)
		if err == nil || err.Error() != tt.want || store.KindOf(err) != store.Invalid || store.Sentence(err) != tt.want {
			t.Errorf("%s:\ngot  %v\nwant %s", tt.text, err, tt.want)
		}
		var reason *QueryError
		if !errors.As(err, &reason) || queryErrors[reason.Code] == "" {
			t.Errorf("%s: %#v", tt.text, err)
		}
	}
}

func TestDays(t *testing.T) {
	// It is 00:30 on the 25th where the asker is.
	for text, want := range map[string]string{
		"2026": "2026-01-01", "2026-03": "2026-03-01", "2026-3-5": "2026-03-05", "2026/03/05": "2026-03-05", "today": "2026-11-25",
		"yesterday": "2026-11-24", "0d": "2026-11-25", "30d": "2026-10-26", "2w": "2026-11-11", "3m": "2026-08-25", "10y": "2016-11-25",
	} {
		q, err := ParseQuery("after:"+text, asking)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		at := q.After.Start.In(asking.Zone)
		if got := at.Format("2006-01-02"); got != want || at.Hour() != 0 || at.Minute() != 0 {
			t.Errorf("%s: %v, want %s", text, at, want)
		}
	}
	for _, text := range []string{"9999y", "0000", "26-01-01", "2026-00", "2026-1-32", "1h", "-1d"} {
		if q, err := ParseQuery("after:"+text, asking); err == nil {
			t.Errorf("%s is %v", text, q.After.Start)
		}
	}
}

// checkRoundTrip proves what holds of every query.
func checkRoundTrip(t *testing.T, text string) {
	t.Helper()
	q, err := ParseQuery(text, asking)
	if err != nil {
		if err.Error() == "" {
			t.Errorf("%q: an error without words", text)
		}
		return
	}
	again, err := ParseQuery(q.String(), asking)
	if len(q.String()) > maxQuery {
		return // written in full it is longer
	}
	if err != nil || !reflect.DeepEqual(again, q) {
		t.Errorf("%q is written %q, which is %#v, %v; was %#v", text, q.String(), again, err, q)
	}
	n := 0
	r := q.Request()
	for _, group := range append(r.All, r.None) {
		for _, term := range group {
			n++
			if len(term.Words) == 0 {
				t.Errorf("%q: a term without words", text)
			}
		}
	}
	if n > maxTerms+1 {
		t.Errorf("%q: %d terms", text, n)
	}
}

func FuzzParseQuery(f *testing.F) {
	for _, seed := range []string{`from:"Ann Lee" -x OR y* list:rust before:30d in:12`, `“a” - -- "" ":" -from:`, "a*b: ** OR OR", "東京* \xff"} {
		f.Add(seed)
	}
	f.Fuzz(checkRoundTrip)
}

// TestQueryErrorTexts: each error has a text for who asks by mail.
func TestQueryErrorTexts(t *testing.T) {
	for code := range queryErrors {
		if !templates.Has("search." + code) {
			t.Errorf("there is no text search.%s", code)
		}
	}
}
