package templates

import (
	"regexp"
	"strings"
	"testing"
)

// proseSpans shows what a Prose reads as.
func proseSpans(p Prose) string {
	var b strings.Builder
	for _, one := range readBlocks(p.marks()) {
		lines := one.Lines
		for _, item := range one.Items {
			lines = append(lines, item.Lines...)
		}
		b.WriteByte(one.Kind)
		for _, line := range lines {
			b.WriteByte('[')
			for _, s := range line {
				text := s.Text
				if s.Bold {
					text = "b(" + text + ")"
				}
				if s.Code {
					text = "c(" + text + ")"
				}
				if s.Href != "" {
					text += "{" + s.Href + "}"
				}
				b.WriteString(text)
			}
			b.WriteByte(']')
		}
	}
	return b.String()
}

func TestProse(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"paragraphs", "One\n\nTwo", "p[One]p[Two]"},
		{"a list", "- a\n- b\n1. c\n2) d", "-[a][b]n[c][d]"},
		{"an entry", "- **Title** – text", "e[b(Title)][text]"},
		{"an entry of a title alone", "- **Title**", "e[b(Title)]"},
		{"an entry with a link", "- **[Title](mailto:a@b.example)** – text", "e[b(Title){mailto:a@b.example}][text]"},
		{"a quotation", "> said", ">[said]"},
		{"bold and code", "a **b** `c**d` e", "p[a b(b) c(c**d) e]"},
		{"what is not closed", "a ** b ` c", "p[a ** b ` c]"},
		{"escaped", `\**a\** \[x](https://a.example) \<https://b.example>`, "p[**a** [x](https://a.example{https://a.example}) <https://b.example>]"},
		{"links", "[x](https://a.example) <https://b.example> <a@b.example> https://c.example/d. (https://e.example)",
			"p[x{https://a.example} https://b.example{https://b.example} a@b.example{mailto:a@b.example} https://c.example/d{https://c.example/d}. (https://e.example{https://e.example})]"},
		{"other links", "[x](javascript:alert) <javascript:alert> [](https://a.example)", "p[[x](javascript:alert) <javascript:alert> [](https://a.example{https://a.example})]"},
		{"within a word", "xhttps://a.example", "p[xhttps://a.example]"},
		{"HTML", "<b>a</b>", "p[<b>a</b>]"},
		{"marks", "a\x01\x03b\x02", "p[ab]"},
		{"nothing", " \n\n", ""},
	} {
		if got := proseSpans(Prose(tt.text)); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}

var proseTags = regexp.MustCompile(`^</?(p|strong|code|a|br|ul|ol|li|span|bdi|table|tr|td|blockquote)\b`)

// FuzzProse: whatever a text holds, it becomes paragraphs, lists and links, and nothing else.
func FuzzProse(f *testing.F) {
	for _, value := range hostile {
		f.Add(value)
		f.Add("- **" + value + "** – " + value + "\n> " + value)
	}
	empty, err := Render("en", Newsletter{For: forAna, Title: "x"})
	if err != nil {
		f.Fatal(err)
	}
	head, foot, _ := strings.Cut(empty.HTML, "</h1>")
	foot = foot[strings.Index(foot, "<table"):]
	f.Fuzz(func(t *testing.T, text string) {
		m, err := Render("en", Newsletter{For: forAna, Title: "x", Sections: []NewsSection{{Parts: []NewsPart{{Body: Prose(text)}}}}})
		if err != nil {
			t.Fatal(err)
		}
		body, begins := strings.CutPrefix(m.HTML, head)
		body, ends := strings.CutSuffix(body, foot)
		if !begins || !ends {
			t.Fatalf("what stands around it is not as it was:\n%s", m.HTML)
		}
		for _, found := range tag.FindAllString(strings.TrimPrefix(body, "</h1>"), -1) {
			if !proseTags.MatchString(found) || foreign.MatchString(found) {
				t.Fatalf("the tag %s", found)
			}
		}
		checkCharacters(t, "prose", m.Text)
		checkCharacters(t, "prose", m.HTML)
		if strings.Count(m.Text, "\n-- \n") != 1 {
			t.Fatalf("the signature is not alone:\n%s", m.Text)
		}
	})
}
