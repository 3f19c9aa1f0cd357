package digest

import (
	"testing"
	"time"
)

func TestSchedule(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ text, after, want string }{
		{"first Tuesday 08:00", "2026-11-03T08:00:00+01:00", "2026-12-01T08:00:00+01:00"},
		{"first Tuesday 08:00", "2026-11-03T07:59:59+01:00", "2026-11-03T08:00:00+01:00"},
		{"first  tuesday of the month at 8:00", "2026-11-03T08:00:00+01:00", "2026-12-01T08:00:00+01:00"},
		{"first tuesday", "2026-11-03T08:00:00+01:00", "2026-12-01T08:00:00+01:00"},
		{"last friday 17:30", "2026-03-27T17:30:00+01:00", "2026-04-24T17:30:00+02:00"},
		{"first and third monday 09:00", "2026-11-02T09:00:00+01:00", "2026-11-16T09:00:00+01:00"},
		{"every monday 09:00", "2026-11-02T09:00:00+01:00", "2026-11-09T09:00:00+01:00"},
		{"every second monday 09:00", "2026-11-09T09:00:00+01:00", "2026-11-16T09:00:00+01:00"},
		{"15th 07:00", "2026-11-15T08:00:00+01:00", "2026-12-15T07:00:00+01:00"},
		{"day 1 00:00", "2026-11-15T08:00:00+01:00", "2026-12-01T00:00:00+01:00"},
		{"FREQ=MONTHLY;BYDAY=1TU 08:00", "2026-11-03T08:00:00+01:00", "2026-12-01T08:00:00+01:00"},
		{"every sunday 02:30", "2026-03-22T03:00:00+01:00", "2026-03-29T03:30:00+02:00"}, // an hour that is not there
	} {
		s, err := ParseSchedule(tt.text)
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		after, _ := time.Parse(time.RFC3339, tt.after)
		if got, ok := s.Next(after, berlin); !ok || got.In(berlin).Format(time.RFC3339) != tt.want {
			t.Errorf("%s after %s: %s, want %s", tt.text, tt.after, got.In(berlin).Format(time.RFC3339), tt.want)
		}
	}
	for _, text := range []string{"", "sometimes", "first", "first foo 08:00", "first tuesday 25:00", "31st 08:00", "FREQ=DAILY 08:00", "FREQ=WEEKLY;BYHOUR=3", "FREQ=MONTHLY;COUNT=3 08:00", "FREQ=SOON"} {
		if s, err := ParseSchedule(text); err == nil {
			t.Errorf("%q is the schedule %+v", text, s)
		}
	}
}
