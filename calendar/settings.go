package calendar

import (
	"context"
	"time"

	"guildpost/store"
)

// Set changes what a meeting is set to. Nobody hears of it; what is due about the meeting is planned anew.
func (k *Calendar) Set(ctx context.Context, by store.Actor, m store.Meeting, change func(*store.MeetingSettings) error) (store.Meeting, error) {
	if err := change(&m.Settings); err != nil {
		return m, err
	}
	return k.DB.ChangeMeeting(ctx, by, m, k.planned(by.At))
}

// PlanAgain finds out anew what is due about the meetings of a community, whose rules have changed.
func (k *Calendar) PlanAgain(ctx context.Context, c store.Community, now time.Time) error {
	for _, one := range chores() {
		if !one.clocked {
			continue
		}
		tasks, err := k.DB.TasksOf(ctx, one.kind)
		if err != nil {
			return err
		}
		for _, task := range tasks {
			if task.CommunityID != c.ID {
				continue
			}
			if err := k.planAgain(ctx, one, task, now); err != nil {
				return err
			}
		}
	}
	return nil
}
