package calendar

import (
	"context"
	"maps"
	"slices"
	"time"

	"guildpost/calendar/itip"
	"guildpost/mail"
	"guildpost/store"
)

// A RotaChange is what is to be different about who hosts a meeting and takes its minutes. People are addresses of members.
type RotaChange struct {
	Hosts, Notetakers *[]string // instead of those before; nil leaves them
	Date              string    // the day of one date, on the meeting's clocks: the change is for it alone
	Swap              [2]string // days whose turns are exchanged
}

// mostInRota is how many may take turns.
const mostInRota = 100

// SetRota changes the rota of a meeting. Nobody gets a mail for it: who is next stands in the mails before a date.
func (k *Calendar) SetRota(ctx context.Context, by store.Actor, m store.Meeting, change RotaChange) (store.Meeting, error) {
	rota := m.Settings.Rota
	rota.Swaps = maps.Clone(rota.Swaps)
	if rota.Swaps == nil {
		rota.Swaps = map[string]store.Turn{}
	}
	past := itip.At(by.At, time.UTC).Key()
	maps.DeleteFunc(rota.Swaps, func(key string, _ store.Turn) bool { return key != "" && key < past })
	var err error
	if change.Swap[0] != "" {
		err = k.swapTurns(m, &rota, change.Swap)
	}
	if err == nil && change.Date != "" {
		err = k.setTurn(ctx, m, &rota, change)
	} else if err == nil {
		err = k.setTurns(ctx, m, &rota, change, by.At)
	}
	if err != nil {
		return m, err
	}
	m.Settings.Rota = rota
	return k.DB.ChangeMeeting(ctx, by, m, k.planned(by.At))
}

// setTurns gives the dates that come new people; the first of them has the next date. A list that is not changed goes on as it
// was.
func (k *Calendar) setTurns(ctx context.Context, m store.Meeting, rota *store.Rota, change RotaChange, now time.Time) (err error) {
	if change.Hosts == nil && change.Notetakers == nil {
		return nil
	}
	done := 0
	if next, ok := NextDate(m, now); ok && next.Key != "" {
		done = turnsBefore(m, next.Key)
	}
	for _, list := range []struct {
		people *[]string
		ids    *[]int64
	}{{change.Hosts, &rota.Hosts}, {change.Notetakers, &rota.Notetakers}} {
		if list.people == nil {
			*list.ids = rotated(*list.ids, done)
		} else if *list.ids, err = k.membersAt(ctx, m, *list.people); err != nil {
			return err
		}
	}
	rota.From = now
	return nil
}

// rotaFrom is the rota of a meeting as it goes on from one of its dates, for a meeting that begins there.
func rotaFrom(m store.Meeting, id itip.Time) store.Rota {
	rota := m.Settings.Rota
	n := turnsBefore(m, id.Key())
	rota.Hosts, rota.Notetakers, rota.From = rotated(rota.Hosts, n), rotated(rota.Notetakers, n), id.Instant(time.UTC)
	return rota
}

// rotated is a list that begins with its n-th, round and round.
func rotated(ids []int64, n int) []int64 {
	if len(ids) == 0 {
		return ids
	}
	n %= len(ids)
	return slices.Concat(ids[n:], ids[:n])
}

// setTurn gives one date to somebody.
func (k *Calendar) setTurn(ctx context.Context, m store.Meeting, rota *store.Rota, change RotaChange) error {
	date, err := dateOn(m, change.Date)
	if err != nil {
		return err
	}
	turn := rota.Swaps[date.Key]
	for _, one := range []struct {
		people *[]string
		id     *int64
	}{{change.Hosts, &turn.Host}, {change.Notetakers, &turn.Notetaker}} {
		if one.people == nil {
			continue
		}
		ids, err := k.membersAt(ctx, m, *one.people)
		if err != nil {
			return err
		}
		if len(ids) != 1 {
			return store.Errorf(store.Invalid, "one date has one host and one notetaker, not %d", len(ids))
		}
		*one.id = ids[0]
	}
	rota.Swaps[date.Key] = turn
	return nil
}

// swapTurns exchanges the turns of two dates.
func (k *Calendar) swapTurns(m store.Meeting, rota *store.Rota, days [2]string) error {
	a, err := dateOn(m, days[0])
	if err != nil {
		return err
	}
	b, err := dateOn(m, days[1])
	if err != nil {
		return err
	}
	rota.Swaps[a.Key], rota.Swaps[b.Key] = HostOf(m, b.Key), HostOf(m, a.Key)
	return nil
}

// membersAt finds active members by their addresses.
func (k *Calendar) membersAt(ctx context.Context, m store.Meeting, addresses []string) (ids []int64, err error) {
	if len(addresses) > mostInRota {
		return nil, store.Errorf(store.Invalid, "%d people are named; %d are the most", len(addresses), mostInRota)
	}
	for _, text := range addresses {
		address, err := mail.Canonical(text)
		if err != nil {
			return nil, store.Errorf(store.Invalid, "%q is no mail address: %w", text, err)
		}
		s, err := k.DB.SubscriptionByAddress(ctx, m.CommunityID, address)
		if err != nil || s.State != store.Active {
			return nil, store.Errorf(store.NotFound, "%s is no active member: who hosts a meeting, or takes its minutes, is one", address)
		}
		ids = append(ids, s.ID)
	}
	return ids, nil
}

// dateOn finds the date of a meeting that starts on a day of its zone; NotFound where there is none.
func dateOn(m store.Meeting, day string) (d Date, err error) {
	series, err := seriesOf(m)
	if err != nil {
		return d, err
	}
	zone := series.Master.Start.Zone
	at, err := time.ParseInLocation(time.DateOnly, day, zone)
	if err != nil {
		return d, store.Errorf(store.Invalid, "%q is no date: write 2026-08-10", day)
	}
	found, err := series.Between(at, at.AddDate(0, 0, 1), time.UTC)
	if len(found) == 0 && err == nil {
		err = store.Errorf(store.NotFound, "this meeting has no date on %s", day)
	}
	if len(found) == 0 {
		return d, err
	}
	return asDate(m, found[0]), nil
}

func asDate(m store.Meeting, o itip.Occurrence) Date {
	return Date{keyOf(m, o), o.Start.Instant(time.UTC), o.End.Instant(time.UTC)}
}

// ComingDates returns the next dates of a meeting that start after a time, at most n.
func ComingDates(m store.Meeting, after time.Time, n int) (all []Date) {
	series, err := seriesOf(m)
	if err != nil {
		return nil
	}
	found, _ := series.Next(after.Add(time.Microsecond), n, time.UTC) // what there is comes with the error
	for _, o := range found {
		all = append(all, asDate(m, o))
	}
	return all
}

// refittedTurns are the turns of single dates once a meeting has changed.
func refittedTurns(was, is store.Meeting) map[string]store.Turn {
	turns := was.Settings.Rota.Swaps
	if len(turns) == 0 {
		return turns
	}
	kept := map[string]store.Turn{}
	for key, turn := range turns {
		if _, at, ok := renamedDate(was, is, key); ok {
			kept[at.Key()] = turn
		}
	}
	return kept
}
