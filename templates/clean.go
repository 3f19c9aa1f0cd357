package templates

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/bidi"
)

// mostMarks is how many combining marks one character keeps: more is no language, but a way to paint over lines.
const mostMarks = 4

// cleanInline makes a value one line of harmless text.
func cleanInline(s string) string {
	return strings.Join(strings.FieldsFunc(clean(s), func(r rune) bool { return r == ' ' || r == '\n' }), " ")
}

// cleanLines makes a value harmless text whose lines are kept.
func cleanLines(s string) string {
	return strings.Trim(clean(s), "\n")
}

// clean removes what could hide, reorder or break text: control characters, bidirectional overrides, marks in heaps.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	marks := 0
	return strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Mn, unicode.Me) {
			if marks++; marks > mostMarks {
				return -1
			}
			return keep(r)
		}
		kept := keep(r)
		if kept >= 0 { // what goes leaves the marks behind it on the character before
			marks = 0
		}
		return kept
	}, s)
}

// keep returns what becomes of a character; -1 is nothing.
func keep(r rune) rune {
	switch {
	case r == '\n' || r == '\r' || r == '\v' || r == '\f' || r == '\u0085' || r == '\u2028' || r == '\u2029':
		return '\n'
	case r == '\t' || r == '\u00A0':
		return ' '
	case unicode.IsControl(r), isHidden(r):
		return -1
	}
	return r
}

// isHidden finds format characters: overrides and isolates of direction, marks of order, tags. The two joiners stay:
// Persian, Hindi and emoji are written with them.
func isHidden(r rune) bool {
	return unicode.Is(unicode.Cf, r) && r != '\u200C' && r != '\u200D' || unicode.Is(unicode.Variation_Selector, r) && r > 0xFFFF
}

// markDirection marks a value that is written from right to left, so that it cannot reorder what stands around it.
func markDirection(s string) string {
	for _, r := range s {
		if p, _ := bidi.LookupRune(r); p.Class() == bidi.R || p.Class() == bidi.AL {
			return markRTL + s + markRTL
		}
	}
	return s
}

// stripMarks removes the marks of spans where there is no place for them.
func stripMarks(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(allMarks, r) {
			return -1
		}
		return r
	}, s)
}

// shorten cuts a text at a number of characters.
func shorten(most int, s string) string {
	n := 0
	for i := range s {
		if n == most-1 && len([]rune(s[i:])) > 1 {
			return strings.TrimRight(s[:i], " ") + "…"
		}
		n++
	}
	return s
}
