package main

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"guildpost/store"
)

// An rsvpJSON is an answer for programs, or that there is none yet.
type rsvpJSON struct {
	Address    string    `json:"address"`
	Name       string    `json:"name"`
	Guest      bool      `json:"guest"`      // no member of the community
	Answer     string    `json:"answer"`     // accepted, tentative, declined, none
	Delegate   string    `json:"delegate"`   // who comes instead, with declined; "" for nobody
	Occurrence string    `json:"occurrence"` // "" for the whole meeting, else when the date starts: 20260810T130000Z
	Later      bool      `json:"later"`      // and all later dates
	Source     string    `json:"source"`     // page; text or calendar with the Message-ID; "" for none
	At         jsonTime  `json:"at"`
	Stale      bool      `json:"stale"` // the meeting has changed since
	Comment    string    `json:"comment"`
	Place      string    `json:"place"`    // where there is room for so many: seated, waiting, offered, lapsed; "" for none
	Waiting    int       `json:"waiting"`  // of who waits: how manieth they are
	Proposes   *jsonTime `json:"proposes"` // the other time that they propose for that; null for none
}

func (a *app) meetingRSVPs() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{Use: "rsvps COP ID", Short: "Shows who comes, and where each answer came from", Args: arguments(2, 2),
		Long: "Shows what everybody who is invited has answered: to the whole meeting, or to one date of it, which counts more; who is a guest,\n" +
			"who sends somebody else, and who proposes another time."}
	jsonFlag(c, &asJSON)
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.withMeeting(c.Context(), args[0], args[1], func(db *store.DB, _ store.Community, m store.Meeting) error {
			return a.listRSVPs(c.Context(), db, m, asJSON)
		})
	}
	return c
}

// What people said about a meeting, by subscription.
type saidOfMeeting struct {
	rsvps     map[int64][]store.RSVP
	proposals map[int64]map[string]store.Proposal // and by date
	places    map[int64][]standsAt
}

func (a *app) listRSVPs(ctx context.Context, db *store.DB, m store.Meeting, asJSON bool) error {
	said, err := readSaid(ctx, db, m)
	if err != nil {
		return err
	}
	out := a.list(asJSON, "ADDRESS", "ANSWER", "DATE", "SOURCE", "AT", "PROPOSES")
	for after := int64(0); ; {
		page, err := db.Invitations(ctx, m.ID, after, 500)
		if err != nil {
			return err
		}
		for _, i := range page {
			for _, j := range said.of(i) {
				proposes := ""
				if j.Proposes != nil {
					proposes = j.Proposes.show(a.config.Timezone)
				}
				if err := out.add(j, j.Address, showAnswer(j), j.Occurrence, j.Source, j.At.show(a.config.Timezone), proposes); err != nil {
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

func readSaid(ctx context.Context, db *store.DB, m store.Meeting) (s saidOfMeeting, err error) {
	s = saidOfMeeting{map[int64][]store.RSVP{}, map[int64]map[string]store.Proposal{}, map[int64][]standsAt{}}
	if err := s.readPlaces(ctx, db, m); err != nil {
		return s, err
	}
	rsvps, err := db.RSVPs(ctx, m.ID, 0)
	if err != nil {
		return s, err
	}
	for _, r := range rsvps {
		s.rsvps[r.SubscriptionID] = append(s.rsvps[r.SubscriptionID], r)
	}
	proposals, err := db.Proposals(ctx, m.ID)
	for _, p := range proposals {
		if p.State != store.ProposalOpen {
			continue
		}
		if s.proposals[p.Subscription.ID] == nil {
			s.proposals[p.Subscription.ID] = map[string]store.Proposal{}
		}
		s.proposals[p.Subscription.ID][p.Occurrence] = p
	}
	return s, err
}

// of is what one person said. Who left without an answer is nobody to wait for.
func (s saidOfMeeting) of(i store.Invitation) (all []rsvpJSON) {
	person := rsvpJSON{Address: i.Subscription.Address, Name: i.Subscription.Name, Guest: i.Subscription.State == store.Guest, Answer: "none"}
	proposed := s.proposals[i.Subscription.ID]
	shown := map[string]bool{}
	for _, r := range s.rsvps[i.Subscription.ID] {
		j := person
		j.Answer, j.Delegate, j.Occurrence, j.Later, j.Source = string(r.Answer), r.Delegate, r.Occurrence, r.Later, r.Source
		j.At, j.Stale, j.Comment = jsonTime(r.At), r.Stale, r.Comment
		if p, ok := proposed[r.Occurrence]; ok && !shown[r.Occurrence] {
			j.Proposes = (*jsonTime)(&p.Starts)
		}
		shown[r.Occurrence] = true
		all = append(all, j)
	}
	for _, occurrence := range slices.Sorted(maps.Keys(proposed)) {
		if p := proposed[occurrence]; !shown[occurrence] {
			j := person
			j.Occurrence, j.Proposes = occurrence, (*jsonTime)(&p.Starts)
			all = append(all, j)
		}
	}
	if all = withPlaces(all, person, s.places[i.Subscription.ID]); len(all) == 0 && i.State == store.Invited {
		all = append(all, person)
	}
	return all
}

// showAnswer is an answer for people, with what is particular about it.
func showAnswer(j rsvpJSON) string {
	text := j.Answer
	if j.Delegate != "" {
		text += " (sends " + j.Delegate + ")"
	}
	if j.Guest {
		text += " (guest)"
	}
	if j.Stale {
		text += " (before a change)"
	}
	if j.Place != "" {
		text += " (" + j.Place + ")"
	}
	if j.Waiting > 0 {
		text += fmt.Sprint(" ", j.Waiting)
	}
	return text
}
