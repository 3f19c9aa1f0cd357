package calendar

import (
	"context"
	"slices"
	"strings"
	"time"

	"guildpost/digest/measure"
	"guildpost/store"
)

// A ZoneGroup are the members of a community whose clocks show the same, and what its meetings of a year were for them.
type ZoneGroup struct {
	Zone    string
	Members int
	Burden  float64 // the mean over the meetings: 0 for 9 to 17 o'clock, up to 2 for the night (measure.Burden)
	Odd     float64 // the share of meetings before 7 or from 20 o'clock on
}

// Fairness is how evenly the hours of a community's meetings are spread over its members' clocks.
type Fairness struct {
	Groups   []ZoneGroup // the most burdened first
	Meetings int         // of the last year
	Spread   float64     // the highest burden less the lowest
	Unknown  int         // members whose zone is not known
	// Next is the date that a better hour is looked for: the next one; zero where there is none. Better is when it could be,
	// so that the most burdened group has less to bear; zero where it is as good as can be.
	Next, Better time.Time
	Title        string // of the meeting whose date that is

	starts  []time.Time    // of two years, in order
	members map[string]int // by zone
}

const (
	fairnessOver = 365 * 24 * time.Hour
	// unfair is a spread that hosts hear of, and fewest how many meetings there must have been for that.
	unfair         = 0.5
	fewestMeetings = 3
	// membersAtOnce is how many are read at a time.
	membersAtOnce = 1000
)

// Fairness looks at the meetings of a community that were held in the year up to a time, and at the next one.
func (k *Calendar) Fairness(ctx context.Context, c store.Community, now time.Time) (f Fairness, err error) {
	members, unknown, err := k.membersByZone(ctx, c)
	if err != nil {
		return f, err
	}
	f.Unknown = unknown
	all, err := k.DB.OccurrencesBetween(ctx, c.ID, now.Add(-2*fairnessOver), now)
	if err != nil {
		return f, err
	}
	for _, o := range all {
		if o.CancelledAt.IsZero() {
			f.starts = append(f.starts, o.Starts)
		}
	}
	f.members = members
	f = f.asOf(now)
	starts := yearOf(f.starts, now)
	m, next, err := k.comingDate(ctx, c, now)
	if err == nil && !next.Start.IsZero() {
		f.Next, f.Title = next.Start, m.Title
		zone, bad := time.LoadLocation(m.Zone)
		if bad != nil {
			zone = time.UTC
		}
		f.Better = fairerHour(members, starts, next.Start.In(zone), now)
	}
	return f, err
}

// asOf is the fairness of the year up to a time, for those who are members now.
func (f Fairness) asOf(t time.Time) Fairness {
	starts := yearOf(f.starts, t)
	f.Meetings, f.Groups, f.Spread = len(starts), burdens(f.members, starts), 0
	if len(f.Groups) > 0 && f.Meetings > 0 {
		f.Spread = f.Groups[0].Burden - f.Groups[len(f.Groups)-1].Burden
	}
	return f
}

// yearOf are those of some times that lie in the year up to and with one.
func yearOf(starts []time.Time, t time.Time) (some []time.Time) {
	for _, start := range starts {
		if start.After(t.Add(-fairnessOver)) && !start.After(t) {
			some = append(some, start)
		}
	}
	return some
}

// membersByZone counts the active members of a community by their zone; those who have told none are taken to be where the
// community is, where that is known.
func (k *Calendar) membersByZone(ctx context.Context, c store.Community) (members map[string]int, unknown int, err error) {
	members = map[string]int{}
	for after := int64(0); ; {
		page, err := k.DB.Subscriptions(ctx, c.ID, store.SubscriptionFilter{State: store.Active, After: after, Limit: membersAtOnce})
		if err != nil || len(page) == 0 {
			return members, unknown, err
		}
		for _, s := range page {
			after = s.ID
			name := s.Timezone
			if name == "" {
				name = c.Timezone
			}
			if _, err := time.LoadLocation(name); err != nil || name == "" {
				unknown++
				continue
			}
			members[name]++
		}
	}
}

// burdens is what meetings at some times were for each group.
func burdens(members map[string]int, starts []time.Time) (groups []ZoneGroup) {
	for name, n := range members {
		zone, err := time.LoadLocation(name)
		if err != nil {
			continue
		}
		g := ZoneGroup{Zone: name, Members: n}
		for _, start := range starts {
			hour := start.In(zone).Hour()
			g.Burden += measure.Burden(hour) / float64(len(starts))
			if hour < 7 || hour >= 20 {
				g.Odd += 1 / float64(len(starts))
			}
		}
		groups = append(groups, g)
	}
	slices.SortFunc(groups, func(a, b ZoneGroup) int {
		switch {
		case a.Burden > b.Burden:
			return -1
		case a.Burden < b.Burden:
			return 1
		}
		return strings.Compare(a.Zone, b.Zone)
	})
	return groups
}

// An hourCost is what it would mean to meet at an hour, for the groups together; less of the first that differs is better.
type hourCost struct {
	nights int     // groups for whom it is at night
	worst  float64 // the burden of the most burdened group, over all meetings with that one
	sum    float64 // of all members
	away   float64 // hours from the date as it is
}

func costOf(members map[string]int, starts []time.Time, at, next time.Time) (c hourCost) {
	for _, g := range burdens(members, append(starts[:len(starts):len(starts)], at)) {
		c.worst, c.sum = max(c.worst, g.Burden), c.sum+g.Burden*float64(g.Members)
		if zone, err := time.LoadLocation(g.Zone); err == nil && measure.Burden(at.In(zone).Hour()) == 2 {
			c.nights++
		}
	}
	c.away = max(at.Sub(next).Hours(), next.Sub(at).Hours())
	return c
}

// less compares sums of the same numbers, which need not be the same to the last bit.
func (c hourCost) less(d hourCost) bool {
	const same = 1e-9
	switch {
	case c.nights != d.nights:
		return c.nights < d.nights
	case c.worst < d.worst-same || c.worst > d.worst+same:
		return c.worst < d.worst
	case c.sum < d.sum-same || c.sum > d.sum+same:
		return c.sum < d.sum
	}
	return c.away < d.away
}

// fairerHour is the hour, on the day of the next date where the meeting is, that is at night for as few groups as can be, and of
// those the one at which the most burdened group would have least to bear. It is zero where the date is as good, or no better
// hour of that day is left. A meeting that begins at half past stays at half past.
func fairerHour(members map[string]int, starts []time.Time, next, now time.Time) (better time.Time) {
	best := costOf(members, starts, next, next)
	worst := best.worst
	for hour := range 24 {
		at := time.Date(next.Year(), next.Month(), next.Day(), hour, next.Minute(), 0, 0, next.Location())
		if c := costOf(members, starts, at, next); at.After(now) && c.less(best) && c.worst <= worst {
			best, better = c, at
		}
	}
	return better
}

// comingDate is the next date of a community's meetings.
func (k *Calendar) comingDate(ctx context.Context, c store.Community, now time.Time) (m store.Meeting, next Date, err error) {
	all, err := k.DB.Meetings(ctx, c.ID, now)
	for _, one := range all {
		if d, ok := NextDate(one, now); ok && one.State == store.MeetingConfirmed && (m.ID == 0 || d.Start.Before(next.Start)) {
			m, next = one, d
		}
	}
	return m, next, err
}

// Bad says that hosts should hear of it: some are much more burdened than others, over some meetings.
func (f Fairness) Bad() bool { return f.Meetings >= fewestMeetings && f.Spread >= unfair }
