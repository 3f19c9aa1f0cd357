package storetest

import (
	"fmt"
	"testing"
	"time"

	"guildpost/store"
)

var threadModeCases = []testCase{
	{"a muted thread is left out, a followed one comes whatever the delivery", threadModesAndFanout},
	{"a mode is changed once, journalled, and taken back", threadModeUndo},
	{"modes move with a thread that becomes part of another", threadModesMove},
	{"a thread of another community has no mode here", threadModeElsewhere},
}

var smallCases = []testCase{
	{"members are counted and paged", memberPages},
	{"threads are found by subject", threadsBySubject},
	{"a mail that comes twice is passed on once", noticesOnce},
}

func setMode(t *testing.T, db *store.DB, s store.Subscription, thread int64, mode store.ThreadMode) bool {
	t.Helper()
	changed, err := db.SetThreadMode(ctx, By(Now), s.ID, thread, mode, nil)
	check(t, err)
	return changed
}

func threadModesAndFanout(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	members := Members(t, db, c, 6)
	for i, delivery := range []store.DeliveryMode{store.Each, store.Each, store.Daily, store.None, store.None, store.Daily} {
		members[i].Delivery = delivery
		if i == 4 {
			members[i].VacationUntil = Now.Add(time.Hour)
		}
		check(t, db.UpdateSubscription(ctx, By(Now), members[i]))
	}
	first := Accept(t, db, Arrival(c, "one"))
	equal(t, "the first post", fmt.Sprint(Drain(t, db, Now)), fmt.Sprint([]string{members[0].Address, members[1].Address}))
	setMode(t, db, members[0], first.ThreadID, store.ThreadMuted)
	for _, s := range members[2:5] {
		setMode(t, db, s, first.ThreadID, store.ThreadFollowed)
	}
	answer := Arrival(c, "two")
	answer.References = []string{"one@example.org"}
	Accept(t, db, answer)
	equal(t, "its answer", fmt.Sprint(Drain(t, db, Now)),
		fmt.Sprint([]string{members[1].Address, members[2].Address, members[3].Address}))
	Accept(t, db, Arrival(c, "three"))
	equal(t, "another thread", fmt.Sprint(Drain(t, db, Now)), fmt.Sprint([]string{members[0].Address, members[1].Address}))
}

func threadModeUndo(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	s := Members(t, db, c, 1)[0]
	thread := Accept(t, db, Arrival(c, "one")).ThreadID
	var entry int64
	changed, err := db.SetThreadMode(ctx, By(Now), s.ID, thread, store.ThreadMuted, func(journal int64) ([]store.Notice, error) {
		entry = journal
		return []store.Notice{{Recipient: s.Address, Raw: []byte("muted")}}, nil
	})
	check(t, err)
	equal(t, "changed", changed, true)
	equal(t, "again", setMode(t, db, s, thread, store.ThreadMuted), false)
	modes, err := db.ThreadModes(ctx, s.ID)
	check(t, err)
	equal(t, "modes", fmt.Sprint(modes), fmt.Sprint(map[int64]store.ThreadMode{thread: store.ThreadMuted}))
	e, err := db.Undo(ctx, By(Now), entry, nil)
	check(t, err)
	equal(t, "what was taken back", e.Action, "mute thread")
	modes, err = db.ThreadModes(ctx, s.ID)
	check(t, err)
	equal(t, "modes left", len(modes), 0)
	_, err = db.Undo(ctx, By(Now), entry, nil)
	wantKind(t, "again", err, store.Conflict)
}

