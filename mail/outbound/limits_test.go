package outbound_test

import (
	"context"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"guildpost/mail/mailtest"
	"guildpost/mail/outbound"
	"guildpost/store"
)

func TestLimits(t *testing.T) {
	w := build(t, sharing(50, mailtest.Faults{MaxRcpt: 10, MaxMessages: 5, MaxConns: 3}))
	w.queue.add(store.Dispatch{CommunityID: 1}, 1000, member)
	w.deliver()
	w.expect(1000, 0)
	s := w.sink.Stats()
	if s.Duplicates != 0 || s.Refused > 10 {
		t.Errorf("got %d duplicates and %d refused connections", s.Duplicates, s.Refused)
	}
	if attempts := w.queue.sum(func(r *memRow) int { return r.Attempts }); attempts != 1000 {
		t.Errorf("limits cost attempts: %d for 1000 deliveries", attempts)
	}
}

func TestMaxConnections(t *testing.T) {
	w := build(t, setup{sink: mailtest.Options{Keep: mailtest.KeepPairs, Faults: mailtest.Faults{MaxConns: 3, Slow: time.Millisecond}}})
	w.queue.add(store.Dispatch{CommunityID: 1}, 500, member)
	w.deliver()
	w.expect(500, 0)
	if s := w.sink.Stats(); s.Refused > 10 || s.Connections != 3 {
		t.Errorf("got %d connections and %d refused ones, want 3 and a few", s.Connections, s.Refused)
	}
}

