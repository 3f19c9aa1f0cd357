package issue

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// plainWords are as simple as words can be.
type plainWords struct{}

func (plainWords) Title() string { return "Rust Guild in November" }
func (plainWords) Heading(k Kind) string {
	return map[Kind]string{Threads: "Worth reading", Questions: "Still open", Coming: "What comes", Figures: "In figures"}[k]
}
func (plainWords) Block(it Item) string {
	switch {
	case it.Summary != nil:
		return fmt.Sprintf("%d of us wrote %d posts.", it.Summary.Writers, it.Summary.Posts)
	case it.Thread != nil:
		return fmt.Sprintf("- **%s** – %d posts by %d people", Escape(it.Thread.Subject), it.Thread.Posts, it.Thread.People)
	case it.Meeting != nil:
		return fmt.Sprintf("- **%s** – %s", Escape(it.Meeting.Title), it.Meeting.Starts.Format("Monday, 2 January, 15:04 MST"))
	case it.Figure != nil:
		return fmt.Sprintf("- **%s:** %g, %d of %d, which is what was counted of all that was there to be counted", it.Figure.Key, it.Figure.Value, it.Figure.K, it.Figure.N)
	}
	return "- ?"
}

func sample() Issue {
	return Issue{Sections: []Section{
		{Kind: Opening, Items: []Item{{Summary: &Summary{Posts: 62, Writers: 14}}}},
		{Kind: Threads, Items: []Item{
			{Thread: &Thread{ID: 12, Subject: "Lifetimes in “async” traits: what we found when we moved the parser to them", Posts: 14, People: 6}},
			{Thread: &Thread{ID: 15, Subject: "Cargo * workspaces [tips](here)", Posts: 9, People: 4}}}},
		{Kind: Questions, Items: []Item{{Thread: &Thread{ID: 17, Subject: "Who has used proptest?", Posts: 1, People: 1}}}},
		{Kind: Coming, Items: []Item{{Meeting: &Meeting{ID: 3, Title: "Clinic", Starts: time.Date(2026, 12, 1, 16, 0, 0, 0, time.UTC)}}}},
		{Kind: Figures, Items: []Item{{Figure: &Figure{Key: "members", Value: 62, K: 3, N: 9}}, {Figure: &Figure{Key: "engagement", Value: .2, K: 14, N: 62}}}},
	}}
}

func show(changes []Change) (all []string) {
	for _, c := range changes {
		text := c.Text
		if len([]rune(text)) > 40 {
			text = strings.TrimSpace(string([]rune(text)[:40]))
		}
		all = append(all, fmt.Sprintf("%s [%s] %s", c.What, c.Section, text))
	}
	return all
}

// quote puts a source into an answer as mail programs do.
var quoters = map[string]func(string) string{
	"as it is": func(s string) string { return s },
	"quoted":   func(s string) string { return "Here it is.\n\nOn Mon, Ada wrote:\n" + prefixed(s, "> ") },
	"no space": func(s string) string { return prefixed(s, ">") },
	"twice":    func(s string) string { return prefixed(s, "> > ") },
	"outlook": func(s string) string {
		return "\n-----Original Message-----\nFrom: Rust Guild\nSent: Monday\nSubject: Draft\n\nHello Ada,\n" + s + "\n-- \nRust Guild\n"
	},
	"broken":    func(s string) string { return prefixed(broken(s, 40), "> ") },
	"loose":     func(s string) string { return broken(prefixed(s, "> "), 60) },
	"spaced":    func(s string) string { return strings.ReplaceAll(s, "\n", "\n\n") },
	"crlf":      func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
	"nbsp":      func(s string) string { return strings.ReplaceAll(s, " ", "\u00a0") },
	"quotes":    func(s string) string { return strings.NewReplacer("“", `"`, "”", `"`, "–", "-").Replace(s) },
	"bullets":   func(s string) string { return strings.ReplaceAll(s, "\n- ", "\n• ") },
	"no indent": func(s string) string { return strings.ReplaceAll(s, "\n  ", "\n") },
	"signature": func(s string) string { return s[:strings.LastIndex(s, end)] + "-- \nAda\nhttps://ada.example" },
}

func prefixed(s, prefix string) string {
	return prefix + strings.ReplaceAll(s, "\n", "\n"+prefix)
}

