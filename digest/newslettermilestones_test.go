package digest

import (
	"fmt"
	"testing"

	"guildpost/digest/issue"
	"guildpost/store"
	"guildpost/store/storetest"
)

// TestMeetingMilestones: who hosts first, and who comes for the tenth time, is told once, and only where they agreed.
func TestMeetingMilestones(t *testing.T) {
	m := newMonth(t, "Ada", "Ben", "emil")
	came := []int64{m.subs["Ben"].ID, m.subs["emil"].ID}
	for i := range 11 { // the last one is still to come
		meeting := storetest.Meeting(t, m.n.DB, m.c, fmt.Sprintf("%d@x", i))
		date := storetest.Occurrence(t, m.n.DB, meeting, "", newsTime.AddDate(0, 0, 35*(i-9)-5))
		host := m.subs["emil"].ID
		if i == 9 {
			host = m.subs["Ada"].ID
		}
		m.check(m.n.DB.RecordAttendance(t.Context(), newsTime, store.AttendanceReport{OccurrenceID: date.ID, Known: true, By: host, Came: came}, nil))
	}
	is, _ := m.compose()
	m.want(is, issue.Thanked, "Ada – Hosted a meeting for the first time", "Ben – Came to the 10th meeting")
}

func TestIsRound(t *testing.T) {
	for years, want := range map[int]bool{0: false, 1: true, 2: true, 3: false, 5: true, 7: false, 10: true, 25: true} {
		if isRound(years) != want {
			t.Errorf("%d years: got %v", years, !want)
		}
	}
}
