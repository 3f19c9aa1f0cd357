package storetest

import (
	"sync"
	"testing"
	"time"

	"guildpost/store"
)

var workerCases = []testCase{
	{"eight claimers never claim one delivery twice", claimAtOnce},
	{"claims are freed when their worker's lease has ended", leaseEnds},
	{"a worker that lost its lease can claim nothing", lostLease},
	{"a worker that leaves gives its claims back", leaveWorkers},
	{"a new worker", joinWorkers},
	{"communities can be passed over", claimExcept},
}

func claimAtOnce(t *testing.T, db *store.DB) {
	c := big(t, db, "rust", 2000)
	Accept(t, db, Arrival(c, "one"))
	for range 2 {
		_, err := db.Expand(ctx, Now)
		check(t, err)
	}
	worker, err := db.JoinWorkers(ctx, Now)
	check(t, err)
	var mu sync.Mutex
	times := map[int64]int{}
	atOnce(8, func(i int) {
		for {
			claimed, err := db.Claim(ctx, worker, 7+i, Now)
			if err != nil {
				t.Error(err)
			}
			if len(claimed) == 0 {
				return
			}
			if len(claimed) > 7+i {
				t.Errorf("claimed %d, asked for %d", len(claimed), 7+i)
			}
			mu.Lock()
			for _, d := range claimed {
				times[d.ID]++
			}
			mu.Unlock()
		}
	})
	equal(t, "claimed", len(times), 2000)
	for id, n := range times {
		if n != 1 {
			t.Errorf("delivery %d was claimed %d times", id, n)
		}
	}
}

func leaseEnds(t *testing.T, db *store.DB) {
	worker, _ := fanned(t, db, 3)
	steps := []struct {
		at    time.Duration
		renew bool
		freed int
	}{
		{59 * time.Second, false, 0}, {59 * time.Second, true, 0}, {118 * time.Second, false, 0}, {120 * time.Second, false, 3},
	}
	for _, step := range steps {
		if step.renew {
			check(t, db.RenewLease(ctx, worker, Now.Add(step.at)))
		}
		freed, err := db.FreeExpired(ctx, Now.Add(step.at))
		check(t, err)
		equal(t, "freed after "+step.at.String(), freed, step.freed)
	}
	equal(t, "they wait again", states(queue(t, db, store.QueueFilter{})), "waiting waiting waiting")
}

func lostLease(t *testing.T, db *store.DB) {
	worker, claimed := fanned(t, db, 3)
	_, err := db.FreeExpired(ctx, Now.Add(2*time.Minute))
	check(t, err)
	wantKind(t, "renewing", db.RenewLease(ctx, worker, Now.Add(2*time.Minute)), store.NotFound)
	_, err = db.Claim(ctx, worker, 3, Now.Add(2*time.Minute))
	wantKind(t, "claiming", err, store.NotFound)
	check(t, recordOutcomes(db, worker, Now.Add(2*time.Minute), outcomes(claimed, store.Sent)))
	equal(t, "its outcomes are passed over", states(queue(t, db, store.QueueFilter{})), "waiting waiting waiting")
}

func leaveWorkers(t *testing.T, db *store.DB) {
	worker, claimed := fanned(t, db, 3)
	check(t, recordOutcomes(db, worker, Now, outcomes(claimed[:1], store.Sent)))
	check(t, db.LeaveWorkers(ctx, worker))
	check(t, db.LeaveWorkers(ctx, worker))
	equal(t, "states", states(queue(t, db, store.QueueFilter{States: allStates})), "sent waiting waiting")
}

// joinWorkers: an SQLite database has one daemon, so a new one knows that the one before is dead; on PostgreSQL it
// may be alive elsewhere.
func joinWorkers(t *testing.T, db *store.DB) {
	first, _ := fanned(t, db, 3)
	second, err := db.JoinWorkers(ctx, Now.Add(time.Second))
	check(t, err)
	equal(t, "another ID", first != second, true)
	claimed, err := db.Claim(ctx, second, 3, Now.Add(time.Second))
	check(t, err)
	want := 3
	if db.Shared() {
		want = 0
	}
	equal(t, "free at once", len(claimed), want)
}

func claimExcept(t *testing.T, db *store.DB) {
	stalled, other := big(t, db, "stalled", 50), big(t, db, "other", 5)
	Accept(t, db, Arrival(stalled, "one"))
	Accept(t, db, Arrival(other, "two"))
	for range 2 {
		_, err := db.Expand(ctx, Now)
		check(t, err)
	}
	worker, err := db.JoinWorkers(ctx, Now)
	check(t, err)
	claimed, err := db.ClaimExcept(ctx, worker, 100, Now, []int64{stalled.ID})
	check(t, err)
	equal(t, "claims", len(claimed), 5)
	for _, d := range claimed {
		equal(t, "community", d.CommunityID, other.ID)
	}
	claimed, err = db.ClaimExcept(ctx, worker, 100, Now, nil)
	check(t, err)
	equal(t, "claims of all", len(claimed), 50)
}
