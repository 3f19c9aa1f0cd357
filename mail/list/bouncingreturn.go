package list

import (
	"context"
	"time"

	"guildpost/store"
	"guildpost/templates"
)

// takeBack ends suspensions whose failures turned out to be part of a mass failure.
func (l *List) takeBack(ctx context.Context, now time.Time, address string) error {
	subscriptions, err := l.DB.SubscriptionsAt(ctx, address)
	if err != nil {
		return err
	}
	for _, s := range subscriptions {
		if s.State == store.Suspended {
			if err := l.takeBackOne(ctx, now, s); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *List) takeBackOne(ctx context.Context, now time.Time, s store.Subscription) error {
	via, err := l.DB.SuspendedBy(ctx, s)
	if err != nil || via != viaBounces {
		return err
	}
	c, err := l.DB.Community(ctx, s.CommunityID)
	if err != nil {
		return err
	}
	if _, failing, err := l.isFailing(ctx, now, c, s); err != nil || failing {
		return err
	}
	by := store.Actor{Who: actorItself, Via: viaBounces, At: now}
	_, err = l.DB.Resume(ctx, by, s.ID, []string{taskSuspended, taskUnreachable}, func() ([]store.Notice, error) {
		return l.notices(to(c, s, templates.Returned{For: forReader(c, s.Name), Address: s.Address, Delivery: string(s.Delivery)}))
	})
	return err
}

// ResetBounces gives an address a fresh start: what failed is forgotten, and what is suspended for that is active again.
func ResetBounces(ctx context.Context, db *store.DB, by store.Actor, address string) (resumed []store.Subscription, err error) {
	all, err := db.SubscriptionsAt(ctx, address)
	if err != nil {
		return nil, err
	}
	for _, s := range all {
		via, err := db.SuspendedBy(ctx, s)
		if err != nil {
			return resumed, err
		}
		if s.State != store.Suspended || via != viaBounces {
			continue
		}
		changed, err := db.Resume(ctx, by, s.ID, []string{taskSuspended, taskUnreachable}, nil)
		if err != nil {
			return resumed, err
		}
		if changed {
			resumed = append(resumed, s)
		}
	}
	return resumed, db.ForgetFailures(ctx, address)
}
