package calendar

import (
	"context"
	"math"

	"guildpost/digest/measure"
	"guildpost/store"
)

// A tally is who is invited to a date and what they have answered, as it is now.
type tally struct {
	invited []store.Subscription
	answers map[int64]store.RSVP // for the date, by subscription
}

// tally counts for a date of a meeting.
func (k *Calendar) tally(ctx context.Context, m store.Meeting, d occurrence, all []store.RSVP) (t tally, err error) {
	given := answersBySubscriber(all)
	seats, err := k.seating(ctx, m)
	if err != nil {
		return t, err
	}
	t.answers = map[int64]store.RSVP{}
	for after := int64(0); ctx.Err() == nil; {
		page, err := k.DB.Invitations(ctx, m.ID, after, 1000)
		if err != nil || len(page) == 0 {
			return t, err
		}
		for _, i := range page {
			after = i.Subscription.ID
			if i.State != store.Invited {
				continue
			}
			t.invited = append(t.invited, i.Subscription)
			if answer, ok := answerTo(m, given[i.Subscription.ID], d.key); ok {
				answer.Answer = seats.answer(i.Subscription.ID, d.key, answer.Answer)
				t.answers[i.Subscription.ID] = answer
			}
		}
	}
	return t, ctx.Err()
}

// who are those with an answer, "" is with none.
func (t tally) who(answer store.RSVPAnswer) (all []store.Subscription) {
	for _, s := range t.invited {
		if t.answers[s.ID].Answer == answer {
			all = append(all, s)
		}
	}
	return all
}

// expected is how many of those who accepted will come, by what they did before.
func (k *Calendar) expected(ctx context.Context, t tally) (int, error) {
	accepted := t.who(store.Accepted)
	ids := make([]int64, len(accepted))
	for n, s := range accepted {
		ids[n] = s.ID
	}
	records, err := k.DB.ShowRecords(ctx, ids)
	sum := 0.0
	for _, id := range ids {
		sum += measure.ShowRecord(records[id]).Chance()
	}
	return int(math.Round(sum)), err
}

// organisers are those who are told how a meeting fares: the facilitators, and who called it. Who is away hears when they
// are back.
func (k *Calendar) organisers(ctx context.Context, c store.Community, meetings []store.Meeting) (all []store.Subscription, err error) {
	team, err := k.DB.Subscriptions(ctx, c.ID, store.SubscriptionFilter{Role: store.Facilitator})
	if err != nil {
		return nil, err
	}
	for _, s := range team {
		if reachable(s, k) {
			all = append(all, s)
		}
	}
	for _, m := range meetings {
		s, err := k.DB.SubscriptionByAddress(ctx, c.ID, m.Actor)
		if store.KindOf(err) == store.NotFound && err != nil {
			continue // it was called by command
		}
		if err != nil {
			return nil, err
		}
		if reachable(s, k) && !hasSubscriber(all, s.ID) {
			all = append(all, s)
		}
	}
	return all, nil
}

func reachable(s store.Subscription, k *Calendar) bool {
	return s.State == store.Active && !s.VacationUntil.After(k.Now())
}

func hasSubscriber(all []store.Subscription, id int64) bool {
	for _, s := range all {
		if s.ID == id {
			return true
		}
	}
	return false
}

// concerns says whether somebody is told how a meeting fares.
func concerns(s store.Subscription, m store.Meeting) bool {
	return s.Has(store.Facilitator) || s.Address == m.Actor
}
