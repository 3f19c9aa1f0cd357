package store

import (
	"context"
	"time"
)

// The queue is fair by start-time fair queueing. A flow is a kind of dispatch in a community; each delivery of a
// flow gets the next rank after the flow's last, but never one before what is being served now; claims go by
// rank. So a post to 5 overtakes the rest of a post to 100,000, and a flood of notices its own community's
// posts least of all. Dispatches are expanded in chunks, just ahead of what is claimed.
const (
	expandChunk = 1000
	// A flow this far ahead of the service is not expanded further: it bounds the rows that wait, and how stale
	// the list of subscribers is that they were made from.
	expandAhead = 4000
	// Flows that one Expand serves, those furthest behind first: it bounds how long an acceptance waits for it.
	expandAtOnce = 20
)

// Expand makes waiting deliveries of the posts that are on their way, a chunk of each flow's oldest, and returns
// how many it made; 0 when there is nothing to make now. Recipients are those who were members at acceptance and still are.
func (db *DB) Expand(ctx context.Context, now time.Time) (made int, err error) {
	err = db.relaxed.do(ctx, func(t *tx) error {
		made = 0
		// A dispatch may turn out to have nobody left: 0 is returned only when there is nothing to expand.
		for more := true; more && made == 0; {
			var err error
			if made, more, err = t.expandFlows(now); err != nil {
				return err
			}
		}
		return nil
	})
	return made, err
}

// expandFlows makes a chunk of the oldest open dispatch of each flow; more is false where there was none.
func (t *tx) expandFlows(now time.Time) (made int, more bool, err error) {
	front, err := t.front()
	if err != nil {
		return 0, false, err
	}
	open, err := t.expandable(front)
	if err != nil {
		return 0, false, err
	}
	for _, d := range open {
		n, err := t.expand(d, front, now)
		if err != nil {
			return 0, false, err
		}
		made += n
	}
	return made, len(open) > 0, nil
}

// front is the rank that is being served: the least that waits, or where the ranks ended.
func (t *tx) front() (rank int64, err error) {
	err = t.row(`SELECT COALESCE((SELECT MIN(rank) FROM deliveries WHERE state = 0),
		(SELECT MAX(rank) FROM flows), 0)`).Scan(&rank)
	return rank, err
}

// expanding is a dispatch whose deliveries are not all made, and its flow's rank.
type expanding struct {
	id, community, post, to, accepted, rank int64
	kind                                    string
}

func (t *tx) expandable(front int64) (open []expanding, err error) {
	err = t.query(func(row rowScanner) error {
		var e expanding
		err := row.Scan(&e.id, &e.community, &e.kind, &e.post, &e.to, &e.accepted, &e.rank)
		open = append(open, e)
		return err
	}, `SELECT d.id, d.community_id, d.kind, d.post_id, d.expanded_to, d.accepted_at, COALESCE(f.rank, 0) FROM dispatches d
		LEFT JOIN flows f ON f.community_id = d.community_id AND f.kind = d.kind
		WHERE d.expanding AND COALESCE(f.rank, 0) < ?
			AND d.id = (SELECT MIN(o.id) FROM dispatches o
				WHERE o.expanding AND o.community_id = d.community_id AND o.kind = d.kind)
		ORDER BY COALESCE(f.rank, 0), d.id LIMIT ?`+t.lockDispatches(), front+expandAhead, expandAtOnce)
	return open, err
}

// lockDispatches keeps two daemons on PostgreSQL from expanding the same dispatch.
func (t *tx) lockDispatches() string {
	if t.dialect == postgres {
		return " FOR UPDATE OF d SKIP LOCKED"
	}
	return ""
}

// expand makes the next chunk of one dispatch.
func (t *tx) expand(e expanding, front int64, now time.Time) (made int, err error) {
	start := max(e.rank, front)
	wanted, thread, err := t.wanted(e.post)
	if err != nil {
		return 0, err
	}
	args := append([]any{e.id, start, e.accepted, micros(now), e.community, e.to}, thread...)
	n, err := t.exec(`INSERT INTO deliveries (dispatch_id, community_id, subscription_id, recipient, state, rank, worker, attempts,
			accepted_at, next_at, updated_at, in_doubt, reply)
		SELECT CAST(? AS BIGINT), s.community_id, s.id, s.address, 0, CAST(? AS BIGINT) + ROW_NUMBER() OVER (ORDER BY s.id),
			0, 0, CAST(? AS BIGINT), 0, CAST(? AS BIGINT), 0, ''
		FROM (SELECT id, community_id, address FROM subscriptions m
			WHERE community_id = ? AND id > ? AND state = 'active' AND `+wanted+` AND since <= ?
				AND vacation_until <= ?
				AND NOT EXISTS (SELECT 1 FROM dispatch_skips k WHERE k.dispatch_id = ? AND k.member_id = m.member_id)
			ORDER BY id LIMIT ?) s
		ORDER BY s.id`,
		append(args, e.accepted, micros(now), e.id, expandChunk)...)
	if err != nil {
		return 0, err
	}
	if made = int(n); made > 0 {
		// They were made in the order of the subscriptions.
		err = t.row("SELECT subscription_id FROM deliveries WHERE dispatch_id = ? ORDER BY id DESC LIMIT 1", e.id).Scan(&e.to)
		if err != nil {
			return 0, err
		}
	}
	if _, err := t.exec("UPDATE dispatches SET expanded_to = ?, expanding = ? WHERE id = ?",
		e.to, made == expandChunk, e.id); err != nil {
		return 0, err
	}
	return made, t.setFlow(e.community, e.kind, start+int64(made))
}

