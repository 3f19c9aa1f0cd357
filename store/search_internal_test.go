package store

import (
	"strings"
	"testing"
	"time"
)

// TestPlansOfSearch: the index of words is read in its order, and posts are looked up one by one.
func TestPlansOfSearch(t *testing.T) {
	db, r := openRecorded(t)
	useEverything(t, db)
	clear(r.texts)
	words := [][]SearchTerm{{{Words: []string{"a"}}}, {{Words: []string{"b"}}}}
	requests := []SearchRequest{
		{All: words}, {All: words, Solved: true, From: time.Unix(1e9, 0), Until: time.Unix(2e9, 0)},
		{All: words, None: words[0]}, {None: words[0]}, {Solved: true}, {All: words, Ranked: true},
		{All: words, Communities: []int64{1, 2}}, {Communities: []int64{1, 2}},
	}
	for _, request := range requests {
		if request.Communities == nil {
			request.Communities = []int64{1}
		}
		if _, _, err := db.Search(ctx, request); err != nil {
			t.Fatal(err)
		}
	}
	if len(r.texts) < 7 {
		t.Errorf("only %d statements were seen", len(r.texts))
	}
	for text, n := range r.texts {
		plan := strings.Join(explainPlan(t, db, text, n), "; ")
		for step := range strings.SplitSeq(plan, "; ") {
			if reason := slow(text, step); reason != "" || strings.Contains(step, "ORDER BY") || strings.HasPrefix(step, "SCAN p") {
				t.Errorf("%s: %s\n%s\nplan: %s", reason, step, text, plan)
			}
		}
		if strings.HasSuffix(text, "AS few") {
			continue
		}
		if first, _, _ := strings.Cut(plan, "; "); !strings.HasPrefix(first, "SCAN s VIRTUAL TABLE") && !strings.HasPrefix(first, "SEARCH p USING INDEX") {
			t.Errorf("begins with %s\n%s", first, text)
		}
	}
	// A thread has few posts: they are put in order.
	clear(r.texts)
	if _, _, err := db.Search(ctx, SearchRequest{Communities: []int64{1}, Thread: 1}); err != nil {
		t.Fatal(err)
	}
	for text, n := range r.texts {
		if !strings.Contains(text, "FROM posts p") {
			continue
		}
		if plan := strings.Join(explainPlan(t, db, text, n), "; "); !strings.Contains(plan, "posts_thread") && !strings.Contains(plan, "position>?") {
			t.Errorf("%s\n%s", plan, text)
		}
	}
}

// TestSolvedThreads: whether few or many threads are solved, their posts are found.
func TestSolvedThreads(t *testing.T) {
	db, _ := openRecorded(t)
	useEverything(t, db)
	a := Arrival{CommunityID: 1, MessageID: "solved", BodyHash: []byte("b"), Now: time.Unix(1e9, 0), Text: PostText{Body: "a word"}}
	solved, err := db.AcceptPost(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	a.MessageID = "open"
	if _, err := db.AcceptPost(ctx, a); err != nil {
		t.Fatal(err)
	}
	if err := db.durable.do(ctx, func(t *tx) error {
		_, err := t.exec("UPDATE threads SET solved = ? WHERE id = ?", true, solved.ThreadID)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for _, few := range []bool{true, false} {
		for _, words := range [][][]SearchTerm{nil, {{{Words: []string{"word"}}}}} {
			hits, err := db.searchNewest(ctx, SearchRequest{Communities: []int64{1}, All: words, Solved: true, fewSolved: few, Limit: 10})
			if err != nil || len(hits) != 1 || hits[0].ID != solved.PostID || !hits[0].Solved {
				t.Errorf("few %v, words %v: %+v, %v", few, words, hits, err)
			}
		}
	}
}