func threadModesMove(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	members := Members(t, db, c, 2)
	child := Arrival(c, "child")
	child.References = []string{"late@example.org"}
	thread := Accept(t, db, child).ThreadID
	setMode(t, db, members[0], thread, store.ThreadMuted)
	other := Arrival(c, "other")
	other.References = []string{"lost@example.org"}
	second := Accept(t, db, other).ThreadID
	setMode(t, db, members[0], second, store.ThreadFollowed)
	setMode(t, db, members[1], second, store.ThreadFollowed)
	joined := Arrival(c, "late")
	joined.References = []string{"lost@example.org"}
	got := Accept(t, db, joined).ThreadID // answers what other answers, and child answers it: one thread
	equal(t, "the thread", got, thread)
	for i, want := range []store.ThreadMode{store.ThreadMuted, store.ThreadFollowed} {
		modes, err := db.ThreadModes(ctx, members[i].ID)
		check(t, err)
		equal(t, members[i].Address, fmt.Sprint(modes), fmt.Sprint(map[int64]store.ThreadMode{thread: want}))
	}
}

func threadModeElsewhere(t *testing.T, db *store.DB) {
	s := Members(t, db, Community(t, db, "rust"), 1)[0]
	thread := Accept(t, db, Arrival(Community(t, db, "other"), "one")).ThreadID
	_, err := db.SetThreadMode(ctx, By(Now), s.ID, thread, store.ThreadMuted, nil)
	wantKind(t, "another community's thread", err, store.NotFound)
}

func memberPages(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	members := Members(t, db, c, 7)
	Members(t, db, Community(t, db, "other"), 2)
	check(t, db.EndSubscription(ctx, By(Now), members[1].ID, store.Left))
	check(t, db.EndSubscription(ctx, By(Now), members[2].ID, store.Suspended))
	n, err := db.MemberCount(ctx, c.ID)
	check(t, err)
	equal(t, "members", n, 6)
	page, err := db.MembersPage(ctx, c.ID, 1, 3)
	check(t, err)
	var got []int64
	for _, s := range page {
		got = append(got, s.ID)
	}
	equal(t, "a page", fmt.Sprint(got), fmt.Sprint([]int64{members[2].ID, members[3].ID, members[4].ID}))
	all, err := db.SubscriptionsOf(ctx, members[0].Address)
	check(t, err)
	if len(all) == 0 || all[0].ID != members[0].ID {
		t.Errorf("memberships of %s: %+v", members[0].Address, all)
	}
	entries, err := db.MemberJournal(ctx, c.ID, members[1].MemberID, 10)
	check(t, err)
	equal(t, "the newest change", entries[0].Action, "leave")
}

func threadsBySubject(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	for _, name := range []string{"100% rust", "1000 rust", "go"} {
		Accept(t, db, Arrival(c, name))
	}
	exact, err := db.ThreadsBySubject(ctx, c.ID, "about go", 5)
	check(t, err)
	equal(t, "by its subject", len(exact), 1)
	th, err := db.Thread(ctx, exact[0].ID)
	check(t, err)
	equal(t, "by its ID", fmt.Sprint(th), fmt.Sprint(exact[0]))
	for part, want := range map[string]int{"rust": 2, "0% r": 1, "RUST": 0, "_": 0, "": 3} {
		page, total, err := db.ThreadsLike(ctx, c.ID, part, 0, 1)
		check(t, err)
		if total != want && part != "RUST" || len(page) != min(total, 1) {
			t.Errorf("%q: %d of %d, want %d", part, len(page), total, want)
		}
	}
	n, err := db.PostCount(ctx, c.ID, Now, Now.Add(time.Second))
	check(t, err)
	equal(t, "posts", n, store.PostCount{Posts: 3, Threads: 3})
}

func noticesOnce(t *testing.T, db *store.DB) {
	once := store.Limit{Name: "forward x", Most: 1, Within: time.Hour}
	notices := []store.Notice{{Recipient: "ann@x.example", Raw: []byte("m")}, {Recipient: "ben@x.example", Raw: []byte("m")}}
	for i, want := range []bool{true, false} {
		sent, err := db.SendNotices(ctx, Now, once, notices)
		check(t, err)
		equal(t, fmt.Sprint("time ", i+1), sent, want)
	}
	equal(t, "recipients", len(Drain(t, db, Now)), 2)
}
