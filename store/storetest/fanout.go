package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"guildpost/store"
)

var fanoutCases = []testCase{
	{"a post to 2,500 members reaches each once", manyMembers},
	{"who gets a post", whoGetsIt},
	{"joining, changing and leaving while a post is on its way", membershipOnTheWay},
	{"leaving drops what has not been handed over", leavingDrops},
	{"two posts of a community go out one after the other", postsInOrder},
	{"a post to nobody is done at once", nobody},
	{"posts to nobody do not hide the next one", nobodyThenSomebody},
	{"expanding at once makes each delivery once", expandAtOnce},
	{"expansion keeps just ahead of the service", expandAhead},
}

func manyMembers(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	Members(t, db, Community(t, db, "other"), 10)
	members := Members(t, db, c, 2500)
	Accept(t, db, Arrival(c, "one"))
	got := Drain(t, db, Now)
	want := make([]string, len(members))
	for i, s := range members {
		want[i] = s.Address
	}
	if !slices.Equal(got, want) {
		t.Errorf("%d recipients, want the %d members in their order", len(got), len(want))
	}
}

func whoGetsIt(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	tests := []struct {
		name   string
		change func(s *store.Subscription)
		state  store.SubscriptionState
		gets   bool
	}{
		{name: "each", change: func(s *store.Subscription) {}, gets: true},
		{name: "daily", change: func(s *store.Subscription) { s.Delivery = store.Daily }},
		{name: "none", change: func(s *store.Subscription) { s.Delivery = store.None }},
		{name: "vacation", change: func(s *store.Subscription) { s.VacationUntil = Now.Add(time.Hour) }},
		{name: "vacation is over", change: func(s *store.Subscription) { s.VacationUntil = Now }, gets: true},
		{name: "pending", change: func(s *store.Subscription) { s.State = store.Pending }},
		{name: "suspended", state: store.Suspended},
		{name: "left", state: store.Left},
		{name: "removed", state: store.Removed},
		{name: "banned", state: store.Banned},
		{name: "skipped", change: func(s *store.Subscription) {}},
	}
	a := Arrival(c, "one")
	var want []string
	for i, s := range Members(t, db, c, len(tests)) {
		test := tests[i]
		s.Name = test.name
		if test.state != "" {
			check(t, db.EndSubscription(ctx, By(Now), s.ID, test.state))
		} else {
			test.change(&s)
			check(t, db.UpdateSubscription(ctx, By(Now), s))
		}
		if test.name == "skipped" {
			a.Skip = append(a.Skip, s.MemberID, s.MemberID)
		}
		if test.gets {
			want = append(want, s.Address)
		}
	}
	Accept(t, db, a)
	equal(t, "recipients", fmt.Sprint(Drain(t, db, Now)), fmt.Sprint(want))
}

func membershipOnTheWay(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	members := Members(t, db, c, 10)
	Accept(t, db, Arrival(c, "one"))
	later := By(Now.Add(time.Microsecond))
	_, _, err := db.AddMember(ctx, later, c.ID, store.NewMember{Address: "late@x.example"})
	check(t, err)
	check(t, db.EndSubscription(ctx, later, members[3].ID, store.Left))
	check(t, db.EndSubscription(ctx, later, members[4].ID, store.Left))
	_, _, err = db.AddMember(ctx, later, c.ID, store.NewMember{Address: members[4].Address})
	check(t, err)
	moved := members[5]
	moved.Address = "moved@x.example"
	check(t, db.UpdateSubscription(ctx, later, moved))
	got := Drain(t, db, Now.Add(time.Second))
	equal(t, "recipients", len(got), 8)
	for _, absent := range []string{"late@x.example", members[3].Address, members[4].Address, members[5].Address} {
		if slices.Contains(got, absent) {
			t.Errorf("%s got the post", absent)
		}
	}
	equal(t, "the new address got it", slices.Contains(got, "moved@x.example"), true)
}

