package outbound

import (
	"context"
	"errors"
	"fmt"
	"time"

	"guildpost/store"
)

var (
	errLease = errors.New("this daemon was silent for too long; others deliver its mail")
	errHold  = errors.New("the queue does not answer")
)

func (w *Worker) join(ctx context.Context) error {
	now := w.o.Now()
	id, err := w.o.Queue.JoinWorkers(ctx, now)
	if err != nil {
		return err
	}
	w.leaseEnds.Store(now.Add(leaseTime).UnixMicro())
	w.id.Store(id)
	_, err = w.o.Queue.FreeExpired(ctx, now)
	return err
}

// keepLease renews the lease when it is time, or takes a new one when it was lost.
func (w *Worker) keepLease(ctx context.Context, now time.Time) error {
	if now.Add(leaseTime-renewAfter).UnixMicro() < w.leaseEnds.Load() {
		return nil
	}
	if err := w.renew(ctx, now); store.KindOf(err) != store.NotFound {
		return err
	}
	w.o.Log.Warn("the lease on deliveries was lost; taking another")
	w.hand.remove(func(*task) bool { return true })
	return w.join(ctx)
}

// renew renews the lease. Several who need it at once do it one after the other, and only the first in fact.
func (w *Worker) renew(ctx context.Context, now time.Time) error {
	w.renewal.Lock()
	defer w.renewal.Unlock()
	ends := now.Add(leaseTime).UnixMicro()
	if w.leaseEnds.Load() >= ends {
		return nil
	}
	id := w.id.Load()
	err := w.o.Queue.RenewLease(ctx, id, now)
	switch {
	case err == nil:
		w.leaseEnds.Store(ends)
	case store.KindOf(err) == store.NotFound:
		w.id.CompareAndSwap(id, 0)
	}
	return err
}

// hold makes sure that deliveries claimed as this worker are still ours, right before they are handed over. A
// computer that was asleep may come here after its lease has ended.
func (w *Worker) hold(ctx context.Context, worker int64) error {
	if worker != w.id.Load() {
		return errLease
	}
	now := w.o.Now()
	if now.UnixMicro() < w.leaseEnds.Load() {
		return nil
	}
	err := w.renew(ctx, now)
	if worker != w.id.Load() {
		return errLease
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errHold, err)
	}
	return nil
}
