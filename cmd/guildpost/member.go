package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"guildpost/store"
)

var (
	allDeliveries = []string{"each", "daily", "weekly", "monthly", "none"}
	allRoles      = []string{"facilitator", "sponsor", "expert", "mentor"}
	allStates     = []string{"active", "pending", "suspended", "left", "removed", "banned"}
)

func (a *app) memberCommand() *cobra.Command {
	return group("member", "Members of a community: add, import, list, show, change and remove them; their app passwords",
		a.memberAdd(), a.memberImport(), a.memberList(), a.memberShow(), a.memberSet(), a.memberRemove(), a.memberPassword())
}

func (a *app) memberAdd() *cobra.Command {
	var name, delivery string
	var roles []string
	c := &cobra.Command{Use: "add COP ADDRESS", Short: "Makes somebody a member at once", Args: arguments(2, 2),
		Long: "Makes somebody a member at once, without asking them. Whoever has left or was removed is one again, with the settings\n" +
			"of then and without the roles; member import leaves them out."}
	c.Flags().StringVar(&name, "name", "", "their name")
	c.Flags().StringSliceVar(&roles, "role", nil, "a `ROLE` beyond member: "+strings.Join(allRoles, ", "))
	c.Flags().StringVar(&delivery, "delivery", "", "how they get posts: "+strings.Join(allDeliveries, ", "))
	c.RunE = func(c *cobra.Command, args []string) error {
		m, err := newMember(args[1], name, strings.Join(roles, " "), delivery)
		if err != nil {
			return err
		}
		return a.withCommunity(c.Context(), args[0], func(db *store.DB, community store.Community) error {
			return a.addMember(c.Context(), db, community, m)
		})
	}
	return c
}

func (a *app) addMember(ctx context.Context, db *store.DB, c store.Community, m store.NewMember) error {
	before, err := db.SubscriptionByAddress(ctx, c.ID, m.Address)
	if err == nil && before.State == store.Banned {
		return withHint(store.Errorf(store.Conflict, "%s is banned from %s", m.Address, c.Address()),
			"guildpost member set %s %s state=removed lifts the ban", c.Name, m.Address)
	}
	s, added, err := db.AddMember(ctx, a.actor(), c.ID, m)
	if err != nil {
		return err
	}
	switch {
	case added && before.ID != 0:
		a.say("%s is a member of %s again (was %s)", s.Address, c.Address(), before.State)
	case added:
		a.say("%s is now a member of %s", s.Address, c.Address())
	default:
		a.say("%s was a member of %s already", s.Address, c.Address())
	}
	return nil
}

// newMember reads what is given of a new member; empty fields are left to the store.
func newMember(address, name, roles, delivery string) (store.NewMember, error) {
	canonical, err := canonicalAddress(address)
	if err != nil {
		return store.NewMember{}, err
	}
	m := store.NewMember{Address: canonical, Delivery: store.DeliveryMode(strings.ToLower(delivery))}
	if m.Name, err = oneLine("name", name, 200); err != nil {
		return m, err
	}
	if delivery != "" {
		if err := among("delivery", string(m.Delivery), allDeliveries...); err != nil {
			return m, err
		}
	}
	m.Roles, err = parseRoles(roles)
	return m, err
}

// parseRoles takes roles with spaces, commas, semicolons or bars between them; "member" is what everybody is.
func parseRoles(text string) ([]store.Role, error) {
	var roles []store.Role
	for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return strings.ContainsRune(" ,;|", r) }) {
		if word == "member" {
			continue
		}
		if err := among("role", word, allRoles...); err != nil {
			return nil, err
		}
		if !slices.Contains(roles, store.Role(word)) {
			roles = append(roles, store.Role(word))
		}
	}
	return roles, nil
}

// A memberJSON is a subscription for programs.
type memberJSON struct {
	Address       string   `json:"address"`
	Name          string   `json:"name"`
	State         string   `json:"state"`
	Delivery      string   `json:"delivery"`
	Roles         []string `json:"roles"`
	Since         jsonTime `json:"since"`
	VacationUntil jsonTime `json:"vacation_until"`
	OwnCopies     bool     `json:"own_copies"`
	Reminders     bool     `json:"reminders"` // of meetings
	Newsletter    string   `json:"newsletter"`
	Thanks        bool     `json:"thanks"` // a mail when somebody thanks them
	Named         bool     `json:"named"`  // agrees to be named in newsletters
}

func newMemberJSON(s store.Subscription) memberJSON {
	return memberJSON{Address: s.Address, Name: s.Name, State: string(s.State), Delivery: string(s.Delivery), Roles: roleNames(s),
		Since: jsonTime(s.Since), VacationUntil: jsonTime(s.VacationUntil), OwnCopies: s.OwnCopies, Reminders: !s.NoReminders, Newsletter: s.NewsletterWord(),
		Thanks: !s.NoThanks, Named: s.Named}
}

func roleNames(s store.Subscription) []string {
	names := make([]string, len(s.Roles))
	for i, r := range s.Roles {
		names[i] = string(r)
	}
	return names
}

