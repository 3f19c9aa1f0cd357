package measure

import (
	"cmp"
	"slices"
	"sort"
	"time"
)

// A World is records with an index over them. It is not changed once it is made, and the records must not be either.
type World struct {
	r       *Records
	dense   map[PersonID]int32 // place in persons
	persons []Person
	skip    []bool // by place: those who are left out of a twin; nil leaves out nobody

	author  []int32 // place of a post's author
	thread  []int32 // place of a post's thread
	next    []int32 // the next post of a thread, -1 for none
	threads []threadIndex
	answer  []int32 // by thread: the first post of somebody else than its author, -1 for none
	parent  []int32 // the post that a post answers, -1 for none or one before the records

	zone        *time.Location        // of the community
	first       []time.Time           // by place: the first contribution ever
	firstPosts  []time.Time           // as well, of posts alone
	thanks      map[PersonID][]Thanks // by who gave them
	owners      map[int64]PersonID    // of initiatives
	occurrences []occurrence
	span        map[int64][]Membership // by person
}

// A threadIndex is where the posts of a thread are.
type threadIndex struct {
	Thread
	root       int32 // the post that began it, -1 where that is not among the records
	head, tail int32
}

// New puts an index over records. Posts must be in the order of their times.
func New(r *Records) *World {
	w := &World{r: r, dense: make(map[PersonID]int32, len(r.Persons)), span: make(map[int64][]Membership, len(r.Memberships)),
		owners: map[int64]PersonID{}, thanks: map[PersonID][]Thanks{}, zone: time.UTC}
	if r.Zone != nil {
		w.zone = r.Zone
	}
	for _, i := range r.Initiatives {
		w.owners[i.ID] = i.Owner
	}
	for _, p := range r.Persons {
		w.place(p.ID)
		w.persons[w.dense[p.ID]] = p
	}
	for _, m := range r.Memberships {
		w.place(m.Person)
		w.span[m.Person] = append(w.span[m.Person], m)
	}
	for _, t := range r.Thanks {
		w.thanks[t.From] = append(w.thanks[t.From], t)
	}
	w.placeOthers()
	w.indexPosts()
	w.findFirstPosts()
	w.view()
	return w
}

// place is the place of a person, who gets one where there is none.
func (w *World) place(id PersonID) int32 {
	at, ok := w.dense[id]
	if !ok {
		at = int32(len(w.persons))
		w.dense[id] = at
		w.persons = append(w.persons, Person{ID: id})
	}
	return at
}

func (w *World) indexPosts() {
	posts := w.r.Posts
	w.author, w.thread, w.next = make([]int32, len(posts)), make([]int32, len(posts)), make([]int32, len(posts))
	w.threads = make([]threadIndex, 0, len(w.r.Threads))
	known := make(map[int64]int32, len(w.r.Threads))
	for _, t := range w.r.Threads {
		known[t.ID] = int32(len(w.threads))
		w.threads = append(w.threads, threadIndex{Thread: t, root: -1, head: -1, tail: -1})
	}
	for i := range posts {
		at, ok := known[posts[i].Thread]
		if !ok {
			at = int32(len(w.threads))
			known[posts[i].Thread] = at
			w.threads = append(w.threads, threadIndex{Thread: Thread{ID: posts[i].Thread, FirstAt: posts[i].At.Time()}, root: -1, head: -1, tail: -1})
		}
		w.author[i], w.thread[i], w.next[i] = w.place(posts[i].Person), at, -1
		w.threads[at].link(w.next, int32(i), posts[i].At)
	}
	w.indexParents()
}

// placeOthers gives a place to everybody who contributed otherwise, and was not named among the persons.
func (w *World) placeOthers() {
	w.r.EachOther(func(id PersonID, _ time.Time) { w.place(id) })
}

// findFirstPosts finds everybody's first post ever.
func (w *World) findFirstPosts() {
	w.firstPosts = make([]time.Time, len(w.persons))
	for i := len(w.author) - 1; i >= 0; i-- {
		w.firstPosts[w.author[i]] = w.r.Posts[i].At.Time()
	}
	for place, p := range w.persons {
		w.firstPosts[place] = earlier(w.firstPosts[place], p.FirstPost)
	}
}

// link puts a post at the end of the thread.
func (t *threadIndex) link(next []int32, post int32, at Instant) {
	if t.head < 0 {
		t.head = post
		if at == At(t.FirstAt) {
			t.root = post
		}
	} else {
		next[t.tail] = post
	}
	t.tail = post
}

// indexParents finds the post that each one answers. Where that is not known, it is the one that began the thread.
func (w *World) indexParents() {
	posts := w.r.Posts
	byID := make([]int32, len(posts))
	for i := range byID {
		byID[i] = int32(i)
	}
	compare := func(a, b int32) int { return cmp.Compare(posts[a].ID, posts[b].ID) }
	if !slices.IsSortedFunc(byID, compare) {
		slices.SortFunc(byID, compare)
	}
	w.parent = make([]int32, len(posts))
	for i := range posts {
		w.parent[i] = -1
		at, found := slices.BinarySearchFunc(byID, posts[i].Parent, func(p int32, id int64) int { return cmp.Compare(posts[p].ID, id) })
		if root := w.threads[w.thread[i]].root; found && posts[i].Parent != 0 {
			w.parent[i] = byID[at]
		} else if posts[i].Parent == 0 && root != int32(i) {
			w.parent[i] = root
		}
	}
}

