package main

import (
	"context"

	"github.com/spf13/cobra"

	"guildpost/calendar"
	"guildpost/store"
)

// A wishJSON is what somebody wants from a date of a meeting, for programs.
type wishJSON struct {
	Address    string   `json:"address"`
	Name       string   `json:"name"`
	Occurrence string   `json:"occurrence"` // "" where the meeting has one date alone, else when it starts by its rule: 20260810T130000Z
	Text       string   `json:"text"`
	Source     string   `json:"source"` // page; text with the Message-ID
	At         jsonTime `json:"at"`
}

func (a *app) meetingAgenda() *cobra.Command {
	var asJSON bool
	var date string
	c := &cobra.Command{Use: "agenda COP ID", Short: "Shows what people want from a date of a meeting", Args: arguments(2, 2),
		Long: "Shows what people want from the next date of a meeting, or from that of a day. They say it in a line \"agenda: ...\" of a reply to the\n" +
			"invitation or a reminder, or on a reminder's page; and read it in the reminders."}
	jsonFlag(c, &asJSON)
	c.Flags().StringVar(&date, "date", "", "of this `DATE`: 2026-08-31, or \"2026-08-31 18:00\" where there are several, in the meeting's zone")
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.withMeeting(c.Context(), args[0], args[1], func(db *store.DB, _ store.Community, m store.Meeting) error {
			key, err := a.dateKey(m, date)
			if err != nil {
				return err
			}
			return a.listWishes(c.Context(), db, m, key, asJSON)
		})
	}
	return c
}

// dateKey names the date of a meeting on a day, or the next one.
func (a *app) dateKey(m store.Meeting, day string) (string, error) {
	if day == "" {
		key, ok := calendar.NextKey(m, a.now())
		if !ok {
			return "", withHint(store.Errorf(store.NotFound, "this meeting has no date that comes"), "name a date with --date 2026-08-31")
		}
		return key, nil
	}
	key, err := calendar.FindDate(m, day, a.now())
	if m.Rule == "" {
		key = ""
	}
	return key, err
}

func (a *app) listWishes(ctx context.Context, db *store.DB, m store.Meeting, key string, asJSON bool) error {
	all, err := db.Wishes(ctx, m.ID, key)
	if err != nil {
		return err
	}
	out := a.list(asJSON, "ADDRESS", "WANTS", "SOURCE", "AT")
	for _, w := range all {
		j := wishJSON{Address: w.Address, Name: w.Name, Occurrence: w.Occurrence, Text: w.Text, Source: w.Source, At: jsonTime(w.At)}
		if err := out.add(j, j.Address, j.Text, j.Source, j.At.show(a.config.Timezone)); err != nil {
			return err
		}
	}
	return out.end("nobody has said what they want")
}
