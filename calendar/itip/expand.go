package itip

import (
	"slices"
	"time"
)

// A start is when an occurrence of an event's own rules begins.
type start struct {
	Period
	at time.Time
}

// An expansion collects the starts of an event within a span of time.
type expansion struct {
	event    *Event
	from, to time.Time
	most     int // of each rule
	home     *time.Location
	found    []start
}

// starts returns when an event starts within a span, by rule and by RDATE, in order and each once: at most about so many
// for each rule. The error is a *LimitError when the budget was spent first.
func (e *Event) starts(from, to time.Time, most int, home *time.Location) ([]start, error) {
	if e.Start.IsZero() {
		return nil, nil
	}
	x := expansion{event: e, from: from, to: to, most: most, home: home}
	x.add(Period{Start: e.Start})
	b := &budget{maxSteps}
	for _, rule := range e.Rules {
		w := rule.walk(e.Start.Wall, b)
		w.skipTo(from.AddDate(0, 0, -2))
		x.follow(w)
	}
	for _, date := range e.Dates {
		x.add(date)
	}
	slices.SortStableFunc(x.found, func(a, b start) int { return a.at.Compare(b.at) })
	x.found = slices.CompactFunc(x.found, func(a, b start) bool { return a.at.Equal(b.at) && a.Start.AllDay == b.Start.AllDay })
	if b.steps < 0 {
		return x.found, &LimitError{"steps of work in its recurrence rule", maxSteps}
	}
	return x.found, nil
}

// add keeps a start that lies in the span, and returns its moment.
func (x *expansion) add(p Period) time.Time {
	at := p.Start.Instant(x.home)
	if !at.Before(x.from) && at.Before(x.to) {
		x.found = append(x.found, start{p, at})
	}
	return at
}

// follow goes along a rule to the end of the span, or until it has found enough.
func (x *expansion) follow(w *walker) {
	early := x.from.AddDate(0, 0, -2)
	for enough := len(x.found) + x.most; len(x.found) < enough; {
		wall, ok := w.next()
		if !ok {
			return
		}
		if wall.Before(early) {
			continue // asking the zone costs more than the rest
		}
		t := x.event.Start
		t.Wall = wall
		if at := t.Instant(x.home); w.rule.ended(t, at) || !at.Before(x.to) {
			return
		}
		x.add(Period{Start: t})
	}
}

// ended reports whether an occurrence lies behind UNTIL, which may be one itself.
//
// QUIRK: UNTIL is a date for a meeting with a time (all of that day counts), a moment for a date (its date in UTC counts,
// Outlook), or a time without a zone (on the meeting's clock).
func (r *Rule) ended(t Time, at time.Time) bool {
	switch {
	case r.Until.IsZero():
		return false
	case r.Until.AllDay || t.AllDay:
		return midnight(t.Wall).After(midnight(r.Until.Wall))
	case r.Until.IsFloating():
		return t.Wall.After(r.Until.Wall)
	}
	return at.After(r.Until.Wall)
}
