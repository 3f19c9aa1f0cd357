package imapwatch

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/store/storetest"
)

// A fakeClock is a clock whose timers fire when it is moved.
type fakeClock struct {
	mu     sync.Mutex
	now    time.Time
	timers []fakeTimer
	set    chan struct{} // has an element for each timer that was made
}

type fakeTimer struct {
	at time.Time
	c  chan time.Time
}

func newFakeClock() *fakeClock {
	return &fakeClock{now: storetest.Now, set: make(chan struct{}, 1000)}
}

func (f *fakeClock) Now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

func (f *fakeClock) After(d time.Duration) <-chan time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	t := fakeTimer{f.now.Add(d), make(chan time.Time, 1)}
	f.timers = append(f.timers, t)
	f.set <- struct{}{}
	return t.c
}

// advance moves the clock and fires what is due.
func (f *fakeClock) advance(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.now.Add(d)
	f.timers = slices.DeleteFunc(f.timers, func(t fakeTimer) bool {
		if t.at.After(f.now) {
			return false
		}
		t.c <- f.now
		return true
	})
}

// A fakeReceiver takes mail for rust@lists.example.org and go@lists.example.org.
type fakeReceiver struct {
	mu      sync.Mutex
	got     []received
	arrived chan received
	fail    func(env mail.Envelope, raw []byte) error // nil takes all
	ready   error
}

type received struct {
	env mail.Envelope
	raw string
}

func (r *fakeReceiver) Recipient(_ context.Context, _, to string) error {
	canonical, err := mail.Canonical(to)
	switch {
	case err != nil:
		return store.Errorf(store.Invalid, "no address")
	case canonical == "rust@lists.example.org", canonical == "go@lists.example.org":
		return nil
	case strings.HasSuffix(canonical, "@lists.example.org"):
		return store.Errorf(store.NotFound, "no such list")
	}
	return store.Errorf(store.Forbidden, "relaying")
}

func (r *fakeReceiver) Receive(_ context.Context, env mail.Envelope, raw []byte) []error {
	errs := make([]error, len(env.To))
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, to := range env.To {
		if errs[i] = r.Recipient(context.Background(), env.From, to); errs[i] == nil && r.fail != nil {
			errs[i] = r.fail(env, raw)
		}
	}
	r.got = append(r.got, received{env, string(raw)})
	r.arrived <- received{env, string(raw)}
	return errs
}

func (r *fakeReceiver) Ready(context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ready
}

func (r *fakeReceiver) setFail(fail func(mail.Envelope, []byte) error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fail = fail
}

// A world is a server with one mailbox, and what the watcher of it needs.
type world struct {
	t        *testing.T
	user     *imapmemserver.User
	server   *memServer
	db       *store.DB
	clock    *fakeClock
	receiver *fakeReceiver
	mailbox  Mailbox
	options  Options
	log      *syncBuffer
	told     chan string
	watcher  *Watcher
}

func newWorld(t *testing.T) *world {
	t.Helper()
	return newWorldWith(t, imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapUIDPlus: {}, imap.CapMove: {}, imap.CapESearch: {}})
}

func newWorldWith(t *testing.T, caps imap.CapSet) *world {
	t.Helper()
	w := &world{t: t, db: storetest.Open(t), clock: newFakeClock(), log: &syncBuffer{}, told: make(chan string, 100),
		receiver: &fakeReceiver{arrived: make(chan received, 100_000)}}
	w.user = imapmemserver.NewUser("lists", "secret")
	w.create("INBOX")
	w.server = startMemServer(t, w.user, caps)
	w.mailbox = Mailbox{Server: w.server.addr(), TLS: NoTLS, Username: "lists", Password: secretly("secret"), Name: "INBOX", Mode: Deliver, After: Keep}
	w.options = Options{
		DB: w.db, Receiver: w.receiver, Now: w.clock.Now, After: w.clock.After, Random: func() float64 { return 0.5 }, Timeout: 20 * time.Second,
		Log: slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Tell: func(_ context.Context, _ string, _ int, title, text string) error {
			select {
			case w.told <- title + "\n" + text:
			default:
			}
			return nil
		},
	}
	t.Cleanup(func() {
		w.stop()
		if t.Failed() {
			t.Logf("log:\n%s", w.log)
		}
	})
	return w
}

