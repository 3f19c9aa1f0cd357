package outbound_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"guildpost/mail/mailtest"
	"guildpost/mail/outbound"
	"guildpost/store"
)

// TestStop stops and starts workers while they send: nothing is lost, and nothing sent twice.
func TestStop(t *testing.T) {
	s := faulty(mailtest.Faults{Slow: time.Millisecond})
	w := build(t, s)
	w.queue.add(store.Dispatch{CommunityID: 1}, 3000, member)
	for n := 200; n < 3000; n += 400 {
		w.start()
		wait(t, w.sink, n)
		w.stop()
		if states := w.queue.states(); states[store.Claimed] != 0 {
			t.Fatalf("after Stop: %v", states)
		}
		w.renew(s)
	}
	w.deliver()
	w.expect(3000, 0)
	if d := w.sink.Stats().Duplicates; d != 0 {
		t.Errorf("%d duplicates", d)
	}
}

// renew makes another worker for the same queue and sink.
func (w *world) renew(s setup) {
	s.smtp.Smarthost = w.sink.Addr()
	w.worker = outbound.New(outbound.Options{
		Queue: w.queue, Composer: composer{body: "Hello.\r\n"}, Courier: outbound.NewSMTP(s.smtp), Now: w.clock.Now,
		Connections: s.worker.Connections, Poll: 5 * time.Millisecond,
	})
	w.queue.mu.Lock()
	w.queue.wake = w.worker.Wake
	w.queue.mu.Unlock()
}

// mortal is a queue whose process dies: from then on nothing is recorded.
type mortal struct {
	*memQueue
	dead atomic.Bool
}

var errDead = errors.New("dead")

func (q *mortal) RecordOutcomes(ctx context.Context, worker int64, now time.Time, o []store.Outcome) error {
	if q.dead.Load() {
		return errDead
	}
	return q.memQueue.RecordOutcomes(ctx, worker, now, o)
}

func (q *mortal) LeaveWorkers(ctx context.Context, worker int64) error {
	if q.dead.Load() {
		return errDead
	}
	return q.memQueue.LeaveWorkers(ctx, worker)
}

// TestKill: a process that dies within a fan-out repeats at most one delivery for each connection.
func TestKill(t *testing.T) {
	const n, kills, connections = 2000, 15, 4
	s := faulty(mailtest.Faults{Slow: time.Millisecond})
	s.worker.Connections = connections
	w := build(t, s)
	w.queue.add(store.Dispatch{CommunityID: 1}, n, member)
	for i := range kills {
		dying := &mortal{memQueue: w.queue}
		worker := outbound.New(outbound.Options{
			Queue: dying, Composer: composer{body: "Hello.\r\n"}, Now: w.clock.Now, Poll: 5 * time.Millisecond, Connections: connections,
			Courier: outbound.NewSMTP(outbound.SMTPOptions{Smarthost: w.sink.Addr()}),
		})
		if err := worker.Start(context.Background()); err != nil {
			t.Fatal(err)
		}
		wait(t, w.sink, 50+i*100)
		dying.dead.Store(true)
		ended, cancel := context.WithCancel(context.Background())
		cancel()
		_ = worker.Stop(ended)
	}
	w.deliver()
	w.expect(n, 0)
	if d := w.sink.Stats().Duplicates; d > kills*connections {
		t.Errorf("%d duplicates after %d kills with %d connections", d, kills, connections)
	}
}

// TestCommitsFirst: at no time is more sent but not recorded than one message for each connection.
func TestCommitsFirst(t *testing.T) {
	const connections = 4
	s := faulty(mailtest.Faults{})
	s.worker.Connections = connections
	w := build(t, s)
	var recorded int64
	w.queue.onCommit = func(o []store.Outcome) {
		if sent := w.sink.Stats().Recipients; sent-recorded > connections {
			t.Errorf("%d are sent, %d recorded", sent, recorded)
		}
		recorded += int64(len(o))
	}
	w.queue.add(store.Dispatch{CommunityID: 1}, 2000, member)
	w.deliver()
	w.expect(2000, 0)
}

// TestQueueFails: while outcomes cannot be recorded, nothing more is sent.
func TestQueueFails(t *testing.T) {
	s := faulty(mailtest.Faults{})
	s.worker.Connections = 3
	w := build(t, s)
	w.queue.failing = errors.New("disk full")
	w.queue.add(store.Dispatch{CommunityID: 1}, 500, member)
	w.start()
	wait(t, w.sink, 3)
	if sent := w.sink.Stats().Recipients; sent != 3 {
		t.Errorf("%d were sent", sent)
	}
	w.queue.mu.Lock()
	w.queue.failing = nil
	w.queue.mu.Unlock()
	w.queue.wait(t, limit)
	w.stop()
	w.expect(500, 0)
	if d := w.sink.Stats().Duplicates; d != 0 {
		t.Errorf("%d duplicates", d)
	}
}

