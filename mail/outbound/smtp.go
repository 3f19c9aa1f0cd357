package outbound

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync/atomic"
	"time"
)

// A TLSMode says how an SMTP courier protects its connections.
type TLSMode string

// The TLS modes, as in the configuration.
const (
	TLSNone          TLSMode = "none"
	TLSOpportunistic TLSMode = "opportunistic" // STARTTLS where offered, with any certificate (RFC 7435)
	TLSStart         TLSMode = "starttls"      // STARTTLS with a certificate that is valid for the smarthost, or nothing
	TLSImplicit      TLSMode = "implicit"      // TLS from the first octet (RFC 8314), with such a certificate
)

// Timeouts are how long a session waits for the peer.
type Timeouts struct {
	Connect  time.Duration
	Greeting time.Duration
	Command  time.Duration // EHLO, AUTH, MAIL, RCPT
	Data     time.Duration // the 354
	Block    time.Duration // until a block of the message is written
	Dot      time.Duration
	Quit     time.Duration
	// Patience is after how long without a reply Feed.Stalled is called.
	Patience time.Duration
}

// DefaultTimeouts are those of RFC 5321 4.5.3.2.
func DefaultTimeouts() Timeouts {
	return Timeouts{
		Connect: 30 * time.Second, Greeting: 5 * time.Minute, Command: 5 * time.Minute, Data: 2 * time.Minute,
		Block: 3 * time.Minute, Dot: 10 * time.Minute, Quit: 2 * time.Second, Patience: 2 * time.Second,
	}
}

// SMTPOptions configure an SMTP courier.
type SMTPOptions struct {
	Smarthost string  // host:port, or unix:PATH
	Hello     string  // our name for EHLO
	TLS       TLSMode // "" is TLSOpportunistic
	Username  string  // "" for no AUTH
	Password  string
	RootCAs   *x509.CertPool // nil for the system's
	Timeouts  Timeouts       // zero fields are those of DefaultTimeouts
	Log       *slog.Logger   // nil for none
	// Dial opens the connection; nil for the network.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// SMTP is a courier that hands mail to a smarthost (RFC 5321), with PIPELINING (RFC 2920), SIZE, 8BITMIME,
// SMTPUTF8, STARTTLS, AUTH and REQUIRETLS where offered. What it learns about the smarthost serves all sessions.
type SMTP struct {
	options   SMTPOptions
	tlsConfig *tls.Config
	maxRcpt   atomic.Int64 // recipients of a transaction; 0 while no limit is known
}

// NewSMTP returns a courier for a smarthost. It does not connect.
func NewSMTP(o SMTPOptions) *SMTP {
	if o.TLS == "" {
		o.TLS = TLSOpportunistic
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Dial == nil {
		o.Dial = (&net.Dialer{}).DialContext
	}
	if o.Hello == "" {
		o.Hello = "localhost"
	}
	o.Timeouts.fill(DefaultTimeouts())
	host, _, err := net.SplitHostPort(o.Smarthost)
	if err != nil {
		host = o.Smarthost
	}
	return &SMTP{options: o, tlsConfig: &tls.Config{
		ServerName:         host,
		RootCAs:            o.RootCAs,
		MinVersion:         tls.VersionTLS12,
		InsecureSkipVerify: o.TLS == TLSOpportunistic, // RFC 7435 4: better than clear text
	}}
}

func (t *Timeouts) fill(defaults Timeouts) {
	for _, pair := range []struct{ have, want *time.Duration }{
		{&t.Connect, &defaults.Connect}, {&t.Greeting, &defaults.Greeting}, {&t.Command, &defaults.Command},
		{&t.Data, &defaults.Data}, {&t.Block, &defaults.Block}, {&t.Dot, &defaults.Dot},
		{&t.Quit, &defaults.Quit}, {&t.Patience, &defaults.Patience},
	} {
		if *pair.have == 0 {
			*pair.have = *pair.want
		}
	}
}

// MaxRecipients is how many recipients the smarthost takes in a transaction, 0 while no limit is known.
func (c *SMTP) MaxRecipients() int { return int(c.maxRcpt.Load()) }

// Open connects, greets, upgrades and authenticates. All errors are *UnavailableError.
func (c *SMTP) Open(ctx context.Context) (Session, error) {
	s, err := c.open(ctx, false)
	if errors.Is(err, errHandshake) && c.options.TLS == TLSOpportunistic && ctx.Err() == nil {
		c.options.Log.Warn("the smarthost offers TLS that does not work; mail goes out without", "smarthost", c.options.Smarthost, "err", err)
		s, err = c.open(ctx, true)
	}
	if err != nil {
		return nil, c.unavailable(err)
	}
	return s, nil
}

func (c *SMTP) unavailable(err error) error {
	var known *UnavailableError
	if errors.As(err, &known) {
		return known
	}
	return &UnavailableError{Reason: fmt.Sprintf("the smarthost %s cannot be used: %v", c.options.Smarthost, err), Err: err}
}

func (c *SMTP) open(ctx context.Context, clear bool) (*session, error) {
	network, address := "tcp", c.options.Smarthost
	if path, ok := strings.CutPrefix(address, "unix:"); ok {
		network, address = "unix", path
	}
	dialing, cancel := context.WithTimeout(ctx, c.options.Timeouts.Connect)
	defer cancel()
	nc, err := c.options.Dial(dialing, network, address)
	if err != nil {
		return nil, err
	}
	s := &session{courier: c, raw: nc, nc: nc, wait: c.options.Timeouts}
	s.release = context.AfterFunc(ctx, func() { _ = nc.Close() })
	if err := s.start(clear); err != nil {
		s.hangUp()
		return nil, err
	}
	return s, nil
}
