package calendar

import (
	"testing"
	"time"

	"guildpost/calendar/itip"
	"guildpost/store"
)

func TestParseReminders(t *testing.T) {
	for text, want := range map[string]string{
		"1d 1h": "1d 1h", "1h,1d": "1d 1h", "90m": "90m", "120m": "2h", "7D": "1w", "2w; 30min": "2w 30m", "none": "none", "off": "none", "1h 60m": "1h",
		"31d": "31d", "5m": "5m", "24h 1d": "24h 1d",
	} {
		got, err := ParseReminders(text)
		if err != nil || got != want {
			t.Errorf("%q is %q, %v; want %q", text, got, err, want)
		}
		if again, err := ParseReminders(got); again != got {
			t.Errorf("%q, read again, is %q, %v", got, again, err)
		}
	}
	for _, text := range []string{"", " ", "1", "d", "-1d", "1y", "4m", "0h", "32d", "1h 2h 3h 4h 5h 6h", "1d none", "999999h"} {
		if got, err := ParseReminders(text); store.KindOf(err) != store.Invalid {
			t.Errorf("%q is %q, %v; want it refused", text, got, err)
		}
	}
}

// TestLeadsAcrossAClockChange: a day before it is the same time of day, an hour before it is an hour.
func TestLeadsAcrossAClockChange(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	at := itip.Clock(2026, 10, 25, 9, 0, berlin) // the clocks went back that morning
	day, hours := lead{itip.Duration{Days: 1}}, lead{itip.Duration{Exact: 24 * time.Hour}}
	if got, want := day.before(at), time.Date(2026, 10, 24, 7, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("a day before is %s, want %s", got, want)
	}
	if got, want := hours.before(at), time.Date(2026, 10, 24, 8, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("24 hours before is %s, want %s", got, want)
	}
}
