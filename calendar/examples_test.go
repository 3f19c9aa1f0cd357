package calendar

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"guildpost/mail"
	"guildpost/templates"
)

var actionExample = regexp.MustCompile(`[“„«]((?:ACTION|AKTION|ACCIÓN) [^”“»]*)[”“»]`)

// TestExamplesAreRead: what the mails tell people to write is understood, in each language.
func TestExamplesAreRead(t *testing.T) {
	now := time.Date(2026, 11, 25, 15, 0, 0, 0, time.UTC)
	for _, language := range templates.Languages() {
		word := templates.Say(language, "minutes.attended", templates.Args{})
		m, err := templates.Render(language, templates.MeetingOver{Title: "Clinic", Start: now, Word: word, Example: "Ada Lovelace"})
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Join(strings.Fields(strings.ReplaceAll(m.Text, "\n", " ")), " ")
		var got []string
		for line := range strings.Lines(m.Text) {
			if strings.HasPrefix(strings.TrimSpace(line), word+":") {
				a, _, _ := ReadAttended(line)
				got = append(got, fmt.Sprintf("%v %v %v %v", a.All, a.But, a.Names, a.Plus))
			}
		}
		if want := "true [] [] []; true [Ada Lovelace] [] [guest@example.org]; false [] [Ada Lovelace] []"; strings.Join(got, "; ") != want {
			t.Errorf("%s: %s, want %s", language, strings.Join(got, "; "), want)
		}
		example := actionExample.FindStringSubmatch(text)
		if example == nil {
			t.Fatalf("%s: no example of an action in %s", language, text)
		}
		actions := ReadActions(strings.ReplaceAll(example[1], "…", "book the room"), language, now)
		if len(actions) != 1 || actions[0].show() != "Ada Lovelace | 2026-12-10 | book the room" {
			t.Errorf("%s: %q is read as %v", language, example[1], actions)
		}
		due, err := templates.Render(language, templates.ActionDue{Title: "Clinic", What: "x", Due: now})
		if err != nil {
			t.Fatal(err)
		}
		quoted := regexp.MustCompile(`[“„«]([^”“»]*)[”“»]`).FindAllStringSubmatch(strings.Join(strings.Fields(due.Text), " "), -1)
		var answers []string
		for _, q := range quoted {
			if done, later, ok := readActionAnswer(q[1], language, now); ok {
				answers = append(answers, fmt.Sprint(done, " ", later.Format(time.DateOnly)))
			}
		}
		if strings.Join(answers, "; ") != "true 0001-01-01; false 2026-12-10" {
			t.Errorf("%s: the answers in\n%s\nare read as %v", language, due.Text, answers)
		}
	}
}

func TestReadActionAnswer(t *testing.T) {
	now := time.Date(2026, 11, 25, 15, 0, 0, 0, time.UTC)
	for _, c := range []struct{ text, want string }{
		{"done", "done"}, {"Done!", "done"}, {"done, it was easy", "done"}, {"Erledigt.", "done"}, {"hecho", "done"}, {"Está hecho", "done"}, {"\n\nIt's done", "done"},
		{"later 2026-12-10", "2026-12-10"}, {"Later, on 10 December", "2026-12-10"}, {"später 10.12.", "2026-12-10"}, {"spaeter am 10. Dezember", "2026-12-10"},
		{"más tarde, el 10 de diciembre", "2026-12-10"}, {"not yet: 2026-11-25", "2026-11-25"},
		{"later", ""}, {"later 2026-11-24", ""}, {"later tomorrow", ""}, {"done? no", ""}, {"is it done", ""}, {"", ""}, {"later 2026-02-30", ""},
	} {
		got := ""
		if done, later, ok := readActionAnswer(c.text, "en", now); ok {
			if got = "done"; !done {
				got = later.Format(time.DateOnly)
			}
		}
		if got != c.want {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
}

// FuzzReadActionAnswer: what is understood is one thing, and a day that is not past.
func FuzzReadActionAnswer(f *testing.F) {
	for _, s := range []string{"done", "later 2026-12-10", "später 10.12.", "hecho", "done later 2026-12-10"} {
		f.Add(s)
	}
	now := time.Date(2026, 11, 25, 15, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, s string) {
		done, later, ok := readActionAnswer(mail.StripReply(s), "de", now)
		if ok && done == !later.IsZero() || !ok && done || ok && !done && later.Format(time.DateOnly) < "2026-11-25" {
			t.Errorf("%q: %v, %v, %v", s, done, later, ok)
		}
	})
}
