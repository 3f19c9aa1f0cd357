package calendar

import (
	"context"
	"time"

	"guildpost/mail"
	"guildpost/store"
)

// HostOf says whose turn a date of a meeting is, by its rota; the key is "" for a meeting with one date.
func HostOf(m store.Meeting, key string) store.Turn {
	rota := m.Settings.Rota
	n := 0
	if key != "" && max(len(rota.Hosts), len(rota.Notetakers)) > 1 {
		n = turnsBefore(m, key)
	}
	turn := store.Turn{Host: nthOf(rota.Hosts, n), Notetaker: nthOf(rota.Notetakers, n)}
	swap := rota.Swaps[key]
	if swap.Host != 0 {
		turn.Host = swap.Host
	}
	if swap.Notetaker != 0 {
		turn.Notetaker = swap.Notetaker
	}
	return turn
}

func nthOf(ids []int64, n int) int64 {
	if len(ids) == 0 {
		return 0
	}
	return ids[n%len(ids)]
}

// turnsBefore counts the dates of a series from the beginning of its rota up to one, as its rule has them: a date that is
// moved or cancelled keeps its turn, so nobody else's changes.
func turnsBefore(m store.Meeting, key string) (n int) {
	m.Changes = nil
	series, err := seriesOf(m)
	if err != nil {
		return 0
	}
	id, err := occurrenceID(key, series.Master.Start.Zone)
	if err != nil {
		return 0
	}
	end, from := id.Instant(time.UTC), m.Settings.Rota.From
	for from.Before(end) {
		found, err := series.Between(from, end, time.UTC)
		n += len(found)
		if err == nil || len(found) == 0 {
			break
		}
		from = found[len(found)-1].Start.Instant(time.UTC).Add(time.Second)
	}
	return n
}

// hosts are who hosted a date of a meeting: by the rota, else who called it, else the facilitators. Who is no member any
// more is nobody.
func (k *Calendar) hosts(ctx context.Context, c store.Community, m store.Meeting, o store.Occurrence) ([]store.Subscription, error) {
	if host, ok, err := k.present(ctx, o.Host); err != nil || ok {
		return []store.Subscription{host}, err
	}
	if caller, err := k.caller(ctx, m); err != nil || caller.ID != 0 {
		return []store.Subscription{caller}, err
	}
	return k.DB.Subscriptions(ctx, c.ID, store.SubscriptionFilter{State: store.Active, Role: store.Facilitator})
}

// caller is the active member who called a meeting; the zero subscription where that is nobody.
func (k *Calendar) caller(ctx context.Context, m store.Meeting) (store.Subscription, error) {
	if s, ok, err := k.present(ctx, m.Settings.Caller); err != nil || ok {
		return s, err
	}
	address, err := mail.Canonical(m.Actor)
	if err != nil {
		return store.Subscription{}, nil // the postmaster, by command
	}
	s, err := k.DB.SubscriptionByAddress(ctx, m.CommunityID, address)
	if err != nil && store.KindOf(err) != store.NotFound {
		return s, err
	}
	if err != nil || s.State != store.Active {
		return store.Subscription{}, nil
	}
	return s, nil
}

// present finds an active member by the subscription; false where there is none.
func (k *Calendar) present(ctx context.Context, id int64) (s store.Subscription, ok bool, err error) {
	if id == 0 {
		return s, false, nil
	}
	s, err = k.DB.Subscription(ctx, id)
	if store.KindOf(err) == store.NotFound && err != nil {
		return s, false, nil
	}
	return s, err == nil && s.State == store.Active, err
}
