package templates

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// columns is how wide a line of text gets, with the space that makes its end soft. RFC 3676 4.2 wants at most 78.
const columns = 76

// fill writes text in lines of at most 76 columns; only a single word may be longer. The first line begins with first, the
// others with rest. Where rest is empty the line ends are soft (format=flowed), else hard.
func (w *textWriter) fill(first, rest, text string) {
	for line := range strings.SplitSeq(text, "\n") {
		indent, soft := first, ""
		if rest == "" {
			soft = " "
		}
		lines := breakLines(line, columns-columnsOf(rest)-2)
		for i, l := range lines {
			end := soft
			if i == len(lines)-1 {
				end = ""
			}
			w.out.WriteString(stuff(indent+l) + end + "\n")
			indent = rest
		}
		first = rest
	}
}

// breakLines breaks text between words.
func breakLines(text string, most int) (lines []string) {
	var line strings.Builder
	wide := 0
	for word := range strings.FieldsSeq(text) {
		n := columnsOf(word)
		if wide > 0 && wide+1+n > most {
			lines = append(lines, line.String())
			line.Reset()
			wide = 0
		}
		if wide > 0 {
			line.WriteByte(' ')
			wide++
		}
		line.WriteString(word)
		wide += n
	}
	return append(lines, line.String())
}

// stuff keeps a line from meaning something else: a quote, the start of a message in an mbox file (RFC 3676 4.4), or the
// mark of a signature.
func stuff(line string) string {
	switch {
	case line == "--":
		return "–"
	case strings.HasPrefix(line, " "), strings.HasPrefix(line, ">"), line == "From", strings.HasPrefix(line, "From "):
		return " " + line
	}
	return line
}

// columnsOf is how many columns a terminal needs for a text.
func columnsOf(s string) (n int) {
	for _, r := range s {
		switch kind := width.LookupRune(r).Kind(); {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case kind == width.EastAsianWide || kind == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}
