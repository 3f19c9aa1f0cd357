package calendar

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"guildpost/calendar/itip"
	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// A teller writes the mails by which people hear of a meeting.
type teller struct {
	*Calendar
	c store.Community
	m store.Meeting
	// was are the versions that the people were last told, by revision; answers are what they have answered, by subscription.
	was     map[int]store.Meeting
	answers map[int64][]store.RSVP
	series  itip.Series
	forms   *forms
}

// tellerOf makes one that knows nothing of the people yet.
func (k *Calendar) tellerOf(c store.Community, m store.Meeting) (*teller, error) {
	series, err := seriesOf(m)
	return &teller{Calendar: k, c: c, m: m, was: map[int]store.Meeting{}, answers: map[int64][]store.RSVP{}, series: series, forms: newForms()}, err
}

// know reads what those who are told, in the order of their subscriptions, were told last, and what they have answered.
func (t *teller) know(ctx context.Context, all []store.Invitation) (err error) {
	for _, i := range all {
		if _, known := t.was[i.Revision]; known || i.State != store.Invited {
			continue
		}
		if t.was[i.Revision], err = t.DB.MeetingAsOf(ctx, t.m, i.Revision); err != nil {
			return err
		}
	}
	rsvps, err := t.DB.RSVPsBetween(ctx, t.m.ID, all[0].Subscription.ID, all[len(all)-1].Subscription.ID)
	t.answers = map[int64][]store.RSVP{}
	for _, r := range rsvps {
		t.answers[r.SubscriptionID] = append(t.answers[r.SubscriptionID], r)
	}
	return err
}

// tellings writes the mails, on all processors.
func (t *teller) tellings(all []store.Invitation) ([]store.Telling, error) {
	ids := make([]string, len(all))
	for n := range all { // one after the other: a source of random octets may serve one reader only
		var err error
		if ids[n], err = mail.NewMessageID(t.Random, t.Now(), t.c.Domain); err != nil {
			return nil, err
		}
	}
	tellings, errs := make([]store.Telling, len(all)), make([]error, len(all))
	var next atomic.Int64
	var writers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(all)) {
		writers.Go(func() {
			for n := next.Add(1) - 1; n < int64(len(all)); n = next.Add(1) - 1 {
				tellings[n], errs[n] = t.telling(all[n], ids[n])
			}
		})
	}
	writers.Wait()
	return tellings, errors.Join(errs...)
}

// telling is the next mail to somebody about a meeting; none where it says to them what they know.
func (t *teller) telling(i store.Invitation, id string) (store.Telling, error) {
	before := i
	i.Sequence, i.Revision, i.State = t.m.Sequence, t.m.Revision, store.Invited
	i.Token = t.token(t.m, i)
	switch i.Subscription.State {
	case store.Left, store.Removed, store.Banned:
		i.State = store.Uninvited
	}
	if t.m.State == store.MeetingCancelled || !t.m.Settings.Audience.Has(i.Subscription) {
		i.State = store.Uninvited
	}
	w, news, err := t.news(before, i)
	if err != nil || !news {
		return store.Telling{Invitation: i}, err
	}
	w.id = id
	n, err := t.notice(w)
	if err == nil {
		n.Pack()
	}
	return store.Telling{Invitation: i, Notice: n}, err
}

// news is the letter that tells somebody what is not as they were told before; false where nothing is.
func (t *teller) news(before, i store.Invitation) (w letter, news bool, err error) {
	switch {
	case i.Subscription.ID == t.m.Settings.Caller:
		w, news = t.callerNews(before, i)
		return w, news, nil
	case i.State == store.Uninvited:
		w, err = t.ended(i)
		return w, true, err
	case before.State != store.Invited:
		w, err = t.invited(i)
		return w, true, err
	}
	d := differenceOf(t.was[before.Revision], t.m, t.Now())
	if d.none() {
		return letter{}, false, nil
	}
	if one, ok := d.one(); !ok {
		w, err = t.wholeChanged(i, d)
	} else if one.Cancelled {
		w, err = t.dateCancelled(i, one)
	} else {
		w, err = t.dateChanged(i, d, one)
	}
	return w, true, err
}

func (t *teller) letterTo(i store.Invitation) letter {
	return letter{community: t.c, to: i.Subscription, from: mail.TicketAddress(t.c.Name, t.c.Domain, i.Token)}
}

// standing is what counts of somebody's answers to a date, "" being the whole.
func (t *teller) standing(i store.Invitation, key string) standing {
	return standingFor(t.m, key, t.answers[i.Subscription.ID])
}

// ended is the letter of the end of an invitation.
func (t *teller) ended(i store.Invitation) (w letter, err error) {
	w = t.letterTo(i)
	w.replies = t.c.FunctionAddress("owner")
	left, on := leftMember(t.m, i.Subscription), t.m.State == store.MeetingConfirmed
	if err = t.write(&w, i, fmt.Sprint("ended", left), func(r reader) any {
		return templates.MeetingCancelled{For: r.whose, Title: t.m.Title, Start: t.first(t.c, i.Subscription, t.m), Left: on && left, Apart: on && !left}
	}); err == nil {
		w.method, w.object, err = t.endObject(i)
	}
	return w, err
}

// invited is the letter of an invitation: all dates, with those that have a change of their own.
func (t *teller) invited(i store.Invitation) (w letter, err error) {
	w = t.letterTo(i)
	s := t.standing(i, "")
	if s.stale {
		s = standing{} // whoever is invited anew has not heard of another time
	}
	guest := i.Subscription.State == store.Guest
	follows := t.m.Settings.Follows != 0 && !i.Subscription.Since.After(t.m.CreatedAt) // who joined later knows nothing of what was
	if err = t.write(&w, i, fmt.Sprint("invited", s, guest, follows), func(r reader) any {
		dates, more := t.shown(t.c, i.Subscription, t.m, shownDates)
		return templates.MeetingInvite{For: r.whose, Title: t.m.Title, Dates: dates, More: more, Minutes: int(t.m.Length / time.Minute),
			Place: t.m.Location, About: t.m.Description, Guest: guest, Caller: t.m.Settings.CallerName,
			Follows: follows, Answered: string(s.answer), Answer: r.ticket}
	}); err == nil {
		w.method, w.object, err = t.wholeObject(i)
	}
	return w, err
}
