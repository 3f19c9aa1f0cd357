package main

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"guildpost/calendar"
	"guildpost/store"
)

// A turnJSON is who hosts a date that comes and who takes its minutes, for programs; "" where nobody in particular does.
type turnJSON struct {
	Occurrence string   `json:"occurrence"`
	Start      jsonTime `json:"start"`
	Host       string   `json:"host"` // an address
	Notetaker  string   `json:"notetaker"`
}

// shownTurns is how many dates the rota shows.
const shownTurns = 10

func (a *app) meetingRota() *cobra.Command {
	var asJSON bool
	var hosts, notetakers, date, swap string
	c := &cobra.Command{Use: "rota COP ID", Short: "Shows or sets who hosts a meeting and takes its minutes, in turn", Args: arguments(2, 2),
		Long: "Shows whose turn the next dates of a meeting are. --host and --notetaker name members, who take turns from the next date on; \"\"\n" +
			"is nobody: then who called the meeting hosts it, else the facilitators. With --date they are for that date alone. --swap exchanges\n" +
			"the turns of two dates. A date that is moved or cancelled keeps its turn."}
	jsonFlag(c, &asJSON)
	c.Flags().StringVar(&hosts, "host", "", "the members who host, `ADDRESS,…`")
	c.Flags().StringVar(&notetakers, "notetaker", "", "the members who take the minutes, `ADDRESS,…`")
	c.Flags().StringVar(&date, "date", "", "only the `DATE`, on the clocks of the meeting: 2026-08-10")
	c.Flags().StringVar(&swap, "swap", "", "the two `DATES` whose turns are exchanged: 2026-08-10,2026-08-17")
	c.RunE = func(c *cobra.Command, args []string) error {
		change := calendar.RotaChange{Date: date}
		if c.Flags().Changed("host") {
			change.Hosts = addressList(hosts)
		}
		if c.Flags().Changed("notetaker") {
			change.Notetakers = addressList(notetakers)
		}
		if days := strings.Split(swap, ","); len(days) == 2 {
			change.Swap = [2]string{strings.TrimSpace(days[0]), strings.TrimSpace(days[1])}
		} else if swap != "" {
			return store.Errorf(store.Invalid, "%q are no two dates: write --swap 2026-08-10,2026-08-17", swap)
		}
		return a.withMeeting(c.Context(), args[0], args[1], func(db *store.DB, _ store.Community, m store.Meeting) error {
			if change.Hosts != nil || change.Notetakers != nil || swap != "" {
				k, err := a.newCalendar(c.Context(), db)
				if err == nil {
					m, err = k.SetRota(c.Context(), a.actor(), m, change)
				}
				if err != nil {
					return err
				}
			}
			return a.listTurns(c.Context(), db, m, asJSON)
		})
	}
	return c
}

func addressList(text string) *[]string {
	all := []string{}
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			all = append(all, part)
		}
	}
	return &all
}

func (a *app) listTurns(ctx context.Context, db *store.DB, m store.Meeting, asJSON bool) error {
	zone, err := time.LoadLocation(m.Zone)
	if err != nil {
		zone = time.UTC
	}
	names := map[int64]string{}
	name := func(id int64) string {
		if _, known := names[id]; !known && id != 0 {
			if s, err := db.Subscription(ctx, id); err == nil {
				names[id] = s.Address
			}
		}
		return names[id]
	}
	out := a.list(asJSON, "DATE", "HOST", "NOTETAKER")
	for _, d := range calendar.ComingDates(m, a.now(), shownTurns) {
		turn := calendar.HostOf(m, d.Key)
		j := turnJSON{Occurrence: d.Key, Start: jsonTime(d.Start), Host: name(turn.Host), Notetaker: name(turn.Notetaker)}
		if err := out.add(j, showTime(d.Start, zone), j.Host, j.Notetaker); err != nil {
			return err
		}
	}
	return out.end("no date of this meeting comes")
}
