package storetest

import (
	"fmt"
	"testing"
	"time"

	"guildpost/store"
)

var failureCases = []testCase{
	{"days are counted, not failures", failureDays},
	{"a harder failure of the same delivery counts as hard", failureHarder},
	{"failures of many copies wait until it is known whether others failed too", failureWaits},
	{"a delivery that is somebody else's is none", failureForged},
	{"a failure belongs to the address that it was sent to", failureAddress},
	{"settling counts some and sets others aside, once", failureSettle},
	{"on how many days before it an address had failed", failedEarlier},
	{"arrived mail makes an address well again", failureAges},
	{"suspending and coming back happen once", suspendOnce},
	{"tasks are taken together or not at all", takeTogether},
}

// may is a rule by which four copies, or two to a domain, may fail together.
var may = store.MayBeMass{Copies: 4, Addresses: 2, Wait: time.Hour}

// sentTo makes a post to a community and delivers it; it returns the deliveries by subscription.
func sentTo(t *testing.T, db *store.DB, c store.Community, id string, at time.Time) map[int64]store.QueueRow {
	t.Helper()
	a := Arrival(c, id)
	a.Now = at
	post := Accept(t, db, a)
	Drain(t, db, at)
	rows, err := db.QueueList(ctx, store.QueueFilter{MessageID: a.MessageID, States: []store.DeliveryState{store.Sent}})
	check(t, err)
	if len(rows) == 0 {
		t.Fatalf("post %d was delivered to nobody", post.PostID)
	}
	sent := map[int64]store.QueueRow{}
	for _, r := range rows {
		sent[r.SubscriptionID] = r
	}
	return sent
}

func record(t *testing.T, db *store.DB, f store.Failure) store.FailureState {
	t.Helper()
	state, err := db.RecordFailure(ctx, f, may)
	check(t, err)
	return state
}

func failureDays(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	s := Members(t, db, c, 1)[0]
	for _, hours := range []int{0, 1, 3, 24, 25, 72} {
		at := Now.Add(time.Duration(hours) * time.Hour)
		equal(t, "state", record(t, db, store.Failure{Address: s.Address, At: at, Hard: hours != 72, SubscriptionID: s.ID, Status: "5.1.1",
			Reason: fmt.Sprint("after ", hours)}), store.Counted)
	}
	h, err := db.HealthOf(ctx, s.Address, Now.Add(-time.Hour))
	check(t, err)
	equal(t, "hard days", h.HardDays, 2)
	equal(t, "soft days", h.SoftDays, 1)
	equal(t, "days", h.Days, 3)
	equal(t, "the last", h.Last.Reason, "after 72")
	h, err = db.HealthOf(ctx, s.Address, Now.Add(26*time.Hour))
	check(t, err)
	equal(t, "hard days since", h.HardDays, 0)
	equal(t, "days since", h.Days, 1)
	for community, want := range map[int64]int{0: 1, c.ID: 1, c.ID + 1: 0} {
		addresses, err := db.Failing(ctx, community, Now)
		check(t, err)
		equal(t, "failing addresses", len(addresses), want)
	}
	check(t, db.ForgetFailures(ctx, s.Address))
	if h, err = db.HealthOf(ctx, s.Address, time.Time{}); err != nil || h != (store.Health{}) {
		t.Errorf("after forgetting: %+v, %v", h, err)
	}
}

func failureHarder(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	s := Members(t, db, c, 1)[0]
	d := sentTo(t, db, c, "one", Now)[s.ID]
	f := store.Failure{Address: s.Address, At: Now, SubscriptionID: s.ID, DeliveryID: d.ID, Reason: "soft"}
	record(t, db, f)
	f.Hard, f.Reason = true, "hard"
	record(t, db, f)
	f.Hard, f.Reason = false, "soft again"
	record(t, db, f)
	h, err := db.HealthOf(ctx, s.Address, Now)
	check(t, err)
	equal(t, "hard days", h.HardDays, 1)
	equal(t, "soft days", h.SoftDays, 0)
	equal(t, "reason", h.Last.Reason, "hard")
}

