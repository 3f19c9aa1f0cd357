package calendar

import (
	"slices"
	"strings"
	"time"

	"guildpost/calendar/itip"
	"guildpost/store"
)

// maxChanges is how many dates of a meeting can have a change of their own: each of them stands in every invitation.
const maxChanges = 200

// changedOccurrence is a meeting with an edit of one of its dates.
func changedOccurrence(m store.Meeting, e Edit, now time.Time) (store.Meeting, error) {
	id, ok := dateWithKey(m, e.Occurrence)
	switch {
	case !ok:
		return m, noSuchDate(m, e.Occurrence, now)
	case m.Rule == "":
		e.Occurrence = ""
		if e.Cancel {
			return m, store.Errorf(store.Conflict, "this is the only date of the meeting: cancel the meeting instead")
		}
		return changedWhole(m, e, now)
	case e.Description != nil || e.Zone != nil || e.Rule != nil:
		return m, store.Errorf(store.Invalid, "one date has no description, time zone or rule of its own: they are those of the whole meeting")
	}
	was, at := dateChange(m, id)
	d, err := was.edited(m, e, now)
	if err != nil {
		return m, err
	}
	is := m
	is.Changes, is.Times = slices.Clone(m.Changes), slices.Clone(m.Times)
	if d.materialTo(was) {
		is.Sequence++
		d.Sequence = is.Sequence
	}
	if !d.Starts.Equal(was.Starts) {
		moved(&is, e.Occurrence, timeText(id.Wall), timeText(d.Starts))
	}
	if at < len(is.Changes) && is.Changes[at].Occurrence == e.Occurrence {
		is.Changes[at] = d.DateChange
	} else if is.Changes = slices.Insert(is.Changes, at, d.DateChange); len(is.Changes) > maxChanges {
		return m, store.Errorf(store.Invalid, "%d dates of this meeting have a change of their own already, which is the most", maxChanges)
	}
	is.EndsAt, err = endOf(is)
	return is, err
}

// A date is one of a meeting's that repeats, as it is with its change, if it has one.
type date struct{ store.DateChange }

// dateChange finds how a date is, and where its change stands among those of the meeting, or would.
func dateChange(m store.Meeting, id itip.Time) (d date, at int) {
	at, found := slices.BinarySearchFunc(m.Changes, id.Key(), func(d store.DateChange, key string) int { return strings.Compare(d.Occurrence, key) })
	if found {
		return date{m.Changes[at]}, at
	}
	return date{store.DateChange{Occurrence: id.Key(), Starts: id.Wall, Length: m.Length, Title: m.Title, Location: m.Location}}, at
}

// materialTo is as material, for a date.
func (d date) materialTo(other date) bool {
	return d.Cancelled != other.Cancelled || !d.Starts.Equal(other.Starts) || d.Length != other.Length || d.Location != other.Location
}

// edited is the date after an edit.
func (d date) edited(m store.Meeting, e Edit, now time.Time) (date, error) {
	switch {
	case d.overBy(m.Zone, now):
		return d, store.Errorf(store.Conflict, "this date is over: it cannot be changed any more")
	case d.Cancelled && e.Cancel:
		return d, store.Errorf(store.Conflict, "this date was cancelled already")
	case d.Cancelled && e.Starts == nil:
		return d, store.Errorf(store.Conflict, "this date was cancelled: only with a time to start at does it take place again")
	}
	if d.Cancelled = e.Cancel; e.Cancel {
		return d, nil
	}
	p := Plan{Title: d.Title, Location: d.Location, Starts: d.Starts, Zone: m.Zone, Length: d.Length}
	replace(&p.Title, e.Title)
	replace(&p.Location, e.Location)
	replace(&p.Starts, e.Starts)
	replace(&p.Length, e.Length)
	planned, err := p.meeting(now)
	if err != nil {
		return d, err
	}
	d.Title, d.Location, d.Starts, d.Length = planned.Title, planned.Location, planned.Starts, planned.Length
	return d, nil
}

// overBy says whether a date of a meeting in a zone has ended.
func (d date) overBy(zone string, now time.Time) bool {
	location, err := time.LoadLocation(zone)
	return err == nil && !now.Before(itip.Time{Wall: d.Starts, Zone: location}.Instant(nil).Add(d.Length))
}

