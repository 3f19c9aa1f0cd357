package main

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"guildpost/mail/inbound/imapwatch"
	"guildpost/mail/mailtest"
	"guildpost/store"
	"guildpost/store/storetest"
)

// TestDovecotIdle: what arrives in a mailbox is with the subscribers within two seconds.
func TestDovecotIdle(t *testing.T) {
	d := startDovecot(t, "maildir")
	w := newFaultWorld(t, 3, mailtest.Faults{}, imapTable(d.addr, "lists", "after = \"move\""))
	w.process.fill(w.members)
	w.in = newInjector(t, 0)
	w.process.start()
	c := d.client("lists")
	var took []time.Duration
	for i := range 10 {
		id, body, message := faultPost(i)
		w.in.begin(id, body)
		w.in.took(id)
		began := time.Now()
		appendTo(t, c, fetched(message))
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		if err := w.sink.Wait(ctx, 3*(i+1)); err != nil {
			t.Fatalf("post %d: %v\n%s", i, err, d.log())
		}
		cancel()
		took = append(took, time.Since(began))
	}
	if code := w.process.signal(syscall.SIGTERM); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if repeats := w.check(); repeats > 0 {
		t.Errorf("%d repeats", repeats)
	}
	slices.Sort(took)
	t.Logf("from APPEND to the last of 3 copies: %v at least, %v at the median, %v at most", took[0], took[len(took)/2], took[len(took)-1])
	if median := took[len(took)/2]; median > 2*time.Second {
		t.Errorf("a post took %v at the median", median)
	}
	if data, err := c.Status("Archive", &imap.StatusOptions{NumMessages: true}).Wait(); err != nil || *data.NumMessages != 10 {
		t.Errorf("the other mailbox has %v, %v", data, err)
	}
}

// TestDovecotKilled fetches through a line that breaks again and again, from a server that is started anew and gives the
// mailbox another UIDVALIDITY, with a daemon that is killed: each message is posted, once.
func TestDovecotKilled(t *testing.T) {
	messages, kills := 400, 12
	if required("kill") {
		messages, kills = 1000, 60
	}
	d := startDovecot(t, "maildir")
	line := startCutter(t, d.addr, 10_000, 150_000)
	w := newFaultWorld(t, 2, mailtest.Faults{}, imapTable(line.addr(), "lists", "after = \"seen\""))
	w.process.fill(w.members)
	w.in = newInjector(t, 0)
	d.fill("lists", messages, func(i int) string {
		id, body, message := faultPost(i)
		w.in.begin(id, body)
		w.in.took(id)
		return fetched(message)
	})
	random := rand.New(rand.NewPCG(2026, 10))
	for kill := range kills {
		w.process.launch()
		w.process.awaitListening()
		<-time.After(time.Duration(random.IntN(120)) * time.Millisecond)
		switch {
		case kill == kills/2:
			d.doveadm("mailbox", "update", "--uid-validity", "4000000000", "-u", "lists", "INBOX")
		case kill%4 == 3:
			d.restart()
		}
		w.process.kill()
	}
	line.enough()
	w.process.start()
	w.awaitFetched(d, "lists", 60*time.Second)
	w.drain(30 * time.Second)
	if code := w.process.signal(syscall.SIGTERM); code != 0 {
		t.Errorf("exit code %d", code)
	}
	repeats, doubts := w.check(), w.inDoubt()
	t.Logf("%d messages, %d kills, %d cuts; %d copies, %d repeats, %d in doubt", messages, kills, line.cuts.Load(), w.sink.Stats().Recipients, repeats, doubts)
	if most := 10*kills + doubts; repeats > most {
		t.Errorf("%d repeats, at most %d can be excused", repeats, most)
	}
}

// awaitFetched waits until the daemon has looked through the mailbox and nothing is open in it.
func (w *faultWorld) awaitFetched(d *dovecot, who string, wait time.Duration) {
	w.t.Helper()
	db := w.process.open()
	defer db.Close()
	client := d.client(who)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	var last string
	for end := time.Now().Add(wait); time.Now().Before(end); <-tick.C {
		// Each time anew: Dovecot says that there is nothing while another client is the first to look.
		status, err := client.Status("INBOX", &imap.StatusOptions{NumMessages: true, UIDNext: true, UIDValidity: true}).Wait()
		if err != nil {
			w.t.Fatal(err)
		}
		if last = fmt.Sprintf("%+v", status); *status.NumMessages == 0 {
			continue
		}
		for _, server := range w.servers() {
			m, err := db.IMAPMailbox(w.t.Context(), who+"@"+server, "INBOX")
			if err != nil {
				w.t.Fatal(err)
			}
			next, err := db.IMAPNext(w.t.Context(), m.ID)
			if err != nil {
				w.t.Fatal(err)
			}
			if last = fmt.Sprintf("%+v, next %v", m, next); m.UIDValidity == status.UIDValidity && m.LastUID >= uint32(status.UIDNext)-1 && next.IsZero() {
				return
			}
		}
	}
	w.t.Fatalf("the mailbox is not looked through: %s", last)
}

