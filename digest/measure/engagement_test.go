package measure_test

import (
	"testing"
	"time"

	"guildpost/digest/measure"
)

// daily makes a post on each of n days in October, in threads of their own; begin adds to the time of day.
func daily(person int64, n int, begin time.Duration) (all []measure.Post) {
	for i := range n {
		id := person*1000 + int64(i)
		all = append(all, measure.Post{ID: id, Thread: id, Person: person, At: measure.At(on("10-02 00:00").Add(time.Duration(i)*24*time.Hour + begin))})
	}
	return all
}

func TestLevels(t *testing.T) {
	answer := func(person, thread int64) measure.Post {
		return measure.Post{ID: person*1000 + 900, Thread: thread, Parent: thread, Person: person, At: measure.At(on("10-20 12:00"))}
	}
	act := func(person int64, kind measure.ActKind, object int64) measure.Act {
		return measure.Act{ID: person, Person: person, At: on("10-03 00:30"), Kind: kind, Object: object}
	}
	tests := []struct {
		name  string
		posts []measure.Post
		acts  []measure.Act
		level measure.Level
	}{
		{"nothing", nil, nil, measure.Exploring},
		{"one day", daily(1, 1, 0), nil, measure.Participating},
		{"twice on one day", append(daily(1, 1, 0), measure.Post{ID: 2, Thread: 2, Person: 1, At: measure.At(on("10-02 23:59"))}), nil, measure.Participating},
		{"five days", daily(1, 5, 0), nil, measure.Participating},
		{"six days", daily(1, 6, 0), nil, measure.Contributing},
		{"two days and minutes", daily(1, 1, 0), []measure.Act{act(1, measure.WroteMinutes, 0)}, measure.Participating},
		{"three days, one of them minutes", daily(1, 2, 30*time.Hour), []measure.Act{act(1, measure.WroteMinutes, 0)}, measure.Participating},
		{"three days and minutes", daily(1, 3, 0), []measure.Act{act(1, measure.WroteMinutes, 0)}, measure.Contributing},
		{"three days and a talk", daily(1, 3, 0), []measure.Act{act(1, measure.Talked, 0)}, measure.Contributing},
		{"three days and a kept item", daily(1, 3, 0), []measure.Act{act(1, measure.KeptItem, 0)}, measure.Contributing},
		{"three days with a first answer", append(append(daily(2, 1, 0), daily(1, 2, 0)...), answer(1, 2000)), nil, measure.Contributing},
		{"three days with a second answer", append(append(append(daily(2, 1, 0), daily(1, 2, 0)...),
			measure.Post{ID: 3, Thread: 2000, Person: 3, At: measure.At(on("10-19 12:00"))}), answer(1, 2000)), nil, measure.Participating},
		{"a role", nil, []measure.Act{act(1, measure.ActedInRole, 0)}, measure.Leading},
		{"a report on one's own initiative", nil, []measure.Act{act(1, measure.CheckedIn, 7)}, measure.Leading},
		{"a report on another's", nil, []measure.Act{act(1, measure.CheckedIn, 8)}, measure.Participating},
	}
	for _, test := range tests {
		r := sorted(&measure.Records{Memberships: []measure.Membership{since(1, "01-01")}, Posts: test.posts, Acts: test.acts,
			Initiatives: []measure.Initiative{{ID: 7, Owner: 1, Weight: 1}, {ID: 8, Owner: 2, Weight: 1}}})
		e := measure.New(r).Engagement(october)
		if e.Levels[test.level].Value != 1 {
			t.Errorf("%s: not %s", test.name, test.level)
		}
	}
}

// TestDaysBeginInTheZone: 23:30 and 00:30 UTC are two days in London in winter, and one in Tokyo.
func TestDaysBeginInTheZone(t *testing.T) {
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	var posts []measure.Post
	for i := range 3 {
		at := on("10-05 23:30").AddDate(0, 0, 3*i)
		posts = append(posts, measure.Post{ID: int64(2*i + 1), Thread: int64(2*i + 1), Person: 1, At: measure.At(at)},
			measure.Post{ID: int64(2*i + 2), Thread: int64(2*i + 2), Person: 1, At: measure.At(at.Add(time.Hour))})
	}
	for zone, level := range map[*time.Location]measure.Level{time.UTC: measure.Contributing, tokyo: measure.Participating} {
		r := &measure.Records{Zone: zone, Posts: posts, Memberships: []measure.Membership{since(1, "01-01")}}
		e := measure.New(r).Engagement(measure.Window{From: october.From, To: october.To, Zone: zone})
		if e.Levels[level].Value != 1 {
			t.Errorf("in %s it is not %s", zone, level)
		}
	}
}