// TestLease: a worker whose lease was lost takes another and goes on.
func TestLease(t *testing.T) {
	w := build(t, faulty(mailtest.Faults{Slow: time.Millisecond}))
	w.queue.add(store.Dispatch{CommunityID: 1}, 1000, member)
	w.start()
	wait(t, w.sink, 100)
	w.queue.mu.Lock()
	w.queue.lost = true
	w.queue.mu.Unlock()
	w.clock.Advance(25 * time.Hour)
	w.queue.wait(t, limit)
	w.stop()
	w.expect(1000, 0)
	if d := w.sink.Stats().Duplicates; d > 10 {
		t.Errorf("%d duplicates with 10 connections", d)
	}
	if w.queue.worker != 2 {
		t.Errorf("it took %d leases", w.queue.worker)
	}
}

// TestOrder: deliveries go out in the order of the claims.
func TestOrder(t *testing.T) {
	s := faulty(mailtest.Faults{})
	s.worker.Connections = 1
	w := build(t, s)
	w.queue.add(store.Dispatch{CommunityID: 1}, 500, member)
	w.deliver()
	for i, r := range w.sink.Received() {
		if r.Recipient != member(i) {
			t.Fatalf("number %d went to %s", i, r.Recipient)
		}
	}
}

// TestInHand: what is claimed is no more than about half a second's work, so that who leaves gets nothing soon after.
func TestInHand(t *testing.T) {
	s := setup{sink: mailtest.Options{Faults: mailtest.Faults{Slow: 2 * time.Millisecond}}}
	s.worker = outbound.Options{Connections: 2, Poll: 20 * time.Millisecond}
	w := build(t, s)
	var most int
	w.queue.onCommit = func([]store.Outcome) {
		most = max(most, w.queue.claimed)
	}
	w.queue.add(store.Dispatch{CommunityID: 1}, 500, member)
	w.deliver()
	w.expect(500, 0)
	// Two polls are 40 ms: 20 messages for each of 2 connections, if the poll is on time.
	if most > 150 {
		t.Errorf("%d deliveries were claimed at once", most)
	}
}

// TestWake: what is queued is noticed at once.
func TestWake(t *testing.T) {
	s := faulty(mailtest.Faults{})
	s.worker.Poll = time.Hour
	w := build(t, s)
	w.start()
	for i := range 5 {
		w.queue.add(store.Dispatch{CommunityID: 1}, 3, member)
		w.worker.Wake()
		wait(t, w.sink, 3*(i+1))
	}
}

// TestComposeDoesNotBlock: a dispatch that cannot be made, or panics, is deferred; the others go out.
func TestComposeDoesNotBlock(t *testing.T) {
	s := faulty(mailtest.Faults{})
	s.worker.Composer = composer{
		fail:   map[int64]error{2: errors.New("no memory")},
		change: func(c *outbound.Copy) { c.EightBit = true },
	}
	w := build(t, s)
	w.queue.hurry = false
	w.queue.add(store.Dispatch{CommunityID: 1}, 100, member)
	w.queue.add(store.Dispatch{CommunityID: 2}, 100, member)
	w.queue.add(store.Dispatch{CommunityID: 3}, 100, member)
	w.start()
	wait(t, w.sink, 200)
	until(t, func() bool { s := w.queue.states(); return s[store.Deferred] == 100 && s[store.Sent] == 200 })
	w.stop()
	w.expect(200, 0)
}

type panicking struct{}

func (panicking) Compose(context.Context, store.Dispatch) (*outbound.Copy, error) {
	panic("hostile mail")
}

func TestComposePanics(t *testing.T) {
	s := faulty(mailtest.Faults{})
	s.worker.Composer = panicking{}
	w := build(t, s)
	w.queue.hurry = false
	w.queue.add(store.Dispatch{CommunityID: 1}, 3, member)
	w.start()
	until(t, func() bool { return w.queue.states()[store.Deferred] == 3 })
}

// TestStopTwice also stops one that was never started.
func TestStopTwice(t *testing.T) {
	w := build(t, setup{})
	w.stop()
	w.start()
	w.stop()
	w.stop()
}
