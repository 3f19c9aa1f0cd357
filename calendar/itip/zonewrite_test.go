package itip

import (
	"strings"
	"testing"
	"time"
)

// writtenRules writes a VTIMEZONE for a span and reads it back.
func writtenRules(t *testing.T, zone *time.Location, from, to time.Time) (*zoneRules, string) {
	t.Helper()
	w := &writer{}
	w.raw("BEGIN", nil, "VCALENDAR")
	w.zone(zoneSpan{zone, from, to})
	w.raw("END", nil, "VCALENDAR")
	if w.err != nil {
		t.Fatal(w.err)
	}
	root, err := decodeTree(string(w.out))
	if err != nil {
		t.Fatal(err)
	}
	return readZoneRules(root.Children[0]), string(w.out)
}

// TestWriteEveryZone: what is written for each zone of the database shows on each day of ten years what the zone shows.
func TestWriteEveryZone(t *testing.T) {
	longest, of := 0, ""
	for name := range strings.SplitSeq(zoneNames, "\n") {
		zone := loadZone(name)
		if zone == nil {
			t.Errorf("%s cannot be loaded", name)
			continue
		}
		for _, year := range []int{1995, 2026} {
			from, to := time.Date(year, 5, 1, 0, 0, 0, 0, time.UTC), time.Date(year+endlessYears, 5, 1, 0, 0, 0, 0, time.UTC)
			rules, text := writtenRules(t, zone, from, to)
			if len(text) > longest {
				longest, of = len(text), name
			}
			if day := firstOtherDay(rules, zone, from, to); !day.IsZero() {
				t.Errorf("%s shows something else at %s:\n%s", name, day, text)
			}
		}
	}
	t.Logf("at most %d octets, for %s", longest, of)
	if longest > 8000 {
		t.Errorf("the VTIMEZONE of %s has %d octets", of, longest)
	}
}

// firstOtherDay looks at each half day.
func firstOtherDay(rules *zoneRules, zone *time.Location, from, to time.Time) time.Time {
	offset, list := rules.onsets(from, to)
	for at := from; at.Before(to); at = at.Add(12 * time.Hour) {
		for len(list) > 0 && !list[0].at.After(at) {
			offset, list = list[0].to, list[1:]
		}
		if offsetAt(zone, at) != offset {
			return at
		}
	}
	return time.Time{}
}

// TestWriteZoneRules: zones that repeat year by year are written by rules, on both hemispheres and whatever the shift.
func TestWriteZoneRules(t *testing.T) {
	for name, want := range map[string]string{
		"Europe/Berlin":       "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
		"America/New_York":    "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU",
		"Australia/Sydney":    "RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=1SU",
		"Australia/Lord_Howe": "RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=1SU",
		"America/Santiago":    "RRULE:FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=2,3,4,5,6,7,8;BYDAY=SU RRULE:FREQ=YEARLY;BYMONTH=9;BYMONTHDAY=2,3,4,5,6,7,8;BYDAY=SU",
		"Asia/Jerusalem":      "RRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=23,24,25,26,27,28,29;BYDAY=FR RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
		"Asia/Kolkata":        "",
		"America/Sao_Paulo":   "",
	} {
		from := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
		_, text := writtenRules(t, loadZone(name), from, from.AddDate(1, 0, 0))
		seen := map[string]bool{}
		for line := range strings.SplitSeq(text, "\r\n") {
			if strings.HasPrefix(line, "RRULE:") {
				seen[line] = true
			}
		}
		for rule := range strings.SplitSeq(want, " ") {
			if rule != "" && !seen[rule] {
				t.Errorf("%s: no %s in\n%s", name, rule, text)
			}
		}
		if want == "" && len(seen) > 0 {
			t.Errorf("%s has no summer time, but\n%s", name, text)
		}
	}
}

func TestWriteZoneLordHowe(t *testing.T) {
	_, text := writtenRules(t, loadZone("Australia/Lord_Howe"), time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC))
	const want = "BEGIN:VCALENDAR\r\nBEGIN:VTIMEZONE\r\nTZID:Australia/Lord_Howe\r\n" +
		"BEGIN:STANDARD\r\nDTSTART:20250406T020000\r\nTZOFFSETFROM:+1100\r\nTZOFFSETTO:+1030\r\nTZNAME:+1030\r\nRRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU\r\nEND:STANDARD\r\n" +
		"BEGIN:DAYLIGHT\r\nDTSTART:20251005T020000\r\nTZOFFSETFROM:+1030\r\nTZOFFSETTO:+1100\r\nTZNAME:+11\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=1SU\r\nEND:DAYLIGHT\r\n" +
		"END:VTIMEZONE\r\nEND:VCALENDAR\r\n"
	if text != want {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
}
