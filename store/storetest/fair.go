package storetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"guildpost/store"
)

// What the ranks promise: while F other flows have waiting deliveries, the k-th delivery of a flow that had none is
// claimed among the next k + F×(k+1), counted from its expansion. (It has rank front+k; each other flow has one
// delivery at each rank from front to front+k.)
var fairCases = []testCase{
	{"a post to 5 overtakes the rest of a post to 3,000", smallOvertakes},
	{"among nine communities as well", smallAmongMany},
	{"a community that was silent for long has saved nothing up", noSavings},
	{"a flood of notices does not hold up posts", noticeFlood},
	{"notices of a community do not hold up another's", noticeElsewhere},
	{"many retries do not hold up posts", retryFlood},
	{"communities share alike", shareAlike},
}

// server claims one delivery at a time, expanding before each.
type server struct {
	t      *testing.T
	db     *store.DB
	worker int64
}

func newServer(t *testing.T, db *store.DB) server {
	t.Helper()
	worker, err := db.JoinWorkers(ctx, Now)
	check(t, err)
	return server{t, db, worker}
}

// serve claims n deliveries and returns the names of their communities, the part of the address before the number.
func (s server) serve(n int) (names []string) {
	s.t.Helper()
	for range n {
		_, err := s.db.Expand(ctx, Now)
		check(s.t, err)
		claimed, err := s.db.Claim(ctx, s.worker, 1, Now)
		check(s.t, err)
		if len(claimed) == 0 {
			return names
		}
		check(s.t, recordOutcomes(s.db, s.worker, Now, outcomes(claimed, store.Sent)))
		name, _, _ := strings.Cut(claimed[0].Recipient, "-")
		names = append(names, name)
	}
	return names
}

func count(names []string, name string) (n int) {
	for _, other := range names {
		if other == name {
			n++
		}
	}
	return n
}

func big(t *testing.T, db *store.DB, name string, members int) store.Community {
	t.Helper()
	c := Community(t, db, name)
	Members(t, db, c, members)
	return c
}

func smallOvertakes(t *testing.T, db *store.DB) {
	a, b := big(t, db, "a", 3000), big(t, db, "b", 5)
	Accept(t, db, Arrival(a, "big"))
	s := newServer(t, db)
	for _, served := range []int{0, 1, 37} {
		s.serve(served)
		Accept(t, db, Arrival(b, fmt.Sprint("small", served)))
		got := s.serve(5 + 6)
		if n := count(got, "b"); n != 5 {
			t.Errorf("after %d: %d of 5 were claimed among the next 11: %v", served, n, got)
		}
	}
}

func smallAmongMany(t *testing.T, db *store.DB) {
	const others = 8
	for i := range others {
		Accept(t, db, Arrival(big(t, db, fmt.Sprint("big", i), 300), "one"))
	}
	b := big(t, db, "b", 5)
	s := newServer(t, db)
	s.serve(100)
	Accept(t, db, Arrival(b, "small"))
	if n := count(s.serve(5+others*6), "b"); n != 5 {
		t.Errorf("%d of 5 were claimed among the next %d", n, 5+others*6)
	}
}

func noSavings(t *testing.T, db *store.DB) {
	a, b := big(t, db, "a", 600), big(t, db, "b", 200)
	Accept(t, db, Arrival(b, "early"))
	s := newServer(t, db)
	s.serve(200)
	Accept(t, db, Arrival(a, "big"))
	s.serve(400) // b is silent
	Accept(t, db, Arrival(b, "late"))
	got := s.serve(100)
	if n := count(got, "a"); n < 49 || n > 51 {
		t.Errorf("a got %d of 100, want half", n)
	}
}

func notices(t *testing.T, db *store.DB, c store.Community, n int) {
	t.Helper()
	atOnce(10, func(k int) {
		for i := range n / 10 {
			if err := db.SendNotice(ctx, Now, store.Notice{CommunityID: c.ID, Recipient: fmt.Sprintf("notice-%d", i),
				Raw: []byte(fmt.Sprint(k, i))}); err != nil {
				t.Error(err)
			}
		}
	})
}

func noticeFlood(t *testing.T, db *store.DB) {
	a := big(t, db, "a", 5)
	notices(t, db, a, 500)
	s := newServer(t, db)
	s.serve(10)
	Accept(t, db, Arrival(a, "small"))
	got := s.serve(5 + 6)
	if n := count(got, "a"); n != 5 {
		t.Errorf("%d of 5 copies were claimed among the next 11: %v", n, got)
	}
}

func noticeElsewhere(t *testing.T, db *store.DB) {
	a, b := big(t, db, "a", 5), Community(t, db, "b")
	notices(t, db, a, 300)
	Accept(t, db, Arrival(a, "post"))
	s := newServer(t, db)
	s.serve(3)
	check(t, db.SendNotice(ctx, Now, store.Notice{CommunityID: b.ID, Recipient: "b-1", Raw: []byte("b")}))
	if got := s.serve(1 + 2*2); count(got, "b") != 1 {
		t.Errorf("b's notice is not among the next 5: %v", got)
	}
}

func retryFlood(t *testing.T, db *store.DB) {
	a, b := big(t, db, "a", 900), big(t, db, "b", 5)
	Accept(t, db, Arrival(a, "one"))
	s := newServer(t, db)
	flood := map[string]func() (int, error){
		"by time":           func() (int, error) { return db.Promote(ctx, Now.Add(time.Hour)) },
		"by the postmaster": func() (int, error) { return db.RetryDeliveries(ctx, nil) },
	}
	for how, retry := range flood {
		_, err := db.Expand(ctx, Now)
		check(t, err)
		claimed, err := db.Claim(ctx, s.worker, 1000, Now)
		check(t, err)
		deferred := outcomes(claimed, store.Deferred)
		for i := range deferred {
			deferred[i].NextAt = Now.Add(time.Minute)
		}
		check(t, recordOutcomes(db, s.worker, Now, deferred))
		n, err := retry()
		check(t, err)
		equal(t, how+": retries", n, len(claimed))
		s.serve(3)
		Accept(t, db, Arrival(b, how))
		got := s.serve(5 + 6)
		if count(got, "b") != 5 {
			t.Errorf("%s: not all 5 were claimed among the next 11: %v", how, got)
		}
	}
}

func shareAlike(t *testing.T, db *store.DB) {
	for _, name := range []string{"a", "b", "c"} {
		Accept(t, db, Arrival(big(t, db, name, 400), "one"))
	}
	s := newServer(t, db)
	got := s.serve(300)
	for _, name := range []string{"a", "b", "c"} {
		equal(t, "share of "+name, count(got, name), 100)
	}
}
