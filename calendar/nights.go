package calendar

import (
	"cmp"
	"context"
	"slices"
	"time"

	"guildpost/store"
	"guildpost/templates"
)

// A zoneCount is how many of those who are invited live by the clocks of a zone.
type zoneCount struct {
	zone   *time.Location
	people int
}

// zonesOf are the zones of those who are invited to a meeting.
func (k *Calendar) zonesOf(ctx context.Context, c store.Community, m store.Meeting) (all []zoneCount, err error) {
	count := map[string]int{}
	for after := int64(0); ; {
		page, err := k.DB.Invitations(ctx, m.ID, after, 500)
		if err != nil {
			return nil, err
		}
		for _, i := range page {
			if after = i.Subscription.ID; i.State != store.Invited {
				continue
			}
			zone := k.zone(c, i.Subscription, m)
			if count[zone.String()]++; count[zone.String()] == 1 {
				all = append(all, zoneCount{zone: zone})
			}
		}
		if len(page) == 0 {
			break
		}
	}
	for i := range all {
		all[i].people = count[all[i].zone.String()]
	}
	return all, nil
}

// shownZones is how many clocks a mail shows.
const shownZones = 6

// The night, on whose clocks nobody should have to meet.
const (
	nightEnds   = 7
	nightBegins = 22
)

// atZones is what the clocks of people show at a time: those that show the same are one line, and most people come first.
func atZones(start time.Time, length time.Duration, zones []zoneCount) (all []templates.ZoneTime) {
	for _, z := range zones {
		local := start.In(z.zone)
		name, offset := local.Zone()
		same := func(t templates.ZoneTime) bool {
			other, its := t.When.Zone()
			return its == offset && other == name
		}
		if i := slices.IndexFunc(all, same); i >= 0 {
			all[i].People += z.people
			continue
		}
		all = append(all, templates.ZoneTime{When: local, People: z.people, Night: isNight(local, length)})
	}
	slices.SortStableFunc(all, func(a, b templates.ZoneTime) int { return cmp.Compare(b.People, a.People) })
	return all[:min(len(all), shownZones)]
}

// isNight says whether some of a meeting is at night.
func isNight(start time.Time, length time.Duration) bool {
	evening := time.Date(start.Year(), start.Month(), start.Day(), nightBegins, 0, 0, 0, start.Location())
	return start.Hour() < nightEnds || start.Add(length).After(evening)
}
