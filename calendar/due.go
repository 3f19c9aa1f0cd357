package calendar

import (
	"context"
	"errors"
	"time"

	"guildpost/store"
)

// A chore is something that is to be done about meetings at a time. Those with a kind have a task of that kind for each meeting.
type chore struct {
	kind string // of its tasks, "" for none
	do   func(k *Calendar, ctx context.Context, now time.Time) (done int, err error)
	// clocked tasks have as their payload when they were planned, as clockText has it: see lookBack.
	clocked bool
	// plan says when a meeting's next task is due; not ok is never. It is asked when a meeting is called or has changed.
	plan func(k *Calendar, m store.Meeting, now time.Time) (due time.Time, ok bool)
}

// chores are done in this order: who is to be reminded of a meeting has first heard of it.
func chores() []chore {
	return []chore{
		{do: (*Calendar).lookBack},
		{do: (*Calendar).tellDue},
		{kind: taskRemind, clocked: true, do: (*Calendar).remindDue, plan: (*Calendar).planReminders},
		{kind: taskQuorum, clocked: true, do: (*Calendar).quorumDue, plan: (*Calendar).planQuorum},
		{kind: taskRollup, clocked: true, do: (*Calendar).rollupDue, plan: (*Calendar).planRollup},
		{do: (*Calendar).seatDue},
		{do: (*Calendar).expireCalls},
		{kind: taskProposals, do: (*Calendar).tellProposals},
		{kind: taskDates, do: (*Calendar).beginDates, plan: (*Calendar).planDates},
		{do: (*Calendar).askHosts},
		{do: (*Calendar).postMinutes},
		{do: (*Calendar).remindOwners},
		{do: (*Calendar).askFeedback},
		{do: (*Calendar).dueProposals},
		{do: (*Calendar).duePolls},
		{do: (*Calendar).duePollReminders},
		{do: (*Calendar).duePollsClosing},
	}
}

// Due does what is due about meetings, by a clock that shows that time, and returns how many mails that made. What fails does
// not keep the rest from being done.
func (k *Calendar) Due(ctx context.Context, now time.Time) (done int, err error) {
	for _, one := range chores() {
		n, failed := one.do(k, ctx, now)
		done, err = done+n, errors.Join(err, failed)
	}
	if done > 0 {
		k.wake()
	}
	return done, err
}

// planned makes the tasks of a meeting that is called or changes, in the transaction in which that is kept.
func (k *Calendar) planned(now time.Time) func(store.Meeting) []store.Task {
	return func(m store.Meeting) (all []store.Task) {
		for _, one := range chores() {
			if one.plan == nil {
				continue
			}
			if due, ok := one.plan(k, m, now); ok && m.State == store.MeetingConfirmed {
				task := store.Task{Kind: one.kind, CommunityID: m.CommunityID, ObjectID: m.ID, DueAt: due}
				if one.clocked {
					task.Payload = clockText(now)
				}
				all = append(all, task)
			}
		}
		return all
	}
}
