package itip

import (
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-ical"
)

// maxRules bounds the RRULEs of an event; RFC 5545 3.8.5.3 wants one at most.
const maxRules = 5

// An eventReader reads one component.
type eventReader struct {
	c        *ical.Component
	zones    *zones
	problems *problems
	e        Event
}

// readEvent reads a VEVENT, or what another component shares with one.
func readEvent(c *ical.Component, z *zones, p *problems) Event {
	r := &eventReader{c: c, zones: z, problems: p, e: Event{Kind: Kind(c.Name)}}
	r.identity()
	r.times()
	r.people()
	r.recurrence()
	r.texts()
	r.attachments()
	for _, child := range c.Children {
		if child.Name == "VALARM" && len(r.e.Alarms) < 20 {
			r.alarm(child)
		}
	}
	return r.e
}

// text returns the value of a TEXT property.
func (r *eventReader) text(name string) string {
	p := prop(r.c, name)
	if _, bare := p.Params["QUOTED-PRINTABLE"]; bare || strings.EqualFold(param(p, "ENCODING"), "QUOTED-PRINTABLE") {
		p.Value = decodeQuoted(p.Value, param(p, "CHARSET"))
	}
	return strings.TrimSpace(unescapeText(p.Value))
}

func (r *eventReader) texts() {
	e := &r.e
	e.Summary, e.Location, e.Description = oneLine(r.text("SUMMARY")), oneLine(r.text("LOCATION")), r.text("DESCRIPTION")
	e.URL, e.Status, e.Class = strings.TrimSpace(prop(r.c, "URL").Value), upper(r.text("STATUS")), upper(r.text("CLASS"))
	e.Transparent = strings.EqualFold(r.text("TRANSP"), "TRANSPARENT")
	if n, err := strconv.Atoi(r.text("PRIORITY")); err == nil && n >= 0 && n <= 9 {
		e.Priority = n
	}
	for _, p := range r.c.Props["COMMENT"] {
		if text := strings.TrimSpace(unescapeText(p.Value)); text != "" && len(e.Comments) < 20 {
			e.Comments = append(e.Comments, text)
		}
	}
	for _, p := range r.c.Props["CATEGORIES"] {
		for _, category := range splitText(p.Value) {
			if len(e.Categories) < 50 {
				e.Categories = append(e.Categories, oneLine(category))
			}
		}
	}
}

// oneLine makes one line of a text that people see in lists.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func (r *eventReader) identity() {
	e := &r.e
	e.UID = oneLine(r.text("UID"))
	if e.UID == "" {
		r.problems.addf("%s has no UID", r.c.Name)
	}
	if s := strings.TrimSpace(prop(r.c, "SEQUENCE").Value); s != "" {
		n, ok := digitsOf(s)
		if e.Sequence = n; !ok {
			r.problems.addf("SEQUENCE:%s is no number and counts as 0", excerpt(s))
		}
	}
	if s := strings.TrimSpace(prop(r.c, "DTSTAMP").Value); s != "" {
		t, err := r.time(prop(r.c, "DTSTAMP"))
		if e.Stamp = t.Instant(nil); err != nil {
			e.Stamp = time.Time{}
			r.problems.addf("DTSTAMP: %s", err)
		}
	}
	for _, p := range r.c.Props["REQUEST-STATUS"] {
		if len(e.RequestStatus) < 20 {
			e.RequestStatus = append(e.RequestStatus, oneLine(unescapeText(p.Value)))
		}
	}
}

func (r *eventReader) people() {
	r.e.Organizer = readPerson(prop(r.c, "ORGANIZER"))
	for _, p := range r.c.Props["ATTENDEE"] {
		a := readAttendee(p)
		if a.Person.IsZero() && a.Answer == "" {
			continue
		}
		if len(r.e.Attendees) == MaxAttendees {
			r.problems.addf("%s has more than %d attendees, the others were left out", r.c.Name, MaxAttendees)
			return
		}
		r.e.Attendees = append(r.e.Attendees, a)
	}
}

func (r *eventReader) attachments() {
	for _, p := range r.c.Props["ATTACH"] {
		if len(r.e.Attachments) == 50 {
			return
		}
		name := param(p, "FILENAME")
		for _, other := range []string{"X-FILENAME", "X-APPLE-FILENAME", "X-ORACLE-FILENAME"} {
			if name == "" {
				name = param(p, other)
			}
		}
		a := Attachment{Type: param(p, "FMTTYPE"), Name: oneLine(name), URI: strings.TrimSpace(p.Value)}
		if strings.EqualFold(param(p, "VALUE"), "BINARY") || strings.EqualFold(param(p, "ENCODING"), "BASE64") {
			a.URI, a.Size = "", len(p.Value)
		}
		r.e.Attachments = append(r.e.Attachments, a)
	}
}

// alarm reads a VALARM. One without a trigger that can be read never rings and is left out.
func (r *eventReader) alarm(c *ical.Component) {
	a := Alarm{Action: upper(prop(c, "ACTION").Value), Description: strings.TrimSpace(unescapeText(prop(c, "DESCRIPTION").Value))}
	trigger := prop(c, "TRIGGER")
	a.FromEnd = strings.EqualFold(param(trigger, "RELATED"), "END")
	d, err := ParseDuration(trigger.Value)
	if a.Trigger = d; err != nil {
		t, err := r.time(trigger)
		if err != nil || t.IsZero() {
			return
		}
		a.At = t.Instant(nil)
	}
	r.e.Alarms = append(r.e.Alarms, a)
}
