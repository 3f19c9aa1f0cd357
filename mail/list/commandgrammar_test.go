package list

import (
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestParseCommands(t *testing.T) {
	for _, c := range []struct {
		name, subject, text string
		want                []string // as understood; with "?" in front where it begins with no verb
		more                int
	}{
		{name: "nothing"},
		{name: "in the subject", subject: "help", want: []string{"help"}},
		{name: "in the text", text: "help\ninfo", want: []string{"help", "info"}},
		{name: "in both, once", subject: "Help", text: "HELP\n", want: []string{"help"}},
		{name: "in both", subject: "info", text: "help", want: []string{"info", "help"}},
		{name: "a subject that says something", subject: "My settings", text: "set delivery daily", want: []string{"set delivery daily"}},
		{name: "a subject that says something, alone", subject: "My settings", want: []string{"?My settings"}},
		{name: "an answer", subject: "Re: help", text: "info", want: []string{"info"}},
		{name: "an answer, alone", subject: "AW: help", want: []string{"help"}},
		{name: "case and junk", text: "  - SET delivery Weekly;\n* \"info\"\n“who”,\n1", want: []string{"set delivery Weekly", "info", "who", "?1"}},
		{name: "a question mark", text: "?", want: []string{"help"}},
		{name: "a word with a mark behind it", text: "help!\ninfo:", want: []string{"help", "info"}},
		{name: "the end of what is searched for", text: "find \"two words\"\nfind begin*\n*find around*\n\"find around it\"\n“find around, too”\nset name \"x\"",
			want: []string{"find \"two words\"", "find begin*", "find around", "find around it", "find around, too", "set name \"x"}},
		{name: "quoted lines", text: "> leave\n>set name x\nhelp", want: []string{"help"}},
		{name: "an end", text: "help\nend\nleave", want: []string{"help"}},
		{name: "other ends", text: "help\nQUIT\nleave", want: []string{"help"}},
		{name: "an end in the subject", subject: "end", text: "leave"},
		{name: "what only begins like an end", text: "stop sending me this\nhelp", want: []string{"?stop sending me this", "help"}},
		{name: "greetings and closings", text: "Hello all,\n\nplease help\n\nKind regards\nBen\nleave", want: []string{"help"}},
		{name: "polite", text: "Please set delivery daily\nbitte info", want: []string{"set delivery daily", "info"}},
		{name: "thanks that are a command", text: "thanks ana@a.example\nthanks Ben for the review", want: []string{"thanks ana@a.example", "thanks Ben for the review"}},
		{name: "thanks that close", text: "help\nThanks,\nleave", want: []string{"help"}},
		{name: "thanks that close, longer", text: "help\nThanks for your help\nleave", want: []string{"help"}},
		{name: "thanks that close, with a name", text: "help\nThank you, Ben\nleave", want: []string{"help"}},
		{name: "danke", text: "hilfe\nDanke im Voraus für die Mühe\nleave", want: []string{"help"}},
		{name: "words of other list managers", text: "subscribe\nsignoff\nreview rust\nset nomail", want: []string{"join", "leave", "who rust", "set nomail"}},
		{name: "twice the same", text: "help\nhelp\nhelp", want: []string{"help"}},
		{name: "white space", text: "\tset\u00a0delivery \u2003daily\r\n", want: []string{"set delivery daily"}},
		{name: "control characters", text: "set\x00delivery\x07daily", want: []string{"set delivery daily"}},
		{name: "what is no command", text: "xyz\nhelp", want: []string{"?xyz", "help"}},
		{name: "too many", text: numbered("who", 25), want: strings.Split(numbered("who", 20), "\n"), more: 5},
		{name: "too many, and one in the subject", subject: "help", text: numbered("who", 20),
			want: append([]string{"help"}, strings.Split(numbered("who", 19), "\n")...), more: 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			all, more := parseCommands(c.subject, c.text)
			var got []string
			for _, one := range all {
				if one.verb == "" {
					got = append(got, "?"+one.line)
				} else {
					got = append(got, one.String())
				}
			}
			if !reflect.DeepEqual(got, c.want) || more != c.more {
				t.Errorf("got  %q and %d more\nwant %q and %d", got, more, c.want, c.more)
			}
		})
	}
}

