package itip

import (
	"strings"
	"testing"
	"time"
)

func TestZoneNames(t *testing.T) {
	for name, want := range map[string]string{
		"Europe/Berlin":                         "Europe/Berlin",
		"europe/berlin":                         "Europe/Berlin",
		`"America/Los_Angeles"`:                 "America/Los_Angeles",
		"US/Pacific":                            "US/Pacific",
		"Etc/GMT+11":                            "Etc/GMT+11",
		"/mozilla.org/20070129_1/Europe/Berlin": "Europe/Berlin",
		"/freeassociation.sourceforge.net/Tzfile/America/Argentina/Ushuaia": "America/Argentina/Ushuaia",
		"tzone://Microsoft/Utc":   "UTC",
		"UTC":                     "UTC",
		"GMT":                     "UTC",
		"W. Europe Standard Time": "Europe/Berlin",
		"w. europe standard time": "Europe/Berlin",
		"India Standard Time":     "Asia/Kolkata",
		"Romance":                 "Europe/Paris",
		"Eastern Daylight Time":   "America/New_York",
		"(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna": "Europe/Amsterdam",
		"(UTC+01:00) Brussels\\, Copenhagen":                           "Europe/Brussels",
		"(GMT+01.00) Sarajevo/Warsaw/Zagreb":                           "Europe/Sarajevo",
		"(UTC-05:00) Eastern Time (US & Canada)":                       "America/New_York",
		"(GMT-08:00) Pacific Time (US & Canada); Tijuana":              "America/Los_Angeles",
		"Pacific Time (US & Canada), Tijuana":                          "America/Los_Angeles",
		"Chennai, Kolkata, Mumbai, New Delhi":                          "Asia/Kolkata",
		"American/New_York":                                            "America/New_York",
		"America-Chicago":                                              "America/Chicago",
		"UTC+02:00":                                                    "UTC+02:00",
		"GMT-5":                                                        "UTC-05:00",
		"+0530":                                                        "UTC+05:30",
		"PST":                                                          "America/Los_Angeles",
		"Customized Time Zone":                                         "",
		"Mars/Olympus Mons":                                            "",
		"(UTC+09:00) Berlin":                                           "", // a city that is not there
		"../../etc/passwd":                                             "",
		"":                                                             "",
		strings.Repeat("A/", 5000):                                     "",
	} {
		got := ""
		if zone, ok := Zone(name); ok {
			got = zone.String()
		}
		if got != want {
			t.Errorf("%.60q: got %q, want %q", name, got, want)
		}
	}
	first, _ := Zone("W. Europe Standard Time")
	second, _ := Zone("Europe/Berlin")
	if first != second {
		t.Error("the same zone is two pointers")
	}
}

// vtimezone makes an object with an event in 2026 in a zone of that name and rules.
func vtimezone(id, rules string) string {
	return "BEGIN:VCALENDAR\r\nBEGIN:VTIMEZONE\r\nTZID:" + id + "\r\n" + rules + "END:VTIMEZONE\r\n" +
		"BEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;TZID=\"" + id + "\":20260701T120000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
}

const (
	berlinOfOutlook = "BEGIN:STANDARD\r\nDTSTART:16010101T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nRRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10\r\nEND:STANDARD\r\n" +
		"BEGIN:DAYLIGHT\r\nDTSTART:16010101T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nRRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3\r\nEND:DAYLIGHT\r\n"
	sydney = "BEGIN:STANDARD\r\nDTSTART:20080406T030000\r\nTZOFFSETFROM:+1100\r\nTZOFFSETTO:+1000\r\nRRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU\r\nEND:STANDARD\r\n" +
		"BEGIN:DAYLIGHT\r\nDTSTART:20081005T020000\r\nTZOFFSETFROM:+1000\r\nTZOFFSETTO:+1100\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=1SU\r\nEND:DAYLIGHT\r\n"
	kolkata = "BEGIN:STANDARD\r\nDTSTART:16010101T000000\r\nTZOFFSETFROM:+0530\r\nTZOFFSETTO:+0530\r\nEND:STANDARD\r\n"
	// American rules as they were until 2006, an hour to the east of New York: nobody has them today.
	outdated = "BEGIN:STANDARD\r\nDTSTART:19671029T020000\r\nTZOFFSETFROM:-0300\r\nTZOFFSETTO:-0400\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\nEND:STANDARD\r\n" +
		"BEGIN:DAYLIGHT\r\nDTSTART:19870405T020000\r\nTZOFFSETFROM:-0400\r\nTZOFFSETTO:-0300\r\nRRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=4\r\nEND:DAYLIGHT\r\n"
	macOfThisYear = "BEGIN:DAYLIGHT\r\nDTSTART:20260329T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\nEND:DAYLIGHT\r\n" +
		"BEGIN:STANDARD\r\nDTSTART:20261025T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\nEND:STANDARD\r\n"
)

