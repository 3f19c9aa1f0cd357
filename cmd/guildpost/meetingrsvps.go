package main

import (
	"context"

	"github.com/spf13/cobra"

	"guildpost/store"
)

// An rsvpJSON is an answer for programs, or that there is none yet.
type rsvpJSON struct {
	Address    string   `json:"address"`
	Name       string   `json:"name"`
	Answer     string   `json:"answer"`     // accepted, tentative, declined, none
	Occurrence string   `json:"occurrence"` // "" for the whole meeting, else when the date starts: 20260810T130000Z
	Later      bool     `json:"later"`      // and all later dates
	Source     string   `json:"source"`     // page; text or calendar with the Message-ID; "" for none
	At         jsonTime `json:"at"`
	Stale      bool     `json:"stale"` // the meeting has changed since
	Comment    string   `json:"comment"`
}

func (a *app) meetingRSVPs() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{Use: "rsvps COP ID", Short: "Shows who comes, and where each answer came from", Args: arguments(2, 2),
		Long: "Shows what everybody who is invited has answered: to the whole meeting, or to one date of it, which counts more."}
	jsonFlag(c, &asJSON)
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.withMeeting(c.Context(), args[0], args[1], func(db *store.DB, _ store.Community, m store.Meeting) error {
			return a.listRSVPs(c.Context(), db, m, asJSON)
		})
	}
	return c
}

func (a *app) listRSVPs(ctx context.Context, db *store.DB, m store.Meeting, asJSON bool) error {
	rsvps, err := db.RSVPs(ctx, m.ID, 0)
	if err != nil {
		return err
	}
	given := map[int64][]store.RSVP{}
	for _, r := range rsvps {
		given[r.SubscriptionID] = append(given[r.SubscriptionID], r)
	}
	out := a.list(asJSON, "ADDRESS", "ANSWER", "DATE", "SOURCE", "AT")
	for after := int64(0); ; {
		page, err := db.Invitations(ctx, m.ID, after, 500)
		if err != nil {
			return err
		}
		for _, i := range page {
			for _, j := range newRSVPsJSON(i, given[i.Subscription.ID]) {
				if err := out.add(j, j.Address, showAnswer(j), j.Occurrence, j.Source, j.At.show(a.config.Timezone)); err != nil {
					return err
				}
			}
			after = i.Subscription.ID
		}
		if len(page) == 0 {
			return out.end("nobody is invited")
		}
	}
}

// newRSVPsJSON are the answers of one person. Who left without an answer is nobody to wait for.
func newRSVPsJSON(i store.Invitation, given []store.RSVP) (all []rsvpJSON) {
	if len(given) == 0 && i.State == store.Invited {
		all = append(all, rsvpJSON{Address: i.Subscription.Address, Name: i.Subscription.Name, Answer: "none"})
	}
	for _, r := range given {
		all = append(all, rsvpJSON{Address: i.Subscription.Address, Name: i.Subscription.Name, Answer: string(r.Answer), Occurrence: r.Occurrence,
			Later: r.Later, Source: r.Source, At: jsonTime(r.At), Stale: r.Stale, Comment: r.Comment})
	}
	return all
}

func showAnswer(j rsvpJSON) string {
	if j.Stale {
		return j.Answer + " (before a change)"
	}
	return j.Answer
}
