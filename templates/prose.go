package templates

import (
	"regexp"
	"strings"
)

// Prose is a text in Markdown that a person wrote, or that was put together from what people wrote: a block on each line.
//
//   - **title** – text     an entry: its title stands above its text
//   - item   1. step       lists
//     > quote
//     **bold** `code` [text](url) <url>, and \ before any of these
//
// Anything else is a paragraph. It may hold whatever it likes: what is no markup is text, and no value becomes HTML.
type Prose string

// maxProse bounds how long a Prose may be, in octets.
const maxProse = 60_000

// marks turns a text into blocks as a compiled source would have them.
func (p Prose) marks() string {
	var b strings.Builder
	text := cleanLines(string(p))
	for line := range strings.Lines(text[:min(len(text), maxProse)]) {
		line = strings.TrimSpace(strings.ToValidUTF8(line, ""))
		if line == "" {
			continue
		}
		kind, rest := proseKind(line)
		b.WriteString(markBlock + string(kind) + inlineMarks(rest) + markEnd)
	}
	return b.String()
}

var (
	stepForm  = regexp.MustCompile(`^[0-9]{1,3}[.)] +`)
	entryForm = regexp.MustCompile(`^\*\*.+?\*\*`)
)

func proseKind(line string) (kind byte, rest string) {
	switch step := stepForm.FindString(line); {
	case strings.HasPrefix(line, "> "):
		return kindQuote, strings.TrimSpace(line[2:])
	case strings.HasPrefix(line, "- ") && entryForm.MatchString(strings.TrimSpace(line[2:])):
		return kindEntry, strings.TrimSpace(line[2:])
	case strings.HasPrefix(line, "- "):
		return kindBullet, strings.TrimSpace(line[2:])
	case step != "":
		return kindNumber, line[len(step):]
	}
	return kindParagraph, line
}

var (
	proseLink = regexp.MustCompile(`^\[((?:[^\[\]\\]|\\.)+)\]\(([^()\s]+)\)`)
	proseAuto = regexp.MustCompile(`^<((?:https?://|mailto:)[^<>\s]+|[^<>\s@]+@[^<>\s@]+)>`)
	proseBare = regexp.MustCompile(`^https?://[^\s<>"()\[\]*` + "`" + `]+`)
)

// inlineMarks turns the marks of Markdown within a line into ours. One that is opened and not closed is text.
func inlineMarks(line string) string {
	w := proseWriter{rest: line}
	for w.rest != "" {
		w.next()
	}
	return paintedOver.ReplaceAllString(w.out.String(), "$1")
}

// paintedOver are combining marks behind one of our marks: they would heap on the character before it.
var paintedOver = regexp.MustCompile(`([` + allMarks + `]+)[\p{Mn}\p{Me}]+`)

// A proseWriter goes through a line from left to right.
type proseWriter struct {
	rest       string
	out        strings.Builder
	bold, code bool
	last       byte // written before
}

func (w *proseWriter) write(n int, text string) {
	w.last = w.rest[n-1]
	w.out.WriteString(text)
	w.rest = w.rest[n:]
}

func (w *proseWriter) next() {
	switch {
	case w.code && w.rest[0] != '`':
		n := strings.IndexByte(w.rest, '`')
		w.write(n, w.rest[:n])
	case w.rest[0] == '\\' && len(w.rest) > 1 && strings.IndexByte("\\*`[]()<>#-_", w.rest[1]) >= 0:
		w.write(2, w.rest[1:2])
	case strings.HasPrefix(w.rest, "**") && (w.bold || strings.Contains(w.rest[2:], "**")):
		w.bold = !w.bold
		w.write(2, markBold)
	case w.rest[0] == '`' && (w.code || strings.Contains(w.rest[1:], "`")):
		w.code = !w.code
		w.write(1, markCode)
	case w.link():
	default:
		n := strings.IndexAny(w.rest[1:], "\\*`[<h") + 1
		if n == 0 {
			n = len(w.rest)
		}
		w.write(n, w.rest[:n])
	}
}

// link writes a link that stands here.
func (w *proseWriter) link() bool {
	if m := proseLink.FindStringSubmatch(w.rest); m != nil && safeURL(m[2]) != "" {
		w.write(len(m[0]), markLink+unescape(m[1])+markURL+m[2]+markClose)
		return true
	}
	if m := proseAuto.FindStringSubmatch(w.rest); m != nil {
		w.write(len(m[0]), markAuto+m[1]+markClose)
		return true
	}
	wordBegins := w.last == 0 || strings.IndexByte(" (\"'", w.last) >= 0
	if url := strings.TrimRight(proseBare.FindString(w.rest), ".,;:!?'"); url != "" && wordBegins {
		w.write(len(url), markAuto+url+markClose)
		return true
	}
	return false
}

var escapedChar = regexp.MustCompile(`\\(.)`)

func unescape(s string) string {
	return strings.ReplaceAll(escapedChar.ReplaceAllString(s, "$1"), "**", "")
}

// entry splits what stands in an entry: the bold words at its beginning, and what follows them.
func (b *block) entry() {
	spans := b.Lines[0]
	n := 0
	for n < len(spans) && spans[n].Bold {
		n++
	}
	title, rest := spans[:n:n], append([]span{}, spans[n:]...)
	for len(rest) > 0 {
		rest[0].Text = strings.TrimLeft(rest[0].Text, " –—:-")
		if rest[0].Text != "" || rest[0].Href != "" {
			break
		}
		rest = rest[1:]
	}
	b.Lines = [][]span{title}
	if len(rest) > 0 {
		b.Lines = append(b.Lines, rest)
	}
}
