package calendar

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"guildpost/calendar/itip"
	"guildpost/store"
)

func utc(day, hour int) time.Time { return time.Date(2026, 3, day, hour, 0, 0, 0, time.UTC) }

// TestBurdens: counted by hand.
func TestBurdens(t *testing.T) {
	members := map[string]int{"Europe/Berlin": 8, "Asia/Tokyo": 2, "America/Los_Angeles": 1}
	// 15:00 and 8:00 in Berlin; 23:00 and 16:00 in Tokyo; 7:00 and midnight in Los Angeles, where summer has begun.
	groups := burdens(members, []time.Time{utc(10, 14), utc(11, 7)})
	var got []string
	for _, g := range groups {
		got = append(got, fmt.Sprintf("%s %d %.2f %.2f", g.Zone, g.Members, g.Burden, g.Odd))
	}
	want := "America/Los_Angeles 1 1.25 0.50; Asia/Tokyo 2 1.00 0.50; Europe/Berlin 8 0.25 0.00"
	if strings.Join(got, "; ") != want {
		t.Errorf("got %s\nwant %s", strings.Join(got, "; "), want)
	}
}

// TestFairerHour: a suggestion never burdens the worst group more than the date as it is, and lies on its day.
func TestFairerHour(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	next := time.Date(2026, 3, 17, 15, 30, 0, 0, zone)
	for _, c := range []struct {
		name    string
		members map[string]int
		starts  []time.Time
		now     time.Time
		want    string // "" is as good as can be
	}{
		{"one place", map[string]int{"Europe/Berlin": 5}, []time.Time{utc(3, 14)}, utc(12, 0), ""},
		{"Tokyo is always asked at night", map[string]int{"Europe/Berlin": 5, "Asia/Tokyo": 5}, []time.Time{utc(3, 14), utc(10, 14)}, utc(12, 0), "08:30"},
		{"on the morning of that day", map[string]int{"Europe/Berlin": 5, "Asia/Tokyo": 5}, []time.Time{utc(3, 14), utc(10, 14)}, utc(17, 8), "11:30"},
		{"at noon of that day", map[string]int{"Europe/Berlin": 5, "Asia/Tokyo": 5}, []time.Time{utc(3, 14), utc(10, 14)}, utc(17, 12), "13:30"},
		{"nobody", nil, nil, utc(12, 0), ""},
		{"no meetings yet", map[string]int{"Europe/Berlin": 5, "Asia/Tokyo": 5}, nil, utc(12, 0), "11:30"},
	} {
		got := ""
		if better := fairerHour(c.members, c.starts, next, c.now); !better.IsZero() {
			got = better.Format("15:04")
			if better.YearDay() != next.YearDay() {
				t.Errorf("%s: on %s", c.name, better)
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestHostOf: turns go round by the dates of the rule, also where one is cancelled or moved, and can be swapped.
func TestHostOf(t *testing.T) {
	m := store.Meeting{Starts: time.Date(2026, 3, 3, 15, 0, 0, 0, time.UTC), Zone: "Europe/Berlin", Length: time.Hour, Rule: "FREQ=WEEKLY",
		Settings: store.MeetingSettings{Rota: store.Rota{Hosts: []int64{1, 2, 3}, Notetakers: []int64{7}, From: time.Date(2026, 3, 9, 0, 0, 0, 0, time.UTC)}}}
	key := func(week int) string {
		return time.Date(2026, 3, 3+7*week, 15, 0, 0, 0, mustZone(t, "Europe/Berlin")).UTC().Format("20060102T150405Z")
	}
	m.Settings.Rota.Swaps = map[string]store.Turn{key(3): {Host: 9}}
	m.Changes = []store.DateChange{{Occurrence: key(2), Cancelled: true}}
	for week, want := range map[int]int64{0: 1, 1: 1, 2: 2, 3: 9, 4: 1, 5: 2, 6: 3, 300: 3, 1500: 3} {
		if got := HostOf(m, key(week)); got.Host != want || got.Notetaker != 7 {
			t.Errorf("week %d: %+v, want host %d", week, got, want)
		}
	}
	if got := HostOf(store.Meeting{Settings: m.Settings}, ""); got.Host != 1 {
		t.Errorf("one date: %+v", got)
	}
	if got := HostOf(store.Meeting{Rule: "FREQ=DAILY", Zone: "UTC"}, "20260303T150000Z"); got != (store.Turn{}) {
		t.Errorf("no rota: %+v", got)
	}
}

// TestRotaGoesOn: a series that is split keeps its turns.
func TestRotaGoesOn(t *testing.T) {
	m := store.Meeting{Starts: time.Date(2026, 3, 3, 15, 0, 0, 0, time.UTC), Zone: "UTC", Length: time.Hour, Rule: "FREQ=WEEKLY",
		Settings: store.MeetingSettings{Rota: store.Rota{Hosts: []int64{1, 2, 3}, Notetakers: []int64{7, 8}}}}
	m.Settings.Rota.From = m.Starts
	title := "Another"
	for _, week := range []int{1, 2, 3, 4, 9} {
		at := m.Starts.AddDate(0, 0, 7*week)
		_, later, err := split(m, itip.At(at, time.UTC), Edit{Title: &title}, m.Starts)
		if err != nil {
			t.Fatal(err)
		}
		for after := range 5 {
			key := at.AddDate(0, 0, 7*after).Format("20060102T150405Z")
			if got, want := HostOf(later, key), HostOf(m, key); got != want {
				t.Errorf("split at week %d: week %d is %+v, was %+v", week, week+after, got, want)
			}
		}
	}
}

func mustZone(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}
