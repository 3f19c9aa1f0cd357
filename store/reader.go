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

// Called is what somebody is called: by their name, else their address.
func (s Subscription) Called() string {
	if name := strings.TrimSpace(s.Name); name != "" {
		return name
	}
	return s.Address
}
