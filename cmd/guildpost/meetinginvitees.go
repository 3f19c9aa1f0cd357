package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"guildpost/calendar"
	"guildpost/store"
)

// inviteeFlags are those that say whom a meeting is for.
func inviteeFlags(c *cobra.Command, in *calendar.Invitees) {
	var roles []string
	c.Flags().StringSliceVar(&roles, "role", nil, "only for members with a `ROLE`: "+strings.Join(allRoles, ", "))
	c.Flags().StringSliceVar(&in.Members, "to", nil, "only for the members with these `ADDRESSES`, and for those with a role of --role")
	c.Flags().StringSliceVar(&in.Guests, "guest", nil, "besides, guests with these `ADDRESSES`: they are invited, and get nothing else")
	before := c.PreRunE
	c.PreRunE = func(c *cobra.Command, args []string) error {
		in.Roles = nil
		for _, role := range roles {
			in.Roles = append(in.Roles, store.Role(role))
		}
		if before != nil {
			return before(c, args)
		}
		return nil
	}
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