// Without is the world as it would be without the facilitators of a window.
func (w *World) Without(win Window) *World {
	twin := *w
	twin.skip = w.facilitators(win)
	twin.view()
	return &twin
}

// facilitators marks who was one at some time of a window.
func (w *World) facilitators(win Window) []bool {
	marked := make([]bool, len(w.persons))
	for i := range w.r.Memberships {
		m := &w.r.Memberships[i]
		for _, s := range m.Facilitator {
			if s.touches(win) {
				marked[w.dense[m.Person]] = true
			}
		}
	}
	return marked
}

// touches says whether a spell lies at least partly in a window.
func (s Spell) touches(w Window) bool {
	return !s.From.After(w.To) && (s.To.IsZero() || s.To.After(w.From))
}

func (s Spell) contains(t time.Time) bool {
	return !s.From.After(t) && (s.To.IsZero() || s.To.After(t))
}

// view is what depends on who is left out.
func (w *World) view() {
	w.occurrences = make([]occurrence, 0, len(w.r.Occurrences))
	for i := range w.r.Occurrences {
		w.occurrences = append(w.occurrences, w.newOccurrence(&w.r.Occurrences[i]))
	}
	slices.SortFunc(w.occurrences, func(a, b occurrence) int {
		return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.ID, b.ID))
	})
	w.findFirstAnswers()
	w.findFirsts()
}

// findFirstAnswers finds who answered a thread's author first.
func (w *World) findFirstAnswers() {
	w.answer = make([]int32, len(w.threads))
	for i := range w.threads {
		w.answer[i] = w.findFirstAnswer(w.threads[i].root)
	}
}

func (w *World) findFirstAnswer(root int32) int32 {
	if root < 0 || w.skips(w.author[root]) {
		return -1
	}
	p := w.next[root]
	for p >= 0 && (w.author[p] == w.author[root] || w.skips(w.author[p])) {
		p = w.next[p]
	}
	return p
}

// findFirsts finds everybody's first contribution ever.
func (w *World) findFirsts() {
	w.first = make([]time.Time, len(w.persons))
	for i, p := range w.persons {
		w.first[i] = earlier(p.FirstPost, p.FirstAttended)
	}
	w.each(Window{}, func(place int32, at time.Time) { w.first[place] = earlier(w.first[place], at) })
}

// earlier is the earlier of two times, of which a zero one is none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func (w *World) skips(place int32) bool { return w.skip != nil && w.skip[place] }

// known is the place of a person who counts; ok is false for those who are left out or never named.
func (w *World) known(id PersonID) (place int32, ok bool) {
	place, ok = w.dense[id]
	return place, ok && !w.skips(place)
}

// keep is those of a list who count, each once.
func (w *World) keep(ids []PersonID) []PersonID {
	kept := make([]PersonID, 0, len(ids))
	seen := make(map[PersonID]bool, len(ids))
	for _, id := range ids {
		if place, ok := w.dense[id]; !seen[id] && (!ok || !w.skips(place)) {
			seen[id] = true
			kept = append(kept, id)
		}
	}
	return kept
}

// postsIn are the places of the first post in a window and of the first one after it.
func (w *World) postsIn(win Window) (from, to int) {
	posts := w.r.Posts
	from = sort.Search(len(posts), func(i int) bool { return posts[i].At > At(win.From) })
	to = sort.Search(len(posts), func(i int) bool { return posts[i].At > At(win.To) })
	return from, to
}

// each calls f for every contribution in a window, and for all there are where the window is zero: posts, attendance,
// votes, answers to pulses, hosting, and acts.
func (w *World) each(win Window, f func(place int32, at time.Time)) {
	from, to := 0, len(w.r.Posts)
	if !win.To.IsZero() {
		from, to = w.postsIn(win)
	}
	for i := from; i < to; i++ {
		if !w.skips(w.author[i]) {
			f(w.author[i], w.r.Posts[i].At.Time())
		}
	}
	w.r.EachOther(func(id PersonID, at time.Time) {
		if place, ok := w.known(id); ok && (win.To.IsZero() || win.Contains(at)) {
			f(place, at)
		}
	})
}

// ids are the IDs of the people whose places are marked, in order.
func (w *World) ids(marked []bool) []PersonID {
	var all []PersonID
	for place, is := range marked {
		if is {
			all = append(all, w.persons[place].ID)
		}
	}
	return all
}

// contributors marks who contributed in a window.
func (w *World) contributors(win Window) []bool {
	marked := make([]bool, len(w.persons))
	w.each(win, func(place int32, _ time.Time) { marked[place] = true })
	return marked
}
