package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"guildpost/store"
)

func (a *app) roleCommand() *cobra.Command {
	return group("role", "Roles in a community: grant, revoke and list them", a.roleGrant(), a.roleRevoke(), a.roleList())
}

func (a *app) roleGrant() *cobra.Command {
	return &cobra.Command{Use: "grant COP ADDRESS ROLE", Short: "Gives a member a role: " + strings.Join(allRoles, ", "), Args: arguments(3, 3),
		RunE: func(c *cobra.Command, args []string) error { return a.changeRole(c, args, true) }}
}

func (a *app) roleRevoke() *cobra.Command {
	return &cobra.Command{Use: "revoke COP ADDRESS ROLE", Short: "Takes a role from a member", Args: arguments(3, 3),
		RunE: func(c *cobra.Command, args []string) error { return a.changeRole(c, args, false) }}
}

func (a *app) changeRole(c *cobra.Command, args []string, grant bool) error {
	role := store.Role(strings.ToLower(args[2]))
	if err := among("role", string(role), allRoles...); err != nil {
		return err
	}
	return a.withSubscription(c.Context(), args[0], args[1], func(db *store.DB, community store.Community, s store.Subscription) error {
		switch {
		case grant && over(s.State):
			return withHint(store.Errorf(store.Conflict, "%s is not a member of %s (%s)", s.Address, community.Address(), s.State),
				"guildpost member add %s %s first", args[0], s.Address)
		case grant == s.Has(role):
			a.say("%s %s %s already", s.Address, map[bool]string{true: "is", false: "is not"}[grant], role)
			return nil
		case grant:
			s.Roles = append(s.Roles, role)
		default:
			s.Roles = slices.DeleteFunc(s.Roles, func(r store.Role) bool { return r == role })
		}
		if err := db.UpdateSubscription(c.Context(), a.actor(), s); err != nil {
			return err
		}
		a.say("%s %s %s of %s", s.Address, map[bool]string{true: "is now", false: "is no longer"}[grant], role, community.Address())
		return nil
	})
}

func (a *app) roleList() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{Use: "list COP", Short: "Lists the members who have a role", Args: arguments(1, 1)}
	jsonFlag(c, &asJSON)
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.withCommunity(c.Context(), args[0], func(db *store.DB, community store.Community) error {
			out := a.list(asJSON, "ADDRESS", "NAME", "ROLES")
			err := eachSubscription(c.Context(), db, community.ID, store.SubscriptionFilter{}, func(s store.Subscription) error {
				if len(s.Roles) == 0 || over(s.State) {
					return nil
				}
				j := newMemberJSON(s)
				return out.add(j, j.Address, j.Name, strings.Join(j.Roles, " "))
			})
			if err != nil {
				return err
			}
			return out.end("nobody has a role; guildpost role grant " + args[0] + " ADDRESS facilitator gives one")
		})
	}
	return c
}
