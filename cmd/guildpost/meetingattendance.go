package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"guildpost/store"
)

// An attendanceJSON is somebody's part in one date of a meeting, for programs.
type attendanceJSON struct {
	Address    string   `json:"address"`
	Name       string   `json:"name"`
	Occurrence string   `json:"occurrence"` // as in meeting rsvps; "" for a meeting with one date
	Start      jsonTime `json:"start"`      // of that date
	Invited    bool     `json:"invited"`    // false for guests and others who came without
	Answer     string   `json:"answer"`     // when it began: accepted, tentative, declined, none
	Came       *bool    `json:"came"`       // null where nobody has said
	Source     string   `json:"source"`     // page, command, or text with the Message-ID; "" where nobody has said
	At         jsonTime `json:"at"`
}

func (a *app) meetingAttendance() *cobra.Command {
	var asJSON bool
	var date, set string
	c := &cobra.Command{Use: "attendance COP ID", Short: "Shows who came to a date of a meeting, or sets it", Args: arguments(2, 2),
		Long: "Shows who was invited to a date of a meeting, what they had answered when it began, and whether they came: as the host has said\n" +
			"by mail or on the page. Without --date it is the last date that has begun.\n\n" +
			"--set says it instead, in the line that hosts write: \"all but Ben Okafor, +guest@example.org\", \"none\", \"Ada, Ben\". \"All\" are those\n" +
			"who had said yes. What is said last counts."}
	jsonFlag(c, &asJSON)
	c.Flags().StringVar(&date, "date", "", "the `DATE`, on the clocks of the meeting: 2026-08-10")
	c.Flags().StringVar(&set, "set", "", "who came: the `LINE`")
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.withMeeting(c.Context(), args[0], args[1], func(db *store.DB, community store.Community, m store.Meeting) error {
			o, err := occurrenceOn(c.Context(), db, community, m, date)
			if err != nil {
				return err
			}
			if set != "" {
				return a.setAttendance(c.Context(), db, o, set)
			}
			return a.listAttendance(c.Context(), db, o, asJSON)
		})
	}
	return c
}

// occurrenceOn finds the date of a meeting that starts on a day in its zone; "" is the last one that was not cancelled.
func occurrenceOn(ctx context.Context, db *store.DB, c store.Community, m store.Meeting, date string) (store.Occurrence, error) {
	zone, err := time.LoadLocation(m.Zone)
	if err != nil {
		zone = time.UTC
	}
	if _, err := time.Parse(time.DateOnly, date); err != nil && date != "" {
		return store.Occurrence{}, store.Errorf(store.Invalid, "%q is no date: write --date 2026-08-10", date)
	}
	all, err := db.Occurrences(ctx, m.ID, 1000)
	if err != nil {
		return store.Occurrence{}, err
	}
	for _, o := range all {
		if date == "" && o.CancelledAt.IsZero() || date == o.Starts.In(zone).Format(time.DateOnly) {
			return o, nil
		}
	}
	if date == "" {
		return store.Occurrence{}, store.Errorf(store.NotFound, "meeting %d of %s has not begun yet", m.ID, c.Address())
	}
	return store.Occurrence{}, store.Errorf(store.NotFound, "meeting %d of %s had no date on %s", m.ID, c.Address(), date)
}

func (a *app) setAttendance(ctx context.Context, db *store.DB, o store.Occurrence, line string) error {
	k, err := a.newCalendar(ctx, db)
	if err != nil {
		return err
	}
	came, err := k.SetAttendance(ctx, a.actor(), o.ID, line)
	if err != nil {
		return err
	}
	a.say("%d came; that is noted", len(came.Came))
	for _, item := range came.Ambiguous {
		a.say("not noted: several people are called %q", item)
	}
	for _, item := range came.Unknown {
		a.say("not noted: nobody who was invited is called %q; a guest is +guest@example.org", item)
	}
	return nil
}

func (a *app) listAttendance(ctx context.Context, db *store.DB, o store.Occurrence, asJSON bool) error {
	all, err := db.Attendances(ctx, o.ID)
	if err != nil {
		return err
	}
	out := a.list(asJSON, "ADDRESS", "ANSWER", "CAME", "SOURCE", "AT")
	for _, one := range all {
		j := attendanceJSON{Address: one.Subscription.Address, Name: one.Subscription.Name, Occurrence: o.Key, Start: jsonTime(o.Starts), Invited: one.Invited,
			Answer: string(one.Answer), Source: one.Source, At: jsonTime(one.At)}
		if j.Answer == "" {
			j.Answer = "none"
		}
		if one.Source != "" {
			j.Came = &one.Came
		}
		if err := out.add(j, j.Address, j.Answer, showCame(j.Came), j.Source, j.At.show(a.config.Timezone)); err != nil {
			return err
		}
	}
	return out.end("nobody was invited")
}

func showCame(came *bool) string {
	switch {
	case came == nil:
		return "?"
	case *came:
		return "yes"
	}
	return "no"
}
