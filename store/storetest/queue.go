package storetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"guildpost/store"
)

var queueCases = []testCase{
	{"the life of a delivery", deliveryLife},
	{"an outcome counts once, and only from who has the claim", outcomeOnce},
	{"what was deferred comes back when it is due", deferredComesBack},
	{"a delivery that is given back is as before", givenBack},
	{"the postmaster lists deliveries", listQueue},
	{"the postmaster tries again", retryDeliveries},
	{"the postmaster drops deliveries", dropDeliveries},
	{"a notice goes to one person, byte for byte", notice},
}

// fanned accepts a post to n members and claims its deliveries.
func fanned(t *testing.T, db *store.DB, n int) (worker int64, claimed []store.Delivery) {
	t.Helper()
	c := Community(t, db, "rust")
	Members(t, db, c, n)
	Accept(t, db, Arrival(c, "one"))
	_, err := db.Expand(ctx, Now)
	check(t, err)
	worker, err = db.JoinWorkers(ctx, Now)
	check(t, err)
	claimed, err = db.Claim(ctx, worker, n, Now)
	check(t, err)
	equal(t, "claimed", len(claimed), n)
	return worker, claimed
}

var allStates = []store.DeliveryState{store.Waiting, store.Claimed, store.Deferred, store.Sent, store.Failed, store.Dropped}

func queue(t testing.TB, db *store.DB, f store.QueueFilter) []store.QueueRow {
	t.Helper()
	rows, err := db.QueueList(ctx, f)
	check(t, err)
	return rows
}

func states(rows []store.QueueRow) string {
	var words []string
	for _, r := range rows {
		words = append(words, r.State.String())
	}
	return strings.Join(words, " ")
}

func deliveryLife(t *testing.T, db *store.DB) {
	worker, claimed := fanned(t, db, 5)
	d := claimed[0]
	if d.Recipient != "rust-00000@members.example" || d.State != store.Claimed || !d.AcceptedAt.Equal(Now) || d.Attempts != 0 ||
		d.SubscriptionID == 0 || d.CommunityID == 0 {
		t.Errorf("claimed: %+v", d)
	}
	dispatch, err := db.Dispatch(ctx, d.DispatchID)
	check(t, err)
	equal(t, "dispatch's kind", dispatch.Kind, store.DispatchPost)
	later := Now.Add(time.Minute)
	check(t, recordOutcomes(db, worker, later, []store.Outcome{
		{DeliveryID: claimed[0].ID, State: store.Sent}, {DeliveryID: claimed[2].ID, State: store.Sent},
		{DeliveryID: claimed[1].ID, State: store.Failed, Reply: "550 5.1.1 no\x00 such \xff user"},
		{DeliveryID: claimed[3].ID, State: store.Deferred, NextAt: later.Add(time.Hour), Reply: "450 4.2.0 later", InDoubt: true},
	}))
	rows := queue(t, db, store.QueueFilter{States: allStates})
	equal(t, "states", states(rows), "sent failed sent deferred claimed")
	equal(t, "reply", rows[1].Reply, "550 5.1.1 no\uFFFD such \uFFFD user")
	r := rows[3]
	equal(t, "deferred", fmt.Sprint(r.Attempts, r.InDoubt, r.NextAt, r.UpdatedAt, r.Reply, r.Community, r.MessageID),
		fmt.Sprint(1, 1, later.Add(time.Hour), later, "450 4.2.0 later", "rust@lists.example.org", "one@example.org"))
	due, err := db.NextDue(ctx)
	check(t, err)
	equal(t, "next due", due, later.Add(time.Hour))
}

func outcomeOnce(t *testing.T, db *store.DB) {
	worker, claimed := fanned(t, db, 3)
	other, err := db.JoinWorkers(ctx, Now)
	check(t, err)
	// On SQLite the other is the next daemon and has freed the claims: take them back.
	if again, err := db.Claim(ctx, other, 3, Now); err != nil {
		t.Fatal(err)
	} else if len(again) > 0 {
		worker, other = other, worker
	}
	sent := outcomes(claimed, store.Sent)
	for range 3 {
		check(t, recordOutcomes(db, other, Now, outcomes(claimed, store.Failed)))
		check(t, recordOutcomes(db, other, Now, sent))
	}
	equal(t, "after a stranger's", states(queue(t, db, store.QueueFilter{States: allStates})), "claimed claimed claimed")
	for range 3 {
		check(t, recordOutcomes(db, worker, Now, sent[:1]))
		check(t, recordOutcomes(db, worker, Now, sent[1:]))
		check(t, recordOutcomes(db, worker, Now, outcomes(claimed, store.Deferred)))
		check(t, recordOutcomes(db, worker, Now, nil))
	}
	rows := queue(t, db, store.QueueFilter{States: allStates})
	equal(t, "after its own", states(rows), "sent sent sent")
	for _, r := range rows {
		equal(t, "attempts", r.Attempts, 1)
	}
}

func deferredComesBack(t *testing.T, db *store.DB) {
	worker, claimed := fanned(t, db, 3)
	for i, d := range claimed {
		check(t, recordOutcomes(db, worker, Now, []store.Outcome{{DeliveryID: d.ID, State: store.Deferred,
			NextAt: Now.Add(time.Duration(i+1) * time.Hour), Reply: "450 wait"}}))
	}
	for hour, want := range []int{0, 1, 1, 1, 0} {
		now := Now.Add(time.Duration(hour) * time.Hour)
		n, err := db.Promote(ctx, now)
		check(t, err)
		equal(t, fmt.Sprintf("promoted after %d hours", hour), n, want)
		got, err := db.Claim(ctx, worker, 10, now)
		check(t, err)
		equal(t, "claimed", len(got), want)
		if want == 1 {
			equal(t, "which", got[0].ID, claimed[hour-1].ID)
			equal(t, "attempts", got[0].Attempts, 1)
		}
	}
}

