package imapwatch

import (
	"errors"
	"strings"
	"testing"
	"time"

	"guildpost/mail"
	"guildpost/store"
)

func TestDelivers(t *testing.T) {
	w := newWorld(t)
	w.append(post("one"))
	w.start()
	got := w.receive()
	if got.env.From != "ada@a.example" || strings.Join(got.env.To, " ") != "rust@lists.example.org" || got.env.Protocol != "IMAP" ||
		!got.env.NoReply || !got.env.Trusted || len(got.env.Notify) != 1 || got.env.ID == "" {
		t.Errorf("the envelope is %+v", got.env)
	}
	if want := strings.ReplaceAll(post("one"), "\n", "\r\n"); got.raw != want {
		t.Errorf("got %q\nwant %q", got.raw, want)
	}
	w.nothing()
	w.append(post("two")) // IDLE tells
	if got := w.receive(); !strings.Contains(got.raw, "This is two.") {
		t.Errorf("got %q", got.raw)
	}
	w.nothing()
}

// TestResumes: what was handled is not handled again, and what came meanwhile is.
func TestResumes(t *testing.T) {
	w := newWorld(t)
	for _, id := range []string{"one", "two", "three"} {
		w.append(post(id))
	}
	w.start()
	for range 3 {
		w.receive()
	}
	w.nothing()
	w.stop()
	w.append(post("four"))
	w.start()
	if got := w.receive(); !strings.Contains(got.raw, "This is four.") {
		t.Errorf("got %q", got.raw)
	}
	w.nothing()
	// The server goes and comes back.
	w.server.close()
	w.await("pausing")
	w.append(post("five"))
	w.server.listen()
	w.clock.advance(time.Minute)
	if got := w.receive(); !strings.Contains(got.raw, "This is five.") {
		t.Errorf("got %q", got.raw)
	}
	w.nothing()
}

// TestPolls: where IDLE tells nothing, the mailbox is looked at every few minutes.
func TestPolls(t *testing.T) {
	w := newWorld(t)
	w.start()
	w.nothing()
	for range 3 {
		w.clock.advance(5 * time.Minute)
		w.nothing()
	}
	if text := w.log.String(); strings.Contains(text, "trouble") {
		t.Error("polling is trouble")
	}
}

func TestUIDValidityChanges(t *testing.T) {
	w := newWorld(t)
	for _, id := range []string{"one", "two", "three"} {
		w.append(post(id))
	}
	w.start()
	for range 3 {
		w.receive()
	}
	w.nothing()
	w.stop()
	if err := w.user.Delete("INBOX"); err != nil {
		t.Fatal(err)
	}
	w.create("INBOX")
	for _, id := range []string{"three", "one", "new", "two"} {
		w.append(post(id))
	}
	w.start()
	if got := w.receive(); !strings.Contains(got.raw, "This is new.") {
		t.Errorf("got %q", got.raw)
	}
	w.nothing()
	if text := w.hear(); !strings.Contains(text, "made anew") {
		t.Errorf("the postmaster was told %q", text)
	}
}

// TestHistory: what lies in a mailbox for long when it is opened first is left alone.
func TestHistory(t *testing.T) {
	w := newWorld(t)
	w.appendAt(post("older"), w.clock.Now().Add(-100*24*time.Hour))
	w.appendAt(post("old"), w.clock.Now().Add(-30*24*time.Hour-time.Minute))
	w.append(post("new"))
	w.start()
	if got := w.receive(); !strings.Contains(got.raw, "This is new.") {
		t.Errorf("got %q", got.raw)
	}
	w.nothing()
	// An old date is nothing against a message that comes later.
	w.appendAt(post("late"), w.clock.Now().Add(-31*24*time.Hour))
	if got := w.receive(); !strings.Contains(got.raw, "This is late.") {
		t.Errorf("got %q", got.raw)
	}
	if n := w.watcher.Stats().Left; n != 1 {
		t.Errorf("%d messages were left alone, want 1", n)
	}
}

// TestFails: a message that fails for a time is tried again and stops no other; then it is given up, marked and told.
func TestFails(t *testing.T) {
	w := newWorld(t)
	w.receiver.setFail(func(_ mail.Envelope, raw []byte) error {
		if strings.Contains(string(raw), "poison") {
			return errors.New("a fault of ours")
		}
		return nil
	})
	w.append(post("poison"))
	w.append(post("good"))
	w.start()
	w.receive()
	w.receive()
	w.nothing()
	for _, wait := range []time.Duration{time.Minute, 5 * time.Minute} {
		w.clock.advance(wait)
		if got := w.receive(); !strings.Contains(got.raw, "poison") {
			t.Errorf("got %q", got.raw)
		}
		w.await("waiting")
	}
	text := w.hear()
	if !strings.Contains(text, `"poison" from Ada <ada@a.example> (Message-ID poison@a.example)`) {
		t.Errorf("the postmaster was told %q", text)
	}
	w.clock.advance(24 * time.Hour)
	w.nothing()
	if flags := w.flags(1); !strings.Contains(flags, string(ProblemKeyword)) {
		t.Errorf("the message has the flags %s", flags)
	}
	if flags := w.flags(2); flags != "" {
		t.Errorf("the other message has the flags %s", flags)
	}
}

