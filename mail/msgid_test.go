package mail

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestMessageIDs(t *testing.T) {
	tests := []struct {
		name, value string
		want        []string
	}{
		{"one", "<a@b>", []string{"a@b"}},
		{"several", "<a@b> <c@d>\t<e@f>", []string{"a@b", "c@d", "e@f"}},
		{"no space between", "<a@b><c@d>", []string{"a@b", "c@d"}},
		{"commas", "<a@b>,<c@d>", []string{"a@b", "c@d"}},
		{"no brackets", "a@b", []string{"a@b"}},
		{"no brackets, several", "a@b c@d", []string{"a@b", "c@d"}},
		{"opening bracket alone", "<a@b", []string{"a@b"}},
		{"opening bracket alone, more follow", "<a@b <c@d>", []string{"a@b", "c@d"}},
		{"opening bracket alone, words follow", "<a@b c@d", []string{"a@b"}},
		{"closing bracket alone", "a@b> <c@d>", []string{"a@b", "c@d"}},
		{"doubled brackets", "<<a@b>>", []string{"a@b"}},
		{"folded inside", "<abc\r\n def@b>", []string{"abcdef@b"}},
		{"space inside", "< a@b >", []string{"a@b"}},
		{"text behind", `<a@b> from "Joe <x@y>" on Monday`, []string{"a@b"}},
		{"text before", `Your message of "Mon, 23 Nov" <a@b>`, []string{"a@b"}},
		{"comment", "<a@b> (Joe <x@y>)", []string{"a@b"}},
		{"Notes", "<OF1234.5678-ONC1257.0012-C1257.0013@LocalDomain>", []string{"OF1234.5678-ONC1257.0012-C1257.0013@LocalDomain"}},
		{"Exchange without @", "<000701c1$4a2f>", []string{"000701c1$4a2f"}},
		{"literal", "<x@[192.0.2.1]>", []string{"x@[192.0.2.1]"}},
		{"quoted local part", `<"a b"@c>`, []string{`"ab"@c`}},
		{"repeated", "<a@b> <a@b> <c@d> <a@b>", []string{"a@b", "c@d", "a@b"}},
		{"only text", "message of Monday", nil},
		{"nothing", "", nil},
		{"empty brackets", "<> < >", nil},
		{"control characters", "<a\x00@\x1bb>", []string{"a@b"}},
		{"invalid UTF-8", "<a\xff@b>", []string{"a?@b"}},
		{"too long", "<" + strings.Repeat("a", 2000) + "@b> <c@d>", []string{"c@d"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := MessageIDs(tt.value); !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestMessageIDsTime(t *testing.T) {
	for _, piece := range []string{"<", ">", "( ", `" \`, "a@b ", "<a", "<a ", "<a@b>", `"@`} {
		start := time.Now()
		MessageIDs(strings.Repeat(piece, 1<<20/len(piece)))
		if d := time.Since(start); d > 10*time.Second {
			t.Errorf("1 MB of %q took %v", piece, d)
		}
	}
}

func TestNewMessageID(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	id, err := NewMessageID(bytes.NewReader(make([]byte, 10)), now, "lists.example.org")
	const want = "ayivn277daaa.aaaaaaaaaaaaaaaa@lists.example.org"
	if err != nil || len(id) != len(want) || !strings.HasSuffix(id, ".aaaaaaaaaaaaaaaa@lists.example.org") {
		t.Errorf("got %s, %v; want something like %s", id, err, want)
	}
	if got := MessageIDs("<" + id + ">"); !slices.Equal(got, []string{id}) {
		t.Errorf("%s is read as %v", id, got)
	}
	if _, err := NewMessageID(bytes.NewReader(nil), now, "x"); err == nil {
		t.Error("no error without randomness")
	}
}

func FuzzMessageIDs(f *testing.F) {
	f.Add(`<a@b> from "x" (c) d@e>`)
	f.Fuzz(func(t *testing.T, value string) {
		ids := MessageIDs(value)
		for _, id := range ids {
			if id == "" || len(id) > maxMessageID || strings.ContainsAny(id, "<>\r\n\x00 \t") {
				t.Errorf("bad identifier %q", id)
			}
		}
		if again := MessageIDs("<" + strings.Join(ids, "> <") + ">"); len(ids) > 0 && !slices.Equal(ids, again) {
			t.Errorf("%q is read again as %q", ids, again)
		}
	})
}
