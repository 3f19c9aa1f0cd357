package store

import (
	"context"
	"slices"
	"strings"
	"time"
)

// An Occurrence is one date of a meeting that has begun, or was cancelled before it did. It is made when it begins, with an
// Attendance for each who was invited, and stays when the meeting is over; who came and what was said is added later.
type Occurrence struct {
	ID          int64
	CommunityID int64
	MeetingID   int64
	Key         string // which date: as itip.Time.Key has it, "" for a meeting that has one
	Title       string
	Starts      time.Time
	Ends        time.Time
	InvitedAt   time.Time // when people were first invited; zero for never
	CancelledAt time.Time // zero for never
	Host        int64     // the subscription; 0 is the facilitators together
	ToldAt      time.Time // when somebody said who came; zero for never
	Minutes     string    // "" for none
	MinutesID   string    // the Message-ID that they are posted with
	MinutesBy   int64     // the subscription that they came from
	Source      string    // of the minutes: "page", "command", "text <ID>" with the Message-ID
}

// An Attendance is somebody's part in an Occurrence.
type Attendance struct {
	OccurrenceID int64
	Subscription Subscription // as it is now
	Invited      bool         // false for guests and others who came without
	Answer       RSVPAnswer   // what they had answered when it began, Placeless for a yes without a place; "" for nothing
	AnsweredAt   time.Time
	Came         bool
	Source       string // where that is from, as Occurrence.Source; "" where nobody said
	At           time.Time
	AskedAt      time.Time // when they were asked how it was; zero for never
}

const occurrenceColumns = `o.id, o.community_id, o.meeting_id, o.occurrence, o.title, o.starts_at, o.ends_at, o.invited_at, o.cancelled_at,
	o.host_id, o.told_at, o.minutes, o.minutes_id, o.minutes_by, o.source`

func scanOccurrence(row rowScanner) (o Occurrence, err error) {
	var starts, ends, invited, cancelled, told int64
	err = row.Scan(&o.ID, &o.CommunityID, &o.MeetingID, &o.Key, &o.Title, &starts, &ends, &invited, &cancelled, &o.Host, &told,
		&o.Minutes, &o.MinutesID, &o.MinutesBy, &o.Source)
	o.Starts, o.Ends, o.InvitedAt, o.CancelledAt, o.ToldAt = fromMicros(starts), fromMicros(ends), fromMicros(invited), fromMicros(cancelled), fromMicros(told)
	return o, err
}

// A Beginning is an occurrence that begins, or is cancelled, and what is due about it later: tasks whose object it is.
type Beginning struct {
	Occurrence Occurrence
	Invited    []Attendance
	Tasks      []Task
}

// BeginOccurrences takes a task and keeps the occurrences that it was for, in one transaction; it is due again at next, or
// never where that is zero. An occurrence that is there already stays as it is, but that one which was cancelled may begin
// after all, one that has not begun may be cancelled, and one of which nobody has said who came may begin again later. Taken is false, and nothing is kept, where another daemon was
// faster, or the task was moved.
func (db *DB) BeginOccurrences(ctx context.Context, task Task, next time.Time, all []Beginning) (taken bool, err error) {
	err = db.durable.do(ctx, func(t *tx) error {
		n, err := t.takeTask(task, next)
		if taken = n == 1; err != nil || !taken {
			return err
		}
		for _, b := range all {
			if err := t.beginOccurrence(b); err != nil {
				return err
			}
		}
		return nil
	})
	return taken, err
}

