package itip

import (
	"fmt"
	"strconv"
	"time"
)

// ProdID is what guildpost writes as PRODID (RFC 5545 3.7.3).
const ProdID = "-//guildpost//guildpost//EN"

// Write writes an object: lines in CRLF, folded at 75 octets, with a VTIMEZONE for each zone that a time of its events is
// in. ProdID is guildpost's unless the object names one.
//
// The error says in a sentence which value is missing or cannot be written: a UID and a Stamp are needed, zones must have a
// name, and a control character is refused wherever it stands. Others, which are no events, are refused too.
func Write(o Object) ([]byte, error) {
	w := &writer{}
	w.raw("BEGIN", nil, "VCALENDAR")
	if o.ProdID == "" {
		o.ProdID = ProdID
	}
	w.text("PRODID", o.ProdID)
	w.raw("VERSION", nil, "2.0")
	w.raw("CALSCALE", nil, "GREGORIAN")
	if o.Method != "" {
		w.token("METHOD", string(o.Method))
	}
	if len(o.Others) > 0 {
		return nil, fmt.Errorf("%s cannot be written, only events can", otherNames[o.Others[0].Kind])
	}
	w.components(o.Events)
	w.raw("END", nil, "VCALENDAR")
	if w.err != nil {
		return nil, w.err
	}
	return w.out, nil
}

// components writes events, after the zones that they are in.
func (w *writer) components(events []Event) {
	for _, span := range zoneSpans(events) {
		w.zone(span)
	}
	for i := range events {
		w.event(&events[i])
	}
}

func (w *writer) event(e *Event) {
	w.raw("BEGIN", nil, "VEVENT")
	if e.UID == "" || e.Stamp.IsZero() {
		w.fail("an event needs a UID and a DTSTAMP (RFC 5545 3.6.1)")
	}
	w.text("UID", e.UID)
	w.raw("DTSTAMP", nil, e.Stamp.UTC().Format("20060102T150405Z"))
	w.raw("SEQUENCE", nil, strconv.Itoa(max(0, e.Sequence)))
	var thisAndLater []writtenParam
	if e.ThisAndLater {
		thisAndLater = []writtenParam{{"RANGE", []string{"THISANDFUTURE"}}}
	}
	w.time("RECURRENCE-ID", thisAndLater, e.RecurrenceID)
	w.time("DTSTART", nil, e.Start)
	if e.End.IsZero() && !e.Duration.IsZero() {
		w.raw("DURATION", nil, e.Duration.String())
	}
	w.time("DTEND", nil, e.End)
	w.recurrence(e)
	w.eventTexts(e)
	w.person("ORGANIZER", e.Organizer, nil)
	for _, a := range e.Attendees {
		w.attendee(a)
	}
	for _, a := range e.Attachments {
		w.attachment(a)
	}
	for _, a := range e.Alarms {
		w.alarm(a, e.Summary)
	}
	w.raw("END", nil, "VEVENT")
}

func (w *writer) recurrence(e *Event) {
	if e.RuleProblem != "" {
		w.fail(e.RuleProblem)
	}
	for _, rule := range e.Rules {
		rule.Until = writtenUntil(rule.Until, e.Start)
		w.raw("RRULE", nil, rule.String())
	}
	for _, p := range e.Dates {
		if p.End.IsZero() {
			w.time("RDATE", nil, p.Start)
			continue
		}
		end := p.End
		if p.Start.Zone != nil {
			end = end.In(p.Start.Zone)
		}
		if p.Start.AllDay || end.AllDay || end.IsFloating() != p.Start.IsFloating() {
			w.fail("an RDATE with an end needs times of day in the same zone")
		}
		w.dated("RDATE", []writtenParam{{"VALUE", []string{"PERIOD"}}}, p.Start, formatTime(p.Start)+"/"+formatTime(end))
	}
	for _, x := range e.Exceptions {
		w.time("EXDATE", nil, x)
	}
}

// writtenUntil brings UNTIL into the form that RFC 5545 3.3.10 wants beside a DTSTART: a date beside a date, else UTC.
func writtenUntil(until, start Time) Time {
	switch {
	case until.IsZero() || start.IsZero():
	case start.AllDay:
		return Time{Wall: midnight(until.Wall), AllDay: true}
	case until.AllDay:
		start.Wall = until.Wall.Add(24*time.Hour - time.Second)
		until = start
		fallthrough
	case until.IsFloating() && start.Zone != nil:
		until.Zone = start.Zone
		if until.Zone != nil {
			until = until.In(time.UTC)
		}
	}
	return until
}

func (w *writer) eventTexts(e *Event) {
	w.optional("SUMMARY", e.Summary)
	w.optional("LOCATION", e.Location)
	w.optional("DESCRIPTION", e.Description)
	for _, comment := range e.Comments {
		w.optional("COMMENT", comment)
	}
	w.list("CATEGORIES", e.Categories)
	if e.URL != "" {
		w.raw("URL", nil, e.URL)
	}
	w.token("STATUS", e.Status)
	w.token("CLASS", e.Class)
	if e.Transparent {
		w.raw("TRANSP", nil, "TRANSPARENT")
	}
	if e.Priority > 0 {
		w.raw("PRIORITY", nil, strconv.Itoa(e.Priority))
	}
	for _, status := range e.RequestStatus {
		w.raw("REQUEST-STATUS", nil, status)
	}
}

func (w *writer) attachment(a Attachment) {
	if a.URI == "" {
		return // what stood in the object was not kept
	}
	var params []writtenParam
	if a.Type != "" {
		params = append(params, writtenParam{"FMTTYPE", []string{a.Type}})
	}
	if a.Name != "" {
		params = append(params, writtenParam{"FILENAME", []string{a.Name}})
	}
	w.raw("ATTACH", params, a.URI)
}

// alarm writes a VALARM; one that shows something needs a text to show (RFC 5545 3.6.6).
func (w *writer) alarm(a Alarm, summary string) {
	w.raw("BEGIN", nil, "VALARM")
	if a.Action == "" {
		a.Action = "DISPLAY"
	}
	w.token("ACTION", a.Action)
	switch {
	case !a.At.IsZero():
		w.raw("TRIGGER", []writtenParam{{"VALUE", []string{"DATE-TIME"}}}, a.At.UTC().Format("20060102T150405Z"))
	case a.FromEnd:
		w.raw("TRIGGER", []writtenParam{{"RELATED", []string{"END"}}}, a.Trigger.String())
	default:
		w.raw("TRIGGER", nil, a.Trigger.String())
	}
	if a.Description == "" && a.Action == "DISPLAY" {
		a.Description = summary
	}
	w.optional("DESCRIPTION", a.Description)
	w.raw("END", nil, "VALARM")
}
