package outbound_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"guildpost/mail/mailtest"
	"guildpost/mail/outbound"
	"guildpost/store"
)

// TestOutcome is what becomes of one delivery at its first attempt.
func TestOutcome(t *testing.T) {
	quick := outbound.SMTPOptions{Timeouts: outbound.Timeouts{Dot: 50 * time.Millisecond, Patience: 10 * time.Millisecond}}
	for _, test := range []struct {
		name      string
		setup     setup
		dispatch  store.Dispatch
		recipient string // "" is a member
		state     store.DeliveryState
		reply     string // what it contains
		inDoubt   int
		whole     bool // of the failure
	}{
		{name: "taken", state: store.Sent},
		{name: "450 to RCPT", setup: faulty(mailtest.Faults{DeferShare: 1}),
			state: store.Deferred, reply: "450 4.2.0 greylisted"},
		{name: "550 to RCPT", setup: faulty(mailtest.Faults{PermShare: 1}),
			state: store.Failed, reply: "550 5.1.1 no such user"},
		{name: "451 to the final dot", setup: faulty(mailtest.Faults{Data4: 1}),
			state: store.Deferred, reply: "451 4.3.0 not now"},
		{name: "554 to the final dot", setup: faulty(mailtest.Faults{Data5: 1}),
			state: store.Failed, reply: "554 5.6.0 this message is not wanted", whole: true},
		{name: "lost at DATA", setup: faulty(mailtest.Faults{DropBefore: 1}),
			state: store.Deferred, reply: "lost within the envelope"},
		{name: "lost behind the final dot", setup: faulty(mailtest.Faults{DropAfter: 1}),
			state: store.Deferred, reply: "lost behind the final dot", inDoubt: 1},
		{name: "no reply to the final dot", setup: setup{smtp: quick, sink: mailtest.Options{Lint: true,
			Faults: mailtest.Faults{Stall: 1, StallFor: time.Hour}}},
			state: store.Deferred, reply: "lost behind the final dot", inDoubt: 1},
		{name: "too big", setup: setup{sink: mailtest.Options{Size: 100}},
			state: store.Failed, reply: "552 5.3.4 this message has", whole: true},
		{name: "REQUIRETLS is not to be had", dispatch: store.Dispatch{RequireTLS: true},
			state: store.Failed, reply: "550 5.7.30", whole: true},
		{name: "an address for SMTPUTF8", setup: setup{sink: mailtest.Options{Hide: []string{"SMTPUTF8"}, Lint: true}},
			recipient: "björn@example.org", state: store.Failed, reply: "553 5.6.7"},
		{name: "a domain for SMTPUTF8", setup: setup{sink: mailtest.Options{Hide: []string{"SMTPUTF8"}, Lint: true}},
			recipient: "bjorn@bücher.example", state: store.Sent},
		{name: "an address beyond ASCII", recipient: "björn@example.org", state: store.Sent},
		{name: "an address with a command in it", setup: setup{sink: mailtest.Options{Lint: true}},
			recipient: "x@example.org>\r\nRCPT TO:<y@example.org", state: store.Failed, reply: "553 5.1.3"},
		{name: "a message that cannot be made", setup: composing(errors.New("out of memory")),
			state: store.Deferred, reply: "451 4.3.0 the message cannot be made here: something went wrong here"},
		{name: "a message that can never be made", setup: composing(store.Errorf(store.Invalid, "the post is empty")),
			state: store.Failed, reply: "the post is empty", whole: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := build(t, test.setup)
			w.queue.hurry = false
			committed := make(chan struct{}, 10)
			w.queue.onCommit = func([]store.Outcome) { committed <- struct{}{} }
			recipient := test.recipient
			if recipient == "" {
				recipient = "ada@example.org"
			}
			w.queue.add(test.dispatch, 1, func(int) string { return recipient })
			w.start()
			receive(t, committed)
			w.stop()
			got := w.queue.row(0)
			if got.State != test.state || !strings.Contains(got.Reply, test.reply) || got.inDoubt != test.inDoubt {
				t.Errorf("got %s %q in doubt %d, want %s %q in doubt %d", got.State, got.Reply, got.inDoubt, test.state, test.reply, test.inDoubt)
			}
			if got.Attempts != 1 {
				t.Errorf("got %d attempts, want 1", got.Attempts)
			}
			if next := w.clock.Now().Add(time.Minute); test.state == store.Deferred && !got.NextAt.Equal(next) {
				t.Errorf("it is tried again at %s, want %s", got.NextAt, next)
			}
			if failed := test.state == store.Failed; failed != (len(w.failures) == 1) || failed && w.failures[0].Whole != test.whole {
				t.Errorf("got failures %+v, want failed %t because of the message %t", w.failures, failed, test.whole)
			}
			for what := range w.sink.Stats().Lint {
				t.Errorf("the sink found: %s", what)
			}
		})
	}
}

func faulty(f mailtest.Faults) setup {
	return setup{sink: mailtest.Options{Faults: f, Lint: true, Keep: mailtest.KeepPairs}}
}

func composing(err error) setup {
	return setup{worker: outbound.Options{Composer: composer{fail: map[int64]error{1: err}}}}
}

func receive[T any](t *testing.T, c <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-c:
	case <-time.After(limit):
		t.Fatal("nothing happened")
	}
	return v
}

