package itip

import (
	"errors"
	"fmt"
)

// Limits of what is read. They keep go-ical from the inputs that it is quadratic in, or that overflow its stack, and the
// work on one object within a few milliseconds. An invitation of Outlook with a long description has 20 KB and 80 lines.
const (
	MaxSize       = 1 << 20  // octets of a file, in whatever charset
	MaxLines      = 2000     // content lines (RFC 5545 3.1) after unfolding
	MaxLine       = 64 << 10 // octets of a content line; longer ones are left out
	MaxParams     = 50       // parameters of a line; further ones are left out
	MaxParamValue = 4 << 10  // octets of a parameter's value; longer ones are left out
	MaxDepth      = 8        // components within components; RFC 5545 needs 3
	MaxEvents     = 100      // VEVENTs of a file
	MaxAttendees  = 500      // of an event
	MaxDates      = 1000     // RDATE and EXDATE values of an event, each
	maxProblems   = 50       // sentences about one file
)

// ErrNoCalendar says that there is nothing to read.
var ErrNoCalendar = errors.New("this is no calendar object: it has no BEGIN:VCALENDAR")

// A LimitError says that an object is larger than what is read.
type LimitError struct {
	What  string // a noun, such as "lines"
	Limit int
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("the calendar object has more than %d %s", e.Limit, e.What)
}

// problems collects sentences about what was odd, each once.
type problems struct{ list []string }

func (p *problems) addf(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	for _, known := range p.list {
		if known == text {
			return
		}
	}
	if len(p.list) < maxProblems {
		p.list = append(p.list, text)
	}
}
