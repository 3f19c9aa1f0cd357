package archive

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSnippet(t *testing.T) {
	long := strings.Repeat("lorem ipsum dolor sit amet ", 20)
	tests := []struct{ name, text, query, want string }{
		{"whole", "The borrow\n\tchecker  complains.\n", "checker", "The borrow [checker] complains."},
		{"nothing found", "Hello all,\nthis is new.", "else", "Hello all, this is new."},
		{"spelling is kept", "Die GRÖßE der Straße, naïve", "grosse strasse naive", "Die [GRÖßE] der [Straße], [naïve]"},
		{"phrase", "a b c a c", `"a c"`, "a b c [a c]"},
		{"identifier", "call foo.bar() and foo bar", "foo.bar", "call [foo.bar]() and [foo bar]"},
		{"prefix", "linting lint splint", "lint*", "[linting] [lint] splint"},
		{"C++", "C and C++ too", "C++", "C and [C++] too"},
		{"overlapping", "one two three", `"one two" "two three"`, "[one two three]"},
		{"Chinese", "全文搜索引擎很好", "搜索", "全文[搜索]引擎很好"},
		{"in front", "needle " + long, "needle", "[needle] lorem ipsum dolor sit amet lorem ipsum dolor sit amet lorem ipsum dolor sit amet lorem ipsum dolor sit amet lorem ipsum dolor sit amet lorem ipsum dolor …"},
		{"at the end", long + "needle", "needle", "… dolor sit amet lorem ipsum dolor sit amet lorem ipsum dolor sit amet lorem ipsum dolor sit amet lorem ipsum dolor sit amet lorem ipsum dolor sit amet [needle]"},
		{"both words", "one " + long + " two " + long + " one two end", "one two", "… sit amet lorem ipsum dolor sit amet lorem ipsum dolor sit amet lorem ipsum dolor sit amet lorem ipsum dolor sit amet lorem ipsum dolor sit amet [one] [two] end"},
		{"field", "ann wrote", "from:ann wrote", "ann [wrote]"},
		{"empty", "", "x", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q, err := ParseQuery(tt.query, asking)
			if err != nil {
				t.Fatal(err)
			}
			if got := snippet(tt.text, q.Terms()).Marked("[", "]"); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
			checkSnippet(t, tt.text, tt.query)
		})
	}
}

// checkSnippet proves what holds of any text and query.
func checkSnippet(t *testing.T, text, query string) {
	t.Helper()
	q, err := ParseQuery(query, asking)
	if err != nil || !utf8.ValidString(text) {
		return
	}
	s := snippet(text, q.Terms())
	if n := utf8.RuneCountInString(s.Text); n > snippetLength+4 && len(s.Marks) != 1 {
		t.Errorf("%d characters: %q", n, s.Text)
	}
	if !utf8.ValidString(s.Text) || strings.ContainsAny(s.Text, "\n\t") {
		t.Errorf("odd characters: %q", s.Text)
	}
	last := 0
	for _, m := range s.Marks {
		if m.Start < last || m.End < m.Start || m.End > len(s.Text) {
			t.Fatalf("marks %v of %q", s.Marks, s.Text)
		}
		last = m.End
	}
}

func FuzzSnippet(f *testing.F) {
	f.Add("The borrow\nchecker complains", `borrow "checker complains" compl*`)
	f.Add("か\u3099 x\u00ady 東京", "が xy 京")
	f.Fuzz(checkSnippet)
}

func BenchmarkSnippet(b *testing.B) {
	q, err := ParseQuery("needle dolor", asking)
	if err != nil {
		b.Fatal(err)
	}
	text := strings.Repeat("lorem ipsum dolor sit amet ", 100) + "needle"
	for b.Loop() {
		snippet(text, q.Terms())
	}
}