// broken breaks lines that are longer than most, between words.
func broken(s string, most int) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		for len(line) > most {
			at := strings.LastIndexByte(line[:most], ' ')
			if at < 3 {
				break
			}
			b.WriteString(line[:at] + "\n")
			line = line[at+1:]
		}
		b.WriteString(line)
	}
	return b.String()
}

// TestUnchanged: what comes back as it went out is no change, however a mail program quotes it.
func TestUnchanged(t *testing.T) {
	was := sample()
	source := Write(was, "7.2", plainWords{})
	for name, quote := range quoters {
		now, changes, err := Read(Answer{quote(source), quote(source)}, was, plainWords{})
		if err != nil || len(changes) != 0 || !reflect.DeepEqual(now, was) {
			t.Errorf("%s: %v %q\n%s", name, err, show(changes), quote(source))
		}
		if got := (Answer{All: quote(source)}).Mark(); got != "7.2" {
			t.Errorf("%s: the mark is %q", name, got)
		}
	}
}

// TestWrite: the source is as it was last looked at.
func TestWrite(t *testing.T) {
	file := filepath.Join("testdata", "source.txt")
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got := Write(sample(), "7.2", plainWords{}); got != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestRead(t *testing.T) {
	source := Write(sample(), "7.2", plainWords{})
	replace := func(pairs ...string) string {
		for i := 0; i < len(pairs); i += 2 {
			if !strings.Contains(source, pairs[i]) {
				t.Fatalf("the source has no %q", pairs[i])
			}
		}
		return strings.NewReplacer(pairs...).Replace(source)
	}
	lifetimes := "- **Lifetimes in “async” traits: what we found when we moved\n  the parser to them** – 14 posts by 6 people\n"
	question := "\n## Still open\n\n- **Who has used proptest?** – 1 posts by 1 people\n"
	for _, tt := range []struct {
		name, text string
		want       []string
		sections   string
	}{
		{"another opening", replace("14 of us wrote 62 posts.", "What a month!\n\nThe clinic moves\nto Room 5."),
			[]string{"removed [] 14 of us wrote 62 posts.", "added [] What a month!", "added [] The clinic moves to Room 5."}, "opening threads questions coming figures"},
		{"another title", replace("# Rust Guild in November", "# All about traits"), []string{"title [] All about traits"}, "opening threads questions coming figures"},
		{"an item dropped", replace(lifetimes, ""), []string{"removed [Worth reading] - **Lifetimes in “async” traits: what we"}, "opening threads questions coming figures"},
		{"a section dropped", replace(question, ""), []string{"no-section [] Still open"}, "opening threads coming figures"},
		{"a section moved", replace(question, "", "\n## Worth reading", question+"\n## Worth reading"), []string{"moved [] "}, "opening questions threads coming figures"},
		{"items moved", replace(lifetimes, "", "4 people\n", "4 people\n"+lifetimes), []string{"moved [] "}, "opening threads questions coming figures"},
		{"a section added", replace("\n## In figures", "\n## Jobs\n\nWe hire.\n\n## In figures"), []string{"section [] Jobs", "added [Jobs] We hire."}, "opening threads questions coming free figures"},
		{"a section renamed", replace("## Still open", "## Who can help?"), []string{"renamed [Still open] Who can help?"}, "opening threads questions coming figures"},
		{"an item reworded", replace("1 posts by 1 people", "Cid would like to know"), []string{"reworded [Still open] - **Who has used proptest?** – Cid would"}, "opening threads questions coming figures"},
		{"a meeting reworded keeps its answer", replace("Tuesday, 1 December, 16:00 UTC", "bring cake"), []string{"reworded [What comes] - **Clinic** – bring cake"}, "opening threads questions coming figures"},
		{"a figure embellished", replace("62, 3 of 9", "6200, 3 of 9"), []string{"restored [In figures] - **members:** 62, 3 of 9, which is what"}, "opening threads questions coming figures"},
		{"the figures left out", source[:strings.Index(source, "\n## In figures")] + "]]]\n",
			[]string{"restored [In figures] - **members:** 62, 3 of 9, which is what", "restored [In figures] - **engagement:** 0.2, 14 of 62, which i"}, "opening threads questions coming figures"},
		{"figures commented on", replace("## In figures\n", "## In figures\n\nWe are growing.\n"), []string{"added [In figures] We are growing."}, "opening threads questions coming figures"},
		{"a figure invented", replace("## In figures\n\n", "## In figures\n\n- **happiness:** 100 of 100\n"), []string{"restored [In figures] - **happiness:** 100 of 100"}, "opening threads questions coming figures"},
		{"written anew above the quoted draft", "Please take this:\n\n# Short\n\n## News\n\nNothing but summer.\n" + prefixed(source, "> "),
			[]string{"title [] Short", "removed [] 14 of us wrote 62 posts.", "no-section [] Worth reading", "no-section [] Still open", "no-section [] What comes",
				"section [] News", "added [News] Nothing but summer.",
				"restored [In figures] - **members:** 62, 3 of 9, which is what", "restored [In figures] - **engagement:** 0.2, 14 of 62, which i"}, "free figures"},
	} {
		now, changes, err := Read(Answer{tt.text, tt.text}, sample(), plainWords{})
		var kinds []string
		for _, s := range now.Sections {
			kinds = append(kinds, string(s.Kind))
		}
		if got := show(changes); err != nil || !reflect.DeepEqual(got, tt.want) || strings.Join(kinds, " ") != tt.sections {
			t.Errorf("%s: %v\n got %q %s\nwant %q %s", tt.name, err, got, kinds, tt.want, tt.sections)
		}
		if tt.name == "a meeting reworded keeps its answer" && now.Sections[3].Items[0].Meeting == nil {
			t.Errorf("%s: %+v", tt.name, now.Sections[3])
		}
	}
}

func TestReadRefuses(t *testing.T) {
	source := Write(sample(), "7.2", plainWords{})
	for _, tt := range []struct {
		name, text string
		want       error
	}{
		{"nothing", "", ErrNoSource},
		{"a remark", "Looks good to me.\n", ErrNoSource},
		{"all of it dropped", "[[[ 7.2\n]]] 7.2\n", ErrNothingLeft},
		{"a book", strings.Replace(source, "]]]", strings.Repeat("Again and again.\n\n", 400)+"]]]", 1), ErrTooLong},
	} {
		now, _, err := Read(Answer{tt.text, tt.text}, sample(), plainWords{})
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v (%+v)", tt.name, err, tt.want, now)
		}
	}
}

