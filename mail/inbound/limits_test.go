package inbound

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestSize(t *testing.T) {
	const max = 10_000
	line := strings.Repeat("x", 98) + "\r\n"
	exact := strings.Repeat(line, 100)
	for _, tc := range []struct{ name, mail, body, want string }{
		{"exact", "", exact, "250"},
		{"exact and said", " SIZE=10000", exact, "250"},
		{"exact, a wrong SIZE", " SIZE=1", exact, "250"},
		{"one more", "", exact[:9998] + "y\r\n", "552 5.3.4"},
		{"one more, a wrong SIZE", " SIZE=9999", exact[:9998] + "y\r\n", "552 5.3.4"},
		{"much more", "", strings.Repeat(exact, 50), "552 5.3.4"},
		{"dots do not count", "", "." + exact, "250"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := start(t, func(o *Options) { o.MaxMessage = max })
			c, _ := w.hello(t, "smtp")
			c.ask("MAIL FROM:<ann@a.example>"+tc.mail, "250")
			c.ask("RCPT TO:<rust@lists.example>", "250")
			body := tc.body
			if strings.HasPrefix(body, ".") {
				body = "." + exact[1:] // a leading dot, stuffed below
				body = "." + body
			}
			c.data(body+".\r\n", tc.want)
			if tc.want == "250" && len(w.rec.messages()[0].raw) != max {
				t.Errorf("got %d octets", len(w.rec.messages()[0].raw))
			}
			c.ask("NOOP", "250")
		})
	}
}

func TestOverrunIsCut(t *testing.T) {
	w := start(t, func(o *Options) { o.MaxMessage = 1000 })
	c, _ := w.hello(t, "smtp")
	inData(c)
	line := []byte(strings.Repeat(strings.Repeat("x", 98)+"\r\n", 1000))
	c.conn.SetWriteDeadline(time.Now().Add(limit))
	sent := 0
	for err := error(nil); err == nil && sent < 1<<30; {
		var n int
		n, err = c.conn.Write(line)
		sent += n
	}
	if sent > overrun+(8<<20) { // and what the network holds
		t.Errorf("%d octets were taken", sent)
	}
	c = w.dial(t, "smtp")
	c.want("220")
	c.greet("smtp")
	c.envelope("rust@lists.example")
	c.send("BDAT 4000000000 LAST\r\n")
	c.want("552 5.3.4")
	c.wantClosed()
	w.wantMessages(t)
}

func TestLongLines(t *testing.T) {
	w := start(t, func(o *Options) { o.Limits.BodyLine = 100_000 })
	c, _ := w.hello(t, "smtp")
	c.envelope("rust@lists.example")
	c.data("a\r\n"+strings.Repeat("x", 100_000)+"\r\n.\r\n", "250")
	c.envelope("rust@lists.example")
	c.data("a\r\n"+strings.Repeat("x", 100_001)+"\r\n.\r\n", "554 5.6.0 line 2 ")
	c.send("NOOP " + strings.Repeat("x", 2048-7) + "\r\n")
	c.want("250")
	c.send("NOOP " + strings.Repeat("x", 2048-6) + "\r\n")
	c.want("500 5.5.2 the command is longer")
}

// TestEndlessLines sends 200 MiB without a line end, as a command and in a message.
func TestEndlessLines(t *testing.T) {
	for _, tc := range []struct {
		name  string
		begin func(c *client)
	}{{"command", func(*client) {}}, {"message", inData}} {
		t.Run(tc.name, func(t *testing.T) {
			w := start(t, nil)
			c, _ := w.hello(t, "smtp")
			tc.begin(c)
			go io.Copy(io.Discard, c.conn)
			before := heap()
			chunk, peak := make([]byte, 1<<20), uint64(0)
			for i := range chunk {
				chunk[i] = 'x'
			}
			for sent := 0; sent < 200; sent++ {
				if _, err := c.conn.Write(chunk); err != nil {
					break
				}
				if sent%8 == 0 {
					peak = max(peak, heap())
				}
			}
			if grown := int64(peak) - int64(before); grown > 8<<20 {
				t.Errorf("the heap grew by %d octets", grown)
			}
			w.wantMessages(t)
		})
	}
}

