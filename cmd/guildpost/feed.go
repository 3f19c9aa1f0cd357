package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"guildpost/store"
)

func (a *app) feedCommand() *cobra.Command {
	return group("feed", "Feeds, from which calendar programs fetch meetings: show or revoke them", a.feedShow(), a.feedRevoke())
}

// A feedJSON is a feed for programs.
type feedJSON struct {
	URL       string   `json:"url"`
	Community string   `json:"community"` // "" for all communities of a member
	Address   string   `json:"address"`   // of the member; "" for the community's own
	CreatedAt jsonTime `json:"created_at"`
	ChangedAt jsonTime `json:"changed_at"` // when it was seen to hold something else
	UsedAt    jsonTime `json:"used_at"`    // to the day
}

const whoseFeed = "COP alone is the community's own, with the meetings that every member may see; COP ADDRESS is that of a member, with\n" +
	"their answers; ADDRESS alone is that of a member for all their communities. Members ask for theirs by mail: \"feed\"."

func (a *app) feedShow() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{Use: "show COP|ADDRESS [ADDRESS]", Short: "Shows where a feed is fetched; it is made where there is none", Args: arguments(1, 2),
		Long: "Shows the address at which a calendar program fetches meetings, and makes one where there is none. Whoever has it can read it.\n\n" + whoseFeed}
	jsonFlag(c, &asJSON)
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.withFeedOwner(c.Context(), args, func(db *store.DB, owner store.Feed, j feedJSON) error {
			return a.showFeed(c.Context(), db, owner, j, asJSON)
		})
	}
	return c
}

func (a *app) showFeed(ctx context.Context, db *store.DB, owner store.Feed, j feedJSON, asJSON bool) error {
	k, err := a.newCalendar(ctx, db)
	if err != nil {
		return err
	}
	url, f, err := k.FeedOf(ctx, a.actor(), owner)
	if err != nil {
		return err
	}
	j.URL, j.CreatedAt, j.ChangedAt, j.UsedAt = url, jsonTime(f.CreatedAt), jsonTime(f.ChangedAt), jsonTime(f.UsedAt)
	if asJSON {
		return a.printJSON(j)
	}
	used := "never"
	if !f.UsedAt.IsZero() {
		used = f.UsedAt.Format("2006-01-02")
	}
	t := a.fields()
	t.row("url", j.URL)
	t.row("community", j.Community)
	t.row("address", j.Address)
	t.row("made", j.CreatedAt.show(a.config.Timezone))
	t.row("fetched", used)
	return t.flush()
}

func (a *app) feedRevoke() *cobra.Command {
	return &cobra.Command{Use: "revoke COP|ADDRESS [ADDRESS]", Short: "Ends a feed: who has its address gets nothing any more", Args: arguments(1, 2),
		Long: "Ends a feed: who has its address gets nothing any more. The next one that is asked for has another address.\n\n" + whoseFeed,
		RunE: func(c *cobra.Command, args []string) error {
			return a.withFeedOwner(c.Context(), args, func(db *store.DB, owner store.Feed, j feedJSON) error {
				if err := db.RevokeFeed(c.Context(), a.actor(), owner.CommunityID, owner.MemberID); err != nil {
					return err
				}
				a.say("the feed of %s is revoked", strings.Join(args, " "))
				return nil
			})
		}}
}

// withFeedOwner finds whose feed a command is about.
func (a *app) withFeedOwner(ctx context.Context, args []string, f func(*store.DB, store.Feed, feedJSON) error) error {
	return a.withStore(ctx, func(db *store.DB) error {
		c, err := db.CommunityByName(ctx, args[0])
		switch {
		case len(args) == 1 && strings.Contains(args[0], "@") && err != nil && store.KindOf(err) == store.NotFound:
			owner, j, err := memberFeed(ctx, db, args[0])
			if err != nil {
				return err
			}
			return f(db, owner, j)
		case err != nil:
			return err
		case len(args) == 1:
			return f(db, store.Feed{CommunityID: c.ID}, feedJSON{Community: c.Address()})
		}
		address, err := canonicalAddress(args[1])
		if err != nil {
			return err
		}
		s, err := db.SubscriptionByAddress(ctx, c.ID, address)
		if err != nil {
			return err
		}
		return f(db, store.Feed{CommunityID: c.ID, MemberID: s.MemberID}, feedJSON{Community: c.Address(), Address: s.Address})
	})
}

func memberFeed(ctx context.Context, db *store.DB, text string) (store.Feed, feedJSON, error) {
	address, err := canonicalAddress(text)
	if err != nil {
		return store.Feed{}, feedJSON{}, err
	}
	ids, err := db.MembersByAddress(ctx, []string{address})
	if err == nil && len(ids) == 0 {
		err = store.Errorf(store.NotFound, "%s is no community, and no member of any", address)
	}
	if err != nil {
		return store.Feed{}, feedJSON{}, err
	}
	return store.Feed{MemberID: ids[0]}, feedJSON{Address: address}, nil
}
