package main

import (
	"context"
	"slices"

	"guildpost/store"
)

// raise makes the community and its members.
func (s *stage) raise(ctx context.Context) error {
	by := store.Actor{Who: "postmaster", Via: "demo", At: s.now()}
	c, err := s.daemon.db.CreateCommunity(ctx, by, store.Community{Name: "rust-guild", Domain: demoDomain, Title: "Rust Guild", Rules: store.Rules{Timezone: berlin.String(),
		NoBrief: true}}) // what the facilitators' brief would tell is shown as it happens
	if store.KindOf(err) == store.Conflict {
		return store.Errorf(store.Conflict, "%s holds an earlier demo; name an empty folder", s.data)
	}
	if err != nil {
		return err
	}
	s.community = c
	s.members = slices.Clone(cast)
	for _, p := range s.members {
		m := store.NewMember{Address: p.address, Name: p.name, Delivery: store.DeliveryMode(p.mode)}
		if p == ada {
			m.Roles = []store.Role{store.Facilitator}
		}
		subscription, _, err := s.daemon.db.AddMember(ctx, by, c.ID, m)
		if err != nil {
			return err
		}
		subscription.OwnCopies, subscription.Timezone = p.own, p.zone
		if err := s.daemon.db.UpdateSubscription(ctx, by, subscription); err != nil {
			return err
		}
	}
	s.say("%s <%s> has %d members; %s is its facilitator.", c.Title, c.Address(), len(cast), ada.name)
	return nil
}
