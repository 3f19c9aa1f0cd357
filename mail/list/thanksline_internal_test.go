package list

import (
	"strings"
	"testing"
	"unicode/utf8"

	"guildpost/mail"
)

func TestThanksLines(t *testing.T) {
	tests := []struct {
		name, text string
		want       string // "who: note", by " | "
	}{
		{"plain", "thanks Ben for the review", "Ben: the review"},
		{"with a capital and an end", "Thanks Ben for the review!", "Ben: the review"},
		{"thank you", "Thank you Ben Okafor for your patience.", "Ben Okafor: your patience"},
		{"many thanks to", "Many thanks to Ana for the slides", "Ana: the slides"},
		{"big thanks", "A big thanks to Ana for the slides :-)", "Ana: the slides"},
		{"shouted", "THANKS BEN FOR THE REVIEW", "BEN: THE REVIEW"},
		{"with an at", "Thanks @ben for the review", "@ben: the review"},
		{"with an address", "thanks ben@b.example for the review", "ben@b.example: the review"},
		{"with an address in brackets", "Thanks <ben@b.example> for the review", "ben@b.example: the review"},
		{"with commas", "Thanks, Ben, for the review", "Ben: the review"},
		{"with markdown", "**Thanks Ben** for the review", "Ben: the review"},
		{"with more behind the name", "Thanks Ben so very much for the review", "Ben: the review"},
		{"kudos", "Kudos to Ben for the release", "Ben: the release"},
		{"German", "Danke Ben für die Durchsicht", "Ben: die Durchsicht"},
		{"German, more", "Vielen Dank an Ana Sousa für die Folien!", "Ana Sousa: die Folien"},
		{"German, without umlaut", "danke Jürgen fuer alles", "Jürgen: alles"},
		{"Spanish", "Gracias Ana por la revisión", "Ana: la revisión"},
		{"Spanish, more", "Muchas gracias a José por ayudar", "José: ayudar"},
		{"a name of more words", "Thanks Ana de la Cruz for the talk", "Ana de la Cruz: the talk"},
		{"two", "Thanks Ana and Ben for the review", "Ana: the review | Ben: the review"},
		{"three", "Danke Ana, Ben und Cleo für den Abend", "Ana: den Abend | Ben: den Abend | Cleo: den Abend"},
		{"within a mail", "Hello,\n\nthat works now.\n\nThanks Ben for the patch.\n\nAda", "Ben: the patch"},
		{"after a line that ends", "That works now.\nThanks Ben for the patch.\nI merge it.", "Ben: the patch"},
		{"after a short line", "Great\nThanks Ben for the patch", "Ben: the patch"},
		{"and more in the line", "Thanks Ben for the patch. It works. Next: tests.", "Ben: the patch"},
		{"broken by the mail program", "Thanks Ben for the review of the parser, which took you a whole\nweekend, and for the tests.", "Ben: the review of the parser, which took you a whole weekend, and for the tests"},
		{"indented a little", "  Thanks Ben for the patch", "Ben: the patch"},
		{"six", strings.Repeat("Thanks Ben for the patch.\n", 6), strings.TrimSuffix(strings.Repeat("Ben: the patch | ", 5), " | ")},

		{"the help", "Thanks for the help", ""},
		{"you", "Thank you for the help", ""},
		{"you all", "Thank you all for the help", ""},
		{"so much", "Thanks so much for the help", ""},
		{"in advance", "Thanks in advance for any help", ""},
		{"everybody", "Thanks everybody for coming", ""},
		{"German, you", "Danke dir für die Hilfe", ""},
		{"German, in advance", "Danke im Voraus für eure Hilfe", ""},
		{"German, all", "Danke an alle für den Abend", ""},
		{"Spanish, all", "Gracias a todos por venir", ""},
		{"a closing", "Thanks, Bob", ""},
		{"a closing in two lines", "Thanks,\nBob", ""},
		{"a name alone", "Thanks Ben!", ""},
		{"no thanks", "No thanks Ben for me", ""},
		{"in the middle", "I owe many thanks Ben for the review", ""},
		{"where a line was broken", "They came from all over the country to say how much they owe\nthanks Ben for the review", ""},
		{"a question", "Thanks Ben for what?", ""},
		{"for nothing", "Thanks Ben for nothing!", ""},
		{"thanksgiving", "Thanksgiving Ben for dinner", ""},
		{"quoted", "> Thanks Ben for the review", ""},
		{"fenced", "```\nThanks Ben for the review\n```\n", ""},
		{"fenced, and no end", "~~~\nThanks Ben for the review", ""},
		{"code", "Look:\n\n    Thanks Ben for the review\n", ""},
		{"forwarded", "Look.\n\n---------- Forwarded message ---------\nFrom: x\n\nThanks Ben for the review", ""},
		{"no name", "Thanks 😀 for the review", ""},
		{"a sentence", "Thanks Ben who was so kind as to review for the team", ""},
		{"nothing", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, line := range thanksLines(tt.text) {
				got = append(got, line.who+": "+line.note)
			}
			if text := strings.Join(got, " | "); text != tt.want {
				t.Errorf("got %q, want %q", text, tt.want)
			}
		})
	}
}