func failureWaits(t *testing.T, db *store.DB) {
	few, many := Community(t, db, "few"), Community(t, db, "many")
	// Three copies to three domains are few; so are four of which one was given up.
	for i, domain := range []string{"a.example", "b.example", "c.example"} {
		_, _, err := db.AddMember(ctx, By(Now.Add(-time.Hour)), few.ID, store.NewMember{Address: fmt.Sprintf("m%d@%s", i, domain)})
		check(t, err)
	}
	s := Subscriptions(t, db, few)[0]
	d := sentTo(t, db, few, "one", Now)[s.ID]
	f := store.Failure{Address: s.Address, At: Now, Hard: true, SubscriptionID: s.ID, DeliveryID: d.ID}
	equal(t, "of three copies", record(t, db, f), store.Counted)
	tasks, err := db.TasksDue(ctx, store.TaskSettle, Now.Add(2*time.Hour))
	check(t, err)
	equal(t, "tasks", len(tasks), 0)

	all := Members(t, db, many, 2) // at one domain
	sent := sentTo(t, db, many, "two", Now)
	for i, s := range all {
		f := store.Failure{Address: s.Address, At: Now.Add(time.Duration(i) * time.Minute), Hard: true, SubscriptionID: s.ID, DeliveryID: sent[s.ID].ID}
		equal(t, "of two copies to a domain", record(t, db, f), store.Unsettled)
	}
	h, err := db.HealthOf(ctx, all[0].Address, Now)
	check(t, err)
	equal(t, "days while it waits", h.Days, 0)
	tasks, err = db.TasksDue(ctx, store.TaskSettle, Now.Add(time.Hour))
	check(t, err)
	if len(tasks) != 1 || tasks[0].ObjectID != sent[all[0].ID].DispatchID || tasks[0].CommunityID != many.ID || !tasks[0].DueAt.Equal(Now.Add(time.Hour)) {
		t.Errorf("tasks %+v, want one, an hour after the first failure", tasks)
	}
	copies, to, complete, err := db.DispatchCopies(ctx, tasks[0].ObjectID, []string{"members.example", "x.example"})
	check(t, err)
	if copies != 2 || to["members.example"] != 2 || to["x.example"] != 0 || !complete {
		t.Errorf("%d copies, %v, complete %t", copies, to, complete)
	}
}

func failureForged(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	all := Members(t, db, c, 2)
	theirs := sentTo(t, db, c, "one", Now)[all[1].ID]
	for _, delivery := range []int64{theirs.ID, 1 << 40} {
		record(t, db, store.Failure{Address: all[0].Address, At: Now, Hard: true, SubscriptionID: all[0].ID, DeliveryID: delivery})
	}
	h, err := db.HealthOf(ctx, all[0].Address, Now)
	check(t, err)
	equal(t, "delivery", h.Last.DeliveryID, 0)
	equal(t, "dispatch", h.Last.DispatchID, 0)
	h, err = db.HealthOf(ctx, all[1].Address, Now)
	check(t, err)
	equal(t, "days of the other", h.Days, 0)
}

func failureAddress(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	s := Members(t, db, c, 1)[0]
	d, old := sentTo(t, db, c, "one", Now)[s.ID], s.Address
	s.Address = "new@elsewhere.example"
	check(t, db.UpdateSubscription(ctx, By(Now), s))
	record(t, db, store.Failure{Address: s.Address, At: Now, Hard: true, SubscriptionID: s.ID, DeliveryID: d.ID})
	for address, want := range map[string]int{old: 1, s.Address: 0} {
		h, err := db.HealthOf(ctx, address, Now)
		check(t, err)
		equal(t, address, h.Days, want)
	}
}

func failedEarlier(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	all := Members(t, db, c, 3)
	var dispatch int64
	for d, who := range [][]store.Subscription{{all[0]}, {all[0], all[1]}, {all[0], all[1], all[2]}} {
		at := Now.AddDate(0, 0, d)
		sent := sentTo(t, db, c, fmt.Sprint(d), at)
		for _, s := range who {
			dispatch = sent[s.ID].DispatchID
			for i := range 2 { // its bounce comes twice
				record(t, db, store.Failure{Address: s.Address, At: at.Add(time.Duration(i) * time.Hour), SubscriptionID: s.ID, DeliveryID: sent[s.ID].ID})
			}
		}
	}
	got, err := db.FailedEarlier(ctx, dispatch)
	check(t, err)
	equal(t, "days", fmt.Sprint(got), fmt.Sprint(map[string]int{all[0].Address: 2, all[1].Address: 1}))
}

func failureSettle(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	all := Members(t, db, c, 4)
	sent := sentTo(t, db, c, "one", Now)
	for _, s := range all[:3] {
		record(t, db, store.Failure{Address: s.Address, At: Now, Hard: true, SubscriptionID: s.ID, DeliveryID: sent[s.ID].ID})
	}
	failures, err := db.DispatchFailures(ctx, sent[all[0].ID].DispatchID)
	check(t, err)
	equal(t, "failures", len(failures), 3)
	tasks, err := db.TasksDue(ctx, store.TaskSettle, Now.Add(time.Hour))
	check(t, err)
	equal(t, "tasks", len(tasks), 1)
	done := make([]bool, 4)
	atOnce(len(done), func(i int) {
		var err error
		if done[i], err = db.SettleFailures(ctx, tasks[0], []int64{failures[0].ID}, []int64{failures[1].ID, failures[2].ID}); err != nil {
			t.Error(err)
		}
	})
	n := 0
	for _, d := range done {
		if d {
			n++
		}
	}
	equal(t, "how many did it", n, 1)
	for i, want := range []store.Health{{Days: 1}, {MassDays: 1}, {MassDays: 1}, {}} {
		h, err := db.HealthOf(ctx, all[i].Address, Now)
		check(t, err)
		equal(t, fmt.Sprint("days of ", i), h.Days, want.Days)
		equal(t, fmt.Sprint("mass days of ", i), h.MassDays, want.MassDays)
	}
	// What was decided stays, whatever the same delivery is said to have done later on that day.
	equal(t, "again", record(t, db, store.Failure{Address: all[1].Address, At: Now.Add(2 * time.Hour), Hard: true, SubscriptionID: all[1].ID,
		DeliveryID: sent[all[1].ID].ID}), store.InMass)
}

