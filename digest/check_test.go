package digest

import (
	"fmt"
	"math"
	"path/filepath"
	"testing"
	"time"

	"guildpost/digest/measure"
	"guildpost/store"
	"guildpost/store/storetest"
)

func TestIndependentCheck(t *testing.T) {
	for seed := range uint64(4) {
		l := newLifelike(t, storetest.Open(t), seed, 250)
		path := filepath.Join(t.TempDir(), "records.json")
		l.export(path)
		report, err := (&Gatherer{DB: l.db, Zone: time.UTC}).Report(t.Context(), l.community, l.window)
		l.check(err)
		n := readNaive(t, path)
		compareFigures(t, fmt.Sprintf("seed %d", seed), report.Now, n.figures())
		n.leaveOutFacilitators()
		if len(n.without) == 0 {
			t.Errorf("seed %d: there are no facilitators", seed)
		}
		compareFigures(t, fmt.Sprintf("seed %d without facilitators", seed), report.Without, n.figures())
	}
}

func compareFigures(t *testing.T, what string, m measure.Measures, want map[string]float64) {
	t.Helper()
	seen := 0
	for i, one := range m.All() {
		for _, p := range one.Parts() {
			name := measure.Names[i] + "." + p.Key
			value, ok := want[name]
			if !ok {
				continue
			}
			seen++
			same := math.Abs(p.Value-value) <= 1e-9*math.Max(1, math.Abs(value))
			if p.Available() == math.IsNaN(value) || p.Available() && !same {
				t.Errorf("%s: %s = %v (%s), the naive way gives %v", what, name, p.Value, p.Why, value)
			}
		}
	}
	if seen != len(want) {
		t.Errorf("%s: %d of %d figures were compared", what, seen, len(want))
	}
}

// TestReportIsKept: a second report is the first one, until something that counts has changed.
func TestReportIsKept(t *testing.T) {
	l := newLifelike(t, storetest.Open(t), 9, 50)
	g := &Gatherer{DB: l.db, Zone: time.UTC}
	report := func(w measure.Window) *Report {
		r, err := g.Report(t.Context(), l.community, w)
		l.check(err)
		return r
	}
	first := report(l.window)
	if report(l.window) != first {
		t.Error("the report was computed again")
	}
	if report(l.window.Before()) == first {
		t.Error("another window has the same report")
	}
	_, _, err := l.db.AddMember(t.Context(), storetest.By(l.window.To), l.community.ID, store.NewMember{Address: "new@example.org"})
	l.check(err)
	if second := report(l.window); second == first || second.Now.Members.Number.N != first.Now.Members.Number.N+1 {
		t.Errorf("a new member is not seen: %v members, before %v", second.Now.Members.Number.N, first.Now.Members.Number.N)
	}
}
