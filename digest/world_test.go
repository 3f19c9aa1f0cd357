package digest

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"guildpost/digest/measure"
	"guildpost/store"
	"guildpost/store/storetest"
)

// A lifelike is a community that lived for fifteen months: drawn by a seed, and filed through the store as mail would be.
type lifelike struct {
	t         testing.TB
	db        *store.DB
	community store.Community
	random    *rand.Rand
	window    measure.Window
	members   []store.Subscription
	messages  []sent
	meetings  []met
}

// A sent message is what its author's program wrote.
type sent struct {
	id, from   string
	at         time.Time
	references []string // the oldest first, as in the field
	fresh, old int
}

func newLifelike(t testing.TB, db *store.DB, seed uint64, threads int) *lifelike {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	l := &lifelike{t: t, db: db, random: rand.New(rand.NewPCG(seed, 1)), window: measure.LastMonth(storetest.Now, zone)}
	l.community = storetest.Community(t, db, fmt.Sprintf("life%d", seed))
	for i := range 60 {
		l.join(i)
	}
	for i := range threads {
		l.talk(i)
	}
	l.file()
	for i := range threads / 8 {
		l.meet(i)
	}
	return l
}

// before is a random time up to so many days before now.
func (l *lifelike) before(days int) time.Time {
	return storetest.Now.Add(-time.Duration(1+l.random.Int64N(int64(days)*24*60)) * time.Minute)
}

// join lets one more person in; some lead, some leave and some of these come again, some cannot be reached.
func (l *lifelike) join(i int) {
	at := l.before(450)
	m := store.NewMember{Address: storetest.Address(l.community, i), Name: fmt.Sprintf("Member %d", i)}
	if i < 3 {
		m.Roles = []store.Role{store.Facilitator}
	}
	s, _, err := l.db.AddMember(l.t.Context(), storetest.By(at), l.community.ID, m)
	l.check(err)
	l.members = append(l.members, s)
	end := func(state store.SubscriptionState) {
		if at = at.Add(time.Duration(1+l.random.IntN(200*24)) * time.Hour); at.Before(storetest.Now) {
			l.check(l.db.EndSubscription(l.t.Context(), storetest.By(at), s.ID, state))
		}
	}
	switch l.random.IntN(6) {
	case 0:
		end(store.Left)
		if at = at.Add(240 * time.Hour); at.Before(storetest.Now) && l.random.IntN(2) == 0 {
			_, _, err = l.db.AddMember(l.t.Context(), storetest.By(at), l.community.ID, m)
			l.check(err)
		}
	case 1:
		end(store.Suspended)
		if l.random.IntN(2) == 0 {
			end(store.Removed)
		}
	}
}

// author draws who writes: some much more than others, and sometimes a stranger.
func (l *lifelike) author() string {
	if l.random.IntN(12) == 0 {
		return fmt.Sprintf("guest%d@elsewhere.example", l.random.IntN(5))
	}
	i := int(float64(len(l.members)) * l.random.Float64() * l.random.Float64())
	return l.members[i].Address
}

// talk writes a thread.
func (l *lifelike) talk(i int) {
	at := l.before(440)
	thread := []sent{{id: fmt.Sprintf("t%d-0", i), from: l.author(), at: at, fresh: 10 + l.random.IntN(500)}}
	for n := 1; l.random.IntN(4) > 0 && n < 12; n++ {
		parent := thread[l.random.IntN(len(thread))]
		at := parent.at.Add(time.Duration(1+l.random.IntN(1+l.random.IntN(5*24*60))) * time.Minute)
		if at.After(storetest.Now) {
			break
		}
		thread = append(thread, sent{id: fmt.Sprintf("t%d-%d", i, n), from: l.author(), at: at,
			references: append(parent.references[:len(parent.references):len(parent.references)], parent.id),
			fresh:      1 + l.random.IntN(300), old: l.random.IntN(300)})
	}
	l.messages = append(l.messages, thread...)
}

// file files the messages in a random order: mail is late, and archives are imported later.
func (l *lifelike) file() {
	l.random.Shuffle(len(l.messages), func(i, j int) { l.messages[i], l.messages[j] = l.messages[j], l.messages[i] })
	for _, m := range l.messages {
		a := storetest.Arrival(l.community, m.id)
		a.From, a.Date, a.Subject, a.SubjectBase, a.Text = m.from, m.at, "About", "", store.PostText{NewChars: m.fresh, QuotedChars: m.old}
		for i := range m.references {
			a.References = append(a.References, m.references[len(m.references)-1-i]+"@example.org")
		}
		if ids, err := l.db.MembersByAddress(l.t.Context(), []string{m.from}); err == nil && len(ids) == 1 && l.random.IntN(3) > 0 {
			a.MemberID = ids[0]
		}
		storetest.Accept(l.t, l.db, a)
	}
}

func (l *lifelike) check(err error) {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
}
