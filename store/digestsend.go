package store

import (
	"context"
	"encoding/json"
	"strconv"
	"time"
)

const digestColumns = subscriptionColumns + ", d.mark, d.also, d.due_at, EXISTS (SELECT 1 FROM thread_modes o WHERE o.subscription_id = s.id)"

const fromDigests = " FROM digests d JOIN subscriptions s ON s.id = d.subscription_id JOIN members m ON m.id = s.member_id "

func scanDigest(row rowScanner) (d DigestState, err error) {
	var due int64
	var also string
	d.Subscription, err = scanSubscription(scannerWith{row, []any{&d.Mark, &also, &due, &d.Modes}})
	if err != nil {
		return d, err
	}
	d.DueAt = fromMicros(due)
	return d, json.Unmarshal([]byte(also), &d.Also)
}

// DigestsDue returns digests that are due until a time, soonest first, at most limit. Those of people whom mail does not reach
// are not among them.
func (db *DB) DigestsDue(ctx context.Context, until time.Time, limit int) (all []DigestState, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		d, err := scanDigest(row)
		all = append(all, d)
		return err
	}, "SELECT "+digestColumns+fromDigests+"WHERE d.due_at <= ? ORDER BY d.due_at, d.subscription_id LIMIT ?", micros(until), limit)
	return all, err
}

// Digest returns how far somebody's digests are; NotFound where they get none.
func (db *DB) Digest(ctx context.Context, subscriptionID int64) (d DigestState, err error) {
	err = db.queryRow(ctx, "they get no digests", func(row rowScanner) (err error) {
		d, err = scanDigest(row)
		return err
	}, "SELECT "+digestColumns+fromDigests+"WHERE d.subscription_id = ?", subscriptionID)
	return d, err
}

// LastPostBefore returns the ID of the last post of a community that was accepted before a time, 0 for none.
func (db *DB) LastPostBefore(ctx context.Context, communityID int64, before time.Time) (id int64, err error) {
	err = db.queryRow(ctx, "", func(row rowScanner) error { return row.Scan(&id) },
		"SELECT COALESCE((SELECT id FROM posts WHERE community_id = ? AND accepted_at < ? ORDER BY accepted_at DESC LIMIT 1), 0)", communityID, micros(before))
	return id, err
}

// ListedSince returns the posts of a community behind a mark that went to its list, in the order in which they were accepted,
// at most limit.
func (db *DB) ListedSince(ctx context.Context, communityID, mark int64, limit int) (all []Post, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		p, err := scanPost(row)
		all = append(all, p)
		return err
	}, "SELECT "+postColumns+" FROM posts WHERE community_id = ? AND id > ? AND listed AND state = 0 ORDER BY id LIMIT ?", communityID, mark, limit)
	return all, err
}

// A DigestStep is what becomes of somebody's digest: they have got all posts up to Mark, and the next one is due at Next. The
// row goes where posts come to them one by one now.
type DigestStep struct {
	Was  DigestState
	Mark int64
	Next time.Time
}

// SendDigest sends one mail to all of a group, and notes what they have got with it, in one transaction. Raw is nil where there is
// nothing to send. Of whose digest was changed or sent meanwhile nothing is done; sent is how many get the mail.
func (db *DB) SendDigest(ctx context.Context, now time.Time, communityID int64, raw []byte, group []DigestStep) (sent int, err error) {
	packed := packRaw(raw)
	err = db.durable.do(ctx, func(t *tx) error {
		sent = 0
		var to []Subscription
		for _, step := range group {
			moved, err := t.stepDigest(step)
			if err != nil {
				return err
			}
			if moved {
				to = append(to, step.Was.Subscription)
			}
		}
		if raw == nil || len(to) == 0 {
			return nil
		}
		sent = len(to)
		return t.sendMailing(now, communityID, packed, to)
	})
	return sent, err
}

func (t *tx) stepDigest(step DigestStep) (moved bool, err error) {
	was := step.Was
	const same = " WHERE subscription_id = ? AND due_at = ? AND mark = ? AND also = ?"
	args := []any{was.Subscription.ID, micros(was.DueAt), was.Mark, idsText(was.Also)}
	var n int64
	if was.Subscription.Gathers() {
		n, err = t.exec("UPDATE digests SET mark = ?, also = '[]', due_at = ?"+same, append([]any{step.Mark, micros(step.Next)}, args...)...)
	} else {
		n, err = t.exec("DELETE FROM digests"+same, args...)
	}
	return n == 1, err
}

// sendMailing queues one mail for many: their copies differ in sender and unsubscribe ticket alone.
func (t *tx) sendMailing(now time.Time, communityID int64, raw packedRaw, to []Subscription) error {
	rawID, err := t.keepRaw(raw)
	if err != nil {
		return err
	}
	dispatch, err := t.insert(`INSERT INTO dispatches (community_id, kind, post_id, raw_id, sender, rewrite_from, require_tls,
		accepted_at, expanded_to, expanding, secret) VALUES (?, ?, 0, ?, '', ?, ?, ?, 0, ?, ?)`,
		communityID, DispatchMailing, rawID, false, false, micros(now), false, false)
	if err != nil {
		return err
	}
	rank, err := t.nextRank(communityID, string(DispatchMailing), int64(len(to)))
	if err != nil {
		return err
	}
	args := make([]any, 0, len(to)*8)
	for i, s := range to {
		args = append(args, dispatch, communityID, s.ID, s.Address, rank+1+int64(i), micros(now), micros(now))
	}
	_, err = t.exec(`INSERT INTO deliveries (dispatch_id, community_id, subscription_id, recipient, state, rank, worker, attempts,
		accepted_at, next_at, updated_at, in_doubt, reply) VALUES `+tuples("(?, ?, ?, ?, 0, ?, 0, 0, ?, 0, ?, 0, '')", len(to)), args...)
	return err
}

// DigestTasks lists the digests that are due until a time, of each community and hour as one task: its payload says to how many. A
// quiet one is among them, and sends nothing.
func (db *DB) DigestTasks(ctx context.Context, until time.Time) (all []Task, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		task := Task{Kind: "digest"}
		var due int64
		var readers int
		err := row.Scan(&task.CommunityID, &due, &readers)
		task.DueAt, task.Payload = fromMicros(max(due, 0)), strconv.Itoa(readers)
		all = append(all, task)
		return err
	}, `SELECT s.community_id, d.due_at, COUNT(*) FROM digests d JOIN subscriptions s ON s.id = d.subscription_id WHERE d.due_at <= ?
		GROUP BY s.community_id, d.due_at ORDER BY d.due_at, s.community_id`, micros(until))
	return all, err
}