// servers are those of the daemon's configuration.
func (w *faultWorld) servers() (all []string) {
	w.t.Helper()
	text, err := os.ReadFile(w.process.config)
	if err != nil {
		w.t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, "server = "); ok {
			all = append(all, strings.Trim(strings.TrimSpace(value), `"`))
		}
	}
	return all
}

// A counter keeps count of what is filed, by Message-ID.
type counter struct {
	mu   sync.Mutex
	seen map[string]int
	n    int
	full chan struct{} // closed when want are there
	want int
}

func newCounter(want int) *counter {
	return &counter{seen: map[string]int{}, want: want, full: make(chan struct{})}
}

func (c *counter) File(_ context.Context, _ int64, messages []imapwatch.Incoming) ([]imapwatch.FileResult, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range messages {
		_, rest, _ := strings.Cut(string(m.Raw), "Message-ID: <")
		id, _, _ := strings.Cut(rest, ">")
		if c.seen[id]++; c.seen[id] == 1 {
			if c.n++; c.n == c.want {
				close(c.full)
			}
		}
	}
	return make([]imapwatch.FileResult, len(messages)), nil
}

// TestDovecotBackfill: 10,000 messages of a community's past come in over a line that breaks, each once.
func TestDovecotBackfill(t *testing.T) {
	const n = 10_000
	d := startDovecot(t, "maildir")
	d.fill("old", n, func(i int) string {
		_, _, message := faultPost(i)
		return message
	})
	line := startCutter(t, d.addr, 100_000, 4_000_000)
	archive := newCounter(n)
	w := watchDovecot(t, storetest.Open(t), line.addr(), archive, func(d time.Duration) <-chan time.Time { return time.After(d / 20) })
	began := time.Now()
	select {
	case <-archive.full:
	case <-time.After(time.Minute):
		t.Fatalf("%d of %d messages came; %+v\n%s", archive.n, n, w.Stats(), d.log())
	}
	t.Logf("%d messages in %v, %d cuts", n, time.Since(began), line.cuts.Load())
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := w.Stop(ctx); err != nil {
		t.Error(err)
	}
	for id, times := range archive.seen {
		if times > 1 {
			t.Errorf("%s was filed %d times", id, times)
		}
	}
	if line.cuts.Load() == 0 {
		t.Error("the line was never cut")
	}
}

// watchDovecot watches the mailbox of "old" in mode archive.
func watchDovecot(t testing.TB, db *store.DB, addr string, archive imapwatch.Archiver, after func(time.Duration) <-chan time.Time) *imapwatch.Watcher {
	t.Helper()
	w, err := imapwatch.New(imapwatch.Options{
		DB: db, Archiver: archive, After: after, Log: slog.New(slog.DiscardHandler),
		Mailboxes: []imapwatch.Mailbox{{Server: addr, TLS: imapwatch.NoTLS, Username: "old", Name: "INBOX", Mode: imapwatch.Archive, Community: 1,
			After: imapwatch.Keep, Password: func() (string, error) { return "secret", nil }}},
	})
	if err == nil {
		err = w.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = w.Stop(ctx)
	})
	return w
}

// TestDovecotLarge: 200,000 messages lie in the mailbox already, and five are new.
func TestDovecotLarge(t *testing.T) {
	if !required("dovecot") {
		t.Skip("half a minute is for a machine that requires dovecot")
	}
	const old, new = 200_000, 5
	d := startDovecot(t, "mbox")
	d.writeMbox("lists", old, time.Now().AddDate(-1, 0, 0), func(i int) string {
		return fmt.Sprintf("From: x@x.example\nTo: rust@lists.example.org\nMessage-ID: <old-%d@x.example>\n\nold\n", i)
	})
	w := newFaultWorld(t, 2, mailtest.Faults{}, imapTable(d.addr, "lists", ""))
	w.process.fill(w.members)
	w.in = newInjector(t, 0)
	d.writeMbox("lists", new, time.Now(), func(i int) string {
		id, body, message := faultPost(i)
		w.in.begin(id, body)
		w.in.took(id)
		return fetched(message)
	})
	if _, err := d.client("lists").Select("INBOX", nil).Wait(); err != nil { // it makes its index
		t.Fatal(err)
	}
	began := time.Now()
	w.process.start()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := w.sink.Wait(ctx, 2*new); err != nil {
		t.Fatalf("%v\n%s", err, d.log())
	}
	took := time.Since(began)
	_, peak := w.process.memory()
	t.Logf("%d new of %d messages were posted in %v, with %d MB at the peak", new, old+new, took, peak>>20)
	if took > 10*time.Second || peak > 64<<20 {
		t.Errorf("it took %v and %d MB", took, peak>>20)
	}
	w.awaitFetched(d, "lists", 10*time.Second)
	if repeats := w.check(); repeats > 0 {
		t.Errorf("%d repeats", repeats)
	}
}
