package yeartest

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"
)

func bytesOf(t *testing.T, y *Year) []byte {
	t.Helper()
	text, err := json.Marshal(y)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestSameSeed: a seed gives the same bytes each time, and another seed gives others.
func TestSameSeed(t *testing.T) {
	for _, law := range []Law{Thriving, Fading} {
		one, again, other := bytesOf(t, Generate(law, 1)), bytesOf(t, Generate(law, 1)), bytesOf(t, Generate(law, 2))
		if !bytes.Equal(one, again) {
			t.Errorf("%s: two years of one seed differ", law.Name)
		}
		if bytes.Equal(one, other) {
			t.Errorf("%s: two seeds give one year", law.Name)
		}
	}
}

// TestPossible: nobody does anything before they joined or after they left, nothing answers what was not written, and nothing
// lies outside the year.
func TestPossible(t *testing.T) {
	for seed := range uint64(20) {
		for _, law := range []Law{Thriving, Fading} {
			checkPossible(t, Generate(law, seed))
		}
	}
}

func checkPossible(t *testing.T, y *Year) {
	t.Helper()
	seen := map[string]bool{}
	for _, p := range y.Posts {
		if !y.People[p.By].In(p.At) || y.People[p.By].Sponsor {
			t.Errorf("%s: %s wrote %s as no member", y.Law.Name, y.People[p.By].Name, p.ID)
		}
		if p.At.Before(y.From) || !p.At.Before(y.To) || seen[p.ID] || p.Fresh == 0 {
			t.Errorf("%s: the post %s of %s, seen %v, %d characters", y.Law.Name, p.ID, p.At, seen[p.ID], p.Fresh)
		}
		if slices.ContainsFunc(p.References, func(id string) bool { return !seen[id] }) {
			t.Errorf("%s: %s answers what was not written yet", y.Law.Name, p.ID)
		}
		seen[p.ID] = true
	}
	for _, m := range y.Meetings {
		for _, i := range slices.Concat(m.Asked, m.Came) {
			if !y.People[i].In(m.Start) {
				t.Errorf("%s: %s at the meeting of %s is no member", y.Law.Name, y.People[i].Name, m.Start)
			}
		}
		if !m.Cancelled.IsZero() && len(m.Came) > 0 || m.Cancelled.IsZero() && m.Host < 0 {
			t.Errorf("%s: the meeting of %s was cancelled %v, host %d", y.Law.Name, m.Start, m.Cancelled, m.Host)
		}
	}
	for _, th := range y.Thanks {
		if th.From == th.To || !y.People[th.From].In(th.At) || !y.People[th.To].In(th.At) {
			t.Errorf("%s: thanks %+v", y.Law.Name, th)
		}
	}
}

// TestBands: founders are in the bands of the package comment, nights are quiet, and weekends are slow.
func TestBands(t *testing.T) {
	y := Generate(Thriving, 1)
	classes, posts, night, free := [3]int{}, 0, 0, 0
	for _, p := range y.People {
		if p.Joined.Before(y.From) && !p.Sponsor {
			classes[p.Class]++
		}
	}
	for _, p := range y.Posts {
		local := p.At.In(mustZone(y.People[p.By].Zone))
		posts++
		if local.Hour() < 6 {
			night++
		}
		if local.Weekday() == 0 || local.Weekday() == 6 {
			free++
		}
	}
	if n := y.Law.Founders; classes[Core]*100 < 10*n || classes[Core]*100 > 15*n || classes[Active]*100 < 15*n || classes[Active]*100 > 20*n {
		t.Errorf("of %d founders %v are core, active and at the edge", n, classes)
	}
	if posts < 500 || night*50 > posts || free*6 > posts {
		t.Errorf("%d posts, %d at night, %d at weekends", posts, night, free)
	}
}
