package mail

import (
	"regexp"
	"strings"
)

// indentedIntro is how Outlook for Mac introduces what it quotes by four spaces.
var indentedIntro = regexp.MustCompile(`\d[./-]\d{1,4}, \d{1,2}:\d\d.* ".{1,200}" <.{1,200}@.{1,200}>`)

const quoteIndent = "    "

// indentedQuotes finds quotations that are moved to the right by four spaces, and makes them lines of the depth that '>'
// gives. Answers between them begin at the margin. Only behind an introduction that is surely of this kind: authors move
// code to the right as well.
func indentedQuotes(lines []textLine) {
	for i := range lines {
		if !strings.Contains(lines[i].text, `" <`) {
			continue // as almost every line: quicker than the pattern
		}
		text := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(lines[i].text), "\ufeff"))
		// Nearly all lines end at what costs nothing; the expression took a third of the time in which a post was filed.
		if lines[i].quote > 0 || !strings.Contains(text, `" <`) || !indentedIntro.MatchString(text) || !introduces(text) || !indentedBelow(lines[i+1:]) {
			continue
		}
		lines[i].mark = markAttribution
		for j := i + 1; j < len(lines); j++ {
			if rest, ok := strings.CutPrefix(lines[j].text, quoteIndent); ok && lines[j].quote == 0 {
				inner := plainLine(rest)
				lines[j].quote, lines[j].text = 1+inner.quote, inner.text
			}
		}
		return
	}
}

// indentedBelow says that the first line that is not empty is moved to the right.
func indentedBelow(lines []textLine) bool {
	for _, line := range lines {
		if strings.TrimSpace(line.text) != "" {
			return line.quote == 0 && strings.HasPrefix(line.text, quoteIndent)
		}
	}
	return false
}
