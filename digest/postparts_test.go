package digest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"guildpost/digest/measure"
	"guildpost/store/storetest"
)

// TestPostParts: posts that are read in two parts are those that one reader reads, with the same people.
func TestPostParts(t *testing.T) {
	l := newLifelike(t, storetest.Open(t), 3, 150)
	for i := range 12 { // nobody's members, some of whom write in both parts
		a := storetest.Arrival(l.community, fmt.Sprintf("stranger%d", i))
		a.From, a.Date = fmt.Sprintf("stranger%d@nowhere.example", i*i%7), l.window.To.AddDate(0, 0, -6*i-1)
		storetest.Accept(t, l.db, a)
	}
	read := func(few int) *gathering {
		g := &gathering{Gatherer: &Gatherer{DB: l.db, Zone: time.UTC}, community: l.community, window: l.window, records: &measure.Records{}, from: l.window.RecordsFrom(),
			place: map[measure.PersonID]int{}, strangers: map[string]measure.PersonID{}}
		parts, err := g.divide(t.Context(), few)
		l.check(err)
		if want := 1 + min(1, 1000/few); len(parts) != want {
			t.Fatalf("from %d on: %d parts, want %d", few, len(parts), want)
		}
		l.check(g.readParts(t.Context(), few))
		return g
	}
	whole, halves := read(1_000_000), read(10)
	if !slices.Equal(whole.records.Posts, halves.records.Posts) || len(whole.records.Posts) < 20 {
		t.Errorf("%d posts read at once, %d in parts", len(whole.records.Posts), len(halves.records.Posts))
	}
	if len(whole.strangers) < 4 || !slices.Equal(whole.records.Persons, halves.records.Persons) {
		t.Errorf("strangers read at once: %v, in parts: %v", whole.strangers, halves.strangers)
	}
}

// TestPostPartsGrow: what is filed between counting and reading is not lost, and overwrites nothing; stubs leave no gap.
func TestPostPartsGrow(t *testing.T) {
	for _, test := range []struct {
		name   string
		counts [2]int // as they were counted
		read   [2]int
	}{{"as counted", [2]int{3, 3}, [2]int{3, 3}}, {"the first grew", [2]int{2, 3}, [2]int{4, 3}}, {"the second grew", [2]int{3, 1}, [2]int{3, 5}},
		{"stubs", [2]int{4, 4}, [2]int{1, 2}}, {"both grew", [2]int{1, 1}, [2]int{5, 5}}} {
		g := &gathering{records: &measure.Records{}}
		room := make([]measure.Post, test.counts[0]+test.counts[1])
		parts, begin, id := make([]postPart, 2), 0, int64(0)
		for i := range parts {
			parts[i].count, parts[i].posts = test.counts[i], room[begin:begin:begin+test.counts[i]]
			begin += test.counts[i]
			for range test.read[i] {
				id++
				parts[i].posts = append(parts[i].posts, measure.Post{ID: id})
			}
		}
		g.join(room, parts)
		for i, p := range g.records.Posts {
			if p.ID != int64(i+1) {
				t.Errorf("%s: post %d is %d", test.name, i+1, p.ID)
			}
		}
		if len(g.records.Posts) != int(id) {
			t.Errorf("%s: %d posts, want %d", test.name, len(g.records.Posts), id)
		}
	}
}
