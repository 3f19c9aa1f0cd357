package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"guildpost/store"
)

// What the two databases do differently by themselves, and must not do differently here.
var databaseCases = []testCase{
	{"a text with placeholders, quotes and percent signs comes back", oddText},
	{"NUL and invalid UTF-8 are kept as the replacement character, and found again", hostileText},
	{"very long keys are kept and told apart", longKeys},
	{"names are sorted by bytes", sortedByBytes},
	{"times are kept to the microsecond, in UTC", microseconds},
	{"the zero time stays zero", zeroTime},
	{"a conflict is told by its code, and the store goes on", conflict},
	{"transactions that read first and then write all succeed at once", readThenWrite},
	{"two who make the same member at once make one", sameMemberAtOnce},
	{"a call that is given up is temporary and did nothing", cancelled},
	{"a call after the end is told so", afterClose},
}

func oddText(t *testing.T, db *store.DB) {
	for _, value := range []string{"?", "a ? b ?? $1", `it's "quoted" \ %_`, "", "äöü 🎉", "line\r\nline"} {
		check(t, db.SetSetting(ctx, "odd", value))
		got, err := db.Setting(ctx, "odd")
		check(t, err)
		equal(t, "setting", got, value)
	}
}

func hostileText(t *testing.T, db *store.DB) {
	const hostile, kept = "a\x00b\xffc", "a\uFFFDb\uFFFDc"
	c := Community(t, db, "rust")
	s, _, err := db.AddMember(ctx, store.Actor{Who: hostile, Via: "mail <" + hostile + ">", At: Now}, c.ID,
		store.NewMember{Address: hostile + "@x.example", Name: hostile})
	check(t, err)
	equal(t, "member's name", s.Name, kept)
	_, err = db.SubscriptionByAddress(ctx, c.ID, hostile+"@x.example")
	check(t, err)
	a := Arrival(c, hostile)
	a.Subject, a.SubjectBase, a.FromName, a.From, a.Sender = hostile, hostile, hostile, hostile, hostile
	a.References = []string{hostile + "1", hostile + "2"}
	got := Accept(t, db, a)
	p, err := db.Post(ctx, got.PostID)
	check(t, err)
	equal(t, "subject", p.Subject, kept)
	equal(t, "from", p.FromName, kept)
	raw, err := db.Raw(ctx, p.RawID)
	check(t, err)
	equal(t, "raw bytes", string(raw), string(a.Raw))
	again, err := db.AcceptPost(ctx, a)
	check(t, err)
	equal(t, "found again", again.Duplicate, true)
	a.MessageID = "other@example.org"
	_, err = db.HoldPost(ctx, a, store.Holding{Reason: hostile})
	check(t, err)
	_, err = db.CreateCommunity(ctx, By(Now), store.Community{Name: "x", Domain: "y.example", Title: hostile})
	check(t, err)
	check(t, db.SendNotice(ctx, Now, store.Notice{Sender: hostile, Recipient: hostile, Raw: []byte(hostile)}))
}

// randomText has no repetitions that a database could compress away.
func randomText(n int, seed uint32) string {
	var b strings.Builder
	for b.Len() < n {
		seed = seed*1664525 + 1013904223
		fmt.Fprintf(&b, "%x", seed)
	}
	return b.String()[:n]
}

func longKeys(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	long := randomText(20000, 1)
	one, other := Arrival(c, "one"), Arrival(c, "other")
	one.MessageID, other.MessageID = long+"1", long+"2"
	one.SubjectBase, one.Subject = randomText(30000, 2), randomText(30000, 2)
	Accept(t, db, one)
	other.References = []string{one.MessageID}
	first, second := one, Accept(t, db, other)
	posts, err := db.PostsByMessageID(ctx, first.MessageID)
	check(t, err)
	if len(posts) != 1 || posts[0].ThreadID != second.ThreadID {
		t.Errorf("posts by a long Message-ID: %d, want the one whose answer is in its thread %d", len(posts), second.ThreadID)
	}
	many := Arrival(c, "many")
	for i := range 5000 {
		many.References = append(many.References, fmt.Sprintf("%d@x.example", i))
	}
	Accept(t, db, many)
}

