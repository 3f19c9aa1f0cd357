package measure

import (
	"slices"
	"time"
)

// An occurrence is one with what the definitions make of it: I, Y and A of those who count.
type occurrence struct {
	*Occurrence
	invited  []PersonID // I
	answered []PersonID // of I, those with an answer before the start
	accepted []PersonID // Y: of I, those whose last answer before the start was to accept
	attended []PersonID // A
	isHeld   bool       // by everybody, whoever is left out
}

func (w *World) newOccurrence(o *Occurrence) occurrence {
	v := occurrence{Occurrence: o, invited: w.keep(o.Invited), attended: w.keep(o.Attended)}
	last := map[PersonID]Answer{}
	for _, a := range o.Answers {
		if a.At.Before(o.Start) {
			last[a.Person] = a
		}
	}
	accepted := 0
	for _, id := range o.Invited {
		if last[id].Accepted {
			accepted++
		}
	}
	for _, id := range v.invited {
		answer, ok := last[id]
		if ok {
			v.answered = append(v.answered, id)
		}
		if answer.Accepted {
			v.accepted = append(v.accepted, id)
		}
	}
	v.isHeld = o.Cancelled.IsZero() && (len(o.Attended) >= 2 || !o.AttendanceKnown && accepted >= 2)
	return v
}

// held are the occurrences that were held and started in a window.
func (w *World) held(win Window) (all []occurrence) {
	for _, o := range w.occurrences {
		if o.isHeld && win.Contains(o.Start) {
			all = append(all, o)
		}
	}
	return all
}

// started are those that started in a window and were not cancelled, held or not: what people answered counts.
func (w *World) started(win Window) (all []occurrence) {
	for _, o := range w.occurrences {
		if o.Cancelled.IsZero() && win.Contains(o.Start) {
			all = append(all, o)
		}
	}
	return all
}

// recorded are those of which it is known who came.
func recorded(all []occurrence) (some []occurrence) {
	for _, o := range all {
		if o.AttendanceKnown {
			some = append(some, o)
		}
	}
	return some
}

func occurrenceIDs(all []occurrence) (ids []int64) {
	for _, o := range all {
		ids = append(ids, o.ID)
	}
	return ids
}

// overlap is how many are in both lists, each of which names nobody twice.
func overlap(a, b []PersonID) (n int) {
	in := make(map[PersonID]bool, len(a))
	for _, id := range a {
		in[id] = true
	}
	for _, id := range b {
		if in[id] {
			n++
		}
	}
	return n
}

// moved is how far a meeting may be from its planned time and still be that one.
const moved = 3 * day

// keptPlans counts the planned times of which a meeting was held, each by one of its own. Both are in their order, which finds as many as
// there can be.
func keptPlans(planned []time.Time, held []occurrence) (n int) {
	used := 0
	for _, p := range planned {
		for used < len(held) && held[used].Start.Before(p.Add(-moved)) {
			used++
		}
		if used < len(held) && !held[used].Start.After(p.Add(moved)) {
			used++
			n++
		}
	}
	return n
}

// plannedIn is Π(W).
func (w *World) plannedIn(win Window) (all []time.Time) {
	for _, p := range w.r.Planned {
		if win.Contains(p) {
			all = append(all, p)
		}
	}
	return all
}

// daysBetween are the gaps between times, in days.
func daysBetween(times []time.Time) (gaps []float64) {
	for i := 1; i < len(times); i++ {
		gaps = append(gaps, times[i].Sub(times[i-1]).Hours()/24)
	}
	return gaps
}

func starts(all []occurrence) (times []time.Time) {
	for _, o := range all {
		times = append(times, o.Start)
	}
	return times
}

// attendedBefore says whether somebody came to a meeting that was held before a time.
func (w *World) attendedBefore(id PersonID, t time.Time) bool {
	if place, ok := w.dense[id]; ok && !w.persons[place].FirstAttended.IsZero() && w.persons[place].FirstAttended.Before(t) {
		return true
	}
	return slices.ContainsFunc(w.occurrences, func(o occurrence) bool {
		return o.isHeld && o.Start.Before(t) && slices.Contains(o.attended, id)
	})
}
