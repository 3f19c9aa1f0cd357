package itip

import (
	"time"
)

// A Time is a date, or a time of day on a date, as an object has it (RFC 5545 3.3.4, 3.3.5): what the clock on the wall
// shows, and where that clock hangs. The zero Time is none.
type Time struct {
	Wall   time.Time      // what clock and calendar show, as a time.Time in UTC whatever the zone is
	Zone   *time.Location // where; time.UTC for UTC; nil is a floating time, the same on every clock (3.3.5 form 1), or a date
	AllDay bool           // a date without a time (VALUE=DATE); Zone is nil

	// UnknownZone is the TZID of a time whose zone nobody knows. It is then treated as floating; when exactly it is must be
	// asked, not guessed.
	UnknownZone string
}

// At returns an instant as the clocks of a zone show it, in whole seconds.
func At(t time.Time, zone *time.Location) Time {
	t = t.In(zone)
	return Time{Wall: time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC), Zone: zone}
}

// Clock returns the time at which the clocks of a zone show that.
func Clock(year int, month time.Month, day, hour, minute int, zone *time.Location) Time {
	return Time{Wall: time.Date(year, month, day, hour, minute, 0, 0, time.UTC), Zone: zone}
}

// Date returns a date without a time.
func Date(year int, month time.Month, day int) Time {
	return Time{Wall: time.Date(year, month, day, 0, 0, 0, 0, time.UTC), AllDay: true}
}

// IsZero reports whether there is no time.
func (t Time) IsZero() bool { return t.Wall.IsZero() }

// IsFloating reports whether the time has no zone of its own, as dates have none.
func (t Time) IsFloating() bool { return t.Zone == nil }

// Instant returns the moment that is meant, in UTC. Dates and floating times are those of the zone home; nil is UTC.
//
// A time that the zone's clocks skip is read with the offset before the gap, so that 02:30 becomes 03:30; of a time that
// they show twice the first is meant (RFC 5545 3.3.5).
func (t Time) Instant(home *time.Location) time.Time {
	zone := t.Zone
	if zone == nil {
		zone = home
	}
	if zone == nil || zone == time.UTC {
		return t.Wall
	}
	before, after := offsetAt(zone, t.Wall.Add(-24*time.Hour)), offsetAt(zone, t.Wall.Add(24*time.Hour))
	instant := t.Wall.Add(-before)
	if before == after || offsetAt(zone, instant) == before {
		return instant
	}
	if other := t.Wall.Add(-after); offsetAt(zone, other) == after {
		return other
	}
	return instant
}

// offsetAt returns how far a zone's clocks are ahead of UTC at an instant.
func offsetAt(zone *time.Location, t time.Time) time.Duration {
	_, seconds := t.In(zone).Zone()
	return time.Duration(seconds) * time.Second
}

// In returns the same instant on the clocks of another zone. A date stays that date, and a floating time floats on.
func (t Time) In(zone *time.Location) Time {
	if t.Zone == nil {
		return t
	}
	return At(t.Instant(nil), zone)
}

// Add returns the time that lies a duration later: days on the calendar, the rest on the clock as it runs (RFC 5545 3.3.6).
func (t Time) Add(d Duration) Time {
	t.Wall = t.Wall.AddDate(0, 0, d.Days)
	if d.Exact == 0 {
		return t
	}
	if t.Zone == nil {
		t.Wall = t.Wall.Add(d.Exact)
		if hour, minute, second := t.Wall.Clock(); hour != 0 || minute != 0 || second != 0 {
			t.AllDay = false
		}
		return t
	}
	return At(t.Instant(nil).Add(d.Exact), t.Zone)
}

// Equal reports whether both are the same date, or the same moment; a floating time equals only a floating one.
func (t Time) Equal(u Time) bool {
	if t.AllDay != u.AllDay || t.IsFloating() != u.IsFloating() || t.IsZero() != u.IsZero() {
		return false
	}
	return t.Instant(nil).Equal(u.Instant(nil))
}

// ZoneName returns the name of the zone, "UTC", or "" for dates and floating times.
func (t Time) ZoneName() string {
	if t.Zone == nil {
		return ""
	}
	return t.Zone.String()
}

// String returns the time for logs and tests, such as 2026-03-29T09:00:00 Europe/Berlin.
func (t Time) String() string {
	switch {
	case t.IsZero():
		return ""
	case t.AllDay:
		return t.Wall.Format(time.DateOnly)
	case t.Zone == nil:
		return t.Wall.Format("2006-01-02T15:04:05")
	}
	return t.Wall.Format("2006-01-02T15:04:05 ") + t.Zone.String()
}
