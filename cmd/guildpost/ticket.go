package main

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"guildpost/mail"
	"guildpost/store"
)

func (a *app) ticketCommand() *cobra.Command {
	return group("ticket", "The secrets that tickets are made with: list them, or make a new one", a.ticketKeys(), a.ticketRotate())
}

// A keyJSON is a secret of tickets, without the secret, for programs.
type keyJSON struct {
	ID          int      `json:"id"`
	Since       jsonTime `json:"since"`
	Current     bool     `json:"current"`      // it makes tickets
	LeavesUntil jsonTime `json:"leaves_until"` // tickets for leaving are good until then; null: there is no end
	OthersUntil jsonTime `json:"others_until"` // all others
}

func (a *app) ticketKeys() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{Use: "keys", Short: "Lists the secrets, without showing them", Args: arguments(0, 0),
		Long: "Lists the secrets with which tickets (the links and addresses in mails that confirm, leave, approve…) are made and\n" +
			"checked: since when each made them, and until when those that it made are good. The secrets themselves are not shown."}
	jsonFlag(c, &asJSON)
	c.RunE = func(c *cobra.Command, _ []string) error {
		return a.withStore(c.Context(), func(db *store.DB) error { return a.listKeys(c.Context(), db, asJSON) })
	}
	return c
}

func (a *app) listKeys(ctx context.Context, db *store.DB, asJSON bool) error {
	kept, err := keptTicketKeys(ctx, db, a.now())
	if err != nil {
		return err
	}
	keys, err := parseTicketKeys(kept)
	if err != nil {
		return err
	}
	out := a.list(asJSON, "KEY", "SINCE", "LEAVING UNTIL", "OTHERS UNTIL")
	for _, j := range newKeysJSON(keys) {
		leaves, others := "makes tickets", "makes tickets"
		if !j.Current {
			leaves, others = showTime(time.Time(j.LeavesUntil), a.config.Timezone), showTime(time.Time(j.OthersUntil), a.config.Timezone)
		}
		if err := out.add(j, strconv.Itoa(j.ID), showTime(time.Time(j.Since), a.config.Timezone), leaves, others); err != nil {
			return err
		}
	}
	return out.end("there are none")
}

// newKeysJSON tells of keys, newest first.
func newKeysJSON(keys []mail.Key) (all []keyJSON) {
	keys = slices.Clone(keys)
	slices.SortStableFunc(keys, func(a, b mail.Key) int { return b.Since.Compare(a.Since) })
	for i, key := range keys {
		j := keyJSON{ID: key.ID, Since: jsonTime(key.Since), Current: i == 0}
		if i > 0 {
			retired := keys[i-1].Since
			j.LeavesUntil, j.OthersUntil = jsonTime(retired.Add(mail.OldKeyForLeave)), jsonTime(retired.Add(mail.OldKeyForRest))
		}
		all = append(all, j)
	}
	return all
}

func (a *app) ticketRotate() *cobra.Command {
	var asJSON, forget bool
	c := &cobra.Command{Use: "rotate", Short: "Makes a new secret; tickets that are out stay good for a while", Args: arguments(0, 0),
		Long: "Makes a new secret, with which all tickets are made from now on; a running guildpost does so within a second. Tickets of\n" +
			"the secrets before are good for 400 days more where they are for leaving, and for 90 days where they are for something\n" +
			"else; a secret that is older is forgotten. Nobody has to do anything.\n\n" +
			"With --forget-old the old secrets are forgotten at once: for when somebody has read them. Then every ticket in every\n" +
			"mail that is out is answered with help, also those for leaving, and bounces of what is out count for nobody."}
	jsonFlag(c, &asJSON)
	c.Flags().BoolVar(&forget, "forget-old", false, "forget the old secrets: all tickets that are out end")
	c.RunE = func(c *cobra.Command, _ []string) error {
		return a.withStore(c.Context(), func(db *store.DB) error {
			if err := a.rotateKeys(c.Context(), db, forget); err != nil {
				return err
			}
			return a.listKeys(c.Context(), db, asJSON)
		})
	}
	return c
}

func (a *app) rotateKeys(ctx context.Context, db *store.DB, forget bool) error {
	if _, err := keptTicketKeys(ctx, db, a.now()); err != nil { // there may be none yet
		return err
	}
	action := "rotate ticket key"
	if forget {
		action = "replace ticket keys"
	}
	return db.ChangeSetting(ctx, a.actor(), settingTicketKeys, action, func(kept string) (string, error) {
		keys, err := parseTicketKeys(kept)
		if err != nil {
			return "", err
		}
		if keys, err = rotated(keys, a.now(), forget); err != nil {
			return "", err
		}
		text, err := json.Marshal(keys)
		return string(text), err
	})
}

// rotated adds a new key and takes those out that check nothing any more.
func rotated(keys []mail.Key, now time.Time, forget bool) ([]mail.Key, error) {
	next := 1
	for _, key := range keys {
		next = max(next, key.ID+1)
	}
	if current := currentKey(keys); !now.After(current.Since) {
		return nil, withHint(store.Errorf(store.Conflict, "the key %d is not older than now: it was made at %s", current.ID,
			current.Since.UTC().Format(time.RFC3339)), "is the clock right? then try again in a moment")
	}
	key, err := newTicketKey(next, now)
	if err != nil {
		return nil, err
	}
	if forget {
		return []mail.Key{key}, nil
	}
	kept := []mail.Key{key}
	for i, j := range newKeysJSON(append(keys, key)) {
		if i > 0 && now.Before(time.Time(j.LeavesUntil)) {
			kept = append(kept, keys[slices.IndexFunc(keys, func(k mail.Key) bool { return k.ID == j.ID })])
		}
	}
	return kept, nil
}
