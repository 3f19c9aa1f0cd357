package archive

import (
	"context"
	"os"
	"path/filepath"

	"guildpost/mail/archive/box"
	"guildpost/store"
)

// DryRun says what Import would do. It does it, in an empty database that is thrown away then: threads are as they would
// become, but for those that go on with what is in the archive already.
func (im *Importer) DryRun(ctx context.Context, by store.Actor, c store.Community, b box.Box, progress func(Report)) (r Report, err error) {
	folder, err := os.MkdirTemp("", "guildpost-dry-run-")
	if err != nil {
		return r, err
	}
	defer os.RemoveAll(folder)
	db, err := store.Open(ctx, store.Options{Path: filepath.Join(folder, "dry-run.db")})
	if err != nil {
		return r, err
	}
	defer db.Close()
	empty, err := db.CreateCommunity(ctx, by, store.Community{Name: c.Name, Domain: c.Domain, Title: c.Title})
	if err != nil {
		return r, err
	}
	begun, err := db.BeginImport(ctx, by, empty.ID, "", "")
	if err != nil {
		return r, err
	}
	f, err := im.forget(ctx)
	if err != nil {
		return r, err
	}
	known := func(ctx context.Context, batch *batch) error { return im.leaveOutKnown(ctx, c, batch) }
	run := importRun{Importer: &Importer{DB: db, Now: im.Now}, community: empty, id: begun.ID, box: b, report: &r, progress: progress, leaveOut: known,
		forgetting: f}
	if err := run.all(ctx); err != nil {
		return r, err
	}
	r.Posts, r.Threads, err = db.ArchiveSize(ctx, empty.ID)
	return r, err
}

// leaveOutKnown takes the posts out of a batch that a community's archive has.
func (im *Importer) leaveOutKnown(ctx context.Context, c store.Community, b *batch) error {
	known, err := im.DB.KnownPosts(ctx, c.ID, b.posts)
	if err != nil {
		return err
	}
	next := 0
	fresh := b.posts[:0]
	for i, reason := range b.reasons {
		if reason != "" {
			continue
		}
		if b.known[i] = known[next]; !b.known[i] {
			fresh = append(fresh, b.posts[next])
		}
		next++
	}
	b.posts = fresh
	return nil
}