// TestSystemFails: where the whole system may be to blame, a message is tried for a day.
func TestSystemFails(t *testing.T) {
	w := newWorld(t)
	w.receiver.setFail(func(mail.Envelope, []byte) error { return store.Errorf(store.Temporary, "the database is busy") })
	w.append(post("one"))
	w.start()
	w.receive()
	w.nothing()
	for range 10 {
		w.clock.advance(time.Hour)
		w.receive()
		w.await("waiting")
	}
	w.receiver.setFail(nil)
	w.clock.advance(time.Hour)
	w.receive()
	w.nothing()
	w.clock.advance(24 * time.Hour)
	w.nothing()
	select {
	case text := <-w.told:
		t.Errorf("the postmaster was told %q", text)
	default:
	}
}

// TestNotReady: while nothing can be taken, nothing is tried, and nothing is blamed on a message.
func TestNotReady(t *testing.T) {
	w := newWorld(t)
	w.receiver.ready = store.Errorf(store.Temporary, "the disk is full, try again later")
	w.append(post("one"))
	w.start()
	for range 5 {
		w.await("pausing")
		w.clock.advance(10 * time.Minute)
	}
	w.receiver.mu.Lock()
	w.receiver.ready = nil
	w.receiver.mu.Unlock()
	w.await("pausing")
	w.clock.advance(10 * time.Minute)
	w.receive()
	if n := w.watcher.Stats().Retried; n != 0 {
		t.Errorf("%d tries were counted", n)
	}
	if n := strings.Count(w.log.String(), "disk is full"); n > 2 {
		t.Errorf("the same trouble was logged %d times", n)
	}
}

func TestPanics(t *testing.T) {
	w := newWorld(t)
	first := true
	w.receiver.setFail(func(mail.Envelope, []byte) error {
		if first {
			first = false
			panic("a fault of ours")
		}
		return nil
	})
	w.append(post("one"))
	w.start()
	w.await("waiting")
	w.clock.advance(time.Minute)
	w.receive()
}

func TestUnaddressed(t *testing.T) {
	w := newWorld(t)
	w.append("From: Eve <eve@e.example>\nTo: somebody@else.example\nSubject: Offer\n\nBuy.\n")
	w.start()
	w.nothing()
	if text := w.hear(); !strings.Contains(text, `"Offer" from Eve <eve@e.example>`) || !strings.Contains(text, "no list address") {
		t.Errorf("the postmaster was told %q", text)
	}
}

// TestUnknownList: a recipient that would be ours if it existed is handed over, so that its sender hears.
func TestUnknownList(t *testing.T) {
	w := newWorld(t)
	w.append("From: Eve <eve@e.example>\nTo: rusty@lists.example.org\nSubject: Typo\n\nHello.\n")
	w.start()
	if got := w.receive(); strings.Join(got.env.To, " ") != "rusty@lists.example.org" || got.env.From != "eve@e.example" {
		t.Errorf("the envelope is %+v", got.env)
	}
	w.nothing()
	w.clock.advance(24 * time.Hour)
	w.nothing()
}

func TestTooLarge(t *testing.T) {
	w := newWorld(t)
	w.options.MaxMessage = 10_000
	w.append(post("one"))
	w.append(post("large") + strings.Repeat("A line of a large message.\n", 1000))
	w.append(post("two"))
	w.start()
	w.receive()
	w.receive()
	w.nothing()
	if text := w.hear(); !strings.Contains(text, "larger (") || !strings.Contains(text, "message 2 of INBOX") {
		t.Errorf("the postmaster was told %q", text)
	}
	if flags := w.flags(2); !strings.Contains(flags, string(ProblemKeyword)) {
		t.Errorf("the message has the flags %s", flags)
	}
}

// TestLargeMessages: 50 MB come through whole.
func TestLargeMessages(t *testing.T) {
	w := newWorld(t)
	w.options.MaxMessage = 60_000_000
	line := strings.Repeat("x", 98) + "\n"
	for _, id := range []string{"one", "two"} {
		w.append(post(id) + strings.Repeat(line, 500_000))
	}
	w.append(post("small"))
	w.start()
	for _, want := range []int{50_000_000, 50_000_000, 100} {
		if got := w.receive(); len(got.raw) < want {
			t.Errorf("got %d octets, want %d", len(got.raw), want)
		}
	}
	w.nothing()
}
