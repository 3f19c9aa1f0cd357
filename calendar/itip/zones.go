package itip

import (
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-ical"
)

// zones resolves the TZIDs of one object: by their names, else by what its VTIMEZONEs say.
type zones struct {
	rules    map[string]*zoneRules // by TZID
	known    map[string]*time.Location
	around   time.Time // a moment of the events, since rules are often right for that time only
	problems *problems
	compared int
}

// maxCompared bounds how many VTIMEZONEs of an object are compared with all zones there are, which takes milliseconds.
const maxCompared = 4

func newZones(root *ical.Component, p *problems) *zones {
	z := &zones{rules: map[string]*zoneRules{}, known: map[string]*time.Location{}, problems: p, around: around(root)}
	for _, child := range root.Children {
		if child.Name == "VTIMEZONE" {
			if id := cleanTZID(prop(child, "TZID").Value); id != "" && z.rules[id] == nil {
				z.rules[id] = readZoneRules(child)
			}
		}
	}
	return z
}

// around returns the start of the first event that has one.
func around(root *ical.Component) time.Time {
	for _, name := range []string{"DTSTART", "RECURRENCE-ID", "DTSTAMP"} {
		for _, child := range root.Children {
			if child.Name == "VTIMEZONE" {
				continue
			}
			if wall, _, _, err := parseClock(strings.TrimSpace(prop(child, name).Value)); err == nil {
				return wall
			}
		}
	}
	return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
}

// cleanTZID makes the TZID of a VTIMEZONE, which is TEXT, and that of a parameter, which is not, the same.
func cleanTZID(s string) string {
	return strings.Trim(strings.TrimSpace(unescapeText(s)), `"'`)
}

// lookup returns the zone that a TZID means in this object, or nil for one that cannot be known.
func (z *zones) lookup(tzid string) *time.Location {
	id := cleanTZID(tzid)
	if zone, known := z.known[id]; known {
		return zone
	}
	if len(z.known) > 50 {
		return nil
	}
	zone := z.find(id)
	z.known[id] = zone
	if zone == nil {
		z.problems.addf("the time zone %q is not known, and nothing in the object says what its clocks show", excerpt(id))
	}
	return zone
}

func (z *zones) find(id string) *time.Location {
	if zone := zoneByName(id); zone != nil {
		return zone
	}
	rules := z.rules[id]
	if rules == nil {
		for other, r := range z.rules { // QUIRK: the TZID of the VTIMEZONE in other letters
			if strings.EqualFold(other, id) {
				rules = r
			}
		}
	}
	if rules == nil || len(rules.observances) == 0 {
		zone, _ := Zone(id)
		return zone
	}
	for _, name := range rules.locations {
		if zone := zoneByName(name); zone != nil {
			return zone
		}
	}
	return z.byContent(id, rules)
}

// byContent finds the zone whose clocks change as a VTIMEZONE says, from a year before the events, or when the
// rules begin, to two years after. Those that the name hints at come first. If there is none, the rules are made a zone themselves.
func (z *zones) byContent(id string, rules *zoneRules) *time.Location {
	from, to := z.around.AddDate(-1, 0, 0), z.around.AddDate(2, 0, 0)
	if begin := rules.begin().Add(-time.Second); begin.After(from) && begin.Before(z.around) {
		from = begin // QUIRK: Outlook for Mac writes the rules of the event's year and no earlier ones
	}
	before, list := rules.onsets(from, to)
	for _, name := range zonesByWords(id) {
		if zone := loadZone(name); zone != nil && rules.matches(zone, before, list, from, to) {
			return zone
		}
	}
	if z.compared++; z.compared <= maxCompared {
		for _, name := range zonesByPreference() {
			if zone := loadZone(name); zone != nil && rules.matches(zone, before, list, from, to) {
				return zone
			}
		}
	}
	return rules.zone(id)
}

// preferred are those that most people mean, where several zones have the same clocks.
var preferred = []string{"Europe/Berlin", "Europe/London", "America/New_York", "America/Chicago", "America/Denver",
	"America/Los_Angeles", "America/Phoenix", "America/Halifax", "America/Sao_Paulo", "Europe/Helsinki", "Europe/Moscow",
	"Europe/Istanbul", "Asia/Jerusalem", "Asia/Dubai", "Asia/Kolkata", "Asia/Karachi", "Asia/Dhaka", "Asia/Bangkok", "Asia/Shanghai",
	"Asia/Tokyo", "Australia/Sydney", "Australia/Brisbane", "Australia/Adelaide", "Pacific/Auckland", "Africa/Johannesburg", "Africa/Lagos"}

// zonesByPreference are all zones: the preferred, then those that Windows names, then the rest.
var zonesByPreference = sync.OnceValue(func() []string {
	var windows []string
	for _, name := range windowsZones {
		windows = append(windows, name)
	}
	slices.Sort(windows)
	all := slices.Concat(preferred, windows, strings.Split(zoneNames, "\n"))
	seen := map[string]bool{}
	return slices.DeleteFunc(all, func(name string) bool {
		again := seen[name]
		seen[name] = true
		return again || !strings.Contains(name, "/") || strings.HasPrefix(name, "Etc/")
	})
})
