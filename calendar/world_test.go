package calendar

import (
	"bytes"
	"context"
	"flag"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/store/storetest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var ctx = context.Background()

// A world is a community with its calendar and a clock.
type world struct {
	*Calendar
	t    testing.TB
	c    store.Community
	now  time.Time
	help int // how many messages were for a ticket that does not work
}

func newWorld(t testing.TB) *world {
	t.Helper()
	return newWorldOn(t, storetest.Open(t))
}

func newWorldOn(t testing.TB, db *store.DB) *world {
	t.Helper()
	w := &world{t: t, now: storetest.Now}
	keys, err := mail.NewKeyring(mail.Key{ID: 1, Secret: bytes.Repeat([]byte{3}, 32), Since: w.now.AddDate(0, -1, 0)})
	w.check(err)
	w.Calendar = &Calendar{DB: db, Keys: keys, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Random: rand.NewChaCha8([32]byte{}), // the same identifiers each time

		Now: func() time.Time { return w.now }, PublicURL: "https://lists.example.org",
		Help: func(context.Context, store.Community, mail.Envelope, *mail.Message) error {
			w.help++
			return nil
		}}
	w.c, err = w.DB.CreateCommunity(ctx, w.by(), store.Community{Name: "rust", Domain: "lists.example.org", Title: "Rust Guild"})
	w.check(err)
	return w
}

func (w *world) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) by() store.Actor { return store.Actor{Who: "postmaster", Via: "test", At: w.now} }

func (w *world) join(address, name string) store.Subscription {
	w.t.Helper()
	s, _, err := w.DB.AddMember(ctx, w.by(), w.c.ID, store.NewMember{Address: address, Name: name})
	w.check(err)
	return s
}

// clinic is the meeting of most tests: a week from now.
func (w *world) clinic() Plan {
	return Plan{Title: "Borrow checker clinic; part 2, for all", Location: "Room 3, or https://meet.example.org/clinic", Description: "Bring code.\nGrüße",
		Starts: time.Date(w.now.Year(), w.now.Month(), w.now.Day()+7, 15, 0, 0, 0, time.UTC), Zone: "Europe/Berlin", Length: time.Hour}
}

func (w *world) call(p Plan) store.Meeting {
	w.t.Helper()
	m, err := w.Call(ctx, w.by(), w.c, p)
	w.check(err)
	return m
}

func (w *world) invitation(m store.Meeting, s store.Subscription) store.Invitation {
	w.t.Helper()
	i, err := w.DB.Invitation(ctx, m.ID, s.ID)
	w.check(err)
	return i
}

// outbox are the mails to an address, oldest first, also those that were dropped as it left.
func (w *world) outbox(address string) (all [][]byte) {
	w.t.Helper()
	rows, err := w.DB.QueueList(ctx, store.QueueFilter{States: []store.DeliveryState{store.Waiting, store.Dropped}})
	w.check(err)
	for _, row := range rows {
		if row.Recipient != address {
			continue
		}
		d, err := w.DB.Dispatch(ctx, row.DispatchID)
		w.check(err)
		raw, err := w.DB.Raw(ctx, d.RawID)
		w.check(err)
		all = append(all, raw)
	}
	return all
}

// mails is how many were made for an address.
func (w *world) mails(address string) (n int) {
	w.t.Helper()
	rows, err := w.DB.QueueList(ctx, store.QueueFilter{States: []store.DeliveryState{store.Waiting, store.Dropped}})
	w.check(err)
	for _, row := range rows {
		if row.Recipient == address {
			n++
		}
	}
	return n
}

// tellSome tells some people of a meeting, as if the daemon was killed behind that.
func (w *world) tellSome(m store.Meeting, all []store.Invitation) (int, error) {
	t, err := w.tellerOf(w.c, m)
	if err != nil {
		return 0, err
	}
	return t.tellAll(ctx, all)
}

// A lockedReader lets several read random octets at once.
type lockedReader struct {
	mu sync.Mutex
	r  io.Reader
}

func (l *lockedReader) Read(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.r.Read(p)
}

// golden compares with a file, or writes it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v: run go test ./calendar -update", err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; run go test ./calendar -update and read the difference. Got:\n%s", file, got)
	}
}

// long leaves out, with -short, tests that do one thing after the other for long: the race detector finds nothing in them.
func long(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("takes long, and does one thing after the other")
	}
}
