package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"guildpost/digest"
	"guildpost/digest/measure"
	"guildpost/mail"
	"guildpost/store"
)

// runReportsDue does what is due about reports, by a clock that shows that time.
func (a *app) runReportsDue(ctx context.Context, db *store.DB, _ *Config, until time.Time) (int, error) {
	n, err := a.newNewsletters(ctx, db)
	if err != nil {
		return 0, err
	}
	n.Now = func() time.Time { return until }
	return digest.NewReports(n).Due(ctx, until)
}

func (a *app) reportCommand() *cobra.Command {
	return group("report", "The monthly report to sponsors: preview and send it", a.reportPreview(), a.reportSend())
}

// withReport opens a community with its reports, and a month: "2026-10", or "" for the last one.
func (a *app) withReport(ctx context.Context, cop, month string, f func(*store.DB, *digest.Reports, store.Community, measure.Window) error) error {
	number := 0
	if month != "" {
		at, err := time.Parse("2006-01", month)
		if err != nil {
			return withHint(store.Errorf(store.Invalid, "--month %q is no month", month), "write 2026-10")
		}
		number = at.Year()*100 + int(at.Month())
	}
	return a.withNewsletters(ctx, cop, func(db *store.DB, n *digest.Newsletters, c store.Community) error {
		r := digest.NewReports(n)
		w, err := r.Month(c, number, a.now())
		if err != nil {
			return err
		}
		return f(db, r, c, w)
	})
}

func (a *app) reportPreview() *cobra.Command {
	var out, month string
	c := &cobra.Command{Use: "preview COP", Short: "Shows the report on a month as a sponsor gets it", Args: arguments(1, 1),
		Long: "Shows the report on a month as a sponsor would get it. Nothing is kept, and nothing is sent.\n" +
			"With --out the message (.eml), its two forms (.html, .txt) and, where Chromium is installed, a picture (.png) are written."}
	c.Flags().StringVar(&out, "out", "", "write files into a `FOLDER` rather than the text to the terminal")
	c.Flags().StringVar(&month, "month", "", "of a `MONTH`, such as 2026-10 (the last one)")
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.withReport(c.Context(), args[0], month, func(db *store.DB, r *digest.Reports, community store.Community, w measure.Window) error {
			reader, err := reportReader(c.Context(), db, community)
			if err != nil {
				return err
			}
			raw, page, err := r.Preview(c.Context(), community, w, reader)
			if err != nil {
				return err
			}
			if out == "" {
				m := mail.Read(raw)
				a.sayLines("Subject: " + m.Subject + "\n\n" + m.Text().All)
				return nil
			}
			return a.writePreview(c.Context(), out, "report", raw, page)
		})
	}
	return c
}

// reportReader is a sponsor, or else whoever looks at previews.
func reportReader(ctx context.Context, db *store.DB, c store.Community) (store.Subscription, error) {
	all, err := db.Subscriptions(ctx, c.ID, store.SubscriptionFilter{State: store.Active, Role: store.Sponsor, Limit: 1})
	if err != nil || len(all) > 0 {
		return append(all, store.Subscription{})[0], err
	}
	return previewReader(ctx, db, c, "")
}

func (a *app) reportSend() *cobra.Command {
	var month string
	c := &cobra.Command{Use: "send COP", Short: "Sends the report on a month to the sponsors now", Args: arguments(1, 1),
		Long: "Sends the report on a month to the sponsors, whether it waits, was held back, or was never made. Nobody is asked.\n" +
			"A report goes out once: for a month that it has gone out for, that is refused."}
	c.Flags().StringVar(&month, "month", "", "of a `MONTH`, such as 2026-10 (the last one)")
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.withReport(c.Context(), args[0], month, func(_ *store.DB, r *digest.Reports, community store.Community, w measure.Window) error {
			n, err := r.SendNow(c.Context(), a.actor(), community, w)
			if err != nil {
				return err
			}
			a.say("the report of %s on %s is on its way to %d %s", community.Address(), w.From.In(w.Zone).Format("2006-01"), n, map[bool]string{true: "sponsor", false: "sponsors"}[n == 1])
			return nil
		})
	}
	return c
}
