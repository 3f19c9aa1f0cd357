package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// What the measures are computed from. Each of these reads what lies in a time, by an index that has the time in it, so
// that it costs what happened then, and not what there is. A time goes from after its begin up to and with its end.

// A MeasuredPost is what the measures need to know of a post.
type MeasuredPost struct {
	ID, ThreadID          int64
	ParentID              int64  // the post that it answers, 0 where that is not known
	MemberID              int64  // its author, by any of their addresses; 0 where they are no member of anything
	From                  string // the address of an author who is none, else ""
	SentAt                time.Time
	NewChars, QuotedChars int
}

// MeasuredPosts calls each for the posts of a time, by date. Stubs of what was erased are left out, since their authors are
// gone, and so are newsletters, which nobody wrote.
func (db *DB) MeasuredPosts(ctx context.Context, communityID int64, after, until time.Time, each func(MeasuredPost) error) error {
	// The columns are taken as the driver has them: there may be a million rows, and database/sql makes a text of each number
	// that goes into an int64.
	var row [8]any
	into := []any{&row[0], &row[1], &row[2], &row[3], &row[4], &row[5], &row[6], &row[7]}
	const from = 4
	var n [len(row)]int64
	return db.query(ctx, func(scan rowScanner) error {
		if err := scan.Scan(into...); err != nil {
			return err
		}
		for i, column := range row {
			var ok bool
			if n[i], ok = column.(int64); !ok && i != from {
				return fmt.Errorf("column %d of a post is a %T, not a number", i+1, column)
			}
		}
		p := MeasuredPost{ID: n[0], ThreadID: n[1], ParentID: n[2], MemberID: n[3], SentAt: fromMicros(n[5]), NewChars: int(n[6]), QuotedChars: int(n[7])}
		if p.MemberID == 0 {
			var ok bool
			if p.From, ok = row[from].(string); !ok {
				return fmt.Errorf("the author of post %d is a %T, not a text", p.ID, row[from])
			}
		}
		return each(p)
	}, `SELECT p.id, p.thread_id, p.parent_id,
			CASE WHEN p.member_id <> 0 THEN p.member_id ELSE COALESCE((SELECT a.member_id FROM addresses a WHERE a.address = p.from_address), 0) END,
			CASE WHEN p.member_id = 0 THEN p.from_address ELSE '' END, p.sent_at, p.new_chars, p.quoted_chars
		FROM posts p WHERE p.community_id = ? AND p.sent_at > ? AND p.sent_at <= ? AND p.state = 0 AND p.kind = 0 ORDER BY p.sent_at, p.id`,
		communityID, micros(after), micros(until))
}

// CountPosts returns how many posts and stubs there are of a time.
func (db *DB) CountPosts(ctx context.Context, communityID int64, after, until time.Time) (n int, err error) {
	err = db.queryRow(ctx, "there is no such community", func(row rowScanner) error { return row.Scan(&n) },
		"SELECT COUNT(*) FROM posts WHERE community_id = ? AND sent_at > ? AND sent_at <= ?", communityID, micros(after), micros(until))
	return n, err
}

// PostTime returns when the n-th post or stub after a time was sent, from 0 on. The error is NotFound where there are fewer.
func (db *DB) PostTime(ctx context.Context, communityID int64, after time.Time, n int) (at time.Time, err error) {
	var sent int64
	err = db.queryRow(ctx, "there are not as many posts", func(row rowScanner) error { return row.Scan(&sent) },
		"SELECT sent_at FROM posts WHERE community_id = ? AND sent_at > ? ORDER BY sent_at LIMIT 1 OFFSET ?", communityID, micros(after), n)
	return fromMicros(sent), err
}

// A MeasuredThread is what the measures need to know of a thread beside its posts.
type MeasuredThread struct {
	ID      int64
	Subject string
	FirstAt time.Time
	Solved  bool
	News    bool // it began with an issue of the newsletter
}

// MeasuredThreads calls each for the threads that have posts since a time.
func (db *DB) MeasuredThreads(ctx context.Context, communityID int64, after time.Time, each func(MeasuredThread)) error {
	return db.query(ctx, func(row rowScanner) error {
		var t MeasuredThread
		var first int64
		err := row.Scan(&t.ID, &t.Subject, &first, &t.Solved, &t.News)
		t.FirstAt = fromMicros(first)
		each(t)
		return err
	}, `SELECT id, subject, first_at, solved, EXISTS (SELECT 1 FROM newsletters n WHERE n.thread_id = threads.id AND n.thread_id <> 0)
		FROM threads WHERE community_id = ? AND last_at > ?`, communityID, micros(after))
}

