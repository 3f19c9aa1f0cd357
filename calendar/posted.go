package calendar

import (
	"context"

	"guildpost/calendar/itip"
	"guildpost/mail"
	"guildpost/store"
)

// Posted handles what was sent to a list address and is an answer to an invitation: it must not be posted. Taken is false
// for everything else. The error is for the sender.
func (k *Calendar) Posted(ctx context.Context, c store.Community, env mail.Envelope, m *mail.Message) (taken bool, err error) {
	if len(m.From) != 1 {
		return false, nil
	}
	said := ReadMessage(m)
	uid, is := answeredUID(said)
	if auto, _ := mail.Automatic(m, env.From, env.From == ""); !is || auto.IsRobot() {
		return false, nil
	}
	a, err := k.unticketed(ctx, c, m, uid)
	if store.KindOf(err) == store.NotFound && err != nil {
		return true, store.Errorf(store.Forbidden, "this answers an invitation, and is not posted to %s: the answer to an invitation is taken "+
			"from whoever was invited, at the address that invited them", c.Address())
	}
	if err != nil {
		return true, err
	}
	a.envelope = env
	v := verdict{problem: "unproven"}
	from, err := mail.Canonical(m.From[0].String()) // one of the invited person's addresses
	if err != nil {
		return true, err
	}
	if k.Proven != nil && k.Proven(env, m, from) {
		if v, err = k.judge(ctx, a, said); err != nil {
			return true, err
		}
	}
	return true, k.settle(ctx, a, v)
}

// answeredUID is the meeting that a message answers; false where it answers none.
func answeredUID(said Said) (uid string, is bool) {
	for _, o := range said.Objects {
		if (o.Method.IsFromAttendee() || o.Declared.IsFromAttendee()) && len(o.Events) > 0 {
			return o.Events[0].UID, true
		}
		is = is || o.Method == itip.Reply
	}
	return "", is
}

// unticketed finds the invitation that a message without a ticket answers: by its meeting and its author.
func (k *Calendar) unticketed(ctx context.Context, c store.Community, m *mail.Message, uid string) (a answering, err error) {
	address, err := mail.Canonical(m.From[0].String())
	if err != nil {
		return a, store.Errorf(store.NotFound, "the author has no address")
	}
	meeting, err := k.DB.MeetingByUID(ctx, c.ID, uid)
	if err != nil {
		return a, err
	}
	s, err := k.DB.SubscriptionByAddress(ctx, c.ID, address)
	if err != nil {
		return a, err
	}
	a, err = k.answering(ctx, c, mail.Ticket{Object: meeting.ID, Person: s.ID})
	a.message = m
	return a, err
}