func sortedByBytes(t *testing.T, db *store.DB) {
	want := []string{"B", "a", "a-b", "a.c", "ab", "b", "é"}
	for _, i := range []int{4, 0, 6, 2, 5, 1, 3} {
		Community(t, db, want[i])
	}
	all, err := db.Communities(ctx)
	check(t, err)
	var got []string
	for _, c := range all {
		got = append(got, c.Name)
	}
	equal(t, "communities", strings.Join(got, " "), strings.Join(want, " "))
}

func microseconds(t *testing.T, db *store.DB) {
	at := time.Date(2026, 3, 29, 3, 30, 0, 123456789, time.FixedZone("", 2*60*60))
	c := Community(t, db, "rust")
	s, _, err := db.AddMember(ctx, By(at), c.ID, store.NewMember{Address: "a@x.example"})
	check(t, err)
	equal(t, "since", s.Since, time.Date(2026, 3, 29, 1, 30, 0, 123456000, time.UTC))
}

func zeroTime(t *testing.T, db *store.DB) {
	s := Members(t, db, Community(t, db, "rust"), 1)[0]
	equal(t, "no vacation", s.VacationUntil.IsZero(), true)
	due, err := db.NextDue(ctx)
	check(t, err)
	equal(t, "nothing due", due.IsZero(), true)
}

func conflict(t *testing.T, db *store.DB) {
	Community(t, db, "rust")
	_, err := db.CreateCommunity(ctx, By(Now), store.Community{Name: "rust", Domain: "lists.example.org"})
	wantKind(t, "the same list address", err, store.Conflict)
	if got, want := store.Sentence(err), "there is a community rust@lists.example.org already"; got != want {
		t.Errorf("sentence %q, want %q", got, want)
	}
	Community(t, db, "go")
	_, err = db.CreateCommunity(ctx, By(Now), store.Community{Name: "rust", Domain: "other.example.org"})
	check(t, err)
}

// readThenWrite: without immediate transactions most of these fail with "database is locked".
func readThenWrite(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	s := Members(t, db, c, 1)[0]
	var failed atomic.Int64
	atOnce(8, func(i int) {
		for k := range 50 {
			mine := s
			mine.Name = fmt.Sprintf("Name %d-%d", i, k)
			if err := db.UpdateSubscription(ctx, By(Now), mine); err != nil {
				failed.Add(1)
				t.Error(err)
			}
		}
	})
	journal, err := db.Journal(ctx, c.ID, 1000)
	check(t, err)
	equal(t, "failed", failed.Load(), 0)
	equal(t, "changes in the journal", len(journal)-2, 8*50)
}

func sameMemberAtOnce(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	var added atomic.Int64
	for round := range 10 {
		atOnce(8, func(int) {
			_, isNew, err := db.AddMember(ctx, By(Now), c.ID, store.NewMember{Address: fmt.Sprintf("a%d@x.example", round)})
			if err != nil {
				t.Error(err)
			}
			if isNew {
				added.Add(1)
			}
		})
	}
	equal(t, "added", added.Load(), 10)
	equal(t, "subscriptions", len(Subscriptions(t, db, c)), 10)
}

func cancelled(t *testing.T, db *store.DB) {
	gone, cancel := context.WithCancel(ctx)
	cancel()
	err := db.SetSetting(gone, "name", "value")
	wantKind(t, "a write", err, store.Temporary)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v does not say why", err)
	}
	_, err = db.Setting(ctx, "name")
	wantKind(t, "the setting", err, store.NotFound)
	_, err = db.Setting(gone, "name")
	wantKind(t, "a read", err, store.Temporary)
}

func afterClose(t *testing.T, db *store.DB) {
	atOnce(4, func(i int) {
		if i == 0 {
			check(t, db.Close())
			return
		}
		for db.SetSetting(ctx, "name", "value") == nil {
		}
	})
	wantKind(t, "a write", db.SetSetting(ctx, "name", "value"), store.Temporary)
}
