package store

import (
	"context"
	"time"
)

// A Reminding is what people are told ahead of a date of a meeting. Of a kind, each hears it once for a date and moment, and
// none after a later one: so a clock that is set back repeats nothing.
type Reminding struct {
	Meeting Meeting // as it was read
	Kind    ReminderKind
	Starts  time.Time // of the date
	Moment  time.Time // for when it is meant
}

// ReminderKind says what people are told.
type ReminderKind string

// The kinds of reminders.
const (
	RemindDate   ReminderKind = "date"   // that the date comes: everybody who is invited
	RemindQuorum ReminderKind = "quorum" // that too few may come: the facilitators
)

// ToRemind returns the invitations of those who are to hear that a date comes, by subscription behind one, at most limit. Who
// was told of the meeting since the moment of the reminder knows; who is away, wants none or gets no mail gets none. What they
// have answered is not looked at.
func (db *DB) ToRemind(ctx context.Context, now time.Time, r Reminding, after int64, limit int) ([]Invitation, error) {
	return db.invitations(ctx, `WHERE i.meeting_id = ? AND i.subscription_id > ? AND i.state = 'invited' AND s.state IN ('active', 'guest')
		AND NOT s.no_reminders AND s.vacation_until <= ? AND NOT (i.sent_at >= ? AND i.sent_at <= ?)
		AND NOT EXISTS (SELECT 1 FROM reminders r WHERE r.meeting_id = i.meeting_id AND r.subscription_id = i.subscription_id
			AND r.kind = ? AND r.starts_at = ? AND r.moment >= ?)
		ORDER BY i.subscription_id LIMIT ?`, r.Meeting.ID, after, micros(now), micros(r.Moment), micros(now), r.Kind, micros(r.Starts), micros(r.Moment), limit)
}

// Remind sends mails, each to the subscriber of its SubscriptionID who has not got one for this moment or a later one, and
// notes that, in one transaction. Conflict where the meeting is not what the mails say any more.
func (db *DB) Remind(ctx context.Context, now time.Time, r Reminding, all []Notice) (sent int, err error) {
	for i := range all {
		all[i].pack()
	}
	err = db.durable.do(ctx, func(t *tx) error {
		var kept []Notice
		if err := t.unchanged(r.Meeting); err != nil {
			return err
		}
		for _, notice := range all {
			n, err := t.exec(`INSERT INTO reminders (meeting_id, subscription_id, kind, starts_at, moment) VALUES (?, ?, ?, ?, ?)
				ON CONFLICT (meeting_id, subscription_id, kind, starts_at) DO UPDATE SET moment = excluded.moment WHERE reminders.moment < excluded.moment`,
				r.Meeting.ID, notice.SubscriptionID, r.Kind, micros(r.Starts), micros(r.Moment))
			if err != nil {
				return err
			}
			if n > 0 {
				kept = append(kept, notice)
			}
		}
		sent = len(kept)
		return t.sendMany(now, kept)
	})
	return sent, err
}

// unchanged is Conflict where a meeting is not what it was when it was read.
func (t *tx) unchanged(m Meeting) error {
	var revision int
	err := t.row("SELECT revision FROM meetings WHERE id = ?"+t.dialect.forKeyShare(), m.ID).Scan(&revision)
	if isNoRows(err) || err == nil && revision != m.Revision {
		return Errorf(Conflict, "the meeting %s was changed meanwhile", m.UID)
	}
	return err
}

// ForgetReminders forgets what was told of dates that were before a time.
func (db *DB) ForgetReminders(ctx context.Context, before time.Time) error {
	return db.relaxed.do(ctx, func(t *tx) error {
		_, err := t.exec("DELETE FROM reminders WHERE starts_at < ?", micros(before))
		return err
	})
}
