package storetest

import (
	"testing"
	"time"

	"guildpost/store"
)

var pruneCases = []testCase{
	{"finished deliveries go, the others stay", pruneFinished},
	{"a notice goes with its bytes, a post's stay", pruneRaw},
	{"a secret goes once it is delivered", pruneSecret},
	{"many are removed in steps", pruneSteps},
}

func pruneAll(t *testing.T, db *store.DB, before time.Time) (total int) {
	t.Helper()
	for {
		n, err := db.Prune(ctx, before)
		check(t, err)
		if n == 0 {
			return total
		}
		total += n
	}
}

func pruneFinished(t *testing.T, db *store.DB) {
	worker, claimed := fanned(t, db, 5)
	later := Now.Add(time.Hour)
	check(t, recordOutcomes(db, worker, Now, outcomes(claimed[:1], store.Sent)))
	check(t, recordOutcomes(db, worker, Now, outcomes(claimed[1:2], store.Failed)))
	check(t, recordOutcomes(db, worker, Now, outcomes(claimed[2:3], store.Deferred)))
	check(t, recordOutcomes(db, worker, later, outcomes(claimed[3:4], store.Sent)))
	equal(t, "nothing is so old", pruneAll(t, db, Now), 0)
	equal(t, "removed", pruneAll(t, db, Now.Add(time.Minute)), 2)
	equal(t, "left", states(queue(t, db, store.QueueFilter{States: allStates})), "deferred sent claimed")
	_, err := db.Dispatch(ctx, claimed[0].DispatchID)
	check(t, err)
	check(t, recordOutcomes(db, worker, later, outcomes(claimed[4:], store.Sent)))
	_, err = db.DropDeliveries(ctx, By(later), []int64{claimed[2].ID})
	check(t, err)
	equal(t, "then the rest with its dispatch", pruneAll(t, db, later.Add(time.Minute)), 4)
	_, err = db.Dispatch(ctx, claimed[0].DispatchID)
	wantKind(t, "the dispatch", err, store.NotFound)
}

func pruneRaw(t *testing.T, db *store.DB) {
	c := Community(t, db, "rust")
	a := Arrival(c, "one")
	p, err := db.Post(ctx, Accept(t, db, a).PostID)
	check(t, err)
	for _, raw := range []string{"a notice", string(a.Raw)} {
		check(t, db.SendNotice(ctx, Now, store.Notice{Recipient: "x@x.example", Raw: []byte(raw)}))
	}
	rows := queue(t, db, store.QueueFilter{})
	gone, err := db.Dispatch(ctx, rows[0].DispatchID)
	check(t, err)
	Drain(t, db, Now)
	equal(t, "removed: two deliveries, three dispatches", pruneAll(t, db, Now.Add(time.Hour)), 5)
	_, err = db.Raw(ctx, gone.RawID)
	wantKind(t, "the notice's bytes", err, store.NotFound)
	_, err = db.Raw(ctx, p.RawID)
	check(t, err)
	equal(t, "again", pruneAll(t, db, Now.Add(time.Hour)), 0)
}

func pruneSecret(t *testing.T, db *store.DB) {
	for _, n := range []store.Notice{{Raw: []byte("a password"), Secret: true}, {Raw: []byte("no secret")}} {
		n.Recipient = "x@x.example"
		check(t, db.SendNotice(ctx, Now, n))
	}
	rows := queue(t, db, store.QueueFilter{})
	secret, err := db.Dispatch(ctx, rows[0].DispatchID)
	check(t, err)
	other, err := db.Dispatch(ctx, rows[1].DispatchID)
	check(t, err)
	prune := func(want int) {
		t.Helper()
		n, err := db.PruneSecrets(ctx)
		check(t, err)
		equal(t, "removed", n, want)
	}
	prune(0)
	_, err = db.Raw(ctx, secret.RawID)
	check(t, err)
	Drain(t, db, Now)
	check(t, db.Settle(ctx))
	prune(1)
	_, err = db.Raw(ctx, secret.RawID)
	wantKind(t, "the password's bytes", err, store.NotFound)
	_, err = db.Raw(ctx, other.RawID)
	check(t, err)
	equal(t, "left", len(queue(t, db, store.QueueFilter{States: allStates})), 1)
	prune(0)
}

func pruneSteps(t *testing.T, db *store.DB) {
	c := big(t, db, "rust", 3000)
	for _, id := range []string{"one", "two"} {
		Accept(t, db, Arrival(c, id))
	}
	Drain(t, db, Now)
	first, err := db.Prune(ctx, Now.Add(time.Hour))
	check(t, err)
	if first == 0 || first >= 6000 {
		t.Errorf("the first step removed %d of 6,000", first)
	}
	equal(t, "the others, and two dispatches", pruneAll(t, db, Now.Add(time.Hour)), 6002-first)
}