// TestLostWithinMessage needs a message that does not fit into the buffers of the network.
func TestLostWithinMessage(t *testing.T) {
	s := faulty(mailtest.Faults{DropMid: 1})
	s.worker.Composer = composer{body: strings.Repeat("x\r\n", 10<<20)}
	w := build(t, s)
	w.queue.hurry = false
	committed := make(chan struct{}, 10)
	w.queue.onCommit = func([]store.Outcome) { committed <- struct{}{} }
	w.queue.add(store.Dispatch{}, 1, member)
	w.start()
	receive(t, committed)
	if got := w.queue.row(0); got.State != store.Deferred || got.inDoubt != 0 || !strings.Contains(got.Reply, "lost within the message") {
		t.Errorf("got %s %q in doubt %d", got.State, got.Reply, got.inDoubt)
	}
}

// TestFaults sends to many through a smarthost that misbehaves, until all are sent or failed.
func TestFaults(t *testing.T) {
	const n = 2000
	for _, test := range []struct {
		name   string
		faults mailtest.Faults
		failed int // -1: about 5 %
	}{
		{"a share is deferred, a share refused", mailtest.Faults{DeferShare: 0.2, DeferFirst: 3, PermShare: 0.05}, -1},
		{"connections are lost before the message", mailtest.Faults{DropBefore: 0.02}, 0},
		{"connections are lost within the message", mailtest.Faults{DropMid: 0.02}, 0},
		{"connections are lost behind the message", mailtest.Faults{DropAfter: 0.05}, 0},
		{"connections are lost anywhere", mailtest.Faults{DropBefore: 0.02, DropMid: 0.02, DropAfter: 0.02}, 0},
		{"messages are deferred", mailtest.Faults{Data4: 0.1}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := build(t, faulty(test.faults))
			w.queue.add(store.Dispatch{CommunityID: 1}, n, member)
			w.deliver()
			failed := w.queue.states()[store.Failed]
			if test.failed < 0 && failed > n/30 && failed < n/15 {
				test.failed = failed
			}
			w.expect(n-test.failed, test.failed)
			stats := w.sink.Stats()
			inDoubt := w.queue.sum(func(r *memRow) int { return r.inDoubt })
			if int(stats.Duplicates) > inDoubt || int(stats.Recipients)-n+test.failed != int(stats.Duplicates) {
				t.Errorf("%d of %d deliveries were taken twice, %d were in doubt", stats.Duplicates, stats.Recipients, inDoubt)
			}
			if test.faults.DropAfter > 0 && test.faults.DropMid == 0 && int(stats.Duplicates) != inDoubt {
				t.Errorf("%d duplicates, but %d in doubt", stats.Duplicates, inDoubt)
			}
		})
	}
}

// TestDeferredEnds follows a recipient that is never taken.
func TestDeferredEnds(t *testing.T) {
	w := build(t, faulty(mailtest.Faults{DeferShare: 1}))
	begin := w.clock.Now()
	w.queue.add(store.Dispatch{}, 1, member)
	w.deliver()
	row := w.queue.row(0)
	if row.State != store.Failed || !strings.HasPrefix(row.Reply, "450 4.2.0 greylisted (tried for 5 days)") {
		t.Errorf("got %s %q, want it failed after 5 days", row.State, row.Reply)
	}
	if d := w.clock.Now().Sub(begin); d != 5*24*time.Hour {
		t.Errorf("it was tried for %s", d)
	}
	if row.Attempts < 30 || row.Attempts > 45 {
		t.Errorf("%d attempts in 5 days", row.Attempts)
	}
	if len(w.failures) != 1 {
		t.Errorf("got failures %v, want one", w.failures)
	}
}

// TestRefusedForAll: a message that nobody gets is not tried with everybody.
func TestRefusedForAll(t *testing.T) {
	w := build(t, faulty(mailtest.Faults{Data5: 1}))
	w.queue.add(store.Dispatch{CommunityID: 1}, 1000, member)
	w.deliver()
	w.expect(0, 1000)
	if n := w.sink.Stats().Transactions; n > 25 {
		t.Errorf("%d attempts for a message that nobody gets", n)
	}
	if len(w.refused) != 1 || len(w.failures) != 1000 {
		t.Errorf("the message was reported %d times, and %d failures, want 1 and 1000", len(w.refused), len(w.failures))
	}
}

// TestEnvelopeToBlame: a recipient whose RCPT makes the smarthost hang up does not stop the others.
func TestEnvelopeToBlame(t *testing.T) {
	w := build(t, faulty(mailtest.Faults{DropRcpt: seventh}))
	w.queue.onPromote = func() { w.clock.Advance(time.Minute) } // for when it looks as if the smarthost were down
	w.queue.add(store.Dispatch{CommunityID: 1}, 50, member)
	w.deliver()
	w.expect(49, 1)
	if row := w.queue.row(7); row.State != store.Failed || !strings.Contains(row.Reply, "tried for 5 days") {
		t.Errorf("got %s %q", row.State, row.Reply)
	}
	if attempts := w.queue.sum(func(r *memRow) int { return r.Attempts }); attempts > 49+49 {
		t.Errorf("%d attempts", attempts)
	}
}

var seventh = regexp.MustCompile(`^u00007@`)