// TestThanksLinesOfMessages reads thanks where whole messages are taken apart.
func TestThanksLinesOfMessages(t *testing.T) {
	tests := []struct {
		name, body string
		want       int
	}{
		{"above a quotation", "Thanks Ben for the review\n\nOn Monday, Ben wrote:\n> Thanks Ada for the patch\n", 1},
		{"in a signature", "See you.\n\n-- \nThanks Ben for the logo\n", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := mail.Read([]byte("From: ada@a.example\nSubject: x\n\n" + tt.body))
			if got := thanksLines(m.Text().New); len(got) != tt.want {
				t.Errorf("got %v, want %d", got, tt.want)
			}
		})
	}
}

func TestMeant(t *testing.T) {
	names := []called{{[]string{"", "Ben Okafor"}, "ben@b.example"}, {[]string{"Ben Cole"}, "bcole@c.example"}, {[]string{"Ana", "Ana Sousa"}, "ana@a.example"},
		{[]string{"José"}, "jose@j.example"}, {[]string{""}, "x@x.example"}}
	tests := []struct {
		who  string
		want string // the address that is plain, "" for none
	}{
		{"Ana", "ana@a.example"}, {"ana sousa", "ana@a.example"}, {"Ben Cole", "bcole@c.example"}, {"jose", "jose@j.example"}, {"@bcole", "bcole@c.example"},
		{"@ben", "ben@b.example"}, {"Ben", ""}, {"Cole", ""}, {"An", ""}, {"bcole", ""}, {"x", ""}, {"@", ""},
	}
	for _, tt := range tests {
		got := ""
		if at, plain := meant(names, tt.who); plain {
			got = names[at[0]].address
		}
		if got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.who, got, tt.want)
		}
	}
}

func FuzzThanksLines(f *testing.F) {
	for _, text := range []string{"Thanks Ben for the review", "> Thanks Ben for the review", "Danke Ana, Ben und Cleo für den Abend\n\nMehr.", "```\nthanks x for y\n```",
		"thanks a@b for \xff", "Gracias @ana por todo. Y más", strings.Repeat("thanks Ben for a long reason and ", 40)} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		lines := thanksLines(text)
		if len(lines) > mostThanksLines {
			t.Fatalf("%d thanks", len(lines))
		}
		joined := strings.Join(strings.Fields(text), " ")
		for _, line := range lines {
			if line.who == "" || line.note == "" || len(line.note) > maxThanks || len(line.who) > maxName {
				t.Errorf("odd thanks: %+v", line)
			}
			if strings.ContainsAny(line.who+line.note, "\n\r") || utf8.ValidString(text) && !utf8.ValidString(line.note) {
				t.Errorf("no one line of text: %+v", line)
			}
			if !strings.Contains(joined, line.who) {
				t.Errorf("%q does not stand in %q", line.who, joined)
			}
		}
		if quoted := thanksLines("> " + strings.ReplaceAll(text, "\n", "\n> ")); len(quoted) > 0 {
			t.Errorf("what is quoted was read: %+v", quoted)
		}
	})
}