func (a *app) memberList() *cobra.Command {
	var asJSON bool
	var role, state string
	c := &cobra.Command{Use: "list COP", Short: "Lists the members of a community", Args: arguments(1, 1),
		Long: "Lists the members of a community: those who are active, pending or suspended. Those who are no members any more\nare listed with --state left, removed, banned or all."}
	jsonFlag(c, &asJSON)
	c.Flags().StringVar(&role, "role", "", "only those with a `ROLE`: "+strings.Join(allRoles, ", "))
	c.Flags().StringVar(&state, "state", "", "only those in a `STATE`: "+strings.Join(allStates, ", ")+", all")
	c.RunE = func(c *cobra.Command, args []string) error {
		choose, err := memberChoice(role, state)
		if err != nil {
			return err
		}
		return a.withCommunity(c.Context(), args[0], func(db *store.DB, community store.Community) error {
			out := a.list(asJSON, "ADDRESS", "NAME", "STATE", "DELIVERY", "ROLES")
			err := eachSubscription(c.Context(), db, community.ID, choose, func(s store.Subscription) error {
				if choose.State == "" && state != "all" && over(s.State) {
					return nil
				}
				j := newMemberJSON(s)
				return out.add(j, j.Address, j.Name, j.State, j.Delivery, strings.Join(j.Roles, " "))
			})
			if err != nil {
				return err
			}
			return out.end("nobody")
		})
	}
	return c
}

// over says whether a state means that somebody is no member any more.
func over(s store.SubscriptionState) bool {
	return s == store.Left || s == store.Removed || s == store.Banned
}

func memberChoice(role, state string) (f store.SubscriptionFilter, err error) {
	if role != "" {
		if err := among("role", role, allRoles...); err != nil {
			return f, err
		}
	}
	if state != "" && state != "all" {
		if err := among("state", state, append(allStates, "all")...); err != nil {
			return f, err
		}
		f.State = store.SubscriptionState(state)
	}
	f.Role = store.Role(role)
	return f, nil
}

// eachSubscription calls f for all that the filter chooses, by ID, without holding them all in memory.
func eachSubscription(ctx context.Context, db *store.DB, community int64, filter store.SubscriptionFilter, f func(store.Subscription) error) error {
	for {
		page, err := db.Subscriptions(ctx, community, filter)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, s := range page {
			if err := f(s); err != nil {
				return err
			}
		}
		filter.After = page[len(page)-1].ID
	}
}

// withSubscription finds the membership that a command is about.
func (a *app) withSubscription(ctx context.Context, cop, address string, f func(*store.DB, store.Community, store.Subscription) error) error {
	address, err := canonicalAddress(address)
	if err != nil {
		return err
	}
	return a.withCommunity(ctx, cop, func(db *store.DB, c store.Community) error {
		s, err := db.SubscriptionByAddress(ctx, c.ID, address)
		if store.KindOf(err) == store.NotFound {
			return store.Errorf(store.NotFound, "%s is not a member of %s", address, c.Address())
		}
		if err != nil {
			return err
		}
		return f(db, c, s)
	})
}

func (a *app) memberShow() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{Use: "show COP ADDRESS", Short: "Shows a member and their settings", Args: arguments(2, 2)}
	jsonFlag(c, &asJSON)
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.withSubscription(c.Context(), args[0], args[1], func(_ *store.DB, _ store.Community, s store.Subscription) error {
			j := newMemberJSON(s)
			if asJSON {
				return a.printJSON(j)
			}
			t := a.fields()
			t.row("address", j.Address)
			t.row("name", j.Name)
			t.row("state", j.State)
			t.row("since", showTime(s.Since, a.config.Timezone))
			t.row("delivery", j.Delivery)
			t.row("vacation", showTime(s.VacationUntil, a.config.Timezone))
			t.row("own_copies", showYes(j.OwnCopies))
			t.row("reminders", showYes(j.Reminders))
			t.row("newsletter", j.Newsletter)
			t.row("thanks", showYes(j.Thanks))
			t.row("named", showYes(j.Named))
			t.row("roles", strings.Join(j.Roles, " "))
			return t.flush()
		})
	}
	return c
}

func (a *app) memberRemove() *cobra.Command {
	return &cobra.Command{Use: "remove COP ADDRESS", Short: "Ends a membership", Args: arguments(2, 2),
		RunE: func(c *cobra.Command, args []string) error {
			return a.withSubscription(c.Context(), args[0], args[1], func(db *store.DB, community store.Community, s store.Subscription) error {
				if over(s.State) {
					return store.Errorf(store.NotFound, "%s is not a member of %s (%s)", s.Address, community.Address(), s.State)
				}
				if err := db.EndSubscription(c.Context(), a.actor(), s.ID, store.Removed); err != nil {
					return err
				}
				a.say("%s is not a member of %s any more", s.Address, community.Address())
				return nil
			})
		}}
}

// parseDay reads a date as the start of that day in a zone.
func parseDay(text string, zone *time.Location) (time.Time, error) {
	day, err := time.ParseInLocation("2006-01-02", text, zone)
	if err != nil {
		return day, store.Errorf(store.Invalid, "%s is not a date such as 2026-08-31", text)
	}
	return day, nil
}
