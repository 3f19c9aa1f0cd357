package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"guildpost/digest"
	"guildpost/mail"
	"guildpost/mail/list"
	"guildpost/store"
)

// digestsOf sends the digests of a list's communities.
func digestsOf(l *list.List, zone *time.Location) *digest.Mailer {
	return &digest.Mailer{DB: l.DB, Log: l.Log, Random: l.Random, Language: l.Language, Timezone: zone}
}

// newDigests makes what sends digests, for a command.
func (a *app) newDigests(ctx context.Context, db *store.DB) (*digest.Mailer, error) {
	l, err := a.newList(ctx, db)
	if err != nil {
		return nil, err
	}
	return digestsOf(l, a.config.Timezone), nil
}

// runDigestsDue sends the digests that are due, by a clock that shows that time.
func (a *app) runDigestsDue(ctx context.Context, db *store.DB, _ *Config, until time.Time) (n int, err error) {
	m, err := a.newDigests(ctx, db)
	if err != nil {
		return 0, err
	}
	return m.Due(ctx, until)
}

func (a *app) digestCommand() *cobra.Command {
	return group("digest", "Digests: what gathers for whom", a.digestPreview())
}

func (a *app) digestPreview() *cobra.Command {
	var out string
	c := &cobra.Command{Use: "preview COP ADDRESS", Short: "Shows the digest that a member would get now, and sends nothing", Args: arguments(2, 2),
		Long: "Shows the digest that a member would get now: all that was posted since their last one. Of who gets each post by itself it\n" +
			"shows what a digest of the last week would be. Nothing is sent, and nothing counts as read."}
	c.Flags().StringVar(&out, "out", "", "write the mail into `FILE` (.eml) in place of showing its text")
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.withSubscription(c.Context(), args[0], args[1], func(db *store.DB, _ store.Community, s store.Subscription) error {
			m, err := a.newDigests(c.Context(), db)
			if err != nil {
				return err
			}
			raw, err := m.Preview(c.Context(), s, a.now())
			switch {
			case err != nil:
				return err
			case raw == nil:
				a.say("nothing has gathered for %s", s.Address)
				return nil
			case out != "":
				return os.WriteFile(absolute(out, a.dir), raw, 0o600)
			}
			message := mail.Read(raw)
			_, err = fmt.Fprintf(a.stdout, "Subject: %s\n\n%s\n", message.Subject, message.Text().All)
			return err
		})
	}
	return c
}
