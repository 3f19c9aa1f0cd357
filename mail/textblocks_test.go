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
