package inbound

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"guildpost/store"
)

// A recorder is a Receiver that keeps what it gets and answers by the recipient's local part.
type recorder struct {
	mu       sync.Mutex
	got      []message
	receive  func(ctx context.Context, env Envelope, raw []byte) []error // nil answers by verdicts
	notReady error
}

type message struct {
	env Envelope
	raw string
}

// verdicts are what a recipient's local part stands for; others are taken.
var verdicts = map[string]error{
	"nobody":    store.Errorf(store.NotFound, "there is no list of this name"),
	"relay":     store.Errorf(store.Forbidden, "this server does not relay"),
	"later":     store.Errorf(store.Temporary, "the store is busy"),
	"huge":      store.Errorf(store.TooLarge, "the list takes 10 kB"),
	"bad":       store.Errorf(store.Invalid, "no message can go there"),
	"closed":    store.Errorf(store.Conflict, "the community is closed"),
	"fault":     fmt.Errorf("open /secret/file: no such file"),
	"multiline": store.Errorf(store.Invalid, "first\r\n250 2.0.0 forged\r\nö\x1b[31m"),
}

func local(address string) string {
	name, _, _ := strings.Cut(address, "@")
	return name
}

func (r *recorder) Ready(context.Context) error { return r.notReady }

// Recipient refuses "rcpt-X" as verdicts says for X; X alone is refused after the message.
func (r *recorder) Recipient(_ context.Context, _, to string) error {
	if local(to) == "rcpt-panic" {
		panic("in Recipient")
	}
	if name, ok := strings.CutPrefix(local(to), "rcpt-"); ok {
		return verdicts[name]
	}
	return nil
}

func (r *recorder) Receive(ctx context.Context, env Envelope, raw []byte) []error {
	if r.receive != nil {
		return r.receive(ctx, env, raw)
	}
	r.keep(env, raw)
	errs := make([]error, len(env.To))
	for i, to := range env.To {
		if local(to) == "panic" {
			panic("in Receive")
		}
		errs[i] = verdicts[local(to)]
	}
	return errs
}

func (r *recorder) keep(env Envelope, raw []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.got = append(r.got, message{env, string(raw)})
}

func (r *recorder) messages() []message {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]message(nil), r.got...)
}

// A syncBuffer is a log that tests may read while it is written.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

type world struct {
	*Server
	rec *recorder
	log *syncBuffer
}

// start runs a server on loopback, where nobody is trusted unless change says so.
func start(t testing.TB, change func(*Options)) *world {
	t.Helper()
	w := &world{rec: &recorder{}, log: &syncBuffer{}}
	opts := Options{
		Hostname: "mx.lists.example", LMTPAddr: "127.0.0.1:0", SMTPAddr: "127.0.0.1:0", Trusted: []netip.Prefix{},
		Now:    func() time.Time { return time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC) },
		Logger: slog.New(slog.NewTextHandler(w.log, nil)),
	}
	if change != nil {
		change(&opts)
	}
	var err error
	if w.Server, err = New(opts, w.rec); err != nil {
		t.Fatal(err)
	}
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		w.Stop(ctx)
		if used := w.budget.used.Load(); used != 0 {
			t.Errorf("%d octets of the budget were not given back", used)
		}
		if open, _ := w.gate.count(); open != 0 {
			t.Errorf("%d connections are still counted", open)
		}
	})
	return w
}

// A client speaks raw bytes. Every wait of its ends within limit.
type client struct {
	t    testing.TB
	conn net.Conn
	r    *bufio.Reader
}

const limit = 5 * time.Second

func (w *world) dial(t testing.TB, kind string) *client {
	t.Helper()
	network, addr := "tcp", w.Addr(kind)
	if path, ok := strings.CutPrefix(addr, "unix:"); ok {
		network, addr = "unix", path
	}
	conn, err := net.Dial(network, addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &client{t: t, conn: conn, r: bufio.NewReader(conn)}
}

// hello dials, reads the greeting and says EHLO or LHLO; it returns the offers.
func (w *world) hello(t testing.TB, kind string) (*client, string) {
	t.Helper()
	c := w.dial(t, kind)
	c.want("220 mx.lists.example")
	return c, c.greet(kind)
}

func (c *client) greet(kind string) string {
	c.t.Helper()
	verb := map[string]string{"lmtp": "LHLO", "smtp": "EHLO"}[kind]
	c.send(verb + " client.example\r\n")
	return c.want("250")
}

func (c *client) send(s string) {
	c.t.Helper()
	c.conn.SetWriteDeadline(time.Now().Add(limit))
	if _, err := io.WriteString(c.conn, s); err != nil {
		c.t.Fatalf("sending %.60q: %v", s, err)
	}
}

// reply reads one reply with all its lines, "" at the end of the connection.
func (c *client) reply() string {
	c.t.Helper()
	c.conn.SetReadDeadline(time.Now().Add(limit))
	var all strings.Builder
	for {
		line, err := c.r.ReadString('\n')
		all.WriteString(line)
		if ne, ok := err.(net.Error); ok && ne.Timeout() {
			c.t.Fatalf("no reply within %s; so far %q", limit, all.String())
		}
		if err != nil || len(line) > 3 && line[3] == ' ' {
			return all.String()
		}
	}
}

// want reads a reply and checks how it begins.
func (c *client) want(prefix string) string {
	c.t.Helper()
	got := c.reply()
	if !strings.HasPrefix(got, prefix) || prefix == "" {
		c.t.Fatalf("got reply %q, want %q", got, prefix)
	}
	if strings.ContainsFunc(got, func(r rune) bool { return r < ' ' && r != '\r' && r != '\n' }) {
		c.t.Fatalf("reply %q has control characters", got)
	}
	return got
}

// ask sends a line and checks the reply.
func (c *client) ask(line, prefix string) string {
	c.t.Helper()
	c.send(line + "\r\n")
	return c.want(prefix)
}

// envelope sends MAIL and a RCPT for each recipient, all taken.
func (c *client) envelope(to ...string) {
	c.t.Helper()
	c.ask("MAIL FROM:<ann@a.example>", "250")
	for _, r := range to {
		c.ask("RCPT TO:<"+r+">", "250")
	}
}

// data sends a message as it is (stuffed by the caller, with its end) and checks the first reply.
func (c *client) data(stuffed, prefix string) string {
	c.t.Helper()
	c.ask("DATA", "354")
	c.send(stuffed)
	return c.want(prefix)
}

// wantClosed expects the end of the connection, and nothing before it.
func (c *client) wantClosed() {
	c.t.Helper()
	if got := c.reply(); got != "" {
		c.t.Fatalf("got %q, want the end of the connection", got)
	}
}

// wantMessages waits for nothing: whatever was answered has been received.
func (w *world) wantMessages(t testing.TB, want ...string) []message {
	t.Helper()
	got := w.rec.messages()
	if len(got) != len(want) {
		t.Fatalf("got %d messages, want %d: %.300s", len(got), len(want), fmt.Sprintf("%+v", got))
	}
	for i, m := range got {
		if m.raw != want[i] {
			t.Fatalf("message %d is %.200q, want %.200q", i, m.raw, want[i])
		}
	}
	return got
}
