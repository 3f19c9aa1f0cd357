package imapwatch

import (
	"context"
	"crypto/tls"
	"errors"
	"net"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"guildpost/store"
)

// connect dials, brings TLS up as configured and waits for the greeting.
func (o Options) connect(ctx context.Context, m Mailbox) (*client, error) {
	dialing, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	conn, err := o.Dial(dialing, "tcp", m.Server)
	if err != nil {
		return nil, store.Errorf(store.Temporary, "%s cannot be reached; is the name right, and does the server run there?: %w", m.Server, err)
	}
	c := &client{guard: &guard{Conn: conn}, timeout: o.Timeout, max: o.MaxMessage, news: make(chan struct{}, 1)}
	err = c.do(ctx, "connecting to "+m.Server, answerSize, func() error { return o.greet(c, m) })
	if err == nil {
		err = c.checkGreeting(m)
	}
	if err != nil {
		c.close()
		return nil, explainTLS(m, err)
	}
	return c, nil
}

// greet makes the library's client, which ends when the guard is closed.
func (o Options) greet(c *client, m Mailbox) (err error) {
	options := &imapclient.Options{TLSConfig: o.tls(m), UnilateralDataHandler: &imapclient.UnilateralDataHandler{Mailbox: c.changed}}
	switch m.TLS {
	case ImplicitTLS:
		secured := tls.Client(c.guard, options.TLSConfig)
		if err := secured.Handshake(); err != nil {
			return err
		}
		c.Client, c.secure = imapclient.New(secured, options), true
	case StartTLS:
		c.Client, err = imapclient.NewStartTLS(c.guard, options)
		c.secure = true
	default:
		c.Client = imapclient.New(c.guard, options)
	}
	if err != nil {
		return err
	}
	if err := c.WaitGreeting(); err != nil {
		return err
	}
	c.greeting = c.State()
	return nil
}

// changed hears what the server says without being asked. It must not wait.
func (c *client) changed(data *imapclient.UnilateralDataMailbox) {
	if data.NumMessages == nil {
		return
	}
	select {
	case c.news <- struct{}{}:
	default:
	}
}

func (o Options) tls(m Mailbox) *tls.Config {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if o.TLS != nil {
		config = o.TLS.Clone()
	}
	config.ServerName, _ = m.hostPort()
	config.NextProtos = []string{"imap"}
	return config
}

// checkGreeting: a server that takes us for somebody before we logged in is not the one that was configured, unless
// TLS has proven it.
func (c *client) checkGreeting(m Mailbox) error {
	if c.greeting == imap.ConnStateAuthenticated && m.TLS != ImplicitTLS {
		return store.Errorf(store.Forbidden, "%s greets as if we were logged in already (PREAUTH), without TLS: that is not trusted; use tls = \"implicit\" (imaps:// in a command)", m.Server)
	}
	return nil
}

// explainTLS says what to do about errors of TLS.
func explainTLS(m Mailbox, err error) error {
	var unknown *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var said *imap.Error
	switch {
	case errors.As(err, &unknown):
		return store.Errorf(store.Forbidden, "%s has a certificate that this machine does not trust; is the name right, or must its authority be installed?: %w", m.Server, unknown.Err)
	case errors.As(err, &record):
		return store.Errorf(store.Temporary, "%s does not speak TLS from the start: use tls = \"starttls\" (imap:// in a command), or its port for TLS, usually 993", m.Server)
	case errors.As(err, &said) && m.TLS == StartTLS:
		return store.Errorf(store.Forbidden, "%s does not begin TLS, which tls = \"starttls\" (imap:// in a command) demands; nothing was sent in clear. Use tls = \"implicit\" (imaps://, port 993)?: %w", m.Server, err)
	}
	return err
}

// IsLoopback says whether a server is on this machine: the one place where a password may go over the network as it is.
func IsLoopback(server string) bool {
	host, _, err := net.SplitHostPort(server)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