func numbered(verb string, n int) string {
	var lines []string
	for i := range n {
		lines = append(lines, verb+" "+strings.Repeat("1", i+1))
	}
	return strings.Join(lines, "\n")
}

// TestVerbs: no word stands for two verbs, and each verb of a community is one of the grammar.
func TestVerbs(t *testing.T) {
	seen := map[string]string{}
	for verb, others := range synonyms {
		for _, word := range append([]string{verb}, others...) {
			if other, taken := seen[word]; taken {
				t.Errorf("%s is %s and %s", word, verb, other)
			}
			seen[word] = verb
		}
	}
	for verb, v := range communityVerbs() {
		if _, ok := synonyms[verb]; !ok {
			t.Errorf("the grammar does not know %s", verb)
		}
		if c, ok := parseCommand(v.usage); !ok || c.verb != verb {
			t.Errorf("%q is not how %s is written", v.usage, verb)
		}
	}
	for _, verb := range strings.Fields("help info charter who which lists join leave set show vacation mute unmute follow invite stats find get index whois thanks undo") {
		if _, ok := communityVerbs()[verb]; !ok {
			t.Errorf("there is no %s", verb)
		}
	}
}

func TestNearestVerb(t *testing.T) {
	for word, want := range map[string]string{
		"vacaton": "vacation", "hlep": "help", "subscibe": "join", "unsubscrib": "leave", "folow": "follow", "mutte": "mute", "sett": "set",
		"Inivte": "invite", "charta": "charter", "whos": "whois", "fnd": "find", "serch": "find", "indexx": "index", "verlasen": "leave", "": "", "x": "", "banana": "", "http://evil.example": "", "jetzt": "",
		strings.Repeat("help", 10): "",
	} {
		for range 5 { // it must not depend on the order of a map
			if got := nearestVerb(word); got != want {
				t.Errorf("%q: got %q, want %q", word, got, want)
				break
			}
		}
	}
}

func TestEditDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"", "ab", 2}, {"who", "who", 0}, {"hlep", "help", 1}, {"vacaton", "vacation", 1}, {"kitten", "sitting", 3}, {"é", "e", 1}} {
		if got := editDistance(c.a, c.b); got != c.want || editDistance(c.b, c.a) != c.want {
			t.Errorf("%q to %q: got %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestPlainText(t *testing.T) {
	for text, want := range map[string]bool{
		"the review": true, "Ana Sousa": true, "Dr. O'Neil, really!": true, "Zoë für 3 Tage": true, "": true, "see you at 10:30": true,
		"http://evil.example": false, "evil.example": false, "www evil": false, "a@b": false, "<b>": false, "a//b": false, "WWW": false,
		strings.Repeat("long ", 30): false, "a\u202eb": false,
	} {
		if got := isPlainText(text); got != want {
			t.Errorf("%q: got %t, want %t", text, got, want)
		}
	}
}

var oneLine = regexp.MustCompile(`^[^\x00-\x1f\x7f]*$`)

// FuzzCommands: any mail gives at most 20 commands, each a line of valid text, in little time; and what a command is
// written as is read as the same command again.
func FuzzCommands(f *testing.F) {
	f.Add("help", "set delivery weekly\n> quoted\nend\nleave")
	f.Add("Re: x", "thanks ana@a.example for the review\nThanks, Ben\n")
	f.Add("", "\"“- set name Ben”;\n* please  please info\n\u00a0\n?")
	f.Add("end", strings.Repeat("who\n", 100))
	f.Fuzz(func(t *testing.T, subject, text string) {
		start := time.Now()
		all, more := parseCommands(subject, text)
		if d := time.Since(start); d > time.Second {
			t.Errorf("%d octets took %s", len(text), d)
		}
		if len(all) > maxCommands || more > strings.Count(text, "\n")+2 {
			t.Errorf("%d commands and %d more", len(all), more)
		}
		for _, c := range all {
			if len(c.line) > maxCommandLine || !utf8.ValidString(c.line) || !oneLine.MatchString(c.line) {
				t.Errorf("the line %q", c.line)
			}
			nearestVerb(c.word)
			thanksParts(c.args)
			splitPage(c.args)
			if c.verb == "" {
				continue
			}
			again, ok := parseCommand(c.String())
			if !ok || again.String() != c.String() {
				t.Errorf("%q is read again as %q", c.String(), again.String())
			}
		}
	})
}
