package storetest

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"guildpost/store"
)

var holdCases = []testCase{
	{"a hold is made with the mails that ask and its task, or not at all", holdWithMails},
	{"an approved hold is posted as accepted then, in its thread", approveHold},
	{"a Message-ID that was used before does not stop what a facilitator approves", approveRepeated},
	{"of many who decide at once one does", decideAtOnce},
	{"a rejected hold sends its mail and is known when it comes again; an expired one is not", endHold},
	{"what ended since a time because nobody decided", endedUndecided},
	{"a task is taken once", takeTask},
	{"communities and requests that wait for a facilitator", undecided},
	{"the latest post of a member, and of a thread", latestPost},
	{"an author's posts are counted by any of their addresses", authorPosts},
	{"the thread of a message and when its author last posted to it", threadOf},
	{"a receipt adds up", receipt},
	{"bans of an address, a person and a domain", bans},
}

func noticeTo(c store.Community, to string) store.Notice {
	return store.Notice{CommunityID: c.ID, Recipient: to, Raw: []byte("Subject: " + to + "\r\n\r\n")}
}

// heldPost holds a message that has to be held.
func heldPost(t *testing.T, db *store.DB, a store.Arrival, how store.Holding) store.Hold {
	t.Helper()
	got, err := db.HoldPost(ctx, a, how)
	check(t, err)
	h, err := db.Hold(ctx, got.HoldID)
	check(t, err)
	return h
}

func holdWithMails(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	a := Arrival(c, "one")
	failing := store.Holding{Mails: func(store.Hold) ([]store.Notice, error) { return nil, store.Errorf(store.Invalid, "no") }}
	_, err := db.HoldPost(ctx, a, failing)
	wantKind(t, "mails that fail", err, store.Invalid)
	holds, err := db.Holds(ctx, c.ID, store.Held)
	check(t, err)
	equal(t, "holds", len(holds), 0)

	var asked store.Hold
	h := heldPost(t, db, a, store.Holding{Reason: "why", RemindAt: Now.Add(time.Hour), Mails: func(h store.Hold) ([]store.Notice, error) {
		asked = h
		return []store.Notice{noticeTo(c, "ann@example.org"), noticeTo(c, "ben@example.org")}, nil
	}})
	equal(t, "the hold that the mails are about", asked.ID, h.ID)
	equal(t, "its state", asked.State, store.Held)
	equal(t, "its reason", h.Reason, "why")
	equal(t, "its body", string(h.BodyHash), string(a.BodyHash))
	equal(t, "mails", fmt.Sprint(Drain(t, db, Now)), "[ann@example.org ben@example.org]")
	tasks, err := db.TasksDue(ctx, store.TaskHold, Now.Add(time.Hour))
	check(t, err)
	equal(t, "tasks", len(tasks), 1)
	equal(t, "the task's hold", tasks[0].ObjectID, h.ID)
	n, err := db.HeldFrom(ctx, c.ID, a.From)
	check(t, err)
	equal(t, "posts of the author that wait", n, 1)
}

func approveHold(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	Members(t, db, c, 3)
	first := Accept(t, db, Arrival(c, "one"))
	a := Arrival(c, "two")
	a.References = []string{"one@example.org"}
	h := heldPost(t, db, a, store.Holding{RemindAt: Now.Add(time.Hour)})
	Drain(t, db, Now)

	later := Now.Add(2 * time.Hour)
	a.Now = later
	got, err := db.ApproveHold(ctx, By(later), h.ID, a, []store.Notice{noticeTo(c, "ann@example.org")})
	check(t, err)
	equal(t, "thread", got.ThreadID, first.ThreadID)
	p, err := db.Post(ctx, got.PostID)
	check(t, err)
	equal(t, "accepted", p.AcceptedAt, later)
	equal(t, "the same bytes", p.RawID, h.RawID)
	equal(t, "delivered", len(Drain(t, db, later)), 4)
	h, err = db.Hold(ctx, h.ID)
	check(t, err)
	equal(t, "state", h.State, store.Approved)
	equal(t, "by", h.DecidedBy, "postmaster")
	equal(t, "at", h.DecidedAt, later)
	tasks, err := db.TasksDue(ctx, store.TaskHold, later)
	check(t, err)
	equal(t, "tasks", len(tasks), 0)
	again, err := db.AcceptPost(ctx, a)
	check(t, err)
	equal(t, "what comes again is the post", again.PostID, got.PostID)
}

