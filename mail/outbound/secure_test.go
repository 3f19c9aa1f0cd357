package outbound_test

import (
	"crypto/x509"
	"strings"
	"testing"
	"time"

	"guildpost/mail/mailtest"
	"guildpost/mail/outbound"
	"guildpost/store"
)

// TestSecure is what goes out, and how, depending on what is demanded and what is offered.
func TestSecure(t *testing.T) {
	certificate, pool, err := mailtest.NewCertificate(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	const ada, secret = "ada", "s3cret"
	for _, test := range []struct {
		name    string
		offered mailtest.TLSMode
		mode    outbound.TLSMode
		pool    *x509.CertPool
		auth    bool     // the sink demands it
		hide    []string // of the sink's extensions
		strict  bool     // REQUIRETLS
		user    string
		pass    string

		sent   bool
		secure bool
		reason string // why nothing is sent
	}{
		{name: "nothing", mode: outbound.TLSNone, sent: true},
		{name: "offered, not wanted", offered: mailtest.TLSStart, mode: outbound.TLSNone, sent: true},
		{name: "opportunistic, not offered", mode: outbound.TLSOpportunistic, sent: true},
		{name: "opportunistic, any certificate", offered: mailtest.TLSStart, mode: outbound.TLSOpportunistic, sent: true, secure: true},
		{name: "demanded", offered: mailtest.TLSStart, mode: outbound.TLSStart, pool: pool, sent: true, secure: true},
		{name: "demanded, not offered", mode: outbound.TLSStart, pool: pool, reason: "does not offer STARTTLS"},
		{name: "demanded, a bad certificate", offered: mailtest.TLSStart, mode: outbound.TLSStart, reason: "certificate"},
		{name: "implicit", offered: mailtest.TLSImplicit, mode: outbound.TLSImplicit, pool: pool, sent: true, secure: true},
		{name: "implicit, a bad certificate", offered: mailtest.TLSImplicit, mode: outbound.TLSImplicit, reason: "certificate"},
		{name: "injected replies", offered: mailtest.TLSInject, mode: outbound.TLSStart, pool: pool, auth: true,
			user: ada, pass: secret, sent: true, secure: true},
		{name: "password", offered: mailtest.TLSStart, mode: outbound.TLSStart, pool: pool, auth: true,
			user: ada, pass: secret, sent: true, secure: true},
		{name: "password in clear on one machine", mode: outbound.TLSOpportunistic, auth: true, user: ada, pass: secret, sent: true},
		{name: "wrong password", mode: outbound.TLSNone, auth: true, user: ada, pass: "wrong", reason: "535 5.7.8"},
		{name: "password needed", mode: outbound.TLSNone, auth: true, reason: "530 5.7.0"},
		{name: "password not wanted", mode: outbound.TLSNone, user: ada, pass: secret, reason: "neither AUTH PLAIN nor"},
		{name: "REQUIRETLS", offered: mailtest.TLSStart, mode: outbound.TLSOpportunistic, pool: pool, strict: true, sent: true, secure: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := setup{
				sink: mailtest.Options{Keep: mailtest.KeepPairs, Lint: true, TLS: test.offered, RequireTLSOK: true, Hide: test.hide},
				smtp: outbound.SMTPOptions{TLS: test.mode, RootCAs: test.pool, Username: test.user, Password: test.pass},
			}
			if test.offered != mailtest.TLSNone {
				s.sink.Certificate = certificate
			}
			if test.auth {
				s.sink.Username, s.sink.Password = ada, secret
			}
			w := build(t, s)
			w.queue.add(store.Dispatch{RequireTLS: test.strict}, 20, member)
			if !test.sent {
				w.start()
				until(t, func() bool { return w.worker.Metrics().Down })
				reason := w.worker.Metrics().Reason
				w.stop()
				w.expect(0, 0)
				if !strings.Contains(reason, test.reason) || w.sink.Stats().Recipients != 0 {
					t.Errorf("got %q and %d deliveries, want %q and none", reason, w.sink.Stats().Recipients, test.reason)
				}
				return
			}
			w.deliver()
			w.expect(20, 0)
			for _, r := range w.sink.Received() {
				if r.TLS != test.secure || test.strict != strings.Contains(r.Params, "REQUIRETLS") {
					t.Fatalf("TLS is %t, the parameters are %q", r.TLS, r.Params)
				}
			}
		})
	}
}

func TestLogin(t *testing.T) {
	s := setup{smtp: outbound.SMTPOptions{TLS: outbound.TLSNone, Username: "ada", Password: "s3cret"}}
	s.sink = mailtest.Options{Username: "ada", Password: "s3cret", OnlyLogin: true}
	w := build(t, s)
	w.queue.add(store.Dispatch{}, 5, member)
	w.deliver()
	w.expect(5, 0)
}
