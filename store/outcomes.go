package store

import (
	"context"
	"time"
)

// RecordOutcomes keeps what became of claimed deliveries, and returns when that survives the process (not the power:
// then what was in flight is sent once more). Outcomes of claims that the worker has lost are passed over.
func (db *DB) RecordOutcomes(ctx context.Context, worker int64, now time.Time, all []Outcome) error {
	var sent []int64
	var others []Outcome
	for _, o := range all {
		if o.State == Sent {
			sent = append(sent, o.DeliveryID)
		} else {
			others = append(others, o)
		}
	}
	if log := db.outcomes.Load(); log != nil && len(sent) > 0 && log.add(worker, now, sent) == nil {
		sent = nil
	}
	if len(sent)+len(others) == 0 {
		return nil
	}
	return db.relaxed.do(ctx, func(t *tx) error {
		for _, o := range others {
			if err := t.recordOutcome(worker, now, o); err != nil {
				return err
			}
		}
		return t.recordSent(worker, now, sent)
	})
}

// recordSent: the usual outcome, in one statement for all.
func (t *tx) recordSent(worker int64, now time.Time, ids []int64) error {
	// A delivery that was dropped while the worker had it was sent all the same: that is what is kept. "+worker"
	// keeps the databases from going through all that the worker has.
	const set = `UPDATE deliveries SET state = 3, attempts = attempts + 1, updated_at = ?, reply = ''
		WHERE +worker = ? AND +state IN (1, 5) AND `
	if len(ids) == 0 {
		return nil
	}
	where, args := t.dialect.oneOf(ids)
	_, err := t.exec(set+where, append([]any{micros(now), worker}, args...)...)
	return err
}

func (t *tx) recordOutcome(worker int64, now time.Time, o Outcome) error {
	attempts, doubt := 1, 0
	if o.State == Waiting {
		attempts = 0
	}
	if o.InDoubt {
		doubt = 1
	}
	_, err := t.exec(`UPDATE deliveries SET state = ?, worker = 0, attempts = attempts + ?, next_at = ?, updated_at = ?,
		in_doubt = in_doubt + ?, reply = ? WHERE id = ? AND worker = ? AND state = 1`,
		o.State, attempts, micros(o.NextAt), micros(now), doubt, text(o.Reply), o.DeliveryID, worker)
	return err
}

// dropDeliveriesOf stops what a subscription was still to get.
func (t *tx) dropDeliveriesOf(subscriptionID int64, now time.Time) error {
	_, err := t.exec(`UPDATE deliveries SET state = 5, updated_at = ?, reply = 'the membership ended'
		WHERE subscription_id = ? AND state <= 2`, micros(now), subscriptionID)
	return err
}

// A QueueRow is a delivery as the postmaster sees it.
type QueueRow struct {
	Delivery
	Community string // list address, "" for mail of the installation itself
	MessageID string // of the post, "" for a notice
	InDoubt   int    // attempts that the peer may have taken without saying so
}

// QueueFilter chooses among deliveries; empty fields choose what is not finished.
type QueueFilter struct {
	States     []DeliveryState // default: Waiting, Claimed, Deferred
	DispatchID int64
	MessageID  string
	DeliveryID int64
	After      int64 // IDs above it, for paging
	Limit      int   // 0 is 1,000
}

// QueueList returns deliveries by ID.
func (db *DB) QueueList(ctx context.Context, f QueueFilter) (all []QueueRow, err error) {
	where, args := "WHERE d.id > ?", []any{f.After}
	add := func(condition string, values ...any) {
		where, args = where+" AND "+condition, append(args, values...)
	}
	states := f.States
	if len(states) == 0 && f.DispatchID == 0 && f.MessageID == "" && f.DeliveryID == 0 {
		states = []DeliveryState{Waiting, Claimed, Deferred}
	}
	if len(states) > 0 {
		ids := make([]int64, len(states))
		for i, s := range states {
			ids[i] = int64(s)
		}
		add(db.dialect.in("d.state"), db.dialect.idList(ids))
	}
	if f.DispatchID != 0 {
		add("d.dispatch_id = ?", f.DispatchID)
	}
	if f.MessageID != "" {
		add("d.dispatch_id IN (SELECT s.id FROM dispatches s JOIN posts o ON o.id = s.post_id WHERE o.message_id = ?)", key(f.MessageID))
	}
	if f.DeliveryID != 0 {
		add("d.id = ?", f.DeliveryID)
	}
	if f.Limit == 0 {
		f.Limit = 1000
	}
	err = db.query(ctx, func(row rowScanner) error {
		r, err := scanQueueRow(row)
		all = append(all, r)
		return err
	}, `SELECT d.id, d.dispatch_id, d.community_id, d.subscription_id, d.recipient, d.state, d.attempts, d.next_at,
			d.accepted_at, d.updated_at, d.in_doubt, d.reply, COALESCE(c.name, ''), COALESCE(c.domain, ''), COALESCE(p.message_id, '')
		FROM deliveries d LEFT JOIN communities c ON c.id = d.community_id
		LEFT JOIN dispatches s ON s.id = d.dispatch_id LEFT JOIN posts p ON p.id = s.post_id `+where+
		" ORDER BY d.id LIMIT ?", append(args, f.Limit)...)
	return all, err
}

