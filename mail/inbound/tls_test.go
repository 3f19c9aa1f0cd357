package inbound

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// testTLS makes a certificate of its own.
func testTLS(t testing.TB) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"mx.lists.example"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

// A recordingConn keeps what came over the network.
type recordingConn struct {
	net.Conn
	mu  sync.Mutex
	got bytes.Buffer
}

func (c *recordingConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.got.Write(p[:n])
	return n, err
}

func (c *recordingConn) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.got.String()
}

// startTLS goes over to TLS and greets again.
func (c *client) startTLS(kind string) *recordingConn {
	c.t.Helper()
	c.ask("STARTTLS", "220 2.0.0")
	return c.handshake(kind)
}

func (c *client) handshake(kind string) *recordingConn {
	c.t.Helper()
	rec := &recordingConn{Conn: c.conn}
	conn := tls.Client(rec, &tls.Config{InsecureSkipVerify: true})
	conn.SetDeadline(time.Now().Add(limit))
	if err := conn.Handshake(); err != nil {
		c.t.Fatal(err)
	}
	c.conn, c.r = conn, bufio.NewReader(conn)
	c.greet(kind)
	return rec
}

func TestStartTLS(t *testing.T) {
	for _, kind := range []string{"smtp", "lmtp"} {
		w := start(t, func(o *Options) { o.TLS = testTLS(t); o.RequireTLS = true })
		c, offers := w.hello(t, kind)
		if !strings.Contains(offers, "250-STARTTLS\r\n") || strings.Contains(offers, "REQUIRETLS") {
			t.Errorf("before TLS %q is offered", offers)
		}
		c.ask("MAIL FROM:<ann@a.example> REQUIRETLS", "530")
		c.envelope("before@lists.example")
		c.ask("STARTTLS", "220")
		rec := c.handshake(kind)
		c.ask("DATA", "503") // what was said before TLS is forgotten
		c.ask("STARTTLS", "503")
		if offers := c.greet(kind); strings.Contains(offers, "STARTTLS") || !strings.Contains(offers, "250-REQUIRETLS\r\n") {
			t.Errorf("in TLS %q is offered", offers)
		}
		c.ask("MAIL FROM:<ann@a.example> REQUIRETLS", "250")
		c.ask("RCPT TO:<after@lists.example>", "250")
		c.data(hello+".\r\n", "250")
		c.envelope("chunks@lists.example")
		c.send("BDAT 2\r\nx\rBDAT 1 LAST\r\n\n")
		c.want("250")
		c.want("250")
		e := w.wantMessages(t, hello, "x\r\n")[0].env
		want := map[string]string{"smtp": "ESMTPS", "lmtp": "LMTPS"}[kind]
		if e.Protocol != want || !e.RequireTLS || strings.Join(e.To, " ") != "after@lists.example" || !strings.Contains(e.Trace, "(TLS 1.3 TLS_") {
			t.Errorf("envelope is %+v", e)
		}
		if strings.Contains(rec.String(), "250") {
			t.Error("replies are not encrypted")
		}
	}
}

// TestCommandsMustComeAgain: after the handshake nothing is allowed before EHLO.
func TestCommandsMustComeAgain(t *testing.T) {
	w := start(t, func(o *Options) { o.TLS = testTLS(t) })
	c, _ := w.hello(t, "smtp")
	c.envelope("before@lists.example")
	c.ask("STARTTLS", "220")
	conn := tls.Client(c.conn, &tls.Config{InsecureSkipVerify: true})
	c.conn, c.r = conn, bufio.NewReader(conn)
	c.ask("DATA", "503 5.5.1 send EHLO")
	c.ask("RCPT TO:<rust@lists.example>", "503")
	c.send("BDAT 6 LAST\r\nQUIT\r\n")
	c.want("503")
	c.ask("MAIL FROM:<ann@a.example>", "503")
	c.greet("smtp")
	c.ask("RCPT TO:<rust@lists.example>", "503 5.5.1 send MAIL")
}

// TestStartTLSInjection sends plain commands in one packet with STARTTLS: they are not executed in TLS.
func TestStartTLSInjection(t *testing.T) {
	w := start(t, func(o *Options) { o.TLS = testTLS(t) })
	c, _ := w.hello(t, "smtp")
	c.send("STARTTLS\r\nEHLO evil.example\r\nMAIL FROM:<evil@b.example>\r\nRCPT TO:<rust@lists.example>\r\n")
	c.want("220")
	c.handshake("smtp")
	c.ask("RCPT TO:<rust@lists.example>", "503 5.5.1 send MAIL")
	c.ask("NOOP", "250")
}

func TestStartTLSFails(t *testing.T) {
	w := start(t, func(o *Options) { o.TLS = testTLS(t) })
	c, _ := w.hello(t, "smtp")
	c.ask("STARTTLS now", "501")
	c.ask("STARTTLS", "220")
	c.send("MAIL FROM:<ann@a.example>\r\nNOOP\r\n")
	for {
		got := c.reply()
		if got == "" {
			break
		}
		if strings.Contains(got, "250") || strings.Contains(got, "421") {
			t.Fatalf("got %q after a failed handshake", got)
		}
	}
	w.wantMessages(t)
}

func TestTLSFirst(t *testing.T) {
	w := start(t, func(o *Options) { o.TLS = testTLS(t) })
	c := w.dial(t, "smtp")
	c.want("220")
	c.send("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
	c.want("554 5.5.1")
	c.wantClosed()
}
