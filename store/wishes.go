package store

import (
	"context"
	"time"
)

// A Wish is what somebody wants from a date of a meeting: a line for its agenda.
type Wish struct {
	ID             int64
	MeetingID      int64
	SubscriptionID int64
	Occurrence     string // as itip.Time.Key has it; "" where the meeting has one date alone
	Text           string
	Source         string // "page", "text <ID>"
	At             time.Time
	Name           string // of who wants it, as it is now; may be empty
	Address        string
}

// AddWishes keeps what a subscriber wants from a date, at most so many in all, and sends what is given with it. What they have
// said already is not kept twice. Added is how many were new. NotFound where they are not invited any more.
func (db *DB) AddWishes(ctx context.Context, now time.Time, i Invitation, all []Wish, most int, notices []Notice) (added int, err error) {
	err = db.durable.do(ctx, func(t *tx) error {
		added = 0
		if err := t.lockInvitation(i); err != nil {
			return err
		}
		for _, w := range all {
			n, err := t.exec(`INSERT INTO wishes (meeting_id, subscription_id, occurrence, wish, source, at)
				SELECT CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS BIGINT)
				WHERE (SELECT COUNT(*) FROM wishes WHERE meeting_id = ? AND occurrence = ? AND subscription_id = ?) < ?
				ON CONFLICT (meeting_id, occurrence, subscription_id, wish) DO NOTHING`,
				i.MeetingID, i.Subscription.ID, w.Occurrence, text(w.Text), text(w.Source), micros(w.At),
				i.MeetingID, w.Occurrence, i.Subscription.ID, most)
			if err != nil {
				return err
			}
			added += int(n)
		}
		return t.sendNotices(now, notices)
	})
	return added, err
}

// Wishes returns what people want from a date of a meeting, in the order in which they said it; of those who have left the
// community as well.
func (db *DB) Wishes(ctx context.Context, meetingID int64, occurrence string) (all []Wish, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		var w Wish
		var at int64
		err := row.Scan(&w.ID, &w.MeetingID, &w.SubscriptionID, &w.Occurrence, &w.Text, &w.Source, &at, &w.Name, &w.Address)
		w.At = fromMicros(at)
		all = append(all, w)
		return err
	}, `SELECT w.id, w.meeting_id, w.subscription_id, w.occurrence, w.wish, w.source, w.at, m.name, s.address
		FROM wishes w JOIN subscriptions s ON s.id = w.subscription_id JOIN members m ON m.id = s.member_id
		WHERE w.meeting_id = ? AND w.occurrence = ? ORDER BY w.id`, meetingID, occurrence)
	return all, err
}

// WishedDates returns the dates of a meeting, by their keys, from which people want something; those behind a key alone.
func (db *DB) WishedDates(ctx context.Context, meetingID int64, after string) (keys []string, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		var key string
		err := row.Scan(&key)
		keys = append(keys, key)
		return err
	}, "SELECT DISTINCT occurrence FROM wishes WHERE meeting_id = ? AND occurrence > ? ORDER BY occurrence", meetingID, after)
	return keys, err
}

// renameWishes moves wishes to their dates' new keys: by way of marked ones, since one date may get the key that another had.
func (t *tx) renameWishes(meetingID int64, renamed map[string]string) error {
	for was, is := range renamed {
		if _, err := t.exec("UPDATE wishes SET occurrence = ? WHERE meeting_id = ? AND occurrence = ?", "~"+is, meetingID, was); err != nil {
			return err
		}
	}
	if len(renamed) == 0 {
		return nil
	}
	_, err := t.exec("UPDATE wishes SET occurrence = SUBSTR(occurrence, 2) WHERE meeting_id = ? AND occurrence >= '~'", meetingID)
	return err
}
