package outbound_test

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"guildpost/mail/mailtest"
	"guildpost/mail/outbound"
	"guildpost/store"
)

// A world is a queue, a worker and a sink.
type world struct {
	t      testing.TB
	clock  *clock
	queue  *memQueue
	sink   *mailtest.Sink
	worker *outbound.Worker

	mu       sync.Mutex
	failures []outbound.Failure
	refused  []string
}

// A setup is what a test wants to be different.
type setup struct {
	sink   mailtest.Options
	worker outbound.Options
	smtp   outbound.SMTPOptions
	queue  outbound.Queue // nil for the world's own
}

const limit = 30 * time.Second // of any wait; reached by failing tests only

// build makes a world that stands still.
func build(t testing.TB, s setup) *world {
	t.Helper()
	w := &world{t: t, clock: newClock()}
	w.queue = newMemQueue(w.clock)
	var err error
	if w.sink, err = mailtest.Start(s.sink); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.sink.Close() })
	if s.smtp.Smarthost == "" {
		s.smtp.Smarthost = w.sink.Addr()
	}
	o := s.worker
	o.Queue = w.queue
	if s.queue != nil {
		o.Queue = s.queue
	}
	if o.Composer == nil {
		o.Composer = composer{body: "Hello.\r\n"}
	}
	if o.Courier == nil {
		o.Courier = outbound.NewSMTP(s.smtp)
	}
	o.Now = w.clock.Now
	o.Jitter = func() float64 { return 0.5 }
	if o.Poll == 0 {
		o.Poll = 5 * time.Millisecond
	}
	if testing.Verbose() {
		o.Log = slog.New(slog.NewTextHandler(testWriter{t}, nil))
	}
	o.Failed = func(_ context.Context, f outbound.Failure) {
		w.mu.Lock()
		w.failures = append(w.failures, f)
		w.mu.Unlock()
	}
	o.Refused = func(_ context.Context, d store.Dispatch, reply string) {
		w.mu.Lock()
		w.refused = append(w.refused, reply)
		w.mu.Unlock()
	}
	w.worker = outbound.New(o)
	w.queue.wake = w.worker.Wake
	return w
}

func (w *world) start() {
	w.t.Helper()
	if err := w.worker.Start(context.Background()); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(w.stop)
}

func (w *world) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	if err := w.worker.Stop(ctx); err != nil {
		w.t.Error(err)
	}
}

// deliver starts the worker and waits until all is sent or failed, and the worker has stopped.
func (w *world) deliver() {
	w.t.Helper()
	w.start()
	w.queue.wait(w.t, limit)
	w.stop()
}

// expect compares how many deliveries are in each of the final states.
func (w *world) expect(sent, failed int) {
	w.t.Helper()
	states := w.queue.states()
	if states[store.Sent] != sent || states[store.Failed] != failed {
		w.t.Errorf("deliveries: got %v, want %d sent and %d failed", states, sent, failed)
	}
	for what, n := range w.sink.Stats().Lint {
		w.t.Errorf("the sink found: %s (%d times)", what, n)
	}
}

type testWriter struct{ t testing.TB }

func (w testWriter) Write(p []byte) (int, error) {
	w.t.Log(strings.TrimSpace(string(p)))
	return len(p), nil
}

// composer makes a message for every dispatch, with its ID in the Message-ID.
type composer struct {
	body   string
	shared bool
	change func(*outbound.Copy)
	fail   map[int64]error
}

func (c composer) Compose(_ context.Context, d store.Dispatch) (*outbound.Copy, error) {
	if err := c.fail[d.ID]; err != nil {
		return nil, err
	}
	m := &outbound.Copy{
		Rest: []byte(fmt.Sprintf("From: Ada <ada@example.org>\r\nTo: rust@lists.example.org\r\n"+
			"Subject: Hello\r\nMessage-ID: <%d@example.org>\r\nMIME-Version: 1.0\r\n\r\n%s", d.ID, c.body)),
		Shared: c.shared,
		Sender: func(dst []byte, d *store.Delivery) []byte {
			dst = append(dst, "rust-bounces+"...)
			dst = strconv.AppendInt(dst, d.ID, 10)
			return append(dst, "@lists.example.org"...)
		},
		Head: func(dst []byte, d *store.Delivery) []byte {
			dst = append(dst, "List-Unsubscribe: <https://lists.example.org/t/"...)
			dst = strconv.AppendInt(dst, d.ID, 10)
			return append(dst, ">\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"...)
		},
	}
	if c.change != nil {
		c.change(m)
	}
	return m, nil
}
