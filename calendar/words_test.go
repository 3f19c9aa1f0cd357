package calendar

import (
	"strings"
	"testing"

	"guildpost/store"
)

func TestReadAnswer(t *testing.T) {
	for _, c := range []struct {
		text string
		want store.RSVPAnswer // "" is not clear
	}{
		{"yes", store.Accepted}, {"Yes!", store.Accepted}, {"\n\n  YES, see you there.\nBen", store.Accepted}, {"ok", store.Accepted},
		{"ja", store.Accepted}, {"Ja gerne!", store.Accepted}, {"Sí, claro", store.Accepted}, {"si", store.Accepted}, {"I’ll be there.", store.Accepted},
		{"no", store.Declined}, {"No, sorry.", store.Declined}, {"Nein, leider nicht", store.Declined}, {"leider nein", store.Declined},
		{"no puedo", store.Declined}, {"I can't come", store.Declined},
		{"maybe", store.Tentative}, {"Vielleicht.", store.Tentative}, {"quizás", store.Tentative}, {"Quiza\u0301s", store.Tentative}, {"tal vez, depende", store.Tentative},
		{"Weiß nicht", store.Tentative},

		{"", ""}, {"   \n", ""}, {"No problem, the room is fine.", ""}, {"Yes, but not this time", ""}, {"ja, nein, vielleicht", ""},
		{"Is there parking?", ""}, {"yesterday was great", ""}, {"Ja, aber später", ""}, {"Sí, pero no puedo", ""}, {"not sure if yes", ""}, {"?", ""},
	} {
		if got, ok := ReadAnswer(c.text); got != c.want || ok != (c.want != "") {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
}

// FuzzReadAnswer: what stands around a line that is clear, and how it is written, changes nothing.
func FuzzReadAnswer(f *testing.F) {
	for _, s := range []string{"yes", "No, sorry.", "Vielleicht", "Sí", "ja, aber", "\x00", "no\u0301"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		answer, ok := ReadAnswer(s)
		if ok != (answer != "") {
			t.Fatalf("%q: %q, %v", s, answer, ok)
		}
		if !ok {
			return
		}
		line := firstLine(s)
		for _, other := range []string{"\n\n" + line + "\nno\nyes", " \t" + line + " "} {
			if got, _ := ReadAnswer(other); got != answer {
				t.Errorf("%q: %q, but %q: %q", s, answer, other, got)
			}
		}
		if got, _ := ReadAnswer(line + ", " + strings.ToUpper("but not")); got == answer && strings.ContainsAny(line, ",") == false && answerOf[plain(line+" but not")] == "" {
			t.Errorf("%q is %q also when it is turned", line, answer)
		}
	})
}
