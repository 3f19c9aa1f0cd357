package main

import (
	"context"
	"net"
	"strings"
	"testing"
)

func TestCheckIMAP(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, test := range []struct{ name, greeting, want, text string }{
		{"guildpost has it", "* OK [CAPABILITY IMAP4rev1 SASL-IR LITERAL- AUTH=PLAIN] IMAP server ready", "ok", "in use by guildpost"},
		{"another IMAP server has it", "* OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE] Dovecot ready.", "FAIL", "another IMAP server"},
		{"something else has it", "220 mail.example.org ESMTP", "FAIL", "does not speak IMAP"},
	} {
		t.Run(test.name, func(t *testing.T) {
			a, c := testApp(t)
			a.net.dial = greeter(test.greeting)
			got := a.checkListener(t.Context(), c, "web.imap_listen", l.Addr().String())
			if got.Result != test.want || !strings.Contains(got.Text, test.text) {
				t.Errorf("got %+v, want %s with %q", got, test.want, test.text)
			}
		})
	}
}

// greeter dials a server that says one line.
func greeter(greeting string) func(context.Context, string, string) (net.Conn, error) {
	return func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		go func() {
			defer server.Close()
			_, _ = server.Write([]byte(greeting + "\r\n"))
		}()
		return client, nil
	}
}

// TestCheckServedArchive asks a real one.
func TestCheckServedArchive(t *testing.T) {
	h := serveArchive(t)
	a, c := testApp(t)
	a.net.dial = (&net.Dialer{}).DialContext
	if got := a.checkListener(t.Context(), c, "web.imap_listen", h.addr); got.Result != "ok" || !strings.Contains(got.Text, "in use by guildpost") {
		t.Errorf("got %+v", got)
	}
}

func TestIMAPListenWantsTLS(t *testing.T) {
	for _, test := range []struct{ name, more, want string }{
		{"on this machine", "imap_listen = \"127.0.0.1:1143\"", ""},
		{"by name", "imap_listen = \"localhost:1143\"", ""},
		{"everywhere", "imap_listen = \":993\"", "wants the certificate"},
		{"an address", "imap_listen = \"192.0.2.1:143\"", "wants the certificate"},
		{"implicit TLS", "imap_listen = \"127.0.0.1:1143\"\nimap_tls = \"implicit\"", "wants the certificate"},
		{"a socket", "imap_listen = \"unix:/run/imap\"", "must be host:port"},
		{"another TLS", "imap_listen = \"127.0.0.1:1143\"\nimap_tls = \"maybe\"", "must be one of auto, implicit, starttls"},
		{"the port of the pages", "listen = \"127.0.0.1:1143\"\nimap_listen = \"127.0.0.1:1143\"", "both 127.0.0.1:1143"},
		{"with a certificate", "imap_listen = \":993\"\n[inbound]\ntls_cert = \"c\"\ntls_key = \"k\"", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			writeFile(t, dir+"/guildpost.toml", "[web]\n"+test.more+"\n")
			_, err := loadConfig("", dir, nil)
			if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// TestImplicitTLS: port 993 is for TLS from the start.
func TestImplicitTLS(t *testing.T) {
	for _, test := range []struct {
		listen, tls string
		want        bool
	}{{":993", "auto", true}, {":143", "auto", false}, {":1993", "implicit", true}, {":993", "starttls", false}} {
		c := &Config{Web: WebConfig{IMAPListen: test.listen, IMAPTLS: test.tls}}
		if got := c.implicitIMAP(); got != test.want {
			t.Errorf("%+v: got %v", test, got)
		}
	}
}