func TestReplyText(t *testing.T) {
	source := Write(sample(), "7.2", plainWords{})
	for text, want := range map[string]string{
		"Approve\n\nAda wrote:\n" + prefixed(source, "> "): "Approve",
		prefixed(source, "> ") + "\nLooks good":            "",
		source:                                             "",
	} {
		if got := (Answer{text, text}).ReplyText(); got != want {
			t.Errorf("%q says %q, want %q", text, got, want)
		}
	}
}

// FuzzRead: whatever comes is read without a panic; what was understood reads as it stands when it is written again, and
// figures stay as they were counted.
func FuzzRead(f *testing.F) {
	source := Write(sample(), "7.2", plainWords{})
	for _, quote := range quoters {
		f.Add(quote(source))
	}
	f.Add("# A\n## B\n- c\n1. d\n> e\n> f\n\n-- \n")
	f.Add("[[[\n- **Clinic** x\n- **Clinic** y\n# \n##\n[[[ ]]]\n")
	f.Fuzz(func(t *testing.T, text string) {
		now, changes, err := Read(Answer{text, text}, sample(), plainWords{})
		if err != nil {
			return
		}
		if len(changes) == 0 && !sameIssue(now, sample()) {
			t.Fatalf("no change makes another issue: %+v", now)
		}
		written := Write(now, "1.1", plainWords{})
		again, changes, err := Read(Answer{written, written}, now, plainWords{})
		if err != nil || len(changes) != 0 || !sameIssue(again, now) {
			t.Fatalf("%v %q\nwritten\n%s\nread again\n%s", err, show(changes), written, Write(again, "1.1", plainWords{}))
		}
		figures := 0
		for _, s := range now.Sections {
			for _, it := range s.Items {
				if it.Figure != nil && s.Kind == Figures && it.Text == "" {
					figures++
				}
			}
		}
		if figures != 2 {
			t.Fatalf("there are %d figures", figures)
		}
	})
}

func sameIssue(a, b Issue) bool {
	one, _ := a.Marshal()
	two, _ := b.Marshal()
	return one == two
}
