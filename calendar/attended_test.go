package calendar

import (
	"fmt"
	"strings"
	"testing"
)

var invitedPeople = []Somebody{
	{1, "Ada Lovelace", "ada@a.example", true}, {2, "Ben Okafor", "ben@b.example", true}, {3, "Ben Smith", "smith@b.example", false},
	{4, "Chloé Dubois", "chloe@c.example", true}, {5, "José Ángel Pérez", "jose@d.example", false}, {6, "", "nameless@e.example", true},
	{7, "Bell and Ross", "shop@f.example", false}, {8, "Jürgen Groß", "jg@g.example", true},
}

// show writes who came in few signs: "1 4 +zoe@z.example ?Ben !Zed", with ? for what is ambiguous and ! for what is unknown.
func (p Present) show() string {
	var words []string
	for _, id := range p.Came {
		words = append(words, fmt.Sprint(id))
	}
	for _, g := range p.Guests {
		words = append(words, "+"+g.String())
	}
	for _, item := range p.Ambiguous {
		words = append(words, "?"+item)
	}
	for _, item := range p.Unknown {
		words = append(words, "!"+item)
	}
	return strings.Join(words, " ")
}

func TestAttended(t *testing.T) {
	for _, c := range []struct {
		text, want string // want "-" is that there is no such line
		minutes    string
	}{
		{text: "attended: all", want: "1 2 4 6 8"},
		{text: "Attended: All.", want: "1 2 4 6 8"},
		{text: "anwesend: alle", want: "1 2 4 6 8"},
		{text: "asistieron: todos", want: "1 2 4 6 8"},
		{text: "Asistió: todas", want: "1 2 4 6 8"},
		{text: "attended: none", want: ""},
		{text: "anwesend: niemand", want: ""},
		{text: "asistieron: nadie", want: ""},
		{text: "attended: all but Ben Okafor", want: "1 4 6 8"},
		{text: "attended: all, but Ben Okafor", want: "1 4 6 8"},
		{text: "attended: everyone except Ben Okafor and Chloé", want: "1 6 8"},
		{text: "anwesend: alle außer Jürgen Groß, Ben Okafor", want: "1 4 6"},
		{text: "anwesend: alle bis auf Juergen und Chloe", want: "1 2 6 8 !Juergen"},
		{text: "asistieron: todos menos Ada y Chloé", want: "2 6 8"},
		{text: "asistieron: todos, excepto ada@a.example", want: "2 4 6 8"},
		// Only one Ben had said yes, and only he can be taken out of those.
		{text: "attended: all but Ben", want: "1 4 6 8"},
		{text: "attended: all but Ben, +zoe@z.example", want: "1 4 6 8 +zoe@z.example"},
		{text: "attended: all but Ben, +Zoe Zed <ZOE@z.example>, + yan@y.example", want: "1 4 6 8 +zoe@z.example +yan@y.example"},
		{text: "attended: all, +Ben Smith", want: "1 2 3 4 6 8"},
		{text: "attended: all, José", want: "1 2 4 5 6 8"},
		{text: "attended: Ada, Ben Okafor, chloe", want: "1 2 4"},
		{text: "attended: Ada and Ben O.", want: "1 2"},
		{text: "attended: Lovelace, jose perez; JG@G.example", want: "1 5 8"},
		{text: "attended: Bell and Ross", want: "7"},
		{text: "attended: Ben", want: "?Ben"},
		{text: "attended: Ada, Ben, Zed, zoe@z.example", want: "1 ?Ben !Zed !zoe@z.example"},
		{text: "attended: +Zed, +ada@a.example, +not an address", want: "1 !Zed !not an address"},
		{text: "attended: +zoe@z.example, +Zoe@Z.example", want: "+zoe@z.example"},
		{text: "attended: Ada,\n   Ben Okafor,\nChloé\nWe talked.", want: "1 2 4", minutes: "We talked."},
		{text: "attended:", want: ""},
		{text: "\n\n**attended:** Ada\n\n\nFirst.\n\nSecond.\n", want: "1", minutes: "First.\n\nSecond."},
		{text: "Hello,\n\nhere we go.\nattended: all but Ben\nAll: fine.", want: "1 4 6 8", minutes: "All: fine."},
		{text: "all", want: "1 2 4 6 8"},
		{text: "All but Ben.\nIt was short.", want: "1 4 6 8", minutes: "It was short."},
		{text: "nobody", want: ""},
		{text: "alle außer Ben", want: "1 4 6 8"},

		{text: "", want: "-"},
		{text: "All went well.", want: "-", minutes: "All went well."},
		{text: "We talked.\nall", want: "-", minutes: "We talked.\nall"},
		{text: "Attended by many: yes", want: "-", minutes: "Attended by many: yes"},
		{text: "Nobody attended: it rained.", want: "-", minutes: "Nobody attended: it rained."},
	} {
		a, minutes, ok := ReadAttended(c.text)
		got := "-"
		if ok {
			got = a.Match(invitedPeople).show()
		}
		if got != c.want || minutes != c.minutes {
			t.Errorf("%q: %q with minutes %q, want %q with %q", c.text, got, minutes, c.want, c.minutes)
		}
	}
}

// FuzzAttended: whatever a line says, each name in it is told or counted, nobody comes who was not invited, nobody twice, and
// what was understood is understood alike when it is written anew.
func FuzzAttended(f *testing.F) {
	for _, s := range []string{"attended: all but Ben, +zoe@z.example\nminutes", "anwesend: alle außer Jürgen", "asistieron: Ada y Ben", "all", "attended: ,;+,+@,",
		"attended: all but all but Ada", "attended: Ada and and Ben", "attended: \xff, Ada,"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, rest, ok := ReadAttended(text)
		if len(rest) > len(text) || !ok && (a.All || len(a.Names)+len(a.But)+len(a.Plus) > 0) {
			t.Fatalf("%q: %+v, %q, %v", text, a, rest, ok)
		}
		p := a.Match(invitedPeople)
		last := int64(0)
		for _, id := range p.Came {
			if id <= last || id > int64(len(invitedPeople)) {
				t.Fatalf("%q: %v came", text, p.Came)
			}
			last = id
		}
		if told := len(p.Ambiguous) + len(p.Unknown); !a.All && told == 0 && len(p.Came)+len(p.Guests) == 0 && len(a.Names)+len(a.Plus) > 0 {
			t.Fatalf("%q: nobody came of %+v, and nothing is told", text, a)
		}
		if b, _, again := ReadAttended("attended: " + a.line()); ok && (!again || b.Match(invitedPeople).show() != p.show()) {
			t.Errorf("%q is %s, written anew as %q it is %s", text, p.show(), a.line(), b.Match(invitedPeople).show())
		}
	})
}

// line writes what was read.
func (a Attended) line() string {
	items := append([]string{}, a.Names...)
	if a.All {
		items = append([]string{"all"}, items...)
	}
	for _, item := range a.Plus {
		items = append(items, "+"+item)
	}
	for i, item := range a.But {
		if i == 0 {
			item = "but " + item
		}
		items = append(items, item)
	}
	return strings.Join(items, ", ")
}
