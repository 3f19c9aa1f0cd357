package main

import (
	"bufio"
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// noDial and noDNS are a world without a network.
func noDial(context.Context, string, string) (net.Conn, error) {
	return nil, errors.New("no network here")
}

type noDNS struct{}

func (noDNS) LookupMX(_ context.Context, name string) ([]*net.MX, error) {
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

func (noDNS) LookupHost(_ context.Context, name string) ([]string, error) {
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

type fakeDNS struct {
	mx    []*net.MX
	hosts []string
}

func (f fakeDNS) LookupMX(context.Context, string) ([]*net.MX, error)  { return f.mx, nil }
func (f fakeDNS) LookupHost(context.Context, string) ([]string, error) { return f.hosts, nil }

// mailServer dials a mail server that answers EHLO with extensions, in this process.
func mailServer(t *testing.T, greeting string, extensions ...string) func(context.Context, string, string) (net.Conn, error) {
	return func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		done := make(chan struct{})
		t.Cleanup(func() { server.Close(); <-done })
		go func() {
			defer close(done)
			serveMail(server, greeting, extensions)
		}()
		return client, nil
	}
}

func serveMail(conn net.Conn, greeting string, extensions []string) {
	defer conn.Close()
	say := func(line string) { _, _ = conn.Write([]byte(line + "\r\n")) }
	say("220 " + greeting)
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		switch verb, _, _ := strings.Cut(lines.Text(), " "); verb {
		case "EHLO":
			say("250-hello")
			for _, e := range extensions {
				say("250-" + e)
			}
			say("250 8BITMIME")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("502 no")
		}
	}
}

func testApp(t *testing.T) (*app, *Config) {
	a := &app{dir: t.TempDir(), now: func() time.Time { return time.Date(2026, 8, 3, 9, 0, 0, 0, time.UTC) },
		net: network{dial: noDial, resolve: noDNS{}}, stderr: os.Stderr, stdout: os.Stdout}
	c, err := a.loadConfig()
	if err != nil {
		t.Fatal(err)
	}
	return a, c
}

func TestCheckSmarthost(t *testing.T) {
	for _, test := range []struct {
		name       string
		tls        string
		username   string
		extensions []string
		want, text string
	}{
		{"plain", "opportunistic", "", nil, "ok", "without TLS"},
		{"starttls is offered", "opportunistic", "", []string{"STARTTLS"}, "ok", "which it offers"},
		{"starttls is demanded and missing", "starttls", "", nil, "FAIL", "does not offer STARTTLS"},
		{"starttls is demanded and refused", "starttls", "", []string{"STARTTLS"}, "FAIL", "cannot begin TLS"},
		{"no login", "none", "me", nil, "FAIL", "offers no login"},
		{"login", "none", "me", []string{"AUTH PLAIN"}, "ok", "answers"},
	} {
		t.Run(test.name, func(t *testing.T) {
			a, c := testApp(t)
			a.net.dial = mailServer(t, "mail.example.org ESMTP", test.extensions...)
			c.Outbound.TLS, c.Outbound.Username = test.tls, test.username
			got := a.checkSmarthost(t.Context(), c)[0]
			if got.Result != test.want || !strings.Contains(got.Text, test.text) {
				t.Errorf("got %s %q, want %s with %q", got.Result, got.Text, test.want, test.text)
			}
		})
	}
}

func TestCheckSmarthostDown(t *testing.T) {
	a, c := testApp(t)
	if got := a.checkSmarthost(t.Context(), c)[0]; got.Result != "FAIL" || !strings.Contains(got.Text, "does not answer") {
		t.Errorf("got %+v", got)
	}
}

func TestCheckDNS(t *testing.T) {
	for _, test := range []struct {
		name       string
		dns        resolver
		want, text string
	}{
		{"mx", fakeDNS{mx: []*net.MX{{Host: "mx.example.org."}}}, "ok", "goes to mx.example.org"},
		{"address", fakeDNS{hosts: []string{"192.0.2.1"}}, "ok", "192.0.2.1"},
		{"nothing", noDNS{}, "warn", "neither MX nor address"},
	} {
		t.Run(test.name, func(t *testing.T) {
			a, c := testApp(t)
			a.net.resolve = test.dns
			got := a.checkDNS(t.Context(), c)[0]
			if got.Result != test.want || !strings.Contains(got.Text, test.text) {
				t.Errorf("got %s %q, want %s with %q", got.Result, got.Text, test.want, test.text)
			}
		})
	}
}

func TestCheckListener(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, test := range []struct{ name, greeting, want string }{
		{"guildpost has it", "lists.example.org LMTP guildpost", "ok"},
		{"another has it", "sendmail.example.com ESMTP", "FAIL"},
	} {
		t.Run(test.name, func(t *testing.T) {
			a, c := testApp(t)
			a.net.dial = mailServer(t, test.greeting)
			if got := a.checkListener(t.Context(), c, "inbound.lmtp", l.Addr().String()); got.Result != test.want {
				t.Errorf("got %+v, want %s", got, test.want)
			}
		})
	}
	a, c := testApp(t)
	if got := a.checkListener(t.Context(), c, "inbound.lmtp", "127.0.0.1:0"); got.Result != "ok" {
		t.Errorf("a free port: got %+v", got)
	}
	if got := a.checkListener(t.Context(), c, "inbound.lmtp", "192.0.2.1:2424"); got.Result != "FAIL" {
		t.Errorf("an address of another machine: got %+v", got)
	}
}

func TestCheckData(t *testing.T) {
	a, c := testApp(t)
	if got := a.checkData(t.Context(), c)[0]; got.Result != "ok" || !strings.Contains(got.Text, "will be made") {
		t.Errorf("no folder yet: got %+v", got)
	}
	if err := os.Mkdir(c.Data, 0o755); err != nil {
		t.Fatal(err)
	}
	if got := a.checkData(t.Context(), c)[0]; got.Result != "FAIL" || !strings.Contains(got.Text, "chmod 700") {
		t.Errorf("a folder that others can read: got %+v", got)
	}
	if err := os.Chmod(c.Data, 0o700); err != nil {
		t.Fatal(err)
	}
	if got := a.checkData(t.Context(), c)[0]; got.Result != "ok" {
		t.Errorf("a good folder: got %+v", got)
	}
	c.Data = filepath.Join(a.dir, "file")
	writeFile(t, c.Data, "")
	if got := a.checkData(t.Context(), c)[0]; got.Result != "FAIL" {
		t.Errorf("a file: got %+v", got)
	}
}

func TestCheckClock(t *testing.T) {
	a, c := testApp(t)
	if got := a.checkClock(t.Context(), c)[0]; got.Result != "ok" {
		t.Errorf("got %+v", got)
	}
	a.now = func() time.Time { return time.Unix(0, 0) }
	if got := a.checkClock(t.Context(), c)[0]; got.Result != "FAIL" {
		t.Errorf("1970: got %+v", got)
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		t.Fatal(err)
	}
	writeFile(t, c.DatabaseFile(), "")
	a.now = func() time.Time { return time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC) }
	future := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	if err := os.Chtimes(c.DatabaseFile(), future, future); err != nil {
		t.Fatal(err)
	}
	if got := a.checkClock(t.Context(), c)[0]; got.Result != "FAIL" || !strings.Contains(got.Text, "was written at") {
		t.Errorf("a database from the future: got %+v", got)
	}
}

func TestCheckSecrets(t *testing.T) {
	a, _ := testApp(t)
	path := filepath.Join(a.dir, "guildpost.toml")
	writeFile(t, path, "[outbound]\nusername = \"me\"\npassword = \"verysecret\"\n")
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	a.config = nil
	c, err := a.loadConfig()
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, f := range a.checkConfiguration(t.Context(), c) {
		all.WriteString(f.Result + " " + f.Text + "\n")
	}
	if !strings.Contains(all.String(), "FAIL it holds a password and others can read it") {
		t.Errorf("got %s", all.String())
	}
	if strings.Contains(all.String(), "verysecret") {
		t.Error("the password is shown")
	}
}
