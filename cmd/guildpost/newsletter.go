package main

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"guildpost/digest"
	"guildpost/mail/list"
	"guildpost/store"
)

// newslettersOf are the newsletters beside a list: for the same communities, by the same clock and keys.
func newslettersOf(l *list.List, zone *time.Location) *digest.Newsletters {
	return &digest.Newsletters{Gatherer: &digest.Gatherer{DB: l.DB, Zone: zone}, DB: l.DB, Keys: l.Keys, Log: l.Log, Now: l.Now, Random: l.Random,
		PublicURL: l.PublicURL, Language: l.Language, Help: l.Helped, Proven: l.Proven}
}

// newNewsletters makes them for a command.
func (a *app) newNewsletters(ctx context.Context, db *store.DB) (*digest.Newsletters, error) {
	l, err := a.newList(ctx, db)
	if err != nil {
		return nil, err
	}
	return newslettersOf(l, a.config.Timezone), nil
}

// runNewslettersDue does what is due about newsletters, by a clock that shows that time.
func (a *app) runNewslettersDue(ctx context.Context, db *store.DB, _ *Config, until time.Time) (int, error) {
	n, err := a.newNewsletters(ctx, db)
	if err != nil {
		return 0, err
	}
	n.Now = func() time.Time { return until }
	return n.Due(ctx, until)
}

func newsletterPage(p digest.NewsletterPage) list.Outcome {
	return list.Outcome{Community: p.Community, Kind: p.Kind, Problem: p.Problem, About: p.About}
}

func (a *app) newsletterCommand() *cobra.Command {
	return group("newsletter", "Newsletters: list, show, preview and send them",
		a.newsletterList(), a.newsletterShow(), a.newsletterPreview(), a.newsletterSend())
}

// A newsletterJSON is an issue for programs.
type newsletterJSON struct {
	ID        int64    `json:"id"`
	State     string   `json:"state"` // drafted, approved, postponed, skipped, sending, sent
	Title     string   `json:"title"`
	From      jsonTime `json:"from"`
	To        jsonTime `json:"to"`
	SendAt    jsonTime `json:"send_at"`
	SentAt    jsonTime `json:"sent_at"`
	Readers   int      `json:"readers"`
	Revision  int      `json:"revision"`
	DecidedBy string   `json:"decided_by"`
	DecidedAt jsonTime `json:"decided_at"`
	Post      int64    `json:"post"`
	Source    string   `json:"source,omitempty"`
}

func newNewsletterJSON(n *digest.Newsletters, c store.Community, i store.Newsletter) newsletterJSON {
	return newsletterJSON{ID: i.ID, State: string(i.State), Title: n.Title(c, i), From: jsonTime(i.From), To: jsonTime(i.Until), SendAt: jsonTime(i.SendAt),
		SentAt: jsonTime(i.SentAt), Readers: i.Readers, Revision: i.Revision, DecidedBy: i.DecidedBy, DecidedAt: jsonTime(i.DecidedAt), Post: i.PostID}
}

// withNewsletters opens a community with its newsletters.
func (a *app) withNewsletters(ctx context.Context, cop string, f func(*store.DB, *digest.Newsletters, store.Community) error) error {
	return a.withCommunity(ctx, cop, func(db *store.DB, c store.Community) error {
		n, err := a.newNewsletters(ctx, db)
		if err != nil {
			return err
		}
		return f(db, n, c)
	})
}

func (a *app) newsletterList() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{Use: "list COP", Short: "Lists the issues of a newsletter, the newest first", Args: arguments(1, 1)}
	jsonFlag(c, &asJSON)
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.withNewsletters(c.Context(), args[0], func(db *store.DB, n *digest.Newsletters, community store.Community) error {
			all, err := db.Newsletters(c.Context(), community.ID, 1000)
			if err != nil {
				return err
			}
			out := a.list(asJSON, "ID", "GOES OUT", "STATE", "READERS", "TITLE")
			for _, i := range all {
				j := newNewsletterJSON(n, community, i)
				if err := out.add(j, strconv.FormatInt(i.ID, 10), showTime(i.SendAt, n.Gatherer.CommunityZone(community)), j.State, strconv.Itoa(i.Readers), j.Title); err != nil {
					return err
				}
			}
			return out.end("no issues")
		})
	}
	return c
}

