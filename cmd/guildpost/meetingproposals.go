package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"guildpost/store"
)

// A proposalJSON is another time that somebody proposes, for programs.
type proposalJSON struct {
	ID         int64    `json:"id"`
	Address    string   `json:"address"`
	Name       string   `json:"name"`
	Occurrence string   `json:"occurrence"` // "" for the whole meeting, else which date: 20260810T130000Z
	Proposes   jsonTime `json:"proposes"`   // the time at which it would start
	Minutes    int      `json:"minutes"`
	Place      string   `json:"place"` // "" where it stays
	Comment    string   `json:"comment"`
	State      string   `json:"state"` // open, replaced, accepted, declined
	Told       bool     `json:"told"`  // who decides has heard of it
	Source     string   `json:"source"`
	At         jsonTime `json:"at"`
}

func newProposalJSON(p store.Proposal) proposalJSON {
	return proposalJSON{ID: p.ID, Address: p.Subscription.Address, Name: p.Subscription.Name, Occurrence: p.Occurrence, Proposes: jsonTime(p.Starts),
		Minutes: int(p.Length / time.Minute), Place: p.Place, Comment: p.Comment, State: string(p.State), Told: p.Told, Source: p.Source, At: jsonTime(p.At)}
}

func (a *app) meetingProposals() *cobra.Command {
	var asJSON, all bool
	c := &cobra.Command{Use: "proposals COP ID", Short: "Shows which other times are proposed", Args: arguments(2, 2),
		Long: "Shows the times that people propose from their calendars. The facilitators, and who called the meeting, have them by mail and\n" +
			"take one or keep the meeting as it is there; guildpost meeting change moves it as well."}
	jsonFlag(c, &asJSON)
	c.Flags().BoolVar(&all, "all", false, "those that were decided or replaced, too")
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.withMeeting(c.Context(), args[0], args[1], func(db *store.DB, _ store.Community, m store.Meeting) error {
			return a.listProposals(c.Context(), db, m, all, asJSON)
		})
	}
	return c
}

func (a *app) listProposals(ctx context.Context, db *store.DB, m store.Meeting, all, asJSON bool) error {
	proposals, err := db.Proposals(ctx, m.ID)
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation(m.Zone)
	if err != nil {
		return err
	}
	out := a.list(asJSON, "ADDRESS", "PROPOSES", "TAKES", "STATE", "DATE", "PLACE", "COMMENT")
	for _, p := range proposals {
		if p.State != store.ProposalOpen && !all {
			continue
		}
		j := newProposalJSON(p)
		if err := out.add(j, j.Address, j.Proposes.show(zone), fmt.Sprint(j.Minutes, "m"), j.State, j.Occurrence, j.Place, j.Comment); err != nil {
			return err
		}
	}
	return out.end("nothing else is proposed")
}
