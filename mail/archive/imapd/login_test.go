package imapd

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"guildpost/mail/login"
	"guildpost/store/storetest"
)

func TestLogin(t *testing.T) {
	w := newWorld(t, nil)
	rust := storetest.Community(t, w.db, "rust")
	ann, ben := w.member(rust, "ann@a.example"), w.member(rust, "ben@b.example")
	password, id := w.password(ann)
	for _, test := range []struct{ name, user, password string }{
		{"wrong", "ann@a.example", password[:len(password)-5] + "wrong"},
		{"nobody", "nobody@a.example", password},
		{"another member", ben.Address, password},
		{"empty", "ann@a.example", ""},
		{"no address", "ann", password},
		{"another number", "ann@a.example", "9" + password},
	} {
		t.Run(test.name, func(t *testing.T) {
			refused(t, "a login", w.dial(nil).Login(test.user, test.password).Wait(), imap.ResponseCodeAuthenticationFailed)
		})
	}
	for _, typed := range []string{password, strings.ToUpper(password), strings.ReplaceAll(password, "-", " - ")} {
		if err := w.dial(nil).Login("Ann@A.example", typed).Wait(); err != nil {
			t.Errorf("%q: %v", typed, err)
		}
	}
	all, err := w.db.AppPasswords(ctx, ann.MemberID)
	w.check(err)
	if len(all) != 1 || all[0].ID != id || all[0].UsedAt.IsZero() {
		t.Errorf("the passwords are %+v", all)
	}
}

// TestGuessing: after five wrong passwords there is no more trying, but for whom is known; in 15 minutes there is again.
func TestGuessing(t *testing.T) {
	w := newWorld(t, nil)
	rust := storetest.Community(t, w.db, "rust")
	ann, ben := w.member(rust, "ann@a.example"), w.member(rust, "ben@b.example")
	known, _ := w.password(ann)
	fresh, _ := w.password(ann)
	w.check(w.dial(nil).Login(ann.Address, known).Wait())
	for range login.TriesAccount {
		refused(t, "a wrong one", w.dial(nil).Login(ann.Address, "1-wrong").Wait(), imap.ResponseCodeAuthenticationFailed)
	}
	refused(t, "one more", w.dial(nil).Login(ann.Address, "1-wrong").Wait(), imap.ResponseCodeUnavailable)
	refused(t, "a right one", w.dial(nil).Login(ann.Address, fresh).Wait(), imap.ResponseCodeUnavailable)
	if err := w.dial(nil).Login(ann.Address, known).Wait(); err != nil {
		t.Errorf("one that was right before: %v", err)
	}
	for range login.TriesAccount {
		refused(t, "nobody", w.dial(nil).Login("nobody@a.example", "1-wrong").Wait(), imap.ResponseCodeAuthenticationFailed)
	}
	refused(t, "nobody again", w.dial(nil).Login("nobody@a.example", "1-wrong").Wait(), imap.ResponseCodeUnavailable)
	other, _ := w.password(ben)
	w.check(w.dial(nil).Login(ben.Address, other).Wait())
	w.wait(login.TriesWithin)
	w.check(w.dial(nil).Login(ann.Address, fresh).Wait())
}

// TestThreeWrongOnes: a connection that gives three wrong passwords is closed.
func TestThreeWrongOnes(t *testing.T) {
	w := newWorld(t, nil)
	c := w.dial(nil)
	for range maxFailures {
		refused(t, "a wrong one", c.Login("a@a.example", "1-wrong").Wait(), imap.ResponseCodeAuthenticationFailed)
	}
	<-c.Closed()
}

// remote is a connection from another machine.
type remote struct {
	net.Conn
	addr string
}

func (r remote) RemoteAddr() net.Addr {
	host, err := net.ResolveTCPAddr("tcp", r.addr)
	if err != nil {
		panic(err)
	}
	return host
}

// from connects to the server from elsewhere.
func (w *world) from(addr string) net.Conn {
	client, server := net.Pipe()
	go w.server.admitConn(remote{server, addr})
	w.Cleanup(func() { client.Close() })
	w.check(client.SetDeadline(time.Now().Add(time.Minute)))
	return client
}

