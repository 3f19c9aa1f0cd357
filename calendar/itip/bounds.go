package itip

import "time"

// maxBounds ends the search for a change in a zone that has none any more: a hundred years.
const maxBounds = 250

// nextChange returns when the clocks of a zone change next after a time: the zero time for never, or not in a century.
//
// QUIRK: Time.ZoneBounds also ends a span at New Year where nothing changes, and in a leap year a day too early, before the
// time that it was asked for (Go 1.26).
func nextChange(zone *time.Location, t time.Time) time.Time {
	offset := offsetAt(zone, t)
	for range maxBounds {
		_, end := t.In(zone).ZoneBounds()
		switch {
		case end.IsZero():
			return time.Time{}
		case !end.After(t):
			end = t.Add(time.Hour).Truncate(time.Hour)
		}
		if offsetAt(zone, end) != offset {
			return end
		}
		t = end
	}
	return time.Time{}
}

// lastChange returns when the clocks of a zone changed last, at a time or before it: the zero time for never, or not in a
// century.
func lastChange(zone *time.Location, t time.Time) time.Time {
	offset := offsetAt(zone, t)
	for range maxBounds {
		start, _ := t.In(zone).ZoneBounds()
		if start.IsZero() {
			return time.Time{}
		}
		if before := start.Add(-time.Second); offsetAt(zone, before) != offset {
			return start
		}
		t = start.Add(-time.Second)
	}
	return time.Time{}
}
