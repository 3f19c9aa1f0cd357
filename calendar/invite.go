package calendar

import (
	"context"
	"time"

	"guildpost/calendar/itip"
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
	t, err := k.newTeller(ctx, c, m, all)
	if err != nil {
		return 0, err
	}
	tellings, err := t.tellings(all)
	if err != nil {
		return 0, err
	}
	return k.DB.Tell(ctx, k.Now(), m, tellings)
}

// token is that of the ticket that somebody's invitation has already, or a new one. One that is not good any more, since its
// key is not, is made anew: else no answer would arrive.
func (k *Calendar) token(m store.Meeting, i store.Invitation) string {
	if i.Token != "" {
		if _, err := k.Keys.Open(i.Token, k.Now()); err == nil {
			return i.Token
		}
	}
	return k.Keys.Seal(mail.Ticket{Kind: mail.TicketRSVP, Person: i.Subscription.ID, Object: m.ID})
}

// invitation is the letter of an invitation, or of its end, with what its reader has answered so far.
func (k *Calendar) invitation(c store.Community, m store.Meeting, i store.Invitation, answer itip.PartStat) (letter, error) {
	var answers []store.RSVP
	if known, ok := answerOfPartStat(answer); ok {
		answers = []store.RSVP{{Answer: known, Sequence: m.Sequence}}
	}
	t := teller{Calendar: k, c: c, m: m, answers: map[int64][]store.RSVP{i.Subscription.ID: answers}}
	if i.State == store.Uninvited {
		return t.ended(i)
	}
	return t.invited(i)
}

func answerOfPartStat(stat itip.PartStat) (answer store.RSVPAnswer, ok bool) {
	answer, ok = answers[stat]
	return answer, ok
}
