package storetest

import (
	"fmt"
	"testing"
	"time"

	"guildpost/store"
)

func latestPost(t *testing.T, db *store.DB) {
	c, other := Community(t, db, "rust"), Community(t, db, "go")
	var threads []int64
	for i, member := range []int64{7, 8, 7} {
		a := Arrival(c, fmt.Sprint(i))
		a.MemberID, a.Now = member, Now.Add(time.Duration(i)*time.Minute)
		if i == 1 {
			a.References = []string{"0@example.org"}
		}
		threads = append(threads, Accept(t, db, a).ThreadID)
	}
	for _, test := range []struct {
		name              string
		community, member int64
		thread            int64
		want              string // "" for none
	}{
		{"of a member", c.ID, 7, 0, "2@example.org"},
		{"of a member in a thread", c.ID, 7, threads[0], "0@example.org"},
		{"of anybody in a thread", c.ID, 0, threads[0], "1@example.org"},
		{"of a member who wrote elsewhere", c.ID, 8, threads[2], ""},
		{"in another community", other.ID, 7, 0, ""},
		{"in another community's thread", other.ID, 0, threads[0], ""},
	} {
		p, err := db.LatestPost(ctx, test.community, test.member, test.thread)
		if store.KindOf(err) != store.NotFound {
			check(t, err)
		}
		equal(t, test.name, p.MessageID, test.want)
	}
}

func authorPosts(t *testing.T, db *store.DB) {
	c, other := Community(t, db, "rust"), Community(t, db, "go")
	for i, from := range []string{"ann@example.org", "ann@home.example", "ben@example.org"} {
		a := Arrival(c, from)
		a.From, a.Now = from, Now.Add(time.Duration(i)*time.Minute)
		if i < 2 {
			a.MemberID = 7
		}
		Accept(t, db, a)
	}
	tests := []struct {
		name   string
		c      store.Community
		member int64
		from   string
		since  time.Duration
		most   int
		want   int
	}{
		{"by both addresses", c, 7, "ann@example.org", -time.Hour, 10, 2},
		{"as a stranger", c, 0, "ben@example.org", -time.Hour, 10, 1},
		{"strangers are not one person", c, 0, "zoe@example.org", -time.Hour, 10, 0},
		{"after the first", c, 7, "ann@example.org", 30 * time.Second, 10, 1},
		{"up to a bound", c, 7, "ann@example.org", -time.Hour, 1, 1},
		{"in another community", other, 7, "ann@example.org", -time.Hour, 10, 0},
	}
	for _, test := range tests {
		n, err := db.PostsSince(ctx, test.c.ID, test.member, test.from, Now.Add(test.since), test.most)
		check(t, err)
		equal(t, test.name, n, test.want)
		if test.since < 0 {
			has, err := db.HasPosted(ctx, test.c.ID, test.member, test.from)
			check(t, err)
			equal(t, test.name+": has posted", has, test.want > 0)
		}
	}
}

func threadOf(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	first := Accept(t, db, Arrival(c, "one"))
	answer := Arrival(c, "two")
	answer.References = []string{"one@example.org"}
	id, last, err := db.ThreadOf(ctx, answer)
	check(t, err)
	equal(t, "thread", id, first.ThreadID)
	equal(t, "last", last, Now)
	answer.From = "ben@example.org"
	id, last, err = db.ThreadOf(ctx, answer)
	check(t, err)
	equal(t, "thread for another", id, first.ThreadID)
	equal(t, "who has not posted to it", last.IsZero(), true)
	id, _, err = db.ThreadOf(ctx, Arrival(c, "three"))
	check(t, err)
	equal(t, "a new thread", id, 0)
}