// heap is what is in use, with the garbage of the moment.
func heap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestMemoryBudget(t *testing.T) {
	w := start(t, func(o *Options) { o.Limits.Memory = 2 << 20 })
	big := strings.Repeat(strings.Repeat("x", 98)+"\r\n", 10_000)
	holder, _ := w.hello(t, "smtp")
	inData(holder)
	holder.send(big) // 1,000,000 octets of the 1,572,864 that strangers have
	c, _ := w.hello(t, "smtp")
	for used := int64(0); used < 1_000_000-freeMemory; used = w.Stats().Memory {
		runtime.Gosched()
	}
	c.envelope("rust@lists.example")
	c.data(big+".\r\n", "451 4.3.1")
	c.envelope("rust@lists.example")
	c.data(strings.Repeat(strings.Repeat("x", 98)+"\r\n", 500)+".\r\n", "250") // small ones come in
	holder.send(".\r\n")
	holder.want("250")
	c.envelope("rust@lists.example")
	c.data(big+".\r\n", "250")
	if used := w.Stats().Memory; used != 0 {
		t.Errorf("%d octets are still held", used)
	}
}

func TestErrors(t *testing.T) {
	w := start(t, nil)
	c, _ := w.hello(t, "smtp")
	c.ask("MAIL FROM:<ann@a.example>", "250")
	for range 4 {
		c.ask("RCPT TO:<rcpt-nobody@lists.example>", "550")
		c.ask("JUMP", "500 5.5.1")
	}
	c.ask("NOOP", "250")
	c.ask("\x1b", "500")
	c.send("RCPT TO:<rcpt-relay@lists.example>\r\nNOOP\r\n")
	c.want("550")
	c.want("421 4.7.0 too many errors")
	c.wantClosed()

	l, _ := w.hello(t, "lmtp")
	l.ask("MAIL FROM:<ann@a.example>", "250")
	for range 50 {
		l.ask("RCPT TO:<rcpt-nobody@lists.example>", "550")
	}
}

func TestMessagesInASession(t *testing.T) {
	w := start(t, func(o *Options) { o.Limits.Messages = 2 })
	c, _ := w.hello(t, "smtp")
	for range 2 {
		c.envelope("rust@lists.example")
		c.data(hello+".\r\n", "250")
	}
	c.ask("MAIL FROM:<ann@a.example>", "421 4.7.0 2 messages")
	c.wantClosed()
}

func TestRecipientLimit(t *testing.T) {
	w := start(t, func(o *Options) { o.Limits.Recipients = 2 })
	c, _ := w.hello(t, "smtp")
	c.envelope("a@lists.example", "b@lists.example")
	c.ask("RCPT TO:<c@lists.example>", "452 4.5.3")
	c.data(hello+".\r\n", "250")
}

func TestForeignProtocols(t *testing.T) {
	w := start(t, nil)
	for _, tc := range []struct{ name, first string }{
		{"POST", "POST / HTTP/1.1\r\nHost: mx\r\nContent-Type: text/plain\r\n\r\nEHLO x\r\n" + smuggled},
		{"GET", "GET / HTTP/1.0\r\n\r\n"},
		{"GET with LF", "GET / HTTP/1.0\n\n"},
		{"PROXY", "PROXY TCP4 192.0.2.1 192.0.2.2 1 25\r\nEHLO x\r\n" + smuggled},
		{"header", "Subject: hello\r\n"},
		{"header after EHLO", "EHLO x\r\nContent-Type:text/plain\r\n" + smuggled},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := w.dial(t, "smtp")
			c.want("220")
			c.send(tc.first)
			if strings.HasPrefix(tc.first, "EHLO") {
				c.want("250")
			}
			if got := c.reply(); got != "" && !strings.HasPrefix(got, "421 4.7.0 this is a mail server") {
				t.Errorf("got %q", got)
			}
			c.wantClosed()
		})
	}
	w.wantMessages(t)
}