// TestEngagement: 1 keeps contributing, 2 falls silent, 3 begins, 4 never does; 5 is no member any more.
func TestEngagement(t *testing.T) {
	r := &measure.Records{
		Memberships: []measure.Membership{since(1, "01-01"), since(2, "01-01"), since(3, "01-01"), since(4, "01-01"), until(since(5, "01-01"), "10-15", measure.Left)},
		Posts:       append(daily(1, 6, 0), daily(3, 1, 0)...),
	}
	for i := range 6 {
		at := on("07-05").AddDate(0, 0, i)
		r.Posts = append(r.Posts, measure.Post{ID: int64(i + 1), Thread: int64(i + 1), Person: 1, At: measure.At(at.AddDate(0, 1, 0))},
			measure.Post{ID: int64(i + 101), Thread: int64(i + 101), Person: 2, At: measure.At(at)})
	}
	r.Posts = append(r.Posts, measure.Post{ID: 500, Thread: 101, Parent: 101, Person: 4, At: measure.At(on("10-30"))}) // answers 2
	e := measure.New(sorted(r)).Engagement(october)
	want(t, e, map[string]any{
		"rate": 3.0 / 4, "contributing": 1, "participating": 2, "exploring": 1, "core": 1.0 / 4, "middle": 2.0 / 4, "periphery": 1.0 / 4,
		"commitment": 49 + 16 + 16 + 1, "gravity": float64(49+16+16+1-(49+49+1+1+1)) / 4,
		"contributing_held": 1.0 / 2, "contributing_down": 1.0 / 2, "contributing_up": 0, "exploring_up": 1, "leading_up": measure.NobodyInLevel,
		"tied": 2.0 / 4, "funnel_answered": measure.NoJoins, "newcomers_tied": measure.NoJoins,
	})
}

// TestFunnel: of five who joined a year ago, one never did anything, one voted, one posted once, one contributed, one led.
func TestFunnel(t *testing.T) {
	joined := on("10-10").AddDate(-1, 0, 0)
	after := func(days int) time.Time { return joined.AddDate(0, 0, days) }
	r := &measure.Records{Votes: []measure.Vote{{ID: 1, Closed: after(30), Electorate: []int64{1, 2}, Ballots: []measure.Ballot{{Person: 2, At: after(20)}}}}}
	for p := int64(1); p <= 5; p++ {
		r.Memberships = append(r.Memberships, measure.Membership{Person: p, From: joined})
	}
	wrote := func(person int64, kind measure.ActKind, days ...int) {
		for _, d := range days {
			r.Earlier = append(r.Earlier, measure.Act{Person: person, At: after(d), Kind: kind})
		}
	}
	wrote(1, measure.Wrote, 91) // too late
	wrote(3, measure.Wrote, 10, 20, 30, 40, 150, 160)
	wrote(4, measure.Wrote, 10, 100)
	wrote(4, measure.FirstAnswered, 120)
	wrote(5, measure.Wrote, 10, 11, 12, 13, 14, 15)
	r.Acts = []measure.Act{{Person: 5, At: after(300), Kind: measure.ActedInRole}, {Person: 3, At: after(300), Kind: measure.ActedInRole}}
	e := measure.New(r).Engagement(october)
	want(t, e, map[string]any{"funnel_answered": 4, "funnel_posted_or_attended": 3, "funnel_contributing": 1, "funnel_leading": 1,
		"conversion_posted_or_attended": 3.0 / 4, "conversion_contributing": 1.0 / 3, "conversion_leading": 1})
	r.Earlier[8].At = after(99) // 4 has three days, but not within 91
	want(t, measure.New(r).Engagement(october), map[string]any{"funnel_contributing": 1})
	r.Earlier[7].At, r.Earlier[8].At = after(80), after(95)
	want(t, measure.New(r).Engagement(october), map[string]any{"funnel_contributing": 2})
}

// TestNewcomersTied: of three who joined 60 days before October's days, one is tied to two in time.
func TestNewcomersTied(t *testing.T) {
	r := &measure.Records{
		Memberships: []measure.Membership{since(1, "08-15"), since(2, "08-15"), since(3, "08-15"), since(4, "01-01"), since(5, "01-01")},
		Posts:       posts(1, 1, "08-20", 1, 4, "08-21", 2, 5, "08-22", 2, 1, "08-23", 2, 2, "08-24", 3, 3, "08-25", 3, 4, "08-26", 4, 3, "10-20", 4, 5, "10-21"),
	}
	want(t, measure.New(sorted(r)).Engagement(october), map[string]any{"newcomers_tied": 1.0 / 3, "tied": 1})
}

func TestTurnout(t *testing.T) {
	r := &measure.Records{Votes: []measure.Vote{
		{ID: 1, Closed: on("10-10"), Electorate: []int64{1, 2, 3, 4}, Ballots: []measure.Ballot{{Person: 1, At: on("10-09")}, {Person: 9, At: on("10-09")}}},
		{ID: 2, Closed: on("10-12"), Electorate: []int64{1, 2}, Ballots: []measure.Ballot{{Person: 1, At: on("10-09")}, {Person: 2, At: on("10-09")}}},
		{ID: 3, Closed: on("11-12"), Electorate: []int64{1, 2}},
	}}
	want(t, measure.New(r).Engagement(october), map[string]any{"turnout": 3.0 / 6})
}
