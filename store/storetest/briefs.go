package storetest

import (
	"fmt"
	"testing"
	"time"

	"guildpost/store"
)

var briefCases = []testCase{
	{"a brief is due to who facilitates, as long as they want it", briefFollows},
	{"a brief goes out once, with the time of the next one", briefOnce},
	{"a brief's time is found out anew when clocks change", briefClocks},
	{"what an applicant said is found by their address", briefApplication},
}

// briefsOf lists to whom a brief is due until a time, and when; * is a time to be found out.
func briefsOf(t *testing.T, db *store.DB, until time.Time) (all []string) {
	t.Helper()
	due, err := db.BriefsDue(ctx, until, 100)
	check(t, err)
	for _, b := range due {
		at := "*"
		if !b.DueAt.Equal(store.BriefUnplanned) {
			at = b.DueAt.UTC().Format(time.DateOnly)
		}
		all = append(all, b.Subscription.Address+" "+at)
	}
	return all
}

func facilitator(t *testing.T, db *store.DB, c store.Community, address string) store.Subscription {
	t.Helper()
	s, _, err := db.AddMember(ctx, By(Now), c.ID, store.NewMember{Address: address, Roles: []store.Role{store.Facilitator}})
	check(t, err)
	return s
}

func briefFollows(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	Members(t, db, c, 2)
	ada := facilitator(t, db, c, "ada@a.example")
	has := func(name string, want ...string) {
		t.Helper()
		equal(t, name, fmt.Sprint(briefsOf(t, db, Now)), fmt.Sprint(want))
	}
	change := func(f func(s *store.Subscription)) {
		t.Helper()
		f(&ada)
		check(t, db.UpdateSubscription(ctx, By(Now), ada))
	}
	has("a facilitator", "ada@a.example *")
	change(func(s *store.Subscription) { s.NoBrief = true })
	has("who wants none")
	got, err := db.Subscription(ctx, ada.ID)
	check(t, err)
	equal(t, "that is kept", got.NoBrief, true)
	change(func(s *store.Subscription) { s.NoBrief = false })
	has("who wants it again", "ada@a.example *")
	change(func(s *store.Subscription) { s.State = store.Suspended })
	has("who cannot be reached")
	change(func(s *store.Subscription) { s.State = store.Active })
	has("who can again", "ada@a.example *")
	change(func(s *store.Subscription) { s.Roles = nil })
	has("who does not facilitate any more")
	ben := Subscriptions(t, db, c)[0]
	ben.Roles = []store.Role{store.Facilitator}
	check(t, db.UpdateSubscription(ctx, By(Now), ben))
	has("who begins to", ben.Address+" *")
	check(t, db.EndSubscription(ctx, By(Now), ben.ID, store.Left))
	has("who left")
	_, err = db.ImportMembers(ctx, By(Now), c.ID, []store.NewMember{{Address: "x@x.example"}, {Address: "y@x.example", Roles: []store.Role{store.Facilitator}}})
	check(t, err)
	has("who is imported", "y@x.example *")
}

func briefOnce(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	ada := facilitator(t, db, c, "ada@a.example")
	due, err := db.BriefsDue(ctx, Now, 10)
	check(t, err)
	monday := Now.AddDate(0, 0, 7)
	send := func(was store.BriefState, next time.Time, notice *store.Notice, want bool) {
		t.Helper()
		moved, err := db.SendBrief(ctx, Now, was, next, notice)
		check(t, err)
		equal(t, "moved", moved, want)
	}
	send(due[0], monday, nil, true)
	equal(t, "before its time", len(briefsOf(t, db, monday.Add(-time.Second))), 0)
	equal(t, "nothing is sent by planning", len(Drain(t, db, Now)), 0)
	due, err = db.BriefsDue(ctx, monday, 10)
	check(t, err)
	notice := &store.Notice{CommunityID: c.ID, SubscriptionID: ada.ID, Recipient: ada.Address, Raw: []byte("To: ada\n\nbrief")}
	send(due[0], monday.AddDate(0, 0, 7), notice, true)
	send(due[0], monday.AddDate(0, 0, 7), notice, false)
	equal(t, "once", len(Drain(t, db, Now)), 1)
	equal(t, "the next", fmt.Sprint(briefsOf(t, db, monday.AddDate(0, 0, 7))), fmt.Sprint([]string{"ada@a.example " + monday.AddDate(0, 0, 7).UTC().Format(time.DateOnly)}))
	ada.NoBrief = true
	check(t, db.UpdateSubscription(ctx, By(Now), ada))
	due[0].DueAt = monday.AddDate(0, 0, 7)
	send(due[0], monday.AddDate(0, 0, 14), notice, false)
	equal(t, "none who wants none", len(Drain(t, db, Now)), 0)
}

func briefClocks(t *testing.T, db *store.DB) {
	c, other := Community(t, db, "rust"), Community(t, db, "go")
	ada := facilitator(t, db, c, "ada@a.example")
	facilitator(t, db, other, "ada@a.example")
	plan := func() {
		t.Helper()
		due, err := db.BriefsDue(ctx, Now, 10)
		check(t, err)
		for _, b := range due {
			_, err := db.SendBrief(ctx, Now, b, Now.AddDate(0, 0, 3), nil)
			check(t, err)
		}
		equal(t, "all are planned", len(briefsOf(t, db, Now)), 0)
	}
	plan()
	ada.Timezone = "Asia/Tokyo"
	check(t, db.UpdateSubscription(ctx, By(Now), ada))
	equal(t, "a person's clocks are theirs everywhere", len(briefsOf(t, db, Now)), 2)
	plan()
	ada.Delivery = store.Daily
	check(t, db.UpdateSubscription(ctx, By(Now), ada))
	c.Purpose = "We learn."
	check(t, db.UpdateCommunity(ctx, By(Now), c))
	equal(t, "another change moves nothing", len(briefsOf(t, db, Now)), 0)
	c.Timezone = "America/Lima"
	check(t, db.UpdateCommunity(ctx, By(Now), c))
	equal(t, "a community's clocks", len(briefsOf(t, db, Now)), 1)
	plan()
	journal, err := db.Journal(ctx, c.ID, 1)
	check(t, err)
	_, err = db.Undo(ctx, By(Now), journal[0].ID, nil)
	check(t, err)
	equal(t, "put back", len(briefsOf(t, db, Now)), 1)
}

func briefApplication(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	_, err := db.Application(ctx, c.ID, "zoe@z.example")
	equal(t, "who never asked", store.KindOf(err), store.NotFound)
	r, err := db.Ask(ctx, store.Request{CommunityID: c.ID, Kind: store.RequestJoin, Address: "zoe@z.example", Payload: `{"name":"Zoë"}`, State: store.Confirmed,
		AskedAt: Now, ExpiresAt: Now.Add(time.Hour)}, func(int64) ([]store.Notice, error) { return nil, nil })
	check(t, err)
	_, err = db.Application(ctx, c.ID, "zoe@z.example")
	equal(t, "while it waits", store.KindOf(err), store.NotFound)
	check(t, db.Decide(ctx, By(Now), r.ID, r.State, store.RequestDone, r.Payload, nil))
	got, err := db.Application(ctx, c.ID, "zoe@z.example")
	check(t, err)
	equal(t, "what was said", got.Payload, `{"name":"Zoë"}`)
}
