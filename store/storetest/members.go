package storetest

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"guildpost/store"
)

var memberCases = []testCase{
	{"somebody joins, and again", joinTwice},
	{"who comes back has the old settings and no roles", comeBack},
	{"a person with two addresses is one member", twoAddresses},
	{"an address of somebody else cannot be taken", foreignAddress},
	{"an import can be repeated", importAgain},
	{"an import is all or nothing", importAllOrNothing},
	{"settings are kept", changeSubscription},
	{"leaving ends the membership and voids its tickets", leave},
	{"an old copy of a subscription does not bring back its epoch", staleSubscription},
	{"subscriptions are filtered and paged", filterSubscriptions},
	{"every change is in the journal, newest first", journal},
	{"a member that is not there", noMember},
}

func join(t *testing.T, db *store.DB, c store.Community, m store.NewMember) store.Subscription {
	t.Helper()
	s, _, err := db.AddMember(ctx, By(Now), c.ID, m)
	check(t, err)
	return s
}

func joinTwice(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	s, added, err := db.AddMember(ctx, By(Now), c.ID, store.NewMember{Address: "ann@x.example", Name: "Ann"})
	check(t, err)
	want := store.Subscription{ID: s.ID, CommunityID: c.ID, MemberID: s.MemberID, Name: "Ann", Address: "ann@x.example",
		State: store.Active, Delivery: store.Each, OwnCopies: true, DigestHour: store.DefaultDigestHour, Since: Now}
	if !added || !reflect.DeepEqual(s, want) {
		t.Errorf("first: %t %+v, want %+v", added, s, want)
	}
	s, added, err = db.AddMember(ctx, By(Now.Add(time.Hour)), c.ID,
		store.NewMember{Address: "ann@x.example", Delivery: store.Daily, Roles: []store.Role{store.Facilitator}})
	check(t, err)
	want.Delivery, want.Roles = store.Daily, []store.Role{store.Facilitator}
	if added || !reflect.DeepEqual(s, want) {
		t.Errorf("again: %t %+v, want %+v", added, s, want)
	}
	equal(t, "is a facilitator", s.Has(store.Facilitator), true)
	equal(t, "is an expert", s.Has(store.Expert), false)
}

func comeBack(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	for _, state := range []store.SubscriptionState{store.Left, store.Removed, store.Suspended} {
		m := store.NewMember{Address: string(state) + "@x.example", Delivery: store.Weekly, Roles: []store.Role{store.Facilitator}}
		s := join(t, db, c, m)
		check(t, db.EndSubscription(ctx, By(Now), s.ID, state))
		later := By(Now.Add(time.Hour))
		s, err := db.Join(ctx, later, c.ID, store.NewMember{Address: m.Address}, func(store.Subscription) ([]store.Notice, error) { return nil, nil })
		check(t, err)
		equal(t, string(state)+": state", s.State, store.Active)
		equal(t, string(state)+": delivery", s.Delivery, store.Weekly)
		equal(t, string(state)+": since", s.Since, later.At)
		equal(t, string(state)+": is a facilitator", s.Has(store.Facilitator), state == store.Suspended)
	}
}

func twoAddresses(t *testing.T, db *store.DB) {
	rust, golang := Community(t, db, "rust"), Community(t, db, "go")
	s := join(t, db, rust, store.NewMember{Address: "ann@work.example", Name: "Ann"})
	s.Address = "ann@home.example"
	check(t, db.UpdateSubscription(ctx, By(Now), s))
	for _, address := range []string{"ann@work.example", "ann@home.example"} {
		got, err := db.SubscriptionByAddress(ctx, rust.ID, address)
		if err != nil || got.ID != s.ID || got.Address != "ann@home.example" {
			t.Errorf("%s: %+v %v", address, got, err)
		}
	}
	other := join(t, db, golang, store.NewMember{Address: "ann@work.example"})
	equal(t, "the same person elsewhere", other.MemberID, s.MemberID)
	equal(t, "whose name is known", other.Name, "Ann")
	ids, err := db.MembersByAddress(ctx, []string{"ann@work.example", "no@where.example", "ann@home.example"})
	check(t, err)
	equal(t, "members of the addresses", fmt.Sprint(ids), fmt.Sprint([]int64{s.MemberID, s.MemberID}))
}

func foreignAddress(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	join(t, db, c, store.NewMember{Address: "ann@x.example"})
	ben := join(t, db, c, store.NewMember{Address: "ben@x.example"})
	ben.Address = "ann@x.example"
	wantKind(t, "another's address", db.UpdateSubscription(ctx, By(Now), ben), store.Conflict)
	got, err := db.Subscription(ctx, ben.ID)
	check(t, err)
	equal(t, "address", got.Address, "ben@x.example")
}

func importAgain(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	all := []store.NewMember{{Address: "a@x.example", Name: "A"}, {Address: "b@x.example", Delivery: store.Weekly},
		{Address: "c@x.example", Roles: []store.Role{store.Sponsor}}, {Address: "a@x.example", Name: "A"}}
	steps := []struct {
		change func()
		want   store.ImportResult
	}{
		{func() {}, store.ImportResult{Added: 3, Unchanged: 1}},
		{func() {}, store.ImportResult{Unchanged: 4}},
		{func() { all[1].Delivery = store.Daily }, store.ImportResult{Changed: 1, Unchanged: 3}},
		{func() { all[1].Delivery = "" }, store.ImportResult{Unchanged: 4}},
	}
	for i, step := range steps {
		step.change()
		got, err := db.ImportMembers(ctx, By(Now), c.ID, all)
		check(t, err)
		equal(t, fmt.Sprintf("import %d", i), got, step.want)
	}
	equal(t, "members", len(Subscriptions(t, db, c)), 3)
}

