package mail

import (
	"strings"
	"unicode/utf8"
)

// flowedWidth is where text is broken, in characters. RFC 3676 4.2 wants at most 78.
const flowedWidth = 76

// flow writes text as format=flowed (RFC 3676): lines end in CRLF, and long ones are
// broken with a space at the end, so that a reader's window can join them again.
// Lines that begin with ">" are quotes and stay as they are.
func flow(text string) string {
	var b strings.Builder
	text = strings.TrimRight(cleanText(text), "\n")
	for line := range strings.SplitSeq(text, "\n") {
		flowLine(&b, line)
	}
	return b.String()
}

func flowLine(b *strings.Builder, line string) {
	if strings.HasPrefix(line, ">") {
		b.WriteString(strings.TrimRight(line, " \t") + "\r\n")
		return
	}
	if line != "-- " {
		line = strings.TrimRight(line, " \t")
	}
	for utf8.RuneCountInString(line) > flowedWidth {
		n := breakAt(line)
		if n < 0 {
			break
		}
		b.WriteString(stuffFlowed(line[:n]) + "\r\n")
		line = line[n:]
	}
	b.WriteString(stuffFlowed(line) + "\r\n")
}

// breakAt returns where a line is broken: behind the last space that fits, else behind
// the first one, or -1 if there is none.
func breakAt(line string) int {
	best, width := -1, 0
	for i, r := range line {
		width++
		if r == ' ' && i > 0 && i+1 < len(line) && line[i+1] != ' ' {
			if width > flowedWidth && best >= 0 {
				return best
			}
			best = i + 1
		}
		if width > flowedWidth && best >= 0 {
			return best
		}
	}
	return best
}

// stuffFlowed puts a space before a line that would mean something else without
// (RFC 3676 4.4).
func stuffFlowed(line string) string {
	if strings.HasPrefix(line, " ") || strings.HasPrefix(line, ">") || strings.HasPrefix(line, "From ") {
		return " " + line
	}
	return line
}
