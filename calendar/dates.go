package calendar

import (
	"slices"
	"time"

	"guildpost/calendar/itip"
	"guildpost/store"
)

// A date is one of a meeting's.
type date struct {
	key    string // as RSVPs name it; "" where the meeting has one date alone
	start  itip.Time
	starts time.Time
	ends   time.Time
	title  string
	place  string
}

func newDate(m store.Meeting, o itip.Occurrence) date {
	d := date{start: o.Start, starts: o.Start.Instant(time.UTC), ends: o.End.Instant(time.UTC), title: o.Event.Summary, place: o.Event.Location}
	if m.Rule != "" {
		d.key = o.ID.Key()
	}
	return d
}

// datesBetween are the dates that start in a span of time, the end of which is not part of it; of very many the first.
func datesBetween(m store.Meeting, from, to time.Time) (all []date) {
	series, err := seriesOf(m)
	if err != nil {
		return nil
	}
	found, _ := series.Between(from, to, time.UTC) // what there is comes with the error
	for _, o := range found {
		all = append(all, newDate(m, o))
	}
	return all
}

// datesFrom are the next dates that start at a time or later, at most n.
func datesFrom(m store.Meeting, from time.Time, n int) (all []date) {
	series, err := seriesOf(m)
	if err != nil {
		return nil
	}
	found, _ := series.Next(from, n, time.UTC)
	for _, o := range found {
		all = append(all, newDate(m, o))
	}
	return all
}

// dateNamed finds the date of a key, wherever it was moved to; false where there is none, or it was cancelled.
func dateNamed(m store.Meeting, key string) (date, bool) {
	if m.Rule == "" {
		all := datesFrom(m, time.Time{}, 1)
		return append(all, date{})[0], key == "" && len(all) > 0
	}
	id, err := occurrenceID(key, time.UTC)
	if err != nil {
		return date{}, false
	}
	near := []time.Time{id.Wall}
	for _, change := range m.Changes {
		if change.Occurrence == key {
			near = append(near, change.Starts)
		}
	}
	for _, at := range near {
		all := datesBetween(m, at.AddDate(0, 0, -2), at.AddDate(0, 0, 2)) // a wall clock is less than a day from UTC
		if i := slices.IndexFunc(all, func(d date) bool { return d.key == key }); i >= 0 {
			return all[i], true
		}
	}
	return date{}, false
}

// answerTo is what counts of somebody's answers for a date: that to the date itself, else the last one that is for later dates
// as well, else that to the whole. What was answered before the meeting changed counts no more; false is no answer.
func answerTo(all []store.RSVP, key string) (answer store.RSVP, ok bool) {
	rank := func(r store.RSVP) string {
		switch {
		case r.Occurrence == "":
			return "0"
		case r.Later && r.Occurrence <= key: // keys of the same form are in the order of time
			return "1" + r.Occurrence
		case !r.Later && r.Occurrence == key:
			return "2"
		}
		return ""
	}
	best := ""
	for _, r := range all {
		if n := rank(r); n > best && !r.Stale {
			best, answer, ok = n, r, true
		}
	}
	return answer, ok
}

// answersBySubscriber are all answers to a meeting.
func answersBySubscriber(all []store.RSVP) map[int64][]store.RSVP {
	given := make(map[int64][]store.RSVP, len(all))
	for _, r := range all {
		given[r.SubscriptionID] = append(given[r.SubscriptionID], r)
	}
	return given
}

// NextKey names the next date of a meeting that has not ended, as RSVPs do; false where there is none.
func NextKey(m store.Meeting, now time.Time) (key string, ok bool) {
	next := datesFrom(m, now.Add(-m.Length+1), 1)
	return append(next, date{})[0].key, len(next) > 0
}

// KeyOn names the first date of a meeting on a day of its own zone, as RSVPs do; false where there is none.
func KeyOn(m store.Meeting, day time.Time) (key string, ok bool) {
	zone, err := time.LoadLocation(m.Zone)
	if err != nil {
		return "", false
	}
	begin := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, zone)
	on := datesBetween(m, begin, begin.AddDate(0, 0, 1))
	return append(on, date{})[0].key, len(on) > 0
}
