package storetest

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"guildpost/store"
)

var thanksCases = []testCase{
	{"thanks between two count once a week", thanksPair},
	{"thanks of one member are bounded a day", thanksADay},
	{"of the same thanks at once one is kept", thanksAtOnce},
	{"thanks in a post are kept with it, once", thanksInPost},
	{"thanks in a held post count when it is approved", thanksHeld},
	{"who was thanked is told once", thanksTold},
	{"meetings that were come to, and hosted first", milestones},
}

func thank(t *testing.T, db *store.DB, th store.Thanks, want store.ThanksOutcome) {
	t.Helper()
	got, err := db.Thank(ctx, th)
	check(t, err)
	equal(t, fmt.Sprint("thanks ", th.Note), got, want)
}

func thanksSince(t *testing.T, db *store.DB, c store.Community, since time.Time) (notes []string) {
	t.Helper()
	all, err := db.ThanksSince(ctx, c.ID, since)
	check(t, err)
	for _, th := range all {
		notes = append(notes, th.Note)
	}
	return notes
}

func thanksPair(t *testing.T, db *store.DB) {
	c, other := Community(t, db, "rust"), Community(t, db, "go")
	m := Members(t, db, c, 3)
	th := store.Thanks{CommunityID: c.ID, From: m[0].MemberID, To: m[1].MemberID, Note: "a", At: Now}
	thank(t, db, th, store.ThanksKept)
	th.At, th.Note = Now.Add(7*day-time.Second), "b"
	thank(t, db, th, store.ThanksAlready)
	back := th
	back.From, back.To, back.Note = th.To, th.From, "back"
	thank(t, db, back, store.ThanksKept)
	elsewhere := th
	elsewhere.CommunityID = other.ID
	thank(t, db, elsewhere, store.ThanksKept)
	th.At, th.Note = Now.Add(7*day), "c"
	thank(t, db, th, store.ThanksKept)
	equal(t, "kept", fmt.Sprint(thanksSince(t, db, c, Now)), "[a back c]")
	equal(t, "since", fmt.Sprint(thanksSince(t, db, c, Now.Add(time.Minute))), "[back c]")
	th.To = th.From
	_, err := db.Thank(ctx, th)
	wantKind(t, "thanks to oneself", err, store.Invalid)
	_, err = db.Thank(ctx, store.Thanks{CommunityID: 99, From: 1, To: 2, At: Now})
	wantKind(t, "no community", err, store.NotFound)
}

func thanksADay(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	m := Members(t, db, c, store.ThanksADay+3)
	th := store.Thanks{CommunityID: c.ID, From: m[0].MemberID, At: Now}
	for i := range store.ThanksADay {
		th.To, th.Note = m[i+1].MemberID, fmt.Sprint(i)
		thank(t, db, th, store.ThanksKept)
	}
	th.To, th.At = m[store.ThanksADay+1].MemberID, Now.Add(day-time.Second)
	thank(t, db, th, store.ThanksEnough)
	th.At = Now.Add(day)
	thank(t, db, th, store.ThanksKept)
}

func thanksAtOnce(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	m := Members(t, db, c, 2)
	var kept atomic.Int64
	atOnce(6, func(int) {
		outcome, err := db.Thank(ctx, store.Thanks{CommunityID: c.ID, From: m[0].MemberID, To: m[1].MemberID, At: Now})
		if err == nil && outcome == store.ThanksKept {
			kept.Add(1)
		}
	})
	equal(t, "kept", kept.Load(), 1)
}

// thanking is a post in which the first of some members thanks all of them, one twice, and somebody.
func thanking(c store.Community, m []store.Subscription) store.Arrival {
	a := Arrival(c, "thanks")
	a.MemberID, a.From = m[0].MemberID, m[0].Address
	for _, to := range append(m, m[1]) {
		a.Thanks = append(a.Thanks, store.Thanks{To: to.MemberID, Note: to.Address, TellAt: Now.Add(day)})
	}
	return a
}

func thanksInPost(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	m := Members(t, db, c, 3)
	a := thanking(c, m)
	filed := Accept(t, db, a)
	again, err := db.AcceptPost(ctx, a)
	check(t, err)
	equal(t, "again", again.Duplicate, true)
	all, err := db.ThanksSince(ctx, c.ID, Now.Add(-day))
	check(t, err)
	equal(t, "thanks", len(all), 2)
	equal(t, "the first", all[0], store.Thanks{ID: all[0].ID, CommunityID: c.ID, From: m[0].MemberID, To: m[1].MemberID, Note: m[1].Address, At: a.Now, PostID: filed.PostID})
	a = thanking(c, m)
	a.MessageID, a.BodyHash, a.MemberID = "stranger@x", []byte("s"), 0
	Accept(t, db, a)
	equal(t, "a stranger's", len(thanksSince(t, db, c, Now.Add(-day))), 2)
}

