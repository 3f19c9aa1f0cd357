package storetest

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"guildpost/store"
)

var postCases = []testCase{
	{"an accepted post is there, with its bytes", acceptedPost},
	{"what comes again is recognised", duplicates},
	{"the same Message-ID with another body is held, once", conflictingBody},
	{"a held message that comes again is not held twice, nor posted", heldTwice},
	{"one message to two communities is two posts of the same bytes", twoCommunities},
	{"copies that arrive at once are one post", duplicatesAtOnce},
	{"bytes are kept once, whatever they are", rawOnce},
	{"a date that cannot be right is the time of acceptance", impossibleDates},
	{"a post that is not there", noPost},
}

func acceptedPost(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	a := Arrival(c, "one")
	a.MemberID = 7
	got := Accept(t, db, a)
	p, err := db.Post(ctx, got.PostID)
	check(t, err)
	want := store.Post{ID: got.PostID, CommunityID: c.ID, ThreadID: got.ThreadID, RawID: p.RawID, MemberID: 7,
		MessageID: "one@example.org", From: "ann@example.org", FromName: "Ann", Subject: "About one",
		Date: Now.Add(-time.Minute), AcceptedAt: Now, Size: int64(len(a.Raw)), Position: p.Position}
	equal(t, "post", p, want)
	raw, err := db.Raw(ctx, p.RawID)
	check(t, err)
	if !bytes.Equal(raw, a.Raw) {
		t.Errorf("raw: got %q, want %q", raw, a.Raw)
	}
	all, err := db.PostsByMessageID(ctx, "one@example.org")
	check(t, err)
	if len(all) != 1 || all[0] != want {
		t.Errorf("by Message-ID: %+v", all)
	}
}

func duplicates(t *testing.T, db *store.DB) {
	a := Arrival(Community(t, db, "rust"), "one")
	first := Accept(t, db, a)
	const day = 24 * time.Hour
	tests := []struct {
		name                string
		after               time.Duration
		body                string
		duplicate, conflict bool
	}{
		{"at once", 0, "", true, false},
		{"a day later", day, "", true, false},
		{"29 days later", 29 * day, "", true, false},
		{"29 days later with another body", 29 * day, "other", false, true},
		{"31 days later", 31 * day, "", false, false},
		{"and then at once again", 31 * day, "", true, false},
	}
	for _, test := range tests {
		again := a
		again.Now = Now.Add(test.after)
		if test.body != "" {
			again.BodyHash = []byte(test.body)
		}
		got, err := db.AcceptPost(ctx, again)
		check(t, err)
		equal(t, test.name+": duplicate", got.Duplicate, test.duplicate)
		equal(t, test.name+": conflict", got.Conflict, test.conflict)
		if got.Duplicate && test.after < 30*day {
			equal(t, test.name+": of", got.PostID, first.PostID)
		}
		equal(t, test.name+": a new post", got.PostID > first.PostID, !test.conflict && test.after > 30*day)
	}
}

func conflictingBody(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	a := Arrival(c, "one")
	Accept(t, db, a)
	a.BodyHash, a.Raw = []byte("other"), []byte("other")
	got, err := db.AcceptPost(ctx, a)
	check(t, err)
	equal(t, "conflict", got.Conflict, true)
	held, err := db.HoldPost(ctx, a, store.Holding{Reason: "its Message-ID was used before"})
	check(t, err)
	if held.HoldID == 0 || held.Duplicate {
		t.Errorf("HoldPost = %+v, want a new hold", held)
	}
	again, err := db.AcceptPost(ctx, a)
	check(t, err)
	if !again.Duplicate || again.Conflict || again.HoldID != held.HoldID {
		t.Errorf("again: %+v, want a duplicate of hold %d", again, held.HoldID)
	}
	holds, err := db.Holds(ctx, c.ID, store.Held)
	check(t, err)
	equal(t, "holds", len(holds), 1)
	equal(t, "reason", holds[0].Reason, "its Message-ID was used before")
	equal(t, "not delivered", len(Drain(t, db, Now)), 0)
}

