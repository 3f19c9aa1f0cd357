package store

import (
	"context"
	"time"
)

// scheduleOnce makes a task unless there is one of the same kind, community and object.
func (t *tx) scheduleOnce(task Task) error {
	_, err := t.exec(`INSERT INTO schedule (kind, community_id, object_id, due_at, payload) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (kind, community_id, object_id) DO NOTHING`,
		task.Kind, task.CommunityID, task.ObjectID, micros(task.DueAt), task.Payload)
	return err
}

// takeFailureTask removes a task; mine is false where somebody else did, or it was put off since it was read.
func (t *tx) takeFailureTask(task Task) (mine bool, err error) {
	n, err := t.exec("DELETE FROM schedule WHERE id = ? AND due_at = ?", task.ID, micros(task.DueAt))
	return n == 1, err
}

func (t *tx) cancelFailureTask(kind string, communityID, objectID int64) error {
	_, err := t.exec("DELETE FROM schedule WHERE kind = ? AND community_id = ? AND object_id = ?", kind, communityID, objectID)
	return err
}

// DueOf returns the tasks of a kind that are due until a time, soonest first, at most 1,000.
func (db *DB) DueOf(ctx context.Context, kind string, until time.Time) (all []Task, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		var task Task
		var due int64
		err := row.Scan(&task.ID, &task.Kind, &task.CommunityID, &task.ObjectID, &due, &task.Payload)
		task.DueAt = fromMicros(due)
		all = append(all, task)
		return err
	}, `SELECT id, kind, community_id, object_id, due_at, payload FROM schedule WHERE kind = ? AND due_at <= ? ORDER BY due_at, id LIMIT 1000`,
		kind, micros(until))
	return all, err
}

// Take does what tasks were for, in one transaction: it takes them, schedules what comes next, and sends mails. Done is
// false, and nothing happens, where another daemon has taken one of them.
func (db *DB) Take(ctx context.Context, now time.Time, tasks, next []Task, notices []Notice) (done bool, err error) {
	err = db.durable.do(ctx, func(t *tx) error {
		done = false
		for _, task := range tasks {
			mine, err := t.takeFailureTask(task)
			if err == nil && !mine {
				err = Errorf(Conflict, "another daemon does this")
			}
			if err != nil {
				return err
			}
		}
		for _, task := range next {
			if err := t.schedule(task); err != nil {
				return err
			}
		}
		done = true
		return t.sendNotices(now, notices)
	})
	if KindOf(err) == Conflict {
		return false, nil
	}
	return done, err
}
