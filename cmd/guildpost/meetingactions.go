package main

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"guildpost/store"
)

// An actionJSON is something to do, for programs.
type actionJSON struct {
	ID      int64    `json:"id"`
	Owner   string   `json:"owner"`   // as the minutes have it
	Address string   `json:"address"` // of the owner; "" where it is not known who that is
	What    string   `json:"what"`
	Due     string   `json:"due"`   // 2026-12-10; "" for no day
	State   string   `json:"state"` // open, done
	Meeting int64    `json:"meeting"`
	Title   string   `json:"title"` // of the meeting
	Start   jsonTime `json:"start"` // of the date in whose minutes it stands
	At      jsonTime `json:"at"`    // when it became what it is
	Source  string   `json:"source"`
}

func (a *app) meetingActions() *cobra.Command {
	var asJSON, open bool
	var done int64
	c := &cobra.Command{Use: "actions COP", Short: "Lists what people took on in meetings", Args: arguments(1, 1),
		Long: "Lists what the minutes of meetings say that somebody is to do: lines such as \"ACTION Ben 2026-12-10: book the room\"."}
	jsonFlag(c, &asJSON)
	c.Flags().BoolVar(&open, "open", false, "only what is not done")
	c.Flags().Int64Var(&done, "done", 0, "note that the one with that `ID` is done")
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.withCommunity(c.Context(), args[0], func(db *store.DB, community store.Community) error {
			if done != 0 {
				return a.finishAction(c.Context(), db, community, done)
			}
			return a.listActions(c.Context(), db, community, open, asJSON)
		})
	}
	return c
}

func (a *app) finishAction(ctx context.Context, db *store.DB, c store.Community, id int64) error {
	k, err := a.newCalendar(ctx, db)
	if err != nil {
		return err
	}
	if err := k.FinishAction(ctx, c, id); store.KindOf(err) == store.NotFound && err != nil {
		return withHint(err, "guildpost meeting actions %s shows their numbers", c.Name)
	} else if err != nil {
		return err
	}
	a.say("action %d of %s is done", id, c.Address())
	return nil
}

func (a *app) listActions(ctx context.Context, db *store.DB, c store.Community, open, asJSON bool) error {
	out := a.list(asJSON, "ID", "DUE", "OWNER", "WHAT", "MEETING", "STATE")
	for after := int64(0); ; {
		page, err := db.Actions(ctx, c.ID, open, after, 500)
		if err != nil {
			return err
		}
		for _, one := range page {
			j, err := newActionJSON(ctx, db, one)
			if err != nil {
				return err
			}
			if err := out.add(j, strconv.FormatInt(j.ID, 10), j.Due, j.Owner, j.What, j.Title, j.State); err != nil {
				return err
			}
			after = one.ID
		}
		if len(page) == 0 {
			return out.end("nothing is to be done")
		}
	}
}

func newActionJSON(ctx context.Context, db *store.DB, a store.Action) (j actionJSON, err error) {
	o, err := db.Occurrence(ctx, a.OccurrenceID)
	if err != nil {
		return j, err
	}
	j = actionJSON{ID: a.ID, Owner: a.OwnerText, What: a.What, Due: a.Due, State: string(a.State), Meeting: o.MeetingID, Title: o.Title,
		Start: jsonTime(o.Starts), At: jsonTime(a.ChangedAt), Source: a.Source}
	if a.Owner == 0 {
		return j, nil
	}
	owner, err := db.Subscription(ctx, a.Owner)
	j.Address = owner.Address
	return j, err
}
