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

func (a *app) banCommand() *cobra.Command {
	return group("ban", "Bans and time-outs: add, list and lift them", a.banAdd(), a.banList(), a.banLift())
}

func (a *app) banAdd() *cobra.Command {
	var person, everywhere, end bool
	var until, reason string
	c := &cobra.Command{Use: "add COP ADDRESS|DOMAIN", Short: "Keeps somebody from posting and joining", Args: arguments(1, 2),
		Long: "Keeps an address, a person (by all their addresses) or a domain with those below it from posting and joining.\n" +
			"With --until it is a time-out: a member stays one and goes on reading. Without, the membership of a person or an\n" +
			"address in COP ends. A ban of a domain or --everywhere may hit many: it says how many members there are, and they\n" +
			"stay and go on reading unless --end-memberships is given."}
	c.Flags().BoolVar(&person, "person", false, "whoever has the address, by all their addresses")
	c.Flags().BoolVar(&everywhere, "everywhere", false, "in all communities; leave COP out")
	c.Flags().BoolVar(&end, "end-memberships", false, "end the memberships that it is about, too; not with --until")
	c.Flags().StringVar(&until, "until", "", "until `TIME`: 2026-08-31, \"2026-08-31 18:00\" or +7d")
	c.Flags().StringVar(&reason, "reason", "", "a `TEXT` that is told to them, and kept")
	c.RunE = func(c *cobra.Command, args []string) error {
		if everywhere != (len(args) == 1) {
			return wrongUse(c, "name a community and who is banned, or --everywhere and who is banned")
		}
		if end && until != "" {
			return wrongUse(c, "--until makes a time-out, which ends no membership: leave it or --end-memberships out")
		}
		reason, err := oneLine("reason", reason, 500)
		if err != nil {
			return err
		}
		ban, err := readBan(args[len(args)-1], person)
		if err != nil {
			return err
		}
		ban.Reason = reason
		return a.addBan(c.Context(), args, ban, until, end)
	}
	return c
}

// readBan reads whom a ban is about: what has no @ inside is a domain.
func readBan(who string, person bool) (store.Ban, error) {
	who = strings.TrimPrefix(strings.TrimPrefix(who, "*"), "@")
	if !strings.Contains(who, "@") {
		domain := strings.ToLower(who)
		if person {
			return store.Ban{}, store.Errorf(store.Invalid, "--person wants an address, and %q is none", who)
		}
		if err := checkDomain(domain); err != nil {
			return store.Ban{}, store.Errorf(store.Invalid, "the domain %s %v", domain, err)
		}
		return store.Ban{Kind: store.BanDomain, Value: domain}, nil
	}
	address, err := canonicalAddress(who)
	kind := store.BanAddress
	if person {
		kind = store.BanPerson
	}
	return store.Ban{Kind: kind, Value: address}, err
}

func (a *app) addBan(ctx context.Context, args []string, b store.Ban, until string, end bool) error {
	return a.withList(ctx, func(l *list.List) error {
		zone, where := a.config.Timezone, "all communities"
		if len(args) == 2 {
			c, err := l.DB.CommunityByName(ctx, args[0])
			if err != nil {
				return err
			}
			b.CommunityID, zone, where = c.ID, a.zone(c), c.Address()
		}
		if until != "" {
			end, err := parseUntil(until, a.now(), zone)
			if err != nil {
				return err
			}
			b.Until = end
		}
		made, err := l.Ban(ctx, a.actor(), b)
		if err != nil {
			return err
		}
		a.say("banned %s %s from %s%s; guildpost ban lift %d ends that", b.Kind, b.Value, where, untilText(b.Until, zone), made.ID)
		return a.bannedMembers(ctx, l, made, end)
	})
}

// bannedMembers ends the memberships that a ban for good is about, or says that they go on.
func (a *app) bannedMembers(ctx context.Context, l *list.List, b store.Ban, end bool) error {
	if !b.Until.IsZero() {
		return nil
	}
	members, err := l.BannedMembers(ctx, b)
	if err != nil || len(members) == 0 {
		return err
	}
	if !end {
		a.say("members whom it is about, who stay members and can read but not post: %d; the same with --end-memberships ends that", len(members))
		return nil
	}
	if err := l.EndBanned(ctx, a.actor(), b, members); err != nil {
		return err
	}
	a.say("memberships ended: %d; they have been told", len(members))
	return nil
}

func untilText(until time.Time, zone *time.Location) string {
	if until.IsZero() {
		return " for good"
	}
	return " until " + showTime(until, zone)
}

// A banJSON is a ban for programs.
type banJSON struct {
	ID        int64    `json:"id"`
	Community string   `json:"community"` // "" is all
	Kind      string   `json:"kind"`      // address, person, domain
	Value     string   `json:"value"`
	Until     jsonTime `json:"until"` // null is for good
	Reason    string   `json:"reason"`
	By        string   `json:"by"`
	At        jsonTime `json:"at"`
	Over      bool     `json:"over"`
}

func (a *app) banList() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{Use: "list COP", Short: "Lists the bans of a community, and those of all", Args: arguments(1, 1)}
	jsonFlag(c, &asJSON)
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.withCommunity(c.Context(), args[0], func(db *store.DB, community store.Community) error {
			bans, err := db.Bans(c.Context(), community.ID)
			if err != nil {
				return err
			}
			out := a.list(asJSON, "ID", "COMMUNITY", "KIND", "WHO", "UNTIL", "REASON")
			for _, b := range bans {
				j := banJSON{ID: b.ID, Kind: string(b.Kind), Value: banned(c.Context(), db, b), Until: jsonTime(b.Until), Reason: b.Reason,
					By: b.Actor, At: jsonTime(b.At), Over: !b.Until.IsZero() && !b.Until.After(a.now())}
				if b.CommunityID != 0 {
					j.Community = community.Address()
				}
				if err := out.add(j, strconv.FormatInt(j.ID, 10), spell(j.Community, "all"), j.Kind, j.Value, a.showEnd(b), j.Reason); err != nil {
					return err
				}
			}
			return out.end("nobody is banned")
		})
	}
	return c
}

// banned is whom a ban is about: of a person an address.
func banned(ctx context.Context, db *store.DB, b store.Ban) string {
	id, err := strconv.ParseInt(b.Value, 10, 64)
	if b.Kind != store.BanPerson || err != nil {
		return b.Value
	}
	if s, err := db.SubscriptionOf(ctx, b.CommunityID, id); err == nil {
		return s.Address
	}
	return "member " + b.Value
}

func (a *app) showEnd(b store.Ban) string {
	switch {
	case b.Until.IsZero():
		return "for good"
	case !b.Until.After(a.now()):
		return "over since " + showTime(b.Until, a.config.Timezone)
	}
	return showTime(b.Until, a.config.Timezone)
}

func (a *app) banLift() *cobra.Command {
	return &cobra.Command{Use: "lift ID", Short: "Ends a ban; who was banned may join again", Args: arguments(1, 1),
		RunE: func(c *cobra.Command, args []string) error {
			id, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil || id <= 0 {
				return withHint(store.Errorf(store.Invalid, "%q is no number of a ban", args[0]), "guildpost ban list COP shows them")
			}
			return a.withList(c.Context(), func(l *list.List) error {
				b, err := l.DB.Ban(c.Context(), id)
				if err != nil {
					return err
				}
				if err := l.LiftBan(c.Context(), a.actor(), b); err != nil {
					return err
				}
				a.say("lifted the ban of %s %s", b.Kind, banned(c.Context(), l.DB, b))
				return nil
			})
		}}
}
