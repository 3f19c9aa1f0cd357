package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"guildpost/mail/mailtest"
	"guildpost/store"
)

// A faultWorld is a daemon as a process, its smarthost, and a community of members that posts pour into.
type faultWorld struct {
	t       *testing.T
	process *process
	sink    *mailtest.Sink
	members int
	in      *injector
}

func newFaultWorld(t *testing.T, members int, faults mailtest.Faults, config string) *faultWorld {
	t.Helper()
	sink := faultSink(t, faults)
	w := &faultWorld{t: t, process: newProcess(t, sink.Addr(), config), sink: sink, members: members}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the daemon said:\n%s", w.process.remarks())
		}
	})
	return w
}

func faultSink(t *testing.T, faults mailtest.Faults) *mailtest.Sink {
	t.Helper()
	sink, err := mailtest.Start(mailtest.Options{Keep: mailtest.KeepData, Lint: true, Seed: 1, Faults: faults})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sink.Close() })
	return sink
}

// required says whether GUILDPOST_TEST_REQUIRE asks for the long form of a test.
func required(name string) bool {
	return !testing.Short() && slices.Contains(strings.Fields(os.Getenv("GUILDPOST_TEST_REQUIRE")), name)
}

// life tells the injector where the daemon listens now.
func (w *faultWorld) life() { w.in.setLife(&life{w.process.lmtp, w.process.smtp}) }

// drain waits until nothing is on its way any more. Nobody waits for the time of a retry.
func (w *faultWorld) drain(wait time.Duration) {
	w.t.Helper()
	db := w.process.open()
	defer db.Close()
	ctx, cancel := context.WithTimeout(w.t.Context(), wait)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for !w.idle(ctx, db) {
		select {
		case <-tick.C:
		case <-ctx.Done():
			rows, _ := db.QueueList(w.t.Context(), store.QueueFilter{Limit: 5})
			w.t.Fatalf("mail is still on its way: %+v", rows)
		}
	}
}

func (w *faultWorld) idle(ctx context.Context, db *store.DB) bool {
	if _, err := db.RetryDeliveries(ctx, nil); err != nil && store.KindOf(err) != store.Temporary {
		w.t.Fatal(err)
	}
	idle, err := db.Idle(ctx, time.Now())
	if err != nil || !idle {
		return false
	}
	next, err := db.NextDue(ctx)
	return err == nil && next.IsZero()
}

// inDoubt is how often the smarthost may have taken a message without the daemon hearing of it, as far as it knows.
func (w *faultWorld) inDoubt() (n int) {
	w.t.Helper()
	db := w.process.open()
	defer db.Close()
	filter := store.QueueFilter{States: []store.DeliveryState{store.Sent, store.Failed, store.Dropped}}
	for {
		rows, err := db.QueueList(w.t.Context(), filter)
		if err != nil {
			w.t.Fatal(err)
		}
		for _, row := range rows {
			n += row.InDoubt
			if row.State != store.Sent {
				w.t.Errorf("%s was not sent to %s: %s", row.MessageID, row.Recipient, row.Reply)
			}
			filter.After = row.ID
		}
		if len(rows) == 0 {
			return n
		}
	}
}

// check compares what arrived with what was promised, and returns how many copies were repeats.
func (w *faultWorld) check() (repeats int) {
	w.t.Helper()
	copies := map[string]int{} // by recipient and Message-ID
	senders := map[string]string{}
	for _, r := range w.sink.Received() {
		body, ok := w.in.begun[r.MessageID]
		if !ok {
			w.t.Errorf("%s got %s, which nobody sent", r.Recipient, r.MessageID)
			continue
		}
		if _, got, _ := strings.Cut(string(r.Data), "\r\n\r\n"); got != body {
			w.t.Errorf("%s got %s with another body:\n%q, want\n%q", r.Recipient, r.MessageID, got, body)
		}
		pair := r.Recipient + " " + r.MessageID
		if copies[pair]++; copies[pair] > 1 {
			repeats++
			// A repeat is the same delivery once more; another one would mean that the post was taken twice.
			if r.Sender != senders[pair] {
				w.t.Errorf("%s got %s from %s and from %s: it was posted twice", r.Recipient, r.MessageID, senders[pair], r.Sender)
			}
		}
		senders[pair] = r.Sender
	}
	w.checkPosts(copies)
	if lint := w.sink.Stats().Lint; len(lint) > 0 {
		w.t.Errorf("the smarthost saw %v", lint)
	}
	return repeats
}

// checkPosts: each post that got 250 reached everybody, and each other one nobody or everybody.
func (w *faultWorld) checkPosts(copies map[string]int) {
	w.t.Helper()
	for id := range w.in.begun {
		var without []string
		for i := range w.members {
			member := fmt.Sprintf("member%d@example.org", i)
			if copies[member+" "+id] == 0 {
				without = append(without, member)
			}
		}
		switch n := len(without); {
		case n > 0 && w.in.taken[id]:
			w.t.Errorf("%s got 250, but did not reach %d of %d: %s", id, n, w.members, strings.Join(without, " "))
		case n > 0 && n < w.members:
			w.t.Errorf("%s got no 250 and reached some, but not %s", id, strings.Join(without, " "))
		}
	}
}