// peers are smarthosts that can less.
func TestPeers(t *testing.T) {
	for name, o := range map[string]mailtest.Options{
		"no PIPELINING":    {Hide: []string{"PIPELINING"}},
		"no EHLO":          {NoEHLO: true},
		"keywords in case": {LowerCase: true},
		"no extensions":    {Hide: []string{"PIPELINING", "SIZE", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES"}},
		"slow":             {Faults: mailtest.Faults{Slow: time.Millisecond, Serial: true}},
	} {
		t.Run(name, func(t *testing.T) {
			o.Keep, o.Lint = mailtest.KeepPairs, true
			o.Faults.Bad = seventh
			o.Faults.DeferShare, o.Faults.DeferFirst, o.Faults.Data4, o.Faults.DropBefore = 0.1, 1, 0.1, 0.05
			w := build(t, setup{sink: o})
			w.queue.add(store.Dispatch{CommunityID: 1}, 200, member)
			w.deliver()
			w.expect(199, 1)
			if s := w.sink.Stats(); s.Duplicates != 0 {
				t.Errorf("got %d duplicates", s.Duplicates)
			}
		})
	}
}

func TestDowngrade(t *testing.T) {
	eight := func(c *outbound.Copy) {
		c.EightBit, c.SMTPUTF8 = true, true
		c.Rest = append(c.Rest, "Grüße\r\n"...)
		c.Rest7 = func() ([]byte, error) { return []byte("Message-ID: <7@example.org>\r\n\r\nGr=C3=BC=C3=9Fe\r\n"), nil }
	}
	for _, test := range []struct {
		name, id, params string
		hide             []string
	}{
		{"all is offered", "1@example.org", "BODY=8BITMIME SMTPUTF8", nil},
		{"no SMTPUTF8", "7@example.org", "SIZE", []string{"SMTPUTF8"}},
		{"no 8BITMIME", "7@example.org", "SIZE", []string{"8BITMIME"}},
		{"neither", "7@example.org", "SIZE", []string{"8BITMIME", "SMTPUTF8"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := build(t, setup{
				sink:   mailtest.Options{Keep: mailtest.KeepData, Lint: true, Hide: test.hide},
				worker: outbound.Options{Composer: composer{change: eight}},
			})
			w.queue.add(store.Dispatch{}, 20, member)
			w.deliver()
			w.expect(20, 0)
			for _, r := range w.sink.Received() {
				if r.MessageID != test.id || !strings.Contains(r.Params, test.params) {
					t.Fatalf("got %s with %q, want %s with %q", r.MessageID, r.Params, test.id, test.params)
				}
			}
		})
	}
}

// courier counts what is opened, and tells.
type courier struct {
	outbound.Courier
	opened chan struct{}
	n      atomic.Int64
}

func (c *courier) Open(ctx context.Context) (outbound.Session, error) {
	s, err := c.Courier.Open(ctx)
	c.n.Add(1)
	c.opened <- struct{}{}
	return s, err
}

// TestStorm: while the smarthost takes nothing, it is asked seldom, and no attempt is counted.
func TestStorm(t *testing.T) {
	s := faulty(mailtest.Faults{Storm: true})
	c := &courier{opened: make(chan struct{}, 1000)}
	s.worker.Courier = c
	w := build(t, s)
	c.Courier = outbound.NewSMTP(outbound.SMTPOptions{Smarthost: w.sink.Addr()})
	w.queue.add(store.Dispatch{CommunityID: 1}, 300, member)
	looked := make(chan struct{}, 1)
	w.queue.onPromote = func() {
		select {
		case looked <- struct{}{}:
		default:
		}
	}
	begin := w.clock.Now()
	w.start()
	for range 9 {
		for len(c.opened) == 0 {
			receive(t, looked)
			w.clock.Advance(time.Second)
			w.worker.Wake()
		}
		receive(t, c.opened)
	}
	if m := w.worker.Metrics(); !m.Down || !strings.Contains(m.Reason, "421 4.3.2 the sink is in a storm") || m.Sent != 0 {
		t.Errorf("got %+v", m)
	}
	if d := w.clock.Now().Sub(begin); d < 20*time.Minute {
		t.Errorf("9 attempts in %s", d)
	}
	w.recover()
	w.queue.wait(t, limit)
	w.stop()
	w.expect(300, 0)
	if attempts := w.queue.sum(func(r *memRow) int { return r.Attempts }); attempts != 300 {
		t.Errorf("%d attempts for 300 deliveries", attempts)
	}
}

// recover ends all faults, and lets a second pass at each look at the queue until the smarthost is tried again.
func (w *world) recover() {
	w.sink.SetFaults(mailtest.Faults{})
	w.queue.mu.Lock()
	w.queue.onPromote = func() { w.clock.Advance(time.Minute) }
	w.queue.mu.Unlock()
}

// TestStormWhileSending: connections that work are told 421.
func TestStormWhileSending(t *testing.T) {
	s := faulty(mailtest.Faults{Slow: time.Millisecond})
	c := &courier{opened: make(chan struct{}, 1000)}
	s.worker.Courier = c
	w := build(t, s)
	c.Courier = outbound.NewSMTP(outbound.SMTPOptions{Smarthost: w.sink.Addr()})
	w.queue.add(store.Dispatch{CommunityID: 1}, 3000, member)
	w.start()
	wait(t, w.sink, 1000)
	w.sink.SetFaults(mailtest.Faults{Storm: true})
	before := c.n.Load()
	until(t, func() bool { return w.worker.Metrics().Down })
	if n := c.n.Load() - before; n > 20 {
		t.Errorf("%d connections were tried in the storm", n)
	}
	w.recover()
	w.queue.wait(t, limit)
	w.stop()
	w.expect(3000, 0)
	if d := w.sink.Stats().Duplicates; d != 0 {
		t.Errorf("%d duplicates", d)
	}
}

func wait(t *testing.T, s *mailtest.Sink, n int) {
	t.Helper()
	waitFor(t, s, n)
}

func waitFor(t testing.TB, s *mailtest.Sink, n int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*limit)
	defer cancel()
	if err := s.Wait(ctx, n); err != nil {
		t.Fatal(err)
	}
}

// TestStall: a newsletter whose messages are left unanswered does not hold up another community's post.
func TestStall(t *testing.T) {
	s := faulty(mailtest.Faults{StallRcpt: regexp.MustCompile("^news"), StallFor: time.Hour})
	s.smtp.Timeouts.Patience = 20 * time.Millisecond
	w := build(t, s)
	w.queue.add(store.Dispatch{CommunityID: 1}, 1000, func(i int) string { return "news" + member(i) })
	w.start()
	until(t, func() bool { return w.worker.Metrics().Stalled >= 5 })
	w.queue.add(store.Dispatch{CommunityID: 2}, 20, member)
	wait(t, w.sink, 20)
	// A few of the newsletter may be under way when the half is reached.
	if m := w.worker.Metrics(); m.Stalled > 15 || m.Open > 20 {
		t.Errorf("%d connections wait for the newsletter, %d are open", m.Stalled, m.Open)
	}
	_ = w.sink.Close()
}

// until returns when something is so that has no signal of its own.
func until(t testing.TB, so func() bool) {
	t.Helper()
	ticker := time.NewTicker(time.Millisecond)
	defer ticker.Stop()
	deadline := time.After(limit)
	for !so() {
		select {
		case <-ticker.C:
		case <-deadline:
			t.Fatal("it does not happen")
		}
	}
}
