package measure

import (
	"math"
	"slices"
	"time"
)

// Discussions is the third measure: whether who asks is answered, soon, by several, and by others than always the same.
// Threads are those begun in the window moved back by 7 days, and are judged by their first 7 days.
type Discussions struct {
	Quality        Figure // DQI, 0 to 100; its coverage is the weight of the parts that are known
	Answered       Figure // AR: threads with an answer by another person
	FirstAnswer    Figure // m: median hours to it; 168 for a thread without
	FirstAnswer90  Figure // the same for nine in ten
	Responsiveness Figure // R
	Breadth        Figure // Br: mean of (authors - 1)/3, at most 1
	Evenness       Figure // E: 1 - G* of posts per poster
	Newcomers      Figure // NC: threads of newcomers with an answer in 48 hours
	Reciprocity    Figure // Rec: of the pairs (who answered whom) of 91 days, those in both directions
	Usefulness     Figure // U, by the pulse

	Posts          Figure
	Threads        Figure // begun in the window itself
	RepliesEach    Figure // posts after the first, for each thread
	Absence        Figure // CAF: the least number of people with more than half of the posts
	ByFacilitators Figure // of the posts
	Solved         Figure // of the threads, those marked solved, and those whose author thanked somebody who had answered
	NewText        Figure // characters that were not quoted
	Kept           Figure // items made part of the repertoire
}

// Horizon is how long a thread is given to be answered, and NewcomerHorizon that of a newcomer.
const (
	Horizon         = 7 * day
	NewcomerHorizon = 48 * time.Hour
)

// newcomerTime is how long after joining one is a newcomer.
const newcomerTime = 30 * day

// Parts implements Measure.
func (d Discussions) Parts() []Part {
	return []Part{
		{"quality", d.Quality}, {"answered", d.Answered}, {"first_response", d.FirstAnswer}, {"first_response_p90", d.FirstAnswer90},
		{"responsiveness", d.Responsiveness}, {"breadth", d.Breadth}, {"evenness", d.Evenness}, {"newcomers_answered", d.Newcomers},
		{"reciprocity", d.Reciprocity}, {"usefulness", d.Usefulness}, {"posts", d.Posts}, {"threads", d.Threads},
		{"replies_per_thread", d.RepliesEach}, {"absence_factor", d.Absence}, {"facilitators_share", d.ByFacilitators},
		{"solved", d.Solved}, {"new_text", d.NewText}, {"kept_items", d.Kept},
	}
}

// discussions computes the third measure, given the posts of the window and the pairs of 91 days.
func (w *World) discussions(win Window, posts []int64, pairs []pair) Discussions {
	var d Discussions
	threads := w.threadsIn(win.Back(Horizon))
	w.answers(&d, threads)
	w.posters(&d, win, posts)
	d.Newcomers = w.newcomersAnswered(win.Back(NewcomerHorizon))
	d.Reciprocity = w.reciprocity(pairs)
	d.Usefulness = w.usefulness(win)
	d.Quality = QualityIndex(d, len(threads))
	d.Threads = count(KindThread, w.rootIDs(w.threadsIn(win)))
	d.Kept = w.acts(win, KeptItem)
	return d
}

// threadsIn are the threads that were begun in a window and want answers.
func (w *World) threadsIn(win Window) (all []*threadIndex) {
	from, to := w.postsIn(win)
	for i := from; i < to; i++ {
		t := &w.threads[w.thread[i]]
		if t.root == int32(i) && !t.Announce && !w.skips(w.author[i]) {
			all = append(all, t)
		}
	}
	return all
}

func (w *World) rootIDs(threads []*threadIndex) (ids []int64) {
	for _, t := range threads {
		ids = append(ids, w.r.Posts[t.root].ID)
	}
	return ids
}

// answeredWithin says how long the first answer of another person took, if that was within the horizon.
func (w *World) answeredWithin(t *threadIndex, horizon time.Duration) (took time.Duration, ok bool) {
	answer := w.answer[w.thread[t.root]]
	if answer < 0 {
		return 0, false
	}
	took = w.r.Posts[answer].At.Time().Sub(w.r.Posts[t.root].At.Time())
	return took, took <= horizon
}

