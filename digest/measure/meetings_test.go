package measure_test

import (
	"testing"
	"time"

	"guildpost/digest/measure"
)

// answers makes RSVPs, a day before the start.
func answers(start time.Time, accepted []int64, declined ...int64) (all []measure.Answer) {
	for _, p := range accepted {
		all = append(all, measure.Answer{Person: p, At: start.AddDate(0, 0, -1), Accepted: true})
	}
	for _, p := range declined {
		all = append(all, measure.Answer{Person: p, At: start.AddDate(0, 0, -1)})
	}
	return all
}

// meetingsWorld: a meeting every other week; of those planned in October, one was held, one moved by two days, one cancelled.
func meetingsWorld() *measure.Records {
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		panic(err)
	}
	at := func(text string) time.Time { return on(text + " 15:00") }
	meeting := func(id int64, text string, known bool, came ...int64) measure.Occurrence {
		return measure.Occurrence{ID: id, Start: at(text), Hours: 1.5, FirstRequest: at(text).AddDate(0, 0, -10), Invited: []int64{1, 2, 3, 4},
			AttendanceKnown: known, Attended: came, Hosts: []int64{1}}
	}
	september := meeting(1, "09-23", true, 1, 2)
	september.Answers = answers(september.Start, []int64{1, 2, 3})
	held := meeting(2, "10-07", true, 1, 2, 4, 9)                                                                           // 9 is a guest
	held.Answers = append(answers(held.Start, []int64{1, 2, 3}), measure.Answer{Person: 3, At: held.Start.Add(-time.Hour)}, // declines after all
		measure.Answer{Person: 4, At: held.Start.Add(time.Hour), Accepted: true}) // after the start: no answer
	moved := meeting(3, "10-23", false) // planned for the 21st
	moved.Answers = answers(moved.Start, []int64{1, 2}, 3)
	cancelled := meeting(4, "10-28", false)
	cancelled.Cancelled = cancelled.Start.Add(-5 * time.Hour)
	lonely := meeting(5, "10-14", true, 1) // one alone is no meeting
	next := meeting(6, "11-04", false)
	next.Answers = answers(next.Start, []int64{1, 3})
	return &measure.Records{
		Persons:     []measure.Person{{ID: 1, Zone: time.UTC}, {ID: 2, Zone: time.UTC}, {ID: 3, Zone: tokyo}, {ID: 4}},
		Memberships: []measure.Membership{since(1, "01-01"), since(2, "01-01"), since(3, "01-01"), since(4, "01-01")},
		Occurrences: []measure.Occurrence{september, held, moved, cancelled, lonely, next},
		Planned:     []time.Time{at("09-23"), at("10-07"), at("10-21"), at("10-28"), at("11-04")},
	}
}

func TestMeetings(t *testing.T) {
	m := measure.New(meetingsWorld()).Meetings(october)
	want(t, m, map[string]any{
		"frequency": 2 * 30.4375 / 31, "held": 2, "unconfirmed": 1, "adherence": 2.0 / 3, "cancelled": 1.0 / 3, "cancelled_late": 1.0 / 3,
		"gap_median": 15, "gap_max": 16, "regularity": measure.TooFewGaps, "notice": 10,
		"drought":       (8 + 9.0/24) / 14,              // since the 23rd at 15:00; the planned gaps are 14, 14, 7: those until October
		"rsvp_response": 6.0 / 12, "accepted": 4.0 / 12, // of three that were not cancelled
		"show_rate": 2.0 / 2, "walk_ins": 2.0 / 4, "attendance_share": 4.0 / 4, "reach": 3.0 / 4, "returning": 2.0 / 4, "first_timers": 2.0 / 4,
		"time_inclusion": 4.0 / 6, "burden UTC": 0, "burden Asia/Tokyo": 2, "time_fairness": 2,
		"forecast": 3.0/4 + 1.0/3, // 1 came to both that they accepted; 3 accepted one, and did not come
	})
	if m.Frequency.Coverage != .5 || m.Show.Coverage != .5 || m.TimeInclusion.Coverage != .75 {
		t.Errorf("coverage is %v, %v, %v; want .5, .5, .75", m.Frequency.Coverage, m.Show.Coverage, m.TimeInclusion.Coverage)
	}
	members := measure.New(meetingsWorld()).Members(october)
	want(t, members, map[string]any{"guests": 1, "guests_joined": measure.NoGuests, "active": 3})
}

func TestGuestsWhoJoin(t *testing.T) {
	r := meetingsWorld()
	r.Memberships = append(r.Memberships, since(9, "11-20"))
	january := measure.LastMonth(time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC), time.UTC)
	january.From, january.To = on("10-07").AddDate(0, 0, 89), on("10-07").AddDate(0, 0, 92)
	want(t, measure.New(r).Members(january), map[string]any{"guests_joined": 1})
	r.Memberships[4] = since(9, "10-01")
	want(t, measure.New(r).Members(january), map[string]any{"guests_joined": measure.NoGuests})
}

func TestBurden(t *testing.T) {
	for hour, want := range map[int]float64{0: 2, 5: 2, 6: 1, 7: .5, 8: .5, 9: 0, 16: 0, 17: .5, 19: .5, 20: 1, 21: 1, 22: 2, 23: 2} {
		if got := measure.Burden(hour); got != want {
			t.Errorf("the burden at %d is %v, want %v", hour, got, want)
		}
	}
}
