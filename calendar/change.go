package calendar

import (
	"context"
	"slices"
	"time"

	"guildpost/calendar/itip"
	"guildpost/store"
)

// An Edit is what somebody wants to be different about a meeting, or about one date of it. What is nil stays as it is.
type Edit struct {
	Occurrence  string // which date: as itip.Time.Key has it; "" for the whole
	Title       *string
	Location    *string
	Description *string    // of the whole only
	Starts      *time.Time // what the clocks of the zone show
	Zone        *string    // of the whole only
	Length      *time.Duration
	Rule        *string // of the whole only; "" for one date
	Cancel      bool    // it does not take place, and nothing else of it changes
}

// Change changes a meeting or one date of it, and tells those whom it concerns: once, and only where time, place or dates are
// others than they were last told. Other dates that had a change of their own keep it where they are still dates of the
// meeting; see Dropped.
//
// The error is Invalid for what cannot be, NotFound for a date that there is not, and Conflict where nothing would change, the
// meeting or date is over or cancelled, or somebody else has changed it since m was read.
func (k *Calendar) Change(ctx context.Context, by store.Actor, m store.Meeting, e Edit) (store.Meeting, error) {
	if e.Cancel && e.Occurrence == "" {
		return k.Cancel(ctx, by, m.ID)
	}
	is, err := changed(m, e, by.At)
	if err != nil {
		return m, err
	}
	wished, err := k.DB.WishedDates(ctx, m.ID, itip.At(by.At, time.UTC).Key())
	if err != nil {
		return m, err
	}
	if is, err = k.DB.ChangeMeetingDates(ctx, by, is, k.planned(by.At), renamedDates(m, is, wished)); err != nil {
		return m, err
	}
	_, err = k.Due(ctx, by.At)
	return is, err
}

// Dropped are the dates, as their keys, that had a change of their own before a meeting was changed and have none any more,
// since they are no dates of it.
func Dropped(was, is store.Meeting) (keys []string) {
	for _, d := range was.Changes {
		if _, ok := refitted(was, is, d); !ok {
			keys = append(keys, d.Occurrence)
		}
	}
	return keys
}

// changed is a meeting as it is after an edit.
func changed(m store.Meeting, e Edit, now time.Time) (is store.Meeting, err error) {
	switch {
	case m.State == store.MeetingCancelled:
		return m, store.Errorf(store.Conflict, "this meeting was cancelled: it cannot be changed any more")
	case over(m, now):
		return m, store.Errorf(store.Conflict, "this meeting is over: it cannot be changed any more")
	}
	if e.Occurrence != "" {
		is, err = changedOccurrence(m, e, now)
	} else {
		is, err = changedWhole(m, e, now)
	}
	if err != nil {
		return m, err
	}
	if sameMeeting(m, is) {
		return m, store.Errorf(store.Conflict, "nothing would change: the meeting is like that already")
	}
	if next, _ := Next(is, now, 1); len(next) == 0 {
		return m, store.Errorf(store.Conflict, "no date of the meeting would be left to come: cancel the meeting instead")
	}
	return is, nil
}

// sameMeeting says whether two versions of a meeting differ in nothing that an edit can change.
func sameMeeting(a, b store.Meeting) bool {
	return a.Title == b.Title && a.Location == b.Location && a.Description == b.Description && a.Starts.Equal(b.Starts) && a.Zone == b.Zone &&
		a.Length == b.Length && a.Rule == b.Rule && slices.Equal(a.Changes, b.Changes)
}

// changedWhole is a meeting with an edit of all its dates.
func changedWhole(m store.Meeting, e Edit, now time.Time) (store.Meeting, error) {
	p := Plan{Title: m.Title, Location: m.Location, Description: m.Description, Starts: m.Starts, Zone: m.Zone, Length: m.Length, Rule: m.Rule}
	replace(&p.Title, e.Title)
	replace(&p.Location, e.Location)
	replace(&p.Description, e.Description)
	replace(&p.Starts, e.Starts)
	replace(&p.Zone, e.Zone)
	replace(&p.Length, e.Length)
	replace(&p.Rule, e.Rule)
	planned, err := p.meeting(now)
	if err == nil && e.Rule == nil {
		err = fits(m, planned)
	}
	if err != nil {
		return m, err
	}
	is := m
	is.Title, is.Location, is.Description = planned.Title, planned.Location, planned.Description
	is.Starts, is.Zone, is.Length, is.Rule = planned.Starts, planned.Zone, planned.Length, planned.Rule
	is.Times = slices.Clone(m.Times)
	if material(m, is) {
		is.Sequence++
	}
	is.Changes = refittedAll(m, is)
	is.Settings.Rota.Swaps = refittedTurns(m, is)
	if !sameTimes(m, is, now) {
		moved(&is, "", timeText(m.Starts)+" "+m.Zone+" "+m.Rule, timeText(is.Starts)+" "+is.Zone+" "+is.Rule)
	}
	is.EndsAt, err = endOf(is)
	return is, err
}

// fits refuses a start that the rule of a meeting does not name, where it named the one before: that date would stand alone, and
// all others be as they were.
func fits(was, is store.Meeting) error {
	rule, err := itip.ParseRule(is.Rule)
	if is.Rule == "" || err != nil || rule.Names(is.Starts) || !rule.Names(was.Starts) {
		return nil
	}
	return store.Errorf(store.Invalid, "the meeting repeats by %s, which has no date on %s: give the rule that goes with the new start as well",
		is.Rule, is.Starts.Format("Monday, 2006-01-02"))
}

func replace[T any](value *T, with *T) {
	if with != nil {
		*value = *with
	}
}

// material says whether two versions of a meeting, dates of their own aside, differ in what a calendar must know: time, place
// and dates. SEQUENCE rises then (RFC 5546 2.1.4).
func material(a, b store.Meeting) bool {
	return a.Location != b.Location || !a.Starts.Equal(b.Starts) || a.Zone != b.Zone || a.Length != b.Length || a.Rule != b.Rule
}

// sameTimes says whether an answer to a meeting as it was is one to the meeting as it is: each date that comes is at the
// time at which it was. That there are more dates at the end, or fewer, changes no answer.
func sameTimes(was, is store.Meeting, now time.Time) bool {
	const enough = 60
	was.Changes, is.Changes = nil, nil
	before, _ := Next(was, now, enough)
	after, _ := Next(is, now, enough)
	n := min(len(before), len(after))
	return n > 0 && (was.Rule == "") == (is.Rule == "") && slices.EqualFunc(before[:n], after[:n], time.Time.Equal)
}

// moved notes that a meeting, or a date of it, is at another time with its Sequence.
func moved(m *store.Meeting, occurrence, was, is string) {
	known := slices.ContainsFunc(m.Times, func(t store.TimeOf) bool { return t.Occurrence == occurrence })
	if !known {
		m.Times = append(m.Times, store.TimeOf{Occurrence: occurrence, Is: was})
	}
	m.Times = append(m.Times, store.TimeOf{Occurrence: occurrence, Since: m.Sequence, Is: is})
}

func timeText(wall time.Time) string { return wall.Format("2006-01-02T15:04:05") }

// endOf is when the last date of a meeting ends; zero for one that repeats without end.
func endOf(m store.Meeting) (time.Time, error) {
	series, err := seriesOf(m)
	if err != nil {
		return time.Time{}, err
	}
	last, ok := series.Last(time.UTC)
	if !ok {
		return time.Time{}, nil
	}
	return last.End.Instant(time.UTC), nil
}