func (w *World) answers(d *Discussions, threads []*threadIndex) {
	var answered, solved []*threadIndex
	hours := make([]float64, len(threads))
	breadth, replies := 0.0, 0
	for i, t := range threads {
		hours[i] = Horizon.Hours()
		if took, ok := w.answeredWithin(t, Horizon); ok {
			answered = append(answered, t)
			hours[i] = took.Hours()
		}
		if t.Solved || w.thanked(t) {
			solved = append(solved, t)
		}
		authors, posts := w.breadth(t)
		breadth += min(1, float64(authors-1)/3)
		replies += posts - 1
	}
	ids := w.rootIDs(threads)
	d.Answered = share(KindThread, w.rootIDs(answered), ids, NoThreads)
	d.Solved = share(KindThread, w.rootIDs(solved), ids, NoThreads)
	median := Quantile(hours, 0.5)
	d.FirstAnswer = finite(Hours, median, NoThreads, KindThread, ids)
	d.FirstAnswer90 = finite(Hours, Quantile(hours, 0.9), NoThreads, KindThread, ids)
	d.Responsiveness = finite(Coefficient, Responsiveness(median), NoThreads, KindThread, ids)
	d.Breadth = finite(Coefficient, breadth/float64(len(threads)), NoThreads, KindThread, ids)
	d.RepliesEach = ratio(replies, len(threads), NoThreads).traced(KindThread, ids, nil)
}

// thanked says whether a thread's author thanked somebody who had answered, within the horizon.
func (w *World) thanked(t *threadIndex) bool {
	root := w.r.Posts[t.root]
	began := root.At.Time()
	return slices.ContainsFunc(w.thanks[root.Person], func(th Thanks) bool {
		if th.At.Before(began) || th.At.After(began.Add(Horizon)) {
			return false
		}
		for p := w.next[t.root]; p >= 0 && !w.r.Posts[p].At.Time().After(th.At); p = w.next[p] {
			if w.r.Posts[p].Person == th.To && !w.skips(w.author[p]) {
				return true
			}
		}
		return false
	})
}

// breadth counts the authors and posts of a thread's first days.
func (w *World) breadth(t *threadIndex) (authors, posts int) {
	end := At(w.r.Posts[t.root].At.Time().Add(Horizon))
	var seen []int32
	for p := t.root; p >= 0 && w.r.Posts[p].At <= end; p = w.next[p] {
		if w.skips(w.author[p]) {
			continue
		}
		posts++
		if !slices.Contains(seen, w.author[p]) {
			seen = append(seen, w.author[p])
		}
	}
	return len(seen), posts
}

// posters is what is told of the posts of the window, whoever wrote them.
func (w *World) posters(d *Discussions, win Window, ids []int64) {
	facilitators := w.facilitators(win)
	made := make([]float64, len(w.persons))
	var theirs []int64
	var fresh, all int64
	from, to := w.postsIn(win)
	for i := from; i < to; i++ {
		p := &w.r.Posts[i]
		if w.skips(w.author[i]) {
			continue
		}
		made[w.author[i]]++
		fresh, all = fresh+int64(p.NewChars), all+int64(p.NewChars)+int64(p.OldChars)
		if facilitators[w.author[i]] {
			theirs = append(theirs, p.ID)
		}
	}
	made = slices.DeleteFunc(made, func(n float64) bool { return n == 0 })
	d.Posts = count(KindPost, ids)
	d.ByFacilitators = share(KindPost, theirs, ids, NoPosts)
	d.NewText = finite(Ratio, float64(fresh)/float64(all), NoText, KindPost, ids)
	d.Evenness, d.Absence = missing(Coefficient, TooFewPosters), missing(Count, NoPosts)
	if len(made) >= 5 {
		d.Evenness = number(Coefficient, 1-GStar(made), KindPost, ids)
		d.Evenness.N = len(made)
	}
	if len(made) > 0 {
		d.Absence = number(Count, float64(AbsenceFactor(made)), KindPost, ids)
		d.Absence.N = len(made)
	}
}

