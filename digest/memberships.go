package digest

import (
	"context"
	"slices"
	"time"

	"guildpost/digest/measure"
	"guildpost/store"
)

// readMemberships reads subscriptions as they are now, and goes back from there through the journal.
func (g *gathering) readMemberships(ctx context.Context) error {
	changes := map[int64][]store.MembershipChange{}
	err := g.DB.MembershipChanges(ctx, g.community.ID, g.since, func(c store.MembershipChange) {
		changes[c.MemberID] = append(changes[c.MemberID], c)
	})
	if err != nil {
		return err
	}
	return g.DB.SubscriptionsAlive(ctx, g.community.ID, g.since, func(s store.Subscription) {
		p := g.person(s.MemberID)
		p.Name, p.Address, p.Unit, p.Zone, p.Named = s.Name, s.Address, domainOf(s.Address), g.zone(s.Timezone), s.Named
		g.records.Memberships = append(g.records.Memberships, memberships(s, changes[s.MemberID], g.since)...)
	})
}

// A stretch is a time in which a subscription stayed the same.
type stretch struct {
	from, to time.Time
	store.MembershipState
}

func (s stretch) alive() bool { return s.State == store.Active || s.State == store.Suspended }

// stretches go back from what a subscription is, through its changes, the latest first. What it was before the first one
// began at a time that is not read any more; begin stands for it, and lies before all windows.
func stretches(s store.Subscription, changes []store.MembershipChange, begin time.Time) (all []stretch) {
	one := stretch{MembershipState: store.MembershipState{State: s.State, Delivery: s.Delivery, Roles: s.Roles}}
	for _, c := range changes {
		one.from = c.At
		all = append(all, one)
		one = stretch{to: c.At, MembershipState: c.Before}
	}
	one.from = begin
	all = append(all, one)
	slices.Reverse(all)
	return all
}

// memberships puts the stretches together in which somebody was a member. Someone whose mail fails is one still.
func memberships(s store.Subscription, changes []store.MembershipChange, begin time.Time) (all []measure.Membership) {
	var open *measure.Membership
	var last stretch
	for _, one := range stretches(s, changes, begin) {
		switch {
		case one.alive() && open == nil:
			open = &measure.Membership{Person: s.MemberID, From: one.from}
		case !one.alive() && open != nil:
			open.To, open.End = one.from, ending(last.State, one.State)
			all, open = append(all, *open), nil
		}
		if open != nil {
			addSpells(open, one)
		}
		last = one
	}
	if open != nil {
		if open.From.Equal(begin) || s.Since.Before(open.From) {
			open.From = s.Since // of the present membership, however long ago
		}
		all = append(all, *open)
	}
	return all
}

func addSpells(m *measure.Membership, one stretch) {
	add := func(spells *[]measure.Spell, is bool) {
		last := len(*spells) - 1
		switch {
		case !is:
		case last >= 0 && (*spells)[last].To.Equal(one.from):
			(*spells)[last].To = one.to
		default:
			*spells = append(*spells, measure.Spell{From: one.from, To: one.to})
		}
	}
	add(&m.Bounced, one.State == store.Suspended)
	add(&m.NoMail, one.Delivery == store.None)
	add(&m.Facilitator, slices.Contains(one.Roles, store.Facilitator))
}

// ending is how a membership ended: while mail to them failed, they were lost, whoever took them off the list.
func ending(was, now store.SubscriptionState) measure.Ending {
	switch {
	case was == store.Suspended:
		return measure.BouncedOut
	case now == store.Left:
		return measure.Left
	}
	return measure.Removed
}
