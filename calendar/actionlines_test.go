package calendar

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

var actionsFrom = time.Date(2026, 11, 25, 15, 0, 0, 0, time.UTC)

func TestReadDay(t *testing.T) {
	for _, c := range []struct{ text, language, want string }{
		{"2026-12-10", "en", "2026-12-10"}, {"10.12.2026", "de", "2026-12-10"}, {"10.12.26", "de", "2026-12-10"}, {"10.12.", "de", "2026-12-10"}, {"1.2.", "de", "2027-02-01"},
		{"25.11.", "de", "2026-11-25"}, {"10/12/2026", "es", "2026-12-10"}, {"10/12", "es", "2026-12-10"}, {"10/12/2026", "en", ""}, {"25/12/2026", "en", "2026-12-25"},
		{"12/25/2026", "en", "2026-12-25"}, {"12/12", "en-GB", "2026-12-12"}, {"10 December 2026", "en", "2026-12-10"}, {"December 10, 2026", "en", "2026-12-10"},
		{"Dec. 10th", "en", "2026-12-10"}, {"the 3rd of January", "en", "2027-01-03"}, {"10. Dezember", "de", "2026-12-10"}, {"1. März 2027", "de", "2027-03-01"},
		{"10 de diciembre de 2026", "es", "2026-12-10"}, {"1 de enero", "es", "2027-01-01"}, {"29.2.2028", "de", "2028-02-29"},

		{"", "en", ""}, {"29.2.2027", "de", ""}, {"31.11.", "de", ""}, {"10.12", "de", ""}, {"10", "en", ""}, {"December", "en", ""}, {"tomorrow", "en", ""}, {"10 December 20266", "en", ""},
		{"2026-13-01", "en", ""}, {"1/2/3", "es", ""}, {"99.12.2026", "de", ""}, {"10 December 11 December", "en", ""}, {"0.0.2026", "de", ""}, {"00/00", "es", ""},
	} {
		got := ""
		if day, ok := ReadDay(c.text, c.language, actionsFrom); ok {
			got = day.Format(time.DateOnly)
		}
		if got != c.want {
			t.Errorf("%q in %s: %q, want %q", c.text, c.language, got, c.want)
		}
	}
}

// show writes an action: who | when | what.
func (a ActionLine) show() string {
	day := "-"
	if !a.Due.IsZero() {
		day = a.Due.Format(time.DateOnly)
	}
	loud := ""
	if !a.Loud {
		loud = " (quiet)"
	}
	return fmt.Sprintf("%s | %s | %s%s", a.Owner, day, a.What, loud)
}

func TestReadActions(t *testing.T) {
	for _, c := range []struct{ text, language, want string }{
		{"ACTION Ben 2026-12-10: book the room", "en", "Ben | 2026-12-10 | book the room"},
		{"We met.\n\n- ACTION Ben Okafor by 10 December: book: the room\n* ACTION ada@a.example 2026-12-11: x", "en",
			"Ben Okafor | 2026-12-10 | book: the room; ada@a.example | 2026-12-11 | x"},
		{"ACTION Ben: book the room by 2026-12-10.", "en", "Ben | 2026-12-10 | book the room"},
		{"ACTION Ben: book the room", "en", "Ben | - | book the room"},
		{"ACTION Ben 10/12/2026: book", "en", "Ben 10/12/2026 | - | book"},
		{"ACTION: Ben 2026-12-10: book", "en", "Ben | 2026-12-10 | book"},
		{"ACTION 2026-12-10 Ben: book", "en", "Ben | 2026-12-10 | book"},
		{"ACTION: book the room", "en", " | - | book the room"},
		{"**ACTION** Ben (2026-12-10): book\n   a large room\n  for all\nDone.", "en", "Ben | 2026-12-10 | book a large room for all"},
		{"AKTION Jürgen 10.12.: Raum buchen\nAKTION Ada bis zum 1. März 2027: lesen", "de", "Jürgen | 2026-12-10 | Raum buchen; Ada | 2027-03-01 | lesen"},
		{"ACCIÓN José 10/12/2026: reservar\nACCION Ana para el 1 de enero: leer", "es", "José | 2026-12-10 | reservar; Ana | 2027-01-01 | leer"},
		{"Action Ben 2026-12-10: book", "en", "Ben | 2026-12-10 | book (quiet)"},
		{"[ ] ACTION Ben 2026-12-10: book", "en", "Ben | 2026-12-10 | book"},

		{"Actions:\nACTION :\nReaction Ben: x\nACTIONS Ben: x\nACTION Ben without a colon", "en", ""},
		{"", "en", ""},
	} {
		var got []string
		for _, a := range ReadActions(c.text, c.language, actionsFrom) {
			got = append(got, a.show())
		}
		if strings.Join(got, "; ") != c.want {
			t.Errorf("%q:\n got %s\nwant %s", c.text, strings.Join(got, "; "), c.want)
		}
	}
}

// FuzzReadActions: whatever minutes say, an action has something to do in one line, a day is one, and written anew it is read
// alike.
func FuzzReadActions(f *testing.F) {
	for _, s := range []string{"ACTION Ben 2026-12-10: book", "AKTION Ada bis 10.12.: x\n  y", "ACCIÓN José 10 de diciembre: z", "ACTION: : :", "* ACTION\n"} {
		f.Add(s, "en")
	}
	f.Fuzz(func(t *testing.T, text, language string) {
		for _, a := range ReadActions(text, language, actionsFrom) {
			if plain(a.What) == "" || strings.Contains(a.What+a.Owner, "\n") || a.Due.Hour() != 0 {
				t.Fatalf("%q: %+v", text, a)
			}
			if a.Due.IsZero() || a.Owner == "" {
				continue
			}
			again := ReadActions("ACTION "+a.Owner+" "+a.Due.Format(time.DateOnly)+": "+a.What, "en", actionsFrom)
			if len(again) != 1 || !again[0].Due.Equal(a.Due) && a.Due.Year() < 10000 {
				t.Errorf("%q: %s, and written anew %v", text, a.show(), again)
			}
		}
	})
}
