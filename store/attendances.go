package store

import (
	"context"
	"time"
)

// An AttendanceReport is what somebody said about a date of a meeting that is over.
type AttendanceReport struct {
	OccurrenceID int64
	By           int64  // the subscription of who said it; 0 for the postmaster
	Source       string // as Occurrence.Source
	Known        bool   // it says who came
	Came         []int64
	Minutes      string // "" for none
	MinutesID    string
	Actions      []Action // of the minutes
	// Tasks become due with it; where one has no object it is the occurrence. ActionTask makes that of an action, where it has one.
	Tasks      []Task
	ActionTask func(Action) (Task, bool)
}

// RecordAttendance keeps a report and sends what goes with it, in one transaction. Who came is as the last report says.
// Conflict where there are minutes already, and the report has some: they are kept once.
func (db *DB) RecordAttendance(ctx context.Context, now time.Time, r AttendanceReport, notices []Notice) error {
	return db.durable.do(ctx, func(t *tx) error {
		if err := t.reviseOccurrence(r.OccurrenceID); err != nil {
			return err
		}
		var minutes string
		err := t.row("SELECT minutes FROM occurrences WHERE id = ?"+t.dialect.forUpdate(), r.OccurrenceID).Scan(&minutes)
		switch {
		case isNoRows(err):
			return Errorf(NotFound, "there is no such date of a meeting")
		case err == nil && minutes != "" && r.Minutes != "":
			return Errorf(Conflict, "this date of the meeting has minutes already")
		case err == nil && r.Known:
			err = t.recordCame(now, r)
		}
		if err == nil && r.Minutes != "" {
			err = t.recordMinutes(now, r)
		}
		if err != nil {
			return err
		}
		for _, task := range r.Tasks {
			if task.ObjectID == 0 {
				task.ObjectID = r.OccurrenceID
			}
			if err := t.schedule(task); err != nil {
				return err
			}
		}
		return t.sendNotices(now, notices)
	})
}

func (t *tx) recordCame(now time.Time, r AttendanceReport) error {
	// A date that is nobody's in particular is that of the facilitator who says who came.
	if _, err := t.exec("UPDATE occurrences SET told_at = ?, host_id = CASE WHEN host_id = 0 THEN CAST(? AS BIGINT) ELSE host_id END WHERE id = ?",
		micros(now), r.By, r.OccurrenceID); err != nil {
		return err
	}
	if _, err := t.exec("UPDATE attendances SET came = ?, source = ?, at = ? WHERE occurrence_id = ?", false, text(r.Source), micros(now), r.OccurrenceID); err != nil {
		return err
	}
	for _, id := range r.Came {
		if _, err := t.exec(`INSERT INTO attendances (occurrence_id, subscription_id, invited, answer, answered_at, came, source, at, asked_at)
			VALUES (?, ?, ?, '', 0, ?, ?, ?, 0) ON CONFLICT (occurrence_id, subscription_id) DO UPDATE SET came = excluded.came`,
			r.OccurrenceID, id, false, true, text(r.Source), micros(now)); err != nil {
			return err
		}
	}
	// Who was not invited, and did not come after all, has no part in it; unless they were asked how it was.
	_, err := t.exec("DELETE FROM attendances WHERE occurrence_id = ? AND NOT invited AND NOT came AND asked_at = 0", r.OccurrenceID)
	return err
}

func (t *tx) recordMinutes(now time.Time, r AttendanceReport) error {
	if _, err := t.exec("UPDATE occurrences SET minutes = ?, minutes_id = ?, minutes_by = ?, source = ? WHERE id = ?",
		text(r.Minutes), text(r.MinutesID), r.By, text(r.Source), r.OccurrenceID); err != nil {
		return err
	}
	for _, a := range r.Actions {
		a.OccurrenceID, a.State, a.MadeAt, a.ChangedAt = r.OccurrenceID, ActionOpen, now, now
		if err := t.addAction(&a); err != nil {
			return err
		}
		if r.ActionTask == nil {
			continue
		}
		if task, ok := r.ActionTask(a); ok {
			if err := t.schedule(task); err != nil {
				return err
			}
		}
	}
	return nil
}

// AskFeedback takes a task and asks people how a meeting was, in one transaction; the task is due again at next, or never
// where that is zero. Taken is false, and nobody is asked, where another daemon was faster.
func (db *DB) AskFeedback(ctx context.Context, now time.Time, task Task, next time.Time, subscriptions []int64, notices []Notice) (taken bool, err error) {
	err = db.durable.do(ctx, func(t *tx) error {
		n, err := t.takeTask(task, next)
		if taken = n == 1; err != nil || !taken {
			return err
		}
		if _, err := t.exec("UPDATE attendances SET asked_at = ? WHERE occurrence_id = ? AND "+t.dialect.in("subscription_id"),
			micros(now), task.ObjectID, t.dialect.idList(subscriptions)); err != nil {
			return err
		}
		return t.sendNotices(now, notices)
	})
	return taken, err
}

// A Feedback is how somebody found a date of a meeting.
type Feedback struct {
	OccurrenceID   int64
	SubscriptionID int64
	Rating         int    // 1 to 5
	Comment        string // may be empty
	Source         string // as Occurrence.Source
	At             time.Time
}

// RecordFeedback keeps somebody's answer, instead of the one that they gave before, and sends what goes with it. NotFound
// where they were not asked.
func (db *DB) RecordFeedback(ctx context.Context, now time.Time, f Feedback, notices []Notice) error {
	return db.durable.do(ctx, func(t *tx) error {
		var asked int64
		err := t.row("SELECT asked_at FROM attendances WHERE occurrence_id = ? AND subscription_id = ?", f.OccurrenceID, f.SubscriptionID).Scan(&asked)
		if isNoRows(err) || err == nil && asked == 0 {
			return Errorf(NotFound, "they were not asked how this meeting was")
		}
		if err != nil {
			return err
		}
		if _, err := t.exec(`INSERT INTO feedbacks (occurrence_id, subscription_id, rating, comment, source, at) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (occurrence_id, subscription_id) DO UPDATE SET rating = excluded.rating, comment = excluded.comment,
				source = excluded.source, at = excluded.at`, f.OccurrenceID, f.SubscriptionID, f.Rating, text(f.Comment), text(f.Source), micros(f.At)); err != nil {
			return err
		}
		if err := t.reviseOccurrence(f.OccurrenceID); err != nil {
			return err
		}
		return t.sendNotices(now, notices)
	})
}

// Feedbacks returns the answers about an occurrence, in the order in which they came.
func (db *DB) Feedbacks(ctx context.Context, occurrenceID int64) (all []Feedback, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		f := Feedback{OccurrenceID: occurrenceID}
		var at int64
		err := row.Scan(&f.SubscriptionID, &f.Rating, &f.Comment, &f.Source, &at)
		f.At = fromMicros(at)
		all = append(all, f)
		return err
	}, "SELECT subscription_id, rating, comment, source, at FROM feedbacks WHERE occurrence_id = ? ORDER BY at, subscription_id", occurrenceID)
	return all, err
}