// wanted is the condition by which subscribers m want a post as it is written, and its arguments. Hardly a thread is muted
// or followed by anybody, and then nobody's modes are looked at.
func (t *tx) wanted(postID int64) (condition string, args []any, err error) {
	var thread int64
	err = t.row(`SELECT p.thread_id FROM posts p
		WHERE p.id = ? AND EXISTS (SELECT 1 FROM thread_modes o WHERE o.thread_id = p.thread_id)`, postID).Scan(&thread)
	if isNoRows(err) {
		return "delivery = 'each'", nil, nil
	}
	return `CASE COALESCE((SELECT o.mode FROM thread_modes o WHERE o.subscription_id = m.id AND o.thread_id = ?), '')
		WHEN 'muted' THEN FALSE WHEN 'followed' THEN TRUE ELSE delivery = 'each' END`, []any{thread}, err
}

func (t *tx) setFlow(community int64, kind string, rank int64) error {
	_, err := t.exec(`INSERT INTO flows (community_id, kind, rank) VALUES (?, ?, ?)
		ON CONFLICT (community_id, kind) DO UPDATE SET rank = excluded.rank`, community, kind, rank)
	return err
}

// nextRank takes n ranks of a flow and returns the one before the first. It reads and moves the flow in one
// statement, so that no two take the same ranks.
func (t *tx) nextRank(community int64, kind string, n int64) (rank int64, err error) {
	front, err := t.front()
	if err != nil {
		return 0, err
	}
	err = t.row(`INSERT INTO flows (community_id, kind, rank) VALUES (?, ?, ?)
		ON CONFLICT (community_id, kind) DO UPDATE
			SET rank = CASE WHEN flows.rank + ? > excluded.rank THEN flows.rank + ? ELSE excluded.rank END
		RETURNING rank`, community, kind, front+n, n, n).Scan(&rank)
	return rank - n, err
}

// promoteChunk bounds how many retries join the queue at once.
const promoteChunk = 1000

// retries are a flow of their own, so that they do not hold up fresh mail.
const flowRetries = "retries"

// Promote lets deferred deliveries wait again whose time has come, and returns how many.
func (db *DB) Promote(ctx context.Context, now time.Time) (n int, err error) {
	err = db.relaxed.do(ctx, func(t *tx) error {
		n = 0
		var ids []int64
		err := t.query(scanIDs(&ids), "SELECT id FROM deliveries WHERE state = 2 AND next_at <= ? ORDER BY next_at LIMIT ?"+
			t.dialect.skipLocked(), micros(now), promoteChunk)
		if err != nil || len(ids) == 0 {
			return err
		}
		n, err = t.waitAgain(ids)
		return err
	})
	return n, err
}

// waitAgain puts deliveries into the flow of retries, those first that were due first.
func (t *tx) waitAgain(ids []int64) (n int, err error) {
	rank, err := t.nextRank(0, flowRetries, int64(len(ids)))
	if err != nil {
		return 0, err
	}
	changed, err := t.exec(`UPDATE deliveries SET state = 0, worker = 0, rank = CAST(? AS BIGINT) + r.n
		FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY next_at, id) AS n FROM deliveries WHERE `+t.dialect.in("id")+`) r
		WHERE r.id = deliveries.id`, rank, t.dialect.idList(ids))
	return int(changed), err
}

func scanIDs(ids *[]int64) func(rowScanner) error {
	return func(row rowScanner) error {
		var id int64
		err := row.Scan(&id)
		*ids = append(*ids, id)
		return err
	}
}

// Idle says that nothing is on its way that could go out by now: deferred deliveries wait for a later time.
func (db *DB) Idle(ctx context.Context, now time.Time) (idle bool, err error) {
	err = db.queryRow(ctx, "", func(row rowScanner) error { return row.Scan(&idle) },
		`SELECT NOT EXISTS (SELECT 1 FROM deliveries WHERE state IN (0, 1) OR state = 2 AND next_at <= ?)
			AND NOT EXISTS (SELECT 1 FROM dispatches WHERE expanding)`, micros(now))
	return idle, err
}

// NextDue returns when the first deferred delivery is due, the zero time where there is none.
func (db *DB) NextDue(ctx context.Context) (time.Time, error) {
	var at int64
	err := db.queryRow(ctx, "", func(row rowScanner) error { return row.Scan(&at) },
		"SELECT COALESCE(MIN(next_at), 0) FROM deliveries WHERE state = 2")
	return fromMicros(at), err
}