func approveRepeated(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	a := Arrival(c, "one")
	Accept(t, db, a)
	a.BodyHash, a.Raw = []byte("other"), []byte("other")
	h := heldPost(t, db, a, store.Holding{})
	got, err := db.ApproveHold(ctx, By(Now), h.ID, a, nil)
	check(t, err)
	posts, err := db.PostsByMessageID(ctx, a.MessageID)
	check(t, err)
	equal(t, "posts", len(posts), 2)
	equal(t, "the new one", posts[1].ID, got.PostID)
}

func decideAtOnce(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	Members(t, db, c, 1)
	for round := range 5 {
		a := Arrival(c, fmt.Sprint(round))
		h := heldPost(t, db, a, store.Holding{RemindAt: Now})
		var approved, rejected, late atomic.Int64
		atOnce(8, func(i int) {
			var err error
			if i%2 == 0 {
				_, err = db.ApproveHold(ctx, By(Now), h.ID, a, nil)
			} else {
				err = db.EndHold(ctx, By(Now), h.ID, store.Rejected, "", []store.Notice{noticeTo(c, a.From)})
			}
			switch {
			case store.KindOf(err) == store.Conflict:
				late.Add(1)
			case err != nil:
				t.Error(err)
			case i%2 == 0:
				approved.Add(1)
			default:
				rejected.Add(1)
			}
		})
		equal(t, "who was first", approved.Load()+rejected.Load(), 1)
		equal(t, "who was late", late.Load(), 7)
		equal(t, "mails", len(Drain(t, db, Now)), 1)
		posts, err := db.PostsByMessageID(ctx, a.MessageID)
		check(t, err)
		equal(t, "posts", int64(len(posts)), approved.Load())
	}
}

func endHold(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	for state, known := range map[store.HoldState]bool{store.Rejected: true, store.Expired: false} {
		a := Arrival(c, string(state))
		h := heldPost(t, db, a, store.Holding{})
		check(t, db.EndHold(ctx, By(Now), h.ID, state, "so it is", []store.Notice{noticeTo(c, a.From)}))
		equal(t, "mails", len(Drain(t, db, Now)), 1)
		h, err := db.Hold(ctx, h.ID)
		check(t, err)
		equal(t, "note", h.Note, "so it is")
		again, err := db.HoldPost(ctx, a, store.Holding{})
		check(t, err)
		equal(t, string(state)+" is known", again.Duplicate, known)
	}
	journal, err := db.Journal(ctx, c.ID, 2)
	check(t, err)
	for _, e := range journal {
		if e.Action != "reject post" && e.Action != "expire post" {
			t.Errorf("the journal says %q", e.Action)
		}
	}
}