// newcomersAnswered is NC. A newcomer has been a member for less than 30 days, or writes for the first time.
func (w *World) newcomersAnswered(win Window) Figure {
	var all, answered []*threadIndex
	for _, t := range w.threadsIn(win) {
		if !w.isNewcomer(t) {
			continue
		}
		all = append(all, t)
		if _, ok := w.answeredWithin(t, NewcomerHorizon); ok {
			answered = append(answered, t)
		}
	}
	return share(KindThread, w.rootIDs(answered), w.rootIDs(all), NoNewcomers)
}

func (w *World) isNewcomer(t *threadIndex) bool {
	at, author := w.r.Posts[t.root].At.Time(), w.persons[w.author[t.root]]
	if w.firstPosts[w.author[t.root]].Equal(at) {
		return true
	}
	return slices.ContainsFunc(w.span[author.ID], func(m Membership) bool {
		return m.contains(at) && at.Sub(m.From) < newcomerTime
	})
}

// usefulness is U: the mean answer of the window on a scale from 0 to 1.
func (w *World) usefulness(win Window) Figure {
	values, f := w.ratings(win, Useful, Coefficient)
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	if f.Available() {
		f.Value = (sum/float64(len(values)) - 1) / 4
	}
	return f
}

// ratings are the answers to the pulses of a window that ask a question, the last one of each who was asked; and a figure of
// them, which has no value yet.
func (w *World) ratings(win Window, q Question, unit Unit) (values []float64, f Figure) {
	asked, ids := 0, []int64(nil)
	for _, p := range w.r.Pulses {
		if p.Question != q || !win.Contains(p.At) {
			continue
		}
		ids = append(ids, p.ID)
		last := map[PersonID]float64{}
		for _, a := range p.Answers {
			last[a.Person] = a.Value
		}
		for _, id := range w.keep(p.Asked) {
			asked++
			if v, ok := last[id]; ok {
				values = append(values, v)
			}
		}
	}
	switch {
	case len(ids) == 0:
		return nil, missing(unit, NoPulses)
	case len(values) < fewestAnswers:
		return nil, missing(unit, TooFewAnswers)
	}
	f = number(unit, 0, KindPulse, ids).covered(len(values), asked)
	f.N = len(values)
	return values, f
}

// fewestAnswers is how many there must be before anything is told of them.
const fewestAnswers = 5

// qualityWeights are those of the index's parts.
var qualityWeights = []struct {
	weight float64
	part   func(Discussions) Figure
}{
	{.20, func(d Discussions) Figure { return d.Answered }}, {.15, func(d Discussions) Figure { return d.Responsiveness }},
	{.10, func(d Discussions) Figure { return d.Breadth }}, {.10, func(d Discussions) Figure { return d.Evenness }},
	{.15, func(d Discussions) Figure { return d.Newcomers }}, {.10, func(d Discussions) Figure { return d.Reciprocity }},
	{.20, func(d Discussions) Figure { return d.Usefulness }},
}

// QualityIndex is DQI: the weighted mean of the parts that are available. It is shown only for 5 threads at least, and if
// these parts have at least .60 of the weight.
func QualityIndex(d Discussions, threads int) Figure {
	sum, weight := 0.0, 0.0
	for _, q := range qualityWeights {
		if part := q.part(d); part.Available() {
			sum += q.weight * part.Value
			weight += q.weight
		}
	}
	coverage := math.Round(weight*100) / 100 // the weights are hundredths
	f := missing(Index, TooLittleKnown)
	switch {
	case threads < 5:
		f = missing(Index, TooFewThreads)
	case coverage >= .60:
		f = number(Index, 100*sum/weight, KindThread, d.Answered.From.Among)
		f.N = threads
	}
	f.Coverage = coverage
	return f
}
