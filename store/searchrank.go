package store

import (
	"cmp"
	"context"
	"math/bits"
	"slices"
)

// How the best hits are found. Posts that match are judged by a few things that both databases know alike: whether all the
// words stand in the subject, whether they stand one behind the other, whether the thread was solved, how much was said in
// it; among equals the newest come first. Only the newest ones of each kind are looked at, so that a search for a common
// word takes no longer than others.
const (
	rankedHits    = 100
	rankSubject   = 40
	rankPhrase    = 30
	rankSolved    = 20
	rankPerDouble = 3 // for each time that the posts of the thread double
	rankMostPosts = 64
)

func (db *DB) searchRanked(ctx context.Context, r SearchRequest) ([]Hit, error) {
	judged := map[int64]Hit{}
	variants := []struct {
		groups [][]SearchTerm
		score  int
	}{{r.All, 0}, {inSubject(r.All), rankSubject}, {asPhrase(r.All), rankPhrase}}
	for i, v := range variants {
		if i > 0 && v.groups == nil {
			continue
		}
		one := r
		one.All, one.Limit, one.After = v.groups, rankedHits, SearchKey{}
		found, err := db.searchNewest(ctx, one)
		if err != nil {
			return nil, err
		}
		for _, h := range found {
			if have, ok := judged[h.ID]; ok {
				h = have
			} else {
				h.Key.Score = threadScore(h)
			}
			h.Key.Score += v.score
			judged[h.ID] = h
		}
	}
	return rankedPage(judged, r), nil
}

// threadScore is what a hit is worth for its thread. It is never 0, which is where the newest come first.
func threadScore(h Hit) int {
	score := rankPerDouble * bits.Len(uint(min(max(h.ThreadPosts, 1), rankMostPosts)))
	if h.Solved {
		score += rankSolved
	}
	return score
}

// inSubject wants the words that may stand anywhere in the subject; nil where there are none.
func inSubject(all [][]SearchTerm) (groups [][]SearchTerm) {
	some := false
	for _, group := range all {
		group = slices.Clone(group)
		for i := range group {
			if group[i].Field == Anywhere && group[i].Words[0] != wordAttached {
				group[i].Field = InSubject
				some = true
			}
		}
		groups = append(groups, group)
	}
	if !some {
		return nil
	}
	return groups
}

// asPhrase wants the words that may stand anywhere one behind the other; nil where that is nothing else.
func asPhrase(all [][]SearchTerm) (groups [][]SearchTerm) {
	var phrase SearchTerm
	n := 0
	for _, group := range all {
		if t := group[0]; len(group) > 1 || t.Field != Anywhere || t.Words[0] == wordAttached || phrase.Prefix {
			groups = append(groups, group)
		} else {
			n++
			phrase = SearchTerm{Words: append(slices.Clone(phrase.Words), t.Words...), Prefix: t.Prefix}
		}
	}
	if n < 2 {
		return nil
	}
	return append(groups, []SearchTerm{phrase})
}

// rankedPage is the page after a key, and one hit more where there are more.
func rankedPage(judged map[int64]Hit, r SearchRequest) (page []Hit) {
	for _, h := range judged {
		if r.After == (SearchKey{}) || compareKeys(h.Key, r.After) > 0 {
			page = append(page, h)
		}
	}
	slices.SortFunc(page, func(a, b Hit) int { return compareKeys(a.Key, b.Key) })
	return page[:min(len(page), r.Limit+1)]
}

func compareKeys(a, b SearchKey) int {
	return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(b.Position, a.Position))
}