// JoinWorkers registers a process that delivers. Its claims are its own until its lease ends, 60 s after the
// last renewal. An SQLite database has one daemon, so what an earlier one claimed is free at once.
func (db *DB) JoinWorkers(ctx context.Context, now time.Time) (worker int64, err error) {
	if err := db.bringInOutcomes(ctx); err != nil {
		return 0, err
	}
	err = db.durable.do(ctx, func(t *tx) error {
		if t.dialect == sqlite {
			if _, err := t.exec("DELETE FROM workers"); err != nil {
				return err
			}
		}
		worker, err = t.insert("INSERT INTO workers (lease_until) VALUES (?)", micros(now.Add(leaseTime)))
		return err
	})
	if err == nil {
		_, err = db.FreeExpired(ctx, now)
	}
	return worker, err
}

// RenewLease holds a worker's claims for another 60 s; NotFound where others have them already.
func (db *DB) RenewLease(ctx context.Context, worker int64, now time.Time) error {
	return db.relaxed.do(ctx, func(t *tx) error {
		n, err := t.exec("UPDATE workers SET lease_until = ? WHERE id = ?", micros(now.Add(leaseTime)), worker)
		if err == nil && n == 0 {
			return errLeaseLost()
		}
		return err
	})
}

func errLeaseLost() error {
	return Errorf(NotFound, "this daemon was silent for too long; others deliver its mail")
}

// holdLease keeps a worker's lease from being ended until the transaction is over.
func (t *tx) holdLease(worker int64) error {
	var id int64
	err := t.row("SELECT id FROM workers WHERE id = ?"+t.dialect.forKeyShare(), worker).Scan(&id)
	if isNoRows(err) {
		return errLeaseLost()
	}
	return err
}

// LeaveWorkers gives a worker's claims back.
func (db *DB) LeaveWorkers(ctx context.Context, worker int64) error {
	if err := db.bringInOutcomes(ctx); err != nil {
		return err
	}
	err := db.relaxed.do(ctx, func(t *tx) error {
		_, err := t.exec("DELETE FROM workers WHERE id = ?", worker)
		return err
	})
	if err == nil {
		_, err = db.FreeExpired(ctx, time.Time{})
	}
	return err
}

// FreeExpired lets the claims of workers wait again whose lease ended, or who are gone.
func (db *DB) FreeExpired(ctx context.Context, now time.Time) (n int, err error) {
	// What was sent and is not in the database yet must not be sent again.
	if err := db.Settle(ctx); err != nil {
		return 0, err
	}
	err = db.durable.do(ctx, func(t *tx) error {
		if _, err := t.exec("DELETE FROM workers WHERE lease_until < ?", micros(now)); err != nil {
			return err
		}
		freed, err := t.exec(`UPDATE deliveries SET state = 0, worker = 0
			WHERE state = 1 AND worker NOT IN (SELECT id FROM workers)`)
		n = int(freed)
		return err
	})
	return n, err
}

// Claim gives a worker up to n waiting deliveries, in fair order.
func (db *DB) Claim(ctx context.Context, worker int64, n int, now time.Time) ([]Delivery, error) {
	return db.claim(ctx, worker, n, "")
}

// ClaimExcept is Claim that passes over communities: those whose mail the smarthost leaves unanswered at the moment
// would fill what a worker has in hand.
func (db *DB) ClaimExcept(ctx context.Context, worker int64, n int, now time.Time, communities []int64) ([]Delivery, error) {
	return db.claim(ctx, worker, n, " AND NOT "+db.dialect.in("community_id"), db.dialect.idList(communities))
}

func (db *DB) claim(ctx context.Context, worker int64, n int, except string, args ...any) (claimed []Delivery, err error) {
	err = db.relaxed.do(ctx, func(t *tx) error {
		claimed = make([]Delivery, 0, min(n, 512))
		if err := t.holdLease(worker); err != nil {
			return err
		}
		ids := make([]int64, 0, cap(claimed))
		err := t.query(func(row rowScanner) error {
			d := Delivery{State: Claimed}
			var accepted int64
			err := row.Scan(&d.ID, &d.DispatchID, &d.CommunityID, &d.SubscriptionID, &d.Recipient, &d.Attempts, &accepted)
			d.AcceptedAt = fromMicros(accepted)
			claimed, ids = append(claimed, d), append(ids, d.ID)
			return err
		}, `SELECT id, dispatch_id, community_id, subscription_id, recipient, attempts, accepted_at FROM deliveries
			WHERE state = 0`+except+` ORDER BY rank, id LIMIT ?`+t.dialect.skipLocked(), append(args[:len(args):len(args)], n)...)
		if err != nil || len(ids) == 0 {
			return err
		}
		where, args := t.dialect.oneOf(ids)
		_, err = t.exec("UPDATE deliveries SET state = 1, worker = ? WHERE "+where, append([]any{worker}, args...)...)
		return err
	})
	if err != nil {
		return nil, err // the commit may have failed: nothing is claimed
	}
	return claimed, nil
}
