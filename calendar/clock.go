package calendar

import (
	"context"
	"strconv"
	"sync/atomic"
	"time"

	"guildpost/store"
)

// A clock may be set: forwards, so that much is due at once, and back again. What is due next was found out by the clock of
// then; where it shows less now, that may be too late.

// clockText is what the payload of a task says of when it was planned.
func clockText(now time.Time) string { return strconv.FormatInt(now.UnixMicro(), 10) }

// plannedAfter says whether a task was planned by a clock that showed more.
func plannedAfter(task store.Task, now time.Time) bool {
	at, err := strconv.ParseInt(task.Payload, 10, 64)
	return err != nil || at > now.UnixMicro()
}

// lookBack finds tasks that were planned by a clock that has been set back since, and plans them anew. It looks at all of them
// at the first call, and when it sees the clock go back.
func (k *Calendar) lookBack(ctx context.Context, now time.Time) (int, error) {
	if last := atomic.LoadInt64(&k.lastDue); last != 0 && last <= now.UnixMicro() {
		atomic.StoreInt64(&k.lastDue, now.UnixMicro())
		return 0, nil
	}
	for _, one := range chores() {
		if !one.clocked {
			continue
		}
		tasks, err := k.DB.TasksOf(ctx, one.kind)
		if err != nil {
			return 0, err
		}
		for _, task := range tasks {
			if !task.DueAt.After(now) || !plannedAfter(task, now) {
				continue
			}
			if err := k.planAgain(ctx, one, task, now); err != nil {
				return 0, err
			}
		}
	}
	atomic.StoreInt64(&k.lastDue, now.UnixMicro())
	return 0, nil
}

func (k *Calendar) planAgain(ctx context.Context, one chore, task store.Task, now time.Time) error {
	_, m, err := k.meetingOf(ctx, task)
	if err != nil || m.State != store.MeetingConfirmed {
		return err
	}
	due, ok := one.plan(k, m, now)
	if !ok {
		return nil
	}
	k.Log.Info("the clock was set back, so it is found out anew what is due", "kind", one.kind, "meeting", m.ID, "was", task.DueAt, "due", due)
	return k.move(ctx, task, now, due)
}

// move lets a clocked task be due at another time; the zero time is never again.
func (k *Calendar) move(ctx context.Context, task store.Task, now, due time.Time) error {
	return k.DB.MoveTask(ctx, task, due, clockText(now))
}
