package calendar

import (
	"context"
	"slices"

	"guildpost/store"
	"guildpost/templates"
)

// comingDates is how many dates Coming tells.
const comingDates = 5

// Coming are the next dates of a community's meetings that a member may see, in their zone and in order, at most five.
func (k *Calendar) Coming(ctx context.Context, c store.Community, s store.Subscription) (all []templates.Meeting, err error) {
	meetings, err := k.comingMeetings(ctx, c, k.Now())
	if err != nil {
		return nil, err
	}
	told, err := k.DB.InvitationsOf(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	for _, m := range meetings {
		if !sees(s, m, told) {
			continue
		}
		for _, d := range datesFrom(m, k.Now(), comingDates) {
			all = append(all, templates.Meeting{Title: d.title, Start: d.starts.In(k.zone(c, s, m)), Place: d.place})
		}
	}
	slices.SortStableFunc(all, func(a, b templates.Meeting) int { return a.Start.Compare(b.Start) })
	return all[:min(len(all), comingDates)], nil
}
