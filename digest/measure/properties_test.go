package measure_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"guildpost/digest/measure"
)

// drawn are records of everything there can be, drawn by a seed.
func drawn(seed uint64) *measure.Records {
	r := rand.New(rand.NewPCG(seed, 2))
	at := func() time.Time { return october.To.Add(-time.Duration(r.IntN(400*24*60)) * time.Minute) }
	who := func() int64 { return int64(1 + int(30*r.Float64()*r.Float64())) }
	people := func() (all []int64) {
		for range r.IntN(12) {
			all = append(all, who())
		}
		return all
	}
	w := &measure.Records{}
	for id := int64(1); id <= 28; id++ { // 29 and 30 are nobody that is known
		w.Persons = append(w.Persons, measure.Person{ID: id, Unit: string(rune('a' + r.IntN(5))), Zone: []*time.Location{time.UTC, nil}[r.IntN(2)]})
		m := measure.Membership{Person: id, From: at()}
		if r.IntN(3) == 0 {
			m.To, m.End = m.From.AddDate(0, 0, 1+r.IntN(200)), measure.Left
		}
		if r.IntN(6) == 0 {
			m.Facilitator = []measure.Spell{{From: m.From, To: m.To}}
		}
		w.Memberships = append(w.Memberships, m)
	}
	for id := int64(1); id <= 900; id++ {
		w.Posts = append(w.Posts, measure.Post{ID: id, Thread: 1 + r.Int64N(300), Parent: r.Int64N(id), Person: who(), At: measure.At(at()), NewChars: int32(r.IntN(9)), OldChars: int32(r.IntN(9))})
	}
	for id := int64(1); id <= 30; id++ {
		start := at()
		o := measure.Occurrence{ID: id, Start: start, Hours: 1, FirstRequest: start.AddDate(0, 0, -7), Invited: people(), AttendanceKnown: r.IntN(3) > 0, Hosts: people()[:0]}
		if o.AttendanceKnown {
			o.Attended = people()
		}
		for _, p := range o.Invited {
			o.Answers = append(o.Answers, measure.Answer{Person: p, At: start.Add(time.Duration(r.IntN(99)-90) * time.Hour), Accepted: r.IntN(2) > 0})
		}
		w.Occurrences = append(w.Occurrences, o)
		w.Planned = append(w.Planned, start.AddDate(0, 0, r.IntN(6)))
		w.Acts = append(w.Acts, measure.Act{ID: id, Person: who(), At: at(), Hours: r.Float64(), Kind: []measure.ActKind{measure.KeptItem, measure.Talked, measure.ActedInRole}[r.IntN(3)]})
		w.Thanks = append(w.Thanks, measure.Thanks{ID: id, From: who(), To: who(), At: at()})
		p := measure.Pulse{ID: id, Question: []measure.Question{measure.Useful, measure.Recommend, measure.Rated}[id%3], At: at(), Asked: people()}
		v := measure.Vote{ID: id, Closed: at(), Electorate: people()}
		for _, id := range p.Asked {
			p.Answers = append(p.Answers, measure.Rating{Person: id, At: p.At, Value: float64(1 + r.IntN(10))})
		}
		for range r.IntN(9) {
			p.Answers = append(p.Answers, measure.Rating{Person: who(), At: p.At, Value: float64(1 + r.IntN(10))})
			v.Ballots = append(v.Ballots, measure.Ballot{Person: who(), At: v.Closed})
		}
		w.Pulses, w.Votes = append(w.Pulses, p), append(w.Votes, v)
		w.Initiatives = append(w.Initiatives, measure.Initiative{ID: id, Owner: who(), Weight: float64(1 + r.IntN(3)), Started: at(), Due: at(), Participants: people(),
			Indicators: []measure.Indicator{{Goal: r.Float64(), Readings: []measure.Reading{{At: at(), Value: r.Float64()}}}}, Confirmed: r.IntN(2) > 0})
		w.Evidence = append(w.Evidence, measure.Evidence{ID: id, Person: who(), At: at(), Cycle: 1 + r.IntN(5)})
	}
	slices.SortFunc(w.Planned, time.Time.Compare)
	return sorted(w)
}

func eachFigure(m measure.Measures, f func(name string, figure measure.Figure)) {
	for i, one := range m.All() {
		for _, p := range one.Parts() {
			f(measure.Names[i]+"."+p.Key, p.Figure)
		}
	}
}

