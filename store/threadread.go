package store

import (
	"context"
	"strings"
	"time"
)

const threadColumns = `id, community_id, subject, posts,
	(SELECT COUNT(DISTINCT from_address) FROM posts WHERE thread_id = threads.id), first_at, last_at, solved, title_base <> ''`

func scanThread(row rowScanner) (th Thread, err error) {
	var first, last int64
	err = row.Scan(&th.ID, &th.CommunityID, &th.Subject, &th.Posts, &th.Participants, &first, &last, &th.Solved, &th.Titled)
	th.FirstAt, th.LastAt = fromMicros(first), fromMicros(last)
	return th, err
}

// threadsWhere reads threads with their labels; where is what stands behind FROM threads.
func (db *DB) threadsWhere(ctx context.Context, where string, args ...any) (all []Thread, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		th, err := scanThread(row)
		all = append(all, th)
		return err
	}, "SELECT "+threadColumns+" FROM threads "+where, args...)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return all, db.addLabels(ctx, all)
}

func (db *DB) addLabels(ctx context.Context, all []Thread) error {
	at := map[int64]int{}
	ids := make([]int64, len(all))
	for i, th := range all {
		at[th.ID], ids[i] = i, th.ID
	}
	return db.query(ctx, func(row rowScanner) error {
		var id int64
		var label string
		err := row.Scan(&id, &label)
		if i, ok := at[id]; ok {
			all[i].Labels = append(all[i].Labels, label)
		}
		return err
	}, "SELECT thread_id, label FROM thread_labels WHERE "+db.dialect.in("thread_id")+" ORDER BY thread_id, label", db.dialect.idList(ids))
}

// movedThread is a WITH of the thread that a number means: its own, or the one that it has become part of.
const movedThread = `WITH RECURSIVE meant (id) AS (SELECT CAST(? AS BIGINT)
	UNION SELECT m.thread_id FROM thread_moves m JOIN meant ON m.old_id = meant.id) `

// Thread returns the thread with an ID, or the one that has taken it in.
func (db *DB) Thread(ctx context.Context, id int64) (th Thread, err error) {
	err = db.queryRow(ctx, "there is no such thread", func(row rowScanner) (err error) {
		th, err = scanThread(row)
		return err
	}, movedThread+"SELECT "+threadColumns+" FROM threads WHERE id IN (SELECT id FROM meant)", id)
	if err != nil {
		return th, err
	}
	one := []Thread{th}
	err = db.addLabels(ctx, one)
	return one[0], err
}

// A ThreadFilter says which threads of a community are wanted.
type ThreadFilter struct {
	CommunityID int64
	Since       time.Time   // with a post since then
	State       ThreadState // "" is any
	Label       string      // "" is any
	Limit       int
}

// ThreadState is where a thread stands.
type ThreadState string

// The states of a thread.
const (
	ThreadOpen   ThreadState = "open"
	ThreadSolved ThreadState = "solved"
)

// State returns where a thread stands.
func (th Thread) State() ThreadState {
	if th.Solved {
		return ThreadSolved
	}
	return ThreadOpen
}

// FindThreads returns threads, the one with the latest post first.
func (db *DB) FindThreads(ctx context.Context, f ThreadFilter) ([]Thread, error) {
	where, args := "WHERE community_id = ? AND last_at >= ?", []any{f.CommunityID, micros(f.Since)}
	if f.State != "" {
		where, args = where+" AND solved = ?", append(args, f.State == ThreadSolved)
	}
	if f.Label != "" {
		where += " AND EXISTS (SELECT 1 FROM thread_labels l WHERE l.thread_id = threads.id AND l.label = ?)"
		args = append(args, f.Label)
	}
	return db.threadsWhere(ctx, where+" ORDER BY last_at DESC, id DESC LIMIT ?", append(args, f.Limit)...)
}

// Threads returns the threads of a community, the one with the latest post first.
func (db *DB) Threads(ctx context.Context, communityID int64, limit int) ([]Thread, error) {
	return db.ThreadsSince(ctx, communityID, time.Time{}, limit)
}

// ThreadsSince returns the threads of a community with a post since then, the one with the latest post first.
func (db *DB) ThreadsSince(ctx context.Context, communityID int64, since time.Time, limit int) ([]Thread, error) {
	return db.FindThreads(ctx, ThreadFilter{CommunityID: communityID, Since: since, Limit: limit})
}

// ThreadsBySubject returns the threads of a community whose subject, or the title that they were given, is base (as
// mail.BaseSubject makes it), the one with the latest post first.
func (db *DB) ThreadsBySubject(ctx context.Context, communityID int64, base string, limit int) ([]Thread, error) {
	return db.threadsWhere(ctx, `WHERE community_id = ? AND (subject_base = ? OR title_base <> '' AND title_base = ?)
		ORDER BY last_at DESC, id DESC LIMIT ?`, communityID, key(base), key(base), limit)
}

// likePattern matches what holds a text, in a LIKE … ESCAPE '\'.
func likePattern(text string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(text) + "%"
}

// ThreadsLike returns the threads of a community whose folded subject or title holds a folded text, the one with the
// latest post first, and how many there are in all.
func (db *DB) ThreadsLike(ctx context.Context, communityID int64, folded string, skip, limit int) (page []Thread, total int, err error) {
	const where = ` WHERE community_id = ? AND (subject_base LIKE ? ESCAPE '\' OR title_base LIKE ? ESCAPE '\')`
	pattern := likePattern(folded)
	err = db.queryRow(ctx, "", func(row rowScanner) error { return row.Scan(&total) },
		"SELECT COUNT(*) FROM threads"+where, communityID, pattern, pattern)
	if err != nil || total == 0 {
		return nil, 0, err
	}
	page, err = db.threadsWhere(ctx, where+" ORDER BY last_at DESC, id DESC LIMIT ? OFFSET ?", communityID, pattern, pattern, limit, skip)
	return page, total, err
}
