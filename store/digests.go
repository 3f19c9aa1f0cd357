package store

import (
	"encoding/json"
	"slices"
	"time"
)

// A DigestState is how far somebody who gets digests has got the posts of their community: all up to Mark but Also. It follows
// every change of delivery and of what they want of a thread, in the transaction of that change, so that no post is lost
// between two ways of delivery and none comes by both.
type DigestState struct {
	Subscription Subscription
	Mark         int64
	Also         []int64
	Modes        bool      // they have muted threads, or follow some
	DueAt        time.Time // the zero time is now; DigestUnplanned is a time to be found out
}

// DigestUnplanned is the DueAt of a digest whose time depends on what has just been changed.
var DigestUnplanned = fromMicros(unplanned)

const unplanned = -1

// Gathers says whether somebody's posts are gathered for digests, now or once mail reaches them again.
func (s Subscription) Gathers() bool {
	switch s.Delivery {
	case Daily, Weekly, Monthly:
		return s.State == Active || s.State == Suspended
	}
	return false
}

// followDigest brings what is kept for somebody's digests in line with a change of their membership.
func (t *tx) followDigest(before, s Subscription) error {
	gets := s.State == Active || s.State == Suspended
	switch {
	case !gets || s.Delivery == None:
		_, err := t.exec("DELETE FROM digests WHERE subscription_id = ?", s.ID)
		return err
	case s.Gathers() != before.Gathers():
		return t.resettle(before, s, nil, dueAfterChange(s))
	case s.Gathers() && (s.Delivery != before.Delivery || s.DigestHour != before.DigestHour || s.Timezone != before.Timezone || s.State != before.State ||
		!s.VacationUntil.Equal(before.VacationUntil)):
		_, err := t.exec("UPDATE digests SET due_at = ? WHERE subscription_id = ? AND due_at <> 0", dueAfterChange(s), s.ID)
		return err
	}
	return nil
}

// dueAfterChange: while mail to somebody fails nothing is due; what was gathered before posts come one by one is due at once.
func dueAfterChange(s Subscription) int64 {
	switch {
	case s.State == Suspended:
		return noEnd
	case !s.Gathers():
		return 0
	}
	return unplanned
}

// digestThread keeps the posts of a thread that is followed, or is not any more, in line; it is called before that is kept.
func (t *tx) digestThread(s Subscription, thread int64, before, after ThreadMode) error {
	if !s.Gathers() || before != ThreadFollowed && after != ThreadFollowed {
		return nil
	}
	return t.resettle(s, s, map[int64]ThreadMode{thread: after}, unplanned)
}

// resettle keeps what somebody has not got yet when their way of delivery changes, or what they want of a thread (changed), and
// moves the mark to the last post there is.
func (t *tx) resettle(before, after Subscription, changed map[int64]ThreadMode, due int64) error {
	modes, err := t.threadModes(after.ID)
	if err != nil {
		return err
	}
	had, err := t.pending(before, after.ID)
	if err != nil {
		return err
	}
	open, err := t.unreached(after)
	if err != nil {
		return err
	}
	// Of posts whose copies are still to be made, the way after the change decides.
	pending := slices.DeleteFunc(had.ids, func(id int64) bool { _, is := open[id]; return is })
	for id, o := range open {
		if before.Gathers() && id <= had.mark && !slices.Contains(had.also, id) && modes[o.thread] == ThreadAsOthers {
			// A digest has brought it already: no copy is made after the change either.
			if _, err := t.exec("INSERT INTO dispatch_skips (dispatch_id, member_id) VALUES (?, ?)", o.dispatch, after.MemberID); err != nil {
				return err
			}
			continue
		}
		mode := modes[o.thread]
		if now, is := changed[o.thread]; is {
			mode = now
		}
		if after.Gathers() && mode == ThreadAsOthers {
			pending = append(pending, id)
		}
	}
	if len(pending) == 0 && !after.Gathers() {
		_, err := t.exec("DELETE FROM digests WHERE subscription_id = ?", after.ID)
		return err
	}
	slices.Sort(pending)
	_, err = t.exec(`INSERT INTO digests (subscription_id, mark, also, due_at) VALUES (?, (SELECT COALESCE(MAX(id), 0) FROM posts WHERE community_id = ?), ?, ?)
		ON CONFLICT (subscription_id) DO UPDATE SET mark = excluded.mark, also = excluded.also, due_at = excluded.due_at`,
		after.ID, after.CommunityID, idsText(pending), due)
	return err
}

// gathered is what somebody's next digest has as things are.
type gathered struct {
	mark int64
	also []int64 // up to the mark
	ids  []int64 // all
}

func (t *tx) pending(s Subscription, id int64) (g gathered, err error) {
	var also string
	err = t.row("SELECT mark, also FROM digests WHERE subscription_id = ?"+t.dialect.forUpdate(), id).Scan(&g.mark, &also)
	if isNoRows(err) {
		return g, nil
	}
	if err != nil {
		return g, err
	}
	if err := json.Unmarshal([]byte(also), &g.also); err != nil {
		return g, err
	}
	if g.ids = slices.Clone(g.also); !s.Gathers() {
		return g, nil
	}
	err = t.query(scanIDs(&g.ids), `SELECT id FROM posts p WHERE community_id = ? AND id > ? AND listed AND accepted_at >= ? AND state = 0
		AND NOT EXISTS (SELECT 1 FROM thread_modes o WHERE o.subscription_id = ? AND o.thread_id = p.thread_id) ORDER BY id`,
		s.CommunityID, g.mark, micros(s.Since), s.ID)
	return g, err
}

// An openPost is on its way, and its copies are not made up to a subscriber: how they get it is decided by what is kept of them
// when that comes to pass.
type openPost struct{ dispatch, thread int64 }

// unreached are the open posts of a subscriber that a copy would be made of. On PostgreSQL nobody goes on with them until the
// transaction is over.
func (t *tx) unreached(s Subscription) (open map[int64]openPost, err error) {
	open = map[int64]openPost{}
	err = t.query(func(row rowScanner) error {
		var post int64
		var o openPost
		err := row.Scan(&post, &o.dispatch, &o.thread)
		open[post] = o
		return err
	}, `SELECT d.post_id, d.id, p.thread_id FROM dispatches d JOIN posts p ON p.id = d.post_id WHERE d.expanding AND d.community_id = ?
		AND d.kind = 'post' AND d.expanded_to < ? AND d.accepted_at >= ?
		AND NOT EXISTS (SELECT 1 FROM dispatch_skips k WHERE k.dispatch_id = d.id AND k.member_id = ?)`+t.dialect.forUpdateOf("d"),
		s.CommunityID, s.ID, micros(s.Since), s.MemberID)
	return open, err
}

// beginDigests gathers for people who are new, those of them who get digests.
func (t *tx) beginDigests(communityID int64, members []int64) error {
	_, err := t.exec(`INSERT INTO digests (subscription_id, mark, also, due_at)
		SELECT s.id, (SELECT COALESCE(MAX(p.id), 0) FROM posts p WHERE p.community_id = s.community_id), '[]', CAST(? AS BIGINT)
		FROM subscriptions s WHERE s.community_id = ? AND s.delivery IN ('daily', 'weekly', 'monthly') AND `+t.dialect.in("s.member_id"),
		unplanned, communityID, t.dialect.idList(members))
	return err
}

func idsText(ids []int64) string {
	if len(ids) == 0 {
		return "[]"
	}
	b, err := json.Marshal(ids)
	if err != nil {
		return "[]"
	}
	return string(b)
}
