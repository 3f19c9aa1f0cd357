package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"guildpost/digest"
	"guildpost/mail"
	"guildpost/store"
)

// taskBrief is how the briefs of a community are called among what is due.
const taskBrief = "brief"

// runBriefsDue does what is due about briefs, by a clock that shows that time.
func (a *app) runBriefsDue(ctx context.Context, db *store.DB, _ *Config, until time.Time) (int, error) {
	n, err := a.newNewsletters(ctx, db)
	if err != nil {
		return 0, err
	}
	n.Now = func() time.Time { return until }
	return digest.NewBriefs(n).Due(ctx, until)
}

// dueBriefs are the briefs that will go out until a time, of each community and hour as one.
func (a *app) dueBriefs(ctx context.Context, db *store.DB, until time.Time) (all []taskJSON, err error) {
	n, err := a.newNewsletters(ctx, db)
	if err != nil {
		return nil, err
	}
	coming, err := digest.NewBriefs(n).Coming(ctx, a.now(), until)
	for _, one := range coming {
		all = append(all, taskJSON{Kind: taskBrief, DueAt: jsonTime(one.At), To: &one.To, community: one.CommunityID})
	}
	return all, err
}

func (a *app) briefCommand() *cobra.Command {
	return group("brief", "The weekly brief to facilitators: preview it", a.briefPreview())
}

func (a *app) briefPreview() *cobra.Command {
	var out, reader string
	c := &cobra.Command{Use: "preview COP", Short: "Shows the weekly brief as a facilitator would get it now", Args: arguments(1, 1),
		Long: "Shows the brief of this week as a facilitator would get it now. Nothing is kept, and nothing is sent.\n" +
			"With --out the message (.eml), its two forms (.html, .txt) and, where Chromium is installed, a picture (.png) are written."}
	c.Flags().StringVar(&out, "out", "", "write files into a `FOLDER` rather than the text to the terminal")
	c.Flags().StringVar(&reader, "for", "", "as the facilitator with an `ADDRESS` gets it (the first one)")
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.withNewsletters(c.Context(), args[0], func(db *store.DB, n *digest.Newsletters, community store.Community) error {
			s, err := previewReader(c.Context(), db, community, reader)
			if err != nil {
				return err
			}
			if !s.Has(store.Facilitator) {
				return withHint(store.Errorf(store.NotFound, "%s does not facilitate %s, and so gets no brief", s.Address, community.Address()),
					"guildpost role list %s shows who does", community.Name)
			}
			raw, page, err := digest.NewBriefs(n).Preview(c.Context(), community, s)
			if err != nil {
				return err
			}
			if out == "" {
				m := mail.Read(raw)
				a.sayLines("Subject: " + m.Subject + "\n\n" + m.Text().All)
				return nil
			}
			return a.writePreview(c.Context(), out, "brief", raw, page)
		})
	}
	return c
}
