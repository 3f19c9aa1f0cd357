package outbound

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"guildpost/store"
)

// A recorder commits outcomes. Those that come while others are being committed go into the next commit together, so
// that it costs little more for many connections than for one. Who comes first makes the commit.
type recorder struct {
	w    *Worker
	mu   sync.Mutex
	busy bool
	next []*batch
}

// A batch is outcomes that wait for a commit together.
type batch struct {
	worker   int64
	outcomes []store.Outcome
	turn     chan struct{} // brings something to the one who is to commit, and is closed afterwards
	err      error
}

// record returns when the outcomes are committed: whoever calls must not hand over anything before. There is an error
// only if ctx has ended, since the worker is stopped in haste; then what was sent may be sent again.
func (r *recorder) record(ctx context.Context, worker int64, outcomes []store.Outcome) error {
	r.mu.Lock()
	if !r.busy {
		r.busy = true
		r.mu.Unlock()
		err := r.commit(ctx, worker, outcomes)
		r.pass()
		return err
	}
	b := r.join(worker, outcomes)
	r.mu.Unlock()
	if _, mine := <-b.turn; !mine {
		return b.err
	}
	r.mu.Lock()
	r.next = r.next[1:]
	r.mu.Unlock()
	slices.SortFunc(b.outcomes, func(x, y store.Outcome) int { return cmp.Compare(x.DeliveryID, y.DeliveryID) })
	b.err = r.commit(ctx, worker, b.outcomes)
	close(b.turn)
	r.pass()
	return b.err
}

// pass lets the next batch be committed.
func (r *recorder) pass() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.next) == 0 {
		r.busy = false
		return
	}
	r.next[0].turn <- struct{}{}
}

// join puts outcomes into the last batch, or a new one where they are another worker's.
func (r *recorder) join(worker int64, outcomes []store.Outcome) *batch {
	last := len(r.next) - 1
	if last < 0 || r.next[last].worker != worker {
		r.next = append(r.next, &batch{worker: worker, turn: make(chan struct{}, 1)})
		last++
	}
	b := r.next[last]
	b.outcomes = append(b.outcomes, outcomes...)
	return b
}

// commit tries until it succeeds, or for a short time when ctx has ended.
func (r *recorder) commit(ctx context.Context, worker int64, outcomes []store.Outcome) error {
	w := r.w
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		hasty := ctx.Err() != nil
		try, cancel := ctx, context.CancelFunc(func() {})
		if hasty {
			try, cancel = context.WithTimeout(context.WithoutCancel(ctx), lastWords)
		}
		err := w.o.Queue.RecordOutcomes(try, worker, w.o.Now(), outcomes)
		cancel()
		if err == nil {
			w.count.add(outcomes)
			return nil
		}
		w.o.Log.Error("outcomes are not recorded", "deliveries", len(outcomes), "gives_up", hasty, "err", err)
		if hasty {
			return fmt.Errorf("%w: %w", errHold, err)
		}
		pause(ctx, wait)
	}
}

// pause waits, but not beyond the end of ctx.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
