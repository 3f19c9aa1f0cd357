package main

import (
	"context"
	"crypto/rand"
	"log/slog"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"guildpost/mail"
	"guildpost/mail/list"
	"guildpost/store"
)

func (a *app) heldCommand() *cobra.Command {
	return group("held", "Posts that wait for a facilitator: list, show, approve and reject them",
		a.heldList(), a.heldShow(), a.heldApprove(), a.heldReject())
}

// withList opens the database and builds the list service on it, for commands that do what mail does too.
func (a *app) withList(ctx context.Context, f func(l *list.List) error) error {
	return a.withStore(ctx, func(db *store.DB) error {
		l, err := a.newList(ctx, db)
		if err != nil {
			return err
		}
		return f(l)
	})
}

func (a *app) newList(ctx context.Context, db *store.DB) (*list.List, error) {
	keys, err := ticketKeys(ctx, db, a.now())
	if err != nil {
		return nil, err
	}
	l := &list.List{
		DB: db, Keys: keys, Policy: list.NewDMARC(a.net.text, a.now), Now: a.now, Random: rand.Reader,
		Log:      slog.New(slog.NewTextHandler(a.stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
		Hostname: a.config.Domain, Language: a.config.Language, Timezone: a.config.Timezone, MaxMessage: a.config.Inbound.MaxMessage,
		Postmaster: a.config.Postmaster,
	}
	if a.config.Web.Listen != "" {
		l.PublicURL = a.config.PublicURL
	}
	l.Coming = calendarOf(l).Coming
	return l, nil
}

// A heldJSON is a held post for programs.
type heldJSON struct {
	ID        int64    `json:"id"`
	From      string   `json:"from"`
	Subject   string   `json:"subject"`
	Reason    string   `json:"reason"`
	Since     jsonTime `json:"since"`
	Community string   `json:"community"`
	MessageID string   `json:"message_id"`
	Sender    string   `json:"sender"` // envelope sender
	State     string   `json:"state"`
	Code      string   `json:"code"` // of the reason
	Detail    string   `json:"detail"`
	DecidedBy string   `json:"decided_by"`
	DecidedAt jsonTime `json:"decided_at"`
	Note      string   `json:"note"`
}

func (a *app) heldJSON(c store.Community, h store.Hold) heldJSON {
	reason := list.ReasonOf(h)
	return heldJSON{ID: h.ID, From: h.From, Subject: h.Subject, Reason: list.ReasonSentence("en", h), Since: jsonTime(h.Since),
		Community: c.Address(), MessageID: h.MessageID, Sender: h.Sender, State: string(h.State), Code: reason.Code, Detail: reason.Detail,
		DecidedBy: h.DecidedBy, DecidedAt: jsonTime(h.DecidedAt), Note: h.Note}
}

var holdStates = []string{"held", "approved", "rejected", "expired"}

func (a *app) heldList() *cobra.Command {
	var asJSON bool
	state := ""
	c := &cobra.Command{Use: "list [COP]", Short: "Lists what waits, in one community or in all", Args: arguments(0, 1)}
	jsonFlag(c, &asJSON)
	c.Flags().StringVar(&state, "state", "held", "those in a `STATE`: "+strings.Join(holdStates, ", "))
	c.RunE = func(c *cobra.Command, args []string) error {
		if err := among("state", state, holdStates...); err != nil {
			return err
		}
		return a.withStore(c.Context(), func(db *store.DB) error {
			communities, err := chosenCommunities(c.Context(), db, args)
			if err != nil {
				return err
			}
			out := a.list(asJSON, "ID", "COMMUNITY", "SINCE", "FROM", "SUBJECT", "REASON")
			for _, community := range communities {
				holds, err := db.Holds(c.Context(), community.ID, store.HoldState(state))
				if err != nil {
					return err
				}
				for _, h := range holds {
					j := a.heldJSON(community, h)
					if err := out.add(j, strconv.FormatInt(j.ID, 10), j.Community, showTime(h.Since, a.config.Timezone), j.From, j.Subject, j.Reason); err != nil {
						return err
					}
				}
			}
			return out.end("nothing waits")
		})
	}
	return c
}

// chosenCommunities is the community that was named, or all.
func chosenCommunities(ctx context.Context, db *store.DB, args []string) ([]store.Community, error) {
	if len(args) == 0 {
		return db.Communities(ctx)
	}
	c, err := db.CommunityByName(ctx, args[0])
	return []store.Community{c}, err
}

func (a *app) heldShow() *cobra.Command {
	var asJSON, raw bool
	c := &cobra.Command{Use: "show ID", Short: "Shows a held post", Args: arguments(1, 1)}
	jsonFlag(c, &asJSON)
	c.Flags().BoolVar(&raw, "raw", false, "the message byte for byte, instead of its text")
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.withHold(c.Context(), args[0], func(l *list.List, h store.Hold) error {
			community, err := l.DB.Community(c.Context(), h.CommunityID)
			if err != nil {
				return err
			}
			message, err := l.DB.Raw(c.Context(), h.RawID)
			if err != nil {
				return err
			}
			switch {
			case raw:
				_, err = a.stdout.Write(message)
				return err
			case asJSON:
				return a.printJSON(a.heldJSON(community, h))
			}
			return a.showHeld(a.heldJSON(community, h), message)
		})
	}
	return c
}

func (a *app) showHeld(j heldJSON, message []byte) error {
	t := a.fields()
	t.row("id", strconv.FormatInt(j.ID, 10))
	t.row("community", j.Community)
	t.row("state", j.State)
	t.row("since", j.Since.show(a.config.Timezone))
	t.row("from", j.From)
	t.row("subject", j.Subject)
	t.row("reason", j.Reason)
	t.row("message_id", j.MessageID)
	if j.State != string(store.Held) {
		t.row("decided by", j.DecidedBy)
		t.row("decided at", j.DecidedAt.show(a.config.Timezone))
		t.row("note", j.Note)
	}
	if err := t.flush(); err != nil {
		return err
	}
	for _, line := range strings.Split("\n"+strings.TrimRight(mail.Read(message).Text().All, "\n"), "\n") {
		a.say("%s", line)
	}
	return nil
}

// withHold finds the hold that a person named.
func (a *app) withHold(ctx context.Context, id string, f func(l *list.List, h store.Hold) error) error {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || n <= 0 {
		return withHint(store.Errorf(store.Invalid, "%q is no number of a held post", id), "guildpost held list shows them")
	}
	return a.withList(ctx, func(l *list.List) error {
		h, err := l.DB.Hold(ctx, n)
		if err != nil {
			return withHint(err, "guildpost held list shows those there are")
		}
		return f(l, h)
	})
}

func (a *app) heldApprove() *cobra.Command {
	return &cobra.Command{Use: "approve ID", Short: "Posts what was held", Args: arguments(1, 1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.withHold(c.Context(), args[0], func(l *list.List, h store.Hold) error {
				if err := waits(h); err != nil {
					return err
				}
				if _, err := l.ApproveHold(c.Context(), a.actor(), h); err != nil {
					return err
				}
				a.say("approved: %q of %s is on its way", h.Subject, h.From)
				return nil
			})
		}}
}

func (a *app) heldReject() *cobra.Command {
	reason := ""
	c := &cobra.Command{Use: "reject ID", Short: "Does not post what was held, and tells its author", Args: arguments(1, 1)}
	c.Flags().StringVar(&reason, "reason", "", "a `TEXT` that is passed on to the author")
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.withHold(c.Context(), args[0], func(l *list.List, h store.Hold) error {
			if err := waits(h); err != nil {
				return err
			}
			if err := l.RejectHold(c.Context(), a.actor(), h, "", strings.TrimSpace(reason)); err != nil {
				return err
			}
			a.say("rejected: %q; %s has been told", h.Subject, h.From)
			return nil
		})
	}
	return c
}

// waits says how a hold was decided, where it was.
func waits(h store.Hold) error {
	switch {
	case h.State == store.Held:
		return nil
	case h.DecidedBy == "":
		return store.Errorf(store.Conflict, "the held post %d does not wait any more: it is %s", h.ID, h.State)
	}
	return store.Errorf(store.Conflict, "the held post %d was %s by %s already", h.ID, h.State, h.DecidedBy)
}