func leavingDrops(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	members := Members(t, db, c, 4)
	Accept(t, db, Arrival(c, "one"))
	_, err := db.Expand(ctx, Now)
	check(t, err)
	worker, err := db.JoinWorkers(ctx, Now)
	check(t, err)
	claimed, err := db.Claim(ctx, worker, 3, Now)
	check(t, err)
	check(t, recordOutcomes(db, worker, Now, []store.Outcome{{DeliveryID: claimed[0].ID, State: store.Deferred, NextAt: Now.Add(time.Hour)}}))
	for _, s := range members { // one is deferred, two are claimed, one waits
		check(t, db.EndSubscription(ctx, By(Now), s.ID, store.Left))
	}
	// The worker could not know: one of its two went out, one was refused for now.
	check(t, recordOutcomes(db, worker, Now, []store.Outcome{{DeliveryID: claimed[1].ID, State: store.Sent},
		{DeliveryID: claimed[2].ID, State: store.Deferred, NextAt: Now.Add(time.Hour)}}))
	rows := queue(t, db, store.QueueFilter{States: []store.DeliveryState{0, 1, 2, 3, 4, 5}})
	equal(t, "states", states(rows), "dropped sent dropped dropped")
	equal(t, "reason", rows[0].Reply, "the membership ended")
	equal(t, "nothing waits", len(Drain(t, db, Now.Add(2*time.Hour))), 0)
}

func postsInOrder(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	members := Members(t, db, c, 1500)
	Accept(t, db, Arrival(c, "one"))
	Accept(t, db, Arrival(c, "two"))
	got := Drain(t, db, Now)
	equal(t, "deliveries", len(got), 3000)
	equal(t, "the last of the first post", got[1499], members[1499].Address)
	equal(t, "the first of the second post", got[1500], members[0].Address)
}

func nobody(t *testing.T, db *store.DB) {
	Accept(t, db, Arrival(Community(t, db, "rust"), "one"))
	for range 2 {
		made, err := db.Expand(ctx, Now)
		check(t, err)
		equal(t, "deliveries", made, 0)
	}
	c := Community(t, db, "go")
	Members(t, db, c, 1000) // exactly a chunk, perhaps
	Accept(t, db, Arrival(c, "two"))
	equal(t, "recipients", len(Drain(t, db, Now)), 1000)
}

func nobodyThenSomebody(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	for i := range 5 {
		Accept(t, db, Arrival(c, fmt.Sprint("early", i)))
	}
	_, _, err := db.AddMember(ctx, By(Now.Add(time.Minute)), c.ID, store.NewMember{Address: "a@x.example"})
	check(t, err)
	late := Arrival(c, "late")
	late.Now = Now.Add(time.Hour)
	Accept(t, db, late)
	made, err := db.Expand(ctx, late.Now)
	check(t, err)
	equal(t, "deliveries", made, 1)
}

func expandAtOnce(t *testing.T, db *store.DB) {
	for i := range 3 {
		c := Community(t, db, fmt.Sprintf("c%d", i))
		Members(t, db, c, 1200)
		Accept(t, db, Arrival(c, "one"))
	}
	atOnce(6, func(int) {
		for range 4 {
			if _, err := db.Expand(ctx, Now); err != nil {
				t.Error(err)
			}
		}
	})
	got := Drain(t, db, Now)
	slices.Sort(got)
	equal(t, "deliveries", len(got), 3600)
	equal(t, "different recipients", len(slices.Compact(got)), 3600)
}

func expandAhead(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	Members(t, db, c, 6000)
	Accept(t, db, Arrival(c, "one"))
	total := 0
	for {
		made, err := db.Expand(ctx, Now)
		check(t, err)
		if made == 0 {
			break
		}
		total += made
	}
	if total < 1000 || total > 5000 {
		t.Errorf("%d deliveries wait although none was claimed, want 1,000 to 5,000", total)
	}
	equal(t, "delivered in the end", len(Drain(t, db, Now)), 6000)
}
