package measure

import "slices"

// A pair is who answered whom, by their places.
type pair uint64

func newPair(a, b int32) pair { return pair(a)<<32 | pair(b) }

func (p pair) turned() pair { return p<<32 | p>>32 }

// replyPairs are the pairs (a answered b) of a window, each once and in order.
func (w *World) replyPairs(win Window) []pair {
	from, to := w.postsIn(win)
	pairs := make([]pair, 0, to-from)
	for i := from; i < to; i++ {
		a, parent := w.author[i], w.parent[i]
		if parent < 0 || w.author[parent] == a || w.skips(a) || w.skips(w.author[parent]) {
			continue
		}
		pairs = append(pairs, newPair(a, w.author[parent]))
	}
	slices.Sort(pairs)
	return slices.Compact(pairs)
}

// reciprocity is Rec.
func (w *World) reciprocity(pairs []pair) Figure {
	if len(pairs) < 10 {
		return missing(Share, TooFewPairs)
	}
	both := 0
	people := make([]bool, len(w.persons))
	for _, p := range pairs {
		if _, found := slices.BinarySearch(pairs, p.turned()); found {
			both++
			people[p>>32] = true
		}
	}
	return proportion(both, len(pairs), TooFewPairs).traced(KindMember, w.ids(people), nil)
}
