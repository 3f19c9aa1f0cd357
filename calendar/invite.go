package calendar

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"guildpost/calendar/itip"
	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// tellAtOnce is how many are told in one transaction.
const tellAtOnce = 200

// shownDates is how many dates of a series an invitation names.
const shownDates = 3

// tellDue tells everybody who has to hear of a meeting.
func (k *Calendar) tellDue(ctx context.Context, now time.Time) (done int, err error) {
	all, err := k.DB.MeetingsToTell(ctx, now)
	if err != nil {
		return 0, err
	}
	for _, m := range all {
		n, err := k.tell(ctx, m)
		if done += n; err != nil {
			return done, err
		}
	}
	return done, nil
}

// tell brings what everybody was told of a meeting up to date. Where it changes meanwhile, the rest is left to the next time.
func (k *Calendar) tell(ctx context.Context, m store.MeetingToTell) (done int, err error) {
	c, err := k.DB.Community(ctx, m.CommunityID)
	if err != nil {
		return 0, err
	}
	done, err = k.tellOutdated(ctx, c, m.Meeting)
	if err == nil && m.State == store.MeetingConfirmed && !c.Closed {
		var more int
		more, err = k.inviteNew(ctx, c, m.Meeting)
		done += more
	}
	if store.KindOf(err) == store.Conflict && err != nil {
		k.Log.Info("a meeting changed while people were told of it", "community", c.Address(), "meeting", m.ID)
		return done, nil
	}
	if err != nil {
		return done, err
	}
	if done > 0 {
		k.Log.Info("people were told of a meeting", "community", c.Address(), "meeting", m.ID, "state", string(m.State), "mails", done)
	}
	return done, k.DB.Told(ctx, m)
}

// tellOutdated tells those who are invited of a change or the end.
func (k *Calendar) tellOutdated(ctx context.Context, c store.Community, m store.Meeting) (done int, err error) {
	for ctx.Err() == nil {
		page, err := k.DB.Outdated(ctx, m, tellAtOnce)
		if err != nil || len(page) == 0 {
			return done, err
		}
		n, err := k.tellAll(ctx, c, m, page)
		if done += n; err != nil || n == 0 {
			return done, err
		}
	}
	return done, ctx.Err()
}

// inviteNew invites the members who are not invited yet.
func (k *Calendar) inviteNew(ctx context.Context, c store.Community, m store.Meeting) (done int, err error) {
	after := int64(0)
	for ctx.Err() == nil {
		page, err := k.DB.NotInvited(ctx, m, after, tellAtOnce)
		if err != nil || len(page) == 0 {
			return done, err
		}
		after = page[len(page)-1].ID
		all := make([]store.Invitation, len(page))
		for i, s := range page {
			all[i] = store.Invitation{MeetingID: m.ID, Subscription: s}
		}
		n, err := k.tellAll(ctx, c, m, all)
		if done += n; err != nil {
			return done, err
		}
	}
	return done, ctx.Err()
}

func (k *Calendar) tellAll(ctx context.Context, c store.Community, m store.Meeting, all []store.Invitation) (int, error) {
	tellings, err := k.tellings(c, m, all)
	if err != nil {
		return 0, err
	}
	return k.DB.Tell(ctx, k.Now(), m, tellings)
}

// tellings writes the mails, on all processors: texts in HTML take most of the time of an invitation.
func (k *Calendar) tellings(c store.Community, m store.Meeting, all []store.Invitation) ([]store.Telling, error) {
	ids := make([]string, len(all))
	for n := range all { // one after the other: a source of random octets may serve one reader only
		var err error
		if ids[n], err = mail.NewMessageID(k.Random, k.Now(), c.Domain); err != nil {
			return nil, err
		}
	}
	tellings, errs := make([]store.Telling, len(all)), make([]error, len(all))
	var next atomic.Int64
	var writers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(all)) {
		writers.Go(func() {
			for n := next.Add(1) - 1; n < int64(len(all)); n = next.Add(1) - 1 {
				tellings[n], errs[n] = k.telling(c, m, all[n], ids[n])
			}
		})
	}
	writers.Wait()
	return tellings, errors.Join(errs...)
}

