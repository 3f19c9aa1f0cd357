package itip

import (
	"fmt"
	"strings"

	"github.com/emersion/go-ical"
)

// A layout is how the lines of a file fall into calendar objects. It is made before go-ical sees any of them: what go-ical
// gets is balanced, no deeper than MaxDepth, and has only lines that it can read.
type layout struct {
	problems *problems
	objects  []string // each a VCALENDAR
	current  strings.Builder
	open     []string // the components that are open
}

// layOut sorts the lines of a file into objects. The error is ErrNoCalendar or a *LimitError.
//
// QUIRK: there are several objects in a file, text before the first (mail that was pasted) and behind the last (the footer
// of a mailing list); END is missing, or one too many.
func layOut(lines []string, p *problems) ([]string, error) {
	l := &layout{problems: p}
	for _, line := range lines {
		parsed, ok := parseLine(line, p)
		switch {
		case !ok && len(l.open) > 0:
			p.addf("a line that is no property was left out: %s", excerpt(line))
		case !ok:
		case parsed.name == "BEGIN":
			if err := l.begin(strings.ToUpper(strings.TrimSpace(parsed.value))); err != nil {
				return nil, err
			}
		case parsed.name == "END":
			l.end(strings.ToUpper(strings.TrimSpace(parsed.value)))
		case len(l.open) > 0:
			parsed.appendTo(&l.current)
		}
	}
	if len(l.open) > 0 {
		p.addf("the calendar object breaks off: END:%s is missing", l.open[len(l.open)-1])
		l.closeTo(0)
	}
	if len(l.objects) == 0 {
		return nil, ErrNoCalendar
	}
	return l.objects, nil
}

func (l *layout) begin(name string) error {
	if !isName(name) {
		l.problems.addf("a component without a name was left out")
		return nil
	}
	switch {
	case name == "VCALENDAR" && len(l.open) > 0:
		l.problems.addf("a calendar object begins before the one before it has ended")
		l.closeTo(0)
	case name != "VCALENDAR" && len(l.open) == 0:
		if !strings.HasPrefix(name, "V") || name == "VCARD" {
			return nil
		}
		l.problems.addf("%s stands outside of a calendar object", name)
		l.push("VCALENDAR")
	}
	if len(l.open) >= MaxDepth {
		return &LimitError{"levels of components", MaxDepth}
	}
	l.push(name)
	return nil
}

func (l *layout) push(name string) {
	l.open = append(l.open, name)
	l.current.WriteString("BEGIN:" + name + "\r\n")
}

// end closes a component, and those in it that were left open.
func (l *layout) end(name string) {
	for i := len(l.open) - 1; i >= 0; i-- {
		if l.open[i] == name {
			if i < len(l.open)-1 {
				l.problems.addf("END:%s is missing", l.open[len(l.open)-1])
			}
			l.closeTo(i)
			return
		}
	}
	if len(l.open) > 0 {
		l.problems.addf("END:%s ends nothing", excerpt(name))
	}
}

// closeTo closes what is open down to a depth, and the object with the last.
func (l *layout) closeTo(depth int) {
	for len(l.open) > depth {
		l.current.WriteString("END:" + l.open[len(l.open)-1] + "\r\n")
		l.open = l.open[:len(l.open)-1]
	}
	if depth == 0 {
		l.objects = append(l.objects, l.current.String())
		l.current.Reset()
	}
}

// decodeTree hands an object to go-ical. What comes from layOut it can read; should that ever be wrong, its panic is an
// error here.
func decodeTree(object string) (root *ical.Component, err error) {
	defer func() {
		if r := recover(); r != nil {
			root, err = nil, fmt.Errorf("the calendar object cannot be read: %v", r)
		}
	}()
	calendar, err := ical.NewDecoder(strings.NewReader(object)).Decode()
	if err != nil {
		return nil, fmt.Errorf("the calendar object cannot be read: %w", err)
	}
	return calendar.Component, nil
}

// prop returns the first property of that name that has a value, or an empty one.
func prop(c *ical.Component, name string) ical.Prop {
	for _, p := range c.Props[name] {
		if p.Value != "" {
			return p
		}
	}
	return ical.Prop{Name: name}
}

// param returns a parameter of a property as it is meant, in one string.
func param(p ical.Prop, name string) string {
	values := p.Params[name]
	if len(values) == 0 {
		return ""
	}
	return strings.TrimSpace(decodeParam(values[0]))
}