func endedUndecided(t *testing.T, db *store.DB) {
	c, other := Community(t, db, "rust"), Community(t, db, "go")
	for i, state := range []store.HoldState{store.Expired, store.Rejected, store.Expired} {
		h := heldPost(t, db, Arrival(c, fmt.Sprint(i)), store.Holding{})
		check(t, db.EndHold(ctx, By(Now.Add(time.Duration(i)*time.Hour)), h.ID, state, "", nil))
	}
	for _, address := range []string{"asked@example.org", "confirmed@example.org"} {
		r, err := db.Ask(ctx, store.Request{CommunityID: c.ID, Kind: store.RequestJoin, Address: address, AskedAt: Now, ExpiresAt: Now.Add(time.Hour)}, nil)
		check(t, err)
		if address == "confirmed@example.org" {
			check(t, db.Decide(ctx, By(Now), r.ID, store.Asked, store.Confirmed, "", nil))
		}
	}
	_, err := db.ExpireRequests(ctx, Now.Add(time.Hour))
	check(t, err)
	for _, test := range []struct {
		community int64
		after     time.Time
		want      string
	}{
		{c.ID, Now.Add(-time.Hour), "2 holds, [confirmed@example.org]"},
		{c.ID, Now, "1 holds, [confirmed@example.org]"},
		{c.ID, Now.Add(time.Hour), "1 holds, []"},
		{c.ID, Now.Add(2 * time.Hour), "0 holds, []"},
		{other.ID, Now.Add(-time.Hour), "0 holds, []"},
	} {
		holds, err := db.HoldsExpired(ctx, test.community, test.after)
		check(t, err)
		requests, err := db.RequestsExpired(ctx, test.community, test.after)
		check(t, err)
		addresses := []string{}
		for _, r := range requests {
			addresses = append(addresses, r.Address)
		}
		equal(t, "ended after "+test.after.Format(time.Kitchen), fmt.Sprintf("%d holds, %v", len(holds), addresses), test.want)
	}
}

func takeTask(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	task := store.Task{Kind: "list", CommunityID: c.ID, DueAt: Now}
	check(t, db.ScheduleFirst(ctx, task))
	task.DueAt = Now.Add(-time.Hour)
	check(t, db.ScheduleFirst(ctx, task)) // there is one
	tasks, err := db.TasksDue(ctx, "list", Now)
	check(t, err)
	equal(t, "tasks", len(tasks), 1)
	equal(t, "due", tasks[0].DueAt, Now)
	var taken atomic.Int64
	atOnce(8, func(int) {
		ok, err := db.TakeTask(ctx, Now, tasks[0], Now.Add(time.Hour), []store.Notice{noticeTo(c, "ann@example.org")})
		if err != nil {
			t.Error(err)
		}
		if ok {
			taken.Add(1)
		}
	})
	equal(t, "taken", taken.Load(), 1)
	equal(t, "mails", len(Drain(t, db, Now)), 1)
	tasks, err = db.TasksDue(ctx, "list", Now.Add(time.Hour))
	check(t, err)
	equal(t, "moved", len(tasks), 1)
	_, err = db.TakeTask(ctx, Now, tasks[0], time.Time{}, nil)
	check(t, err)
	tasks, err = db.TasksDue(ctx, "list", Now.Add(time.Hour))
	check(t, err)
	equal(t, "left", len(tasks), 0)
}

func undecided(t *testing.T, db *store.DB) {
	rust, golang, quiet := Community(t, db, "rust"), Community(t, db, "go"), Community(t, db, "quiet")
	heldPost(t, db, Arrival(rust, "one"), store.Holding{})
	for _, c := range []store.Community{golang, quiet} {
		r, err := db.Ask(ctx, store.Request{CommunityID: c.ID, Kind: store.RequestJoin, Address: "zoe@example.org", AskedAt: Now,
			ExpiresAt: Now.Add(time.Hour)}, nil)
		check(t, err)
		if c.ID == golang.ID {
			check(t, db.Decide(ctx, By(Now), r.ID, store.Asked, store.Confirmed, "", nil))
		}
	}
	got, err := db.Undecided(ctx)
	check(t, err)
	equal(t, "communities", fmt.Sprint(got), fmt.Sprint([]int64{rust.ID, golang.ID}))
	for c, want := range map[int64]int{golang.ID: 1, quiet.ID: 0} {
		requests, err := db.UndecidedRequests(ctx, c, 10)
		check(t, err)
		equal(t, "requests", len(requests), want)
	}
}
