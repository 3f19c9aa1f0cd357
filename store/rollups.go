package store

import (
	"context"
	"slices"
	"time"
)

// RolledUp returns up to when a subscriber has heard of what people answered to meetings; zero for never.
func (db *DB) RolledUp(ctx context.Context, subscriptionID int64) (at time.Time, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		var micros int64
		err := row.Scan(&micros)
		at = fromMicros(micros)
		return err
	}, "SELECT at FROM rollups WHERE subscription_id = ?", subscriptionID)
	return at, err
}

// RollUp notes that a subscriber has heard of all until now, and sends what tells them, in one transaction; last is what
// RolledUp said. Told is false, and nothing is sent, where another daemon was faster.
func (db *DB) RollUp(ctx context.Context, now time.Time, subscriptionID int64, last time.Time, notices []Notice) (told bool, err error) {
	err = db.durable.do(ctx, func(t *tx) error {
		n, err := t.exec(`INSERT INTO rollups (subscription_id, at) VALUES (?, ?)
			ON CONFLICT (subscription_id) DO UPDATE SET at = excluded.at WHERE rollups.at = ?`, subscriptionID, micros(now), micros(last))
		if told = n == 1; err != nil || !told {
			return err
		}
		return t.sendNotices(now, notices)
	})
	return told, err
}

// A FailedInvitation is one that did not arrive.
type FailedInvitation struct {
	Name    string
	Address string
	Reason  string // what the other side said
	At      time.Time
}

// FailedInvitations returns those of a meeting of which it became known in a span of time that they did not arrive, oldest
// first, at most 1,000. What fails at the same address after that says nothing new.
func (db *DB) FailedInvitations(ctx context.Context, meetingID int64, after, until time.Time) (all []FailedInvitation, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		var f FailedInvitation
		var at int64
		err := row.Scan(&f.Name, &f.Address, &f.Reason, &at)
		f.At = fromMicros(at)
		all = append(all, f)
		return err
	}, `SELECT m.name, f.address, f.reason, f.at FROM failures f
		JOIN invitations i ON i.meeting_id = ? AND i.subscription_id = f.subscription_id AND i.state = 'invited' AND i.sent_at <= f.at
		JOIN subscriptions s ON s.id = i.subscription_id JOIN members m ON m.id = s.member_id
		WHERE f.day >= ? AND f.at > ? AND f.at <= ? AND f.hard
			AND NOT EXISTS (SELECT 1 FROM failures e WHERE e.address = f.address AND e.subscription_id = f.subscription_id AND e.hard
				AND e.at >= i.sent_at AND (e.at < f.at OR e.at = f.at AND e.id < f.id))
		ORDER BY f.at, f.id LIMIT 1000`,
		meetingID, day(after), micros(after), micros(until))
	return all, err
}

// A ShowRecord is how often somebody had accepted a date of which it is known who came, and how often they came then.
type ShowRecord struct{ Accepts, Shows int }

// ShowRecords returns those of subscribers, by their IDs, over the dates that took place; who has none is left out.
func (db *DB) ShowRecords(ctx context.Context, subscriptions []int64) (records map[int64]ShowRecord, err error) {
	records = map[int64]ShowRecord{}
	for chunk := range slices.Chunk(subscriptions, 500) {
		err = db.query(ctx, func(row rowScanner) error {
			var id int64
			var r ShowRecord
			err := row.Scan(&id, &r.Accepts, &r.Shows)
			records[id] = r
			return err
		}, `SELECT a.subscription_id, COUNT(*), COUNT(*) FILTER (WHERE a.came) FROM attendances a JOIN occurrences o ON o.id = a.occurrence_id
			WHERE `+db.dialect.in("a.subscription_id")+` AND a.answer = 'accepted' AND o.told_at <> 0 AND o.cancelled_at = 0 GROUP BY a.subscription_id`,
			db.dialect.idList(chunk))
		if err != nil {
			return nil, err
		}
	}
	return records, nil
}
