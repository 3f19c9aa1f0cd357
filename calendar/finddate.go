package calendar

import (
	"slices"
	"strings"
	"time"

	"guildpost/store"
)

// FindDate returns the key of the date of a meeting that somebody means by "2026-08-17" or "2026-08-17 15:00", on the clocks of
// the meeting: the one that takes place then, else the one that would have if it had not been moved or cancelled. A key is
// taken, too. The error is Invalid for what is no date, NotFound where there is none then, and Conflict where there are
// several.
func FindDate(m store.Meeting, text string, now time.Time) (key string, err error) {
	if id, ok := dateWithKey(m, text); ok {
		return id.Key(), nil
	}
	for _, layout := range []string{time.DateOnly, "2006-01-02 15:04", "2006-01-02T15:04"} {
		wall, err := time.Parse(layout, text)
		if err != nil {
			continue
		}
		switch keys := datesAt(m, wall, layout); len(keys) {
		case 0:
			return "", noSuchDate(m, text, now)
		case 1:
			return keys[0], nil
		}
		return "", store.Errorf(store.Conflict, "this meeting takes place twice on %s: say at which time, as in \"2026-08-17 15:00\"", text)
	}
	return "", store.Errorf(store.Invalid, "%q is no date: write 2026-08-17, or \"2026-08-17 15:00\"", text)
}

// datesAt are the keys of the dates that look like a time as far as a layout says.
func datesAt(m store.Meeting, wall time.Time, layout string) (keys []string) {
	same := func(t time.Time) bool { return t.Format(layout) == wall.Format(layout) }
	series, err := seriesOf(m)
	if err != nil {
		return nil
	}
	found, _ := series.Between(wall.AddDate(0, 0, -2), wall.AddDate(0, 0, 3), time.UTC) // what there is comes with the error
	for _, o := range found {
		if same(o.Start.Wall) {
			keys = append(keys, o.ID.Key())
		}
	}
	if len(keys) > 0 {
		return keys
	}
	for _, d := range m.Changes {
		if id, ok := dateWithKey(m, d.Occurrence); ok && same(id.Wall) {
			keys = append(keys, d.Occurrence)
		}
	}
	return keys
}

// A DateOf is one date of a meeting that has a change of its own.
type DateOf struct {
	store.DateChange
	Planned time.Time // when it would be without
	Start   time.Time // when it is
}

// ChangedDates are the dates of a meeting that have a change of their own, by when they would be without.
func ChangedDates(m store.Meeting) (all []DateOf) {
	r := reader{zone: time.UTC}
	for _, d := range m.Changes {
		planned, err := time.Parse("20060102T150405Z", d.Occurrence)
		if err == nil {
			all = append(all, DateOf{d, planned, r.at(d.Starts, m.Zone)})
		}
	}
	slices.SortFunc(all, func(a, b DateOf) int { return strings.Compare(a.Occurrence, b.Occurrence) })
	return all
}

// StartOf is when a meeting, or one of its dates, starts on its clocks; zero where it has no such date.
func StartOf(m store.Meeting, key string) time.Time {
	if key == "" {
		return m.Starts
	}
	d, _ := dateAt(m, key)
	return d.Starts
}
