package store

import (
	"context"
	"time"
)

// A MeasuredOccurrence is what the measures need to know of a date of a meeting. People are members.
type MeasuredOccurrence struct {
	ID          int64
	Starts      time.Time
	Ends        time.Time
	InvitedAt   time.Time // zero for never
	CancelledAt time.Time // zero for never
	Known       bool      // somebody said who came
	Host        int64     // 0 for nobody in particular
	MinutesBy   int64     // 0 for nobody
}

// MeasuredOccurrences calls each for the dates of meetings that started in a time, in order.
func (db *DB) MeasuredOccurrences(ctx context.Context, communityID int64, after, until time.Time, each func(MeasuredOccurrence)) error {
	return db.measuredOccurrences(ctx, each, "o.starts_at > ? AND o.starts_at <= ? ORDER BY o.starts_at, o.id", communityID, micros(after), micros(until))
}

// NextOccurrence calls each for the first date that started after a time and was not cancelled, if there is one.
func (db *DB) NextOccurrence(ctx context.Context, communityID int64, after time.Time, each func(MeasuredOccurrence)) error {
	return db.measuredOccurrences(ctx, each, "o.starts_at > ? AND o.cancelled_at = 0 ORDER BY o.starts_at, o.id LIMIT 1", communityID, micros(after))
}

func (db *DB) measuredOccurrences(ctx context.Context, each func(MeasuredOccurrence), where string, args ...any) error {
	return db.query(ctx, func(row rowScanner) error {
		var o MeasuredOccurrence
		var starts, ends, invited, cancelled, told int64
		err := row.Scan(&o.ID, &starts, &ends, &invited, &cancelled, &told, &o.Host, &o.MinutesBy)
		o.Starts, o.Ends, o.InvitedAt, o.CancelledAt, o.Known = fromMicros(starts), fromMicros(ends), fromMicros(invited), fromMicros(cancelled), told != 0
		each(o)
		return err
	}, `SELECT o.id, o.starts_at, o.ends_at, o.invited_at, o.cancelled_at, o.told_at,
			COALESCE((SELECT h.member_id FROM subscriptions h WHERE h.id = o.host_id), 0),
			COALESCE((SELECT h.member_id FROM subscriptions h WHERE h.id = o.minutes_by), 0)
		FROM occurrences o WHERE o.community_id = ? AND `+where, args...)
}

// A MeasuredAttendance is a member's part in a date of a meeting. Name and address are those of people who were not invited.
type MeasuredAttendance struct {
	OccurrenceID, MemberID int64
	Invited, Came          bool
	Answer                 RSVPAnswer // "" for none
	AnsweredAt             time.Time
	Name, Address          string
}

// MeasuredAttendances calls each for all who had a part in the dates of meetings that started in a time, by date, and by the
// time of their answers.
func (db *DB) MeasuredAttendances(ctx context.Context, communityID int64, after, until time.Time, each func(MeasuredAttendance)) error {
	var a MeasuredAttendance
	var answered int64
	into := []any{&a.OccurrenceID, &a.MemberID, &a.Invited, &a.Came, &a.Answer, &answered, &a.Name, &a.Address}
	return db.query(ctx, func(row rowScanner) error {
		err := row.Scan(into...)
		a.AnsweredAt = fromMicros(answered)
		each(a)
		return err
	}, `SELECT a.occurrence_id, s.member_id, a.invited, a.came, a.answer, a.answered_at, CASE WHEN a.invited THEN '' ELSE m.name END,
			CASE WHEN a.invited THEN '' ELSE s.address END
		FROM occurrences o JOIN attendances a ON a.occurrence_id = o.id JOIN subscriptions s ON s.id = a.subscription_id JOIN members m ON m.id = s.member_id
		WHERE o.community_id = ? AND o.starts_at > ? AND o.starts_at <= ? ORDER BY o.starts_at, o.id, a.answered_at, a.subscription_id`,
		communityID, micros(after), micros(until))
}

// A MeasuredFeedback is a member's question and answer about a date of a meeting; a rating of 0 is that they did not answer.
type MeasuredFeedback struct {
	OccurrenceID, MemberID int64
	Rating                 int
	At                     time.Time // of the answer
}

// MeasuredFeedbacks calls each for those who were asked how a meeting was that ended in a time, by date, and by the time of
// their answers.
func (db *DB) MeasuredFeedbacks(ctx context.Context, communityID int64, after, until time.Time, each func(MeasuredFeedback)) error {
	return db.query(ctx, func(row rowScanner) error {
		var f MeasuredFeedback
		var at int64
		err := row.Scan(&f.OccurrenceID, &f.MemberID, &f.Rating, &at)
		f.At = fromMicros(at)
		each(f)
		return err
	}, `SELECT a.occurrence_id, s.member_id, COALESCE(f.rating, 0), COALESCE(f.at, 0) AS given
		FROM occurrences o JOIN attendances a ON a.occurrence_id = o.id JOIN subscriptions s ON s.id = a.subscription_id
			LEFT JOIN feedbacks f ON f.occurrence_id = a.occurrence_id AND f.subscription_id = a.subscription_id
		WHERE o.community_id = ? AND o.starts_at > ? AND o.starts_at <= ? AND a.asked_at <> 0 ORDER BY o.starts_at, o.id, given, a.subscription_id`,
		communityID, micros(after), micros(until))
}

// FirstAttended returns when the first meeting of a community was to which each of some members came. Who never did is missing.
func (db *DB) FirstAttended(ctx context.Context, communityID int64, members []int64) (map[int64]time.Time, error) {
	first := map[int64]time.Time{}
	err := db.query(ctx, func(row rowScanner) error {
		var member, at int64
		err := row.Scan(&member, &at)
		if at != 0 {
			first[member] = fromMicros(at)
		}
		return err
	}, `SELECT s.member_id, COALESCE((SELECT MIN(o.starts_at) FROM attendances a JOIN occurrences o ON o.id = a.occurrence_id
			WHERE a.subscription_id = s.id AND a.came), 0)
		FROM subscriptions s WHERE s.community_id = ? AND `+db.dialect.in("s.member_id"), communityID, db.dialect.idList(members))
	return first, err
}

// OccurrencesByID returns dates of meetings by their IDs; those that are gone are missing.
func (db *DB) OccurrencesByID(ctx context.Context, ids []int64) ([]Occurrence, error) {
	return db.occurrences(ctx, db.dialect.in("o.id")+" ORDER BY o.starts_at, o.id", db.dialect.idList(ids))
}
