package itip

import (
	"slices"
	"time"

	"github.com/emersion/go-ical"
)

// zoneRules are what a VTIMEZONE says (RFC 5545 3.6.5).
type zoneRules struct {
	locations   []string // what the zone is called besides its TZID
	observances []observance
}

// An observance is a STANDARD or DAYLIGHT component: from when on, and how often again, the clocks change by what.
type observance struct {
	start    time.Time // wall clock of the first onset, in the offset before it
	from, to time.Duration
	rules    []Rule
	dates    []time.Time
}

// An onset is a moment at which the clocks of a zone change.
type onset struct {
	at       time.Time
	from, to time.Duration
}

const (
	maxObservances = 200 // of a zone; Morocco's until 2087 are 180
	maxOnsets      = 600
)

func readZoneRules(c *ical.Component) *zoneRules {
	z := &zoneRules{}
	// QUIRK: libical and Apple, Outlook for Mac.
	for _, name := range []string{"X-LIC-LOCATION", "X-ENTOURAGE-CFTIMEZONE"} {
		z.locations = append(z.locations, prop(c, name).Value)
	}
	for _, child := range c.Children {
		if child.Name != "STANDARD" && child.Name != "DAYLIGHT" || len(z.observances) >= maxObservances {
			continue
		}
		if o, ok := readObservance(child); ok {
			z.observances = append(z.observances, o)
		}
	}
	return z
}

func readObservance(c *ical.Component) (o observance, ok bool) {
	to, okTo := parseOffset(prop(c, "TZOFFSETTO").Value)
	from, okFrom := parseOffset(prop(c, "TZOFFSETFROM").Value)
	if !okFrom {
		from = to
	}
	start, _, _, err := parseClock(prop(c, "DTSTART").Value)
	if err != nil { // QUIRK: none at all (old Zimbra); then it was always so
		start = time.Date(minYear, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	o = observance{start: start, from: from, to: to}
	for _, p := range c.Props["RRULE"] {
		if rule, err := ParseRule(p.Value); err == nil && rule.Freq == Yearly && len(o.rules) < 3 {
			o.rules = append(o.rules, rule)
		}
	}
	for _, p := range c.Props["RDATE"] {
		for _, value := range splitText(p.Value) {
			if wall, _, _, err := parseClock(value); err == nil && len(o.dates) < maxOnsets {
				o.dates = append(o.dates, wall)
			}
		}
	}
	return o, okTo
}

// begin returns the first moment that the rules say anything about.
func (z *zoneRules) begin() (first time.Time) {
	for _, o := range z.observances {
		if at := o.start.Add(-o.from); first.IsZero() || at.Before(first) {
			first = at
		}
	}
	return first
}

// onsets returns when the clocks change within a span, in order, and what they show before it.
func (z *zoneRules) onsets(from, to time.Time) (before time.Duration, list []onset) {
	b := &budget{maxSteps / 4}
	for _, o := range z.observances {
		list = o.appendOnsets(list, from, to, b)
	}
	slices.SortStableFunc(list, func(a, b onset) int { return a.at.Compare(b.at) })
	list = slices.CompactFunc(list, func(a, b onset) bool { return a.at.Equal(b.at) })
	first := slices.IndexFunc(list, func(o onset) bool { return !o.at.Before(from) })
	switch {
	case len(list) == 0 && len(z.observances) > 0:
		before = z.observances[0].from
	case first == 0:
		before = list[0].from
	case first > 0:
		before, list = list[first-1].to, list[first:]
	case len(list) > 0:
		before, list = list[len(list)-1].to, nil
	}
	// What the clocks showed before is known better from the onset before than from what this one claims.
	for i := range list {
		list[i].from = before
		if i > 0 {
			list[i].from = list[i-1].to
		}
	}
	return before, slices.DeleteFunc(list, func(o onset) bool { return o.from == o.to })
}

// appendOnsets adds those of one observance: all in the span, and at least the last one before it.
func (o *observance) appendOnsets(list []onset, from, to time.Time, b *budget) []onset {
	add := func(wall time.Time) bool {
		at := wall.Add(-o.from)
		if at.After(to) || len(list) >= maxOnsets {
			return false
		}
		list = append(list, onset{at, o.from, o.to})
		return true
	}
	add(o.start)
	for _, wall := range o.dates {
		add(wall)
	}
	for _, rule := range o.rules {
		w := rule.walk(o.start, b)
		w.skipTo(from.AddDate(-1, 0, 0))
		for {
			wall, ok := w.next()
			if !ok || rule.ended(Time{Wall: wall, Zone: time.UTC}, wall.Add(-o.from)) || !add(wall) {
				break
			}
		}
	}
	return list
}

// matches reports whether the clocks of a zone change as these rules have it, within a span.
func (z *zoneRules) matches(zone *time.Location, before time.Duration, list []onset, from, to time.Time) bool {
	if offsetAt(zone, from) != before || len(list) > 0 && offsetAt(zone, list[len(list)-1].at) != list[len(list)-1].to {
		return false
	}
	t := from
	for _, o := range list {
		if t = nextChange(zone, t); !t.Equal(o.at) || offsetAt(zone, t) != o.to {
			return false
		}
	}
	next := nextChange(zone, t)
	return next.IsZero() || next.After(to)
}
