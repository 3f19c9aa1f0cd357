package main

import (
	"context"
	"crypto/rand"
	"strconv"

	"github.com/spf13/cobra"

	"guildpost/mail"
	"guildpost/store"
)

// An appPasswordJSON is an app password for programs.
type appPasswordJSON struct {
	ID        int64    `json:"id"`
	Name      string   `json:"name"`
	CreatedAt jsonTime `json:"created_at"`
	UsedAt    jsonTime `json:"used_at"`
	Password  string   `json:"password,omitempty"`
}

func newAppPasswordJSON(p store.AppPassword) appPasswordJSON {
	return appPasswordJSON{ID: p.ID, Name: p.Name, CreatedAt: jsonTime(p.CreatedAt), UsedAt: jsonTime(p.UsedAt)}
}

// An appPasswordTask is what one call of member password does.
type appPasswordTask struct {
	name   string
	list   bool
	revoke int64
	json   bool
}

func (a *app) memberPassword() *cobra.Command {
	var task appPasswordTask
	c := &cobra.Command{Use: "password ADDRESS", Short: "Makes, lists or revokes app passwords, with which mail programs read the archive",
		Args: arguments(1, 1),
		Long: "Makes an app password for a member, with which a mail program reads the archive over IMAP, and shows it: it is kept\n" +
			"nowhere and never shown again. With --list it lists those there are, and with --revoke it ends one: programs that\n" +
			"use it are shut out at once. Members make their own by mail, with the command \"password\"."}
	jsonFlag(c, &task.json)
	c.Flags().StringVar(&task.name, "name", "", "what it is for, such as \"my laptop\"")
	c.Flags().BoolVar(&task.list, "list", false, "list them")
	c.Flags().Int64Var(&task.revoke, "revoke", 0, "end the one with an `ID`")
	c.RunE = func(c *cobra.Command, args []string) error {
		if task.list && task.revoke != 0 || task.name != "" && (task.list || task.revoke != 0) {
			return wrongUse(c, "--name, --list and --revoke do not go together")
		}
		address, err := canonicalAddress(args[0])
		if err != nil {
			return err
		}
		return a.withStore(c.Context(), func(db *store.DB) error {
			ids, err := db.MembersByAddress(c.Context(), []string{address})
			if err == nil && len(ids) == 0 {
				err = store.Errorf(store.NotFound, "%s is no member of any community", address)
			}
			if err != nil {
				return err
			}
			return a.appPassword(c.Context(), db, ids[0], task)
		})
	}
	return c
}

func (a *app) appPassword(ctx context.Context, db *store.DB, member int64, task appPasswordTask) error {
	switch {
	case task.list:
		return a.listAppPasswords(ctx, db, member, task.json)
	case task.revoke != 0:
		if err := db.RevokeAppPassword(ctx, a.actor(), member, task.revoke); err != nil {
			return err
		}
		a.say("app password %d is revoked", task.revoke)
		return nil
	}
	return a.makeAppPassword(ctx, db, member, task)
}

func (a *app) listAppPasswords(ctx context.Context, db *store.DB, member int64, asJSON bool) error {
	all, err := db.AppPasswords(ctx, member)
	if err != nil {
		return err
	}
	out := a.list(asJSON, "ID", "NAME", "CREATED", "USED")
	for _, p := range all {
		used := "never"
		if !p.UsedAt.IsZero() {
			used = p.UsedAt.Format("2006-01-02")
		}
		j := newAppPasswordJSON(p)
		if err := out.add(j, strconv.FormatInt(p.ID, 10), p.Name, showTime(p.CreatedAt, a.config.Timezone), used); err != nil {
			return err
		}
	}
	return out.end("no app passwords")
}

func (a *app) makeAppPassword(ctx context.Context, db *store.DB, member int64, task appPasswordTask) error {
	name, err := oneLine("name", task.name, 100)
	if err != nil {
		return err
	}
	secret, err := mail.NewSecret(rand.Reader)
	if err != nil {
		return err
	}
	hash, err := mail.HashSecret(ctx, rand.Reader, secret)
	if err != nil {
		return err
	}
	p, err := db.AddAppPassword(ctx, a.actor(), store.AppPassword{MemberID: member, Name: name, Hash: hash})
	if err != nil {
		return err
	}
	password := mail.AppPassword(p.ID, secret)
	if task.json {
		j := newAppPasswordJSON(p)
		j.Password = password
		return a.printJSON(j)
	}
	a.say("%s", password)
	return nil
}
