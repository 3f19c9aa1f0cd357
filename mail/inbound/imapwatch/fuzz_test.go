package imapwatch

import (
	"context"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"guildpost/mail"
	"guildpost/store/storetest"
)

// FuzzRecipients: whatever stands in a header, it ends, and all that is found is an address of ours, once.
func FuzzRecipients(f *testing.F) {
	f.Add("Delivered-To: rust@lists.example.org\r\nTo: x@else.example\r\n")
	f.Add("X-Original-To: rust@lists.example.org, go@lists.example.org\r\nDelivered-To: lists@mail.example\r\n")
	f.Add("Resent-To: =?utf-8?q?rust?= <RUST@lists.example.org>\r\nTo: undisclosed-recipients:;\r\nBcc: go@LISTS.example.org\r\n")
	f.Add("Return-Path: <>\r\nTo: \"a b\"@lists.example.org, <@relay:rust@lists.example.org>, rusty@lists.example.org\r\n")
	f.Add("Return-Path: MAILER-DAEMON\r\nEnvelope-To: rust@lists.example.org rust@lists.example.org\r\nCc: " + strings.Repeat("x@y.example,", 2000) + "\r\n")
	receiver := &fakeReceiver{}
	s := &session{watched: &watched{Mailbox: Mailbox{Username: "lists"}, w: &Watcher{opts: Options{Receiver: receiver}}}}
	f.Fuzz(func(t *testing.T, header string) {
		h, _ := mail.SplitHeader([]byte(header + "\r\n"))
		from := envelopeSender(h)
		if _, err := mail.Canonical(from); from != "" && err != nil {
			t.Errorf("the sender %q is no address: %v", from, err)
		}
		to, err := s.recipients(context.Background(), h, from)
		if err != nil {
			t.Fatal(err)
		}
		if len(to) > 3*mostRecipients {
			t.Errorf("%d recipients", len(to))
		}
		seen := map[string]bool{}
		for _, address := range to {
			canonical, err := mail.Canonical(address)
			if err != nil || !strings.HasSuffix(canonical, "@lists.example.org") || seen[canonical] {
				t.Errorf("recipient %q (%v)", address, err)
			}
			seen[canonical] = true
		}
	})
}

// A playedConn is a server that says a piece when it is connected to and another one at each command, whatever that is.
type playedConn struct {
	net.Conn // for what is not overridden
	mu       sync.Mutex
	changed  *sync.Cond
	pieces   []string // not said yet
	now      string
	closed   bool
}

func newPlayedConn(pieces []string) *playedConn {
	c := &playedConn{pieces: pieces[1:], now: pieces[0]}
	c.changed = sync.NewCond(&c.mu)
	return c
}

func (c *playedConn) Read(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.now == "" && len(c.pieces) > 0 && !c.closed {
		c.changed.Wait()
	}
	switch {
	case c.closed:
		return 0, net.ErrClosed
	case c.now == "":
		return 0, io.EOF
	}
	n := copy(p, c.now)
	c.now = c.now[n:]
	return n, nil
}

func (c *playedConn) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return 0, net.ErrClosed
	}
	if len(c.pieces) > 0 {
		c.now, c.pieces = c.now+c.pieces[0], c.pieces[1:]
	}
	c.changed.Broadcast()
	return len(p), nil
}

func (c *playedConn) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	c.changed.Broadcast()
	return nil
}

func (c *playedConn) SetWriteDeadline(time.Time) error { return nil }