func (a *app) newsletterShow() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{Use: "show COP ID", Short: "Shows an issue of a newsletter", Args: arguments(2, 2)}
	jsonFlag(c, &asJSON)
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.withNewsletters(c.Context(), args[0], func(db *store.DB, n *digest.Newsletters, community store.Community) error {
			i, err := issueOf(c.Context(), db, community, args[1])
			if err != nil {
				return err
			}
			j := newNewsletterJSON(n, community, i)
			if j.Source, err = n.Source(community, i); err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(j)
			}
			zone := n.Gatherer.CommunityZone(community)
			t := a.fields()
			t.row("title", j.Title)
			t.row("state", j.State)
			t.row("goes out", showTime(i.SendAt, zone))
			t.row("went out", showTime(i.SentAt, zone))
			t.row("readers", strconv.Itoa(i.Readers))
			t.row("decided by", i.DecidedBy)
			if err := t.flush(); err != nil {
				return err
			}
			a.say("")
			a.sayLines(j.Source)
			return nil
		})
	}
	return c
}

// sayLines says a text of several lines.
func (a *app) sayLines(text string) {
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		a.say("%s", line)
	}
}

// issueOf finds an issue of a community by its number.
func issueOf(ctx context.Context, db *store.DB, c store.Community, number string) (store.Newsletter, error) {
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil || id < 1 {
		return store.Newsletter{}, store.Errorf(store.Invalid, "%q is not the number of an issue", number)
	}
	i, err := db.Newsletter(ctx, id)
	if store.KindOf(err) == store.NotFound && err != nil || err == nil && i.CommunityID != c.ID {
		return i, withHint(store.Errorf(store.NotFound, "%s has no issue %d", c.Address(), id), "guildpost newsletter list %s shows their numbers", c.Name)
	}
	return i, err
}

func (a *app) newsletterSend() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{Use: "send COP", Short: "Sends the issue that waits, or one of what is new, without asking anybody", Args: arguments(1, 1),
		Long: "Sends the issue that is drafted, whoever has not approved it; where there is none, one of what has happened since the last.\n" +
			"Each reader gets one copy. What was interrupted is gone on with."}
	jsonFlag(c, &asJSON)
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.withNewsletters(c.Context(), args[0], func(_ *store.DB, n *digest.Newsletters, community store.Community) error {
			i, sent, err := n.SendNow(c.Context(), a.actor(), community)
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(newNewsletterJSON(n, community, i))
			}
			a.say("issue %d of %s is on its way to %s", i.ID, community.Address(), counted(sent, "reader", "readers"))
			return nil
		})
	}
	return c
}

// dueNewsletters are the issues that will go out until a time: those of tasks, and, without an ID, those that nothing plans yet
// but their schedule.
func (a *app) dueNewsletters(ctx context.Context, db *store.DB, tasks []store.Task, until time.Time) (all []taskJSON, err error) {
	n, err := a.newNewsletters(ctx, db)
	if err != nil {
		return nil, err
	}
	for _, task := range tasks {
		if task.Kind != store.TaskNewsletter {
			continue
		}
		i, err := db.Newsletter(ctx, task.ObjectID)
		if err != nil {
			return nil, err
		}
		c, err := db.Community(ctx, task.CommunityID)
		if err != nil {
			return nil, err
		}
		all = append(all, taskJSON{ID: task.ID, Kind: task.Kind, Object: task.ObjectID, DueAt: jsonTime(task.DueAt), Title: n.Title(c, i), community: c.ID})
	}
	communities, err := db.Communities(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range communities {
		coming, err := n.Coming(ctx, c, until)
		if err != nil {
			return nil, err
		}
		for _, at := range coming {
			all = append(all, taskJSON{Kind: store.TaskNewsletter, DueAt: jsonTime(at), community: c.ID})
		}
	}
	for i := range all {
		readers, err := db.CountNewsletterReaders(ctx, all[i].community, time.Time(all[i].DueAt))
		if err != nil {
			return nil, err
		}
		all[i].To = &readers
	}
	return all, nil
}
