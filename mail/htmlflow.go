package mail

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// breakFor ends the line as the start or end of an element wants it.
func (r *htmlRenderer) breakFor(block blockKind) {
	if block == inlineElement || r.hide > 0 {
		return
	}
	r.endLine()
	r.blank = r.blank || block == paraElement
}

// text adds character data.
func (r *htmlRenderer) text(data []byte) {
	if r.hide > 0 {
		return
	}
	if r.pre == 0 {
		r.words(data)
		return
	}
	for i, line := range strings.Split(cleanText(string(data)), "\n") {
		if i > 0 {
			r.endLineAlways()
		}
		r.raw(line)
	}
}

// words adds text in which white space counts as one space.
func (r *htmlRenderer) words(data []byte) {
	for _, c := range string(data) {
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\u00a0':
			r.space = true
		case isHidden(c) || c == '\u200b' || c == '\u00ad' || c == '\u034f':
		default:
			if r.space && len(r.current) > 0 && !r.cell {
				r.current = append(r.current, ' ')
			}
			r.begin()
			r.space = false
			r.current = utf8.AppendRune(r.current, c)
		}
	}
}

func (r *htmlRenderer) raw(s string) {
	r.begin()
	r.space = false
	r.current = append(r.current, s...)
}

// begin writes what is due in front of the next character.
func (r *htmlRenderer) begin() {
	if len(r.current) == 0 && r.prefix != "" {
		r.current, r.prefix = append(r.current, r.prefix...), ""
	}
	if r.cell {
		r.current, r.cell = append(r.current, " | "...), false
	}
}

// endLine ends the line if there is anything in it.
func (r *htmlRenderer) endLine() {
	if len(bytes.TrimSpace(r.current)) == 0 {
		r.current, r.space, r.cell = r.current[:0], false, false
		return
	}
	r.endLineAlways()
}

func (r *htmlRenderer) endLineAlways() {
	text := strings.TrimRight(string(r.current), " ")
	if last := len(r.lines) - 1; r.blank && last >= 0 && text != "" {
		r.lines = append(r.lines, textLine{quote: min(r.quote, r.lines[last].quote)})
	}
	r.blank = false
	r.add(text)
	r.current, r.space, r.cell = r.current[:0], false, false
}

func (r *htmlRenderer) add(text string) {
	mark := markNone
	if len(r.mark) > 0 {
		mark = r.mark[len(r.mark)-1]
	}
	r.lines = append(r.lines, textLine{quote: r.quote, text: text, mark: mark})
	r.size += len(text) + 1
}

// item begins a list item with a bullet or number, indented by the lists around it.
func (r *htmlRenderer) item() {
	const deepest = 8
	indent := strings.Repeat("  ", max(0, min(len(r.lists), deepest)-1))
	if len(r.lists) == 0 || r.lists[len(r.lists)-1] == 0 {
		r.prefix = indent + "* "
		return
	}
	n := &r.lists[len(r.lists)-1]
	r.prefix = fmt.Sprintf("%s%d. ", indent, *n)
	*n++
}

// image shows the alternative text of a picture that is more than decoration.
func (r *htmlRenderer) image(t tag) {
	if alt := cleanLine(t.alt); alt != "" && t.width != "1" && t.width != "0" {
		r.words([]byte(" [" + truncate(alt, 200) + "] "))
	}
}

// link adds the address of a link behind its text unless the text says the same.
func (r *htmlRenderer) link(e element) {
	href := strings.TrimSpace(cleanLine(e.href))
	lower := strings.ToLower(href)
	if address, found := strings.CutPrefix(lower, "mailto:"); found {
		href, _, _ = strings.Cut(href[len(href)-len(address):], "?")
	} else if !strings.HasPrefix(lower, "http://") && !strings.HasPrefix(lower, "https://") {
		return
	}
	text := ""
	if e.from <= len(r.current) {
		text = strings.TrimSpace(string(r.current[e.from:]))
	}
	if href == "" || len(href) > maxURL || text == "" || strings.Contains(text, bareURL(href)) {
		return
	}
	r.words([]byte(" <" + href + ">"))
}

// bareURL is what people write of an address: no scheme, no slash at the end.
func bareURL(href string) string {
	if _, rest, found := strings.Cut(href, "://"); found {
		href = rest
	}
	return strings.TrimSuffix(href, "/")
}