func givenBack(t *testing.T, db *store.DB) {
	worker, claimed := fanned(t, db, 3)
	check(t, recordOutcomes(db, worker, Now, outcomes(claimed, store.Waiting)))
	again, err := db.Claim(ctx, worker, 3, Now)
	check(t, err)
	equal(t, "claimed again", fmt.Sprint(again), fmt.Sprint(claimed))
}

func listQueue(t *testing.T, db *store.DB) {
	worker, claimed := fanned(t, db, 5)
	check(t, recordOutcomes(db, worker, Now, []store.Outcome{{DeliveryID: claimed[0].ID, State: store.Sent},
		{DeliveryID: claimed[1].ID, State: store.Failed}}))
	check(t, db.SendNotice(ctx, Now, store.Notice{Recipient: "x@x.example", Raw: []byte("x")}))
	tests := []struct {
		name   string
		filter store.QueueFilter
		want   string
	}{
		{"what is not finished", store.QueueFilter{}, "claimed claimed claimed waiting"},
		{"failed", store.QueueFilter{States: []store.DeliveryState{store.Failed}}, "failed"},
		{"of a message", store.QueueFilter{MessageID: "one@example.org"}, "sent failed claimed claimed claimed"},
		{"of a message, waiting", store.QueueFilter{MessageID: "one@example.org", States: []store.DeliveryState{store.Waiting}}, ""},
		{"of a dispatch", store.QueueFilter{DispatchID: claimed[0].DispatchID, Limit: 2}, "sent failed"},
		{"one", store.QueueFilter{DeliveryID: claimed[1].ID}, "failed"},
		{"the next page", store.QueueFilter{After: claimed[3].ID}, "claimed waiting"},
	}
	for _, test := range tests {
		equal(t, test.name, states(queue(t, db, test.filter)), test.want)
	}
}

func retryDeliveries(t *testing.T, db *store.DB) {
	worker, claimed := fanned(t, db, 5)
	check(t, recordOutcomes(db, worker, Now, []store.Outcome{{DeliveryID: claimed[0].ID, State: store.Sent},
		{DeliveryID: claimed[1].ID, State: store.Failed}, {DeliveryID: claimed[2].ID, State: store.Deferred, NextAt: Now.Add(time.Hour)},
		{DeliveryID: claimed[3].ID, State: store.Deferred, NextAt: Now.Add(time.Hour)}}))
	var ids []int64
	for _, d := range claimed[:3] {
		ids = append(ids, d.ID)
	}
	n, err := db.RetryDeliveries(ctx, append(ids, claimed[4].ID, 12345))
	check(t, err)
	equal(t, "named: retried", n, 2)
	equal(t, "named", states(queue(t, db, store.QueueFilter{States: allStates})), "sent waiting waiting deferred claimed")
	n, err = db.RetryDeliveries(ctx, nil)
	check(t, err)
	equal(t, "all: retried", n, 1)
	n, err = db.RetryDeliveries(ctx, []int64{})
	check(t, err)
	equal(t, "none: retried", n, 0)
}

func dropDeliveries(t *testing.T, db *store.DB) {
	worker, claimed := fanned(t, db, 4)
	check(t, recordOutcomes(db, worker, Now, []store.Outcome{{DeliveryID: claimed[0].ID, State: store.Sent},
		{DeliveryID: claimed[1].ID, State: store.Deferred, NextAt: Now}}))
	n, err := db.DropDeliveries(ctx, By(Now), []int64{claimed[0].ID, claimed[1].ID, claimed[2].ID, 12345})
	check(t, err)
	equal(t, "dropped", n, 2)
	rows := queue(t, db, store.QueueFilter{States: allStates})
	equal(t, "states", states(rows), "sent dropped dropped claimed")
	equal(t, "reason", rows[1].Reply, "dropped by the postmaster")
	check(t, recordOutcomes(db, worker, Now, outcomes(claimed[2:3], store.Failed)))
	check(t, db.LeaveWorkers(ctx, worker))
	equal(t, "stay dropped", states(queue(t, db, store.QueueFilter{States: allStates})), "sent dropped dropped waiting")
}

func notice(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	raw := []byte("Subject: hello\r\n\r\n\x00\xff")
	check(t, db.SendNotice(ctx, Now, store.Notice{CommunityID: c.ID, SubscriptionID: 4, Sender: "s@x.example", Recipient: "r@x.example", Raw: raw}))
	worker, err := db.JoinWorkers(ctx, Now)
	check(t, err)
	claimed, err := db.Claim(ctx, worker, 10, Now)
	check(t, err)
	equal(t, "claimed", len(claimed), 1)
	d := claimed[0]
	equal(t, "recipient", fmt.Sprint(d.Recipient, d.SubscriptionID, d.CommunityID), fmt.Sprint("r@x.example", 4, c.ID))
	dispatch, err := db.Dispatch(ctx, d.DispatchID)
	check(t, err)
	equal(t, "dispatch", dispatch, store.Dispatch{ID: d.DispatchID, CommunityID: c.ID, Kind: store.DispatchNotice,
		RawID: dispatch.RawID, Sender: "s@x.example", AcceptedAt: Now})
	got, err := db.Raw(ctx, dispatch.RawID)
	check(t, err)
	equal(t, "bytes", string(got), string(raw))
}
