package inbound

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// peer finds a program that speaks the protocol; a release run may not do without it.
func peer(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil && strings.Contains(os.Getenv("GUILDPOST_TEST_REQUIRE"), name) {
		t.Fatalf("%s is required: %v", name, err)
	}
	if err != nil {
		t.Skipf("%s is not here", name)
	}
	return path
}

// TestPostfixSource receives from Postfix's test client, which pipelines nothing and keeps its connections.
func TestPostfixSource(t *testing.T) {
	source := peer(t, "smtp-source")
	for _, kind := range []string{"smtp", "lmtp"} {
		w := start(t, func(o *Options) { o.Trusted = nil })
		args := []string{"-s", "10", "-m", "200", "-l", "10000", "-r", "3", "-d", "-f", "ann@a.example", "-t", "rust@lists.example", w.Addr(kind)}
		if kind == "lmtp" {
			args = append([]string{"-L"}, args...)
		}
		if out, err := exec.Command(source, args...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		got := w.rec.messages()
		if len(got) != 200 {
			t.Fatalf("%s: got %d messages, want 200", kind, len(got))
		}
		for _, m := range got {
			if len(m.env.To) != 3 || len(m.raw) < 9000 || !strings.HasSuffix(m.raw, "\r\n") {
				t.Fatalf("got %d octets for %q", len(m.raw), m.env.To)
			}
		}
	}
}

// TestSwaks sends through STARTTLS, and to a recipient who is refused.
func TestSwaks(t *testing.T) {
	swaks := peer(t, "swaks")
	w := start(t, func(o *Options) { o.TLS = testTLS(t) })
	host, port, _ := strings.Cut(w.Addr("smtp"), ":")
	run := func(to string) (string, error) {
		c := exec.Command(swaks, "--server", host, "--port", port, "--tls", "--from", "ann@a.example", "--to", to, "--body", "hello\n.\nend")
		out, err := c.CombinedOutput()
		if bytes.Contains(out, []byte("*** TLS not available")) {
			t.Skip("swaks has no TLS here")
		}
		return string(out), err
	}
	if out, err := run("rust@lists.example"); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if m := w.rec.messages(); len(m) != 1 || m[0].env.Protocol != "ESMTPS" || !strings.Contains(m[0].raw, "hello\r\n.\r\nend\r\n") {
		t.Fatalf("got %+v", m)
	}
	if out, err := run("rcpt-nobody@lists.example"); err == nil || !strings.Contains(out, "550 5.1.1") {
		t.Errorf("%v: %s", err, out)
	}
}
