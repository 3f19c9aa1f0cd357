package storetest

import (
	"reflect"
	"strings"
	"testing"

	"guildpost/store"
)

var communityCases = []testCase{
	{"a community is found by ID, address and name", findCommunity},
	{"a name that two domains have must be said in full", ambiguousName},
	{"a change is kept and written down", changeCommunity},
	{"a community that is not there", noCommunity},
}

func findCommunity(t *testing.T, db *store.DB) {
	want, err := db.CreateCommunity(ctx, By(Now), store.Community{Name: "rust", Domain: "lists.example.org", Title: "Rust",
		Rules: store.Rules{Join: store.JoinApprove, Footer: "--\nfooter", MaxMessage: 5 << 20}})
	check(t, err)
	found := map[string]func() (store.Community, error){
		"ID":             func() (store.Community, error) { return db.Community(ctx, want.ID) },
		"address":        func() (store.Community, error) { return db.CommunityByAddress(ctx, "rust", "lists.example.org") },
		"name":           func() (store.Community, error) { return db.CommunityByName(ctx, "rust") },
		"name in Upper":  func() (store.Community, error) { return db.CommunityByName(ctx, "RUST") },
		"typed in full":  func() (store.Community, error) { return db.CommunityByName(ctx, "Rust@Lists.Example.ORG") },
		"among them all": func() (store.Community, error) { all, err := db.Communities(ctx); return all[0], err },
	}
	for by, find := range found {
		got, err := find()
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("by %s: got %+v %v, want %+v", by, got, err, want)
		}
	}
	equal(t, "its addresses", want.Address()+" "+want.ListID(), "rust@lists.example.org rust.lists.example.org")
}

func ambiguousName(t *testing.T, db *store.DB) {
	for _, domain := range []string{"b.example", "a.example"} {
		_, err := db.CreateCommunity(ctx, By(Now), store.Community{Name: "rust", Domain: domain})
		check(t, err)
	}
	_, err := db.CommunityByName(ctx, "rust")
	wantKind(t, "rust", err, store.Conflict)
	if got := store.Sentence(err); !strings.Contains(got, "rust@a.example, rust@b.example") {
		t.Errorf("the sentence does not say which there are: %s", got)
	}
	domains, err := db.Domains(ctx)
	check(t, err)
	equal(t, "domains", strings.Join(domains, " "), "a.example b.example")
}

func changeCommunity(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	c.Title, c.Closed, c.SubjectTag, c.NonMembers = "New", true, "[R]", store.PostHold
	check(t, db.UpdateCommunity(ctx, store.Actor{Who: "ann@example.org", Via: "ticket", At: Now}, c))
	got, err := db.Community(ctx, c.ID)
	check(t, err)
	if !reflect.DeepEqual(got, c) {
		t.Errorf("got %+v, want %+v", got, c)
	}
	journal, err := db.Journal(ctx, c.ID, 1)
	check(t, err)
	e := journal[0]
	equal(t, "who and how", e.Actor.Who+" "+e.Actor.Via, "ann@example.org ticket")
	if !strings.Contains(e.Before, `"The rust guild"`) || !strings.Contains(e.After, `"New"`) || !e.At.Equal(Now) {
		t.Errorf("the journal says %+v", e)
	}
}

func noCommunity(t *testing.T, db *store.DB) {
	_, err := db.Community(ctx, 99)
	wantKind(t, "by ID", err, store.NotFound)
	_, err = db.CommunityByAddress(ctx, "x", "y")
	wantKind(t, "by address", err, store.NotFound)
	_, err = db.CommunityByName(ctx, "x")
	wantKind(t, "by name", err, store.NotFound)
	wantKind(t, "change", db.UpdateCommunity(ctx, By(Now), store.Community{ID: 99, Name: "x"}), store.NotFound)
	_, err = db.AcceptPost(ctx, Arrival(store.Community{ID: 99}, "a"))
	wantKind(t, "a post to it", err, store.NotFound)
}