func shuffled[T any](r *rand.Rand, list []T) []T {
	list = slices.Clone(list)
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

// TestOrderDoesNotMatter: the same records in another order give the same figures.
func TestOrderDoesNotMatter(t *testing.T) {
	for seed := range uint64(20) {
		a := drawn(seed)
		r, b := rand.New(rand.NewPCG(seed, 3)), *a
		b.Persons, b.Memberships, b.Occurrences, b.Votes = shuffled(r, a.Persons), shuffled(r, a.Memberships), shuffled(r, a.Occurrences), shuffled(r, a.Votes)
		b.Pulses, b.Acts, b.Thanks, b.Initiatives, b.Evidence = shuffled(r, a.Pulses), shuffled(r, a.Acts), shuffled(r, a.Thanks), shuffled(r, a.Initiatives), shuffled(r, a.Evidence)
		values := map[string]measure.Figure{}
		eachFigure(measure.New(a).Measures(october), func(name string, f measure.Figure) { values[name] = f })
		eachFigure(measure.New(&b).Measures(october), func(name string, f measure.Figure) {
			have := values[name]
			if math.Abs(f.Value-have.Value) > 1e-9 || f.K != have.K || f.N != have.N || f.Why != have.Why {
				t.Errorf("seed %d: %s is %v (%d of %d), in another order %v (%d of %d)", seed, name, have.Value, have.K, have.N, f.Value, f.K, f.N)
			}
		})
	}
}

// TestFiguresHold: what is true of every figure, whatever happened.
func TestFiguresHold(t *testing.T) {
	seen := map[string]bool{}
	for seed := range uint64(40) {
		world := measure.New(drawn(seed))
		for _, w := range []*measure.World{world, world.Without(october)} {
			m := w.Measures(october)
			eachFigure(m, func(name string, f measure.Figure) {
				if problem := wrong(f); problem != "" {
					t.Errorf("seed %d: %s %s: %+v", seed, name, problem, f)
				}
				seen[name] = seen[name] || f.Available()
			})
			sum := 0.0
			for _, level := range m.Engagement.Levels {
				sum += level.Value
			}
			if m.Members.Number.N > 0 && int(sum) != m.Members.Number.N {
				t.Errorf("seed %d: %v are in levels, of %d members", seed, sum, m.Members.Number.N)
			}
		}
	}
	for name, available := range seen {
		if !available && name != "impact.stories" && name != "impact.newest_story" && name != "impact.cost" && name != "impact.claimed_hours" &&
			name != "impact.return_self_reported" && name != "meetings.forecast" {
			t.Errorf("%s was never available", name)
		}
	}
}

// wrong says what cannot be.
func wrong(f measure.Figure) string {
	switch {
	case math.IsNaN(f.Value) || math.IsInf(f.Value, 0):
		return "is no number"
	case !f.Available() && f.Why.Sentence() == "":
		return "has no sentence for why it is not available"
	case !f.Available() && f.Value != 0:
		return "has a value and is not available"
	case f.Coverage < 0 || f.Coverage > 1:
		return "has an impossible coverage"
	case f.Available() && f.Unit == measure.Share && (f.K < 0 || f.K > f.N || f.N == 0 || f.Value != float64(f.K)/float64(f.N)):
		return "is no proportion"
	case f.Proportion() && (f.Low > f.Value || f.High < f.Value || f.Low < 0 || f.High > 1):
		return "lies outside its interval"
	case f.Unit == "":
		return "has no unit"
	case f.From.Among != nil && f.Unit == measure.Share && (len(f.From.Among) != f.N || len(f.From.Counted) != f.K):
		return "was not counted from its trace"
	}
	return ""
}

// TestInequalityHolds: G* lies between 0 and 1, grows with what the largest has, and does not ask for the unit.
func TestInequalityHolds(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 1000 {
		x := make([]float64, 2+r.IntN(20))
		for i := range x {
			x[i] = float64(1 + r.IntN(50))
		}
		g := measure.GStar(x)
		if g < -1e-12 || g > 1+1e-12 {
			t.Fatalf("G* of %v is %v", x, g)
		}
		doubled := slices.Clone(x)
		for i := range doubled {
			doubled[i] *= 2
		}
		near(t, "G* of twice as much", measure.GStar(doubled), g, 1e-9)
		top := slices.Index(x, slices.Max(x))
		x[top] += 10
		if measure.GStar(x) < g-1e-12 {
			t.Fatalf("G* of %v falls when the first has more", x)
		}
		if a, e := measure.AbsenceFactor(x), measure.ElephantFactor(x); e > a || a > len(x) || e < 1 {
			t.Fatalf("CAF %d and elephant factor %d of %v", a, e, x)
		}
	}
}

func TestQuantile(t *testing.T) {
	x := []float64{9, 1, 5}
	for q, want := range map[float64]float64{0: 1, .5: 5, .75: 7, .9: 8.2, 1: 9} {
		near(t, "quantile", measure.Quantile(x, q), want, 1e-12)
	}
	if !math.IsNaN(measure.Quantile(nil, .5)) {
		t.Error("the median of nothing is something")
	}
}
