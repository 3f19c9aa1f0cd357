package outbound

import (
	"context"
	"errors"
	"time"

	"guildpost/store"
)

// idleFor is how long a connection is kept that has nothing to do.
const idleFor = 5 * time.Second

// A lane is one connection and what goes over it. All of it belongs to one goroutine, which is also the one that
// the session calls back on.
type lane struct {
	w       *Worker
	ctx     context.Context
	session Session
	slots   [2]slot
	now     *slot // under way
	ahead   *slot // whose envelope went out behind it
	entry   *entry
	fresh   bool // nothing was answered yet
	stalled bool
}

// A slot is a message and what it was made of; its buffers serve again.
type slot struct {
	task     *task
	entry    *entry
	message  Message
	outcomes []store.Outcome
	failures []Failure
}

// run opens a connection and works until there is nothing to do, or it breaks.
func (w *Worker) run(ctx context.Context) {
	defer w.kick()
	session, err := w.o.Courier.Open(ctx)
	if err != nil {
		w.cannotOpen(ctx, err)
		return
	}
	w.gate.opened()
	w.count.connections.Add(1)
	w.kick()
	l := &lane{w: w, ctx: ctx, session: session, fresh: true}
	err = l.work()
	session.Close()
	if l.ahead != nil {
		w.hand.back(l.ahead.task)
	}
	if err == nil || ours(err) {
		w.gate.closed()
		return
	}
	var unavailable *UnavailableError
	wait := w.gate.lost(w.o.Now(), l.fresh, errors.As(err, &unavailable), err.Error())
	w.down(wait, err)
}

// ours says that a session ended for a reason on our side.
func ours(err error) bool {
	return errors.Is(err, errTakenBack) || errors.Is(err, errLease) || errors.Is(err, errHold)
}

// cannotOpen reports a connection that did not come about.
func (w *Worker) cannotOpen(ctx context.Context, err error) {
	w.count.refused.Add(1)
	wait := w.gate.refused(w.o.Now(), err.Error())
	if ctx.Err() == nil {
		w.down(wait, err)
	}
}

// down tells the postmaster, if the smarthost is left alone from now on.
func (w *Worker) down(wait time.Duration, err error) {
	if wait > 0 {
		w.o.Log.Error("the smarthost takes no mail; the queue waits", "again_in", wait.Round(time.Second), "err", err)
	}
}

// work sends messages until there are none for a while.
func (l *lane) work() error {
	for {
		l.now, l.ahead = l.ahead, nil
		if l.now == nil && !l.await() {
			return nil
		}
		err := l.session.Send(&l.now.message, l)
		if recordErr := l.settle(err); err == nil {
			err = recordErr
		}
		if err != nil {
			return err
		}
		l.fresh = false
		if l.w.gate.answered() {
			l.w.kick()
		}
	}
}

// await waits for a task and makes it the present one; false if none came.
func (l *lane) await() bool {
	for !l.w.gate.crowded() {
		if s := l.next(); s != nil {
			l.now = s
			return true
		}
		t := l.idle()
		if t == nil {
			return false
		}
		if l.load(&l.slots[0], t) {
			l.now = &l.slots[0]
			return true
		}
	}
	return false
}

func (l *lane) idle() *task {
	c := l.w.hand.wait()
	timer := time.NewTimer(idleFor)
	defer timer.Stop()
	select {
	case t := <-c:
		return t
	case <-timer.C:
	case <-l.ctx.Done():
	}
	return l.w.hand.leave(c)
}

// next loads a task that waits, if there is one, into the slot that is free.
func (l *lane) next() *slot {
	free := &l.slots[0]
	if l.now == free {
		free = &l.slots[1]
	}
	for {
		t := l.w.hand.take()
		if t == nil {
			return nil
		}
		if l.load(free, t) {
			return free
		}
	}
}

// Next implements Feed.
func (l *lane) Next() (*Message, error) {
	if err := l.w.hold(l.ctx, l.now.task.worker); err != nil {
		return nil, err
	}
	if l.w.gate.crowded() {
		return nil, nil
	}
	if l.ahead = l.next(); l.ahead == nil {
		return nil, nil
	}
	return &l.ahead.message, nil
}

// Stalled implements Feed: the message that was to come next goes to the others.
func (l *lane) Stalled() bool {
	l.stalled = true
	defer l.w.stall(l.now.task.community, 1)
	if l.ahead == nil {
		return false
	}
	l.w.hand.back(l.ahead.task)
	l.ahead = nil
	return true
}

// load makes a task into a message. It returns false if there is nothing to send.
func (l *lane) load(s *slot, t *task) bool {
	if t.worker != l.w.id.Load() {
		return false // the lease it was claimed under was lost
	}
	e := l.compose(t.dispatch)
	s.task, s.entry = t, e
	switch {
	case e.err != nil:
		l.cannotCompose(s)
		return false
	case e.doomed.Load() != nil:
		l.doom(s)
		return false
	case len(t.deliveries) > 1 && !e.copy.Shared:
		l.w.hand.back(t.part(t.deliveries[1:]))
		t.deliveries = t.deliveries[:1:1]
	}
	s.fill()
	return true
}

// compose returns the entry of a dispatch, mostly the one that it returned before.
func (l *lane) compose(dispatch int64) *entry {
	if e := l.entry; e != nil && e.id == dispatch {
		return e
	}
	e := l.w.cache.get(l.ctx, dispatch)
	if e.err != nil && !l.w.o.Now().Before(e.until) {
		l.w.cache.forget(e)
		e = l.w.cache.get(l.ctx, dispatch)
	}
	l.entry = e
	return e
}

// fill writes what differs between recipients.
func (s *slot) fill() {
	c, m, d := s.entry.copy, &s.message, &s.task.deliveries[0]
	m.Sender, m.Head = m.Sender[:0], m.Head[:0]
	if c.Sender != nil {
		m.Sender = c.Sender(m.Sender, d)
	}
	if c.Head != nil && !c.Shared {
		m.Head = c.Head(m.Head, d)
	}
	m.Recipients = m.Recipients[:0]
	for i := range s.task.deliveries {
		m.Recipients = append(m.Recipients, s.task.deliveries[i].Recipient)
	}
	m.Rest, m.Rest7 = c.Rest, s.entry.rest7
	m.EightBit, m.SMTPUTF8, m.RequireTLS = c.EightBit, c.SMTPUTF8, s.entry.dispatch.RequireTLS
}
