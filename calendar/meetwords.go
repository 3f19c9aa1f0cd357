package calendar

import (
	"regexp"
	"strconv"
	"strings"

	"guildpost/calendar/when"
	"guildpost/store"
)

// meetAnswer is what an answer to an echo says: one of yes, no, a number, or something else.
type meetAnswer struct {
	yes, no bool
	number  int
	rest    string // what stands below the first line
}

var numberLine = regexp.MustCompile(`^(?:(?:option|number|no\.?|nr\.?|nummer|vorschlag|opcion|opción|numero|número|#|the|die|la)\s*)*(\d{1,2})\s*[.)!]?$`)

// readMeetAnswer reads an answer to an echo by its first line. A yes or a number with another date below says both, and is
// something else.
func readMeetAnswer(text string, c when.Context) (a meetAnswer) {
	line := firstLine(text)
	_, a.rest, _ = strings.Cut(text[strings.Index(text, line)+len(line):], "\n")
	a.rest = strings.TrimSpace(a.rest)
	if m := readMemo("", a.rest, c); m.When != "" {
		return meetAnswer{rest: a.rest}
	}
	if m := numberLine.FindStringSubmatch(strings.ToLower(line)); m != nil {
		a.number, _ = strconv.Atoi(m[1]) // two digits
		return a
	}
	answer, ok := ReadAnswer(text)
	a.yes, a.no = ok && answer == store.Accepted, ok && answer == store.Declined
	return a
}

// reasonIn is what an answer says behind its no.
func reasonIn(text string) string {
	line := firstLine(text)
	_, below, _ := strings.Cut(text[strings.Index(text, line)+len(line):], "\n")
	if i := strings.IndexAny(line, ",.!;:–—"); i >= 0 {
		line = strings.TrimLeft(line[i:], ",.!;:–— ")
	} else {
		line = ""
	}
	return strings.TrimSpace(line + "\n" + strings.TrimSpace(below))
}
