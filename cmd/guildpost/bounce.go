package main

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"guildpost/mail/list"
	"guildpost/store"
)

func (a *app) bounceCommand() *cobra.Command {
	return group("bounce", "Addresses where mail fails: list them, or give one a fresh start", a.bounceList(), a.bounceReset())
}

// A bounceJSON is how mail to an address fares, for programs.
type bounceJSON struct {
	Address       string             `json:"address"`
	HardDays      int                `json:"hard_days"` // distinct days with a hard failure that counts now
	Days          int                `json:"days"`      // with any
	MassDays      int                `json:"mass_days"` // with failures that do not count, since many failed together
	LastAt        jsonTime           `json:"last_at"`
	Class         string             `json:"class"` // hard, soft: of the last
	Status        string             `json:"status"`
	Reason        string             `json:"reason"`
	Subscriptions []bounceMembership `json:"subscriptions"`
}

type bounceMembership struct {
	Community string `json:"community"`
	State     string `json:"state"`
}

func (a *app) bounceList() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{Use: "list [COP]", Short: "Lists the addresses where mail failed lately, those on most days first", Args: arguments(0, 1),
		Long: "Lists the addresses where mail failed lately, those on most days first. HARD are the days on which an address was said to be\n" +
			"dead, DAYS those on which anything failed, as far as the rules of the community look back (cop set: bounce_within,\n" +
			"soft_bounce_within). What failed together with many others (MASS) counts against nobody."}
	jsonFlag(c, &asJSON)
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return a.withStore(c.Context(), func(db *store.DB) error { return a.listBounces(c.Context(), db, store.Community{}, asJSON) })
		}
		return a.withCommunity(c.Context(), args[0], func(db *store.DB, community store.Community) error {
			return a.listBounces(c.Context(), db, community, asJSON)
		})
	}
	return c
}

func (a *app) listBounces(ctx context.Context, db *store.DB, c store.Community, asJSON bool) error {
	rules := c.Bouncing.Spelled()
	today := a.now().UTC().Truncate(24 * time.Hour)
	hardSince, since := today.AddDate(0, 0, 1-rules.BounceWithin), today.AddDate(0, 0, 1-max(rules.SoftBounceWithin, rules.BounceWithin))
	addresses, err := db.Failing(ctx, c.ID, since)
	if err != nil {
		return err
	}
	communities, err := communityNames(ctx, db)
	if err != nil {
		return err
	}
	out := a.list(asJSON, "ADDRESS", "HARD", "DAYS", "MASS", "LAST", "STATE", "REASON")
	for _, address := range addresses {
		j, err := newBounceJSON(ctx, db, address, hardSince, since, communities)
		if err != nil {
			return err
		}
		var states []string
		for _, s := range j.Subscriptions {
			states = append(states, s.Community+" "+s.State)
		}
		if err := out.add(j, j.Address, strconv.Itoa(j.HardDays), strconv.Itoa(j.Days), strconv.Itoa(j.MassDays),
			j.LastAt.show(a.config.Timezone), strings.Join(states, ", "), j.Reason); err != nil {
			return err
		}
	}
	return out.end("no mail failed lately")
}

func communityNames(ctx context.Context, db *store.DB) (names map[int64]string, err error) {
	all, err := db.Communities(ctx)
	names = map[int64]string{}
	for _, c := range all {
		names[c.ID] = c.Address()
	}
	return names, err
}

func newBounceJSON(ctx context.Context, db *store.DB, address string, hardSince, since time.Time, communities map[int64]string) (j bounceJSON, err error) {
	hard, err := db.HealthOf(ctx, address, hardSince)
	if err != nil {
		return j, err
	}
	all, err := db.HealthOf(ctx, address, since)
	if err != nil {
		return j, err
	}
	j = bounceJSON{Address: address, HardDays: hard.HardDays, Days: all.Days, MassDays: all.MassDays, LastAt: jsonTime(all.Last.At),
		Class: map[bool]string{true: "hard", false: "soft"}[all.Last.Hard], Status: all.Last.Status, Reason: all.Last.Reason}
	subscriptions, err := db.SubscriptionsAt(ctx, address)
	for _, s := range subscriptions {
		j.Subscriptions = append(j.Subscriptions, bounceMembership{communities[s.CommunityID], string(s.State)})
	}
	j.Subscriptions = notNil(j.Subscriptions)
	return j, err
}

