package measure

import (
	"cmp"
	"slices"
	"time"
)

// A Week is what facilitators are told, in private, of the seven days up to a window's end: whom they might look after. Nobody is
// ranked: of those who went quiet none stands before another for anything they did.
type Week struct {
	Window  Window
	New     []NewMember // by when they joined
	Quiet   []PersonID  // members whose last contribution plus Inactivity lies in the week
	Waiting []Waiting   // threads without an answer by another person, for 48 hours and for no longer than nine days: newcomers' first
	Hosts   []Host      // who might host a meeting, the one who has not for longest among those who come as often
}

// A NewMember joined in the week and is a member at its end.
type NewMember struct {
	Person PersonID
	At     time.Time
	Wrote  bool // they have written
}

// Waiting is a thread that nobody but its author has written in.
type Waiting struct {
	Root     int64 // the post that began it
	Newcomer bool  // its author is one, as AlarmNewcomer has it
}

// A Host is a member who might host a meeting: they wrote within a quarter of a year, came to more than half of the last
// meetings, do not facilitate, and have not hosted for half a year.
type Host struct {
	Person   PersonID
	Came, Of int       // of the last meetings
	Hosted   time.Time // when last; zero where that is more than a year ago, or never
}

// Week looks at the seven days up to a time.
func (w *World) Week(to time.Time) Week {
	local := to.In(w.zone)
	win := Window{local.AddDate(0, 0, -7), to, w.zone}
	now := w.membersAt(to)
	week := Week{Window: win, New: w.newMembers(win, now), Waiting: w.threadsWaiting(to), Hosts: w.mightHost(to, now)}
	for _, id := range w.wentInactive(win) {
		if now[w.dense[id]] {
			week.Quiet = append(week.Quiet, id)
		}
	}
	return week
}

func (w *World) newMembers(win Window, now []bool) (all []NewMember) {
	for _, m := range w.r.Memberships {
		place := w.dense[m.Person]
		if win.Contains(m.From) && m.contains(win.To) && now[place] {
			first := w.firstPosts[place]
			all = append(all, NewMember{m.Person, m.From, !first.IsZero() && !first.After(win.To)})
		}
	}
	slices.SortFunc(all, func(a, b NewMember) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Person, b.Person)) })
	return all
}

// threadsWaiting are the threads of the week that ended 48 hours ago that nobody has answered.
func (w *World) threadsWaiting(now time.Time) (all []Waiting) {
	var newcomers, others []Waiting
	for _, t := range w.unanswered(now) {
		one := Waiting{Root: w.r.Posts[t.root].ID, Newcomer: w.isNewcomer(t)}
		switch {
		case one.Newcomer:
			newcomers = append(newcomers, one)
		case !t.Solved:
			others = append(others, one)
		}
	}
	return append(newcomers, others...)
}

// unanswered are those threads, of anybody, by when they began.
func (w *World) unanswered(now time.Time) (all []*threadIndex) {
	for _, t := range w.threadsIn(Window{now.Add(-alarmLooksBack), now.Add(-NewcomerHorizon), w.zone}) {
		answer := w.answer[w.thread[t.root]]
		if answer < 0 || w.r.Posts[answer].At.Time().After(now) {
			all = append(all, t)
		}
	}
	slices.SortFunc(all, func(a, b *threadIndex) int { return cmp.Compare(a.root, b.root) })
	return all
}

// What makes a host.
const (
	hostLooks   = 6         // at how many of the last meetings
	hostFewest  = 3         // how many there must have been
	hostRest    = 180 * day // after which somebody may host again
	hostYear    = 365 * day // in which meetings are looked at
	hostsAtOnce = 3         // are named
)

// mightHost names members who might host next.
func (w *World) mightHost(to time.Time, now []bool) (all []Host) {
	held := w.held(Window{to.Add(-hostYear), to, w.zone})
	known := recorded(held)
	if len(known) < hostFewest {
		return nil
	}
	known = known[max(0, len(known)-hostLooks):]
	came, hosted := map[PersonID]int{}, map[PersonID]time.Time{}
	for _, o := range known {
		for _, id := range o.attended {
			came[id]++
		}
	}
	for _, o := range held { // in the order of their times
		for _, id := range o.Hosts {
			hosted[id] = o.Start
		}
	}
	wrote, leads := w.wroteIn(Window{to.Add(-Rolling), to, w.zone}), w.facilitators(Window{to, to, w.zone})
	for id, n := range came {
		place := w.dense[id]
		if 2*n <= len(known) || !now[place] || !wrote[place] || leads[place] || to.Sub(hosted[id]) < hostRest {
			continue
		}
		all = append(all, Host{id, n, len(known), hosted[id]})
	}
	slices.SortFunc(all, func(a, b Host) int {
		return cmp.Or(cmp.Compare(b.Came, a.Came), a.Hosted.Compare(b.Hosted), cmp.Compare(a.Person, b.Person))
	})
	return all[:min(len(all), hostsAtOnce)]
}

// wroteIn marks who wrote a post in a window.
func (w *World) wroteIn(win Window) []bool {
	marked := make([]bool, len(w.persons))
	from, to := w.postsIn(win)
	for _, place := range w.author[from:to] {
		marked[place] = true
	}
	return marked
}
