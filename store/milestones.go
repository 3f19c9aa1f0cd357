package store

import (
	"context"
	"time"
)

// An AttendedCount is how many meetings somebody had come to: up to one time, and up to another.
type AttendedCount struct {
	MemberID      int64
	Before, Until int
}

// AttendedCounts returns those of the members who came to a meeting of a community after one time, up to another.
func (db *DB) AttendedCounts(ctx context.Context, communityID int64, from, until time.Time) (all []AttendedCount, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		var n AttendedCount
		err := row.Scan(&n.MemberID, &n.Before, &n.Until)
		all = append(all, n)
		return err
	}, `SELECT s.member_id, SUM(CASE WHEN o.starts_at <= ? THEN 1 ELSE 0 END), COUNT(*)
		FROM attendances a JOIN occurrences o ON o.id = a.occurrence_id JOIN subscriptions s ON s.id = a.subscription_id
		WHERE a.came AND o.cancelled_at = 0 AND o.starts_at <= ? AND a.subscription_id IN (SELECT b.subscription_id
			FROM occurrences p JOIN attendances b ON b.occurrence_id = p.id WHERE p.community_id = ? AND p.starts_at > ? AND p.starts_at <= ? AND b.came)
		GROUP BY s.member_id ORDER BY s.member_id`, micros(from), micros(until), communityID, micros(from), micros(until))
	return all, err
}

// FirstHosts returns the members who hosted a meeting of a community for the first time after one time, up to another.
func (db *DB) FirstHosts(ctx context.Context, communityID int64, from, until time.Time) (members []int64, err error) {
	err = db.query(ctx, scanIDs(&members), `SELECT s.member_id FROM subscriptions s WHERE s.id IN (SELECT o.host_id FROM occurrences o
			WHERE o.community_id = ? AND o.starts_at > ? AND o.starts_at <= ? AND o.cancelled_at = 0 AND o.ends_at <= ? AND o.host_id <> 0)
		AND NOT EXISTS (SELECT 1 FROM occurrences e WHERE e.host_id = s.id AND e.host_id <> 0 AND e.cancelled_at = 0 AND e.starts_at <= ?)
		ORDER BY s.member_id`, communityID, micros(from), micros(until), micros(until), micros(from))
	return members, err
}