func heldTwice(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	Members(t, db, c, 3)
	a := Arrival(c, "one")
	first, err := db.HoldPost(ctx, a, store.Holding{Reason: "not a member"})
	check(t, err)
	second, err := db.HoldPost(ctx, a, store.Holding{Reason: "not a member"})
	check(t, err)
	if !second.Duplicate || second.HoldID != first.HoldID {
		t.Errorf("again: %+v, want a duplicate of hold %d", second, first.HoldID)
	}
	third, err := db.AcceptPost(ctx, a)
	check(t, err)
	equal(t, "AcceptPost of what is held", third.Duplicate, true)
	equal(t, "delivered", len(Drain(t, db, Now)), 0)
}

func twoCommunities(t *testing.T, db *store.DB) {
	rust, golang := Community(t, db, "rust"), Community(t, db, "go")
	a := Arrival(rust, "one")
	one := Accept(t, db, a)
	a.CommunityID = golang.ID
	two := Accept(t, db, a)
	equal(t, "threads differ", one.ThreadID != two.ThreadID, true)
	posts, err := db.PostsByMessageID(ctx, a.MessageID)
	check(t, err)
	if len(posts) != 2 || posts[0].RawID != posts[1].RawID {
		t.Errorf("posts: %+v, want two that share their bytes", posts)
	}
}

func duplicatesAtOnce(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	for round := range 10 {
		a := Arrival(c, fmt.Sprint(round))
		got := make([]store.Acceptance, 8)
		atOnce(len(got), func(i int) {
			var err error
			if got[i], err = db.AcceptPost(ctx, a); err != nil {
				t.Error(err)
			}
		})
		fresh := 0
		for _, one := range got {
			if !one.Duplicate {
				fresh++
			}
			equal(t, "the one post", one.PostID, got[0].PostID)
		}
		equal(t, "accepted", fresh, 1)
	}
}

func rawOnce(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	for i, raw := range [][]byte{{}, {0}, []byte("short"), bytes.Repeat([]byte("long "), 1<<20), []byte(randomText(1<<20, 3))} {
		var ids []int64
		for k := range 2 {
			a := Arrival(c, fmt.Sprint(i, k))
			a.Raw = raw
			p, err := db.Post(ctx, Accept(t, db, a).PostID)
			check(t, err)
			ids = append(ids, p.RawID)
			got, err := db.Raw(ctx, p.RawID)
			check(t, err)
			equal(t, "unchanged", bytes.Equal(got, raw), true)
		}
		equal(t, "kept once", ids[0], ids[1])
	}
}

func impossibleDates(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	tests := []struct {
		name       string
		date, want time.Time
	}{
		{"none", time.Time{}, Now},
		{"yesterday", Now.Add(-24 * time.Hour), Now.Add(-24 * time.Hour)},
		{"a little ahead", Now.Add(time.Hour), Now.Add(time.Hour)},
		{"next week", Now.Add(7 * 24 * time.Hour), Now},
		{"1970", time.Unix(0, 0), Now},
		{"year 1", time.Date(1, 1, 2, 0, 0, 0, 0, time.UTC), Now},
	}
	for _, test := range tests {
		a := Arrival(c, test.name)
		a.Date = test.date
		p, err := db.Post(ctx, Accept(t, db, a).PostID)
		check(t, err)
		equal(t, test.name, p.Date, test.want)
	}
}

func noPost(t *testing.T, db *store.DB) {
	_, err := db.Post(ctx, 99)
	wantKind(t, "a post", err, store.NotFound)
	_, err = db.Raw(ctx, 99)
	wantKind(t, "its bytes", err, store.NotFound)
	_, err = db.Dispatch(ctx, 99)
	wantKind(t, "a dispatch", err, store.NotFound)
	all, err := db.PostsByMessageID(ctx, "no@where")
	check(t, err)
	equal(t, "by Message-ID", len(all), 0)
}
