package measure_test

import (
	"math"
	"testing"
	"time"

	"guildpost/digest/measure"
)

// near compares with as many digits as the definitions give.
func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(got-want) > tolerance {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}

// chaoss is the example of CHAOSS's Contributor Absence Factor.
var chaoss = []float64{1000, 202, 90, 33, 332, 343, 42, 433}

func TestGoldenInequality(t *testing.T) {
	if got := measure.AbsenceFactor(chaoss); got != 2 {
		t.Errorf("CAF = %d, want 2", got)
	}
	near(t, "G", measure.Gini(chaoss), 0.485505, 5e-7)
	near(t, "G*", measure.GStar(chaoss), 0.554863, 5e-7)
	near(t, "G* of equals", measure.GStar([]float64{1, 1, 1, 1}), 0, 1e-12)
	near(t, "G* of one with all", measure.GStar([]float64{0, 0, 0, 4}), 1, 1e-12)
	near(t, "G* of 1 to 4", measure.GStar([]float64{1, 2, 3, 4}), 1.0/3, 1e-12)
}

// TestGoldenOrbit: Orbit's own example, three months.
func TestGoldenOrbit(t *testing.T) {
	months := [][4]int{{17, 8, 4, 1}, {15, 9, 5, 1}, {12, 10, 6, 2}}
	commitment, index := []int{441, 504, 666}, []float64{13.8384, 15.9596, 21.4141}
	for i, levels := range months {
		if got := measure.Commitment(levels); got != commitment[i] {
			t.Errorf("WC of month %d = %d, want %d", i, got, commitment[i])
		}
		near(t, "EI", measure.EngagementIndex(levels), index[i], 5e-5)
	}
	near(t, "gravity of the second month", measure.Gravity(months[1], months[0]), 2.1, 1e-12)
	near(t, "gravity of the third month", measure.Gravity(months[2], months[1]), 5.4, 1e-12)
}

func TestGoldenRhythm(t *testing.T) {
	near(t, "B of a clockwork", measure.Burstiness([]float64{14, 14, 14, 14, 14}), -1, 1e-12)
	near(t, "B", measure.Burstiness([]float64{7, 14, 7, 28, 14}), -0.292221, 5e-7)
}

func TestGoldenResponse(t *testing.T) {
	for hours, want := range map[float64]float64{6: 0.840896, 24: 0.5, 72: 0.125} {
		near(t, "R", measure.Responsiveness(hours), want, 5e-7)
	}
	low, high := measure.Wilson(20, 28)
	near(t, "Wilson low", low, 0.5294, 5e-5)
	near(t, "Wilson high", high, 0.8475, 5e-5)
}

func TestGoldenQuality(t *testing.T) {
	is := func(v float64) measure.Figure { return measure.Figure{Value: v} }
	d := measure.Discussions{
		Answered: is(.8), Responsiveness: is(measure.Responsiveness(6)), Breadth: is(.5), Evenness: is(1 - .6), Newcomers: is(1),
		Reciprocity: measure.Figure{Why: measure.TooFewPairs}, Usefulness: is((4.2 - 1) / 4),
	}
	f := measure.QualityIndex(d, 5)
	near(t, "DQI", f.Value, 76.2372, 5e-5)
	near(t, "its coverage", f.Coverage, .90, 1e-12)
	if f := measure.QualityIndex(d, 4); f.Why != measure.TooFewThreads {
		t.Errorf("DQI of 4 threads is %+v", f)
	}
	d.Usefulness, d.Newcomers = d.Reciprocity, d.Reciprocity
	if f := measure.QualityIndex(d, 5); f.Why != measure.TooLittleKnown || f.Coverage != .55 {
		t.Errorf("DQI with .55 known is %+v", f)
	}
	d.Newcomers, d.Breadth, d.Evenness, d.Usefulness = is(1), d.Reciprocity, is(.4), d.Reciprocity
	if f := measure.QualityIndex(d, 5); !f.Available() || f.Coverage != .60 {
		t.Errorf("DQI with .60 known is %+v", f)
	}
}

// initiative makes one with an achievement and a degree of evidence.
func initiative(weight, achieved, evidence float64, now time.Time) measure.Initiative {
	i := measure.Initiative{Weight: weight, Started: now.AddDate(0, -3, 0),
		Indicators: []measure.Indicator{{Baseline: 10, Goal: 20, Readings: []measure.Reading{{At: now.AddDate(0, 0, -1), Value: 10 + 10*achieved}}}}}
	switch evidence {
	case 1:
		i.Confirmed = true
	case .75:
		i.Indicators[0].BaselineAt = now.AddDate(0, -4, 0)
	case .5:
		i.Reports = map[measure.PersonID]time.Time{1: now, 2: now, 3: now}
	case .25:
		i.OwnerSays = true
	}
	return i
}

func TestGoldenImpact(t *testing.T) {
	now := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	all := []measure.Initiative{initiative(3, .9, 1, now), initiative(1, .5, .5, now), initiative(2, 0, .25, now)}
	f := measure.ImpactIndex(all, now)
	near(t, "II", f.Value, 49.1667, 5e-5)
	near(t, "its coverage", f.Coverage, 1, 1e-12)
	for _, e := range []float64{0, .25, .5, .75, 1} {
		i := initiative(1, 1, e, now)
		near(t, "evidence", i.Evidence(now), e, 0)
	}
}
