package itip

import (
	"regexp"
	"strings"
	"sync"
	"time"
)

// Zone returns the time zone of a name as calendars write them: of the IANA database in whatever case, also behind a prefix
// (/mozilla.org/20070129_1/Europe/Berlin); one of Windows' names (W. Europe Standard Time) or the text that Windows shows
// for it, "(UTC+01:00) Amsterdam, Berlin, Bern"; a distance such as UTC+02:00. The same zone is always the same pointer.
//
// Its name (String) is then that of the IANA database, but for a distance.
func Zone(name string) (*time.Location, bool) {
	if zone := zoneByName(name); zone != nil {
		return zone, true
	}
	for _, candidate := range zonesByWords(name) {
		if zone := loadZone(candidate); zone != nil && standsIn(name, zone) {
			return zone, true
		}
	}
	return zoneByDistance(name)
}

// zoneByName looks for names that mean one zone and no other; nil for none.
func zoneByName(name string) *time.Location {
	name = strings.ToLower(strings.Trim(strings.TrimSpace(name), `"'`))
	if len(name) > 200 {
		return nil
	}
	if zone := zoneByTable(name); zone != nil {
		return zone
	}
	// QUIRK: a prefix that says who made the zone: /citadel.org/…, /softwarestudio.org/…, tzone://Microsoft/Utc.
	parts := strings.Split(strings.Trim(name, "/"), "/")
	for i := 1; i < len(parts) && i < 8; i++ {
		if zone := zoneByTable(strings.Join(parts[i:], "/")); zone != nil {
			return zone
		}
	}
	return nil
}

// zoneByTable looks a name in lower case up in both tables.
//
// QUIRK: "Eastern Daylight Time" for what Windows calls Standard Time (Exchange).
func zoneByTable(name string) *time.Location {
	if known := ianaNames()[name]; known != "" {
		return loadZone(known)
	}
	for _, summer := range []string{" daylight time", " summer time"} {
		if region, found := strings.CutSuffix(name, summer); found {
			name = region + " standard time"
		}
	}
	return loadZone(windowsZones[name])
}

// ianaNames are the names of zoneNames by themselves in lower case.
var ianaNames = sync.OnceValue(func() map[string]string {
	names := make(map[string]string, 600)
	for name := range strings.SplitSeq(zoneNames, "\n") {
		names[strings.ToLower(name)] = name
	}
	for _, utc := range []string{"z", "utc", "etc/utc", "etc/uct", "uct", "gmt", "etc/gmt", "zulu", "coordinated universal time"} {
		names[utc] = "UTC"
	}
	return names
})

// loadedZones keeps each zone, so that it is the same pointer each time.
var loadedZones sync.Map

// loadZone loads a zone by a name from our own tables, never by one from outside: the name reaches the file system.
func loadZone(name string) *time.Location {
	switch name {
	case "":
		return nil
	case "UTC":
		return time.UTC
	}
	if zone, known := loadedZones.Load(name); known {
		return zone.(*time.Location)
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	kept, _ := loadedZones.LoadOrStore(name, zone)
	return kept.(*time.Location)
}

// distance is how names tell how far ahead of UTC a zone is: (UTC+01:00), (GMT-05.00), UTC+2, GMT +0100, +05:30.
var distance = regexp.MustCompile(`(?i)^\W*(?:UTC|GMT|UT)?\s*([+-])\s*(\d{1,2})[:.]?(\d\d)?\b`)

// distanceOf returns the distance that a name begins with.
func distanceOf(name string) (time.Duration, bool) {
	m := distance.FindStringSubmatch(name)
	if m == nil {
		return 0, false
	}
	hours, _ := digitsOf(m[2])
	minutes, _ := digitsOf(m[3])
	d := time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	if m[1] == "-" {
		d = -d
	}
	return d, d.Abs() <= 14*time.Hour
}

// standsIn reports whether a zone can be the one that a name with a distance means: Windows gives the distance in winter,
// that it had in some year; so an hour more is nothing wrong.
func standsIn(name string, zone *time.Location) bool {
	d, found := distanceOf(name)
	if !found {
		return true
	}
	now := time.Date(2025, 1, 15, 12, 0, 0, 0, time.UTC)
	winter, summer := offsetAt(zone, now), offsetAt(zone, now.AddDate(0, 6, 0))
	return (winter-d).Abs() <= time.Hour || (summer-d).Abs() <= time.Hour
}

// onlyDistance is a name that is nothing but a distance, so that no clocks change there.
var onlyDistance = regexp.MustCompile(`(?i)^\s*\(?(?:UTC|GMT|UT)?\s*[+-]\s*\d{1,2}(?:[:.]?\d\d)?\)?\s*$`)

// zoneByDistance makes a zone of a bare distance.
func zoneByDistance(name string) (*time.Location, bool) {
	d, found := distanceOf(name)
	if !found || !onlyDistance.MatchString(name) {
		return nil, false
	}
	if d == 0 {
		return time.UTC, true
	}
	label := time.Date(2000, 1, 1, 0, 0, 0, 0, time.FixedZone("", int(d/time.Second))).Format("UTC-07:00")
	zone, _ := loadedZones.LoadOrStore(label, time.FixedZone(label, int(d/time.Second)))
	return zone.(*time.Location), true
}
