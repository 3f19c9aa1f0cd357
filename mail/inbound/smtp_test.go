package inbound

import (
	"net/netip"
	"strings"
	"testing"
)

const hello = "Subject: hello\r\n\r\nhello\r\n"

func TestOffers(t *testing.T) {
	w := start(t, func(o *Options) { o.MaxMessage = 1000 })
	_, smtp := w.hello(t, "smtp")
	_, lmtp := w.hello(t, "lmtp")
	for _, word := range []string{"PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES", "CHUNKING", "SMTPUTF8", "DSN", "SIZE 1000"} {
		if !strings.Contains(smtp, word+"\r\n") || !strings.Contains(lmtp, word+"\r\n") {
			t.Errorf("%s is not offered: %q, %q", word, smtp, lmtp)
		}
	}
	for _, word := range []string{"AUTH", "STARTTLS", "REQUIRETLS", "BINARYMIME"} {
		if strings.Contains(smtp+lmtp, word) {
			t.Errorf("%s is offered", word)
		}
	}
	if !strings.Contains(smtp, "RCPTMAX=100\r\n") || !strings.Contains(lmtp, "RCPTMAX=1000\r\n") {
		t.Errorf("limits of recipients are not told: %q, %q", smtp, lmtp)
	}
}

func TestMessage(t *testing.T) {
	w := start(t, nil)
	c, _ := w.hello(t, "smtp")
	c.envelope("rust@lists.example")
	c.data(strings.ReplaceAll(hello, "\r\nhello", "\r\n..hello")+".\r\n", "250 2.0.0 taken as ")
	m := w.wantMessages(t, strings.ReplaceAll(hello, "\r\nhello", "\r\n.hello"))[0]
	if e := m.env; e.From != "ann@a.example" || e.To[0] != "rust@lists.example" || e.Protocol != "ESMTP" || e.Helo != "client.example" ||
		e.Remote != "127.0.0.1" || !strings.HasPrefix(e.Peer, "127.0.0.1:") || !e.OneReply || e.Trusted || e.SMTPUTF8 || e.EightBit {
		t.Errorf("envelope is %+v", e)
	}
	want := "Received: from client.example ([127.0.0.1])\r\n\tby mx.lists.example (guildpost) with ESMTP id " + m.env.ID +
		"\r\n\tfor <rust@lists.example>;\r\n\tMon, 23 Nov 2026 10:00:00 +0000\r\n"
	if m.env.Trace != want {
		t.Errorf("trace is %q, want %q", m.env.Trace, want)
	}
	c.ask("QUIT", "221")
	c.wantClosed()
}

func TestEnvelopeParameters(t *testing.T) {
	w := start(t, nil)
	c, _ := w.hello(t, "smtp")
	c.ask("MAIL FROM:<> SMTPUTF8 BODY=8BITMIME RET=HDRS ENVID=q1+3D SIZE=200", "250")
	c.ask("RCPT TO:<küche@lists.example> NOTIFY=FAILURE,DELAY ORCPT=rfc822;old@b.example", "250")
	c.ask(`RCPT TO:<"two words"@lists.example> NOTIFY=NEVER`, "250")
	c.ask(`RCPT TO:<"küche"@lists.example>`, "250")
	c.ask(`RCPT TO:<"a@b\"c"@lists.example>`, "250")
	c.data(hello+".\r\n", "250")
	e := w.wantMessages(t, hello)[0].env
	if e.From != "" || !e.SMTPUTF8 || !e.EightBit || e.Return != "HDRS" || e.EnvelopeID != "q1=" || e.Protocol != "UTF8SMTP" {
		t.Errorf("envelope is %+v", e)
	}
	if got := strings.Join(e.To, " "); got != `küche@lists.example "two words"@lists.example "a@b\"c"@lists.example` {
		t.Errorf("recipients are %s", got)
	}
	if e.Notify[0] != "FAILURE,DELAY" || e.Notify[1] != "NEVER" || e.OriginalTo[0] != "old@b.example" || e.OriginalTo[1] != "" {
		t.Errorf("wishes are %q, %q", e.Notify, e.OriginalTo)
	}
}

func TestOneReply(t *testing.T) {
	for _, tc := range []struct{ name, to, want string }{
		{"all taken", "a b", "250 2.0.0"},
		{"one taken, one refused", "nobody b", "250 2.0.0"},
		{"all refused: the first", "relay nobody", "550 5.7.1 this server does not relay"},
		{"one for a time", "a nobody later", "451 4.3.0 the store is busy"},
		{"one in conflict", "a closed", "451 4.2.1 the community is closed"},
		{"a fault of ours", "fault", "451 4.3.0 something went wrong here"},
		{"a panic", "panic", "451 4.3.0 something went wrong here"},
		{"no reply within a reply", "multiline", "554 5.6.0 first??250 2.0.0 forged???"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := start(t, nil)
			c, _ := w.hello(t, "smtp")
			var to []string
			for _, r := range strings.Fields(tc.to) {
				to = append(to, r+"@lists.example")
			}
			c.envelope(to...)
			got := c.data(hello+".\r\n", tc.want)
			if strings.Contains(got, "secret") || strings.Contains(got, "in Receive") {
				t.Errorf("the reply tells what is only for the log: %q", got)
			}
			c.ask("NOOP", "250")
		})
	}
}