func failureAges(t *testing.T, db *store.DB) {
	const day = 24 * time.Hour
	c := Community(t, db, "rust")
	all := Members(t, db, c, 3)
	fail := func(n int, at time.Time) {
		record(t, db, store.Failure{Address: all[n].Address, At: at, Hard: true, SubscriptionID: all[n].ID})
	}
	days := func(n int) int {
		h, err := db.HealthOf(ctx, all[n].Address, Now.Add(-100*day))
		check(t, err)
		return h.Days
	}
	age := func(at time.Time, wantLeft int) {
		t.Helper()
		left, err := db.AgeFailures(ctx, at, at.Add(-50*day), 6*day)
		check(t, err)
		equal(t, "left", left, wantLeft)
	}
	fail(0, Now.Add(-60*day))                 // long over
	fail(1, Now.Add(-2*day))                  // before the post
	fail(2, Now.Add(-2*day))                  // before it,
	sentTo(t, db, c, "one", Now)              //
	fail(2, Now.Add(day))                     // and after it
	age(Now.Add(5*day), 3)                    // its bounce may still come
	equal(t, "before it is sure", days(1), 1) //
	age(Now.Add(7*day), 2)
	equal(t, "arrived since", days(1), 0)
	equal(t, "failed since", days(2), 2)
	equal(t, "long over", days(0), 0)
	sentTo(t, db, c, "two", Now.Add(8*day))
	age(Now.Add(9*day), 2)
	age(Now.Add(15*day), 0)
}

func suspendOnce(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	s := Members(t, db, c, 1)[0]
	by := store.Actor{Who: "guildpost", Via: "bounces", At: Now}
	mail := func() ([]store.Notice, error) {
		return []store.Notice{{CommunityID: c.ID, SubscriptionID: s.ID, Recipient: s.Address, Raw: []byte("Subject: x\r\n\r\nx\r\n")}}, nil
	}
	next := store.Task{Kind: "suspended", CommunityID: c.ID, ObjectID: s.ID, DueAt: Now.Add(time.Hour)}
	count := func(change func() (bool, error)) (n int) {
		changed := make([]bool, 8)
		atOnce(len(changed), func(i int) {
			var err error
			if changed[i], err = change(); err != nil {
				t.Error(err)
			}
		})
		for _, c := range changed {
			if c {
				n++
			}
		}
		return n
	}
	tasks := func() int {
		all, err := db.TasksDue(ctx, "suspended", Now.Add(24*time.Hour))
		check(t, err)
		return len(all)
	}
	equal(t, "suspended", count(func() (bool, error) { return db.Suspend(ctx, by, s.ID, nil, &next, mail) }), 1)
	via, err := db.SuspendedBy(ctx, s)
	check(t, err)
	equal(t, "via", via, "bounces")
	equal(t, "tasks", tasks(), 1)
	equal(t, "mails", len(Drain(t, db, Now)), 1)
	journal, err := db.Journal(ctx, c.ID, 100)
	check(t, err)
	before := len(journal)
	equal(t, "came back", count(func() (bool, error) { return db.Resume(ctx, by, s.ID, []string{"suspended"}, nil) }), 1)
	equal(t, "tasks", tasks(), 0)
	journal, err = db.Journal(ctx, c.ID, 100)
	check(t, err)
	equal(t, "journal entries of coming back", len(journal)-before, 1)
	// Leaving by the same ticket from everywhere at once is one change as well.
	equal(t, "left", count(func() (bool, error) {
		return db.End(ctx, by, s.ID, store.Left, func(int64) ([]store.Notice, error) { return mail() })
	}), 1)
	equal(t, "mails", len(Drain(t, db, Now)), 1)
}

func takeTogether(t *testing.T, db *store.DB) {
	for i := range 3 {
		check(t, db.Schedule(ctx, store.Task{Kind: "one", CommunityID: 1, ObjectID: int64(i), DueAt: Now}))
	}
	tasks, err := db.TasksDue(ctx, "one", Now)
	check(t, err)
	next := []store.Task{{Kind: "two", CommunityID: 1, DueAt: Now}}
	taken, err := db.TakeTasks(ctx, Now, tasks[2:], nil, nil)
	check(t, err)
	equal(t, "the third", taken, true)
	for _, some := range [][]store.Task{tasks, {tasks[2], tasks[0]}} {
		taken, err = db.TakeTasks(ctx, Now, some, next, nil)
		check(t, err)
		equal(t, "with one that is gone", taken, false)
	}
	left, err := db.Due(ctx, Now)
	check(t, err)
	equal(t, "left", len(left), 2)
	taken, err = db.TakeTasks(ctx, Now, tasks[:2], next, nil)
	check(t, err)
	equal(t, "the others", taken, true)
	left, err = db.Due(ctx, Now)
	check(t, err)
	if len(left) != 1 || left[0].Kind != "two" {
		t.Errorf("left: %+v", left)
	}
}
