package measure

import (
	"slices"
	"time"
)

// How long each step of the funnel may take, from joining.
var stepTimes = [4]time.Duration{90 * day, 90 * day, 180 * day, 365 * day}

// Cohort is the window whose joiners the funnel of a window follows: that of a year earlier, so that all had their time.
func (w Window) Cohort() Window { return w.Back(365 * day) }

// A deed is a contribution as the funnel sees it.
type deed struct {
	at          time.Time
	shows       bool // a post or attendance, rather than an answer to a question
	helps, lead bool
}

// funnel follows those who joined a year ago. A step counts only for those who reached the one before, so that each
// conversion is a proportion.
func (w *World) funnel(e *Engagement, win Window) {
	joined := map[PersonID]time.Time{}
	for _, m := range w.r.Memberships {
		if win.Cohort().Contains(m.From) && !w.skips(w.dense[m.Person]) {
			joined[m.Person] = m.From
		}
	}
	var all []PersonID
	for id := range joined {
		all = append(all, id)
	}
	slices.Sort(all)
	deeds := w.deedsOf(joined, Window{win.Cohort().From, win.To, win.Zone})
	steps := [4][]PersonID{}
	for _, id := range all {
		for step := 0; step < 4 && w.reached(step, joined[id], deeds[id]); step++ {
			steps[step] = append(steps[step], id)
		}
	}
	for step := range steps {
		e.Funnel[step] = share(KindMember, steps[step], all, NoJoins).asCount()
	}
	for step := range e.Conversion {
		e.Conversion[step] = share(KindMember, steps[step+1], steps[step], NobodyReached)
	}
}

// reached says whether somebody who joined at a time reached a step in time.
func (w *World) reached(step int, joined time.Time, deeds []deed) bool {
	end := joined.Add(stepTimes[step])
	var in []deed
	for _, d := range deeds {
		if d.at.After(joined) && !d.at.After(end) {
			in = append(in, d)
		}
	}
	switch step {
	case 0:
		return len(in) > 0
	case 1:
		return slices.ContainsFunc(in, func(d deed) bool { return d.shows })
	case 2:
		return w.everContributing(in) || slices.ContainsFunc(in, func(d deed) bool { return d.lead })
	}
	return slices.ContainsFunc(in, func(d deed) bool { return d.lead })
}

// everContributing says whether there are 91 days in which deeds make the level Contributing.
func (w *World) everContributing(deeds []deed) bool {
	slices.SortFunc(deeds, func(a, b deed) int { return a.at.Compare(b.at) })
	for i := range deeds {
		dates, helped := map[string]bool{}, false
		for _, d := range deeds[i:] {
			if d.at.Sub(deeds[i].at) >= Rolling {
				break
			}
			dates[d.at.In(w.zone).Format(time.DateOnly)] = true
			helped = helped || d.helps
		}
		if len(dates) >= daysAlone || len(dates) >= daysWith && helped {
			return true
		}
	}
	return false
}

// deedsOf collects what some people did in a window.
func (w *World) deedsOf(of map[PersonID]time.Time, win Window) map[PersonID][]deed {
	all := map[PersonID][]deed{}
	if len(of) == 0 {
		return all
	}
	add := func(id PersonID, d deed) {
		if _, ok := of[id]; ok && win.Contains(d.at) {
			all[id] = append(all[id], d)
		}
	}
	from, to := w.postsIn(win)
	for i := from; i < to; i++ {
		p := &w.r.Posts[i]
		add(p.Person, deed{at: p.At.Time(), shows: true, helps: w.answer[w.thread[i]] == int32(i)})
	}
	for _, acts := range [][]Act{w.r.Acts, w.r.Earlier} {
		for _, a := range acts {
			add(a.Person, deed{at: a.At, shows: a.Kind == Wrote || a.Kind == FirstAnswered, helps: helps(a.Kind), lead: w.leads(a)})
		}
	}
	for _, o := range w.occurrences {
		for _, a := range o.Answers {
			add(a.Person, deed{at: a.At})
		}
		if !o.isHeld {
			continue
		}
		for _, id := range o.Attended {
			add(id, deed{at: o.Start, shows: true})
		}
		for _, id := range o.Hosts {
			add(id, deed{at: o.Start, shows: true, lead: true})
		}
	}
	w.addAnswers(add)
	return all
}

func (w *World) addAnswers(add func(PersonID, deed)) {
	for _, v := range w.r.Votes {
		for _, b := range v.Ballots {
			add(b.Person, deed{at: b.At})
		}
	}
	for _, p := range w.r.Pulses {
		for _, a := range p.Answers {
			add(a.Person, deed{at: a.At})
		}
	}
}
