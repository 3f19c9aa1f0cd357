package store

import (
	"context"
	"time"
)

// Setting returns a setting of the installation; NotFound where it is not set.
func (db *DB) Setting(ctx context.Context, name string) (value string, err error) {
	err = db.queryRow(ctx, "the setting "+name+" is not set", func(row rowScanner) error { return row.Scan(&value) },
		"SELECT value FROM settings WHERE name = ?", name)
	return value, err
}

// SetSetting keeps a setting of the installation.
func (db *DB) SetSetting(ctx context.Context, name, value string) error {
	return db.durable.do(ctx, func(t *tx) error {
		_, err := t.exec("INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
			name, value)
		return err
	})
}

// FirstSetting keeps a setting unless it is set, and returns what is kept: for secrets that are made at the first
// start, by whichever daemon is first.
func (db *DB) FirstSetting(ctx context.Context, name, value string) (kept string, err error) {
	err = db.durable.do(ctx, func(t *tx) error {
		return t.row(`INSERT INTO settings (name, value) VALUES (?, ?)
			ON CONFLICT (name) DO UPDATE SET value = settings.value RETURNING value`, name, value).Scan(&kept)
	})
	return kept, err
}

// ChangeSetting makes another value of a setting, which is "" where there is none, and writes into the journal what was
// done, not the values: they may be secret. Nobody else changes it in between. Where change fails nothing is changed.
func (db *DB) ChangeSetting(ctx context.Context, by Actor, name, action string, change func(value string) (string, error)) error {
	return db.durable.do(ctx, func(t *tx) error {
		// An update that changes nothing, since it locks the row in both databases.
		var value string
		err := t.row(`INSERT INTO settings (name, value) VALUES (?, '')
			ON CONFLICT (name) DO UPDATE SET value = settings.value RETURNING value`, name).Scan(&value)
		if err != nil {
			return err
		}
		if value, err = change(value); err != nil {
			return err
		}
		if _, err := t.exec("UPDATE settings SET value = ? WHERE name = ?", value, name); err != nil {
			return err
		}
		return t.journal(by, entry{action: action})
	})
}

// A Task is something that is due at a time.
type Task struct {
	ID          int64
	Kind        string
	CommunityID int64
	ObjectID    int64
	DueAt       time.Time
	Payload     string
}

// Schedule makes a task, or moves the one of the same kind, community and object.
func (db *DB) Schedule(ctx context.Context, task Task) error {
	return db.durable.do(ctx, func(t *tx) error { return t.schedule(task) })
}

func (t *tx) schedule(task Task) error {
	_, err := t.exec(`INSERT INTO schedule (kind, community_id, object_id, due_at, payload) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (kind, community_id, object_id) DO UPDATE SET due_at = excluded.due_at, payload = excluded.payload`,
		task.Kind, task.CommunityID, task.ObjectID, micros(task.DueAt), task.Payload)
	return err
}

// Task returns the task of a kind, a community and an object; NotFound where there is none.
func (db *DB) Task(ctx context.Context, kind string, communityID, objectID int64) (task Task, err error) {
	err = db.queryRow(ctx, "there is no such task", func(row rowScanner) error {
		var due int64
		err := row.Scan(&task.ID, &task.Kind, &task.CommunityID, &task.ObjectID, &due, &task.Payload)
		task.DueAt = fromMicros(due)
		return err
	}, "SELECT id, kind, community_id, object_id, due_at, payload FROM schedule WHERE kind = ? AND community_id = ? AND object_id = ?", kind, communityID, objectID)
	return task, err
}

// Due returns the tasks that are due until a time, soonest first, at most 1,000.
func (db *DB) Due(ctx context.Context, until time.Time) (all []Task, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		var task Task
		var due int64
		err := row.Scan(&task.ID, &task.Kind, &task.CommunityID, &task.ObjectID, &due, &task.Payload)
		task.DueAt = fromMicros(due)
		all = append(all, task)
		return err
	}, `SELECT id, kind, community_id, object_id, due_at, payload FROM schedule WHERE due_at <= ? ORDER BY due_at, id LIMIT 1000`,
		micros(until))
	return all, err
}
