package calendar

import (
	"context"
	"time"

	"guildpost/calendar/itip"
	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

const (
	maxCapacity = 100_000
	// claimTime is how long a place that got free can be claimed, where the meeting is not too near: then it is half of the
	// time that is left.
	claimTime = 24 * time.Hour
)

func checkCapacity(n int) error {
	if n < 0 || n > maxCapacity {
		return store.Errorf(store.Invalid, "a meeting has room for 1 to %d people, or 0 for any number, not for %d", maxCapacity, n)
	}
	return nil
}

// SetCapacity says anew for how many a meeting has room; 0 is any number. Who has a place keeps it, also where there are more
// than that; what gets free by it is offered to those who wait.
func (k *Calendar) SetCapacity(ctx context.Context, by store.Actor, m store.Meeting, capacity int) (store.Meeting, error) {
	if err := checkCapacity(capacity); err != nil {
		return m, err
	}
	was := m.Settings.Capacity
	m.Settings.Capacity = capacity
	m, err := k.DB.ChangeMeeting(ctx, by, m, k.planned(by.At))
	if err == nil && was == 0 && capacity > 0 {
		err = k.DB.AdoptPlaces(ctx, m.ID)
	}
	if err == nil {
		_, err = k.seat(ctx, m, by.At)
	}
	return m, err
}

// GivePlace gives somebody a place in a meeting, or on one date of it, whether one is free or not, and tells them.
func (k *Calendar) GivePlace(ctx context.Context, by store.Actor, m store.Meeting, s store.Subscription, occurrence string) error {
	if m.Settings.Capacity == 0 {
		return store.Errorf(store.Conflict, "this meeting has room for any number of people; whoever says yes has a place")
	}
	if _, ok := claimable(m, occurrence, by.At); !ok {
		return store.Errorf(store.Invalid, "this meeting has no date %q that comes", occurrence)
	}
	if err := k.DB.GivePlace(ctx, by, m, s, occurrence); err != nil {
		return err
	}
	_, err := k.seat(ctx, m, by.At)
	return err
}

// claimable says until when a place can be claimed that is free now: of the next date, or of one; not ok is that it is too
// late, or there is no such date.
func claimable(m store.Meeting, occurrence string, now time.Time) (until time.Time, ok bool) {
	start := placeDate(m, occurrence, now)
	left := start.Sub(now)
	if start.IsZero() || left <= 0 || m.State != store.MeetingConfirmed {
		return until, false
	}
	return now.Add(min(claimTime, left/2)), true
}

// placeDate is when a date of a meeting starts, or for the whole the next that has not begun; zero where there is none.
func placeDate(m store.Meeting, occurrence string, now time.Time) time.Time {
	starts, _ := Next(m, now, 1)
	if occurrence != "" {
		at, err := time.Parse("20060102T150405Z", occurrence)
		if err != nil {
			return time.Time{}
		}
		if starts = startsOf(m, at); len(starts) == 0 {
			return time.Time{}
		}
	}
	for _, start := range starts {
		if start.After(now) {
			return start
		}
	}
	if later, _ := Next(m, now.Add(m.Length), 1); occurrence == "" && len(later) > 0 && later[0].After(now) {
		return later[0]
	}
	return time.Time{}
}

// startsOf is when the date of a meeting takes place that would have started at a time; none where it does not.
func startsOf(m store.Meeting, at time.Time) (starts []time.Time) {
	series, err := seriesOf(m)
	if err != nil {
		return nil
	}
	found, _ := series.Between(at.AddDate(0, 0, -maxMoved), at.AddDate(0, 0, maxMoved), time.UTC) // what there is comes with the error
	for _, o := range found {
		if o.ID.Instant(time.UTC).Equal(at) {
			starts = append(starts, o.Start.Instant(time.UTC))
		}
	}
	return starts
}

// maxMoved is how many days from its own a date is looked for.
const maxMoved = 62

// seatDue gives the places of all meetings that have places for so many, and tells those who do not know where they stand.
func (k *Calendar) seatDue(ctx context.Context, now time.Time) (done int, err error) {
	all, err := k.DB.MeetingsToSeat(ctx, now)
	for _, m := range all {
		n, err := k.seat(ctx, m, now)
		if done += n; err != nil {
			return done, err
		}
	}
	return done, err
}

// seat offers what is free in a meeting, and tells where people stand.
func (k *Calendar) seat(ctx context.Context, m store.Meeting, now time.Time) (told int, err error) {
	_, err = k.DB.FillPlaces(ctx, now, m.ID, func(occurrence string) (time.Time, bool) { return claimable(m, occurrence, now) })
	if err != nil {
		return 0, err
	}
	c, err := k.DB.Community(ctx, m.CommunityID)
	if err != nil {
		return 0, err
	}
	for ctx.Err() == nil {
		untold, err := k.DB.UntoldPlaces(ctx, m.ID, tellAtOnce)
		if err != nil || len(untold) == 0 {
			break
		}
		n, err := k.tellPlaces(ctx, c, m, untold, now)
		if told += n; err != nil || n == 0 {
			return told, err
		}
	}
	if told > 0 {
		k.Log.Info("people were told where they stand", "community", c.Address(), "meeting", m.ID, "mails", told)
		k.wake()
	}
	return told, ctx.Err()
}

func (k *Calendar) tellPlaces(ctx context.Context, c store.Community, m store.Meeting, all []store.Place, now time.Time) (int, error) {
	var tellings []store.PlaceTelling
	for _, p := range all {
		i, err := k.DB.Invitation(ctx, m.ID, p.SubscriptionID)
		if err != nil {
			return 0, err
		}
		w, err := k.placeLetter(ctx, c, m, i, p, now)
		if err != nil {
			return 0, err
		}
		notice, err := k.notice(w)
		if err != nil {
			return 0, err
		}
		tellings = append(tellings, store.PlaceTelling{Place: p, Notice: notice})
	}
	return k.DB.TellPlaces(ctx, now, tellings)
}

// placeLetter says where somebody stands. An offer is a fresh invitation besides: to accept it claims the place.
func (k *Calendar) placeLetter(ctx context.Context, c store.Community, m store.Meeting, i store.Invitation, p store.Place, now time.Time) (w letter, err error) {
	s := i.Subscription
	line, err := k.DB.PlaceInLine(ctx, p)
	if err != nil {
		return w, err
	}
	zone := k.zone(c, s, m)
	data := templates.MeetingPlace{For: forReader(c, s), State: string(p.State), Title: m.Title, Line: line, Place: m.Location, Change: k.ticket(c, i.Token)}
	if start := placeDate(m, p.Occurrence, now); !start.IsZero() {
		data.Start = start.In(zone)
	}
	w = letter{community: c, to: s, from: mail.TicketAddress(c.Name, c.Domain, i.Token)}
	if p.State == store.PlaceOffered {
		data.Until = p.Until.In(zone)
		data.Claim = k.ticket(c, k.Keys.Seal(mail.Ticket{Kind: mail.TicketPlace, Person: s.ID, Object: m.ID, Expires: p.Until}))
		if w.method, w.object, err = k.offerObject(c, m, i, p.Occurrence); err != nil {
			return w, err
		}
	}
	w.data = data
	return w, nil
}

// offerObject asks somebody anew to the meeting, or to the one date on which a place is free: it knows of no answer.
func (k *Calendar) offerObject(c store.Community, m store.Meeting, i store.Invitation, occurrence string) (itip.Method, []byte, error) {
	t, err := k.tellerOf(c, m)
	if err != nil {
		return "", nil, err
	}
	if occurrence == "" {
		return t.wholeObject(i)
	}
	id, err := occurrenceID(occurrence, t.series.Master.Start.Zone)
	if err != nil {
		return "", nil, err
	}
	one, _ := dateChange(m, id)
	return t.dateObject(i, one)
}
