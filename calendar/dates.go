package calendar

import (
	"slices"
	"time"

	"guildpost/calendar/itip"
	"guildpost/store"
)

// An occurrence is one date of a meeting.
type occurrence struct {
	key    string // as RSVPs name it; "" where the meeting has one date alone
	start  itip.Time
	starts time.Time
	ends   time.Time
	title  string
	place  string
}

func newOccurrence(m store.Meeting, o itip.Occurrence) occurrence {
	d := occurrence{start: o.Start, starts: o.Start.Instant(time.UTC), ends: o.End.Instant(time.UTC), title: o.Event.Summary, place: o.Event.Location}
	if m.Rule != "" {
		d.key = o.ID.Key()
	}
	return d
}

// datesBetween are the dates that start in a span of time, the end of which is not part of it; of very many the first.
func datesBetween(m store.Meeting, from, to time.Time) (all []occurrence) {
	series, err := seriesOf(m)
	if err != nil {
		return nil
	}
	found, _ := series.Between(from, to, time.UTC) // what there is comes with the error
	for _, o := range found {
		all = append(all, newOccurrence(m, o))
	}
	return all
}

// datesFrom are the next dates that start at a time or later, at most n.
func datesFrom(m store.Meeting, from time.Time, n int) (all []occurrence) {
	series, err := seriesOf(m)
	if err != nil {
		return nil
	}
	found, _ := series.Next(from, n, time.UTC)
	for _, o := range found {
		all = append(all, newOccurrence(m, o))
	}
	return all
}

// occurrenceNamed finds the date of a key, wherever it was moved to; false where there is none, or it was cancelled.
func occurrenceNamed(m store.Meeting, key string) (occurrence, bool) {
	if m.Rule == "" {
		all := datesFrom(m, time.Time{}, 1)
		return append(all, occurrence{})[0], key == "" && len(all) > 0
	}
	id, err := occurrenceID(key, time.UTC)
	if err != nil {
		return occurrence{}, false
	}
	near := []time.Time{id.Wall}
	for _, change := range m.Changes {
		if change.Occurrence == key {
			near = append(near, change.Starts)
		}
	}
	for _, at := range near {
		all := datesBetween(m, at.AddDate(0, 0, -2), at.AddDate(0, 0, 2)) // a wall clock is less than a day from UTC
		if i := slices.IndexFunc(all, func(d occurrence) bool { return d.key == key }); i >= 0 {
			return all[i], true
		}
	}
	return occurrence{}, false
}

// answerTo is what counts of somebody's answers for a date; false where there is none, or it was to another time.
func answerTo(m store.Meeting, all []store.RSVP, key string) (answer store.RSVP, ok bool) {
	answer = countingFor(key, all)
	if answer.Answer == "" || answer.Stale || m.Stale(key, answer.Sequence) {
		return store.RSVP{}, false
	}
	return answer, true
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
	return append(next, occurrence{})[0].key, len(next) > 0
}
