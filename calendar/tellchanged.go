package calendar

import (
	"fmt"
	"time"

	"guildpost/calendar/itip"
	"guildpost/store"
	"guildpost/templates"
)

// wholeChanged is the letter of a change of all dates, or of several: the meeting as it is, whole.
func (t *teller) wholeChanged(i store.Invitation, d difference) (w letter, err error) {
	w = t.letterTo(i)
	s := t.standing(i, "")
	if err = t.write(&w, i, fmt.Sprint("changed", d.was.Revision, s), func(r reader) any {
		data := templates.MeetingChanged{For: r.whose, Title: t.m.Title, Changes: r.wholeChanges(d), Minutes: int(t.m.Length / time.Minute),
			Place: t.m.Location, Answered: string(s.answer), Again: s.stale, Answer: r.ticket}
		if t.m.Rule != "" {
			data.Dates, data.More = t.shown(t.c, i.Subscription, t.m, shownDates)
		}
		return data
	}); err == nil {
		w.method, w.object, err = t.wholeObject(i)
	}
	return w, err
}

// dateChanged is the letter of a change of one date, which alone is in its object.
func (t *teller) dateChanged(i store.Invitation, d difference, one date) (w letter, err error) {
	w = t.letterTo(i)
	s := t.standing(i, one.Occurrence)
	if err = t.write(&w, i, fmt.Sprint("date", d.was.Revision, s), func(r reader) any {
		return templates.MeetingChanged{For: r.whose, Title: one.Title, OneDate: true, Changes: r.dateChanges(d, one.Occurrence, false),
			Minutes: int(one.Length / time.Minute), Place: one.Location, Answered: string(s.answer), Again: s.stale, Answer: r.ticket}
	}); err == nil {
		w.method, w.object, err = t.dateObject(i, one)
	}
	return w, err
}

// dateCancelled is the letter of one date that does not take place.
func (t *teller) dateCancelled(i store.Invitation, one date) (w letter, err error) {
	w = t.letterTo(i)
	w.replies = t.c.FunctionAddress("owner")
	if err = t.write(&w, i, "date cancelled", func(r reader) any {
		return templates.MeetingDateCancelled{For: r.whose, Title: one.Title, Date: r.at(one.Starts, t.m.Zone), Next: t.first(t.c, i.Subscription, t.m)}
	}); err == nil {
		w.method, w.object, err = t.dateObject(i, one)
	}
	return w, err
}

// at is what the clocks of a zone show, for the reader; the zero time stays.
func (r reader) at(wall time.Time, zone string) time.Time {
	location, err := time.LoadLocation(zone)
	if err != nil || wall.IsZero() {
		return time.Time{}
	}
	return itip.Time{Wall: wall, Zone: location}.Instant(nil).In(r.zone)
}

// wholeChanges are what differs about all dates, and about single ones.
func (r reader) wholeChanges(d difference) (all []templates.MeetingChange) {
	was, is := d.was, d.is
	if was.Title != is.Title {
		all = append(all, templates.MeetingChange{Kind: "title", Was: was.Title, Is: is.Title})
	}
	if d.whole {
		all = append(all, r.timeChanges(was, is)...)
		if was.Length != is.Length {
			all = append(all, lengthChange(was.Length, is.Length))
		}
		if was.Location != is.Location {
			all = append(all, templates.MeetingChange{Kind: "place", Was: was.Location, Is: is.Location})
		}
	}
	for _, key := range d.keys {
		all = append(all, r.dateChanges(d, key, true)...)
	}
	return all
}

// timeChanges are how the dates differ.
func (r reader) timeChanges(was, is store.Meeting) (all []templates.MeetingChange) {
	next := func(m store.Meeting) time.Time {
		m.Changes = nil
		if dates, _ := Next(m, r.now, 1); len(dates) > 0 {
			return dates[0].In(r.zone)
		}
		return time.Time{}
	}
	same := sameTimes(was, is, r.now)
	before, after := next(was), next(is)
	if !same && !before.IsZero() && !after.IsZero() && !before.Equal(after) {
		all = append(all, templates.MeetingChange{Kind: "moved", WasAt: before, IsAt: after})
	}
	if was.Rule != is.Rule {
		if !same && !after.IsZero() {
			all = append(all, templates.MeetingChange{Kind: "repeats"})
		}
		if last := r.last(is); !last.Equal(r.last(was)) {
			all = append(all, templates.MeetingChange{Kind: "ends", IsAt: last})
		}
	}
	if was.Zone != is.Zone {
		all = append(all, templates.MeetingChange{Kind: "zone", Was: was.Zone, Is: is.Zone})
	}
	return all
}

// last is when the last date of a meeting starts; zero for one without end.
func (r reader) last(m store.Meeting) time.Time {
	series, err := seriesOf(m)
	if err != nil {
		return time.Time{}
	}
	last, ok := series.Last(time.UTC)
	if !ok {
		return time.Time{}
	}
	return last.Start.Instant(time.UTC).In(r.zone)
}

func lengthChange(was, is time.Duration) templates.MeetingChange {
	return templates.MeetingChange{Kind: "length", WasMinutes: int(was / time.Minute), IsMinutes: int(is / time.Minute)}
}

// dateChanges are what differs about one date; named is that it is one of several.
func (r reader) dateChanges(d difference, key string, named bool) (all []templates.MeetingChange) {
	was, _ := dateAt(d.carried, key)
	is, _ := dateAt(d.is, key)
	wasAt, isAt := r.at(was.Starts, d.is.Zone), r.at(is.Starts, d.is.Zone)
	switch {
	case is.Cancelled && !was.Cancelled:
		return []templates.MeetingChange{{Kind: "cancelled", WasAt: wasAt}}
	case was.Cancelled:
		all = append(all, templates.MeetingChange{Kind: "back", IsAt: isAt})
	case !wasAt.Equal(isAt):
		all = append(all, templates.MeetingChange{Kind: "moved", WasAt: wasAt, IsAt: isAt})
	}
	var on time.Time
	if named {
		on = isAt
	}
	if was.Title != is.Title {
		all = append(all, templates.MeetingChange{Kind: "title", On: on, Was: was.Title, Is: is.Title})
	}
	if was.Length != is.Length {
		length := lengthChange(was.Length, is.Length)
		length.On = on
		all = append(all, length)
	}
	if was.Location != is.Location {
		all = append(all, templates.MeetingChange{Kind: "place", On: on, Was: was.Location, Is: is.Location})
	}
	return all
}