func importAllOrNothing(t *testing.T, db *store.DB) {
	_, err := db.ImportMembers(ctx, By(Now), 99, []store.NewMember{{Address: "a@x.example"}})
	if err == nil {
		t.Fatal("importing into no community succeeded")
	}
	ids, err := db.MembersByAddress(ctx, []string{"a@x.example"})
	check(t, err)
	equal(t, "people left behind", len(ids), 0)
}

func changeSubscription(t *testing.T, db *store.DB) {
	s := Members(t, db, Community(t, db, "rust"), 1)[0]
	s.Name, s.Delivery, s.OwnCopies, s.VacationUntil = "New Name", store.None, false, Now.Add(24*time.Hour)
	s.Roles = []store.Role{store.Expert, store.Mentor}
	check(t, db.UpdateSubscription(ctx, By(Now), s))
	got, err := db.Subscription(ctx, s.ID)
	check(t, err)
	if !reflect.DeepEqual(got, s) {
		t.Errorf("got %+v, want %+v", got, s)
	}
}

func leave(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	s := Members(t, db, c, 1)[0]
	check(t, db.EndSubscription(ctx, By(Now), s.ID, store.Left))
	check(t, db.EndSubscription(ctx, By(Now), s.ID, store.Left))
	got, err := db.Subscription(ctx, s.ID)
	check(t, err)
	equal(t, "state", got.State, store.Left)
	equal(t, "epoch", got.Epoch, 1)
	back, added, err := db.AddMember(ctx, By(Now.Add(time.Hour)), c.ID, store.NewMember{Address: s.Address})
	check(t, err)
	if !added || back.ID != s.ID || back.Epoch != 1 || !back.Since.Equal(Now.Add(time.Hour)) {
		t.Errorf("coming back: %t %+v", added, back)
	}
	entries, err := db.Journal(ctx, c.ID, 10)
	check(t, err)
	var actions []string
	for _, e := range entries {
		actions = append(actions, e.Action)
	}
	equal(t, "journal", strings.Join(actions, ", "), "join, leave, join, create community")
}

func staleSubscription(t *testing.T, db *store.DB) {
	old := Members(t, db, Community(t, db, "rust"), 1)[0]
	check(t, db.EndSubscription(ctx, By(Now), old.ID, store.Left))
	check(t, db.UpdateSubscription(ctx, By(Now.Add(time.Minute)), old))
	got, err := db.Subscription(ctx, old.ID)
	check(t, err)
	equal(t, "epoch", got.Epoch, 1)
	equal(t, "since", got.Since, Now.Add(time.Minute))
}

func filterSubscriptions(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	Members(t, db, Community(t, db, "other"), 3)
	all := Members(t, db, c, 10)
	for i, s := range all[:5] {
		s.Delivery, s.Roles = store.Daily, []store.Role{store.Sponsor, store.Facilitator}[i%2:]
		check(t, db.UpdateSubscription(ctx, By(Now), s))
	}
	check(t, db.EndSubscription(ctx, By(Now), all[9].ID, store.Removed))
	tests := []struct {
		name   string
		filter store.SubscriptionFilter
		want   int
	}{
		{"all", store.SubscriptionFilter{}, 10},
		{"active", store.SubscriptionFilter{State: store.Active}, 9},
		{"removed", store.SubscriptionFilter{State: store.Removed}, 1},
		{"daily", store.SubscriptionFilter{Delivery: store.Daily}, 5},
		{"facilitators", store.SubscriptionFilter{Role: store.Facilitator}, 5},
		{"sponsors", store.SubscriptionFilter{Role: store.Sponsor}, 3},
		{"a page", store.SubscriptionFilter{After: all[3].ID, Limit: 4}, 4},
		{"the last page", store.SubscriptionFilter{After: all[7].ID, Limit: 4}, 2},
	}
	for _, test := range tests {
		got, err := db.Subscriptions(ctx, c.ID, test.filter)
		check(t, err)
		equal(t, test.name, len(got), test.want)
	}
}

func journal(t *testing.T, db *store.DB) {
	rust, golang := Community(t, db, "rust"), Community(t, db, "go")
	join(t, db, rust, store.NewMember{Address: "a@x.example"})
	join(t, db, golang, store.NewMember{Address: "a@x.example"})
	tests := []struct {
		name      string
		community int64
		limit     int
		want      string
	}{
		{"all", 0, 100, "join join create create"},
		{"of one", rust.ID, 100, "join create"},
		{"the newest", 0, 1, "join"},
	}
	for _, test := range tests {
		entries, err := db.Journal(ctx, test.community, test.limit)
		check(t, err)
		var words []string
		for _, e := range entries {
			words = append(words, strings.Fields(e.Action)[0])
		}
		equal(t, test.name, strings.Join(words, " "), test.want)
	}
}

func noMember(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	join(t, db, Community(t, db, "go"), store.NewMember{Address: "a@x.example"})
	_, err := db.SubscriptionByAddress(ctx, c.ID, "a@x.example")
	wantKind(t, "a member of another community", err, store.NotFound)
	_, err = db.SubscriptionByAddress(ctx, c.ID, "A@x.example")
	wantKind(t, "an address that is not canonical", err, store.NotFound)
	_, err = db.Subscription(ctx, 99)
	wantKind(t, "an ID", err, store.NotFound)
	wantKind(t, "a change", db.UpdateSubscription(ctx, By(Now), store.Subscription{ID: 99}), store.NotFound)
	wantKind(t, "an end", db.EndSubscription(ctx, By(Now), 99, store.Left), store.NotFound)
}
