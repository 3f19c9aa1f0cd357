package main

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"guildpost/calendar"
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

	// of newsletters, of briefs, of thanks and of mail about meetings, null or empty for all else
	To     *int      `json:"to"`     // how many get it, as things stand now
	Title  string    `json:"title"`  // of the meeting or the newsletter
	Starts *jsonTime `json:"starts"` // of the date that it is about

	community int64
}

func (a *app) dueCommand() *cobra.Command {
	var asJSON, doIt bool
	var until string
	c := &cobra.Command{Use: "due", Short: "Lists what is due, or does it", Args: arguments(0, 0),
		Long: "Lists what is due now, or until a time: 2026-08-31, \"2026-08-31 18:00\", 2026-08-31T18:00:00Z, or +25h from now. Of meetings it\n" +
			"tells the reminders, warnings and roll-ups that will go, and to how many, if nobody answers, joins or leaves until then.\n" +
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
	all, err := a.dueTasks(ctx, db, until)
	if err != nil {
		return err
	}
	out := a.list(asJSON, "DUE", "KIND", "COMMUNITY", "OBJECT", "TO", "ABOUT")
	names := map[int64]string{}
	for _, one := range all {
		name, ok := names[one.community]
		if c, err := db.Community(ctx, one.community); !ok && err == nil {
			name = c.Address()
			names[one.community] = name
		}
		one.Community = name
		to, about := "", one.Title
		if one.To != nil {
			to = strconv.Itoa(*one.To)
		}
		if one.Starts != nil {
			about += ", " + one.Starts.show(a.config.Timezone)
		}
		if err := out.add(one, one.DueAt.show(a.config.Timezone), one.Kind, name, strconv.FormatInt(one.Object, 10), to, about); err != nil {
			return err
		}
	}
	return out.end("nothing is due")
}

// dueTasks are what is due until a time, soonest first. Of meetings it tells the mails that will go.
func (a *app) dueTasks(ctx context.Context, db *store.DB, until time.Time) (all []taskJSON, err error) {
	tasks, err := db.Due(ctx, until)
	if err != nil {
		return nil, err
	}
	digests, err := db.DigestTasks(ctx, until)
	if err != nil {
		return nil, err
	}
	tasks = append(tasks, digests...)
	for _, task := range tasks {
		if !calendar.TellsAhead(task.Kind) && task.Kind != store.TaskNewsletter {
			one := taskJSON{ID: task.ID, Kind: task.Kind, Object: task.ObjectID, DueAt: jsonTime(task.DueAt), Payload: task.Payload, community: task.CommunityID}
			if task.Kind == store.TaskThanks { // a mail to one member
				one.To = new(1)
			}
			all = append(all, one)
		}
	}
	k, err := a.newCalendar(ctx, db)
	if err != nil {
		return nil, err
	}
	ahead, err := k.Ahead(ctx, a.now(), until)
	for _, one := range ahead {
		starts := jsonTime(one.Starts)
		all = append(all, taskJSON{Kind: one.Kind, Object: one.MeetingID, DueAt: jsonTime(one.At), To: &one.To, Title: one.Title, Starts: &starts, community: one.CommunityID})
	}
	if err != nil {
		return nil, err
	}
	issues, err := a.dueNewsletters(ctx, db, tasks, until)
	all = append(all, issues...)
	if err != nil {
		return nil, err
	}
	briefs, err := a.dueBriefs(ctx, db, until)
	all = append(all, briefs...)
	slices.SortStableFunc(all, func(x, y taskJSON) int { return time.Time(x.DueAt).Compare(time.Time(y.DueAt)) })
	return all, err
}

func (a *app) runDue(ctx context.Context, db *store.DB, until time.Time, asJSON bool) error {
	type doneJSON struct {
		Kind string `json:"kind"`
		Done int    `json:"done"`
	}
	out := a.list(asJSON, "KIND", "DONE")
	for _, runner := range append([]dueRunner{{"list", a.runListDue}, {"meetings", a.runMeetingsDue}, {"digests", a.runDigestsDue}, {"newsletters", a.runNewslettersDue}, {"reports", a.runReportsDue}, {"briefs", a.runBriefsDue}, {"retention", a.runRetention}}, a.due...) {
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
