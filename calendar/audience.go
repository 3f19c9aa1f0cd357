package calendar

import (
	"context"
	"slices"

	"guildpost/mail"
	"guildpost/store"
)

// Invitees are whom a meeting is for, as people write it. Nobody at all is all members.
type Invitees struct {
	Roles   []store.Role
	Members []string // addresses
	Guests  []string // addresses, with a name in front or without
}

// maxInvitees is how many members and guests a meeting can name; more than these are a role, or a community.
const maxInvitees = 500

// Audience finds whom invitees are. Guests who are not known yet are known from then on. The error is Invalid, with a
// sentence, for who cannot be invited so; then no guest is made.
func (k *Calendar) Audience(ctx context.Context, by store.Actor, c store.Community, in Invitees) (a store.Audience, err error) {
	if n := len(in.Members) + len(in.Guests); n > maxInvitees {
		return a, store.Errorf(store.Invalid, "%d people are named; %d are the most: give them a role, and invite that", n, maxInvitees)
	}
	for _, role := range in.Roles {
		if !slices.Contains([]store.Role{store.Facilitator, store.Sponsor, store.Expert, store.Mentor}, role) {
			return a, store.Errorf(store.Invalid, "there is no role %q; the roles are facilitator, sponsor, expert and mentor", role)
		}
	}
	a.Roles = in.Roles
	for _, address := range in.Members {
		s, err := k.subscriber(ctx, c, address)
		if err != nil {
			return a, err
		}
		if s.State != store.Active && s.State != store.Suspended {
			return a, store.Errorf(store.Invalid, "%s is no member of %s; who is none is invited as a guest", address, c.Address())
		}
		a.Named = append(a.Named, s.ID)
	}
	a.Guests, err = k.addGuests(ctx, by, c, in.Guests)
	return a, err
}

// subscriber finds somebody by address; nobody's subscription where there is none.
func (k *Calendar) subscriber(ctx context.Context, c store.Community, address string) (s store.Subscription, err error) {
	canonical, err := mail.Canonical(address)
	if err != nil {
		return s, store.Errorf(store.Invalid, "%q is no address: %w", address, err)
	}
	s, err = k.DB.SubscriptionByAddress(ctx, c.ID, canonical)
	if store.KindOf(err) == store.NotFound {
		return store.Subscription{Address: canonical}, nil
	}
	return s, err
}

func (k *Calendar) addGuests(ctx context.Context, by store.Actor, c store.Community, all []string) (ids []int64, err error) {
	guests := make([]mail.Address, len(all))
	for i, text := range all {
		if guests[i], err = mail.ParseAddress(text); err != nil {
			return nil, store.Errorf(store.Invalid, "%q is no address: %w", text, err)
		}
		s, err := k.subscriber(ctx, c, guests[i].String())
		if err != nil {
			return nil, err
		}
		if s.State == store.Banned {
			return nil, store.Errorf(store.Invalid, "%s is banned from %s, and cannot be its guest", s.Address, c.Address())
		}
	}
	for _, guest := range guests {
		address, err := mail.Canonical(guest.String())
		if err != nil {
			return nil, err
		}
		s, err := k.DB.AddGuest(ctx, by, c.ID, address, guest.Name)
		if err != nil {
			return nil, err
		}
		ids = append(ids, s.ID)
	}
	return ids, nil
}

// SetAudience says anew whom a meeting is for: who comes to be invited is, and who is invited no more hears that.
func (k *Calendar) SetAudience(ctx context.Context, by store.Actor, m store.Meeting, a store.Audience) (store.Meeting, error) {
	m.Settings.Audience = a
	m, err := k.DB.ChangeMeeting(ctx, by, m, k.planned(by.At))
	if err != nil {
		return m, err
	}
	_, err = k.Due(ctx, by.At)
	return m, err
}

// leftMember says whether somebody is invited no more because they are no member any more.
func leftMember(m store.Meeting, s store.Subscription) bool {
	switch s.State {
	case store.Left, store.Removed, store.Banned:
		return !slices.Contains(m.Settings.Audience.Guests, s.ID)
	}
	return false
}

// letIn makes somebody one of whom a meeting is for, where they are not yet.
func (k *Calendar) letIn(ctx context.Context, by store.Actor, m store.Meeting, s store.Subscription) (store.Meeting, error) {
	for tries := 0; ; tries++ {
		if m.Settings.Audience.Has(s) {
			return m, nil
		}
		m.Settings.Audience.Guests = append(slices.Clone(m.Settings.Audience.Guests), s.ID)
		is, err := k.DB.ChangeMeeting(ctx, by, m, k.planned(by.At))
		if err == nil || store.KindOf(err) != store.Conflict || tries == maxTries {
			return is, err
		}
		if m, err = k.DB.Meeting(ctx, m.ID); err != nil { // somebody else was faster
			return m, err
		}
	}
}

// maxTries is how often a change is tried again where somebody else makes one at the same time.
const maxTries = 10
