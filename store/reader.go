package store

import (
	"strings"
	"sync"
	"time"
)

// zones are those that were loaded: a digest run asks for one a reader.
var zones sync.Map // of *time.Location by name

// FirstZone returns the first of some time zones that this machine knows, by their IANA names; "" is none. It is nil where none
// is known.
func FirstZone(names ...string) *time.Location {
	for _, name := range names {
		if zone, ok := zones.Load(name); ok {
			return zone.(*time.Location)
		}
		if zone, err := time.LoadLocation(name); name != "" && err == nil {
			zones.Store(name, zone)
			return zone
		}
	}
	return nil
}

// NextHour is the next time after another at which the clocks of a zone show an hour, on a day that fits; nil fits every day. An
// hour that the clocks skip is the one after it.
func NextHour(after time.Time, hour int, zone *time.Location, fits func(day time.Time) bool) time.Time {
	local := after.In(zone)
	for day := 0; ; day++ {
		at := time.Date(local.Year(), local.Month(), local.Day()+day, hour, 0, 0, 0, zone)
		if at.After(after) && (fits == nil || fits(at)) {
			return at
		}
	}
}

// Back is when somebody is there after a time: then, or when they are back from a vacation.
func (s Subscription) Back(after time.Time) time.Time {
	if s.VacationUntil.After(after) {
		return s.VacationUntil
	}
	return after
}

// Called is what somebody is called: by their name, else their address.
func (s Subscription) Called() string {
	if name := strings.TrimSpace(s.Name); name != "" {
		return name
	}
	return s.Address
}
