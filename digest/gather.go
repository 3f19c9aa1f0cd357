package digest

import (
	"cmp"
	"context"
	"strings"
	"sync"
	"time"

	"guildpost/digest/measure"
	"guildpost/store"
)

// A Gatherer reads records from the store. Its methods may be called from many goroutines.
type Gatherer struct {
	DB   *store.DB
	Zone *time.Location // of the installation, for communities that have none of their own

	mu   sync.Mutex
	kept []keptReport // the latest first
}

// A gathering is one reading.
type gathering struct {
	*Gatherer
	community store.Community
	window    measure.Window
	records   *measure.Records
	from      time.Time // posts are read after it
	since     time.Time // memberships are read after it
	place     map[measure.PersonID]int
	strangers map[string]measure.PersonID // by address, numbered below 0
	zones     map[string]*time.Location
}

// sources are what records are gathered from, in this order.
var sources = []func(*gathering, context.Context) error{
	(*gathering).readMemberships, (*gathering).readThreads, (*gathering).readPosts, (*gathering).readCohort, (*gathering).readThanks,
	(*gathering).readMeetings, (*gathering).readFeedback,
	(*gathering).readFirsts, // the last, since it looks at everybody who contributed
}

// CommunityZone is where a community's days begin.
func (g *Gatherer) CommunityZone(c store.Community) *time.Location {
	return cmp.Or(store.FirstZone(c.Timezone), g.Zone)
}

// Records gathers what the measures of a window, and of the one before it, are computed from.
func (g *Gatherer) Records(ctx context.Context, c store.Community, w measure.Window) (*measure.Records, error) {
	before := w.Before()
	one := &gathering{
		Gatherer: g, community: c, window: w, records: &measure.Records{Zone: w.Zone}, from: w.RecordsFrom(),
		// A day more than a year before the window before this one: its cohorts began then.
		since: before.From.AddDate(-1, 0, -2), place: map[measure.PersonID]int{}, strangers: map[string]measure.PersonID{},
		zones: map[string]*time.Location{},
	}
	for _, read := range sources {
		if err := read(one, ctx); err != nil {
			return nil, err
		}
	}
	return one.records, nil
}

// person returns what is known of a person, to be changed.
func (g *gathering) person(id measure.PersonID) *measure.Person {
	at, ok := g.place[id]
	if !ok {
		at = len(g.records.Persons)
		g.place[id] = at
		g.records.Persons = append(g.records.Persons, measure.Person{ID: id})
	}
	return &g.records.Persons[at]
}

// readFirsts finds what those who contributed had done before what was read.
func (g *gathering) readFirsts(ctx context.Context) error {
	members := g.contributors()
	if err := g.readFirstPosts(ctx, members); err != nil {
		return err
	}
	return g.readFirstAttended(ctx, members)
}

// contributors are the members who contributed anything that was read, each once.
func (g *gathering) contributors() (members []int64) {
	seen := map[measure.PersonID]bool{}
	add := func(id measure.PersonID, _ time.Time) {
		if !seen[id] && id > 0 {
			seen[id] = true
			members = append(members, id)
		}
	}
	for i := range g.records.Posts {
		add(g.records.Posts[i].Person, time.Time{})
	}
	g.records.EachOther(add)
	return members
}

// stranger is the number of somebody who is a member of nothing and known by an address alone.
func (g *gathering) stranger(address string) measure.PersonID {
	id, ok := g.strangers[address]
	if !ok {
		id = -1 - int64(len(g.strangers))
		g.strangers[address] = id
		p := g.person(id)
		p.Address, p.Unit = address, domainOf(address)
	}
	return id
}

func domainOf(address string) string {
	_, domain, _ := strings.Cut(address, "@")
	return domain
}

// zone is a member's, nil where it is not known.
func (g *gathering) zone(name string) *time.Location {
	if name == "" {
		return nil
	}
	zone, ok := g.zones[name]
	if !ok {
		zone, _ = time.LoadLocation(name) // one that this machine does not know is not known
		g.zones[name] = zone
	}
	return zone
}

func (g *gathering) readThanks(ctx context.Context) error {
	all, err := g.DB.ThanksSince(ctx, g.community.ID, g.from)
	for _, t := range all {
		if !t.At.After(g.window.To) {
			g.records.Thanks = append(g.records.Thanks, measure.Thanks{ID: t.ID, From: t.From, To: t.To, At: t.At})
		}
	}
	return err
}
