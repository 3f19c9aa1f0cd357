package measure_test

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"guildpost/digest/measure"
)

// membersWorld: five were there in September; two came in October and three went, one of whom had come in July.
func membersWorld() *measure.Records {
	bounced := since(3, "01-01")
	bounced.Bounced = []measure.Spell{{From: on("10-20")}}
	silent := since(4, "01-01")
	silent.NoMail = []measure.Spell{{From: on("02-01"), To: on("03-01")}, {From: on("09-01")}}
	return &measure.Records{
		Persons: []measure.Person{{ID: 1, Unit: "a"}, {ID: 2, Unit: "a"}, {ID: 3, Unit: "b"}, {ID: 4}, {ID: 6, Unit: "c"}},
		Memberships: []measure.Membership{
			since(1, "01-01"), until(since(2, "07-05"), "10-10", measure.Left), bounced, silent,
			until(since(5, "02-01"), "10-31", measure.BouncedOut), since(6, "10-02"),
			until(since(7, "10-03"), "10-04", measure.Removed), until(since(8, "01-01"), "09-30", measure.Left),
		},
		Posts: posts(1, 1, "07-20", 2, 1, "10-05", 2, 6, "10-06", 2, 6, "10-07", 3, -1, "10-08", 4, 2, "07-10", 5, 3, "10-09"),
	}
}

func sorted(r *measure.Records) *measure.Records {
	slices.SortFunc(r.Posts, func(a, b measure.Post) int { return cmp.Compare(a.At, b.At) })
	return r
}

func TestMembers(t *testing.T) {
	m := measure.New(sorted(membersWorld())).Members(october)
	want(t, m, map[string]any{
		"members": 4, "deliverable": 3, "no_mail": 1, "joins": 2, "leaves": 3, "left": 1, "bounced_out": 1, "removed": 1, "lapsed": 0,
		"growth": -1.0 / 5, "churn": 1.0 / 5,
		"retention_3_months": 0, "retention_1_month": measure.NoJoins, // one joined in July, and left
		"active": 3, "active_share": .75, "new_contributors": 3, // 6, 3 and a stranger
		"went_inactive": 1,                       // 2 wrote on July 10th last; 1 did in October
		"units":         3, "elephant_factor": 1, // c has 2 of the 4 contributions of known units
		"guests": measure.NoMeetings, "guests_joined": measure.NoMeetings,
	})
	if m.Units.Coverage != .75 || m.Elephant.Coverage != .8 {
		t.Errorf("units are known of %v of the members, %v of the contributions; want .75 and .8", m.Units.Coverage, m.Elephant.Coverage)
	}
	if got := m.Inactive.From.Counted; !slices.Equal(got, []int64{2}) {
		t.Errorf("went inactive: %v, want 2", got)
	}
}

// TestSurvival: four memberships of the year; one ends after 100 days, one after 200, when one of the others was looked at
// for 50 days only: .75, and 1/2 of that.
func TestSurvival(t *testing.T) {
	start := october.To.AddDate(0, 0, -300)
	long := func(days int, over bool) measure.Membership {
		if over {
			return measure.Membership{Person: int64(days), From: start, To: start.AddDate(0, 0, days), End: measure.Left}
		}
		return measure.Membership{Person: int64(days), From: october.To.AddDate(0, 0, -days)}
	}
	r := &measure.Records{Memberships: []measure.Membership{long(300, false), long(200, true), long(100, true), long(150, false)}}
	m := measure.New(r).Members(october)
	want(t, m, map[string]any{"survival_year": .75 * .5})
	if len(m.Curve) != 3 || m.Curve[1] != (measure.Step{Days: 100, Share: .75}) {
		t.Errorf("the curve is %v", m.Curve)
	}
}

func TestNobody(t *testing.T) {
	m := measure.New(&measure.Records{}).Measures(october)
	want(t, m.Members, map[string]any{"members": 0, "growth": measure.NobodyBefore, "churn": measure.NobodyBefore, "active_share": measure.NoMembers,
		"deliverable": measure.NoMembers, "survival_year": measure.NoJoins, "elephant_factor": measure.NoContributions})
	want(t, m.Meetings, map[string]any{"frequency": measure.NoMeetings, "forecast": measure.NoMeetings})
	want(t, m.Discussions, map[string]any{"quality": measure.TooFewThreads, "answered": measure.NoThreads, "first_response": measure.NoThreads,
		"breadth": measure.NoThreads, "evenness": measure.TooFewPosters, "new_text": measure.NoText, "facilitators_share": measure.NoPosts,
		"absence_factor": measure.NoPosts, "reciprocity": measure.TooFewPairs, "usefulness": measure.NoPulses, "posts": 0})
	want(t, m.Engagement, map[string]any{"rate": measure.NoMembers, "gravity": measure.NoMembers, "index": measure.NoMembers, "tied": measure.NoMembers,
		"pulse_response": measure.NoPulses, "turnout": measure.NoVotes})
	want(t, m.Impact, map[string]any{"index": measure.NoInitiatives, "net_recommendation": measure.NoPulses, "stories": measure.NoStories, "cost": measure.NoRate,
		"return_self_reported": measure.NoClaims, "value_1": measure.NoEvidence})
}

func TestWindow(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	w := measure.LastMonth(time.Date(2026, 10, 31, 23, 30, 0, 0, time.UTC), berlin) // it is November in Berlin
	if got := w.From.UTC().Format(time.RFC3339) + " " + w.To.UTC().Format(time.RFC3339); got != "2026-09-30T22:00:00Z 2026-10-31T23:00:00Z" {
		t.Errorf("October in Berlin is %s", got)
	}
	near(t, "days of October", w.Days(), 31, 0)
	before := w.Before()
	if !before.From.Equal(time.Date(2026, 9, 1, 0, 0, 0, 0, berlin)) || !before.To.Equal(w.From) {
		t.Errorf("before October is %v to %v", before.From, before.To)
	}
	if w.Contains(w.From) || !w.Contains(w.To) || !w.Contains(w.From.Add(1)) {
		t.Error("a window goes from after its begin up to and with its end")
	}
	odd := measure.Window{From: on("10-05"), To: on("10-12"), Zone: time.UTC}.Before()
	if !odd.From.Equal(on("09-28")) || !odd.To.Equal(on("10-05")) {
		t.Errorf("before a week is %v to %v", odd.From, odd.To)
	}
	january := measure.LastMonth(time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), time.UTC)
	if january.From.Year() != 2026 || january.From.Month() != time.December {
		t.Errorf("before January is %v", january.From)
	}
}
