package outbound

import (
	"errors"
	"time"

	"guildpost/store"
)

// settle records what became of the present message, and returns when that is committed. What was not tried goes
// back to the hand. After an error the lane must not send anything more.
func (l *lane) settle(sendErr error) error {
	s := l.now
	if l.stalled {
		l.stalled = false
		l.w.stall(s.task.community, -1)
	}
	if errors.Is(sendErr, errLease) {
		return nil // others have it now
	}
	if len(s.task.deliveries) == 1 && s.task.half == nil && s.message.Results[0].Status == Taken {
		return l.settleOne(s)
	}
	s.outcomes, s.failures = s.outcomes[:0], s.failures[:0]
	untried, refused := s.sort(l.w, l.blames(sendErr, s.task))
	l.judge(s, refused, len(untried) == len(s.task.deliveries))
	if err := l.commit(s); err != nil || len(untried) == 0 {
		return err
	}
	rest := s.task.part(untried)
	if len(untried) == len(s.task.deliveries) {
		rest.half = s.task.half
	}
	rest.losses = s.task.losses
	if sendErr != nil && !ours(sendErr) {
		rest.losses++
	}
	l.w.hand.back(rest)
	return nil
}

// settleOne is settle for what is usual.
func (l *lane) settleOne(s *slot) error {
	if !s.entry.taken.Load() {
		s.entry.taken.Store(true)
	}
	s.outcomes = append(s.outcomes[:0], store.Outcome{DeliveryID: s.task.deliveries[0].ID, State: store.Sent})
	s.failures = s.failures[:0]
	return l.commit(s)
}

// maxLosses is how many connections may be lost within an envelope before its recipients are taken for the reason.
const maxLosses = 3

// blames says whether a task that was not tried is to blame for the loss of the connection: it was the first on it,
// or it was so too often.
func (l *lane) blames(sendErr error, t *task) bool {
	var unavailable *UnavailableError
	if sendErr == nil || ours(sendErr) || errors.As(sendErr, &unavailable) || l.ctx.Err() != nil {
		return false
	}
	return l.fresh || t.losses+1 >= maxLosses
}

// sort makes outcomes of results, and returns the deliveries that were not tried, and those that were refused as
// the message's fault. Blamed says that the former are deferred.
func (s *slot) sort(w *Worker, blamed bool) (untried, refused []store.Delivery) {
	now := w.o.Now()
	for i := range s.task.deliveries {
		d, r := &s.task.deliveries[i], &s.message.Results[i]
		switch r.Status {
		case Taken:
			s.entry.taken.Store(true)
			s.outcomes = append(s.outcomes, store.Outcome{DeliveryID: d.ID, State: store.Sent})
		case Refused:
			if s.message.Whole {
				refused = append(refused, *d)
			} else {
				s.fail(d, r.Reply, false)
			}
		case Untried, Open:
			if !blamed {
				untried = append(untried, *d)
				continue
			}
			fallthrough
		default:
			s.postpone(w, d, r, now)
		}
	}
	return untried, refused
}

func (s *slot) fail(d *store.Delivery, reply string, whole bool) {
	s.outcomes = append(s.outcomes, store.Outcome{DeliveryID: d.ID, State: store.Failed, Reply: reply})
	s.failures = append(s.failures, Failure{Delivery: *d, Reply: reply, Whole: whole})
}

// postpone defers a delivery, or fails it when its time is over.
func (s *slot) postpone(w *Worker, d *store.Delivery, r *Result, now time.Time) {
	o := deferral(d, r.Reply, r.Status == InDoubt, now, w.o.Jitter())
	s.outcomes = append(s.outcomes, o)
	if o.State == store.Failed {
		s.failures = append(s.failures, Failure{Delivery: *d, Reply: o.Reply})
	}
}

// judge deals with deliveries that were refused together with the message, and with what hangs on a half.
func (l *lane) judge(s *slot, refused []store.Delivery, untried bool) {
	if len(refused) == 0 {
		if s.task.half != nil && !untried {
			if next := s.task.acquit(s.anyTaken()); next != nil {
				l.w.hand.back(next)
			}
		}
		return
	}
	reply := s.replyOf(Refused)
	if s.message.Hopeless {
		l.failWhole(s, append(refused, s.task.held()...), reply, true)
		return
	}
	next, failed, whole := s.task.blame(refused)
	if next != nil {
		l.w.hand.back(next)
	}
	if len(failed) > 0 {
		l.failWhole(s, failed, reply, whole)
	}
}

// failWhole fails deliveries whose message was refused, and dooms the dispatch if it is sure, or likely by now, that
// nobody can get it.
func (l *lane) failWhole(s *slot, failed []store.Delivery, reply string, certain bool) {
	for i := range failed {
		s.fail(&failed[i], reply, true)
	}
	if s.entry.refuse(reply, certain) && l.w.o.Refused != nil {
		l.w.o.Refused(l.ctx, s.entry.dispatch, reply)
	}
}

func (s *slot) anyTaken() bool {
	for i := range s.message.Results {
		if s.message.Results[i].Status == Taken {
			return true
		}
	}
	return false
}

func (s *slot) replyOf(status Status) string {
	for i := range s.message.Results {
		if s.message.Results[i].Status == status {
			return s.message.Results[i].Reply
		}
	}
	return ""
}

// doom fails the task and all others of its dispatch that wait, since the message was refused for everybody.
func (l *lane) doom(s *slot) {
	reply := *s.entry.doomed.Load()
	l.whole(s, func(d *store.Delivery) { s.fail(d, reply, true) })
}

// cannotCompose defers the task and all others of its dispatch, or fails them if there is no hope.
func (l *lane) cannotCompose(s *slot) {
	e, now := s.entry, l.w.o.Now()
	kind := store.KindOf(e.err)
	l.w.o.Log.Error("a message cannot be made", "dispatch", e.id, "err", e.err)
	reply := "451 4.3.0 the message cannot be made here: " + store.Sentence(e.err)
	l.whole(s, func(d *store.Delivery) {
		if kind == store.Invalid || kind == store.NotFound {
			s.fail(d, reply, true)
			return
		}
		s.postpone(l.w, d, &Result{Lost, reply}, now)
	})
	l.entry = nil
}

// whole does something with all deliveries of the slot's dispatch in the hand, and records it.
func (l *lane) whole(s *slot, do func(d *store.Delivery)) {
	s.outcomes, s.failures = s.outcomes[:0], s.failures[:0]
	tasks := l.w.hand.remove(func(t *task) bool { return t.dispatch == s.task.dispatch && t.worker == s.task.worker })
	for _, t := range append(tasks, s.task) {
		held := t.held()
		for i := range t.deliveries {
			do(&t.deliveries[i])
		}
		for i := range held {
			do(&held[i])
		}
	}
	_ = l.commit(s) // nothing was sent
}

// commit records the outcomes of a slot and tells those who want to know.
func (l *lane) commit(s *slot) error {
	if len(s.outcomes) == 0 {
		return nil
	}
	if err := l.w.recorder.record(l.ctx, s.task.worker, s.outcomes); err != nil {
		return err
	}
	for _, f := range s.failures {
		if l.w.o.Failed != nil {
			l.w.o.Failed(l.ctx, f)
		}
	}
	return nil
}
