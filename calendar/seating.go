package calendar

import (
	"context"

	"guildpost/store"
)

// A seating is where people stand who said yes to a meeting that has room for so many, by subscription; nil where it has room
// for any number.
type seating map[int64][]store.Place

func (k *Calendar) seating(ctx context.Context, m store.Meeting) (s seating, err error) {
	if m.Settings.Capacity == 0 {
		return nil, nil
	}
	all, err := k.DB.Places(ctx, m.ID, 0)
	s = seating{}
	for _, p := range all {
		s[p.SubscriptionID] = append(s[p.SubscriptionID], p)
	}
	return s, err
}

// answer is what somebody's answer to a date comes to: a yes without a place is store.Placeless. Who stands nowhere has not been
// asked for a place, as who called the meeting.
func (s seating) answer(subscriptionID int64, key string, given store.RSVPAnswer) store.RSVPAnswer {
	if given != store.Accepted {
		return given
	}
	state := store.PlaceSeated
	for _, p := range s[subscriptionID] {
		if p.Occurrence == key {
			state = p.State
			break
		}
		if p.Occurrence == "" {
			state = p.State
		}
	}
	if state == store.PlaceSeated {
		return given
	}
	return store.Placeless
}