func TestConnectionLimits(t *testing.T) {
	w := start(t, func(o *Options) {
		o.Limits.PerHost, o.Limits.Connections, o.Limits.Reserve = 2, 4, 1
		o.Trusted = []netip.Prefix{netip.MustParsePrefix("127.0.9.1/32")}
	})
	a1, _ := w.hello(t, "smtp")
	w.hello(t, "lmtp")
	refused := w.dial(t, "smtp")
	refused.want("421 4.7.0 too many connections from your address")
	refused.wantClosed()
	from := func(ip string) *client {
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(ip)}}
		conn, err := d.Dial("tcp", w.Addr("smtp"))
		if err != nil {
			t.Skipf("no other loopback addresses here: %v", err)
		}
		t.Cleanup(func() { conn.Close() })
		return &client{t: t, conn: conn, r: bufio.NewReader(conn)}
	}
	from("127.0.0.2").want("220")
	from("127.0.0.3").want("220") // takes the place of a1, the older of the host with two
	a1.want("421 4.7.0 others are waiting")
	a1.wantClosed()
	from("127.0.0.4").want("421 4.7.0 too many connections,")
	from("127.0.9.1").want("220") // the reserve
	if s := w.Stats(); s.Open != 4 || s.Evicted != 1 || s.TurnedAway < 2 {
		t.Errorf("figures are %+v", s)
	}
}

func TestPanicsStayAlone(t *testing.T) {
	w := start(t, nil)
	other, _ := w.hello(t, "lmtp")
	inData(other)
	for _, kind := range []string{"smtp", "lmtp"} {
		c, _ := w.hello(t, kind)
		c.envelope("panic@lists.example")
		c.data(hello+".\r\n", "451 4.3.0")
		c.envelope("panic@lists.example")
		c.send("BDAT 2 LAST\r\n\r\n")
		c.want("451 4.3.0")
		c.envelope("rust@lists.example")
		c.data(hello+".\r\n", "250")
	}
	other.send(".\r\n")
	other.want("250")
	if s := w.Stats(); s.Panics != 4 || !strings.Contains(w.log.String(), "harness_test.go") {
		t.Errorf("counted %d panics; the log is %.300s", s.Panics, w.log)
	}
}

// TestWrongNumberOfAnswers: a Receiver that forgets a recipient has not said that it stored anything.
func TestWrongNumberOfAnswers(t *testing.T) {
	w := start(t, nil)
	w.rec.receive = func(context.Context, Envelope, []byte) []error { return []error{nil} }
	c, _ := w.hello(t, "lmtp")
	c.envelope("a@lists.example", "b@lists.example")
	c.data(hello+".\r\n", "451 4.3.0 <a@")
	c.want("451 4.3.0 <b@")
}

func TestControlCharactersStayOutside(t *testing.T) {
	w := start(t, func(o *Options) { o.Limits.Errors = 100 })
	c := w.dial(t, "smtp")
	c.want("220")
	for _, bad := range []string{"\x00", "\x07", "\x1b[2J", "\r", "\t", "\x7f", "\xff", "\xc2\x9b"} {
		c.ask("EHLO x"+bad+"y", "500 5.5.2")
	}
	c.greet("smtp")
	for _, bad := range []string{"\x00", "\x1b[2J", "\r", "\xff", "\xc2\x9b"} {
		c.ask("MAIL FROM:<a"+bad+"@a.example> SMTPUTF8", "500 5.5.2")
	}
	c.send("NOOP\n")
	c.want("500 5.5.2 end each line with CRLF")
	c.ask("EHLO evil(;\u202e)", "250")
	c.ask("MAIL FROM:<a@a.example> SMTPUTF8", "250")
	c.ask("RCPT TO:<rcpt-fault@lists.example>", "451")
	c.ask("RCPT TO:<rust@lists.example>", "250")
	c.data("Subject: \x1b\x00\r\n\r\n.\r\n", "250")
	e := w.wantMessages(t, "Subject: \x1b\x00\r\n\r\n")[0].env
	if !strings.HasPrefix(e.Trace, "Received: from evil???? (") && !strings.HasPrefix(e.Trace, "Received: from evil??? (") {
		t.Errorf("trace is %q", e.Trace)
	}
	for _, r := range e.Helo + strings.ReplaceAll(w.log.String(), "\n", "") {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == '\u202e' {
			t.Fatalf("%q in %q or the log", r, e.Helo)
		}
	}
}
