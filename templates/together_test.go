package templates

import (
	"strings"
	"testing"
)

// TestTogether: several mails in one, with one greeting and one closing, each under its heading.
func TestTogether(t *testing.T) {
	results := CommandResults{For: forAna, Results: []CommandResult{{Line: "info", Done: true, Text: "That stands below."}}}
	info := Info{For: forAna, Members: 3, Join: "open"}
	list := MemberList{For: forAna, First: 1, Total: 1, Members: []Person{{Name: "Ben Okafor"}}}
	for _, lang := range Languages() {
		alone, err := Render(lang, results)
		if err != nil {
			t.Fatal(err)
		}
		one, err := Together(lang, results)
		if err != nil || one != alone {
			t.Errorf("%s: one alone is not as it is alone: %v", lang, err)
		}
		m, err := Together(lang, results, info, list)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.ReplaceAll(m.Text, " \n", " ")
		if m.Subject != alone.Subject {
			t.Errorf("%s: the subject is %q", lang, m.Subject)
		}
		if n := strings.Count(text, "Ana Sousa"); n != 1 {
			t.Errorf("%s: greets %d times:\n%s", lang, n, text)
		}
		closing := map[string]string{"en": "just reply to this mail with more", "de": "einfach auf diese Mail mit weiteren", "es": "respondas a este correo con más"}[lang]
		at, end := strings.Index(text, closing), strings.Index(text, "Ben Okafor")
		if at < end || end < 0 {
			t.Errorf("%s: the closing stands at %d, the last text at %d:\n%s", lang, at, end, text)
		}
		if n := strings.Count(text, "* * *"); n != 2 {
			t.Errorf("%s: %d rules", lang, n)
		}
		for _, want := range []string{"Ben Okafor", "info"} {
			if !strings.Contains(m.HTML, want) {
				t.Errorf("%s: the HTML lacks %q", lang, want)
			}
		}
	}
	if _, err := Together("en", results, 7); err == nil {
		t.Error("a number is no mail")
	}
}
