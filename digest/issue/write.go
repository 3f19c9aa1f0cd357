package issue

import (
	"fmt"
	"regexp"
	"strings"
)

// Words put an issue into a language.
type Words interface {
	// Title is that of an issue to which nobody gave one.
	Title() string
	// Heading is that of a kind of section.
	Heading(Kind) string
	// Block is a record as one block of Markdown, in one line: "- **Lifetimes** – 14 posts by 6 people".
	Block(Item) string
}

// The lines around a source.
const (
	begin = "[[["
	end   = "]]]"
)

// columns is how wide the lines of a source get: they fit the column that HTML shows, and a mail with "> " in front.
const columns = 62

// Write makes the source of an issue; mark says which revision it is, such as "7.2".
func Write(is Issue, mark string, w Words) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n# %s\n", begin, mark, is.title(w))
	for _, s := range is.Sections {
		if heading := s.Heading(w); heading != "" {
			fmt.Fprintf(&b, "\n## %s\n", heading)
		}
		list := false
		for _, it := range s.Items {
			text := block(it, w)
			if isList := startOf(text) == listStart; !isList || !list {
				b.WriteByte('\n')
			}
			list = startOf(text) == listStart
			wrap(&b, text)
		}
	}
	fmt.Fprintf(&b, "\n%s %s\n", end, mark)
	return b.String()
}

func (is Issue) title(w Words) string {
	if is.Title != "" {
		return is.Title
	}
	return oneLine(w.Title())
}

// Heading is a section's heading; that of the opening is "".
func (s Section) Heading(w Words) string {
	switch {
	case s.Title != "":
		return s.Title
	case s.Kind == Opening:
		return ""
	}
	return oneLine(w.Heading(s.Kind))
}

// block is an item as one line.
func block(it Item, w Words) string {
	if it.Text != "" {
		return it.Text
	}
	return oneLine(w.Block(it))
}

// A start is how a block begins.
type start int

const (
	paragraphStart start = iota
	listStart
	quoteStart
	stepStart
	headingStart
	markStart
)

var (
	listForm = regexp.MustCompile(`^[-*•·+]( +|$)`)
	stepForm = regexp.MustCompile(`^[0-9]{1,3}[.)]( +|$)`)
)

// startOf says what kind of block a line begins.
func startOf(line string) start {
	switch {
	case strings.HasPrefix(line, begin), strings.HasPrefix(line, end):
		return markStart
	case strings.HasPrefix(line, "#"):
		return headingStart
	case strings.HasPrefix(line, ">"):
		return quoteStart
	case listForm.MatchString(line) && !strings.HasPrefix(line, "**"):
		return listStart
	case stepForm.MatchString(line):
		return stepStart
	}
	return paragraphStart
}

// wrap writes a block in lines. None but the first begins as a block does, else it would be read as one.
func wrap(b *strings.Builder, text string) {
	indent := ""
	if s := startOf(text); s == listStart || s == stepStart {
		indent = "  "
	}
	wide, marked := 0, startOf(text) != paragraphStart // a mark is not left alone
	for i, word := range strings.Fields(text) {
		n := len([]rune(word))
		switch {
		case i == 0:
		case (i > 1 || !marked) && wide+1+n > columns && startOf(word+" ") == paragraphStart && word != "--":
			b.WriteString("\n" + indent)
			wide = len(indent)
		default:
			b.WriteByte(' ')
			wide++
		}
		b.WriteString(word)
		wide += n
	}
	b.WriteByte('\n')
}

// oneLine puts single spaces between words.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// escaper keeps a value from being markup.
var escaper = strings.NewReplacer(`\`, `\\`, "**", `\*\*`, "`", "\\`", "](", `]\(`, "<", `\<`)

// Escape makes a value, such as a subject that somebody chose, harmless within a block of Markdown.
func Escape(value string) string { return escaper.Replace(oneLine(value)) }
