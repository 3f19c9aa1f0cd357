package measure_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"guildpost/digest/measure"
)

// talkWorld has six threads whose first seven days were over in October, and posts of October beside them.
//
//	1  asked by 1, who adds something, then 2 answers after 6 h, 3 after 20 h, 4 after 8 days
//	2  asked by 2, answered by 1 after 24 h
//	3  asked by 3, answered after 8 days: too late
//	4  asked by 4, not answered but by 4
//	5  asked by 5, who joined a week before; answered by 1 after 50 h: too late for a newcomer
//	6  asked by a stranger who never wrote, answered by 5 after 1 h
//	7  an announcement
//	8  begun on October 26th: too young for October; 9 was begun before the records
func talkWorld() *measure.Records {
	r := &measure.Records{
		Memberships: []measure.Membership{since(1, "01-01"), since(2, "01-01"), since(3, "01-01"), since(4, "01-01"), since(5, "09-26")},
		Posts: posts(
			1, 1, "09-25 12:00", 1, 1, "09-25 13:00", 1, 2, "09-25 18:00", 1, 3, "09-26 08:00", 1, 4, "10-03 12:00",
			2, 2, "10-01 12:00", 2, 1, "10-02 12:00",
			3, 3, "10-01 13:00", 3, 1, "10-09 13:00",
			4, 4, "10-02 12:00", 4, 4, "10-02 13:00",
			5, 5, "10-03 12:00", 5, 1, "10-05 14:00",
			6, -1, "10-05 12:00", 6, 5, "10-05 13:00",
			7, 1, "10-06 12:00", 8, 2, "10-26 12:00", 9, 3, "10-12 12:00"),
		Threads: []measure.Thread{{ID: 1, FirstAt: on("09-25 12:00"), Solved: true}, {ID: 7, FirstAt: on("10-06 12:00"), Announce: true},
			{ID: 9, FirstAt: on("05-01")}},
		Persons: []measure.Person{{ID: 2, FirstPost: on("02-01")}, {ID: 3, FirstPost: on("02-01")}, {ID: 4, FirstPost: on("02-01")}},
		Thanks: []measure.Thanks{{From: 2, To: 1, At: on("10-02 15:00")}, {From: 2, To: 3, At: on("10-02 15:00")},
			{From: 5, To: 1, At: on("10-05 13:00")}}, // before the answer
	}
	return sorted(r)
}

func TestDiscussions(t *testing.T) {
	d := measure.New(talkWorld()).Discussions(october)
	answered, breadth, evenness := 4.0/6, (2.0/3+1.0/3+1.0/3+1.0/3)/6, 1-18.0/70 // posts: 1, 2, 2, 2, 3, 4
	responsiveness := math.Exp2(-37.0 / 24)
	want(t, d, map[string]any{
		"answered": answered, "first_response": (24.0 + 50) / 2, "first_response_p90": 168, // of 1, 6, 24, 50, 168, 168
		"responsiveness": responsiveness, "breadth": breadth, "evenness": evenness,
		"replies_per_thread": (3.0 + 1 + 0 + 1 + 1 + 1) / 6,
		"newcomers_answered": 1.0 / 2, // threads 5 and 6
		"reciprocity":        measure.TooFewPairs,
		"posts":              14, "threads": 6, "solved": 2.0 / 6, "new_text": 1, "facilitators_share": 0,
		"absence_factor": 3, "kept_items": measure.NoActs,
		"quality": 100 * (.20*answered + .15*responsiveness + .10*breadth + .10*evenness + .15*.5) / .70,
	})
	near(t, "the index's coverage", d.Quality.Coverage, .70, 1e-12)
	if got := d.Answered.From; !slices.Equal(got.Counted, []int64{1, 6, 12, 14}) || len(got.Among) != 6 {
		t.Errorf("threads 1, 2, 5 and 6 were answered; the trace is %v of %v", got.Counted, got.Among)
	}
}

// TestWithoutFacilitators: 1 facilitates. Their threads are none, their answers are none, and who else answered counts.
func TestWithoutFacilitators(t *testing.T) {
	r := talkWorld()
	r.Memberships[0].Facilitator = []measure.Spell{{From: on("01-01"), To: on("10-01")}}
	w := measure.New(r)
	want(t, w.Discussions(october), map[string]any{"facilitators_share": 4.0 / 14, "posts": 14})
	want(t, w.Without(october).Discussions(october), map[string]any{
		"posts": 10, "threads": 6, "answered": 1.0 / 5, "first_response": 168, "newcomers_answered": 1.0 / 2, "facilitators_share": 0,
	})
	want(t, w.Without(october).Members(october), map[string]any{"members": 4})
	september := october.Before()
	want(t, w.Without(september).Members(september), map[string]any{"members": 4})
	want(t, w.Without(measure.Window{From: on("10-02"), To: on("11-01")}).Members(october), map[string]any{"members": 5})
}

// TestReciprocity: five people answer 0 and 0 answers three of them: 8 pairs and 6 of them in both directions; then two more.
func TestReciprocity(t *testing.T) {
	r := &measure.Records{}
	thread := func(asks, answers int64) {
		id := int64(len(r.Posts) + 1)
		at := on("10-01").Add(time.Duration(id) * time.Hour)
		r.Posts = append(r.Posts, measure.Post{ID: id, Thread: id, Person: asks, At: measure.At(at)},
			measure.Post{ID: id + 1, Thread: id, Parent: id, Person: answers, At: measure.At(at.Add(time.Minute))})
	}
	for p := int64(1); p <= 5; p++ {
		thread(100, p)
	}
	for p := int64(1); p <= 3; p++ {
		thread(p, 100)
		thread(p, 100) // once more is no other pair
		thread(p, p)   // nobody answers themselves
	}
	want(t, measure.New(r).Discussions(october), map[string]any{"reciprocity": measure.TooFewPairs})
	thread(6, 7)
	thread(7, 8)
	want(t, measure.New(r).Discussions(october), map[string]any{"reciprocity": 6.0 / 10})
}

func TestPulsesOfFewAreHidden(t *testing.T) {
	r := talkWorld()
	ask := func(values ...float64) {
		p := measure.Pulse{ID: 1, Question: measure.Useful, At: on("10-20"), Asked: []int64{1, 2, 3, 4, 5, 6, 7, 8}}
		for i, v := range values {
			p.Answers = append(p.Answers, measure.Rating{Person: int64(i + 1), At: on("10-21"), Value: v})
		}
		r.Pulses = []measure.Pulse{p}
	}
	ask(5, 5, 5, 1)
	m := measure.New(r).Measures(october)
	want(t, m.Discussions, map[string]any{"usefulness": measure.TooFewAnswers})
	want(t, m.Engagement, map[string]any{"pulse_response": .5})
	ask(5, 4, 4, 4, 4)
	m = measure.New(r).Measures(october)
	want(t, m.Discussions, map[string]any{"usefulness": 3.2 / 4})
	if f := m.Discussions.Usefulness; f.Coverage != 5.0/8 || m.Discussions.Quality.Coverage != .90 {
		t.Errorf("usefulness is known of %v, the index of %v; want 5/8 and .90", f.Coverage, m.Discussions.Quality.Coverage)
	}
	r.Pulses[0].Question = measure.Recommend
	for i, v := range []float64{10, 9, 8, 6, 0} {
		r.Pulses[0].Answers[i].Value = v
	}
	want(t, measure.New(r).Impact(october), map[string]any{"net_recommendation": 0})
	r.Pulses[0].Answers[3].Value = 7
	want(t, measure.New(r).Impact(october), map[string]any{"net_recommendation": 20})
}
