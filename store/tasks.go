package store

import (
	"context"
	"time"
)

// TasksDue returns the tasks of a kind that are due until a time, soonest first, at most 1,000.
func (db *DB) TasksDue(ctx context.Context, kind string, until time.Time) ([]Task, error) {
	return db.tasks(ctx, "kind = ? AND due_at <= ? ORDER BY due_at, id LIMIT 1000", kind, micros(until))
}

// TasksOf returns all tasks of a kind.
func (db *DB) TasksOf(ctx context.Context, kind string) ([]Task, error) {
	return db.tasks(ctx, "kind = ? ORDER BY id", kind)
}

func (db *DB) tasks(ctx context.Context, where string, args ...any) (all []Task, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		var task Task
		var due int64
		err := row.Scan(&task.ID, &task.Kind, &task.CommunityID, &task.ObjectID, &due, &task.Payload)
		task.DueAt = fromMicros(due)
		all = append(all, task)
		return err
	}, "SELECT id, kind, community_id, object_id, due_at, payload FROM schedule WHERE "+where, args...)
	return all, err
}

// MoveTask lets a task be due at another time, with another payload; it is done where due is zero. Nothing happens where
// another daemon has taken or moved it.
func (db *DB) MoveTask(ctx context.Context, task Task, due time.Time, payload string) error {
	return db.relaxed.do(ctx, func(t *tx) error {
		if n, err := t.takeTask(task, due); err != nil || n == 0 || due.IsZero() {
			return err
		}
		_, err := t.exec("UPDATE schedule SET payload = ? WHERE id = ?", payload, task.ID)
		return err
	})
}

// ScheduleFirst makes a task unless there is one of the same kind, community and object.
func (db *DB) ScheduleFirst(ctx context.Context, task Task) error {
	return db.durable.do(ctx, func(t *tx) error { return t.scheduleFirst(task) })
}

func (t *tx) scheduleFirst(task Task) error {
	_, err := t.exec(`INSERT INTO schedule (kind, community_id, object_id, due_at, payload) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (kind, community_id, object_id) DO NOTHING`,
		task.Kind, task.CommunityID, task.ObjectID, micros(task.DueAt), task.Payload)
	return err
}

// TakeTask takes a task and sends the mails that it was for, in one transaction. It is done then, or, where next is not
// zero, due again at that time. Taken is false, and nothing is sent, where another daemon was faster.
func (db *DB) TakeTask(ctx context.Context, now time.Time, task Task, next time.Time, notices []Notice) (taken bool, err error) {
	err = db.durable.do(ctx, func(t *tx) error {
		n, err := t.takeTask(task, next)
		if taken = n == 1; err != nil || !taken {
			return err
		}
		return t.sendNotices(now, notices)
	})
	return taken, err
}

func (t *tx) takeTask(task Task, next time.Time) (n int64, err error) {
	if next.IsZero() {
		return t.exec("DELETE FROM schedule WHERE id = ? AND due_at = ?", task.ID, micros(task.DueAt))
	}
	return t.exec("UPDATE schedule SET due_at = ? WHERE id = ? AND due_at = ?", micros(next), task.ID, micros(task.DueAt))
}
