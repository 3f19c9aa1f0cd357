package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A Period is how long posts stay in an archive, counted in the calendar.
type Period struct{ Years, Months, Days int }

// shortestPeriod keeps a community from losing what is on its way, or about to be read in a digest.
const shortestPeriod = 30 // days

// ParsePeriod reads "5y", "18m", "90d", or several of them: "1y 6m"; "" is none. Invalid for what is none of these, and for
// less than 30 days.
func ParsePeriod(s string) (p Period, err error) {
	for _, word := range strings.Fields(s) {
		n, err := strconv.Atoi(word[:len(word)-1])
		if err != nil || n < 1 || n > 1000 && word[len(word)-1] != 'd' || n > 100_000 {
			return Period{}, Errorf(Invalid, "%q is no time: write 5y, 18m or 90d", s)
		}
		switch word[len(word)-1] {
		case 'y':
			p.Years = n
		case 'm':
			p.Months = n
		case 'd':
			p.Days = n
		default:
			return Period{}, Errorf(Invalid, "%q is no time: write 5y, 18m or 90d", s)
		}
	}
	if p != (Period{}) && p.Years == 0 && p.Months == 0 && p.Days < shortestPeriod {
		return Period{}, Errorf(Invalid, "posts stay for %d days at least", shortestPeriod)
	}
	return p, nil
}

// String is what ParsePeriod reads.
func (p Period) String() string {
	var all []string
	for _, part := range []struct {
		n    int
		unit string
	}{{p.Years, "y"}, {p.Months, "m"}, {p.Days, "d"}} {
		if part.n > 0 {
			all = append(all, fmt.Sprintf("%d%s", part.n, part.unit))
		}
	}
	return strings.Join(all, " ")
}

// Before is when it began, if it ends now.
func (p Period) Before(now time.Time) time.Time { return now.AddDate(-p.Years, -p.Months, -p.Days) }

// PostsBefore counts the posts of a community that were accepted before a time.
func (db *DB) PostsBefore(ctx context.Context, communityID int64, before time.Time) (n int, err error) {
	err = db.queryRow(ctx, "", func(row rowScanner) error { return row.Scan(&n) },
		"SELECT COUNT(*) FROM posts WHERE community_id = ? AND accepted_at < ?", communityID, micros(before))
	return n, err
}

// OldestPosts returns posts of a community that were accepted before a time, oldest first.
func (db *DB) OldestPosts(ctx context.Context, communityID int64, before time.Time, limit int) (all []Post, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		p, err := scanPost(row)
		all = append(all, p)
		return err
	}, "SELECT "+postColumns+" FROM posts WHERE community_id = ? AND accepted_at < ? ORDER BY accepted_at LIMIT ?",
		communityID, micros(before), limit)
	return all, err
}

// An OldPost is a post whose time is over, and what it was indexed with.
type OldPost struct {
	Post Post
	Was  PostText
}

// ExpirePosts deletes posts with all that hangs on them: their bytes, words, references and files, and what was held from
// the same time. Their threads count what is left. The journal notes how many there were.
func (db *DB) ExpirePosts(ctx context.Context, by Actor, communityID int64, before time.Time, all []OldPost) error {
	return db.durable.do(ctx, func(t *tx) error {
		if err := t.lockArchive(communityID); err != nil {
			return err
		}
		raws, err := t.expireHolds(communityID, before)
		if err != nil {
			return err
		}
		more, err := t.deletePosts(all)
		if err != nil {
			return err
		}
		if err := t.pruneRaw(append(raws, more...)); err != nil || len(all) == 0 {
			return err
		}
		return t.journal(by, entry{community: communityID, action: "expire posts",
			after: fmt.Sprintf("%d from before %s", len(all), before.UTC().Format(time.DateOnly))})
	})
}

// expireHolds deletes decided holds, which keep the bytes of posts too, and returns their raw messages.
func (t *tx) expireHolds(communityID int64, before time.Time) (raws []int64, err error) {
	for _, state := range []HoldState{Approved, Rejected, Expired} {
		err = t.query(scanIDs(&raws), "DELETE FROM holds WHERE community_id = ? AND state = ? AND since < ? RETURNING raw_id",
			communityID, state, micros(before))
		if err != nil {
			return nil, err
		}
	}
	return raws, nil
}

// deletePosts returns the raw messages that the posts had.
func (t *tx) deletePosts(all []OldPost) (raws []int64, err error) {
	ids := make([]int64, len(all))
	was := map[int64]PostText{}
	threads := map[int64]bool{}
	for i, e := range all {
		ids[i], was[e.Post.ID] = e.Post.ID, e.Was
	}
	var rows []searchRow
	err = t.query(func(row rowScanner) error {
		var id, thread, raw, position, state int64
		err := row.Scan(&id, &thread, &raw, &position, &state)
		if state == postKept { // a stub is in no index
			rows = append(rows, searchRow{position, was[id]})
		}
		raws, threads[thread] = append(raws, raw), true
		return err
	}, "DELETE FROM posts WHERE "+t.dialect.in("id")+" RETURNING id, thread_id, raw_id, position, state", t.dialect.idList(ids))
	if err != nil {
		return nil, err
	}
	if err := t.unindexAll(rows); err != nil {
		return nil, err
	}
	if err := t.deleteDispatches(ids); err != nil {
		return nil, err
	}
	for thread := range threads {
		if err := t.recountThread(thread); err != nil {
			return nil, err
		}
	}
	return raws, nil
}

// deleteDispatches removes what is left of sending posts that are gone: it names their bytes.
func (t *tx) deleteDispatches(posts []int64) error {
	var ids []int64
	err := t.query(scanIDs(&ids), "DELETE FROM dispatches WHERE "+t.dialect.in("post_id")+" AND kind = 'post' RETURNING id", t.dialect.idList(posts))
	if err != nil {
		return err
	}
	_, err = t.exec("DELETE FROM deliveries WHERE "+t.dialect.in("dispatch_id"), t.dialect.idList(ids))
	return err
}

// ScheduleWith makes or moves a task, and sends mails with it, in one transaction.
func (db *DB) ScheduleWith(ctx context.Context, now time.Time, task Task, notices []Notice) error {
	return db.durable.do(ctx, func(t *tx) error {
		if err := t.schedule(task); err != nil {
			return err
		}
		return t.sendNotices(now, notices)
	})
}

// CancelTask removes a task; it does nothing where there is none.
func (db *DB) CancelTask(ctx context.Context, kind string, communityID, objectID int64) error {
	return db.durable.do(ctx, func(t *tx) error { return t.cancelTask(kind, communityID, objectID) })
}
