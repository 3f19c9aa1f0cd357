package store

import (
	"context"
	"time"
)

// An Action is what somebody is to do, as the minutes of a meeting have it. It is made with the minutes, and its owner, or a
// facilitator, says when it is done.
type Action struct {
	ID           int64
	CommunityID  int64
	OccurrenceID int64
	Owner        int64  // the subscription; 0 where it is not known who that is
	OwnerText    string // as it was written
	What         string
	Due          string // 2026-12-10; "" for no date
	State        ActionState
	MadeAt       time.Time
	ChangedAt    time.Time
	Source       string // of its state, as Occurrence.Source
}

// ActionState says whether an action is done.
type ActionState string

// The states of an action.
const (
	ActionOpen ActionState = "open"
	ActionDone ActionState = "done"
)

const actionColumns = "id, community_id, occurrence_id, subscription_id, owner, what, due_on, state, made_at, changed_at, source"

func scanAction(row rowScanner) (a Action, err error) {
	var made, changed int64
	err = row.Scan(&a.ID, &a.CommunityID, &a.OccurrenceID, &a.Owner, &a.OwnerText, &a.What, &a.Due, &a.State, &made, &changed, &a.Source)
	a.MadeAt, a.ChangedAt = fromMicros(made), fromMicros(changed)
	return a, err
}

func (t *tx) addAction(a *Action) (err error) {
	a.ID, err = t.insert(`INSERT INTO actions (community_id, occurrence_id, subscription_id, owner, what, due_on, state, made_at, changed_at, source)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, a.CommunityID, a.OccurrenceID, a.Owner, text(a.OwnerText), text(a.What), a.Due, a.State,
		micros(a.MadeAt), micros(a.ChangedAt), text(a.Source))
	return err
}

// Action returns the action with an ID.
func (db *DB) Action(ctx context.Context, id int64) (a Action, err error) {
	err = db.queryRow(ctx, "there is no such action", func(row rowScanner) (err error) {
		a, err = scanAction(row)
		return err
	}, "SELECT "+actionColumns+" FROM actions WHERE id = ?", id)
	return a, err
}

// Actions returns the actions of a community behind one, in the order in which they were made, at most limit.
func (db *DB) Actions(ctx context.Context, communityID int64, onlyOpen bool, after int64, limit int) (all []Action, err error) {
	where := ""
	if onlyOpen {
		where = " AND state = 'open'"
	}
	return db.actions(ctx, "community_id = ?"+where+" AND id > ? ORDER BY id LIMIT ?", communityID, after, limit)
}

// ActionsOf returns the actions of an occurrence.
func (db *DB) ActionsOf(ctx context.Context, occurrenceID int64) (all []Action, err error) {
	return db.actions(ctx, "occurrence_id = ? ORDER BY id", occurrenceID)
}

func (db *DB) actions(ctx context.Context, where string, args ...any) (all []Action, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		a, err := scanAction(row)
		all = append(all, a)
		return err
	}, "SELECT "+actionColumns+" FROM actions WHERE "+where, args...)
	return all, err
}

// ChangeAction keeps the state, the owner and the day of an action as they are now, and sends what goes with it; where task has
// a kind, it is made or moved. Conflict where the action was changed since it was read.
func (db *DB) ChangeAction(ctx context.Context, now time.Time, a Action, task Task, notices []Notice) error {
	return db.durable.do(ctx, func(t *tx) error {
		n, err := t.exec("UPDATE actions SET subscription_id = ?, due_on = ?, state = ?, changed_at = ?, source = ? WHERE id = ? AND changed_at = ?",
			a.Owner, a.Due, a.State, micros(now), text(a.Source), a.ID, micros(a.ChangedAt))
		if err != nil {
			return err
		}
		if n == 0 {
			return Errorf(Conflict, "this action was changed by somebody else at the same time; look at it, and try again")
		}
		if task.Kind != "" {
			if err := t.schedule(task); err != nil {
				return err
			}
		}
		return t.sendNotices(now, notices)
	})
}
