package measure

import "time"

// unread is after how long an indicator that nobody reads counts as unmeasured.
const unread = 100 * day

// initiatives is what is told of those that were active in the window, or closed in it.
func (w *World) initiatives(i *Impact, win Window) {
	if len(w.r.Initiatives) == 0 {
		none := func(u Unit) Figure { return missing(u, NoInitiatives) }
		i.Index, i.Active, i.OnTrack, i.LateOnes, i.Done, i.Dropped = none(Index), none(Count), none(Count), none(Count), none(Count), none(Count)
		i.OnTime, i.Unmeasured, i.Reach, i.Units = none(Share), none(Count), none(Share), none(Count)
		return
	}
	all := w.running(win)
	i.Index = ImpactIndex(all, win.To)
	var active, onTrack, late, done, dropped, due, inTime, unmeasured []int64
	for _, one := range all {
		closed := !one.Closed.IsZero() && !one.Closed.After(win.To)
		overdue := !one.Due.IsZero() && !one.Due.After(win.To)
		switch {
		case closed && one.Dropped:
			dropped = append(dropped, one.ID)
		case closed:
			done = append(done, one.ID)
		case overdue:
			late = append(late, one.ID)
		default:
			onTrack = append(onTrack, one.ID)
		}
		if !closed {
			active = append(active, one.ID)
			if len(one.Unmeasured(win.To)) > 0 {
				unmeasured = append(unmeasured, one.ID)
			}
		}
		if win.Contains(one.Due) && !one.Dropped {
			due = append(due, one.ID)
			if closed && !one.Closed.After(one.Due) {
				inTime = append(inTime, one.ID)
			}
		}
	}
	as := func(ids []int64) Figure { return count(KindInitiative, ids) }
	i.Active, i.OnTrack, i.LateOnes, i.Done, i.Dropped, i.Unmeasured = as(active), as(onTrack), as(late), as(done), as(dropped), as(unmeasured)
	i.OnTime = share(KindInitiative, inTime, due, NothingDue)
	w.initiativeReach(i, win, all)
}

// running are the initiatives that were active or closed in a window.
func (w *World) running(win Window) (all []Initiative) {
	for _, one := range w.r.Initiatives {
		if !one.Started.After(win.To) && (one.Closed.IsZero() || one.Closed.After(win.From)) {
			all = append(all, one)
		}
	}
	return all
}

func (w *World) initiativeReach(i *Impact, win Window, all []Initiative) {
	members := w.membersAt(win.To)
	took := make([]bool, len(w.persons))
	units := map[string]bool{}
	for _, one := range all {
		for _, id := range one.Participants {
			if place, ok := w.known(id); ok && members[place] {
				took[place] = true
				if unit := w.persons[place].Unit; unit != "" {
					units[unit] = true
				}
			}
		}
	}
	who := w.ids(took)
	i.Reach = share(KindMember, who, w.ids(members), NoMembers)
	i.Units = number(Count, float64(len(units)), KindMember, who)
}

// Achievement is a_i: the mean over indicators of how far each came from its baseline to its goal, at most 1.2. An
// indicator that nobody read for 100 days counts 0; one whose goal is its baseline says nothing and is passed over. ok is
// false where there is none left.
func (i Initiative) Achievement(now time.Time) (a float64, ok bool) {
	sum, n := 0.0, 0
	for _, one := range i.Indicators {
		if one.Goal == one.Baseline {
			continue
		}
		n++
		if latest, known := one.latest(now); known {
			sum += min(1.2, max(0, (latest-one.Baseline)/(one.Goal-one.Baseline)))
		}
	}
	if n == 0 {
		return 0, false
	}
	return sum / float64(n), true
}

// latest is an indicator's last reading, if that is not too old.
func (i Indicator) latest(now time.Time) (value float64, ok bool) {
	var at time.Time
	for _, r := range i.Readings {
		if !r.At.After(now) && now.Sub(r.At) <= unread && !r.At.Before(at) {
			at, value, ok = r.At, r.Value, true
		}
	}
	return value, ok
}

// Unmeasured are the places of the indicators that nobody read for 100 days.
func (i Initiative) Unmeasured(now time.Time) (places []int) {
	for place, one := range i.Indicators {
		if _, ok := one.latest(now); !ok {
			places = append(places, place)
		}
	}
	return places
}

// Evidence is e_i: 0 for none, 0.25 where the owner says so, 0.5 where three members do independently, 0.75 where it was
// measured against a baseline from before the start, 1 where the sponsor or the team that it is for confirmed it.
func (i Initiative) Evidence(now time.Time) float64 {
	reports := 0
	for _, at := range i.Reports {
		if !at.After(now) {
			reports++
		}
	}
	switch {
	case i.Confirmed:
		return 1
	case i.measured(now):
		return 0.75
	case reports >= 3:
		return 0.5
	case i.OwnerSays:
		return 0.25
	}
	return 0
}

// measured says whether every indicator has a baseline from before the start and a reading.
func (i Initiative) measured(now time.Time) bool {
	for _, one := range i.Indicators {
		if _, ok := one.latest(now); !ok || one.BaselineAt.IsZero() || !one.BaselineAt.Before(i.Started) {
			return false
		}
	}
	return len(i.Indicators) > 0
}

// ImpactIndex is II, of initiatives with indicators. One without says nothing of what it reached, and lowers the coverage.
func ImpactIndex(all []Initiative, now time.Time) Figure {
	sum, weight, whole := 0.0, 0.0, 0.0
	var ids []int64
	for _, one := range all {
		whole += one.Weight
		if a, ok := one.Achievement(now); ok {
			sum += one.Weight * a * one.Evidence(now)
			weight += one.Weight
			ids = append(ids, one.ID)
		}
	}
	f := finite(Index, 100*sum/weight, NoIndicators, KindInitiative, ids)
	if f.Available() {
		f.Coverage = weight / whole
	}
	return f
}
