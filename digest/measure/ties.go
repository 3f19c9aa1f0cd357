package measure

import "time"

// newcomerTies is by when a newcomer should have two ties.
const newcomerTies = 60 * day

// tied are the members who share a tie with anybody in 91 days: one answered the other, or both came to a meeting.
func (w *World) tied(win Window, members []bool, pairs []pair) Figure {
	marked := make([]bool, len(w.persons))
	for _, p := range pairs {
		marked[p>>32], marked[uint32(p)] = true, true
	}
	for _, o := range w.held(win.last(Rolling)) {
		for _, id := range o.attended {
			if place, ok := w.known(id); ok && len(o.attended) >= 2 {
				marked[place] = true
			}
		}
	}
	return share(KindMember, w.ids(both(marked, members)), w.ids(members), NoMembers)
}

// newcomersTied are those who joined in a window and were tied to two people 60 days later.
func (w *World) newcomersTied(win Window) Figure {
	joined := map[PersonID]time.Time{}
	for _, m := range w.r.Memberships {
		if win.Contains(m.From) && !w.skips(w.dense[m.Person]) {
			joined[m.Person] = m.From
		}
	}
	ties := map[PersonID]map[PersonID]bool{}
	tie := func(a, b PersonID, at time.Time) {
		if since, ok := joined[a]; ok && at.After(since) && !at.After(since.Add(newcomerTies)) {
			if ties[a] == nil {
				ties[a] = map[PersonID]bool{}
			}
			ties[a][b] = true
		}
	}
	w.eachTie(Window{win.From, win.To.Add(newcomerTies), win.Zone}, tie)
	var twice []PersonID
	for _, id := range w.joinedIn(win) {
		if len(ties[id]) >= 2 {
			twice = append(twice, id)
		}
	}
	return share(KindMember, twice, w.joinedIn(win), NoJoins)
}

// eachTie calls f for every tie in a window, from both sides.
func (w *World) eachTie(win Window, f func(a, b PersonID, at time.Time)) {
	from, to := w.postsIn(win)
	for i := from; i < to; i++ {
		a, parent := w.author[i], w.parent[i]
		if parent < 0 || w.author[parent] == a || w.skips(a) || w.skips(w.author[parent]) {
			continue
		}
		one, other := w.persons[a].ID, w.persons[w.author[parent]].ID
		f(one, other, w.r.Posts[i].At.Time())
		f(other, one, w.r.Posts[i].At.Time())
	}
	for _, o := range w.held(win) {
		for _, a := range o.attended {
			for _, b := range o.attended {
				if a != b {
					f(a, b, o.Start)
				}
			}
		}
	}
}
