package outbound

import (
	"context"
	"time"

	"guildpost/store"
)

// A round is what the loop knows from one look to the next.
type round struct {
	w      *Worker
	limit  int   // deliveries in hand, for now
	done   int64 // settled at the last tick
	empty  bool  // the last claim got all there was
	since  int   // claimed since the last expansion
	freed  time.Time
	failed string // the last error of the queue that was logged
}

// loop claims deliveries and opens connections for them.
func (w *Worker) loop(ctx context.Context) {
	defer close(w.ended)
	defer w.hand.close()
	ticker := time.NewTicker(w.o.Poll)
	defer ticker.Stop()
	r := &round{w: w, freed: w.o.Now()}
	r.adapt()
	r.look(ctx)
	for {
		r.fill(ctx)
		w.connect(ctx)
		select {
		case <-ctx.Done():
			return
		case <-w.stop:
			return
		case <-w.signal:
		case <-w.wake:
			r.look(ctx)
		case <-ticker.C:
			r.adapt()
			r.look(ctx)
		}
	}
}

// adapt makes the hand hold what two polls have settled, so that who leaves gets no more mail soon after, and a
// new post waits behind little.
func (r *round) adapt() {
	w := r.w
	done := w.count.settled.Load()
	r.limit = int(min(2*(done-r.done), int64(w.o.MaxInHand)))
	r.limit = max(r.limit, 2*w.o.Connections*w.o.RecipientsPerMessage)
	r.done = done
	w.hand.setLow(r.limit / 2)
}

// look does what the queue needs now and then.
func (r *round) look(ctx context.Context) {
	w, now := r.w, r.w.o.Now()
	r.empty, r.since = false, expandEvery
	r.check(ctx, "renewing the lease", w.keepLease(ctx, now))
	if now.Sub(r.freed) >= renewAfter || now.Before(r.freed) {
		_, err := w.o.Queue.FreeExpired(ctx, now)
		r.check(ctx, "freeing the claims of others", err)
		r.freed = now
	}
	_, err := w.o.Queue.Promote(ctx, now)
	r.check(ctx, "taking up deferred deliveries", err)
}

// check logs an error of the queue, once while it stays the same.
func (r *round) check(ctx context.Context, what string, err error) {
	if err == nil || ctx.Err() != nil {
		return
	}
	if text := what + err.Error(); text != r.failed {
		r.failed = text
		r.w.o.Log.Error("the queue does not work", "doing", what, "err", err)
	}
}

// fill claims deliveries while the hand holds less than half of what it may.
func (r *round) fill(ctx context.Context) {
	w, now := r.w, r.w.o.Now()
	if !w.gate.usable(now) {
		r.giveBack(ctx, func(*task) bool { return true })
		return
	}
	blocked, extra := w.blocked()
	w.gate.widen(extra)
	if len(blocked) > 0 {
		r.giveBack(ctx, func(t *task) bool { return contains(blocked, t.community) })
	}
	for !r.empty && ctx.Err() == nil {
		have, _ := w.hand.size()
		if have > r.limit/2 || w.id.Load() == 0 {
			return
		}
		r.claim(ctx, r.limit-have, blocked, now)
		w.connect(ctx)
	}
}

// expandEvery is after how many claimed deliveries dispatches are expanded further: less than the store makes at once.
const expandEvery = 500

// claim takes up to n deliveries in hand. It expands dispatches for the claims to come.
func (r *round) claim(ctx context.Context, n int, blocked []int64, now time.Time) {
	w := r.w
	var claimed []store.Delivery
	var err error
	made, expanded := 0, r.since >= expandEvery
	if expanded {
		r.since = 0
		made, err = w.o.Queue.Expand(ctx, now)
		r.check(ctx, "expanding dispatches", err)
	}
	worker := w.id.Load()
	if excluder, ok := w.o.Queue.(Excluder); ok && len(blocked) > 0 {
		claimed, err = excluder.ClaimExcept(ctx, worker, n, now, blocked)
	} else {
		claimed, err = w.o.Queue.Claim(ctx, worker, n, now)
	}
	r.check(ctx, "claiming deliveries", err)
	if err != nil {
		claimed = nil // whatever a queue returns with an error: nobody knows that it is ours
	}
	r.since += len(claimed)
	switch {
	case err != nil:
		r.empty = true
		if store.KindOf(err) == store.NotFound {
			w.leaseEnds.Store(0) // it is lost: see to that at the next look
		}
	case len(claimed) < n && expanded:
		r.empty = made == 0
	case len(claimed) < n:
		r.since = expandEvery // there may be more to expand
	}
	if len(claimed) > 0 {
		w.hand.add(worker, claimed)
	}
}

// giveBack returns tasks to the queue, untried.
func (r *round) giveBack(ctx context.Context, match func(*task) bool) {
	byWorker := make(map[int64][]store.Outcome)
	for _, t := range r.w.hand.remove(match) {
		for _, d := range append(t.held(), t.deliveries...) {
			byWorker[t.worker] = append(byWorker[t.worker], store.Outcome{DeliveryID: d.ID, State: store.Waiting})
		}
	}
	for worker, outcomes := range byWorker {
		r.check(ctx, "giving deliveries back", r.w.o.Queue.RecordOutcomes(ctx, worker, r.w.o.Now(), outcomes))
	}
}

// connect opens connections for the tasks that no connection waits for.
func (w *Worker) connect(ctx context.Context) {
	_, tasks := w.hand.size()
	for ; tasks > 0 && w.gate.enter(w.o.Now()); tasks-- {
		w.lanes.Go(func() { w.run(ctx) })
	}
}

// stall counts the connections of a community that wait long for a reply.
func (w *Worker) stall(community int64, n int) {
	w.mu.Lock()
	w.stalls[community] += n
	if w.stalls[community] == 0 {
		delete(w.stalls, community)
	}
	w.mu.Unlock()
	w.kick()
}

// blocked returns the communities that get no more connections, because half of the connections, or of those that
// others leave, wait for replies to their messages. As long as there are any, each connection that waits may be
// replaced by an extra one.
func (w *Worker) blocked() (communities []int64, extra int) {
	if _, ok := w.o.Queue.(Excluder); !ok {
		return nil, 0
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	all, most := 0, w.o.Connections
	for _, n := range w.stalls {
		all += n
	}
	for community, n := range w.stalls {
		if 2*n >= min(most, 2*most-(all-n)) {
			communities = append(communities, community)
			extra = min(all, most)
		}
	}
	return communities, extra
}

func contains(all []int64, one int64) bool {
	for _, id := range all {
		if id == one {
			return true
		}
	}
	return false
}
