package calendar

import (
	"context"
	"time"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// letters are what the invited person hears: how words were understood, the invitation once more, or what to do instead.
// Answers of a calendar that were taken are not answered.
func (k *Calendar) letters(ctx context.Context, a answering, v verdict) (all []letter, err error) {
	s := a.invitation.Subscription
	from := mail.TicketAddress(a.community.Name, a.community.Domain, a.invitation.Token)
	// Where there is room for so many, a mail of its own says what a yes has come to.
	if v.inWords != "" && (v.inWords != store.Accepted || a.meeting.Settings.Capacity == 0) {
		all = append(all, letter{community: a.community, to: s, from: from, data: templates.MeetingAnswered{For: forReader(a.community, s),
			Title: a.meeting.Title, Start: k.first(a.community, s, a.meeting), Answer: string(v.inWords), Change: k.ticket(a.community, a.invitation.Token)}})
	}
	if v.again {
		w, err := k.again(ctx, a)
		if err != nil {
			return nil, err
		}
		all = append(all, w)
	}
	if v.problem == "" {
		return all, nil
	}
	helped, err := k.mayHelp(ctx, a, v.problem)
	if helped {
		all = append(all, k.helping(a, v))
	}
	return all, err
}

// helping tells the invited person why an answer was not taken. It goes to them and nobody else: who else sent it may be
// anybody.
func (k *Calendar) helping(a answering, v verdict) letter {
	s := a.invitation.Subscription
	w := letter{community: a.community, to: s, from: mail.TicketAddress(a.community.Name, a.community.Domain, a.invitation.Token),
		data: templates.MeetingHelp{For: forReader(a.community, s), Kind: v.problem, Title: a.meeting.Title, Address: v.other,
			Answer: k.ticket(a.community, a.invitation.Token)}}
	if v.problem == "cancelled" || v.problem == "over" {
		w.from = a.community.FunctionAddress("owner")
	}
	return w
}

// again is the invitation once more, with what its reader has answered.
func (k *Calendar) again(ctx context.Context, a answering) (letter, error) {
	have, err := k.DB.RSVPs(ctx, a.meeting.ID, a.invitation.Subscription.ID)
	if err != nil {
		return letter{}, err
	}
	return k.invitation(a.community, a.meeting, a.invitation, have)
}

// How often somebody is helped with one meeting, and with what came without a ticket, which anybody can send.
const (
	helpADay    = 5
	unprovenDay = 1
	toldADay    = 50 // answers to who decides: more is a loop
)

func (k *Calendar) mayHelp(ctx context.Context, a answering, problem string) (bool, error) {
	most, name := helpADay, "rsvp help "
	if problem == "unproven" {
		most, name = unprovenDay, "rsvp unproven "
	}
	reached, err := k.DB.Allow(ctx, k.Now(), store.Limit{Name: name + a.meeting.UID + " " + a.invitation.Subscription.Address, Most: most, Within: 24 * time.Hour})
	if reached != nil {
		k.Log.Info("an answer to an invitation that was not taken is not answered again today", "community", a.community.Address(),
			"meeting", a.meeting.ID, "subscription", a.invitation.Subscription.ID, "problem", problem)
	}
	return err == nil && reached == nil, err
}

// mayTell says whether somebody who decides may be answered once more today. What is not understood may come from a robot that
// does not say so, and would go on.
func (k *Calendar) mayTell(ctx context.Context, c store.Community, reader store.Subscription, outcome string) (bool, error) {
	limit := store.Limit{Name: "rsvp decided " + c.Address() + " " + reader.Address, Most: toldADay, Within: 24 * time.Hour}
	if outcome == "unclear" {
		limit.Name, limit.Most = "rsvp unclear "+c.Address()+" "+reader.Address, helpADay
	}
	reached, err := k.DB.Allow(ctx, k.Now(), limit)
	return err == nil && reached == nil, err
}
