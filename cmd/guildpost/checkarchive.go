package main

import (
	"crypto/tls"
	"net"
	"strings"
	"time"
)

// checkIMAPTaken says who listens where the archive should be served.
func (a *app) checkIMAPTaken(conn net.Conn, c *Config, address string, deadline time.Time) finding {
	const key = "web.imap_listen"
	if err := conn.SetDeadline(deadline); err != nil {
		return fail(key, "%s: %s", address, err)
	}
	if c.Inbound.TLSCert != "" && c.implicitIMAP() {
		config := a.tlsConfig(c.Domain)
		config.InsecureSkipVerify = true // whose name is in the certificate is for those who connect by that name
		conn = tls.Client(conn, config)
	}
	greeting := readGreeting(conn, deadline)
	switch {
	case isOurIMAP(greeting):
		return ok(key, "%s is in use by guildpost, which answers", address)
	case strings.HasPrefix(greeting, "* OK"):
		return fail(key, "%s is in use by another IMAP server (%q): stop it, or choose another address", address, greeting)
	}
	return fail(key, "%s is in use by another program, which does not speak IMAP: stop it, or choose another address", address)
}

// isOurIMAP recognises the greeting that the library behind imapd writes: it has no name in it.
func isOurIMAP(greeting string) bool {
	return strings.HasPrefix(greeting, "* OK [CAPABILITY IMAP4rev1 ") && strings.HasSuffix(greeting, "] IMAP server ready")
}
