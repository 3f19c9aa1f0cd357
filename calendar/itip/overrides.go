package itip

import (
	"cmp"
	"slices"
	"time"
)

// overrides are the changed dates of a series in the order of their dates, of each date the latest.
type overrides struct {
	changes []*Event
	at      []time.Time // the moments of their RecurrenceIDs
	dates   dateSet
	reach   time.Duration // how far from its own time an occurrence can be
}

// maxShift is how far an override for this and later dates can move them.
const maxShift = 366 * 24 * time.Hour

func (s *Series) overrides(home *time.Location) (o overrides) {
	var ids []Time
	for _, e := range s.sortedChanges() {
		at := e.RecurrenceID.Instant(home)
		o.changes, o.at = append(o.changes, e), append(o.at, at)
		if ids = append(ids, e.RecurrenceID); e.ThisAndLater && !e.Start.IsZero() {
			o.reach = min(maxShift, max(o.reach, e.Start.Instant(home).Sub(at).Abs()))
		}
	}
	o.dates = datesOf(ids, home)
	return o
}

func (s *Series) sortedChanges() []*Event {
	list := make([]*Event, len(s.Changes))
	for i := range s.Changes {
		list[i] = &s.Changes[i]
	}
	later := func(e *Event) int {
		if e.ThisAndLater {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(list, func(a, b *Event) int {
		return cmp.Or(a.RecurrenceID.Instant(nil).Compare(b.RecurrenceID.Instant(nil)), later(a)-later(b), -compareRevision(a, b))
	})
	return slices.CompactFunc(list, func(a, b *Event) bool {
		return a.RecurrenceID.Equal(b.RecurrenceID) && a.ThisAndLater == b.ThisAndLater
	})
}

// A dateSet holds occurrences that are named by an EXDATE or a RECURRENCE-ID.
//
// QUIRK: they are named by a date although the meeting has a time, or by midnight although it has none; that day is meant.
type dateSet struct {
	moments map[int64]bool // by the second
	days    map[int64]bool // named by a date
	allDays map[int64]bool // the days of all names, for meetings without a time
}

func datesOf(list []Time, home *time.Location) dateSet {
	d := dateSet{map[int64]bool{}, map[int64]bool{}, map[int64]bool{}}
	for _, t := range list {
		day := midnight(t.Wall).Unix()
		if d.allDays[day] = true; t.AllDay {
			d.days[day] = true
		} else {
			d.moments[t.Instant(home).Unix()] = true
		}
	}
	return d
}

// has reports whether an occurrence that starts at a moment is in the set.
func (d dateSet) has(t Time, at time.Time) bool {
	if len(d.allDays) == 0 {
		return false
	}
	day := midnight(t.Wall).Unix()
	if t.AllDay {
		return d.allDays[day]
	}
	return d.moments[at.Unix()] || d.days[day]
}
