package calendar

import (
	"context"
	"time"

	"guildpost/calendar/itip"
	"guildpost/mail"
	"guildpost/store"
)

// Split changes a date of a meeting that repeats and all that come after it. The meeting ends before that date, and a new one
// goes on from there: programs hardly know RANGE=THISANDFUTURE (RFC 5545 3.2.13), and what was is not changed. Everybody hears
// of the end of the one and is invited to the other; answers go over for the dates that stay at their time. From the first date
// on it is a change of the whole, and later is as first then, as where the dates are cancelled.
//
// The errors are those of Change.
func (k *Calendar) Split(ctx context.Context, by store.Actor, m store.Meeting, e Edit) (first, later store.Meeting, err error) {
	id, ok := dateWithKey(m, e.Occurrence)
	switch {
	case !ok:
		return m, m, noSuchDate(m, e.Occurrence, by.At)
	case m.Rule == "" || id.Wall.Equal(m.Starts):
		e.Occurrence = ""
		first, err = k.Change(ctx, by, m, e)
		return first, first, err
	}
	if e.Cancel {
		first, err = k.end(ctx, by, m, id)
		return first, first, err
	}
	if first, later, err = split(m, id, e, by.At); err != nil {
		return m, m, err
	}
	c, err := k.DB.Community(ctx, m.CommunityID)
	if err != nil {
		return m, m, err
	}
	if later.UID, err = mail.NewMessageID(k.Random, by.At, c.Domain); err != nil {
		return m, m, err
	}
	if first, later, err = k.DB.SplitMeeting(ctx, by, first, later, carrying(later, id), k.planned(by.At)); err != nil {
		return m, m, err
	}
	_, err = k.Due(ctx, by.At)
	return first, later, err
}

// end cancels a date and all later ones.
func (k *Calendar) end(ctx context.Context, by store.Actor, m store.Meeting, id itip.Time) (store.Meeting, error) {
	is, err := endedBefore(m, id, by.At)
	if err != nil {
		return m, err
	}
	if is, err = k.DB.ChangeMeeting(ctx, by, is, k.planned(by.At)); err != nil {
		return m, err
	}
	_, err = k.Due(ctx, by.At)
	return is, err
}

// split is a meeting without its dates from one on, and a new meeting that has them. That goes on to count SEQUENCE, so that an
// answer says still to which time it was.
func split(m store.Meeting, id itip.Time, e Edit, now time.Time) (first, later store.Meeting, err error) {
	if first, err = endedBefore(m, id, now); err != nil {
		return m, m, err
	}
	later = m
	later.ID, later.UID, later.Revision, later.Starts = 0, "", 0, id.Wall
	later.Settings.Follows, later.Settings.Rota = m.ID, rotaFrom(m, id)
	later.Settings.Caller, later.Settings.CallerKnows = 0, 0 // what was called from a calendar is there as it was: this is another one
	if later.Rule, err = ruleFrom(m, id); err != nil && e.Rule == nil {
		return m, m, err
	}
	rest := later
	e.Occurrence = ""
	if later, err = changedWhole(rest, e, now); err != nil {
		return m, m, err
	}
	if sameMeeting(rest, later) {
		return m, m, store.Errorf(store.Conflict, "nothing would change: the meeting is like that already")
	}
	return first, later, nil
}

// endedBefore is a meeting that ends before one of its dates. It is not over before that date is, so that everybody hears.
func endedBefore(m store.Meeting, id itip.Time, now time.Time) (store.Meeting, error) {
	was, _ := dateChange(m, id)
	switch {
	case m.State == store.MeetingCancelled:
		return m, store.Errorf(store.Conflict, "this meeting was cancelled: it cannot be changed any more")
	case was.overBy(m.Zone, now):
		return m, store.Errorf(store.Conflict, "this date is over: only from one that comes on can a meeting be changed")
	}
	rule, err := itip.ParseRule(m.Rule)
	if err != nil {
		return m, err
	}
	is := m
	rule.Count, rule.Until = 0, itip.At(id.Instant(nil).Add(-time.Second), time.UTC)
	is.Rule, is.Sequence = rule.String(), m.Sequence+1
	is.Changes = refittedAll(m, is)
	ends, err := endOf(is)
	if at := id.Instant(nil).Add(m.Length); ends.Before(at) {
		ends = at
	}
	is.EndsAt = ends
	return is, err
}

// ruleFrom is the rule of a meeting for the dates from one on: so many fewer, where they are counted.
func ruleFrom(m store.Meeting, id itip.Time) (string, error) {
	rule, err := itip.ParseRule(m.Rule)
	if err != nil || rule.Count == 0 {
		return m.Rule, err
	}
	m.Changes = nil
	series, err := seriesOf(m)
	if err != nil {
		return "", err
	}
	before, err := series.Between(time.Time{}, id.Instant(nil), time.UTC)
	if err != nil {
		return "", store.Errorf(store.Invalid, "the dates before that one cannot be counted (%w): give the rule for those that come as well", err)
	}
	rule.Count -= len(before)
	return rule.String(), nil
}

// carrying says which of somebody's answers go over to the meeting that has the dates from one on: what stands for all of
// these, and for single ones, where they stay at their time.
func carrying(later store.Meeting, id itip.Time) func([]store.RSVP) []store.RSVP {
	return func(all []store.RSVP) (carried []store.RSVP) {
		var whole store.RSVP
		for _, r := range all {
			switch past := r.Occurrence < id.Key(); {
			case past && (r.Later || r.Occurrence == ""): // those from the latest date on stand last
				whole = r
			case !past && !staleAnswer(later, r):
				carried = append(carried, r)
			}
		}
		if whole.Occurrence, whole.Later = "", false; whole.Answer != "" && !staleAnswer(later, whole) {
			carried = append(carried, whole)
		}
		return carried
	}
}