// noSuchDate says which dates there are.
func noSuchDate(m store.Meeting, key string, now time.Time) error {
	const named = 5
	zone, _ := time.LoadLocation(m.Zone)
	dates, more := Next(m, now, named)
	words := make([]string, len(dates))
	for i, at := range dates {
		words[i] = at.In(zone).Format("2006-01-02 15:04")
	}
	if more {
		words = append(words, "…")
	}
	return store.Errorf(store.NotFound, "%s is no date of this meeting; those that come are %s (%s)", key, strings.Join(words, ", "), m.Zone)
}

// dateWithKey finds the date that a key names, among those that a meeting has by its rule.
func dateWithKey(m store.Meeting, key string) (itip.Time, bool) {
	zone, err := time.LoadLocation(m.Zone)
	if err != nil {
		return itip.Time{}, false
	}
	id, err := occurrenceID(key, zone)
	if err != nil {
		return itip.Time{}, false
	}
	return dateNamed(m, id)
}

// dateNamed finds the date that a RECURRENCE-ID names, among those that a meeting has by its rule: it is named so also where it
// has been moved.
//
// QUIRK: a date without a time names the one of that day.
func dateNamed(m store.Meeting, id itip.Time) (itip.Time, bool) {
	if id.AllDay {
		return dateOnDay(m, id.Wall)
	}
	zone, err := time.LoadLocation(m.Zone)
	if err != nil {
		return itip.Time{}, false
	}
	at := id.Instant(zone)
	return plannedDate(m, at, func(t itip.Time) bool { return t.Instant(zone).Equal(at) })
}

// dateOnDay finds the date that a meeting has by its rule on a day of its zone.
func dateOnDay(m store.Meeting, day time.Time) (itip.Time, bool) {
	name := day.Format(time.DateOnly)
	return plannedDate(m, day, func(t itip.Time) bool { return t.Wall.Format(time.DateOnly) == name })
}

// plannedDate finds a date that a meeting has by its rule, whether or not it has a change of its own: one that is wanted, no
// more than two days from a time.
func plannedDate(m store.Meeting, near time.Time, wanted func(itip.Time) bool) (itip.Time, bool) {
	m.Changes = nil
	series, err := seriesOf(m)
	if err != nil {
		return itip.Time{}, false
	}
	found, _ := series.Between(near.AddDate(0, 0, -2), near.AddDate(0, 0, 3), time.UTC) // what there is comes with the error
	for _, o := range found {
		if wanted(o.ID) {
			return o.ID, true
		}
	}
	return itip.Time{}, false
}

// refittedAll are the changes of single dates once a meeting has changed; of two that would be of the same date, the first.
func refittedAll(was, is store.Meeting) (all []store.DateChange) {
	for _, d := range was.Changes {
		if d, ok := refitted(was, is, d); ok {
			all = append(all, d)
		}
	}
	slices.SortStableFunc(all, func(a, b store.DateChange) int { return strings.Compare(a.Occurrence, b.Occurrence) })
	return slices.CompactFunc(all, func(a, b store.DateChange) bool { return a.Occurrence == b.Occurrence })
}

// refitted is a date's own change once the meeting has changed: that of the date at the same moment, else on the same day. What
// it shared with the rest follows. It is not ok where the meeting has no such date.
func refitted(was, is store.Meeting, d store.DateChange) (fits store.DateChange, ok bool) {
	id, at, ok := renamedDate(was, is, d.Occurrence)
	if !ok {
		return d, false
	}
	d.Occurrence = at.Key()
	if d.Starts.Equal(id.Wall) {
		d.Starts = at.Wall
	}
	if d.Length == was.Length {
		d.Length = is.Length
	}
	if d.Title == was.Title {
		d.Title = is.Title
	}
	if d.Location == was.Location {
		d.Location = is.Location
	}
	return d, true
}

// renamedDate finds the date of a meeting that has changed which was named by a key before: what it was, and what it is.
func renamedDate(was, is store.Meeting, key string) (id, at itip.Time, ok bool) {
	zone, err := time.LoadLocation(was.Zone)
	if err != nil || is.Rule == "" {
		return id, at, false
	}
	if id, err = occurrenceID(key, zone); err != nil {
		return id, at, false
	}
	if at, ok = dateNamed(is, id); !ok {
		at, ok = dateOnDay(is, id.Wall)
	}
	return id, at, ok
}

// renamedDates are the new keys of dates, by those that they had before a meeting changed. Of two that would have the same one
// the first gets it.
func renamedDates(was, is store.Meeting, keys []string) map[string]string {
	renamed, taken := map[string]string{}, map[string]bool{}
	for _, key := range keys {
		if _, at, ok := renamedDate(was, is, key); ok && !taken[at.Key()] {
			renamed[key], taken[at.Key()] = at.Key(), true
		}
	}
	return renamed
}
