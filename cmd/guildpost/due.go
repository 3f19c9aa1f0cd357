package main

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"guildpost/store"
)

// A dueRunner does one kind of what is due until a time, and returns how much it did. The daemon's wiring lists them
// in app.due.
type dueRunner struct {
	name string // for people: "reminders"
	run  func(ctx context.Context, db *store.DB, c *Config, until time.Time) (n int, err error)
}

// A taskJSON is something that is due, for programs.
type taskJSON struct {
	ID        int64    `json:"id"`
	Kind      string   `json:"kind"`
	Community string   `json:"community"`
	Object    int64    `json:"object"`
	DueAt     jsonTime `json:"due_at"`
	Payload   string   `json:"payload"`
	Readers   *int     `json:"readers"` // to how many it goes; null where that is not known
}

func (a *app) dueCommand() *cobra.Command {
	var asJSON, doIt bool
	var until string
	c := &cobra.Command{Use: "due", Short: "Lists what is due, or does it", Args: arguments(0, 0),
		Long: "Lists what is due now, or until a time: 2026-08-31, \"2026-08-31 18:00\", 2026-08-31T18:00:00Z, or +25h from now.\n" +
			"With --run it is done, as the daemon would do it at that time."}
	jsonFlag(c, &asJSON)
	c.Flags().BoolVar(&doIt, "run", false, "do it")
	c.Flags().StringVar(&until, "until", "", "until `TIME`")
	c.RunE = func(c *cobra.Command, _ []string) error {
		return a.withStore(c.Context(), func(db *store.DB) error {
			end, err := parseUntil(until, a.now(), a.config.Timezone)
			if err != nil {
				return err
			}
			if doIt {
				return a.runDue(c.Context(), db, end, asJSON)
			}
			return a.listDue(c.Context(), db, end, asJSON)
		})
	}
	return c
}

func (a *app) listDue(ctx context.Context, db *store.DB, until time.Time, asJSON bool) error {
	tasks, err := db.Due(ctx, until)
	if err != nil {
		return err
	}
	coming, err := a.comingNewsletters(ctx, db, until)
	if err != nil {
		return err
	}
	digests, err := db.DigestTasks(ctx, until)
	if err != nil {
		return err
	}
	tasks = append(append(tasks, digests...), coming...)
	slices.SortStableFunc(tasks, func(a, b store.Task) int { return a.DueAt.Compare(b.DueAt) })
	out := a.list(asJSON, "DUE", "KIND", "COMMUNITY", "OBJECT", "TO")
	names := map[int64]string{}
	for _, task := range tasks {
		name, ok := names[task.CommunityID]
		if c, err := db.Community(ctx, task.CommunityID); !ok && err == nil {
			name = c.Address()
			names[task.CommunityID] = name
		}
		j := taskJSON{ID: task.ID, Kind: task.Kind, Community: name, Object: task.ObjectID, DueAt: jsonTime(task.DueAt), Payload: task.Payload}
		if j.Readers, err = readersOf(ctx, db, task); err != nil {
			return err
		}
		if err := out.add(j, showTime(task.DueAt, a.config.Timezone), task.Kind, name, strconv.FormatInt(task.ObjectID, 10), showCount(j.Readers)); err != nil {
			return err
		}
	}
	return out.end("nothing is due")
}

func showCount(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

func (a *app) runDue(ctx context.Context, db *store.DB, until time.Time, asJSON bool) error {
	type doneJSON struct {
		Kind string `json:"kind"`
		Done int    `json:"done"`
	}
	out := a.list(asJSON, "KIND", "DONE")
	for _, runner := range append([]dueRunner{{"list", a.runListDue}, {"meetings", a.runMeetingsDue}, {"digests", a.runDigestsDue}, {"newsletters", a.runNewslettersDue}, {"retention", a.runRetention}}, a.due...) {
		n, err := runner.run(ctx, db, a.config, until)
		if err != nil {
			return err
		}
		if err := out.add(doneJSON{runner.name, n}, runner.name, strconv.Itoa(n)); err != nil {
			return err
		}
	}
	return out.end("nothing is due")
}

// runListDue does what the list service has due, by a clock that shows that time.
func (a *app) runListDue(ctx context.Context, db *store.DB, _ *Config, until time.Time) (n int, err error) {
	l, err := a.newList(ctx, db)
	if err != nil {
		return 0, err
	}
	l.Now = func() time.Time { return until }
	return l.Due(ctx, until)
}

// parseUntil reads a time as people write it, in a zone, or one from now on: +25h, +3d.
func parseUntil(text string, now time.Time, zone *time.Location) (time.Time, error) {
	if text == "" {
		return now, nil
	}
	if more, ok := strings.CutPrefix(text, "+"); ok {
		if days, ok := strings.CutSuffix(more, "d"); ok {
			if n, err := strconv.Atoi(days); err == nil && n >= 0 {
				return now.AddDate(0, 0, n), nil
			}
		}
		if d, err := time.ParseDuration(more); err == nil && d >= 0 {
			return now.Add(d), nil
		}
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02"} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t, nil
		}
	}
	return now, store.Errorf(store.Invalid, "%q is no time: write 2026-08-31, \"2026-08-31 18:00\", 2026-08-31T18:00:00Z or +25h", text)
}
