package measure_test

import (
	"slices"
	"testing"
	"time"

	"guildpost/digest/measure"
)

// impactWorld has initiatives in every state.
func impactWorld() *measure.Records {
	reading := func(text string, value float64) []measure.Reading {
		return []measure.Reading{{At: on(text), Value: value}}
	}
	halfway := []measure.Indicator{{Baseline: 0, Goal: 10, Readings: reading("10-20", 5)}}
	return &measure.Records{
		Persons:     []measure.Person{{ID: 1, Unit: "a"}, {ID: 2, Unit: "b"}, {ID: 3, Unit: "a"}, {ID: 4}, {ID: 9, Unit: "z"}},
		Memberships: []measure.Membership{since(1, "01-01"), since(2, "01-01"), since(3, "01-01"), since(4, "01-01")},
		Initiatives: []measure.Initiative{
			{ID: 1, Weight: 1, Started: on("09-01"), Due: on("12-01"), Indicators: halfway, Confirmed: true, Participants: []int64{1, 3, 9}},
			{ID: 2, Weight: 1, Started: on("05-01"), Due: on("10-10"), Indicators: []measure.Indicator{{Goal: 1, Readings: reading("05-20", 1)}}, OwnerSays: true},
			{ID: 3, Weight: 2, Started: on("05-01"), Due: on("10-25"), Closed: on("10-20"), Indicators: []measure.Indicator{{Goal: 1, Readings: reading("10-20", 3)}}, Confirmed: true},
			{ID: 4, Weight: 1, Started: on("05-01"), Closed: on("10-21"), Dropped: true}, // nothing to read
			{ID: 5, Weight: 3, Started: on("05-01"), Closed: on("09-21")},                // over before
			{ID: 6, Weight: 3, Started: on("11-02")}, // not begun
		},
		Posts: posts(1, 1, "10-05", 1, 2, "10-06", 1, 4, "09-06"),
		Occurrences: []measure.Occurrence{{ID: 1, Start: on("10-07"), Hours: 1.5, AttendanceKnown: true, Attended: []int64{1, 2}},
			{ID: 2, Start: on("03-07"), Hours: 1, AttendanceKnown: true, Attended: []int64{1, 4}}},
		Pulses: []measure.Pulse{{ID: 1, Question: measure.Rated, At: on("10-08"), Answers: []measure.Rating{{Person: 3, At: on("10-08"), Value: 3}, {Person: 2, At: on("10-08"), Value: 4}}}},
		Acts:   []measure.Act{{ID: 1, Person: 3, At: on("10-09"), Kind: measure.KeptItem}, {ID: 2, Person: 3, At: on("10-10"), Kind: measure.ActedInRole, Hours: 2}},
		Evidence: []measure.Evidence{{ID: 1, Person: 1, At: on("10-01"), Cycle: 3}, {ID: 2, Person: 1, At: on("10-02"), Cycle: 3}, {ID: 3, Person: 9, At: on("10-02"), Cycle: 4},
			{ID: 4, Person: 2, At: on("10-01").AddDate(-1, 0, 0), Cycle: 5}},
		Stories: []measure.Story{{ID: 1, At: on("10-22"), Happened: true, Took: true, Did: true, Resulted: true}, {ID: 2, At: on("10-23"), Happened: true, Took: true, Did: true},
			{ID: 3, At: on("04-22"), Happened: true, Took: true, Did: true, Resulted: true}},
		Claims:     []measure.Claim{{ID: 1, Person: 1, At: on("10-30"), Hours: 40, Confidence: .5, Attribution: .8}, {ID: 2, Person: 1, At: on("11-30"), Hours: 99, Confidence: 1, Attribution: 1}},
		HourlyRate: 60,
	}
}

func TestImpact(t *testing.T) {
	i := measure.New(sorted(impactWorld())).Impact(october)
	hours := 2*1.5 + 2.0/6 + 2
	want(t, i, map[string]any{
		"index":  100 * (1*.5*1 + 0 + 2*1.2*1) / 4, // 2 was not read for 100 days, and 4 has no indicator
		"active": 2, "on_track": 1, "late": 1, "done": 1, "dropped": 1, "on_time": 1.0 / 2, "unmeasured": 1, "reach": 2.0 / 4, "units": 1,
		"value_1": 3.0 / 4, "value_2": 1.0 / 4, "value_3": 1.0 / 4, "value_4": 0, "value_5": 0,
		"stories": 2, "newest_story": 9.5, "hours": hours, "cost": 60 * hours, "claimed_hours": 16, "return_self_reported": (16 - hours) / hours,
		"net_recommendation": measure.NoPulses,
	})
	near(t, "the index's coverage", i.Index.Coverage, 4.0/5, 1e-12)
	if !slices.Equal(i.Unmeasured.From.Counted, []int64{2}) {
		t.Errorf("unmeasured: %v, want 2", i.Unmeasured.From.Counted)
	}
}

func TestAchievement(t *testing.T) {
	now := on("11-01")
	indicator := func(baseline, goal, value float64, at time.Time) measure.Indicator {
		return measure.Indicator{Baseline: baseline, Goal: goal, Readings: []measure.Reading{{At: at, Value: value}}}
	}
	tests := []struct {
		name string
		of   []measure.Indicator
		want float64
		ok   bool
	}{
		{"halfway", []measure.Indicator{indicator(10, 20, 15, now)}, .5, true},
		{"downwards", []measure.Indicator{indicator(20, 10, 12, now)}, .8, true},
		{"far beyond", []measure.Indicator{indicator(10, 20, 90, now)}, 1.2, true},
		{"backwards", []measure.Indicator{indicator(10, 20, 5, now)}, 0, true},
		{"read 100 days ago", []measure.Indicator{indicator(10, 20, 15, now.AddDate(0, 0, -100))}, .5, true},
		{"read 101 days ago", []measure.Indicator{indicator(10, 20, 15, now.AddDate(0, 0, -101)), indicator(0, 1, 1, now)}, .5, true},
		{"read later", []measure.Indicator{indicator(10, 20, 15, now.Add(time.Second))}, 0, true},
		{"the goal is the baseline", []measure.Indicator{indicator(10, 10, 15, now), indicator(0, 1, 1, now)}, 1, true},
		{"nothing but that", []measure.Indicator{indicator(10, 10, 15, now)}, 0, false},
		{"no indicator", nil, 0, false},
	}
	for _, test := range tests {
		got, ok := measure.Initiative{Indicators: test.of}.Achievement(now)
		if got != test.want || ok != test.ok {
			t.Errorf("%s: %v, %v; want %v, %v", test.name, got, ok, test.want, test.ok)
		}
	}
	latest := measure.Indicator{Goal: 1, Readings: []measure.Reading{{At: now.AddDate(0, 0, -1), Value: 1}, {At: now.AddDate(0, 0, -2), Value: .5}}}
	if got, _ := (measure.Initiative{Indicators: []measure.Indicator{latest}}).Achievement(now); got != 1 {
		t.Errorf("the latest reading counts, in whatever order; got %v", got)
	}
}