// TestZoneByContent: where the name says nothing, the rules are compared with all zones; where no zone has them they are a
// zone themselves; and it is never silently UTC.
func TestZoneByContent(t *testing.T) {
	for _, c := range []struct{ name, id, rules, zone, instant, problem string }{
		{"Outlook's custom zone", "Customized Time Zone", berlinOfOutlook, "Europe/Berlin", "2026-07-01T10:00:00Z", ""},
		{"a hint among equals", "Sarajevo, Skopje, Warsaw, Zagreb", berlinOfOutlook, "Europe/Sarajevo", "2026-07-01T10:00:00Z", ""},
		{"a hint that is wrong", "Tokyo", berlinOfOutlook, "Europe/Berlin", "2026-07-01T10:00:00Z", ""},
		{"the southern half", "Customized Time Zone 1", sydney, "Australia/Sydney", "2026-07-01T02:00:00Z", ""},
		{"no summer time", "{1}", kolkata, "Asia/Kolkata", "2026-07-01T06:30:00Z", ""},
		{"rules from this year on", "Mac", macOfThisYear, "Europe/Berlin", "2026-07-01T10:00:00Z", ""},
		{"rules of no zone", "Old Halifax", outdated, "Old Halifax", "2026-07-01T15:00:00Z", ""},
		{"the name counts first", "Europe/Paris", sydney, "Europe/Paris", "2026-07-01T10:00:00Z", ""},
		{"libical's location", "X", "X-LIC-LOCATION:Europe/Rome\r\n" + berlinOfOutlook, "Europe/Rome", "2026-07-01T10:00:00Z", ""},
		{"no rules", "Mars", "", "", "2026-07-01T12:00:00Z", `the time zone "Mars" is not known`},
	} {
		objects, err := Read([]byte(vtimezone(c.id, c.rules)), Hint{})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		start := objects[0].Events[0].Start
		if got := start.ZoneName(); got != c.zone {
			t.Errorf("%s: got zone %q, want %q", c.name, got, c.zone)
		}
		if got := start.Instant(nil).Format(time.RFC3339); got != c.instant {
			t.Errorf("%s: got %s, want %s", c.name, got, c.instant)
		}
		if got := strings.Join(objects[0].Problems, "; "); !strings.Contains(got, c.problem) || c.problem == "" && got != "" {
			t.Errorf("%s: got the problems %q, want %q", c.name, got, c.problem)
		}
		if c.zone == "" && start.UnknownZone != c.id {
			t.Errorf("%s: the unknown zone is told as %q", c.name, start.UnknownZone)
		}
	}
}

// TestOwnZoneChanges: a zone made of rules alone changes its clocks by them, year after year.
func TestOwnZoneChanges(t *testing.T) {
	objects, err := Read([]byte(vtimezone("Old Halifax", outdated)), Hint{})
	if err != nil {
		t.Fatal(err)
	}
	zone := objects[0].Events[0].Start.Zone
	for wall, want := range map[string]time.Duration{"2026-04-04": -4, "2026-04-06": -3, "2026-10-24": -3, "2026-10-26": -4, "2040-07-01": -3, "2040-12-01": -4} {
		day, _ := time.Parse(time.DateOnly, wall)
		if got := offsetAt(zone, day.Add(18*time.Hour)); got != want*time.Hour {
			t.Errorf("%s: got %s, want %dh", wall, got, want)
		}
	}
}