func TestRecipientReplies(t *testing.T) {
	w := start(t, nil)
	c, _ := w.hello(t, "lmtp")
	c.ask("MAIL FROM:<ann@a.example>", "250")
	for _, tc := range []struct{ local, want string }{
		{"rcpt-nobody", "550 5.1.1 there is no list"},
		{"rcpt-relay", "550 5.7.1 "},
		{"rcpt-later", "451 4.3.0 "},
		{"rcpt-huge", "552 5.3.4 "},
		{"rcpt-bad", "554 5.6.0 "},
		{"rcpt-closed", "450 4.2.1 "},
		{"rcpt-fault", "451 4.3.0 something went wrong"},
		{"rcpt-panic", "451 4.3.0 something went wrong"},
	} {
		c.ask("RCPT TO:<"+tc.local+"@lists.example>", tc.want)
	}
	c.ask("DATA", "503 5.5.1 no recipient")
	if s := w.Stats(); s.Panics != 1 {
		t.Errorf("counted %d panics, want 1", s.Panics)
	}
	if log := w.log.String(); !strings.Contains(log, "/secret/file") || !strings.Contains(log, "panic") {
		t.Errorf("the log does not say what went wrong: %s", log)
	}
}

func TestNotReady(t *testing.T) {
	w := start(t, nil)
	w.rec.notReady = verdicts["later"]
	c, _ := w.hello(t, "smtp")
	c.ask("MAIL FROM:<ann@a.example>", "452 4.3.1 the store is busy")
	c.ask("RCPT TO:<rust@lists.example>", "503")
}

func TestCommandOrder(t *testing.T) {
	w := start(t, nil)
	c := w.dial(t, "smtp")
	c.want("220")
	c.ask("MAIL FROM:<a@a.example>", "503 5.5.1 send EHLO first")
	c.greet("smtp")
	c.ask("RCPT TO:<rust@lists.example>", "503")
	c.ask("DATA", "503")
	c.envelope("first@lists.example")
	c.ask("MAIL FROM:<other@a.example>", "503 5.5.1")
	c.ask("RCPT TO:<second@lists.example>", "250")
	c.data(hello+".\r\n", "250")
	c.ask("DATA", "503")
	c.envelope("third@lists.example")
	c.ask("RSET", "250")
	c.ask("DATA", "503")
	c.ask("MAIL FROM:<>", "250")
	c.ask("RCPT TO:<fourth@lists.example>", "250")
	c.greet("smtp") // EHLO in mid-session is a RSET
	c.ask("DATA", "503")
	got := w.wantMessages(t, hello)
	if e := got[0].env; e.From != "ann@a.example" || strings.Join(e.To, " ") != "first@lists.example second@lists.example" {
		t.Errorf("envelope is %+v", e)
	}
}

func TestCommands(t *testing.T) {
	w := start(t, func(o *Options) { o.Limits.Errors = 1000; o.MaxMessage = 100 })
	c, _ := w.hello(t, "smtp")
	for _, tc := range []struct{ line, want string }{
		{"noop", "250"},
		{"NOOP with words", "250"},
		{"VRFY ann", "252"},
		{"EXPN rust", "502"},
		{"AUTH PLAIN AGEAYg==", "502 5.5.1 AUTH"},
		{"STARTTLS", "502"},
		{"XCLIENT ADDR=192.0.2.1", "500 5.5.1"},
		{"LHLO client.example", "500 5.5.1"},
		{"EHLO", "501"},
		{"", "500"},
		{"MAIL", "501"},
		{"MAIL FROM:", "501"},
		{"MAIL FROM:<nobody>", "501"},
		{"MAIL FROM:<a@a.example> FOO=bar", "555 5.5.4"},
		{"MAIL FROM:<a@a.example> SIZE=x", "501"},
		{"MAIL FROM:<a@a.example> SIZE=101", "552 5.3.4"},
		{"MAIL FROM:<a@a.example> SIZE=5000000000", "552 5.3.4"},
		{"MAIL FROM:<a@a.example> SIZE=5000000000 AUTH=<>", "552 5.3.4"},
		{"MAIL FROM:<a@a.example> SIZE=99999999999999999999999", "552 5.3.4"},
		{"MAIL FROM:<a@a.example> BODY=BINARYMIME", "504"},
		{"MAIL FROM:<a@a.example> REQUIRETLS", "504"},
		{"MAIL FROM:<é@a.example>", "553 5.6.7"},
		{`MAIL FROM:<"a> SIZE=9999999999 <"@a.example> SIZE=100`, "250"},
		{"RCPT TO:<é@lists.example>", "553 5.6.7"},
		{"RCPT TO:<rust>", "501"},
		{"RCPT TO:<rust@lists.example> NOTIFY=SOMETIMES", "501"},
		{"RCPT TO:<rust@lists.example> BY=1", "504"},
		{"rcpt to:<rust@lists.example>", "250"},
		{"DATA now", "501"},
		{"RSET", "250"},
		{"MAIL FROM:<a@a.example> SIZE=100", "250"},
	} {
		c.ask(tc.line, tc.want)
	}
}

