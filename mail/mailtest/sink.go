package mailtest

import (
	"context"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
)

// A Sink is a smarthost that records what it is given. Start makes it, Close ends it. It may be used by many
// goroutines.
type Sink struct {
	options  Options
	listener net.Listener
	faults   atomic.Pointer[Faults]
	done     chan struct{}
	running  sync.WaitGroup

	counts counters

	mu       sync.Mutex
	conns    map[*sinkConn]struct{}
	open     int
	pairs    map[string]int // recipient, NUL, Message-ID: how often it was accepted
	attempts map[string]int // recipient: how often RCPT named it
	received []Received
	lint     map[string]int
	waiters  []waiter
}

// Received is one recipient's delivery, as the sink took it.
type Received struct {
	Sender    string // envelope sender
	Params    string // the parameters of MAIL
	Recipient string
	MessageID string // without brackets
	TLS       bool
	Conn      int    // the connection's number, from 1
	Data      []byte // without dot-stuffing; shared between the recipients of a transaction
}

type counters struct {
	connections, refused, messages, recipients, bytes, duplicates, transactions, auths atomic.Int64
}

// Stats are a sink's counts.
type Stats struct {
	Connections  int64 // that were greeted with 220
	Refused      int64 // that were greeted with 421
	Transactions int64 // MAIL commands
	Messages     int64 // accepted
	Recipients   int64 // accepted, duplicates included
	Duplicates   int64 // accepted (recipient, Message-ID) pairs that had been accepted before; needs KeepPairs
	Bytes        int64 // of accepted messages
	Auths        int64 // AUTH commands that succeeded
	Lint         map[string]int
}

type waiter struct {
	n    int64
	done chan struct{}
}

// Start makes a sink listen.
func Start(o Options) (*Sink, error) {
	address := o.Listen
	if address == "" {
		address = "127.0.0.1:0"
	}
	if o.TLS != TLSNone && o.Certificate == nil {
		return nil, fmt.Errorf("the sink has no certificate for TLS")
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	s := &Sink{
		options:  o,
		listener: listener,
		done:     make(chan struct{}),
		conns:    make(map[*sinkConn]struct{}),
		pairs:    make(map[string]int),
		attempts: make(map[string]int),
		lint:     make(map[string]int),
	}
	s.faults.Store(&o.Faults)
	s.running.Add(1)
	go s.accept()
	return s, nil
}

// Addr is where the sink listens, host:port.
func (s *Sink) Addr() string { return s.listener.Addr().String() }

// SetFaults changes how the sink misbehaves, from the next command on.
func (s *Sink) SetFaults(f Faults) { s.faults.Store(&f) }

// Close ends the listener and all connections and waits for them.
func (s *Sink) Close() error {
	s.mu.Lock()
	select {
	case <-s.done:
	default:
		close(s.done)
	}
	s.mu.Unlock()
	err := s.listener.Close()
	s.CloseConns()
	s.running.Wait()
	return err
}

// CloseConns cuts all connections, as a smarthost does that is restarted.
func (s *Sink) CloseConns() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		_ = c.raw.Close()
	}
}

func (s *Sink) accept() {
	defer s.running.Done()
	for number := 1; ; number++ {
		raw, err := s.listener.Accept()
		if err != nil {
			return
		}
		c := newSinkConn(s, raw, number)
		s.mu.Lock()
		s.conns[c] = struct{}{}
		select {
		case <-s.done:
			_ = raw.Close()
		default:
		}
		s.mu.Unlock()
		s.running.Add(1)
		go s.serve(c)
	}
}

func (s *Sink) serve(c *sinkConn) {
	defer s.running.Done()
	c.serve()
	c.close()
	s.mu.Lock()
	delete(s.conns, c)
	s.mu.Unlock()
}

// enter counts a connection in, unless there are too many.
func (s *Sink) enter(most int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if most > 0 && s.open >= most {
		s.counts.refused.Add(1)
		return false
	}
	s.open++
	s.counts.connections.Add(1)
	return true
}

func (s *Sink) leave() {
	s.mu.Lock()
	s.open--
	s.mu.Unlock()
}

// Stats returns the counts so far.
func (s *Sink) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	lint := make(map[string]int, len(s.lint))
	for what, n := range s.lint {
		lint[what] = n
	}
	c := &s.counts
	return Stats{
		Connections: c.connections.Load(), Refused: c.refused.Load(), Transactions: c.transactions.Load(),
		Messages: c.messages.Load(), Recipients: c.recipients.Load(), Duplicates: c.duplicates.Load(),
		Bytes: c.bytes.Load(), Auths: c.auths.Load(), Lint: lint,
	}
}

// Received returns what was accepted, in order; it needs KeepPairs.
func (s *Sink) Received() []Received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Received(nil), s.received...)
}

// Count tells how often a (recipient, Message-ID) pair was accepted; it needs KeepPairs.
func (s *Sink) Count(recipient, messageID string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pairs[recipient+"\x00"+messageID]
}

// Wait returns once n recipients have been accepted, duplicates included, or with an error when ctx ends before.
func (s *Sink) Wait(ctx context.Context, n int) error {
	w := waiter{n: int64(n), done: make(chan struct{})}
	s.mu.Lock()
	if s.counts.recipients.Load() >= w.n {
		s.mu.Unlock()
		return nil
	}
	s.waiters = append(s.waiters, w)
	s.mu.Unlock()
	select {
	case <-w.done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("the sink has %d recipients, not %d: %w", s.counts.recipients.Load(), n, ctx.Err())
	}
}

// keep records an accepted transaction.
func (s *Sink) keep(c *sinkConn, data []byte, id string) {
	s.counts.messages.Add(1)
	s.counts.bytes.Add(int64(len(data)))
	s.mu.Lock()
	defer s.mu.Unlock()
	total := s.counts.recipients.Add(int64(c.accepted))
	if s.options.Keep >= KeepPairs {
		s.keepPairs(c, data, id)
	}
	kept := s.waiters[:0]
	for _, w := range s.waiters {
		if total < w.n {
			kept = append(kept, w)
			continue
		}
		close(w.done)
	}
	s.waiters = kept
}

func (s *Sink) keepPairs(c *sinkConn, data []byte, id string) {
	r := Received{Sender: c.sender, Params: c.params, MessageID: id, TLS: c.secure, Conn: c.number}
	if s.options.Keep >= KeepData {
		r.Data = append([]byte(nil), data...)
	}
	for _, recipient := range c.recipients {
		r.Recipient = recipient
		s.received = append(s.received, r)
		pair := recipient + "\x00" + id
		if s.pairs[pair] > 0 {
			s.counts.duplicates.Add(1)
		}
		s.pairs[pair]++
	}
}

// attempt counts a RCPT and returns how many there were before.
func (s *Sink) attempt(recipient string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.attempts[recipient]
	s.attempts[recipient]++
	return n
}

// Attempts tells how often RCPT named each recipient. It is only counted while Faults.DeferShare is above 0.
func (s *Sink) Attempts() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make(map[string]int, len(s.attempts))
	for recipient, n := range s.attempts {
		all[recipient] = n
	}
	return all
}

func (s *Sink) found(what string) {
	s.mu.Lock()
	s.lint[what]++
	s.mu.Unlock()
}
