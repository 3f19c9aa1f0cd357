package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"guildpost/digest"
	"guildpost/digest/measure"
	"guildpost/store"
)

// A measureRequest is what was asked for.
type measureRequest struct {
	from, to      string
	json, csv     bool
	explain       string // a part's name, or "all"; "" explains nothing
	limit, offset int    // of the records that are listed for a figure
}

func (a *app) measureCommand() *cobra.Command {
	var q measureRequest
	c := &cobra.Command{Use: "measure COP", Short: "The five measures: members, meetings, discussions, engagement, impact", Args: arguments(1, 1),
		Long: "Computes the five measures of a community from its archive and its journal, for the last whole calendar month\n" +
			"or another time. guildpost help measures tells what each figure means."}
	jsonFlag(c, &q.json)
	c.Flags().BoolVar(&q.csv, "csv", false, "print CSV, a figure a line")
	c.Flags().StringVar(&q.from, "from", "", "the first `DAY`, such as 2026-10-01; or a time")
	c.Flags().StringVar(&q.to, "to", "", "the last `DAY`, which counts as well; or a time")
	c.Flags().StringVar(&q.explain, "explain", "", "list what each figure was counted from, or only that of one `FIGURE`")
	c.Flags().Lookup("explain").NoOptDefVal = explainAll
	c.Flags().IntVar(&q.limit, "limit", 20, "list at most `N` records for a figure")
	c.Flags().IntVar(&q.offset, "skip", 0, "pass over the first `N` of them")
	c.RunE = func(c *cobra.Command, args []string) error {
		if err := q.check(c); err != nil {
			return err
		}
		return a.withCommunity(c.Context(), args[0], func(db *store.DB, community store.Community) error {
			return a.measure(c.Context(), db, community, q)
		})
	}
	return c
}

func (q measureRequest) check(c *cobra.Command) error {
	switch {
	case q.json && q.csv:
		return wrongUse(c, "--json and --csv exclude each other")
	case q.csv && q.explain != "":
		return wrongUse(c, "--csv has no place for --explain; use --json")
	case q.limit < 1 || q.offset < 0:
		return wrongUse(c, "--limit must be at least 1, and --skip at least 0")
	}
	return q.checkFigure()
}

func (a *app) measure(ctx context.Context, db *store.DB, c store.Community, q measureRequest) error {
	g := &digest.Gatherer{DB: db, Zone: a.config.Timezone}
	w, err := q.window(a.now(), g.CommunityZone(c))
	if err != nil {
		return err
	}
	r, err := g.Report(ctx, c, w)
	if err != nil {
		return err
	}
	switch {
	case q.json:
		return a.printJSON(measureJSON(r, q))
	case q.csv:
		return r.WriteCSV(a.stdout)
	case q.explain != "":
		return a.explainMeasures(ctx, db, r, q)
	}
	return a.showMeasures(r)
}

// window is the time that was asked for: by default the last whole month; with one end alone, a month up to it, or until now.
func (q measureRequest) window(now time.Time, zone *time.Location) (w measure.Window, err error) {
	if q.from == "" && q.to == "" {
		return measure.LastMonth(now, zone), nil
	}
	w = measure.Window{To: now, Zone: zone}
	if q.to != "" {
		if w.To, err = parseEdge("--to", q.to, zone, 1); err != nil {
			return w, err
		}
	}
	if w.From = w.To.In(zone).AddDate(0, -1, 0); q.from != "" {
		if w.From, err = parseEdge("--from", q.from, zone, 0); err != nil {
			return w, err
		}
	}
	switch {
	case w.To.After(now):
		return w, withHint(store.Errorf(store.Invalid, "--to %s has not come yet", q.to), "leave --to away to measure until now")
	case !w.From.Before(w.To):
		return w, store.Errorf(store.Invalid, "the time that is measured must begin before it ends: %s is not before %s",
			showTime(w.From, zone), showTime(w.To, zone))
	}
	return w, nil
}

// parseEdge reads a time, or a day of which more days later is meant: the end of a day is the beginning of the next.
func parseEdge(flag, text string, zone *time.Location, more int) (time.Time, error) {
	if t, err := time.ParseInLocation(time.DateOnly, text, zone); err == nil {
		return time.Date(t.Year(), t.Month(), t.Day()+more, 0, 0, 0, 0, zone), nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04", "2006-01-02T15:04"} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t, nil
		}
	}
	return time.Time{}, store.Errorf(store.Invalid, "%s %q is no day: write 2026-10-31, \"2026-10-31 18:00\" or 2026-10-31T18:00:00Z", flag, text)
}
