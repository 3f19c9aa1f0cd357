package store

import (
	"context"
	"time"
)

// byAuthor is the condition that a post is somebody's: the member's, by any of their addresses, or the address's.
const byAuthor = "(from_address = ? OR member_id = ? AND member_id <> 0)"

// HasPosted says whether an author, with a member ID or 0, has a post in a community. Who is new has none, so that
// nothing but an index may be looked through for one.
func (db *DB) HasPosted(ctx context.Context, communityID, memberID int64, from string) (has bool, err error) {
	err = db.queryRow(ctx, "", func(row rowScanner) error { return row.Scan(&has) },
		`SELECT EXISTS (SELECT 1 FROM posts WHERE community_id = ? AND from_address = ?)
			OR CAST(? AS BIGINT) <> 0 AND EXISTS (SELECT 1 FROM posts WHERE community_id = ? AND member_id = ?)`,
		communityID, from, memberID, communityID, memberID)
	return has, err
}

// LatestPost returns a member's latest post in a community, or, with a thread, in that thread, where member 0 is anybody.
// NotFound where there is none.
func (db *DB) LatestPost(ctx context.Context, communityID, memberID, threadID int64) (p Post, err error) {
	where, args := "community_id = ? AND member_id = ?", []any{communityID, memberID}
	if threadID != 0 {
		where, args = "thread_id = ? AND (CAST(? AS BIGINT) = 0 OR member_id = ?) AND +community_id = ?", []any{threadID, memberID, memberID, communityID}
	}
	err = db.queryRow(ctx, "there is no such post", func(row rowScanner) (err error) {
		p, err = scanPost(row)
		return err
	}, "SELECT "+postColumns+" FROM posts WHERE "+where+" ORDER BY accepted_at DESC, id DESC LIMIT 1", args...)
	return p, err
}

// PostsSince counts an author's posts to a community that were accepted after a time, up to most.
func (db *DB) PostsSince(ctx context.Context, communityID, memberID int64, from string, since time.Time, most int) (n int, err error) {
	err = db.queryRow(ctx, "", func(row rowScanner) error { return row.Scan(&n) },
		"SELECT COUNT(*) FROM (SELECT 1 FROM posts WHERE community_id = ? AND accepted_at > ? AND "+byAuthor+" LIMIT ?) p",
		communityID, micros(since), from, memberID, most)
	return n, err
}

// ThreadOf returns the thread that a message would be filed into, and when its author last posted to it; 0 where it
// would begin one.
func (db *DB) ThreadOf(ctx context.Context, a Arrival) (threadID int64, last time.Time, err error) {
	a = a.bounded()
	err = db.relaxed.do(ctx, func(t *tx) (err error) {
		threadID, _, err = t.knownThread(a)
		if err != nil || threadID == 0 {
			return err
		}
		var at int64
		err = t.row("SELECT COALESCE(MAX(accepted_at), 0) FROM posts WHERE thread_id = ? AND "+byAuthor, threadID, a.From, a.MemberID).Scan(&at)
		last = fromMicros(at)
		return err
	})
	return threadID, last, err
}
