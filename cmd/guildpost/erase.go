package main

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"guildpost/mail/archive"
	"guildpost/store"
)

func (a *app) eraseCommand() *cobra.Command {
	var yes, dryRun, replay, silent bool
	c := &cobra.Command{Use: "erase ADDRESS", Short: "Erases a person: what they said, their name and address, all about them", Args: arguments(0, 1),
		Long: "Erases the person who has an address, with all of their addresses, in all communities. It says first what that means,\n" +
			"and asks. Posts become stubs that keep their threads together; names and addresses are replaced in what others wrote.\n" +
			"It cannot be undone. After a backup was restored, erase --replay repeats the erasures that were made since.\n" +
			"See guildpost help privacy."}
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	c.Flags().BoolVar(&dryRun, "dry-run", false, "only say what would happen")
	c.Flags().BoolVar(&silent, "silent", false, "send them no cancellations of the meetings that come")
	c.Flags().BoolVar(&replay, "replay", false, "repeat earlier erasures on a restored database")
	c.RunE = func(c *cobra.Command, args []string) error {
		if replay == (len(args) == 1) {
			return wrongUse(c, "give either an ADDRESS or --replay")
		}
		return a.withStore(c.Context(), func(db *store.DB) error {
			if replay {
				return a.replayErasures(c.Context(), db, dryRun)
			}
			address, err := canonicalAddress(args[0])
			if err != nil {
				return err
			}
			return a.erase(c.Context(), db, address, yes, dryRun, silent)
		})
	}
	return c
}

// eraser builds an eraser whose progress is shown; end must be called when it is done.
func (a *app) eraser(db *store.DB, key string) (e *archive.Eraser, end func()) {
	bar := a.progressOf("messages")
	e = &archive.Eraser{DB: db, Now: a.now, Key: key, Progress: func(done, total int) { bar.set(done, int64(done), int64(total)) }}
	return e, bar.end
}

func (a *app) erase(ctx context.Context, db *store.DB, address string, yes, dryRun, silent bool) error {
	log := a.erasureLog()
	key, err := log.key(ctx, db)
	if err != nil {
		return err
	}
	e, end := a.eraser(db, key)
	found, err := e.Find(ctx, address)
	end()
	if err != nil {
		return err
	}
	about, err := db.AboutPerson(ctx, found.Person)
	if err != nil {
		return err
	}
	if found.Posts == 0 && found.Others == 0 && len(about) == 0 {
		return store.Errorf(store.NotFound, "nothing is known of %s", address)
	}
	if err := a.showFinding(found, about); err != nil || dryRun {
		return err
	}
	if err := a.sure(yes, "Erase all of this for good?"); err != nil {
		return err
	}
	// Noted first: a backup that is made while it goes on is cleaned after it was restored.
	if err := log.note(a.now(), key, found.Person.Addresses); err != nil {
		return err
	}
	if !silent {
		if err := a.sayFarewell(ctx, db, address); err != nil {
			return err
		}
	}
	e, end = a.eraser(db, key)
	done, err := e.Erase(ctx, a.actor(), address)
	end()
	if err != nil {
		return withHint(err, "the same command goes on where this was cut off")
	}
	return a.sayErased(done)
}

// showFinding says what an erasure is about.
func (a *app) showFinding(f archive.Finding, about []store.PersonRows) error {
	t := a.fields()
	t.row("addresses", strings.Join(f.Person.Addresses, ", "))
	t.row("names", strings.Join(f.Person.Names, ", "))
	if len(f.Common) > 0 {
		t.row("", "only beside the address, since it alone does not say who is meant: "+strings.Join(f.Common, ", "))
	}
	t.row("posts", strconv.Itoa(f.Posts)+" become stubs")
	t.row("messages", strconv.Itoa(f.Others)+" of others name them, and will not")
	if f.Files > 0 {
		t.row("files", strconv.Itoa(f.Files)+" in messages of others name them, and stay as they are")
	}
	for _, rows := range about {
		if rows.Table != "posts" && rows.Table != "post_references" {
			t.row(rows.Table, strconv.Itoa(rows.Rows))
		}
	}
	return t.flush()
}

func (a *app) sayErased(f archive.Finding) error {
	a.say("erased: %s, %s", counted(f.Posts, "post", "posts"), counted(f.Others, "message of others that named them", "messages of others that named them"))
	a.say("backups and exports that were made before still hold it; delete them, or run guildpost erase --replay after restoring one")
	if !f.Overwritten {
		a.warn("somebody is reading the database for long, so that its log could not be emptied; it will be, when the daemon is started again")
	}
	return nil
}

// replayErasures repeats what the log of erasures has, where the database knows any of those people.
func (a *app) replayErasures(ctx context.Context, db *store.DB, dryRun bool) error {
	log := a.erasureLog()
	erased, err := log.read()
	if err != nil {
		return err
	}
	known, err := erasedAgain(ctx, db, erased)
	if err != nil {
		return err
	}
	if len(known) == 0 {
		a.say("every erasure has been done in this database")
		return nil
	}
	if dryRun {
		a.say("%s of people who were erased are in the database again", counted(len(known), "address", "addresses"))
		return nil
	}
	key, err := log.key(ctx, db)
	if err != nil {
		return err
	}
	for _, address := range known {
		e, end := a.eraser(db, key)
		done, err := e.Erase(ctx, a.actor(), address)
		end()
		if err == nil {
			err = a.sayErased(done)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// erasedAgain finds the addresses that were erased and are in the database, which does not know of it. Those that came back
// after they were erased are not among them.
func erasedAgain(ctx context.Context, db *store.DB, erased erasureLines) (known []string, err error) {
	var all []string
	err = db.KnownAddresses(ctx, func(address string) {
		if erased.has(address) && !slices.Contains(all, address) {
			all = append(all, address)
		}
	})
	for _, address := range all {
		at, atErr := db.ErasedAt(ctx, address)
		if err = errors.Join(err, atErr); at.IsZero() {
			known = append(known, address)
		}
	}
	return known, err
}
