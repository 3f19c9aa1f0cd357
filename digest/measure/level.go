package measure

import (
	"math/bits"
	"sort"
	"time"
)

// A Level is how much somebody takes part, over 91 days.
type Level int

// The levels, from the edge to the middle.
const (
	Exploring     Level = iota // every other member
	Participating              // a day with a contribution at least
	Contributing               // 6 such days, or 3 with a first answer to somebody, minutes, a talk or a kept item
	Leading                    // hosted a meeting, acted in a role, or reported on an initiative of their own
)

var levelNames = [...]string{"exploring", "participating", "contributing", "leading"}

// String is the level's name in JSON.
func (l Level) String() string { return levelNames[l] }

// days are a set of the 91 days, and the one that is cut at the begin.
type days [2]uint64

func (d *days) add(n int) { d[n/64] |= 1 << (n % 64) }

func (d *days) size() int { return bits.OnesCount64(d[0]) + bits.OnesCount64(d[1]) }

// The numbers of contribution-days that make a level.
const (
	daysAlone = 6
	daysWith  = 3 // with something that helps others for longer
)

// levelsAt are the levels of everybody over the 91 days up to a time, by place, members or not.
func (w *World) levelsAt(t time.Time) []Level {
	win := Window{t.Add(-Rolling), t, w.zone}
	active := w.contributionDays(win)
	helped, led := w.helpers(win), w.leaders(win)
	levels := make([]Level, len(w.persons))
	for place := range levels {
		switch n := active[place].size(); {
		case led[place]:
			levels[place] = Leading
		case n >= daysAlone, n >= daysWith && helped[place]:
			levels[place] = Contributing
		case n >= 1:
			levels[place] = Participating
		}
	}
	return levels
}

// contributionDays are the days on which each contributed, in the community's zone.
func (w *World) contributionDays(win Window) []days {
	all := make([]days, len(w.persons))
	midnights := win.midnights()
	last := 0
	w.each(win, func(place int32, at time.Time) {
		// Posts come in their order, so the day is mostly the same as the last.
		if at.Before(midnights[last]) || last+1 < len(midnights) && !at.Before(midnights[last+1]) {
			last = sort.Search(len(midnights), func(i int) bool { return midnights[i].After(at) }) - 1
		}
		all[place].add(last)
	})
	return all
}

// helpers marks who gave a first answer, wrote minutes, held a talk or kept an item.
func (w *World) helpers(win Window) []bool {
	marked := make([]bool, len(w.persons))
	for _, p := range w.answer {
		if p >= 0 && win.Contains(w.r.Posts[p].At.Time()) {
			marked[w.author[p]] = true
		}
	}
	w.eachAct(win, func(place int32, a Act) { marked[place] = marked[place] || helps(a.Kind) })
	return marked
}

func helps(k ActKind) bool {
	return k == WroteMinutes || k == Talked || k == KeptItem || k == FirstAnswered
}

// leaders marks who led something.
func (w *World) leaders(win Window) []bool {
	marked := make([]bool, len(w.persons))
	for _, o := range w.held(win) {
		for _, id := range o.Hosts {
			if place, ok := w.known(id); ok {
				marked[place] = true
			}
		}
	}
	w.eachAct(win, func(place int32, a Act) { marked[place] = marked[place] || w.leads(a) })
	return marked
}

func (w *World) leads(a Act) bool {
	return a.Kind == ActedInRole || a.Kind == CheckedIn && w.owners[a.Object] == a.Person
}

// eachAct calls f for every act in a window.
func (w *World) eachAct(win Window, f func(place int32, a Act)) {
	for _, a := range w.r.Acts {
		if place, ok := w.known(a.Person); ok && win.Contains(a.At) {
			f(place, a)
		}
	}
}

// acts counts those of a kind.
func (w *World) acts(win Window, kind ActKind) Figure {
	if len(w.r.Acts) == 0 {
		return missing(Count, NoActs)
	}
	var ids []int64
	w.eachAct(win, func(_ int32, a Act) {
		if a.Kind == kind {
			ids = append(ids, a.ID)
		}
	})
	return count(KindAct, ids)
}
