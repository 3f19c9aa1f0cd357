package store

import (
	"context"
	"testing"
)

func TestPlansX(t *testing.T) {
	db, err := Open(context.Background(), Options{Path: t.TempDir() + "/x.db"})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for name, q := range map[string]string{
		"known posts": `SELECT id, 0, body_hash = ? FROM posts WHERE community_id = ? AND message_id = ? AND accepted_at > ?
		UNION ALL
		SELECT 0, id, body_hash = ? FROM holds WHERE community_id = ? AND message_id = ? AND since > ? AND state IN ('held', 'rejected')`,
		"byaddr":     "SELECT " + subscriptionColumns + fromSubscriptions + bySubscriberAddress,
		"claim":      `WITH next AS MATERIALIZED (SELECT id FROM deliveries WHERE state = 0 ORDER BY rank, id LIMIT ?) UPDATE deliveries SET state = 1, worker = ? WHERE id IN (SELECT id FROM next) RETURNING id`,
		"front":      `SELECT COALESCE((SELECT MIN(rank) FROM deliveries WHERE state = 0), (SELECT MAX(rank) FROM flows), 0)`,
		"free":       `UPDATE deliveries SET state = 0, worker = 0 WHERE state = 1 AND worker NOT IN (SELECT id FROM workers)`,
		"drop":       `UPDATE deliveries SET state = 5, updated_at = ?, reply = 'the membership ended' WHERE subscription_id = ? AND state <= 2`,
		"sent":       `UPDATE deliveries SET state = 3, attempts = attempts + 1, updated_at = ?, reply = '' WHERE +worker = ? AND +state IN (1, 5) AND id IN (SELECT value FROM json_each(?))`,
		"sent range": `UPDATE deliveries SET state = 3, attempts = attempts + 1, updated_at = ?, reply = '' WHERE +worker = ? AND +state IN (1, 5) AND id BETWEEN ? AND ?`,
		"expandable": `SELECT d.id, d.community_id, d.kind, d.expanded_to, d.accepted_at, COALESCE(f.rank, 0) FROM dispatches d
		LEFT JOIN flows f ON f.community_id = d.community_id AND f.kind = d.kind
		WHERE d.expanding AND COALESCE(f.rank, 0) < ?
			AND d.id = (SELECT MIN(o.id) FROM dispatches o
				WHERE o.expanding AND o.community_id = d.community_id AND o.kind = d.kind)
		ORDER BY COALESCE(f.rank, 0), d.id LIMIT ?`,
		"expand": `INSERT INTO deliveries (dispatch_id, community_id, subscription_id, recipient, state, rank, worker, attempts,
			accepted_at, next_at, updated_at, in_doubt, reply)
		SELECT CAST(? AS BIGINT), s.community_id, s.id, s.address, 0, CAST(? AS BIGINT) + ROW_NUMBER() OVER (ORDER BY s.id),
			0, 0, CAST(? AS BIGINT), 0, CAST(? AS BIGINT), 0, ''
		FROM (SELECT id, community_id, address FROM subscriptions m
			WHERE community_id = ? AND id > ? AND state = 'active' AND delivery = 'each' AND since <= ?
				AND vacation_until <= ?
				AND NOT EXISTS (SELECT 1 FROM dispatch_skips k WHERE k.dispatch_id = ? AND k.member_id = m.member_id)
			ORDER BY id LIMIT ?) s
		ORDER BY s.id
		RETURNING subscription_id`,
		"promote": "SELECT id FROM deliveries WHERE state = 2 AND next_at <= ? ORDER BY next_at LIMIT ?",
		"nextdue": "SELECT COALESCE(MIN(next_at), 0) FROM deliveries WHERE state = 2",
		"retry":   "SELECT id FROM deliveries WHERE state IN (2, 4) AND id IN (SELECT value FROM json_each(?)) ORDER BY id",
		"subjthr": `SELECT id FROM threads WHERE community_id = ? AND subject_base = ? AND last_at > ? AND first_at < ? ORDER BY last_at DESC LIMIT 1`,
		"adopt":   `SELECT DISTINCT p.thread_id FROM post_references r JOIN posts p ON p.id = r.post_id WHERE r.community_id = ? AND r.message_id = ? AND p.thread_id <> ?`,
		"pruned":  "SELECT id FROM dispatches WHERE NOT expanding AND accepted_at < ? AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.dispatch_id = dispatches.id) ORDER BY id LIMIT ?",
	} {
		n := 0
		for _, c := range q {
			if c == '?' {
				n++
			}
		}
		args := make([]any, n)
		for i := range args {
			args[i] = 1
		}
		t.Log("==", name)
		err := db.query(context.Background(), func(row rowScanner) error {
			var a, b, c int
			var s string
			err := row.Scan(&a, &b, &c, &s)
			t.Log("    ", s)
			return err
		}, "EXPLAIN QUERY PLAN "+q, args...)
		if err != nil {
			t.Log(err)
		}
	}
}
