package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"guildpost/store"
)

// A badJSON is a message that was kept aside, for programs.
type badJSON struct {
	ID     int64    `json:"id"`
	Place  string   `json:"place"`
	Reason string   `json:"reason"`
	Size   int64    `json:"size"`
	At     jsonTime `json:"at"`
}

// listBad lists what was kept aside in imports into a community.
func (a *app) listBad(ctx context.Context, db *store.DB, c store.Community, asJSON bool) error {
	all, err := db.ImportProblems(ctx, c.ID)
	if err != nil {
		return err
	}
	out := a.list(asJSON, "ID", "WHERE", "SIZE", "WHY")
	for _, p := range all {
		j := badJSON{p.ID, p.Place, p.Reason, p.Size, jsonTime(p.At)}
		if err := out.add(j, strconv.FormatInt(p.ID, 10), p.Place, strconv.FormatInt(p.Size, 10), p.Reason); err != nil {
			return err
		}
	}
	return out.end("nothing was kept aside")
}

// writeBad writes what was kept aside into a new folder, a file for each.
func (a *app) writeBad(ctx context.Context, db *store.DB, c store.Community, folder string) error {
	all, err := db.ImportProblems(ctx, c.ID)
	if err != nil {
		return err
	}
	path := absolute(folder, a.dir)
	if err := os.Mkdir(path, 0o700); err != nil {
		return store.Errorf(store.Conflict, "the folder cannot be made: %w", err)
	}
	for _, p := range all {
		raw, err := db.Raw(ctx, p.RawID)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(path, fmt.Sprintf("%d.eml", p.ID)), raw, 0o600); err != nil {
			return err
		}
	}
	a.say("wrote %s into %s", counted(len(all), "message", "messages"), shortPath(path, a.dir))
	return nil
}

// endImports gives up what is left of the imports that were cut short.
func (a *app) endImports(ctx context.Context, db *store.DB, c store.Community) error {
	all, err := db.Imports(ctx, c.ID, true)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return store.Errorf(store.NotFound, "no import into %s is unfinished", c.Address())
	}
	for _, i := range all {
		if i, err = db.FinishImport(ctx, a.actor(), i.ID); err != nil {
			return err
		}
		a.say("ended: %s, begun %s, with %d posts", i.Source, i.StartedAt.In(a.config.Timezone).Format(time.DateOnly), i.Added)
	}
	return nil
}