// telling is the next mail to somebody about a meeting.
func (k *Calendar) telling(c store.Community, m store.Meeting, i store.Invitation, id string) (store.Telling, error) {
	i.Sequence, i.State = m.Sequence, store.Invited
	i.Token = k.token(m, i)
	switch i.Subscription.State {
	case store.Left, store.Removed, store.Banned:
		i.State = store.Uninvited
	}
	if m.State == store.MeetingCancelled {
		i.State = store.Uninvited
	}
	w, err := k.invitation(c, m, i, itip.NeedsAction)
	if err != nil {
		return store.Telling{}, err
	}
	w.id = id
	n, err := k.notice(w)
	return store.Telling{Invitation: i, Notice: n}, err
}

// token is that of the ticket that somebody's invitation has already, or a new one. One that is not good any more, since its
// key is not, is made anew: else no answer would arrive.
func (k *Calendar) token(m store.Meeting, i store.Invitation) string {
	if i.Token != "" {
		if _, err := k.Keys.Open(i.Token, k.Now()); err == nil {
			return i.Token
		}
	}
	if m.Settings.Poll != 0 { // the hold of that date had this organiser
		return k.Keys.Seal(mail.Ticket{Kind: mail.TicketPoll, Person: i.Subscription.ID, Object: m.Settings.Poll})
	}
	return k.Keys.Seal(mail.Ticket{Kind: mail.TicketRSVP, Person: i.Subscription.ID, Object: m.ID})
}

// invitation is the letter of an invitation, or of its end, with what its reader has answered so far.
func (k *Calendar) invitation(c store.Community, m store.Meeting, i store.Invitation, answer itip.PartStat) (letter, error) {
	w := letter{community: c, to: i.Subscription, from: mail.TicketAddress(c.Name, c.Domain, i.Token), method: itip.Request}
	if i.State == store.Uninvited {
		w.method, w.replies = itip.Cancel, c.FunctionAddress("owner")
		w.data = templates.MeetingCancelled{For: forReader(c, i.Subscription), Title: m.Title, Start: k.first(c, i.Subscription, m),
			Left: m.State == store.MeetingConfirmed}
	} else {
		dates, more := k.shown(c, i.Subscription, m, shownDates)
		w.data = templates.MeetingInvite{For: forReader(c, i.Subscription), Title: m.Title, Dates: dates, More: more,
			Minutes: int(m.Length / time.Minute), Place: m.Location, About: m.Description, Answer: k.ticket(c, i.Token)}
	}
	var err error
	w.object, err = k.object(c, m, i, answer)
	return w, err
}

// object is the calendar object for one person.
func (k *Calendar) object(c store.Community, m store.Meeting, i store.Invitation, answer itip.PartStat) ([]byte, error) {
	series, err := seriesOf(m)
	if err != nil {
		return nil, err
	}
	e := series.Master
	e.Stamp = k.Now().UTC().Truncate(time.Second)
	e.Organizer = itip.Person{Address: mail.TicketAddress(c.Name, c.Domain, i.Token), Name: c.Title, Email: c.Address()}
	reader := itip.Attendee{Person: itip.Person{Address: i.Subscription.Address, Name: i.Subscription.Name}, Answer: answer,
		Type: "INDIVIDUAL", Role: "REQ-PARTICIPANT", RSVP: true}
	method := itip.Request
	if i.State == store.Uninvited {
		method, e.Status, reader.RSVP, reader.Answer = itip.Cancel, "CANCELLED", false, ""
	}
	e.Attendees = []itip.Attendee{reader}
	return itip.Write(itip.Object{Method: method, Events: []itip.Event{e}})
}