func receipt(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	Members(t, db, c, 6)
	post := Accept(t, db, Arrival(c, "one"))
	r, err := db.Receipt(ctx, post.PostID, 10)
	check(t, err)
	equal(t, "expanding", r.Expanding, true)

	worker, err := db.JoinWorkers(ctx, Now)
	check(t, err)
	_, err = db.Expand(ctx, Now)
	check(t, err)
	claimed, err := db.Claim(ctx, worker, 10, Now)
	check(t, err)
	equal(t, "claimed", len(claimed), 6)
	later := Now.Add(time.Hour)
	check(t, db.RecordOutcomes(ctx, worker, Now, []store.Outcome{
		{DeliveryID: claimed[0].ID, State: store.Sent}, {DeliveryID: claimed[1].ID, State: store.Sent},
		{DeliveryID: claimed[2].ID, State: store.Deferred, NextAt: later, Reply: "450 4.2.0 greylisted"},
		{DeliveryID: claimed[3].ID, State: store.Failed, Reply: "550 5.1.1 no such user"},
		{DeliveryID: claimed[4].ID, State: store.Deferred, NextAt: later, Reply: "the connection broke", InDoubt: true},
	}))
	check(t, db.LeaveWorkers(ctx, worker)) // brings the outcomes in, and gives the sixth back
	r, err = db.Receipt(ctx, post.PostID, 3)
	check(t, err)
	got := [6]int{r.Total, r.Delivered, r.Waiting, r.Refused, r.InDoubt, len(r.Open)}
	equal(t, "total, delivered, waiting, refused, in doubt, named", got, [6]int{6, 2, 2, 1, 1, 3})
	equal(t, "expanding", r.Expanding, false)
	equal(t, "the reply", r.Open[0].Reply, "450 4.2.0 greylisted")
	_, err = db.Receipt(ctx, 99, 3)
	wantKind(t, "of no post", err, store.NotFound)
}

func bans(t *testing.T, db *store.DB) {
	c, other := Community(t, db, "rust"), Community(t, db, "go")
	s := Members(t, db, c, 1)[0]
	add := func(community int64, kind store.BanKind, value string, until time.Time) int64 {
		id, err := db.AddBan(ctx, By(Now), store.Ban{CommunityID: community, Kind: kind, Value: value, Until: until, Reason: "why"}, nil)
		check(t, err)
		return id
	}
	add(c.ID, store.BanAddress, "ann@example.org", time.Time{})
	add(c.ID, store.BanDomain, "spam.example", Now.Add(time.Hour))
	person := add(c.ID, store.BanPerson, "1", time.Time{})
	add(0, store.BanAddress, "everywhere@example.org", time.Time{})
	tests := []struct {
		name    string
		c       store.Community
		address string
		after   time.Duration
		want    bool
	}{
		{"an address", c, "ann@example.org", 0, true},
		{"another", c, "anna@example.org", 0, false},
		{"elsewhere", other, "ann@example.org", 0, false},
		{"a domain", c, "x@spam.example", 0, true},
		{"one below it", c, "x@mail.spam.example", 0, true},
		{"one that ends alike", c, "x@nospam.example", 0, false},
		{"after its end", c, "x@spam.example", time.Hour, false},
		{"a person", c, s.Address, 0, true},
		{"everywhere", other, "everywhere@example.org", 0, true},
	}
	for _, test := range tests {
		b, err := db.BanOf(ctx, Now.Add(test.after), test.c.ID, test.address)
		check(t, err)
		equal(t, test.name, b != nil, test.want)
	}
	b, err := db.Ban(ctx, person)
	check(t, err)
	equal(t, "reason", b.Reason, "why")
	equal(t, "the same ban, for longer", add(c.ID, store.BanDomain, "spam.example", Now.Add(2*time.Hour)), b.ID-1)
	found, err := db.BanOf(ctx, Now.Add(time.Hour), c.ID, "x@spam.example")
	check(t, err)
	equal(t, "holds on", found != nil, true)
	check(t, db.LiftBan(ctx, By(Now), person))
	_, err = db.Ban(ctx, person)
	wantKind(t, "a lifted ban", err, store.NotFound)
	of, err := db.SubscriptionOf(ctx, c.ID, s.MemberID)
	check(t, err)
	equal(t, "subscription", of.ID, s.ID)
	_, err = db.SubscriptionOf(ctx, other.ID, s.MemberID)
	wantKind(t, "elsewhere", err, store.NotFound)
}
