package inbound

import (
	"bufio"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// TestBodyIsNeverCommands is about what go-smtp's own timeout does: after a pause in DATA, the rest of the message was
// read as commands, and a second message came in.
func TestBodyIsNeverCommands(t *testing.T) {
	for _, tls := range []bool{false, true} {
		w := start(t, func(o *Options) {
			o.Limits.Idle = 300 * time.Millisecond
			if tls {
				o.TLS = testTLS(t)
			}
		})
		c, _ := w.hello(t, "smtp")
		var wireBytes *recordingConn
		if tls {
			wireBytes = c.startTLS("smtp")
		}
		c.envelope("rust@lists.example")
		c.ask("DATA", "354")
		c.send("Subject: slow\r\n\r\n")
		c.want("421 4.4.2 ") // sent by the server when it gave up
		c.wantClosed()
		c.conn.Write([]byte(smuggled))
		c.wantClosed()
		w.wantMessages(t)
		if tls && strings.Contains(wireBytes.String(), "421") {
			t.Error("a plain 421 was written into TLS")
		}
	}
}

// TestDrip sends with pauses that are each within the limit, but not together.
func TestDrip(t *testing.T) {
	w := start(t, func(o *Options) { o.Limits.Idle = time.Second })
	c, _ := w.hello(t, "smtp")
	c.envelope("rust@lists.example")
	c.ask("DATA", "354")
	pause := time.NewTicker(300 * time.Millisecond)
	defer pause.Stop()
	for range 5 {
		c.send("line\r\n")
		<-pause.C
	}
	c.send(".\r\n")
	c.want("250")
	w.wantMessages(t, strings.Repeat("line\r\n", 5))
}

func TestTimeouts(t *testing.T) {
	for _, tc := range []struct {
		name   string
		limits Limits
		begin  func(c *client)
		drip   string // sent again and again
		want   string
	}{
		{"no command", Limits{Idle: 100 * time.Millisecond}, func(c *client) {}, "", "421 4.4.2 nothing came"},
		{"a command that drips", Limits{Idle: 300 * time.Millisecond}, func(c *client) { c.send("NOOP ") }, "x", "421 4.4.2 nothing came"},
		{"commands for too long", Limits{Session: 300 * time.Millisecond}, func(c *client) {}, "RSET\r\n", "421 4.4.2 the session"},
		{"a message for too long", Limits{Session: 300 * time.Millisecond}, inData, "x\r\n", "421 4.4.2 the session"},
		{"a slow message", Limits{Grace: 300 * time.Millisecond, MinRate: 1000}, inData, "x\r\n", "421 4.4.2 the message comes too slowly"},
		{"a slow chunk", Limits{Grace: 300 * time.Millisecond, MinRate: 1000}, func(c *client) {
			c.envelope("rust@lists.example")
			c.send("BDAT 10000 LAST\r\n")
		}, "x\r\n", "421 4.4.2 the message comes too slowly"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := start(t, func(o *Options) { o.Limits = tc.limits })
			c, _ := w.hello(t, "smtp")
			tc.begin(c)
			done := make(chan struct{})
			go func() {
				defer close(done)
				tick := time.NewTicker(20 * time.Millisecond)
				defer tick.Stop()
				for range tick.C {
					if _, err := c.conn.Write([]byte(tc.drip)); err != nil || tc.drip == "" {
						return
					}
				}
			}()
			got := "250"
			for strings.HasPrefix(got, "250") {
				got = c.reply()
			}
			if !strings.HasPrefix(got, tc.want) {
				t.Errorf("got %q, want %q", got, tc.want)
			}
			c.conn.Close()
			<-done
			w.wantMessages(t)
		})
	}
}

func inData(c *client) {
	c.t.Helper()
	c.envelope("rust@lists.example")
	c.ask("DATA", "354")
}

// TestSessionTimeIsNotForOurServer: LMTP from a trusted peer lasts as long as it speaks.
func TestSessionTimeIsNotForOurServer(t *testing.T) {
	w := start(t, func(o *Options) { o.Limits.Session = time.Nanosecond; o.Trusted = nil })
	c, _ := w.hello(t, "lmtp")
	c.envelope("rust@lists.example")
	c.data(hello+".\r\n", "250")
	s := w.dial(t, "smtp")
	s.want("220")
	s.want("421 4.4.2 the session")
}

// TestReaderWhoDoesNotRead takes the greeting and no other reply, over a pipe that holds none: the server must not wait
// for ever, nor once for every few of the many replies that it owes.
func TestReaderWhoDoesNotRead(t *testing.T) {
	w := start(t, func(o *Options) { o.Limits.Write = 300 * time.Millisecond })
	from := &oneConn{conns: make(chan net.Conn), done: make(chan struct{})}
	l := &listener{Listener: from, srv: w.Server, kind: "pipe", done: make(chan struct{})}
	l.smtp = l.newSMTP()
	w.listeners = append(w.listeners, l)
	go l.serve()
	server, conn := net.Pipe()
	from.conns <- server
	c := &client{t: t, conn: conn, r: bufio.NewReader(conn)}
	c.want("220")
	c.send(strings.Repeat("NOOP\r\n", readBuffer/len("NOOP\r\n")))
	conn.SetWriteDeadline(time.Now().Add(2 * time.Second))
	if _, err := conn.Write([]byte("NOOP\r\n")); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("writing returned %v: the server still holds the connection", err)
	}
}
