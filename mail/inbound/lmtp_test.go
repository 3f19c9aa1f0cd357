package inbound

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"guildpost/mail/inbound/port"
)

func TestLMTPReplies(t *testing.T) {
	for _, chunked := range []bool{false, true} {
		w := start(t, nil)
		c, _ := w.hello(t, "lmtp")
		c.ask("MAIL FROM:<ann@a.example>", "250")
		c.ask("RCPT TO:<rust@lists.example>", "250")
		c.ask("RCPT TO:<rcpt-nobody@lists.example>", "550 5.1.1") // has no reply after the message
		for _, r := range []string{"nobody", "later", `"two words"`, "rust", "go"} {
			c.ask("RCPT TO:<"+r+"@lists.example>", "250")
		}
		if chunked {
			c.send(fmt.Sprintf("BDAT %d LAST\r\n%s", len(hello), hello))
		} else {
			c.ask("DATA", "354")
			c.send(hello + ".\r\n")
		}
		c.want("250 2.0.0 <rust@lists.example> taken as ")
		c.want("550 5.1.1 <nobody@lists.example> there is no list")
		c.want("451 4.3.0 <later@lists.example> the store")
		c.want("250 2.0.0 <two words@lists.example> taken")
		c.want("250 2.0.0 <rust@lists.example> taken") // named twice, received once
		c.want("250 2.0.0 <go@lists.example> taken")
		e := w.wantMessages(t, hello)[0].env
		if got := strings.Join(e.To, " "); got != `rust@lists.example nobody@lists.example later@lists.example "two words"@lists.example go@lists.example` ||
			e.OneReply || e.Protocol != "LMTP" || strings.Contains(e.Trace, "for <") {
			t.Errorf("envelope is %+v", e)
		}
		if s := w.Stats(); s.Taken != 1 || s.Refused != 0 {
			t.Errorf("figures are %+v", s)
		}
		c.ask("QUIT", "221")
	}
}

// TestLMTPRefusesForAll: a message that is refused as such has the same reply for each recipient.
func TestLMTPRefusesForAll(t *testing.T) {
	w := start(t, nil)
	c, _ := w.hello(t, "lmtp")
	c.envelope("rust@lists.example", "go@lists.example")
	c.data("a\nb\r\n.\r\n", "554 5.6.11 <rust@")
	c.want("554 5.6.11 <go@")
	c.ask("EHLO x", "500")
	c.ask("NOOP", "250")
	w.wantMessages(t)
}

func TestManyRecipients(t *testing.T) {
	w := start(t, nil)
	c, _ := w.hello(t, "lmtp")
	c.ask("MAIL FROM:<ann@a.example>", "250")
	var all strings.Builder
	for i := range 1001 {
		fmt.Fprintf(&all, "RCPT TO:<list%d@lists.example>\r\n", i)
	}
	go c.conn.Write([]byte(all.String()))
	for range 1000 {
		c.want("250")
	}
	c.want("452 4.5.3")
	c.ask("DATA", "354")
	c.send(hello + ".\r\n")
	for i := range 1000 {
		c.want(fmt.Sprintf("250 2.0.0 <list%d@", i))
	}
}

func TestUnixSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lmtp")
	w := start(t, func(o *Options) { o.LMTPAddr, o.SMTPAddr = "unix:"+path, "" })
	if w.Addr("lmtp") != "unix:"+path || w.Addr("smtp") != "" {
		t.Errorf("addresses are %q, %q", w.Addr("lmtp"), w.Addr("smtp"))
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o660 {
		t.Errorf("the socket is %v, %v", info, err)
	}
	c, _ := w.hello(t, "lmtp")
	c.envelope("rust@lists.example")
	c.data(hello+".\r\n", "250")
	if e := w.wantMessages(t, hello)[0].env; e.Remote != "" || e.Peer != "unix" || !e.Trusted || !strings.Contains(e.Trace, "(local socket)") {
		t.Errorf("envelope is %+v", e)
	}
	second, err := New(Options{Hostname: "mx", LMTPAddr: "unix:" + path}, w.rec)
	if err != nil {
		t.Fatal(err)
	}
	if err := second.Start(); err == nil || !strings.Contains(err.Error(), "another daemon") {
		t.Errorf("a second daemon starts: %v", err)
	}
}

// TestStaleSocket starts where a killed daemon has left its socket.
func TestStaleSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lmtp")
	l, err := port.Listen("unix:" + path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path, path+".kept"); err != nil { // Close would remove it
		t.Fatal(err)
	}
	l.Close()
	if err := os.Rename(path+".kept", path); err != nil {
		t.Fatal(err)
	}
	w := start(t, func(o *Options) { o.LMTPAddr = "unix:" + path })
	w.hello(t, "lmtp")
}
