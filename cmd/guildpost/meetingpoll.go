package main

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"guildpost/calendar"
	"guildpost/store"
)

func (a *app) meetingPoll() *cobra.Command {
	return group("poll", "Date polls: list, show and close them (they are opened by a mail to NAME-meet@)", a.pollList(), a.pollShow(), a.pollClose())
}

// A pollJSON is a date poll for programs.
type pollJSON struct {
	ID       int64          `json:"id"`
	UID      string         `json:"uid"`
	Title    string         `json:"title"`
	State    string         `json:"state"` // open, closed
	OpenedBy string         `json:"opened_by"`
	OpenedAt jsonTime       `json:"opened_at"`
	ClosesAt jsonTime       `json:"closes_at"`
	Chosen   int            `json:"chosen"` // the number of the date that became the meeting; 0 for none
	Asked    int            `json:"asked"`  // members
	Voted    int            `json:"voted"`
	Dates    []pollDateJSON `json:"dates"`
}

// A pollDateJSON is one of the dates of a poll.
type pollDateJSON struct {
	Number   int      `json:"number"`
	UID      string   `json:"uid"`
	Start    jsonTime `json:"start"`
	End      jsonTime `json:"end"`
	Timezone string   `json:"timezone"`
	Yes      int      `json:"yes"`
	Maybe    int      `json:"maybe"`
	No       int      `json:"no"`
	Night    int      `json:"night"` // for how many members it is between ten in the evening and seven in the morning
}

func newPollJSON(ctx context.Context, db *store.DB, k *calendar.Calendar, p store.Poll) (j pollJSON, err error) {
	j = pollJSON{ID: p.ID, UID: p.UID, Title: p.Title, State: string(p.State), OpenedBy: p.Actor, OpenedAt: jsonTime(p.CreatedAt), ClosesAt: jsonTime(p.ClosesAt),
		Chosen: p.Chosen}
	if j.Asked, j.Voted, err = db.PollAsked(ctx, p.ID); err != nil {
		return j, err
	}
	tally, err := k.Tally(ctx, p)
	for _, t := range tally {
		j.Dates = append(j.Dates, pollDateJSON{Number: t.Option.Number, UID: t.Option.UID, Start: jsonTime(t.Start), End: jsonTime(t.Start.Add(t.Option.Length)),
			Timezone: t.Option.Zone, Yes: t.Yes, Maybe: t.Maybe, No: t.No, Night: t.Night})
	}
	return j, err
}

func (a *app) pollList() *cobra.Command {
	var asJSON, all bool
	c := &cobra.Command{Use: "list COP", Short: "Lists the date polls that are open", Args: arguments(1, 1)}
	jsonFlag(c, &asJSON)
	c.Flags().BoolVar(&all, "all", false, "those that are closed, too")
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.withCommunity(c.Context(), args[0], func(db *store.DB, community store.Community) error {
			return a.listPolls(c.Context(), db, community, all, asJSON)
		})
	}
	return c
}

func (a *app) listPolls(ctx context.Context, db *store.DB, c store.Community, all, asJSON bool) error {
	k, err := a.newCalendar(ctx, db)
	if err != nil {
		return err
	}
	polls, err := db.Polls(ctx, c.ID, all)
	if err != nil {
		return err
	}
	out := a.list(asJSON, "ID", "CLOSES", "TITLE", "VOTED", "STATE")
	for _, p := range polls {
		j, err := newPollJSON(ctx, db, k, p)
		if err != nil {
			return err
		}
		if err := out.add(j, strconv.FormatInt(j.ID, 10), j.ClosesAt.show(a.config.Timezone), j.Title, strconv.Itoa(j.Voted)+" of "+strconv.Itoa(j.Asked), j.State); err != nil {
			return err
		}
	}
	return out.end("no polls")
}

func (a *app) pollShow() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{Use: "show COP ID", Short: "Shows the dates of a poll and what the members say of them", Args: arguments(2, 2)}
	jsonFlag(c, &asJSON)
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.withPoll(c.Context(), args[0], args[1], func(db *store.DB, k *calendar.Calendar, p store.Poll) error {
			return a.showPoll(c.Context(), db, k, p, asJSON)
		})
	}
	return c
}

func (a *app) showPoll(ctx context.Context, db *store.DB, k *calendar.Calendar, p store.Poll, asJSON bool) error {
	j, err := newPollJSON(ctx, db, k, p)
	if err != nil {
		return err
	}
	if asJSON {
		return a.printJSON(j)
	}
	a.say("%s: %s, %d of %d voted, closes %s", j.Title, j.State, j.Voted, j.Asked, j.ClosesAt.show(a.config.Timezone))
	out := a.list(false, "DATE", "START", "YES", "MAYBE", "NO", "NIGHT FOR", "CHOSEN")
	for _, d := range j.Dates {
		chosen := ""
		if d.Number == j.Chosen {
			chosen = "yes"
		}
		zone, err := time.LoadLocation(d.Timezone)
		if err != nil {
			zone = a.config.Timezone
		}
		if err := out.add(d, strconv.Itoa(d.Number), d.Start.show(zone), strconv.Itoa(d.Yes), strconv.Itoa(d.Maybe), strconv.Itoa(d.No), strconv.Itoa(d.Night), chosen); err != nil {
			return err
		}
	}
	return out.end("no dates")
}

func (a *app) pollClose() *cobra.Command {
	var date int
	var none, asJSON bool
	c := &cobra.Command{Use: "close COP ID", Short: "Closes a poll: a date becomes the meeting, the others are cancelled", Args: arguments(2, 2),
		Long: "Closes a poll. The date of the number that --date gives becomes the meeting: every member is invited, and what they said of it\n" +
			"counts as their answer. The other dates are cancelled. With --none there is no meeting."}
	c.Flags().IntVar(&date, "date", 0, "the `NUMBER` of the date that becomes the meeting")
	c.Flags().BoolVar(&none, "none", false, "no date: there is no meeting")
	jsonFlag(c, &asJSON)
	c.RunE = func(c *cobra.Command, args []string) error {
		if none == (date != 0) {
			return withHint(store.Errorf(store.Invalid, "say which date, or that it is none"), "--date 2 or --none")
		}
		return a.withPoll(c.Context(), args[0], args[1], func(db *store.DB, k *calendar.Calendar, p store.Poll) error {
			if _, err := k.ClosePoll(c.Context(), a.actor(), p, date); err != nil {
				return err
			}
			p, err := db.Poll(c.Context(), p.ID)
			if err != nil {
				return err
			}
			return a.showPoll(c.Context(), db, k, p, asJSON)
		})
	}
	return c
}

// withPoll finds a poll of a community by its number.
func (a *app) withPoll(ctx context.Context, cop, id string, do func(*store.DB, *calendar.Calendar, store.Poll) error) error {
	return a.withCommunity(ctx, cop, func(db *store.DB, c store.Community) error {
		k, err := a.newCalendar(ctx, db)
		if err != nil {
			return err
		}
		number, err := strconv.ParseInt(id, 10, 64)
		if err != nil {
			return store.Errorf(store.Invalid, "%q is no number of a poll", id)
		}
		p, err := db.Poll(ctx, number)
		var missing *store.Error
		if errors.As(err, &missing) && missing.Kind == store.NotFound || err == nil && p.CommunityID != c.ID {
			return withHint(store.Errorf(store.NotFound, "%s has no poll %d", c.Address(), number), "guildpost meeting poll list %s --all shows their numbers", c.Name)
		}
		if err != nil {
			return err
		}
		return do(db, k, p)
	})
}
