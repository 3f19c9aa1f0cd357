package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"guildpost/store"
)

// A changeJSON is an entry of the journal, for programs.
type changeJSON struct {
	ID        int64    `json:"id"`
	At        jsonTime `json:"at"`
	Community string   `json:"community"`
	Actor     string   `json:"actor"`
	Via       string   `json:"via"`
	Action    string   `json:"action"`
	Before    string   `json:"before"`
	After     string   `json:"after"`
}

func (a *app) undoCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{Use: "undo [ID]", Short: "Takes a change back, or lists the latest", Args: arguments(0, 1),
		Long: "Takes back a change of a membership, of a community's rules or of a thread, by its ID in the journal.\n" +
			"What was changed again since then stays as it is. Without an ID it lists the latest changes of all communities."}
	jsonFlag(c, &asJSON)
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.withStore(c.Context(), func(db *store.DB) error {
			if len(args) == 0 {
				return a.listChanges(c.Context(), db, 0, 20, asJSON)
			}
			id, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil {
				return withHint(store.Errorf(store.Invalid, "%q is not the ID of a change", args[0]), "guildpost undo lists the latest changes")
			}
			return a.undo(c.Context(), db, id)
		})
	}
	return c
}

func (a *app) undo(ctx context.Context, db *store.DB, id int64) error {
	e, err := db.Undo(ctx, a.actor(), id, nil)
	switch store.KindOf(err) {
	case store.NotFound, store.Invalid:
		return withHint(err, "guildpost undo lists the latest changes")
	}
	if err != nil {
		return err
	}
	a.say("taken back: %s", sentenceOf(e))
	c, err := db.Community(ctx, e.CommunityID)
	if err != nil {
		return err
	}
	return a.planMeetings(ctx, db, c)
}

func (a *app) journalCommand() *cobra.Command {
	var asJSON bool
	var limit int
	c := &cobra.Command{Use: "journal COP", Short: "Lists what was changed in a community, by whom and how", Args: arguments(1, 1),
		Long: "Lists the latest changes of memberships, roles and rules, newest first. guildpost undo ID takes one back."}
	jsonFlag(c, &asJSON)
	c.Flags().IntVar(&limit, "limit", 50, "how many")
	c.RunE = func(c *cobra.Command, args []string) error {
		if limit < 1 || limit > 1_000_000 {
			return wrongUse(c, "--limit must be from 1 to 1000000")
		}
		return a.withCommunity(c.Context(), args[0], func(db *store.DB, community store.Community) error {
			return a.listChanges(c.Context(), db, community.ID, limit, asJSON)
		})
	}
	return c
}

func (a *app) listChanges(ctx context.Context, db *store.DB, community int64, limit int, asJSON bool) error {
	entries, err := db.Journal(ctx, community, limit)
	if err != nil {
		return err
	}
	out := a.list(asJSON, "ID", "WHEN", "COMMUNITY", "BY", "WHAT")
	names := map[int64]string{}
	for _, e := range entries {
		if _, known := names[e.CommunityID]; !known {
			names[e.CommunityID] = ""
			if c, err := db.Community(ctx, e.CommunityID); err == nil {
				names[e.CommunityID] = c.Address()
			}
		}
		j := changeJSON{e.ID, jsonTime(e.At), names[e.CommunityID], e.Actor.Who, e.Actor.Via, e.Action, e.Before, e.After}
		if err := out.add(j, strconv.FormatInt(e.ID, 10), showTime(e.At, a.config.Timezone), j.Community, j.Actor, sentenceOf(e)); err != nil {
			return err
		}
	}
	return out.end("nothing was changed yet")
}

// sentenceOf says what a change was: whose, and what is different.
func sentenceOf(e store.JournalEntry) string {
	before, after := map[string]any{}, map[string]any{}
	if json.Unmarshal([]byte(e.After), &after) != nil {
		return strings.TrimSpace(e.Action + " " + strings.TrimPrefix(e.After+e.Before, " "))
	}
	_ = json.Unmarshal([]byte(e.Before), &before) // the first change of something has nothing before
	if text, ok := threadSentence(e.Action, before, after); ok {
		return text
	}
	text := e.Action
	if address, ok := after["address"].(string); ok {
		text += " " + address
	}
	if len(before) == 0 {
		return text
	}
	var changed []string
	for key := range after {
		changed = appendChange(changed, key, before[key], after[key])
	}
	for key, was := range before {
		if _, still := after[key]; !still {
			changed = appendChange(changed, key, was, nil)
		}
	}
	slices.Sort(changed)
	return strings.Join(append([]string{text}, changed...), ", ")
}

func appendChange(changed []string, key string, was, is any) []string {
	a, b := shortValue(was), shortValue(is)
	if a == b || key == "subscription" {
		return changed
	}
	return append(changed, key+": "+a+" → "+b)
}

func shortValue(v any) string {
	const most = 40
	if v == nil || v == "" {
		return "-"
	}
	text := []rune(fmt.Sprint(v))
	if len(text) > most {
		return string(text[:most]) + "…"
	}
	return string(text)
}
