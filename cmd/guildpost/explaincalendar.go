package main

import (
	"bytes"
	"errors"
	"strings"
	"time"

	"guildpost/calendar"
	"guildpost/calendar/itip"
	"guildpost/mail"
)

// explainedCalendar is one answer of an attendee, or one meeting that is called, changed or cancelled.
type explainedCalendar struct {
	Method       string `json:"method"`
	UID          string `json:"uid"`
	Attendee     string `json:"attendee"` // of invitations only where there is no other
	PartStat     string `json:"partstat"`
	Organizer    string `json:"organizer"`
	Sequence     int    `json:"sequence"`
	RecurrenceID string `json:"recurrence_id"` // times in UTC, RFC 3339; dates; times without a zone as they are
	Start        string `json:"start"`
	Timezone     string `json:"timezone"`
}

// addCalendar adds what a message says about meetings.
func (x *explanation) addCalendar(said calendar.Said) {
	for _, o := range said.Objects {
		for _, e := range append(o.Events, o.Others...) {
			x.Calendar = append(x.Calendar, explainEvent(o.Method, e)...)
		}
	}
	x.Problems = append(x.Problems, said.Problems...)
}

// explainEvent gives a line for each attendee of what attendees send, and one for what organisers do.
func explainEvent(method itip.Method, e itip.Event) (list []explainedCalendar) {
	line := explainedCalendar{Method: string(method), UID: e.UID, Organizer: personText(e.Organizer), Sequence: e.Sequence,
		RecurrenceID: timeText(e.RecurrenceID), Start: timeText(e.Start), Timezone: zoneText(e)}
	if len(e.Attendees) == 0 || len(e.Attendees) > 1 && !method.IsFromAttendee() {
		return []explainedCalendar{line}
	}
	for _, a := range e.Attendees {
		line.Attendee, line.PartStat = personText(a.Person), string(a.Answer)
		list = append(list, line)
	}
	return list
}

func personText(p itip.Person) string {
	if p.Address != "" {
		return p.Address
	}
	if len(p.URI) > 7 && strings.EqualFold(p.URI[:7], "mailto:") {
		return p.URI[7:]
	}
	return p.URI
}

func timeText(t itip.Time) string {
	switch {
	case t.IsZero():
		return ""
	case t.AllDay:
		return t.Wall.Format(time.DateOnly)
	case t.IsFloating():
		return t.Wall.Format("2006-01-02T15:04:05")
	}
	return t.Instant(nil).Format(time.RFC3339)
}

// zoneText names the zone that the meeting is in, or failing that the one that names its date.
func zoneText(e itip.Event) string {
	for _, t := range []itip.Time{e.Start, e.RecurrenceID} {
		if name := t.ZoneName() + t.UnknownZone; name != "" {
			return name
		}
	}
	return ""
}

// tnefSignature is what a winmail.dat begins with.
var tnefSignature = []byte{0x78, 0x9f, 0x3e, 0x22}

// explainBare explains a file that is a calendar object without a message around it; false for other files.
func explainBare(name string, raw []byte) (x explanation, ok bool) {
	var objects []itip.Object
	var err error
	switch {
	case bytes.HasPrefix(raw, tnefSignature):
		var o itip.Object
		o, err = itip.ReadTNEF(raw)
		objects = []itip.Object{o}
	case isCalendarObject(raw) || strings.HasSuffix(strings.ToLower(name), ".ics"):
		objects, err = itip.Read(raw, itip.Hint{})
	default:
		return explanation{}, false
	}
	x = explanation{File: name, Kind: mail.KindCalendar, References: []string{}, Bounce: []explainedBounce{},
		Calendar: []explainedCalendar{}, Problems: []string{}}
	if err != nil {
		if x.Problems = append(x.Problems, err.Error()); errors.Is(err, itip.ErrNoCalendar) || errors.Is(err, itip.ErrNoMeeting) {
			x.Kind = mail.KindUnreadable
		}
		return x, true
	}
	said := calendar.Said{Objects: objects}
	for _, o := range objects {
		said.Problems = append(said.Problems, o.Problems...)
	}
	x.addCalendar(said)
	return x, true
}

// isCalendarObject says that a file is an iCalendar object without a message around it, in UTF-8 or UTF-16.
func isCalendarObject(raw []byte) bool {
	var start []byte
	for _, c := range raw[:min(len(raw), 100)] {
		if c > ' ' && c < 0x7f {
			start = append(start, c)
		}
	}
	return len(start) >= 15 && strings.EqualFold(string(start[:15]), "BEGIN:VCALENDAR")
}
