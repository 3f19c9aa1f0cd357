package calendar

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestReadWishes(t *testing.T) {
	for text, want := range map[string]string{
		"agenda: lifetimes":                              `["lifetimes"] ""`,
		"yes\nagenda: lifetimes\n":                       `["lifetimes"] "yes\n"`,
		"Agenda : lifetimes\nyes":                        `["lifetimes"] "yes"`,
		"Thema: Lebensdauern\nTema:  vidas\n":            `["Lebensdauern" "vidas"] ""`,
		"Orden del día: macros":                          `["macros"] ""`,
		"agenda:\n- lifetimes\n* async\n\n2. macros\nja": `["lifetimes" "async" "macros"] "ja"`,
		"agenda:\nlifetimes\n- async":                    `[] "lifetimes\n- async"`,
		"agenda: a\nagenda: b\nagenda:\n- c":             `["a" "b" "c"] ""`,
		"- lifetimes\nno":                                `[] "- lifetimes\nno"`,
		"My agenda: is full, sorry":                      `[] "My agenda: is full, sorry"`,
		"no, my topic is: rust":                          `[] "no, my topic is: rust"`,
		"agenda:":                                        `[] ""`,
		"topic: a\x00b\tc  d":                            `["a b c d"] ""`,
		"":                                               `[] ""`,
	} {
		wishes, rest := ReadWishes(text)
		if got := fmt.Sprintf("%q %q", append([]string{}, wishes...), rest); got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
	many, _ := ReadWishes(strings.Repeat("agenda: x\n", 100) + "agenda: " + strings.Repeat("ü", 1000))
	if len(many) != maxWishes {
		t.Errorf("of a hundred %d are read, want %d", len(many), maxWishes)
	}
}

// FuzzReadWishes: each wish is a short line of text, what is left was there, and an answer beside them is still read.
func FuzzReadWishes(f *testing.F) {
	f.Add("yes\nagenda: lifetimes\n\n- x")
	f.Add("Thema:\n- a\n1) b\r\nnein")
	f.Add("tema: \xff\u2028x\x00")
	f.Fuzz(func(t *testing.T, text string) {
		wishes, rest := ReadWishes(text)
		if len(wishes) > maxWishes {
			t.Errorf("%d wishes", len(wishes))
		}
		for _, w := range wishes {
			if w == "" || len(w) > maxWish || !utf8.ValidString(w) || strings.ContainsFunc(w, unicode.IsControl) || w != strings.TrimSpace(w) {
				t.Errorf("%q is no line", w)
			}
			if again, _ := ReadWishes("agenda: " + w); !slices.Equal(again, []string{w}) {
				t.Errorf("%q, read again, is %q", w, again)
			}
		}
		have := map[string]bool{}
		for line := range strings.Lines(text) {
			have[line] = true
		}
		for line := range strings.Lines(rest) {
			if !have[line] {
				t.Errorf("%q was not there", line)
			}
		}
		if more, same := ReadWishes(rest); len(more) > 0 && len(wishes) == 0 || len(same) > len(rest) {
			t.Errorf("%q is left, in which there are %q", rest, more)
		}
	})
}
