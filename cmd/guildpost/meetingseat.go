package main

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"guildpost/calendar"
	"guildpost/store"
)

// A standsAt is where somebody stands for a date.
type standsAt struct {
	store.Place
	waiting int // how manieth they are of those who wait
}

// readPlaces reads where people stand, in their order.
func (s *saidOfMeeting) readPlaces(ctx context.Context, db *store.DB, m store.Meeting) error {
	all, err := db.Places(ctx, m.ID, 0)
	line := map[string]int{}
	for _, p := range all {
		at := standsAt{Place: p}
		if p.State == store.PlaceWaiting {
			line[p.Occurrence]++
			at.waiting = line[p.Occurrence]
		}
		s.places[p.SubscriptionID] = append(s.places[p.SubscriptionID], at)
	}
	return err
}

// withPlaces says with each answer where that put its author; a place that they did not ask for stands alone.
func withPlaces(all []rsvpJSON, person rsvpJSON, places []standsAt) []rsvpJSON {
	for _, p := range places {
		if p.State == store.PlaceAbsent {
			continue
		}
		n := slices.IndexFunc(all, func(j rsvpJSON) bool { return j.Occurrence == p.Occurrence })
		if n < 0 {
			person.Occurrence = p.Occurrence
			all, n = append(all, person), len(all)
		}
		all[n].Place, all[n].Waiting = string(p.State), p.waiting
	}
	return all
}

// sayCrowded says that more have a place than there is room for.
func (a *app) sayCrowded(ctx context.Context, db *store.DB, m store.Meeting) error {
	all, err := db.Places(ctx, m.ID, 0)
	taken := 0
	for _, p := range all {
		if p.Occurrence == "" && (p.State == store.PlaceSeated || p.State == store.PlaceOffered) {
			taken++
		}
	}
	if err == nil && m.Settings.Capacity > 0 && taken > m.Settings.Capacity {
		a.say("it has room for %d, and %d have a place or are offered one; they keep it", m.Settings.Capacity, taken)
	}
	return err
}

func (a *app) meetingSeat() *cobra.Command {
	var date string
	c := &cobra.Command{Use: "seat COP ID ADDRESS", Short: "Gives somebody a place in a meeting that is full", Args: arguments(3, 3),
		Long: "Gives somebody who is invited a place in a meeting that has room for so many, whether one is free or not, and whether they wait\n" +
			"for one or not. They are told. Nobody else loses a place by it."}
	c.Flags().StringVar(&date, "date", "", "on one `DATE` of a meeting that repeats: 2026-08-17, or \"2026-08-17 15:00\"")
	c.RunE = func(c *cobra.Command, args []string) error {
		address, err := canonicalAddress(args[2])
		if err != nil {
			return err
		}
		return a.withMeeting(c.Context(), args[0], args[1], func(db *store.DB, community store.Community, m store.Meeting) error {
			return a.giveSeat(c.Context(), db, community, m, address, date)
		})
	}
	return c
}

func (a *app) giveSeat(ctx context.Context, db *store.DB, c store.Community, m store.Meeting, address, date string) error {
	s, err := db.SubscriptionByAddress(ctx, c.ID, address)
	if err != nil {
		return err
	}
	occurrence := ""
	if date != "" {
		if occurrence, err = calendar.FindDate(m, date, a.now()); err != nil {
			return err
		}
	}
	k, err := a.newCalendar(ctx, db)
	if err != nil {
		return err
	}
	if err := k.GivePlace(ctx, a.actor(), m, s, occurrence); err != nil {
		return err
	}
	a.say("%s has a place in meeting %d of %s, and is being told", s.Address, m.ID, c.Address())
	return nil
}
