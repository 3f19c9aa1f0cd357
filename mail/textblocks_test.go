package mail

import (
	"fmt"
	"strings"
	"testing"
)

func TestTextBlocks(t *testing.T) {
	tests := []struct{ name, body, want string }{
		{"nothing", "", ""},
		{"a text", "one\n\ntwo\n", "new one||two"},
		{"an answer above", "Yes.\n\nOn 3 Aug 2026, Ada wrote:\n> Really?\n> Sure?\n", "new Yes. / quoted On 3 Aug 2026, Ada wrote:|> Really?|> Sure?"},
		{"answers between", "> one?\n\nyes\n\n> two?\nno\n-- \nBen\n", "quoted > one? / new yes / quoted > two? / new no / signature --|Ben"},
		{"a signature alone", "-- \nBen\n", "signature --|Ben"},
	}
	for _, test := range tests {
		var got []string
		for _, b := range Read([]byte("From: a@b.example\n\n" + test.body)).TextBlocks() {
			got = append(got, fmt.Sprintf("%s %s", b.Kind, strings.ReplaceAll(b.Text, "\n", "|")))
		}
		if got := strings.Join(got, " / "); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

// TestIndentedQuotes: Outlook for Mac quotes by four spaces.
func TestIndentedQuotes(t *testing.T) {
	const intro = "On 7/22/19, 2:50 AM, \"rust on behalf of Ada\" <rust-bounces@x.example on behalf of ada@a.example> wrote:\n\n"
	for body, want := range map[string]string{
		"\ufeff" + intro + "    Hi Ben,\n    is it so?\n    \n    > really\nYes, it is.\n\n    Ada\n": "Yes, it is.",
		"Above.\n\n" + intro + "    Hi Ben,\n    is it so?\n":                                         "Above.",
		"Am 22.07.19, 14:50 schrieb \"Ada\" <ada@a.example>:\n\n    Hallo\n\nJa.\n":                   "Ja.",
		"Like this, on 7/22/19, 2:50:\n\n    let x = 1;\n\nthat is all\n":                             "Like this, on 7/22/19, 2:50:\n\n    let x = 1;\n\nthat is all",
	} {
		if got := Read([]byte("From: a@b.example\n\n" + body)).Text().New; got != want {
			t.Errorf("%q: got %q, want %q", body, got, want)
		}
	}
}

// TestBareBody: what has no header is text from its first line on.
func TestBareBody(t *testing.T) {
	for body, want := range map[string]string{
		"this is a text -- of a line.\n\n-- \nrick\n": "this is a text -- of a line.",
		"Above the line\n________________________________________\nFrom: A [a@b.example]\nSent: Friday, 23 March 2012 5:08 p.m.\nTo: B\nSubject: c\n\nquoted\n": "Above the line",
		"Subject: a message\n\ntext\n":                                 "text",
		"From a@b.example Mon Aug  3 09:00:00 2026\nSubject: s\n\nt\n": "t",
		"a broken line\nDate: Mon, 3 Aug 2026 09:00:00 +0000\n\nt\n":   "t",
	} {
		if got := Read([]byte(body)).Text().New; got != want {
			t.Errorf("%q: got %q, want %q", body, got, want)
		}
	}
}
