package itip

import (
	"fmt"
	"time"
)

// A zoneChange is a moment at which the clocks of a zone are changed.
type zoneChange struct {
	at            time.Time
	before, after time.Duration // ahead of UTC
	name          string        // such as CEST, from then on
	daylight      bool
}

// wall returns what the clocks show when the change comes.
func (c zoneChange) wall() time.Time { return c.at.UTC().Add(c.before) }

// zoneChanges returns the changes of a zone up to a time, beginning with the one that is in force at from. One that lies
// before 1970, when zones were cities, or that never was, is written as of 1970.
func zoneChanges(zone *time.Location, from, to time.Time) (changes []zoneChange) {
	start := lastChange(zone, from)
	first := zoneChange{at: start, before: offsetAt(zone, start.Add(-time.Second))}
	if start.IsZero() || start.Year() < 1970 {
		first.before = offsetAt(zone, from)
		first.at = time.Date(min(1970, from.Year()), 1, 1, 0, 0, 0, 0, time.UTC).Add(-first.before)
	}
	changes = append(changes, first.in(from.In(zone)))
	for at := nextChange(zone, from); !at.IsZero() && at.Before(to); at = nextChange(zone, at) {
		c := zoneChange{at: at, before: changes[len(changes)-1].after}
		changes = append(changes, c.in(at.In(zone)))
	}
	return changes
}

// in completes a change by what holds at a time after it. Summer time is what is further ahead, also where the law calls
// the winter's the exception (Ireland).
func (c zoneChange) in(t time.Time) zoneChange {
	name, seconds := t.Zone()
	c.name, c.after = name, time.Duration(seconds)*time.Second
	c.daylight = t.IsDST()
	if c.after != c.before && t.IsDST() != c.at.Add(-time.Second).In(t.Location()).IsDST() {
		c.daylight = c.after > c.before
	}
	return c
}

// A yearlyRun is a change that comes once a year, year after year, in the same month, on the same day of the week at the
// same time; or a single one.
type yearlyRun struct {
	changes []zoneChange
}

// runKey is what the changes of a run have in common.
type runKey struct {
	before, after time.Duration
	name          string
	daylight      bool
	month         time.Month
	weekday       time.Weekday
	clock         time.Duration
}

// yearlyRuns sorts changes into runs, in the order in which these begin.
func yearlyRuns(changes []zoneChange) (runs []*yearlyRun) {
	open := map[runKey]*yearlyRun{}
	for _, c := range changes {
		wall := c.wall()
		key := runKey{c.before, c.after, c.name, c.daylight, wall.Month(), wall.Weekday(), wall.Sub(midnight(wall))}
		run := open[key]
		if run == nil || run.changes[len(run.changes)-1].wall().Year() != wall.Year()-1 {
			run = &yearlyRun{}
			open[key] = run
			runs = append(runs, run)
		}
		run.changes = append(run.changes, c)
	}
	return runs
}

// lookAhead is how many years of changes are looked at to find a zone's rule: in 28 each day of the week has come on each
// date.
const lookAhead = 28

// rule returns the RRULE of a run; false for one that ends before the year of the horizon, or whose days no rule names.
//
// QUIRK: a run that ends could have an UNTIL, but Python's icalendar 4 does not read one in UTC, and RFC 5545 allows no other.
func (r *yearlyRun) rule(horizon int) (string, bool) {
	if r.changes[len(r.changes)-1].wall().Year() < horizon {
		return "", false
	}
	day, ok := r.day()
	return fmt.Sprintf("FREQ=YEARLY;BYMONTH=%d;%s", r.changes[0].wall().Month(), day), ok && len(r.changes) > 1
}

// day names the days of a run: the last or n-th such day of the week in the month, or the first one from a date on.
func (r *yearlyRun) day() (string, bool) {
	first := r.changes[0].wall()
	isLast, isNth := true, true
	earliest, latest := 31, 1
	for _, c := range r.changes {
		wall := c.wall()
		isLast = isLast && wall.Day() > monthLength(wall.Year(), wall.Month())-7
		isNth = isNth && (wall.Day()-1)/7 == (first.Day()-1)/7
		earliest, latest = min(earliest, wall.Day()), max(latest, wall.Day())
	}
	weekday := weekdayNames[first.Weekday()]
	switch {
	case isLast:
		return "BYDAY=-1" + weekday, true
	case isNth:
		return fmt.Sprintf("BYDAY=%d%s", (first.Day()-1)/7+1, weekday), true
	case latest-earliest <= 6:
		return fmt.Sprintf("BYMONTHDAY=%s;BYDAY=%s", dayList(min(earliest, monthLength(2025, first.Month())-6)), weekday), true
	}
	return "", false
}