func thanksHeld(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	a := thanking(c, Members(t, db, c, 3))
	held, err := db.HoldPost(ctx, a, store.Holding{})
	check(t, err)
	equal(t, "while it is held", len(thanksSince(t, db, c, Now.Add(-day))), 0)
	_, err = db.ApproveHold(ctx, By(Now), held.HoldID, a, nil)
	check(t, err)
	_, err = db.ApproveHold(ctx, By(Now), held.HoldID, a, nil)
	wantKind(t, "approved twice", err, store.Conflict)
	equal(t, "when it is approved", len(thanksSince(t, db, c, Now.Add(-day))), 2)
}

func thanksTold(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	m := Members(t, db, c, 4)
	to := m[0].MemberID
	for i, at := range []time.Duration{0, time.Hour} {
		thank(t, db, store.Thanks{CommunityID: c.ID, From: m[i+1].MemberID, To: to, Note: fmt.Sprint(i), At: Now.Add(at), TellAt: Now.Add(day + at)}, store.ThanksKept)
	}
	tasks, err := db.TasksDue(ctx, store.TaskThanks, Now.Add(day))
	check(t, err)
	equal(t, "one task, at the first time", fmt.Sprint(len(tasks), tasks[0].ObjectID == to), "1 true")
	untold, err := db.UntoldThanks(ctx, c.ID, to)
	check(t, err)
	equal(t, "untold", len(untold), 2)
	thank(t, db, store.Thanks{CommunityID: c.ID, From: m[3].MemberID, To: to, Note: "late", At: Now.Add(day), TellAt: Now.Add(day)}, store.ThanksKept)
	notices := []store.Notice{{CommunityID: c.ID, Recipient: "ada@a.example", Raw: []byte("To: ada@a.example\n\nx")}}
	check(t, db.TellThanks(ctx, Now.Add(day), tasks[0], untold[1].ID, Now.Add(2*day), notices))
	wantKind(t, "told twice", db.TellThanks(ctx, Now.Add(day), tasks[0], untold[1].ID, Now.Add(2*day), notices), store.Conflict)
	equal(t, "mails", len(Drain(t, db, Now.Add(day))), 1)
	untold, err = db.UntoldThanks(ctx, c.ID, to)
	check(t, err)
	equal(t, "what came meanwhile", fmt.Sprint(len(untold), untold[0].Note), "1late")
	tasks, err = db.TasksDue(ctx, store.TaskThanks, Now.Add(2*day))
	check(t, err)
	equal(t, "is told the next time", fmt.Sprint(len(tasks), tasks[0].DueAt.Equal(Now.Add(2*day))), "1 true")
}

func milestones(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	m := Members(t, db, c, 2)
	meeting := Meeting(t, db, c, "one@x")
	for i := range 3 {
		date := Occurrence(t, db, meeting, fmt.Sprint(i), Now.Add(time.Duration(i-3)*7*day))
		r := store.AttendanceReport{OccurrenceID: date.ID, Known: true, By: m[1].ID, Came: []int64{m[0].ID}}
		check(t, db.RecordAttendance(ctx, Now, r, nil))
	}
	for _, tt := range []struct {
		name        string
		from        time.Time
		want, hosts string
	}{
		{"the last two", Now.Add(-18 * day), fmt.Sprint([]store.AttendedCount{{MemberID: m[0].MemberID, Before: 1, Until: 3}}), "[]"},
		{"all", Now.Add(-30 * day), fmt.Sprint([]store.AttendedCount{{MemberID: m[0].MemberID, Before: 0, Until: 3}}), fmt.Sprint([]int64{m[1].MemberID})},
		{"none", Now.Add(-day), "[]", "[]"},
	} {
		counts, err := db.AttendedCounts(ctx, c.ID, tt.from, Now)
		check(t, err)
		equal(t, tt.name+", came", fmt.Sprint(counts), tt.want)
		hosts, err := db.FirstHosts(ctx, c.ID, tt.from, Now)
		check(t, err)
		equal(t, tt.name+", hosted first", fmt.Sprint(hosts), tt.hosts)
	}
}