func (a *app) bounceReset() *cobra.Command {
	return &cobra.Command{Use: "reset ADDRESS", Short: "Forgets what failed, and lets posts go to an address again", Args: arguments(1, 1),
		Long: "Forgets what failed at an address. Memberships that were suspended for it are active again; those that were suspended since\n" +
			"our mail was reported as spam are not (guildpost member set COP ADDRESS state=active).",
		RunE: func(c *cobra.Command, args []string) error {
			address, err := canonicalAddress(args[0])
			if err != nil {
				return err
			}
			return a.withStore(c.Context(), func(db *store.DB) error { return a.resetBounces(c.Context(), db, address) })
		}}
}

func (a *app) resetBounces(ctx context.Context, db *store.DB, address string) error {
	subscriptions, err := db.SubscriptionsAt(ctx, address)
	if err != nil {
		return err
	}
	health, err := db.HealthOf(ctx, address, time.Time{})
	if err != nil {
		return err
	}
	if len(subscriptions) == 0 && health.Last.ID == 0 {
		return withHint(store.Errorf(store.NotFound, "no mail failed at %s, and nobody gets mail there", address), "guildpost bounce list shows where mail failed")
	}
	resumed, err := list.ResetBounces(ctx, db, a.actor(), address)
	if err != nil {
		return err
	}
	names, err := communityNames(ctx, db)
	if err != nil {
		return err
	}
	a.say("what failed at %s is forgotten", address)
	for _, s := range resumed {
		a.say("%s gets mail of %s again", address, names[s.CommunityID])
	}
	return nil
}

// A bouncingJSON is when failures suspend a membership, for programs.
type bouncingJSON struct {
	BounceDays       int `json:"bounce_days"`
	BounceWithin     int `json:"bounce_within"` // days
	SoftBounceDays   int `json:"soft_bounce_days"`
	SoftBounceWithin int `json:"soft_bounce_within"` // days
}

func newBouncingJSON(b store.Bouncing) bouncingJSON {
	b = b.Spelled()
	return bouncingJSON{b.BounceDays, b.BounceWithin, b.SoftBounceDays, b.SoftBounceWithin}
}

// bouncingRules are the keys of cop set for them.
var bouncingRules = []communityRule{
	bouncingRule("bounce_days", "a number (3): hard failures on so many days suspend a membership, within bounce_within days",
		func(c *store.Community) *int { return &c.BounceDays }, func(j communityJSON) int { return j.BounceDays }),
	bouncingRule("bounce_within", "a number (14)",
		func(c *store.Community) *int { return &c.BounceWithin }, func(j communityJSON) int { return j.BounceWithin }),
	bouncingRule("soft_bounce_days", "a number (7): any failures on so many days suspend it, within soft_bounce_within days",
		func(c *store.Community) *int { return &c.SoftBounceDays }, func(j communityJSON) int { return j.SoftBounceDays }),
	bouncingRule("soft_bounce_within", "a number (21)",
		func(c *store.Community) *int { return &c.SoftBounceWithin }, func(j communityJSON) int { return j.SoftBounceWithin }),
}

func bouncingRule(key, what string, field func(*store.Community) *int, shown func(communityJSON) int) communityRule {
	return communityRule{key, what, func(c *store.Community, v string) error {
		*field(c) = 0
		if v == "" {
			return nil
		}
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > store.MostBounceDays {
			return store.Errorf(store.Invalid, "%s=%s: must be a number of days from 1 to %d, or empty for the default", key, v, store.MostBounceDays)
		}
		*field(c) = n
		return nil
	}, func(j communityJSON) string { return strconv.Itoa(shown(j)) }}
}
