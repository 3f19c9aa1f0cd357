package store

import (
	"context"
	"time"
)

// Thanks are one member's to another; newsletters show them.
type Thanks struct {
	ID          int64
	CommunityID int64
	From        int64 // member
	To          int64 // member
	Note        string
	At          time.Time
}

// Thank keeps thanks. The same thanks within a day are kept once, since a mail may come twice.
func (db *DB) Thank(ctx context.Context, thanks Thanks) (kept Thanks, err error) {
	err = db.durable.do(ctx, func(t *tx) error {
		kept = thanks
		err := t.row(`SELECT id FROM thanks WHERE community_id = ? AND at > ? AND from_member = ? AND to_member = ? AND note = ? LIMIT 1`,
			kept.CommunityID, micros(kept.At.Add(-24*time.Hour)), kept.From, kept.To, text(kept.Note)).Scan(&kept.ID)
		if !isNoRows(err) {
			return err
		}
		kept.ID, err = t.insert("INSERT INTO thanks (community_id, from_member, to_member, note, at) VALUES (?, ?, ?, ?, ?)",
			kept.CommunityID, kept.From, kept.To, text(kept.Note), micros(kept.At))
		return err
	})
	return kept, err
}

// ThanksSince returns the thanks of a community since a time, oldest first.
func (db *DB) ThanksSince(ctx context.Context, communityID int64, since time.Time) (all []Thanks, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		var th Thanks
		var at int64
		err := row.Scan(&th.ID, &th.CommunityID, &th.From, &th.To, &th.Note, &at)
		th.At = fromMicros(at)
		all = append(all, th)
		return err
	}, "SELECT id, community_id, from_member, to_member, note, at FROM thanks WHERE community_id = ? AND at >= ? ORDER BY at, id",
		communityID, micros(since))
	return all, err
}