// FuzzFetch: whatever a server says to a FETCH, it ends, and no body is larger than allowed, cut short or under a UID that was
// not asked for.
func FuzzFetch(f *testing.F) {
	f.Add("* 1 FETCH (UID 1 RFC822.SIZE 5)\r\nT1 OK done\r\n", "* 1 FETCH (UID 1 BODY[] {5}\r\nhello)\r\nT2 OK done\r\n")
	f.Add("* 1 FETCH (UID 1 RFC822.SIZE 5)\r\nT1 OK done\r\n", "* 1 FETCH (UID 1 BODY[] {4294967296}\r\nhello)\r\nT2 OK done\r\n")
	f.Add("* 1 FETCH (UID 2 INTERNALDATE NIL RFC822.SIZE 5)\r\nT1 OK done\r\n", "* 1 FETCH (BODY[] \"hello\" UID 2)\r\nT2 NO done\r\n")
	f.Add("* 1 FETCH (UID 1 RFC822.SIZE 5 BODY[] {3}\r\nabc)\r\n* 1 EXPUNGE\r\n* XFOO\r\nT1 OK\r\n", "")
	f.Add("* 1 FETCH (UID 1 RFC822.SIZE 99999999999999999999)\r\nT1 OK done\r\n", "* 1 FETCH (UID 1 BODY[] {5}\r\nhel")
	f.Add("* 1 FETCH (UID 3 RFC822.SIZE 50)\r\nT1 OK done\r\n", "* 1 FETCH (UID 3 BODY[] NIL BODY[] {0}\r\n BODY[]<3> {2}\r\nab)\r\nT2 OK done\r\n")
	const most = 1000
	w := &Watcher{opts: Options{MaxMessage: most, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return storetest.Now }}}
	f.Fuzz(func(t *testing.T, sizes, bodies string) {
		g := &guard{Conn: newPlayedConn([]string{"* PREAUTH [CAPABILITY IMAP4rev1] hello\r\n", sizes, bodies})}
		g.allow(answerSize)
		c := &client{guard: g, timeout: 50 * time.Millisecond, max: most, news: make(chan struct{}, 1)}
		c.Client = imapclient.New(g, &imapclient.Options{UnilateralDataHandler: &imapclient.UnilateralDataHandler{Mailbox: c.changed}})
		defer c.close()
		if c.WaitGreeting() != nil {
			return
		}
		s := &session{watched: &watched{Mailbox: Mailbox{Mode: Deliver}, w: w, log: w.opts.Log}, c: c}
		known, err := s.sizes(t.Context(), []uint32{1, 2, 3})
		if err != nil || len(known) == 0 {
			return
		}
		for _, m := range known {
			if m.uid < 1 || m.uid > 3 {
				t.Errorf("a size for message %d", m.uid)
			}
		}
		messages, _ := s.c.collect(t.Context(), known)
		for _, m := range messages {
			if m.uid < 1 || m.uid > 3 || len(m.raw) > most || !strings.Contains(sizes+bodies, string(m.raw)) && !strings.Contains(bodies, `\`) {
				t.Errorf("message %d with %q", m.uid, m.raw)
			}
		}
	})
}

// FuzzBlocks: a set of UIDs is divided into all that is in it from a UID on, in bounded pieces.
func FuzzBlocks(f *testing.F) {
	f.Add(uint32(1), uint32(700), uint32(900), uint32(900), uint32(5))
	f.Add(uint32(4294967295), uint32(4294967290), uint32(3), uint32(0), uint32(4294967295))
	f.Fuzz(func(t *testing.T, a, b, c, d, from uint32) {
		set := imap.UIDSet{{Start: imap.UID(a), Stop: imap.UID(b)}, {Start: imap.UID(c), Stop: imap.UID(d)}}
		blocks := newBlocks(set, imap.UID(from))
		left := blocks.count()
		for range 10 {
			uids := blocks.next()
			if len(uids) > blockSize || uint64(len(uids)) > left || len(uids) < blockSize && uint64(len(uids)) != left {
				t.Fatalf("%d UIDs in a block, %d were left", len(uids), left)
			}
			left -= uint64(len(uids))
			for _, uid := range uids {
				inside := uid >= min(a, b) && uid <= max(a, b) || uid >= min(c, d) && uid <= max(c, d)
				if uid < from || !inside {
					t.Fatalf("UID %d", uid)
				}
			}
			if len(uids) == 0 {
				break
			}
		}
	})
}
