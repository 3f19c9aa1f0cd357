package mail

import (
	"regexp"
	"strings"
)

// A textLine is a line of text with the depth of quotation that it stands in.
type textLine struct {
	quote int
	mark  lineMark
	text  string
}

// A lineMark is what the HTML of a mail client says about a line.
type lineMark int8

const (
	markNone        lineMark = iota
	markAttribution          // introduces a quotation: "On … wrote:"
	markReplyBelow           // an empty line: what follows is the message replied to
	markSignature
	markEscapedFrom // ">From ", which may be quoted or may be how mail is stored
)

// plainLines takes text/plain apart into lines and finds how deep each is quoted.
func plainLines(text string) (lines []textLine, truncated bool) {
	all := strings.SplitN(strings.TrimRight(text, "\n"), "\n", maxTextLines+1)
	if truncated = len(all) > maxTextLines; truncated {
		all = all[:maxTextLines]
	}
	lines = make([]textLine, 0, len(all))
	for i := 0; i < len(all); i++ {
		if n := uuLines(all[i:]); n > 0 {
			i += n - 1 // a file that stands in the text
			continue
		}
		lines = append(lines, plainLine(all[i]))
	}
	unescapeFrom(lines)
	return lines, truncated
}

// uuLines returns how many of the lines are a uuencoded file that begins in the first.
func uuLines(lines []string) int {
	if !isUUBegin([]byte(lines[0])) {
		return 0
	}
	n := 1
	for n < len(lines) && isUULine(lines[n]) {
		n++
	}
	if n == 1 {
		return 0
	}
	if n < len(lines) && strings.TrimSpace(lines[n]) == "end" {
		n++
	}
	return n
}

// isUULine recognises a line whose length is what its first character says.
func isUULine(line string) bool {
	if len(line) < 5 || line[0] <= ' ' || line[0] >= '`' {
		return line != "" && strings.Trim(line, "`") == "" // nothing but zeros
	}
	want := 1 + (int(line[0]-' ')+2)/3*4
	return len(line) >= want-2 && len(line) <= want+2
}

// unescapeFrom undoes what mail stores do to a line that begins with "From ": one
// that stands alone with a '>' is not quoted.
func unescapeFrom(lines []textLine) {
	for i := range lines {
		alone := (i == 0 || lines[i-1].quote == 0) && (i+1 == len(lines) || lines[i+1].quote == 0)
		if lines[i].mark == markEscapedFrom && alone {
			lines[i].quote = 0
		}
	}
}

// plainLine counts the '>' in front of a line.
//
// QUIRK: a space may stand before and between them ("> > text", " >text").
func plainLine(raw string) textLine {
	text, quote := raw, 0
	for {
		rest := strings.TrimPrefix(text, " ")
		if !strings.HasPrefix(rest, ">") {
			break
		}
		text = rest[1:]
		quote++
	}
	if quote == 0 {
		return textLine{text: strings.TrimRight(raw, "\r")}
	}
	line := textLine{quote: quote, text: strings.TrimPrefix(text, " ")}
	if strings.HasPrefix(raw, ">From ") {
		line.mark = markEscapedFrom
	}
	return line
}

// flowedLines undoes format=flowed (RFC 3676 4.2 to 4.5): a line that ends in a space
// goes on in the next of the same depth.
func flowedLines(text string, delSp bool) (lines []textLine, truncated bool) {
	var paragraph strings.Builder
	var last textLine
	flowing, begun := false, false
	finish := func() {
		if last.text = paragraph.String(); begun {
			lines = append(lines, last)
		}
		paragraph.Reset()
	}
	for raw := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		if len(lines) >= maxTextLines {
			return lines, true
		}
		body := strings.TrimLeft(raw, ">")
		line := textLine{quote: len(raw) - len(body), text: strings.TrimPrefix(body, " ")}
		signature := line.text == "-- "
		if !flowing || signature || last.quote != line.quote {
			finish()
			last, begun = line, true
		}
		flowing = strings.HasSuffix(line.text, " ") && !signature
		if flowing && delSp {
			line.text = line.text[:len(line.text)-1]
		}
		paragraph.WriteString(line.text)
	}
	finish()
	return lines, false
}

var enrichedTag = regexp.MustCompile(`(?is)<param>.{0,200}?</param>|</?[a-z][a-z0-9-]{0,60}>`)

// stripEnriched makes plain text of text/enriched (RFC 1896).
func stripEnriched(text string) string {
	text = strings.ReplaceAll(text, "<<", "\x00")
	text = enrichedTag.ReplaceAllString(text, "")
	text = strings.ReplaceAll(text, "\x00", "<")
	paragraphs := strings.Split(text, "\n\n")
	for i, p := range paragraphs {
		paragraphs[i] = strings.ReplaceAll(p, "\n", " ")
	}
	return strings.Join(paragraphs, "\n\n")
}

// joinLines writes lines as text: quotations with "> ", never two empty lines in a
// row, none at either end.
func joinLines(lines []textLine) string {
	var b strings.Builder
	size := 0
	for _, line := range lines {
		size += len(line.text) + 3
	}
	b.Grow(size)
	empty := false
	for _, line := range lines {
		text := strings.TrimRight(line.text, " \t")
		if text == "" && line.quote == 0 {
			empty = b.Len() > 0
			continue
		}
		if empty {
			b.WriteByte('\n')
			empty = false
		}
		writeLine(&b, line.quote, text)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func writeLine(b *strings.Builder, quote int, text string) {
	const deepest = 20
	for range min(quote, deepest) {
		b.WriteByte('>')
	}
	if quote > 0 && text != "" {
		b.WriteByte(' ')
	}
	b.WriteString(text)
	b.WriteByte('\n')
}
