package calendar

import (
	"context"

	"guildpost/mail"
	"guildpost/store"
)

// Farewell writes the mails that take the coming meetings out of the calendar of somebody who has an address and is about to be
// erased. They are not queued: nothing may be left that names them. Those to whom mail fails get none.
func (k *Calendar) Farewell(ctx context.Context, address string) (all []store.Notice, err error) {
	subscriptions, err := k.DB.SubscriptionsOf(ctx, address)
	if err != nil {
		return nil, err
	}
	for _, s := range subscriptions {
		meetings, err := k.DB.Meetings(ctx, s.CommunityID, k.Now())
		if err != nil {
			return nil, err
		}
		for _, m := range meetings {
			i, err := k.DB.Invitation(ctx, m.ID, s.ID)
			if store.KindOf(err) == store.NotFound && err != nil || err == nil && (i.State != store.Invited || s.State == store.Suspended) {
				continue
			}
			if err != nil {
				return nil, err
			}
			n, err := k.farewell(ctx, m, i)
			if err != nil {
				return nil, err
			}
			all = append(all, n)
		}
	}
	return all, nil
}

func (k *Calendar) farewell(ctx context.Context, m store.Meeting, i store.Invitation) (n store.Notice, err error) {
	c, err := k.DB.Community(ctx, m.CommunityID)
	if err != nil {
		return n, err
	}
	t, err := k.tellerOf(c, m)
	if err != nil {
		return n, err
	}
	i.Subscription.State = store.Left
	id, err := mail.NewMessageID(k.Random, k.Now(), c.Domain)
	if err != nil {
		return n, err
	}
	told, err := t.telling(i, id)
	return told.Notice, err
}
