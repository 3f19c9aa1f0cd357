package outbound_test

import (
	"fmt"
	"math"
	"regexp"
	"testing"

	"guildpost/mail/mailtest"
	"guildpost/mail/outbound"
	"guildpost/store"
)

func sharing(each int, f mailtest.Faults) setup {
	s := faulty(f)
	s.worker = outbound.Options{RecipientsPerMessage: each, Connections: 4, Composer: composer{body: "Hello.\r\n", shared: true}}
	return s
}

func TestShared(t *testing.T) {
	w := build(t, sharing(50, mailtest.Faults{}))
	w.queue.add(store.Dispatch{CommunityID: 1}, 1020, member)
	w.queue.add(store.Dispatch{CommunityID: 2}, 30, member)
	w.deliver()
	w.expect(1050, 0)
	if s := w.sink.Stats(); s.Messages > 30 || s.Duplicates != 0 {
		t.Errorf("got %d messages and %d duplicates, want 22 messages or a few more", s.Messages, s.Duplicates)
	}
}

// TestSharedNeedsPersonal: copies that are not to be shared are not, whatever is configured.
func TestSharedNeedsPersonal(t *testing.T) {
	s := sharing(10, mailtest.Faults{})
	s.worker.Composer = composer{body: "Hello.\r\n"}
	w := build(t, s)
	w.queue.add(store.Dispatch{CommunityID: 1}, 40, member)
	w.deliver()
	w.expect(40, 0)
	for _, r := range w.sink.Received() {
		var i, id int
		_, err := fmt.Sscanf(r.Recipient+" "+r.Sender, "u%d@example.org rust-bounces+%d@lists.example.org", &i, &id)
		if err != nil || id != i+1 {
			t.Errorf("%s got a copy from %s", r.Recipient, r.Sender)
		}
	}
}

func TestSharedBadRecipient(t *testing.T) {
	w := build(t, sharing(50, mailtest.Faults{Bad: seventh}))
	w.queue.add(store.Dispatch{CommunityID: 1}, 50, member)
	w.deliver()
	w.expect(49, 1)
	if s := w.sink.Stats(); s.Messages != 1 || s.Duplicates != 0 {
		t.Errorf("got %d messages and %d duplicates, want one message", s.Messages, s.Duplicates)
	}
}

// TestSharedAllBad: DATA went out with the envelope, but nobody is to get the message.
func TestSharedAllBad(t *testing.T) {
	w := build(t, sharing(10, mailtest.Faults{Bad: regexp.MustCompile(`^u000[0-4]`)}))
	w.queue.add(store.Dispatch{CommunityID: 1}, 100, member)
	w.deliver()
	w.expect(50, 50)
}

// TestSharedPoison: one recipient makes the whole message fail, wherever it stands.
func TestSharedPoison(t *testing.T) {
	for _, test := range []struct{ n, at int }{{1, 0}, {2, 0}, {2, 1}, {3, 1}, {50, 0}, {50, 7}, {50, 24}, {50, 25}, {50, 49}} {
		t.Run(fmt.Sprintf("%d of %d", test.at, test.n), func(t *testing.T) {
			w := build(t, sharing(50, mailtest.Faults{BadData: regexp.MustCompile("^" + member(test.at))}))
			w.queue.add(store.Dispatch{CommunityID: 1}, test.n, member)
			w.deliver()
			w.expect(test.n-1, 1)
			if row := w.queue.row(test.at); row.State != store.Failed {
				t.Errorf("the one to blame is %s", row.State)
			}
			checkAttempts(t, w, test.n)
			if w.sink.Stats().Duplicates != 0 {
				t.Errorf("somebody got it twice")
			}
		})
	}
}

func checkAttempts(t *testing.T, w *world, n int) {
	t.Helper()
	most := int64(2*math.Ceil(math.Log2(float64(n))) + 2)
	if got := w.sink.Stats().Transactions; got > most {
		t.Errorf("%d attempts, want %d at most", got, most)
	}
}

// TestSharedRefused: the message is to blame.
func TestSharedRefused(t *testing.T) {
	w := build(t, sharing(50, mailtest.Faults{Data5: 1}))
	w.queue.add(store.Dispatch{CommunityID: 1}, 50, member)
	w.deliver()
	w.expect(0, 50)
	checkAttempts(t, w, 50)
	if len(w.refused) != 1 {
		t.Errorf("the message was reported %d times", len(w.refused))
	}
	for _, f := range w.failures {
		if !f.Whole {
			t.Errorf("%s is blamed for the message", f.Delivery.Recipient)
		}
	}
}

// TestSharedFaults mixes everything.
func TestSharedFaults(t *testing.T) {
	w := build(t, sharing(20, mailtest.Faults{
		DeferShare: 0.1, DeferFirst: 2, Data4: 0.05, DropBefore: 0.02, DropMid: 0.02, DropAfter: 0.02,
		MaxRcpt: 7, MaxMessages: 9, BadData: regexp.MustCompile("^u00100@"),
	}))
	w.queue.add(store.Dispatch{CommunityID: 1}, 1000, member)
	w.queue.add(store.Dispatch{CommunityID: 2}, 500, member)
	w.deliver()
	w.expect(1498, 2)
	inDoubt := w.queue.sum(func(r *memRow) int { return r.inDoubt })
	if s := w.sink.Stats(); int(s.Duplicates) > inDoubt {
		t.Errorf("%d duplicates, %d in doubt", s.Duplicates, inDoubt)
	}
}
