package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"guildpost/calendar"
	"guildpost/store"
)

// Whom a meeting is for, and how many have a place, as the flags of a command say it.
type meetingRoom struct {
	roles, members, guests []string
	all                    bool
	capacity               int
}

func (f *meetingRoom) flags(c *cobra.Command) {
	c.Flags().StringSliceVar(&f.roles, "role", nil, "only for members with a `ROLE`: "+strings.Join(allRoles, ", "))
	c.Flags().StringSliceVar(&f.members, "to", nil, "only for the members with these `ADDRESSES`, and for those with a role of --role")
	c.Flags().StringSliceVar(&f.guests, "guest", nil, "besides, guests with these `ADDRESSES`: they are invited, and get nothing else")
	c.Flags().IntVar(&f.capacity, "capacity", 0, "how many have a place: who says yes later waits for one (0: any number)")
}

func (f *meetingRoom) invitees() (in calendar.Invitees) {
	for _, role := range f.roles {
		in.Roles = append(in.Roles, store.Role(role))
	}
	in.Members, in.Guests = f.members, f.guests
	return in
}

// given says whether a command was asked to change any of it.
func (f *meetingRoom) given(c *cobra.Command) bool {
	for _, name := range []string{"role", "to", "guest", "all", "capacity"} {
		if c.Flags().Changed(name) {
			return true
		}
	}
	return false
}

// changeRoom changes whom a meeting is for, each flag its part, and how many have a place.
func (a *app) changeRoom(c *cobra.Command, k *calendar.Calendar, community store.Community, m store.Meeting, f *meetingRoom) (store.Meeting, error) {
	ctx, given := c.Context(), c.Flags().Changed
	if given("role") || given("to") || given("guest") || given("all") {
		wanted, err := k.Audience(ctx, a.actor(), community, f.invitees())
		if err != nil {
			return m, err
		}
		is := m.Settings.Audience
		if f.all {
			is.Roles, is.Named = nil, nil
		}
		for name, part := range map[string]func(){"role": func() { is.Roles = wanted.Roles }, "to": func() { is.Named = wanted.Named },
			"guest": func() { is.Guests = wanted.Guests }} {
			if given(name) {
				part()
			}
		}
		if m, err = k.SetAudience(ctx, a.actor(), m, is); err != nil {
			return m, err
		}
	}
	if given("capacity") {
		return k.SetCapacity(ctx, a.actor(), m, f.capacity)
	}
	return m, nil
}

// An audienceJSON is whom a meeting is for, for programs; all three empty is all members.
type audienceJSON struct {
	Roles   []store.Role `json:"roles"`
	Members []string     `json:"members"`
	Guests  []string     `json:"guests"`
}

func newAudienceJSON(ctx context.Context, db *store.DB, a store.Audience) (j audienceJSON, err error) {
	j = audienceJSON{Roles: append([]store.Role{}, a.Roles...)}
	if j.Members, err = addressesOf(ctx, db, a.Named); err != nil {
		return j, err
	}
	j.Guests, err = addressesOf(ctx, db, a.Guests)
	return j, err
}

// addressesOf are those of subscriptions; who was erased since has none.
func addressesOf(ctx context.Context, db *store.DB, ids []int64) (all []string, err error) {
	all = []string{}
	for _, id := range ids {
		s, err := db.Subscription(ctx, id)
		if err != nil && store.KindOf(err) != store.NotFound {
			return nil, err
		}
		if err == nil {
			all = append(all, s.Address)
		}
	}
	return all, nil
}

// String says it to a person.
func (j audienceJSON) String() string {
	var parts []string
	for _, role := range j.Roles {
		parts = append(parts, "role "+string(role))
	}
	if parts = append(parts, j.Members...); len(parts) == 0 {
		parts = append(parts, "all members")
	}
	for _, guest := range j.Guests {
		parts = append(parts, "guest "+guest)
	}
	return strings.Join(parts, ", ")
}

// sayInvited says how many are invited to a meeting, above all that it is nobody.
func (a *app) sayInvited(ctx context.Context, db *store.DB, c store.Community, m store.Meeting, what string) error {
	n, err := db.Invited(ctx, m.ID)
	if err != nil {
		return err
	}
	audience, err := newAudienceJSON(ctx, db, m.Settings.Audience)
	if err != nil {
		return err
	}
	switch {
	case n == 0:
		a.say("meeting %d of %s is %s, but nobody is invited: it is for %s, and there is nobody; who comes to be is invited then", m.ID, c.Address(), what, audience)
	case m.Settings.Audience.IsAll() && len(m.Settings.Audience.Guests) == 0:
		a.say("meeting %d of %s is %s; the members are being invited", m.ID, c.Address(), what)
	default:
		a.say("meeting %d of %s is %s; %d people are being invited: %s", m.ID, c.Address(), what, n, audience)
	}
	return nil
}
