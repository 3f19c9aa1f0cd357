package store

import (
	"context"
	"fmt"
	"time"
)

// An Import brings the history of a community in from a source. It is made by BeginImport, goes on by ImportPosts, and
// ends by FinishImport: until then the community's archive is not shown (see ArchiveOpen), so that nobody reads half a
// history, or one that should not have come here.
type Import struct {
	ID          int64
	CommunityID int64
	Source      string // for people: the same for the same source
	Actor       string
	StartedAt   time.Time
	FinishedAt  time.Time // zero while it is not
	Taken       int64     // messages from the beginning of the source that need not be read again
	Added       int64
	Duplicates  int64
	Bad         int64
}

const importColumns = "id, community_id, source, actor, started_at, finished_at, taken, added, duplicates, bad"

func scanImport(row rowScanner) (i Import, err error) {
	var started, finished int64
	err = row.Scan(&i.ID, &i.CommunityID, &i.Source, &i.Actor, &started, &finished, &i.Taken, &i.Added, &i.Duplicates, &i.Bad)
	i.StartedAt, i.FinishedAt = fromMicros(started), fromMicros(finished)
	return i, err
}

// BeginImport begins an import into a community, or goes on with the one that was begun from the same source and not
// finished. If the source has another fingerprint by now, or none, it is read from its beginning again: what was filed is
// known.
func (db *DB) BeginImport(ctx context.Context, by Actor, communityID int64, source, fingerprint string) (i Import, err error) {
	err = db.durable.do(ctx, func(t *tx) (err error) {
		if err := t.lockArchive(communityID); err != nil {
			return err
		}
		i, err = scanImport(t.row("SELECT "+importColumns+` FROM imports WHERE community_id = ? AND finished_at = 0
			AND source = ? ORDER BY id LIMIT 1`, communityID, source))
		if err == nil {
			return t.resumeImport(&i, fingerprint)
		}
		if !isNoRows(err) {
			return err
		}
		i = Import{CommunityID: communityID, Source: text(source), Actor: by.Who, StartedAt: by.At}
		i.ID, err = t.insert(`INSERT INTO imports (community_id, source, fingerprint, actor, started_at, finished_at, taken,
			added, duplicates, bad) VALUES (?, ?, ?, ?, ?, 0, 0, 0, 0, 0)`, communityID, source, fingerprint, by.Who, micros(by.At))
		return err
	})
	return i, err
}

func (t *tx) resumeImport(i *Import, fingerprint string) error {
	n, err := t.exec("UPDATE imports SET taken = 0, fingerprint = ? WHERE id = ? AND (fingerprint <> ? OR fingerprint = '')", fingerprint, i.ID, fingerprint)
	if n > 0 {
		i.Taken = 0
	}
	return err
}

// FinishImport ends an import: unless another one goes on, the archive is shown again.
func (db *DB) FinishImport(ctx context.Context, by Actor, id int64) (i Import, err error) {
	err = db.durable.do(ctx, func(t *tx) (err error) {
		i, err = scanImport(t.row("SELECT "+importColumns+" FROM imports WHERE id = ?"+t.dialect.forUpdate(), id))
		if isNoRows(err) {
			return Errorf(NotFound, "there is no such import")
		}
		if err != nil || !i.FinishedAt.IsZero() {
			return err
		}
		i.FinishedAt = by.At
		if _, err := t.exec("UPDATE imports SET finished_at = ? WHERE id = ?", micros(by.At), id); err != nil {
			return err
		}
		after := fmt.Sprintf("%d posts from %s", i.Added, i.Source)
		return t.journal(by, entry{community: i.CommunityID, action: "import", after: after})
	})
	return i, err
}

// Imports returns the imports of a community, the unfinished ones alone or all, in their order.
func (db *DB) Imports(ctx context.Context, communityID int64, unfinished bool) (all []Import, err error) {
	where := ""
	if unfinished {
		where = " AND finished_at = 0"
	}
	err = db.query(ctx, func(row rowScanner) error {
		i, err := scanImport(row)
		all = append(all, i)
		return err
	}, "SELECT "+importColumns+" FROM imports WHERE community_id = ?"+where+" ORDER BY id", communityID)
	return all, err
}

// ArchiveOpen says whether the archive of a community may be shown to those who may read it. While a history is being
// imported, facilitators alone see it.
func (db *DB) ArchiveOpen(ctx context.Context, communityID int64) (open bool, err error) {
	err = db.queryRow(ctx, "", func(row rowScanner) error { return row.Scan(&open) },
		"SELECT NOT EXISTS (SELECT 1 FROM imports WHERE community_id = ? AND finished_at = 0)", communityID)
	return open, err
}

// An ImportProblem is a message that could not be filed, kept aside as it is.
type ImportProblem struct {
	ID     int64
	RawID  int64
	Place  string // where in its source
	Reason string // a sentence
	At     time.Time
	Size   int64

	Raw []byte // for ImportPosts alone
}

// ImportProblems returns the messages of a community that could not be filed, in their order.
func (db *DB) ImportProblems(ctx context.Context, communityID int64) (all []ImportProblem, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		var p ImportProblem
		var at int64
		err := row.Scan(&p.ID, &p.RawID, &p.Place, &p.Reason, &at, &p.Size)
		p.At = fromMicros(at)
		all = append(all, p)
		return err
	}, `SELECT p.id, p.raw_id, p.place, p.reason, p.at, r.size FROM import_problems p JOIN raw_messages r ON r.id = p.raw_id
		WHERE p.community_id = ? ORDER BY p.id`, communityID)
	return all, err
}

// ArchiveSize returns how many posts and threads a community's archive has.
func (db *DB) ArchiveSize(ctx context.Context, communityID int64) (posts, threads int64, err error) {
	err = db.queryRow(ctx, "", func(row rowScanner) error { return row.Scan(&posts, &threads) },
		"SELECT COALESCE(SUM(posts), 0), COUNT(*) FROM threads WHERE community_id = ?", communityID)
	return posts, threads, err
}
