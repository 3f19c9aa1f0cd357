package yeartest

import (
	"math/rand/v2"
	"slices"
	"time"
)

// A Year is what happens to a community, as values.
type Year struct {
	Law      Law
	Zone     *time.Location `json:"-"`
	From, To time.Time
	People   []Person
	Posts    []Post // by time
	Meetings []Meeting
	Thanks   []Thanks
}

// A Class is how much somebody gives to a community.
type Class int

// The classes, in the bands of Wenger, McDermott and Snyder.
const (
	Core Class = iota
	Active
	Edge
)

// A Person is a member for a time, or a sponsor.
type Person struct {
	Name, Address        string
	Named                bool // agrees to be named
	Zone, Language       string
	Class                Class
	Facilitator, Sponsor bool
	Joined               time.Time
	Left, Bounced        time.Time // zero for never
	region               int
}

// In says whether they are a member at a time.
func (p *Person) In(at time.Time) bool {
	return !p.Joined.After(at) && (p.Left.IsZero() || p.Left.After(at)) && (p.Bounced.IsZero() || p.Bounced.After(at))
}

// Start and End are those of every year, in the zone of its community.
func span(zone *time.Location) (from, to time.Time) {
	return time.Date(2025, 9, 1, 0, 0, 0, 0, zone), time.Date(2026, 11, 1, 0, 0, 0, 0, zone)
}

// A source draws one kind of thing that happens. Whoever adds a kind of record to guildpost adds a source, at the end: its stream
// of random numbers is its place.
type source func(*drawing)

var sources = []source{(*drawing).people, (*drawing).threads, (*drawing).meetings, (*drawing).thanks}

// A drawing is a year being made.
type drawing struct {
	*Year
	*rand.Rand
	threadsBegun []thread
}

// Generate draws a year. It panics where this machine does not know a zone of the law.
func Generate(law Law, seed uint64) *Year {
	zone := mustZone(law.Zone)
	y := &Year{Law: law, Zone: zone}
	y.From, y.To = span(zone)
	d := &drawing{Year: y}
	for i, draw := range sources {
		d.Rand = rand.New(rand.NewPCG(seed, uint64(i)))
		draw(d)
	}
	slices.SortStableFunc(y.Posts, func(a, b Post) int { return a.At.Compare(b.At) })
	return y
}

// zones are those that were looked up.
func mustZone(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return zone
}

// month is which month of the year a time lies in; one outside counts as the nearest.
func (y *Year) month(at time.Time) int {
	at = at.In(y.Zone)
	n := (at.Year()-y.From.Year())*12 + int(at.Month()) - int(y.From.Month())
	return min(max(n, 0), Months-1)
}

// chance is true so many times in one.
func (d *drawing) chance(p float64) bool { return d.Float64() < p }
