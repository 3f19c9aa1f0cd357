package itip

import (
	"cmp"
	"fmt"
	"strings"
	"sync"
	"time"
)

// A zoneSpan is a zone that an object needs a VTIMEZONE of (RFC 5545 3.6.5), and the time that it has to hold for.
type zoneSpan struct {
	zone     *time.Location
	from, to time.Time
}

// endlessYears is how far the changes of a zone that has no rule of its own (Morocco's follow the moon) are written for a
// meeting without end; the invitation is renewed by then.
const endlessYears = 10

// zoneSpans returns the zones of the times of events, in the order in which they come up.
func zoneSpans(events []Event) (spans []zoneSpan) {
	add := func(t Time, until time.Time) {
		if t.Zone == nil || t.Zone == time.UTC {
			return
		}
		at := t.Instant(nil)
		if until.Before(at) {
			until = at
		}
		for i := range spans {
			if s := &spans[i]; s.zone.String() == t.Zone.String() {
				if at.Before(s.from) {
					s.from = at
				}
				if until.After(s.to) {
					s.to = until
				}
				return
			}
		}
		spans = append(spans, zoneSpan{t.Zone, at, until})
	}
	for i := range events {
		e := &events[i]
		add(e.Start, e.lastNeeded())
		add(e.End, e.lastNeeded())
		add(e.RecurrenceID, time.Time{})
		for _, p := range e.Dates {
			add(p.Start, time.Time{})
		}
		for _, x := range e.Exceptions {
			add(x, time.Time{})
		}
	}
	return spans
}

// lastNeeded returns until when the zone of a repeating event is needed.
func (e *Event) lastNeeded() (last time.Time) {
	for _, rule := range e.Rules {
		end := e.Start.Instant(nil).AddDate(endlessYears, 0, 0)
		if until := rule.Until; !until.IsZero() {
			end = until.Wall.AddDate(0, 0, 2)
		}
		if end.After(last) {
			last = end
		}
	}
	return last
}

// writtenZones keeps VTIMEZONEs, which are the same in each of ten thousand invitations to one meeting.
var writtenZones struct {
	sync.Mutex
	texts map[zoneSpan][]byte
}

const maxWrittenZones = 200

// zone writes a VTIMEZONE.
func (w *writer) zone(s zoneSpan) {
	writtenZones.Lock()
	defer writtenZones.Unlock()
	text, known := writtenZones.texts[s]
	if !known {
		fresh := &writer{}
		if fresh.makeZone(s); fresh.err != nil {
			w.err = cmp.Or(w.err, fresh.err)
			return
		}
		if text = fresh.out; len(writtenZones.texts) >= maxWrittenZones || writtenZones.texts == nil {
			writtenZones.texts = map[zoneSpan][]byte{}
		}
		writtenZones.texts[s] = text
	}
	w.out = append(w.out, text...)
}

func (w *writer) makeZone(s zoneSpan) {
	w.raw("BEGIN", nil, "VTIMEZONE")
	w.text("TZID", s.zone.String())
	if s.from.Year() < minYear || s.to.Year() > maxYear+100 {
		w.fail(fmt.Sprintf("a time is in the year %d", s.to.Year()))
		return
	}
	// A year more on either side: some readers want both halves of the year to begin before the event.
	s.from, s.to = s.from.AddDate(-1, 0, 0), s.to.AddDate(1, 0, 0)
	horizon := time.Date(max(s.to.Year(), s.from.Year()+lookAhead)+1, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, run := range yearlyRuns(zoneChanges(s.zone, s.from, horizon)) {
		rule, repeats := run.rule(horizon.Year() - 1)
		if repeats {
			w.observance(run.changes[0], rule)
			continue
		}
		for _, c := range run.changes {
			if !c.at.After(s.to) {
				w.observance(c, "")
			}
		}
	}
	w.raw("END", nil, "VTIMEZONE")
}

// observance writes a STANDARD or DAYLIGHT component.
func (w *writer) observance(c zoneChange, rule string) {
	kind := "STANDARD"
	if c.daylight {
		kind = "DAYLIGHT"
	}
	w.raw("BEGIN", nil, kind)
	w.raw("DTSTART", nil, c.wall().Format("20060102T150405"))
	w.raw("TZOFFSETFROM", nil, formatOffset(c.before))
	w.raw("TZOFFSETTO", nil, formatOffset(c.after))
	if c.name != "" {
		w.text("TZNAME", c.name)
	}
	if rule != "" {
		w.raw("RRULE", nil, rule)
	}
	w.raw("END", nil, kind)
}

// formatOffset writes a UTC-OFFSET (RFC 5545 3.3.14).
func formatOffset(d time.Duration) string {
	sign := "+"
	if d < 0 {
		sign, d = "-", -d
	}
	seconds := int(d / time.Second)
	s := fmt.Sprintf("%s%02d%02d", sign, seconds/3600, seconds/60%60)
	if seconds%60 != 0 {
		s += fmt.Sprintf("%02d", seconds%60)
	}
	return s
}

// dayList writes seven days of a month for BYMONTHDAY, among which each day of the week is once.
func dayList(from int) string {
	days := make([]string, 7)
	for i := range days {
		days[i] = fmt.Sprint(from + i)
	}
	return strings.Join(days, ",")
}
