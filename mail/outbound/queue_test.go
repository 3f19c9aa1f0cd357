package outbound_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"guildpost/store"
)

// clock is a service's clock that tests set.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	c.now = c.now.Add(d)
	c.mu.Unlock()
}

// memQueue is a queue in memory. With hurry, its clock moves on whenever nothing is left but to wait for a retry.
type memQueue struct {
	clock *clock
	hurry bool
	wake  func()

	mu         sync.Mutex
	dispatches map[int64]store.Dispatch
	rows       []memRow // by delivery ID, from 1
	waiting    []int64  // IDs in claim order; waiting[at:] are left
	at         int
	unfinished int
	claimed    int
	done       chan struct{} // closed when all rows are finished
	commits    int
	claims     []int // sizes
	failing    error // of RecordOutcomes
	onCommit   func([]store.Outcome)
	onPromote  func()
	lost       bool // the lease
	worker     int64
}

type memRow struct {
	store.Delivery
	inDoubt int
	worker  int64
}

func newMemQueue(c *clock) *memQueue {
	return &memQueue{clock: c, hurry: true, wake: func() {}, dispatches: make(map[int64]store.Dispatch), done: make(chan struct{})}
}

// add queues a dispatch to n recipients.
func (q *memQueue) add(d store.Dispatch, n int, recipient func(i int) string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	d.ID = int64(len(q.dispatches) + 1)
	d.AcceptedAt = q.clock.Now()
	q.dispatches[d.ID] = d
	for i := range n {
		id := int64(len(q.rows) + 1)
		q.rows = append(q.rows, memRow{Delivery: store.Delivery{
			ID: id, DispatchID: d.ID, CommunityID: d.CommunityID, SubscriptionID: id, Recipient: recipient(i), AcceptedAt: d.AcceptedAt,
		}})
		q.waiting = append(q.waiting, id)
	}
	if n > 0 && q.unfinished == 0 {
		q.done = make(chan struct{})
	}
	q.unfinished += n
}

func member(i int) string { return fmt.Sprintf("u%05d@example.org", i) }

func (q *memQueue) JoinWorkers(context.Context, time.Time) (int64, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.worker++
	q.lost = false
	return q.worker, nil
}

func (q *memQueue) RenewLease(_ context.Context, worker int64, _ time.Time) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.lost || worker != q.worker {
		return store.Errorf(store.NotFound, "lost")
	}
	return nil
}

func (q *memQueue) LeaveWorkers(_ context.Context, worker int64) error {
	q.free(func(r *memRow) bool { return r.worker == worker })
	return nil
}

func (q *memQueue) FreeExpired(context.Context, time.Time) (int, error) {
	q.mu.Lock()
	worker := q.worker
	q.mu.Unlock()
	return q.free(func(r *memRow) bool { return r.worker != worker }), nil
}

func (q *memQueue) free(match func(*memRow) bool) (n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i := range q.rows {
		if r := &q.rows[i]; r.State == store.Claimed && match(r) {
			r.State = store.Waiting
			q.claimed--
			q.again(r.ID)
			n++
		}
	}
	return n
}

// again puts a row back in the order of its ID.
func (q *memQueue) again(id int64) {
	left := q.waiting[q.at:]
	i, _ := slices.BinarySearch(left, id)
	q.waiting = slices.Insert(q.waiting, q.at+i, id)
}

func (q *memQueue) Expand(context.Context, time.Time) (int, error) { return 0, nil }

func (q *memQueue) Promote(_ context.Context, now time.Time) (n int, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.onPromote != nil {
		q.onPromote()
	}
	if q.unfinished == q.claimed+len(q.waiting)-q.at {
		return 0, nil
	}
	for i := range q.rows {
		if r := &q.rows[i]; r.State == store.Deferred && !r.NextAt.After(now) {
			r.State = store.Waiting
			q.again(r.ID)
			n++
		}
	}
	return n, nil
}

func (q *memQueue) Claim(ctx context.Context, worker int64, n int, now time.Time) ([]store.Delivery, error) {
	return q.ClaimExcept(ctx, worker, n, now, nil)
}

func (q *memQueue) ClaimExcept(_ context.Context, worker int64, n int, _ time.Time, communities []int64) ([]store.Delivery, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	all := make([]store.Delivery, 0, n)
	var over []int64
	for q.at < len(q.waiting) && len(all) < n {
		id := q.waiting[q.at]
		q.at++
		r := &q.rows[id-1]
		if slices.Contains(communities, r.CommunityID) {
			over = append(over, id)
			continue
		}
		r.State, r.worker = store.Claimed, worker
		q.claimed++
		all = append(all, r.Delivery)
	}
	q.at -= len(over)
	copy(q.waiting[q.at:], over)
	q.claims = append(q.claims, len(all))
	return all, nil
}

func (q *memQueue) RecordOutcomes(_ context.Context, worker int64, now time.Time, outcomes []store.Outcome) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.failing != nil {
		return q.failing
	}
	q.commits++
	for i := range outcomes {
		o := &outcomes[i]
		r := &q.rows[o.DeliveryID-1]
		if r.State != store.Claimed || r.worker != worker {
			continue
		}
		r.State, r.NextAt, r.Reply = o.State, o.NextAt, o.Reply
		q.claimed--
		switch o.State {
		case store.Waiting:
			q.again(r.ID)
			continue
		case store.Sent, store.Failed:
			q.unfinished--
		}
		r.Attempts++
		if o.InDoubt {
			r.inDoubt++
		}
	}
	if q.onCommit != nil {
		q.onCommit(outcomes)
	}
	q.rest()
	return nil
}

// rest says that all is done, or moves the clock to the next retry.
func (q *memQueue) rest() {
	if q.unfinished == 0 {
		select {
		case <-q.done:
		default:
			close(q.done)
		}
		return
	}
	if !q.hurry || q.claimed > 0 || q.at < len(q.waiting) {
		return
	}
	var next time.Time
	for i := range q.rows {
		if r := &q.rows[i]; r.State == store.Deferred && (next.IsZero() || r.NextAt.Before(next)) {
			next = r.NextAt
		}
	}
	if d := next.Sub(q.clock.Now()); d > 0 {
		q.clock.Advance(d)
	}
	q.wake()
}

func (q *memQueue) Dispatch(_ context.Context, id int64) (store.Dispatch, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	d, ok := q.dispatches[id]
	if !ok {
		return d, store.Errorf(store.NotFound, "there is no dispatch %d", id)
	}
	return d, nil
}

// wait returns when all deliveries are sent or failed.
func (q *memQueue) wait(t testing.TB, limit time.Duration) {
	t.Helper()
	q.mu.Lock()
	done := q.done
	q.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	select {
	case <-done:
	case <-ctx.Done():
		t.Fatalf("the queue is not done: %s", q)
	}
}

// states counts the rows by state.
func (q *memQueue) states() map[store.DeliveryState]int {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := make(map[store.DeliveryState]int)
	for i := range q.rows {
		n[q.rows[i].State]++
	}
	return n
}

// row returns a delivery by its number, from 0.
func (q *memQueue) row(i int) memRow {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.rows[i]
}

func (q *memQueue) sum(f func(*memRow) int) (n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i := range q.rows {
		n += f(&q.rows[i])
	}
	return n
}

func (q *memQueue) String() string { return fmt.Sprint(q.states()) }