// FirstPosts returns when each of some people wrote first in a community, by any of their addresses. Who never did is
// missing.
func (db *DB) FirstPosts(ctx context.Context, communityID int64, members []int64) (map[int64]time.Time, error) {
	first := map[int64]time.Time{}
	err := db.query(ctx, func(row rowScanner) error {
		var member, at int64
		err := row.Scan(&member, &at)
		if known, ok := first[member]; at != 0 && (!ok || fromMicros(at).Before(known)) {
			first[member] = fromMicros(at)
		}
		return err
	}, `SELECT a.member_id, COALESCE((SELECT MIN(p.sent_at) FROM posts p WHERE p.from_address = a.address AND p.community_id = ?), 0)
		FROM addresses a WHERE `+db.dialect.in("a.member_id"), communityID, db.dialect.idList(members))
	return first, err
}

// FirstPostsFrom returns when the first post came from each of some addresses. An address without posts is missing.
func (db *DB) FirstPostsFrom(ctx context.Context, communityID int64, addresses []string) (map[string]time.Time, error) {
	first := map[string]time.Time{}
	for chunk := range slices.Chunk(addresses, importChunk) {
		args := []any{communityID}
		for _, address := range chunk {
			args = append(args, address)
		}
		err := db.query(ctx, func(row rowScanner) error {
			var address string
			var at int64
			err := row.Scan(&address, &at)
			if at != 0 {
				first[address] = fromMicros(at)
			}
			return err
		}, `SELECT v.column1, COALESCE((SELECT MIN(p.sent_at) FROM posts p WHERE p.from_address = v.column1 AND p.community_id = ?), 0)
			FROM (VALUES `+strings.TrimSuffix(strings.Repeat("(?), ", len(chunk)), ", ")+") AS v", args...)
		if err != nil {
			return nil, err
		}
	}
	return first, nil
}

// A MemberPost is a post of somebody whose first year is looked at.
type MemberPost struct {
	MemberID, PostID int64
	SentAt           time.Time
	FirstAnswer      bool // nobody else than the thread's author had written in the thread before
}

// PostsOfMembers returns the posts of some people in a time. (A CROSS JOIN keeps SQLite from reading all posts of the time.)
func (db *DB) PostsOfMembers(ctx context.Context, communityID int64, members []int64, after, until time.Time) (all []MemberPost, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		var p MemberPost
		var sent int64
		err := row.Scan(&p.MemberID, &p.PostID, &sent, &p.FirstAnswer)
		p.SentAt = fromMicros(sent)
		all = append(all, p)
		return err
	}, `SELECT w.member_id, w.id, w.sent_at, w.from_address <> w.root AND NOT EXISTS (SELECT 1 FROM posts q
			WHERE q.thread_id = w.thread_id AND (q.sent_at < w.sent_at OR q.sent_at = w.sent_at AND q.id < w.id) AND q.from_address <> w.root)
		FROM (SELECT a.member_id, p.id, p.sent_at, p.thread_id, p.from_address, (SELECT q.from_address FROM posts q
				WHERE q.thread_id = p.thread_id ORDER BY q.sent_at, q.id LIMIT 1) AS root
			FROM addresses a CROSS JOIN posts p
			WHERE `+db.dialect.in("a.member_id")+` AND p.from_address = a.address AND p.community_id = ? AND p.sent_at > ? AND p.sent_at <= ? AND p.state = 0 AND p.kind = 0) AS w
		ORDER BY w.sent_at, w.id`, db.dialect.idList(members), communityID, micros(after), micros(until))
	return all, err
}

// PostsByID returns posts by their IDs, by date; those that are gone are missing.
func (db *DB) PostsByID(ctx context.Context, ids []int64) (all []Post, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		p, err := scanPost(row)
		all = append(all, p)
		return err
	}, "SELECT "+postColumns+" FROM posts WHERE "+db.dialect.in("id")+" ORDER BY sent_at, id", db.dialect.idList(ids))
	return all, err
}
