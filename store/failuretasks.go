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

func (t *tx) cancelTask(kind string, communityID, objectID int64) error {
	_, err := t.exec("DELETE FROM schedule WHERE kind = ? AND community_id = ? AND object_id = ?", kind, communityID, objectID)
	return err
}

// TakeTasks takes tasks together, schedules what comes next, and sends mails, in one transaction. Taken is false, and
// nothing happens, where another daemon has one of them already.
func (db *DB) TakeTasks(ctx context.Context, now time.Time, tasks, next []Task, notices []Notice) (taken bool, err error) {
	err = db.durable.do(ctx, func(t *tx) error {
		taken = false
		for i, task := range tasks {
			n, err := t.takeTask(task, time.Time{})
			switch {
			case err != nil:
				return err
			case n != 1 && i == 0:
				return nil // no error, so that it is told after the commit of who was faster
			case n != 1:
				return Errorf(Conflict, "another daemon does this")
			}
		}
		for _, task := range next {
			if err := t.schedule(task); err != nil {
				return err
			}
		}
		taken = true
		return t.sendNotices(now, notices)
	})
	if KindOf(err) == Conflict {
		return false, nil
	}
	return taken, err
}
