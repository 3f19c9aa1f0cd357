package calendar

import (
	"context"
	"errors"
	"time"

	"guildpost/mail"
	"guildpost/store"
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
// The meetings of a community that was closed are cancelled with it.
func (k *Calendar) tell(ctx context.Context, m store.MeetingToTell) (done int, err error) {
	c, err := k.DB.Community(ctx, m.CommunityID)
	if err != nil {
		return 0, err
	}
	if c.Closed && m.State == store.MeetingConfirmed {
		if m.Meeting, err = k.DB.CancelMeeting(ctx, store.Actor{Who: "guildpost", Via: "the community was closed", At: k.Now()}, m.ID); err != nil {
			return 0, k.elsewhere(c, m.ID, err)
		}
	}
	t, err := k.tellerOf(c, m.Meeting)
	if err != nil {
		return 0, err
	}
	done, err = t.tellOutdated(ctx)
	if next, _ := Next(m.Meeting, k.Now(), 1); err == nil && m.State == store.MeetingConfirmed && len(next) > 0 {
		var more int
		more, err = t.inviteNew(ctx)
		done += more
	}
	if err != nil {
		return done, k.elsewhere(c, m.ID, err)
	}
	if done > 0 {
		k.Log.Info("people were told of a meeting", "community", c.Address(), "meeting", m.ID, "state", string(m.State), "mails", done)
	}
	return done, k.DB.Told(ctx, m)
}

// elsewhere passes over the error that a meeting has changed while people were told of it: they are told the next time.
func (k *Calendar) elsewhere(c store.Community, meeting int64, err error) error {
	if store.KindOf(err) != store.Conflict {
		return err
	}
	k.Log.Info("a meeting changed while people were told of it", "community", c.Address(), "meeting", meeting)
	return nil
}

// tellOutdated tells those who are invited of a change or the end.
func (t *teller) tellOutdated(ctx context.Context) (done int, err error) {
	for ctx.Err() == nil {
		page, err := t.DB.Outdated(ctx, t.m, tellAtOnce)
		if err != nil || len(page) == 0 {
			return done, err
		}
		n, err := t.tellAll(ctx, page)
		if done += n; err != nil || n == 0 {
			return done, err
		}
	}
	return done, ctx.Err()
}

// inviteNew invites the members who are not invited yet. While some are written to, the mails to those before are kept.
func (t *teller) inviteNew(ctx context.Context) (done int, err error) {
	kept := make(chan keeping, 1)
	kept <- keeping{}
	after := int64(0)
	for err == nil {
		var tellings []store.Telling
		tellings, after, err = t.nextNew(ctx, after)
		before := <-kept // also where this failed
		if done, err = done+before.n, errors.Join(before.err, err); err != nil || len(tellings) == 0 {
			return done, err
		}
		go func() {
			n, err := t.DB.Tell(ctx, t.Now(), t.m, tellings)
			kept <- keeping{n, err}
		}()
	}
	return done, err
}

// A keeping is what came of keeping some invitations.
type keeping struct {
	n   int
	err error
}

// nextNew writes to the next members who are not invited, by subscription behind one; none where all are.
func (t *teller) nextNew(ctx context.Context, after int64) (tellings []store.Telling, last int64, err error) {
	page, err := t.DB.NotInvited(ctx, t.m, after, tellAtOnce)
	if err != nil || len(page) == 0 {
		return nil, after, err
	}
	all := make([]store.Invitation, len(page))
	for i, s := range page {
		all[i] = store.Invitation{MeetingID: t.m.ID, Subscription: s}
	}
	if err := t.know(ctx, all); err != nil {
		return nil, after, err
	}
	tellings, err = t.tellings(all)
	return tellings, page[len(page)-1].ID, err
}

func (t *teller) tellAll(ctx context.Context, all []store.Invitation) (int, error) {
	if err := t.know(ctx, all); err != nil {
		return 0, err
	}
	tellings, err := t.tellings(all)
	if err != nil {
		return 0, err
	}
	return t.DB.Tell(ctx, t.Now(), t.m, tellings)
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

// invitation is the letter of an invitation, or of its end, with what its reader has answered.
func (k *Calendar) invitation(c store.Community, m store.Meeting, i store.Invitation, answers []store.RSVP) (letter, error) {
	t, err := k.tellerOf(c, m)
	if err != nil {
		return letter{}, err
	}
	t.answers[i.Subscription.ID] = answers
	if i.State == store.Uninvited {
		return t.ended(i)
	}
	return t.invited(i)
}