func secretly(s string) func() (string, error) { return func() (string, error) { return s, nil } }

func (w *world) start() {
	w.t.Helper()
	o := w.options
	o.Mailboxes = []Mailbox{w.mailbox}
	var err error
	if w.watcher, err = New(o); err == nil {
		err = w.watcher.Start()
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) stop() {
	if w.watcher == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := w.watcher.Stop(ctx); err != nil {
		w.t.Errorf("stopping: %v", err)
	}
	w.watcher = nil
}

func (w *world) create(name string) {
	w.t.Helper()
	if err := w.user.Create(name, nil); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) append(raw string) { w.appendAt(raw, w.clock.Now()) }

func (w *world) appendAt(raw string, at time.Time) {
	w.t.Helper()
	raw = strings.ReplaceAll(strings.ReplaceAll(raw, "\r\n", "\n"), "\n", "\r\n")
	_, err := w.user.Append("INBOX", bytes.NewReader([]byte(raw)), &imap.AppendOptions{Time: at})
	if err != nil {
		w.t.Fatal(err)
	}
}

// receive waits for the next message that reaches the Receiver.
func (w *world) receive() received {
	w.t.Helper()
	select {
	case got := <-w.receiver.arrived:
		return got
	case <-time.After(20 * time.Second):
		w.t.Fatal("nothing was received")
	}
	return received{}
}

// nothing: the watcher waits, and has handed over nothing more.
func (w *world) nothing() {
	w.t.Helper()
	w.await("waiting")
	select {
	case got := <-w.receiver.arrived:
		w.t.Fatalf("received %q", got.raw)
	default:
	}
}

// await waits until the watcher has made another timer, and so has nothing to do.
func (w *world) await(what string) {
	w.t.Helper()
	select {
	case <-w.clock.set:
	case <-time.After(20 * time.Second):
		w.t.Fatalf("the watcher is not %s", what)
	}
}

func (w *world) hear() string {
	w.t.Helper()
	select {
	case text := <-w.told:
		return text
	case <-time.After(20 * time.Second):
		w.t.Fatal("the postmaster was not told")
	}
	return ""
}

// post is a message for the list.
func post(id string) string {
	return fmt.Sprintf("Delivered-To: rust@lists.example.org\nReturn-Path: <ada@a.example>\nFrom: Ada <ada@a.example>\n"+
		"To: rust@lists.example.org\nSubject: %s\nMessage-ID: <%s@a.example>\n\nThis is %s.\n", id, id, id)
}

// A memServer is a server that listens again on its address after it was closed.
type memServer struct {
	t    *testing.T
	user *imapmemserver.User
	caps imap.CapSet
	at   string

	mu     sync.Mutex
	server *imapserver.Server
}

// A pollingSession tells in IDLE also of what came just before, as real servers do; the library's own forgets that.
type pollingSession struct{ *imapmemserver.UserSession }

func (s pollingSession) Idle(w *imapserver.UpdateWriter, stop <-chan struct{}) error {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if err := s.Poll(w, true); err != nil {
				return err
			}
		case <-stop:
			return nil
		}
	}
}

func startMemServer(t *testing.T, user *imapmemserver.User, caps imap.CapSet) *memServer {
	s := &memServer{t: t, user: user, caps: caps, at: "127.0.0.1:0"}
	s.listen()
	t.Cleanup(s.close)
	return s
}

func (s *memServer) listen() {
	s.t.Helper()
	l, err := net.Listen("tcp", s.at)
	if err != nil {
		s.t.Fatal(err)
	}
	s.at = l.Addr().String()
	server := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return pollingSession{imapmemserver.NewUserSession(s.user)}, nil, nil
		},
		Caps: s.caps, InsecureAuth: true, Logger: log.New(io.Discard, "", 0),
	})
	s.mu.Lock()
	s.server = server
	s.mu.Unlock()
	go server.Serve(l)
}

func (s *memServer) addr() string { return s.at }

func (s *memServer) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.server.Close()
}

// A syncBuffer is a log that may be read while it is written.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