// TestNoPasswordInTheClear: without TLS only this machine may log in.
func TestNoPasswordInTheClear(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.member(storetest.Community(t, w.db, "rust"), "ann@a.example")
	password, _ := w.password(ann)
	for _, addr := range []string{"192.0.2.1:999", "[2001:db8::1]:999"} {
		c := imapclient.New(w.from(addr), nil)
		caps, err := c.Capability().Wait()
		w.check(err)
		if !caps.Has(imap.CapLoginDisabled) || caps.Has(imap.CapStartTLS) || caps.Has("AUTH=PLAIN") {
			t.Errorf("offered are %v", caps)
		}
		refused(t, "LOGIN", c.Login(ann.Address, password).Wait(), imap.ResponseCodePrivacyRequired)
	}
	c := w.dial(nil)
	caps, err := c.Capability().Wait()
	w.check(err)
	if caps.Has(imap.CapLoginDisabled) || !caps.Has("AUTH=PLAIN") {
		t.Errorf("on this machine are offered %v", caps)
	}
}

func TestTLS(t *testing.T) {
	ours, theirs := testTLS(t)
	for _, implicit := range []bool{false, true} {
		w := newWorld(t, func(o *Options) { o.TLS, o.Implicit = ours, implicit })
		ann := w.member(storetest.Community(t, w.db, "rust"), "ann@a.example")
		password, _ := w.password(ann)
		var c *imapclient.Client
		if implicit {
			c = imapclient.New(tls.Client(w.from("192.0.2.1:999"), theirs), nil)
		} else {
			var err error
			c, err = imapclient.NewStartTLS(w.from("192.0.2.1:999"), &imapclient.Options{TLSConfig: theirs})
			w.check(err)
		}
		w.check(c.Login(ann.Address, password).Wait())
		if got := w.names(c, "*", nil); got != "INBOX rust" {
			t.Errorf("there are %s", got)
		}
		w.check(c.Logout().Wait())
	}
}

// testTLS makes a certificate.
func testTLS(t *testing.T) (server, client *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, &tls.Config{RootCAs: pool, ServerName: "localhost"}
}

// TestConnectionLimits: one address has so many connections, this machine more; who is too many is told so.
func TestConnectionLimits(t *testing.T) {
	w := newWorld(t, nil)
	var open []net.Conn
	for range maxPerClient {
		conn := w.from("[2001:db8::1]:999")
		if line, err := bufio.NewReader(conn).ReadString('\n'); err != nil || !strings.HasPrefix(line, "* OK") {
			t.Fatalf("got %q %v", line, err)
		}
		open = append(open, conn)
	}
	line, _ := bufio.NewReader(w.from("[2001:db8::2]:999")).ReadString('\n')
	if !strings.HasPrefix(line, "* BYE [UNAVAILABLE] too many connections from your address") {
		t.Errorf("one more is told %q", line)
	}
	if line, _ := bufio.NewReader(w.from("[2001:db8:0:1::2]:999")).ReadString('\n'); !strings.HasPrefix(line, "* OK") {
		t.Errorf("another network is told %q", line)
	}
	c := w.dial(nil)
	w.check(c.WaitGreeting())
	for _, conn := range open {
		conn.Close()
	}
}

// TestWaitingForALogin: whoever says nothing is not waited for, and whoever has logged in is.
func TestWaitingForALogin(t *testing.T) {
	for _, loggedIn := range []bool{false, true} {
		conn := closing{make(chan struct{})}
		places := &gate{clients: map[string]int{}}
		g, why := places.enter(remote{conn, "192.0.2.1:999"})
		if why != "" || places.n != 1 {
			t.Fatalf("%q, and %d connections", why, places.n)
		}
		if loggedIn {
			g.loggedIn()
			if g.login.Stop() {
				t.Error("the connection would end")
			}
			g.Close()
		} else {
			g.login.Reset(0)
		}
		<-conn.closed
		if g.Close(); places.n != 0 {
			t.Errorf("%d connections are counted", places.n)
		}
	}
}

// closing is a connection that can only be closed.
type closing struct{ closed chan struct{} }

func (c closing) Read([]byte) (int, error)         { return 0, net.ErrClosed }
func (c closing) Write([]byte) (int, error)        { return 0, net.ErrClosed }
func (c closing) LocalAddr() net.Addr              { return nil }
func (c closing) RemoteAddr() net.Addr             { return nil }
func (c closing) SetDeadline(time.Time) error      { return nil }
func (c closing) SetReadDeadline(time.Time) error  { return nil }
func (c closing) SetWriteDeadline(time.Time) error { return nil }

func (c closing) Close() error {
	select {
	case <-c.closed:
	default:
		close(c.closed)
	}
	return nil
}

// TestSessionsOfAMember are bounded.
func TestSessionsOfAMember(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.member(storetest.Community(t, w.db, "rust"), "ann@a.example")
	password, _ := w.password(ann)
	for range maxPerMember {
		w.check(w.dial(nil).Login(ann.Address, password).Wait())
	}
	last := w.dial(nil)
	refused(t, "one more", last.Login(ann.Address, password).Wait(), imap.ResponseCodeLimit)
}
