package calendar

import (
	"context"
	"time"

	"guildpost/store"
	"guildpost/templates"
)

// guestOf finds the invitation of a guest to a meeting; NotFound where they have none.
func (k *Calendar) guestOf(ctx context.Context, m store.Meeting, address string) (store.Invitation, error) {
	s, err := k.DB.SubscriptionByAddress(ctx, m.CommunityID, address)
	if err != nil {
		return store.Invitation{}, err
	}
	i, err := k.DB.Invitation(ctx, m.ID, s.ID)
	if err == nil && i.State != store.Invited {
		err = store.Errorf(store.NotFound, "they are not invited any more")
	}
	return i, err
}

func (k *Calendar) guestAnswered(ctx context.Context, a answering, guest store.Invitation, o outsider) error {
	a.invitation = guest
	_, err := k.record(ctx, a, o.rsvps, nil)
	return err
}

// inviteGuest makes somebody a guest, invites them to a meeting with a ticket of their own, and keeps what they answered.
func (k *Calendar) inviteGuest(ctx context.Context, by store.Actor, c store.Community, m store.Meeting, o outsider) error {
	s, err := k.DB.AddGuest(ctx, by, c.ID, o.address, o.name)
	if err != nil {
		return err
	}
	if s.State == store.Banned {
		return store.Errorf(store.Forbidden, "%s is banned from %s", o.address, c.Title)
	}
	if m, err = k.letIn(ctx, by, m, s); err != nil {
		return err
	}
	i := store.Invitation{MeetingID: m.ID, State: store.Invited, Sequence: m.Sequence, Revision: m.Revision, Subscription: s}
	i.Token = k.token(m, i)
	t, err := k.tellerOf(c, m)
	if err != nil {
		return err
	}
	t.answers[s.ID] = newest(o.rsvps)
	w, err := t.invited(i)
	if err != nil {
		return err
	}
	n, err := k.notice(w)
	if err != nil {
		return err
	}
	_, err = k.DB.Tell(ctx, k.Now(), m, []store.Telling{{Invitation: i, Notice: n}})
	if err != nil && store.KindOf(err) == store.Conflict {
		return store.Errorf(store.Temporary, "a guest could not be invited: %w", err)
	}
	if err != nil {
		return err
	}
	if len(o.rsvps) == 0 {
		return nil
	}
	_, err = k.record(ctx, answering{community: c, meeting: m, invitation: i}, o.rsvps, nil)
	return err
}

// refuseGuest tells somebody that only who is invited can come: who surely wrote the message, and nobody else, since anybody
// can write any address into a calendar object.
func (k *Calendar) refuseGuest(ctx context.Context, a answering, o outsider) error {
	if a.community.MeetingGuests != store.GuestsRefuse || len(o.rsvps) == 0 || k.Proven == nil || !k.Proven(a.envelope, a.message, o.address) {
		return nil
	}
	n, err := k.notices(a.message, letter{community: a.community, to: store.Subscription{Address: o.address, Name: o.name}, from: a.community.FunctionAddress("owner"),
		data: templates.MeetingRefused{For: forReader(a.community, store.Subscription{Name: o.name}), Title: a.meeting.Title}})
	if err != nil {
		return err
	}
	_, err = k.DB.SendNotices(ctx, k.Now(), store.Limit{Name: "rsvp guest-refused " + o.address, Most: 1, Within: 24 * time.Hour}, n)
	return err
}

// deciders are who decides about a meeting: the facilitators, and who called it.
func (k *Calendar) deciders(ctx context.Context, c store.Community, m store.Meeting) (all []store.Subscription, err error) {
	team, err := k.DB.Subscriptions(ctx, c.ID, store.SubscriptionFilter{Role: store.Facilitator})
	if err != nil {
		return nil, err
	}
	caller, err := k.DB.SubscriptionByAddress(ctx, c.ID, m.Actor)
	if err == nil && !caller.Has(store.Facilitator) {
		team = append(team, caller)
	} else if err != nil && store.KindOf(err) != store.NotFound {
		return nil, err
	}
	for _, s := range team {
		if s.State == store.Active || s.State == store.Suspended {
			all = append(all, s)
		}
	}
	return all, nil
}

// decider finds who decides about a meeting with a ticket; NotFound where they do not any more.
func (k *Calendar) decider(ctx context.Context, c store.Community, m store.Meeting, person int64) (store.Subscription, error) {
	all, err := k.deciders(ctx, c, m)
	for _, s := range all {
		if s.ID == person {
			return s, nil
		}
	}
	if err == nil {
		err = store.Errorf(store.NotFound, "this ticket is of somebody who does not decide about meetings of %s any more", c.Title)
	}
	return store.Subscription{}, err
}
