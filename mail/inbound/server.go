package inbound

import (
	"context"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"guildpost/mail/inbound/port"
	"guildpost/store"
)

// A Server is the LMTP and the SMTP listener, with the limits that they share. New makes it, Start begins, Stop ends
// it for good.
type Server struct {
	opts     Options
	receiver Receiver
	gate     *gate
	budget   *budget
	count    counters
	run      string // tells this run's message ids from those of others

	ctx    context.Context // ends when messages that are being stored must be abandoned
	cancel context.CancelFunc

	listeners []*listener
	stopOnce  sync.Once
	stopped   chan struct{} // closed when no session is left

	mu    sync.Mutex
	wires map[*wire]struct{}
}

// counters are kept for Stats.
type counters struct {
	sessions, turnedAway, taken, refused, deferred, panics, lastID atomic.Int64
}

// Stats are figures since the start, but for Open and Memory, which are of the moment.
type Stats struct {
	Open       int   // connections
	Sessions   int64 // connections admitted
	TurnedAway int64 // connections refused with 421
	Evicted    int64 // connections ended in favour of others
	Taken      int64 // messages of which at least one recipient was done
	Refused    int64 // messages refused for good
	Deferred   int64 // messages refused for a time
	Panics     int64 // in the Receiver
	Memory     int64 // octets of messages that are coming in, beyond the first 64 KiB of each
}

// New makes a Server. The error is of kind store.Invalid: an option that cannot be meant.
func New(opts Options, receiver Receiver) (*Server, error) {
	opts, err := opts.check()
	if err != nil {
		return nil, err
	}
	if receiver == nil {
		return nil, store.Errorf(store.Invalid, "inbound: there is no receiver for messages")
	}
	s := &Server{
		opts: opts, receiver: receiver, gate: newGate(opts.Limits), budget: &budget{max: opts.Limits.Memory},
		run: strconv.FormatInt(opts.Now().UnixMilli(), 36), stopped: make(chan struct{}), wires: map[*wire]struct{}{},
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s, nil
}

// Start listens, and returns when the addresses are taken; sessions go on in the background. When one address cannot
// be had, none is kept.
func (s *Server) Start() error {
	if s.ctx.Err() != nil {
		return store.Errorf(store.Conflict, "inbound: the server was stopped, make another")
	}
	for _, want := range []struct{ kind, addr string }{{"lmtp", s.opts.LMTPAddr}, {"smtp", s.opts.SMTPAddr}} {
		if want.addr == "" {
			continue
		}
		l, err := s.listen(want.kind, want.addr)
		if err != nil {
			for _, l := range s.listeners {
				l.Close()
			}
			s.listeners = nil
			return err
		}
		s.listeners = append(s.listeners, l)
	}
	for _, l := range s.listeners {
		go l.serve()
	}
	return nil
}

// Addr returns the address that "lmtp" or "smtp" really listens on, in the form of Options, "" where it is off.
func (s *Server) Addr(kind string) string {
	for _, l := range s.listeners {
		if l.kind == kind {
			return port.Address(l)
		}
	}
	return ""
}

// Stats returns the figures of now.
func (s *Server) Stats() Stats {
	c := &s.count
	st := Stats{
		Sessions: c.sessions.Load(), TurnedAway: c.turnedAway.Load(), Taken: c.taken.Load(), Refused: c.refused.Load(),
		Deferred: c.deferred.Load(), Panics: c.panics.Load(), Memory: s.budget.used.Load(),
	}
	st.Open, st.Evicted = s.gate.count()
	return st
}

// Stop takes no new connections, tells clients that wait between commands to go (421 4.3.2), and waits for
// messages that are coming in. When ctx ends first, sessions are cut, the context of Receive ends, and ctx's error
// is returned after the Receiver has come back, which it must do soon. It may be called again, and then waits for the
// same end.
func (s *Server) Stop(ctx context.Context) error {
	s.stopOnce.Do(func() { go s.wind() })
	select {
	case <-s.stopped:
		return nil
	case <-ctx.Done():
	}
	s.cancel()
	for _, w := range s.open() {
		w.leave("4.3.2 shutting down", true)
	}
	<-s.stopped
	return ctx.Err()
}

// wind ends the listeners, then the sessions. The order matters: go-smtp must not count a new session while it is
// waiting for the last.
func (s *Server) wind() {
	defer close(s.stopped)
	for _, l := range s.listeners {
		l.Close()
	}
	for _, l := range s.listeners {
		<-l.done
	}
	for _, w := range s.open() {
		w.leave("4.3.2 shutting down", false)
	}
	for _, l := range s.listeners {
		l.smtp.Shutdown(context.Background())
	}
	s.cancel()
}

// open returns the connections, with those that were evicted but are not gone yet.
func (s *Server) open() []*wire {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]*wire, 0, len(s.wires))
	for w := range s.wires {
		all = append(all, w)
	}
	return all
}

func (s *Server) newBody(trusted bool, size int64) *body {
	return &body{max: s.opts.MaxMessage, maxLine: s.opts.Limits.BodyLine, budget: s.budget, trusted: trusted, hint: min(size, s.opts.MaxMessage)}
}

// nextID names a message: unique, short, and in the order of arrival.
func (s *Server) nextID() string {
	return s.run + "-" + strconv.FormatInt(s.count.lastID.Add(1), 36)
}

// deadlineIn is wall time, as the network knows no other.
func deadlineIn(d time.Duration) time.Time { return time.Now().Add(d) }