func TestPostmaster(t *testing.T) {
	w := start(t, func(o *Options) { o.Domain = "lists.example" })
	for _, kind := range []string{"lmtp", "smtp"} {
		c, _ := w.hello(t, kind)
		c.ask("MAIL FROM:<>", "250")
		c.ask("RCPT TO:<Postmaster>", "250")
		c.ask("RCPT TO: <postmaster> NOTIFY=NEVER", "250")
		c.data(hello+".\r\n", "250")
	}
	for _, m := range w.wantMessages(t, hello, hello) {
		if got := strings.Join(m.env.To, " "); got != "postmaster@lists.example" {
			t.Errorf("recipients are %s", got)
		}
	}
}

func TestPipelining(t *testing.T) {
	w := start(t, nil)
	c, _ := w.hello(t, "smtp")
	one := "MAIL FROM:<ann@a.example>\r\nRCPT TO:<rust@lists.example>\r\nRCPT TO:<rcpt-nobody@lists.example>\r\nDATA\r\n" + hello + ".\r\n"
	c.send(one + one + "NOOP\r\nQUIT\r\n")
	for range 2 {
		for _, want := range []string{"250", "250", "550 5.1.1", "354", "250"} {
			c.want(want)
		}
	}
	c.want("250")
	c.want("221")
	c.wantClosed()
	w.wantMessages(t, hello, hello)
}

func TestChunks(t *testing.T) {
	w := start(t, func(o *Options) { o.MaxMessage = 3000 })
	for _, kind := range []string{"smtp", "lmtp"} {
		t.Run(kind, func(t *testing.T) {
			before := len(w.rec.messages())
			c, _ := w.hello(t, kind)
			long := strings.Repeat("x", 3000)
			c.envelope("rust@lists.example")
			c.send("BDAT 3000 LAST\r\n" + long) // no line end, in one packet with the command
			c.want("250 2.0.0")
			c.envelope("rust@lists.example")
			c.send("BDAT 6\r\nab\r\n.\rBDAT 1\r\n\nBDAT 0\r\nNOOP\r\nBDAT 2 LAST\r\n\r\n") // a dot and a line end cut in two are just octets
			for range 4 {
				c.want("250")
			}
			c.want("250")
			c.ask("RSET", "250")
			c.send("BDAT 6 LAST\r\nQUIT\r\n") // no transaction: the chunk is dropped, not obeyed
			c.want("503")
			c.envelope("rust@lists.example")
			c.send("BDAT 3\r\nabcRSET\r\n")
			c.want("250")
			c.want("250")
			c.envelope("rust@lists.example")
			c.send("BDAT 3001 LAST\r\n" + long + "x")
			c.want("552 5.3.4")
			c.envelope("rust@lists.example")
			c.send("BDAT 3\r\na\rbBDAT 0 LAST\r\n")
			c.want("250")
			c.want("554 5.6.11 ")
			c.envelope("rust@lists.example")
			c.send("BDAT 2 LAST\r\na\r")
			c.want("554 5.6.11 ")
			c.envelope("rust@lists.example")
			c.send("BDAT 2\r\na\rBDAT 3 LAST\r\nb\r\n") // a CR at the end of a chunk, and no LF in the next
			c.want("250")
			c.want("554 5.6.11 ")
			c.envelope("rust@lists.example")
			c.send("BDAT 5\r\nhelloDATA\r\n")
			c.want("250")
			c.want("503")
			c.ask("RCPT TO:<go@lists.example>", "503")
			c.ask("MAIL FROM:<ann@a.example>", "503")
			c.send("BDAT x LAST\r\n")
			c.want("501 5.5.4")
			c.wantClosed()
			got := w.rec.messages()[before:]
			if len(got) != 2 || got[0].raw != long || got[1].raw != "ab\r\n.\r\n\r\n" {
				t.Errorf("got %d messages, the last %.200q", len(got), got[len(got)-1].raw)
			}
		})
	}
}

func TestTrusted(t *testing.T) {
	w := start(t, func(o *Options) { o.Trusted = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} })
	c, _ := w.hello(t, "smtp")
	c.envelope("rust@lists.example")
	c.data(hello+".\r\n", "250")
	if !w.wantMessages(t, hello)[0].env.Trusted {
		t.Error("the peer is not trusted")
	}
}
