package measure_test

import (
	"fmt"
	"testing"
	"time"

	"guildpost/digest/measure"
)

// weekEnd is a Monday morning.
var weekEnd = on("11-02 08:00")

// weekWorld: 1 facilitates; 5 is new; 6 was, and left; 4 wrote last 90 days before a day of the week, 7 before and after it.
func weekWorld() *measure.Records {
	lead := since(1, "01-01")
	lead.Facilitator = []measure.Spell{{From: on("01-01")}}
	var meetings []measure.Occurrence
	for i, came := range [][]int64{{1, 2, 3}, {1, 2, 3}, {1, 2, 8}, {1, 2, 3}, {1, 3, 8}, {1, 2, 3, 8}, {1, 2, 3}} {
		meetings = append(meetings, measure.Occurrence{ID: int64(i + 1), Start: on("09-10").AddDate(0, 0, 7*i), Hours: 1, AttendanceKnown: true, Attended: came})
	}
	meetings[0].Hosts = []int64{3} // less than half a year ago
	return &measure.Records{
		Memberships: []measure.Membership{lead, since(2, "01-01"), since(3, "01-01"), since(4, "01-01"), since(5, "10-27"),
			until(since(6, "10-28"), "10-30", measure.Left), since(7, "01-01"), since(8, "01-01")},
		Threads: []measure.Thread{{ID: 14, FirstAt: on("10-30"), Announce: true}, {ID: 16, FirstAt: on("10-26"), Solved: true}},
		Posts: posts(
			10, 2, "01-02", 10, 3, "01-03", 10, 7, "02-01", 10, 4, "08-02", // 90 days before the 31st of October
			10, 7, "09-01",
			11, 2, "10-23", // nobody has answered, for too long to tell
			16, 2, "10-26", // solved
			12, 3, "10-27", // nobody has
			13, 5, "10-28", // nobody has, and 5 is new
			15, 2, "10-29", 15, 2, "10-30", 15, 1, "10-31", // answered by another person
			14, 1, "10-30", // an announcement
			17, 3, "11-01"), // for less than 48 hours
		Occurrences: meetings,
	}
}

func TestWeek(t *testing.T) {
	r := weekWorld()
	w := measure.New(r).Week(weekEnd)
	rootOf := func(thread int64) int64 {
		for _, p := range r.Posts {
			if p.Thread == thread {
				return p.ID
			}
		}
		return 0
	}
	if got, want := fmt.Sprint(w.Waiting), fmt.Sprint([]measure.Waiting{{rootOf(13), true}, {rootOf(12), false}}); got != want {
		t.Errorf("waiting are %s, want %s", got, want)
	}
	if got, want := fmt.Sprint(w.New), fmt.Sprint([]measure.NewMember{{5, on("10-27"), true}}); got != want {
		t.Errorf("new are %s, want %s", got, want)
	}
	if got := fmt.Sprint(w.Quiet); got != "[4]" {
		t.Errorf("quiet are %s", got)
	}
	if got, want := fmt.Sprint(w.Hosts), fmt.Sprint([]measure.Host{{2, 5, 6, time.Time{}}}); got != want {
		t.Errorf("hosts are %s, want %s", got, want)
	}
}

// TestWeekHosts: who hosted more than half a year ago may again, the longest ago first; with too few meetings nobody is named.
func TestWeekHosts(t *testing.T) {
	r := weekWorld()
	r.Occurrences[0].Start, r.Occurrences[1].Hosts = on("04-01"), []int64{2}
	r.Occurrences[1].Start = on("03-01")
	want := fmt.Sprint([]measure.Host{{2, 5, 6, on("03-01")}, {3, 5, 6, on("04-01")}})
	if got := fmt.Sprint(measure.New(r).Week(weekEnd).Hosts); got != want {
		t.Errorf("hosts are %s, want %s", got, want)
	}
	r.Occurrences = r.Occurrences[:2]
	if got := measure.New(r).Week(weekEnd).Hosts; len(got) != 0 {
		t.Errorf("of two meetings hosts are %v", got)
	}
}

// TestWeekNewcomers: the newcomers who wait are those of the alarm.
func TestWeekNewcomers(t *testing.T) {
	world := measure.New(weekWorld())
	win := measure.Window{From: weekEnd.AddDate(0, -1, 0), To: weekEnd}
	n := 0
	for _, w := range world.Week(weekEnd).Waiting {
		if w.Newcomer {
			n++
		}
	}
	for _, a := range world.Alarms(world.Measures(win), world.Measures(win.Before())) {
		if a.Kind == measure.AlarmNewcomer && int(a.Value) == n {
			return
		}
	}
	t.Errorf("the alarm is not about %d newcomers", n)
}