func (t *tx) beginOccurrence(b Beginning) error {
	o := b.Occurrence
	err := t.row(`INSERT INTO occurrences (community_id, meeting_id, occurrence, title, starts_at, ends_at, invited_at, cancelled_at, host_id,
			told_at, minutes, minutes_id, minutes_by, source, revision) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '', '', 0, '', 0)
		ON CONFLICT (meeting_id, occurrence) DO UPDATE SET title = excluded.title, starts_at = excluded.starts_at, ends_at = excluded.ends_at,
			invited_at = excluded.invited_at, cancelled_at = excluded.cancelled_at, host_id = excluded.host_id
		WHERE occurrences.cancelled_at <> 0 AND excluded.cancelled_at = 0
			OR occurrences.cancelled_at = 0 AND excluded.cancelled_at <> 0 AND occurrences.starts_at > excluded.cancelled_at
			OR occurrences.told_at = 0 AND excluded.cancelled_at = 0 AND excluded.starts_at > occurrences.ends_at
		RETURNING id`, o.CommunityID, o.MeetingID, o.Key, text(o.Title), micros(o.Starts), micros(o.Ends), micros(o.InvitedAt), micros(o.CancelledAt), o.Host).Scan(&o.ID)
	if isNoRows(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := t.exec("DELETE FROM attendances WHERE occurrence_id = ?", o.ID); err != nil {
		return err
	}
	if err := t.reviseOccurrence(o.ID); err != nil {
		return err
	}
	for chunk := range slices.Chunk(b.Invited, attendancesAtOnce) {
		if err := t.addInvited(o.ID, chunk); err != nil {
			return err
		}
	}
	for _, task := range b.Tasks {
		task.ObjectID = o.ID
		if err := t.schedule(task); err != nil {
			return err
		}
	}
	return nil
}

// attendancesAtOnce is how many are added by one statement.
const attendancesAtOnce = 100

func (t *tx) addInvited(occurrence int64, all []Attendance) error {
	args := make([]any, 0, 6*len(all))
	for _, a := range all {
		args = append(args, occurrence, a.Subscription.ID, true, a.Answer, micros(a.AnsweredAt), false)
	}
	_, err := t.exec(`INSERT INTO attendances (occurrence_id, subscription_id, invited, answer, answered_at, came, source, at, asked_at) VALUES `+
		strings.TrimSuffix(strings.Repeat("(?, ?, ?, ?, ?, ?, '', 0, 0), ", len(all)), ", "), args...)
	return err
}

// reviseOccurrence notes that something about a date has changed: measures are counted anew.
func (t *tx) reviseOccurrence(id int64) error {
	_, err := t.exec(`UPDATE occurrences SET revision = 1 + COALESCE((SELECT MAX(o.revision) FROM occurrences o
		WHERE o.community_id = occurrences.community_id), 0) WHERE id = ?`, id)
	return err
}

// Occurrence returns the occurrence with an ID.
func (db *DB) Occurrence(ctx context.Context, id int64) (o Occurrence, err error) {
	err = db.queryRow(ctx, "there is no such date of a meeting", func(row rowScanner) (err error) {
		o, err = scanOccurrence(row)
		return err
	}, "SELECT "+occurrenceColumns+" FROM occurrences o WHERE o.id = ?", id)
	return o, err
}

// Occurrences returns the last occurrences of a meeting, the latest first.
func (db *DB) Occurrences(ctx context.Context, meetingID int64, limit int) ([]Occurrence, error) {
	return db.occurrences(ctx, "o.meeting_id = ? ORDER BY o.starts_at DESC LIMIT ?", meetingID, limit)
}

// OccurrencesBetween returns the occurrences of a community that started after a time, up to and with another, by their start.
func (db *DB) OccurrencesBetween(ctx context.Context, communityID int64, after, until time.Time) ([]Occurrence, error) {
	return db.occurrences(ctx, "o.community_id = ? AND o.starts_at > ? AND o.starts_at <= ? ORDER BY o.starts_at, o.id", communityID, micros(after), micros(until))
}

func (db *DB) occurrences(ctx context.Context, where string, args ...any) (all []Occurrence, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		o, err := scanOccurrence(row)
		all = append(all, o)
		return err
	}, "SELECT "+occurrenceColumns+" FROM occurrences o WHERE "+where, args...)
	return all, err
}

// Attendances returns who was invited to an occurrence or came to it, by subscription.
func (db *DB) Attendances(ctx context.Context, occurrenceID int64) (all []Attendance, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		a := Attendance{OccurrenceID: occurrenceID}
		var answered, at, asked int64
		var err error
		a.Subscription, err = scanSubscription(scannerWith{row, []any{&a.Invited, &a.Answer, &answered, &a.Came, &a.Source, &at, &asked}})
		a.AnsweredAt, a.At, a.AskedAt = fromMicros(answered), fromMicros(at), fromMicros(asked)
		all = append(all, a)
		return err
	}, "SELECT "+subscriptionColumns+`, a.invited, a.answer, a.answered_at, a.came, a.source, a.at, a.asked_at
		FROM attendances a JOIN subscriptions s ON s.id = a.subscription_id JOIN members m ON m.id = s.member_id
		WHERE a.occurrence_id = ? ORDER BY a.subscription_id`, occurrenceID)
	return all, err
}

// FirstInvited returns when the first invitation to a meeting was sent, and the first of its cancellations; zero for never.
func (db *DB) FirstInvited(ctx context.Context, m Meeting) (invited, cancelled time.Time, err error) {
	var n int
	var first int64
	err = db.queryRow(ctx, "there is no such meeting", func(row rowScanner) error { return row.Scan(&n, &first) },
		"SELECT COUNT(*), COALESCE(MIN(sent_at) FILTER (WHERE state = 'cancelled' AND sequence = ?), 0) FROM invitations WHERE meeting_id = ?", m.Sequence, m.ID)
	if n > 0 { // it goes out as the meeting is called
		invited = m.CreatedAt
	}
	return invited, fromMicros(first), err
}
