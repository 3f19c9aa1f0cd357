package itip

import (
	"fmt"
	"strings"
	"time"

	"github.com/emersion/go-ical"
)

// time reads a property that is a date or a time, the zero Time if it is not there.
func (r *eventReader) time(p ical.Prop) (Time, error) {
	return r.timeValue(strings.TrimSpace(p.Value), p)
}

// timeValue reads a value of a property with the property's VALUE and TZID.
//
// QUIRK: VALUE in lower case, a date without VALUE=DATE, a date that has a time, a time in UTC that has a TZID (that moment is
// meant, on the clocks of that zone), an empty TZID.
func (r *eventReader) timeValue(value string, p ical.Prop) (Time, error) {
	if value == "" {
		return Time{}, nil
	}
	wall, utc, date, err := parseClock(value)
	if err != nil {
		return Time{}, err
	}
	if date || strings.EqualFold(param(p, "VALUE"), "DATE") {
		return Time{Wall: midnight(wall), AllDay: true}, nil
	}
	tzid := param(p, "TZID")
	if tzid == "" {
		if utc {
			return Time{Wall: wall, Zone: time.UTC}, nil
		}
		return Time{Wall: wall}, nil
	}
	zone := r.zones.lookup(tzid)
	switch {
	case zone == nil && utc:
		return Time{Wall: wall, Zone: time.UTC}, nil
	case zone == nil:
		return Time{Wall: wall, UnknownZone: cleanTZID(tzid)}, nil
	case utc:
		return At(wall, zone), nil
	}
	return Time{Wall: wall, Zone: zone}, nil
}

// tell reads a property's time and tells what is wrong with it.
func (r *eventReader) tell(p ical.Prop) Time {
	t, err := r.time(p)
	if err != nil {
		r.problems.addf("%s: %s", p.Name, err)
	}
	return t
}

func (r *eventReader) times() {
	e := &r.e
	e.Start, e.End = r.tell(prop(r.c, "DTSTART")), r.tell(prop(r.c, "DTEND"))
	if due := prop(r.c, "DUE"); e.Kind == KindTask {
		e.End = r.tell(due)
	}
	if s := prop(r.c, "DURATION").Value; s != "" {
		d, err := ParseDuration(s)
		if err != nil {
			r.problems.addf("DURATION: %s", err)
		}
		e.Duration = d
	}
	id := prop(r.c, "RECURRENCE-ID")
	e.RecurrenceID = r.tell(id)
	// QUIRK: some write ;THISANDFUTURE without RANGE=.
	_, bare := id.Params["THISANDFUTURE"]
	e.ThisAndLater = !e.RecurrenceID.IsZero() && (bare || strings.EqualFold(param(id, "RANGE"), "THISANDFUTURE"))
	r.checkTimes()
}

// checkTimes puts right what cannot be meant.
func (r *eventReader) checkTimes() {
	e := &r.e
	if e.End.IsZero() || e.Start.IsZero() {
		return
	}
	switch {
	case e.Start.AllDay && !e.End.AllDay: // QUIRK: DTEND with a time for a whole day
		e.End = Time{Wall: midnight(e.End.Wall), AllDay: true}
	case !e.Start.AllDay && e.End.AllDay:
		e.End.AllDay, e.End.Zone, e.End.UnknownZone = false, e.Start.Zone, e.Start.UnknownZone
	}
	if e.End.Instant(nil).Before(e.Start.Instant(nil)) {
		r.problems.addf("%s ends at %s, before it starts at %s; its end was left out", r.c.Name, e.End, e.Start)
		e.End = Time{}
	}
}

func (r *eventReader) recurrence() {
	for _, p := range r.c.Props["RRULE"] {
		rule, err := ParseRule(p.Value)
		switch {
		case strings.TrimSpace(p.Value) == "":
		case err != nil:
			r.e.RuleProblem = err.Error()
			r.problems.addf("%s", err)
		case len(r.e.Rules) == maxRules:
			r.e.RuleProblem = fmt.Sprintf("the meeting has more than %d recurrence rules", maxRules)
			r.problems.addf("%s", r.e.RuleProblem)
		default:
			r.e.Rules = append(r.e.Rules, rule)
		}
	}
	if len(r.c.Props["EXRULE"]) > 0 {
		r.e.RuleProblem = "the meeting leaves dates out by a rule (EXRULE), which RFC 5545 has no more"
		r.problems.addf("%s", r.e.RuleProblem)
	}
	r.dates("RDATE", func(period Period) { r.e.Dates = append(r.e.Dates, period) })
	r.dates("EXDATE", func(period Period) { r.e.Exceptions = append(r.e.Exceptions, period.Start) })
}

// dates reads the values of RDATE or EXDATE properties (RFC 5545 3.8.5.1, 3.8.5.2), each of which may be a list.
func (r *eventReader) dates(name string, add func(Period)) {
	count := 0
	for _, p := range r.c.Props[name] {
		for value := range strings.FieldsFuncSeq(p.Value, func(c rune) bool { return c == ',' || c == ';' || c == ' ' }) {
			if count++; count > MaxDates {
				r.problems.addf("%s has more than %d dates, the others were left out", name, MaxDates)
				return
			}
			period, err := r.period(value, p)
			if err != nil {
				r.problems.addf("%s: %s", name, err)
				continue
			}
			add(period)
		}
	}
}

// period reads a date, a time or a PERIOD (RFC 5545 3.3.9).
//
// QUIRK: an RDATE that is a date, for a meeting with a time: it is at the meeting's time of day.
func (r *eventReader) period(value string, p ical.Prop) (period Period, err error) {
	value, end, isPeriod := strings.Cut(value, "/")
	if period.Start, err = r.timeValue(value, p); err != nil {
		return Period{}, err
	}
	if start := r.e.Start; p.Name == "RDATE" && period.Start.AllDay && !start.AllDay && !start.IsZero() {
		wall := period.Start.Wall.Add(start.Wall.Sub(midnight(start.Wall)))
		period.Start = start
		period.Start.Wall = wall
	}
	if !isPeriod {
		return period, nil
	}
	if d, err := ParseDuration(end); err == nil {
		period.End = period.Start.Add(d)
		return period, nil
	}
	period.End, err = r.timeValue(end, p)
	return period, err
}