func scanQueueRow(row rowScanner) (r QueueRow, err error) {
	var next, accepted, updated int64
	var name, domain string
	err = row.Scan(&r.ID, &r.DispatchID, &r.CommunityID, &r.SubscriptionID, &r.Recipient, &r.State, &r.Attempts, &next,
		&accepted, &updated, &r.InDoubt, &r.Reply, &name, &domain, &r.MessageID)
	r.NextAt, r.AcceptedAt, r.UpdatedAt = fromMicros(next), fromMicros(accepted), fromMicros(updated)
	if name != "" {
		r.Community = name + "@" + domain
	}
	return r, err
}

// RetryDeliveries lets deferred and failed deliveries wait again, all deferred ones for nil, and returns how many.
func (db *DB) RetryDeliveries(ctx context.Context, ids []int64) (n int, err error) {
	where, args := "state = 2", []any{}
	if ids != nil {
		where, args = "state IN (2, 4) AND "+db.dialect.in("id"), append(args, db.dialect.idList(ids))
	}
	err = db.durable.do(ctx, func(t *tx) error {
		var found []int64
		err := t.query(scanIDs(&found), "SELECT id FROM deliveries WHERE "+where+" ORDER BY next_at"+t.dialect.forUpdate(), args...)
		if err != nil || len(found) == 0 {
			return err
		}
		n, err = t.waitAgain(found)
		return err
	})
	return n, err
}

// DropDeliveries gives up deliveries that are not finished, and returns how many.
func (db *DB) DropDeliveries(ctx context.Context, by Actor, ids []int64) (n int, err error) {
	err = db.durable.do(ctx, func(t *tx) error {
		changed, err := t.exec(`UPDATE deliveries SET state = 5, updated_at = ?, reply = 'dropped by the postmaster'
			WHERE state IN (0, 1, 2) AND `+t.dialect.in("id"), micros(by.At), t.dialect.idList(ids))
		n = int(changed)
		return err
	})
	return n, err
}

// Dispatch returns the dispatch with an ID.
func (db *DB) Dispatch(ctx context.Context, id int64) (d Dispatch, err error) {
	err = db.queryRow(ctx, "there is no such message on its way", func(row rowScanner) error {
		var accepted int64
		err := row.Scan(&d.ID, &d.CommunityID, &d.Kind, &d.PostID, &d.RawID, &d.Sender, &d.RewriteFrom, &d.RequireTLS, &accepted)
		d.AcceptedAt = fromMicros(accepted)
		return err
	}, `SELECT id, community_id, kind, post_id, raw_id, sender, rewrite_from, require_tls, accepted_at
		FROM dispatches WHERE id = ?`, id)
	return d, err
}

// A Notice is a mail of our own to one person.
type Notice struct {
	CommunityID    int64
	SubscriptionID int64  // whose failure it counts for; 0 for none
	Sender         string // envelope sender, "" for <>
	Recipient      string
	Raw            []byte
	RequireTLS     bool // RFC 8689
	Secret         bool // it holds a password: see PruneSecrets

	packed *packedRaw // nil where Pack was not called
}

// SendNotice queues a mail of our own; it is promised when this returns.
func (db *DB) SendNotice(ctx context.Context, now time.Time, n Notice) error {
	raw := packRaw(n.Raw)
	return db.durable.do(ctx, func(t *tx) error { return t.sendNotice(now, n, raw) })
}

func (t *tx) sendNotice(now time.Time, n Notice, raw packedRaw) error {
	rawID, err := t.keepRaw(raw)
	if err != nil {
		return err
	}
	dispatch, err := t.insert(`INSERT INTO dispatches (community_id, kind, post_id, raw_id, sender, rewrite_from, require_tls,
		accepted_at, expanded_to, expanding, secret) VALUES (?, 'notice', 0, ?, ?, ?, ?, ?, 0, ?, ?)`,
		n.CommunityID, rawID, n.Sender, false, n.RequireTLS, micros(now), false, n.Secret)
	if err != nil {
		return err
	}
	rank, err := t.nextRank(n.CommunityID, string(DispatchNotice), 1)
	if err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO deliveries (dispatch_id, community_id, subscription_id, recipient, state, rank, worker, attempts,
		accepted_at, next_at, updated_at, in_doubt, reply) VALUES (?, ?, ?, ?, 0, ?, 0, 0, ?, 0, ?, 0, '')`,
		dispatch, n.CommunityID, n.SubscriptionID, n.Recipient, rank+1, micros(now), micros(now))
	return err
}
