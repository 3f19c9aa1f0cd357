package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"guildpost/store"
)

// A fairnessJSON is how evenly the hours of meetings are spread, for programs.
type fairnessJSON struct {
	Meetings int         `json:"meetings"` // of the last year
	Spread   *float64    `json:"spread"`   // the highest burden less the lowest; null where there was no meeting
	Unknown  int         `json:"unknown"`  // members whose zone is not known
	Groups   []groupJSON `json:"groups"`   // the most burdened first
	Next     *jsonTime   `json:"next"`     // the date that comes; null where none does
	Better   *jsonTime   `json:"better"`   // when it could be, to be fairer; null where it is as good as can be
}

// A groupJSON are the members whose clocks show the same.
type groupJSON struct {
	Timezone string  `json:"timezone"`
	Members  int     `json:"members"`
	Burden   float64 `json:"burden"` // mean of 0 for 9 to 17 o'clock, up to 2 for the night
	Odd      float64 `json:"odd"`    // share of the meetings before 7 or from 20 o'clock on
}

func (a *app) meetingFairness() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{Use: "fairness COP", Short: "Shows who is always asked at night, and a fairer hour", Args: arguments(1, 1),
		Long: "Shows what the hours of the meetings of the last year were for the members, by their time zones: 0 is from 9 to 17 o'clock where\n" +
			"they are, 0.5 early or late, 2 the night. For the next date it suggests the hour of that day at which the group that has had the\n" +
			"most to bear would have the least."}
	jsonFlag(c, &asJSON)
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.withCommunity(c.Context(), args[0], func(db *store.DB, community store.Community) error {
			k, err := a.newCalendar(c.Context(), db)
			if err != nil {
				return err
			}
			f, err := k.Fairness(c.Context(), community, a.now())
			if err != nil {
				return err
			}
			j := fairnessJSON{Meetings: f.Meetings, Unknown: f.Unknown, Groups: []groupJSON{}, Next: optionalTime(f.Next), Better: optionalTime(f.Better)}
			if f.Meetings > 0 {
				j.Spread = &f.Spread
			}
			for _, g := range f.Groups {
				j.Groups = append(j.Groups, groupJSON{g.Zone, g.Members, g.Burden, g.Odd})
			}
			if asJSON {
				return a.printJSON(j)
			}
			return a.showFairness(j, f.Title, a.config.Timezone)
		})
	}
	return c
}

func optionalTime(t time.Time) *jsonTime {
	if t.IsZero() {
		return nil
	}
	return (*jsonTime)(&t)
}

func (a *app) showFairness(j fairnessJSON, title string, zone *time.Location) error {
	out := a.list(false, "TIMEZONE", "MEMBERS", "BURDEN", "AT ODD HOURS")
	for _, g := range j.Groups {
		if err := out.add(g, g.Timezone, fmt.Sprint(g.Members), fmt.Sprintf("%.2f", g.Burden), fmt.Sprintf("%.0f %%", 100*g.Odd)); err != nil {
			return err
		}
	}
	if err := out.end("no member's time zone is known"); err != nil {
		return err
	}
	a.say("%d meetings in the last year; %d members whose time zone is not known", j.Meetings, j.Unknown)
	switch {
	case j.Next == nil:
	case j.Better == nil:
		a.say("next: %s, %s; no hour of that day is fairer", j.Next.show(zone), title)
	default:
		a.say("next: %s, %s; fairer would be %s", j.Next.show(zone), title, j.Better.show(zone))
	}
	return nil
}
