package inbound

import (
	"crypto/tls"
	"log/slog"
	"net/netip"
	"strings"
	"time"

	"guildpost/store"
)

// Options say what a Server listens on and what it puts up with.
type Options struct {
	Hostname string // what the server calls itself, in the greeting and the trace field
	Domain   string // the domain of <postmaster> without one (RFC 5321 4.5.1); "" is Hostname
	LMTPAddr string // "host:port" or "unix:PATH"; "" is off
	SMTPAddr string // "host:port" or "unix:PATH"; "" is off

	MaxMessage int64 // octets, 1 GiB at most; 0 is 25 MB
	Limits     Limits

	// Trusted are the networks of relays that are ours: they may use the reserve of connections and memory, are not
	// counted per host and network, and their refused recipients are not counted as errors. nil is 127.0.0.1 and ::1 (not
	// all of 127.0.0.0/8: on a shared machine anybody may send from the rest of it). Unix sockets are always trusted.
	Trusted []netip.Prefix

	TLS        *tls.Config // offers STARTTLS; nil is off
	RequireTLS bool        // offers REQUIRETLS (RFC 8689): only where whatever sends on honours Envelope.RequireTLS

	Now    func() time.Time // the time that envelopes get; nil is time.Now
	Logger *slog.Logger     // nil is slog.Default()
}

// Limits are what one peer, and all of them together, may take. A zero means the default beside it.
type Limits struct {
	Connections int // 500, over both listeners
	PerHost     int // 20
	PerNetwork  int // 100, for an IPv4 /24 or an IPv6 /48
	Reserve     int // 50 of Connections, for Options.Trusted; -1 is none

	Recipients     int // 100 a message, SMTP
	LMTPRecipients int // 1,000 a message, LMTP: our own mail server hands over big envelopes
	Messages       int // 100 a session, not for trusted peers
	Errors         int // 10: this many 5xx replies, then 421

	Idle    time.Duration // 5 minutes for a command line, or between two pieces of a message (RFC 5321 4.5.3.2.7)
	Session time.Duration // 10 minutes in all; not for LMTP from a trusted peer
	Write   time.Duration // 1 minute until a reply is taken
	MinRate int           // 100 octets a second while a message comes
	Grace   time.Duration // 1 minute before MinRate counts

	CommandLine int   // 2,048 octets with CRLF (RFC 5321 4.5.3.1.4 has 512; SMTPUTF8 and DSN parameters add to it)
	BodyLine    int   // 1 MiB; real mail has lines far over the 998 of RFC 5322
	Memory      int64 // 256 MiB for all messages that are coming in; a quarter of it is for trusted peers
}

const (
	defaultMaxMessage = 25_000_000
	largestMaxMessage = 1 << 30
)

func (l Limits) withDefaults() Limits {
	or := func(n *int, d int) {
		if *n == 0 {
			*n = d
		}
	}
	or(&l.Connections, 500)
	or(&l.PerHost, 20)
	or(&l.PerNetwork, 100)
	or(&l.Reserve, min(50, l.Connections/10))
	or(&l.Recipients, 100)
	or(&l.LMTPRecipients, 1000)
	or(&l.Messages, 100)
	or(&l.Errors, 10)
	or(&l.MinRate, 100)
	or(&l.CommandLine, 2048)
	or(&l.BodyLine, 1<<20)
	orTime := func(d *time.Duration, t time.Duration) {
		if *d == 0 {
			*d = t
		}
	}
	orTime(&l.Idle, 5*time.Minute)
	orTime(&l.Session, 10*time.Minute)
	orTime(&l.Write, time.Minute)
	orTime(&l.Grace, time.Minute)
	if l.Memory == 0 {
		l.Memory = 256 << 20
	}
	l.Reserve = max(l.Reserve, 0)
	return l
}

// check fills in defaults and refuses what cannot be meant.
func (o Options) check() (Options, error) {
	if o.Hostname == "" || strings.ContainsFunc(o.Hostname, notPlain) {
		return o, store.Errorf(store.Invalid, "inbound: the host name %q is not one: give the name that this server goes by", o.Hostname)
	}
	if o.Domain == "" {
		o.Domain = o.Hostname
	}
	if o.MaxMessage == 0 {
		o.MaxMessage = defaultMaxMessage
	}
	if o.MaxMessage < 0 || o.MaxMessage > largestMaxMessage {
		return o, store.Errorf(store.Invalid, "inbound: max_message is %d octets: choose between 1 and %d", o.MaxMessage, largestMaxMessage)
	}
	o.Limits = o.Limits.withDefaults()
	if o.Limits.Reserve >= o.Limits.Connections {
		return o, store.Errorf(store.Invalid, "inbound: %d of %d connections are kept for relays: leave some for others", o.Limits.Reserve, o.Limits.Connections)
	}
	if o.Limits.CommandLine > readBuffer/2 {
		return o, store.Errorf(store.Invalid, "inbound: command lines of %d octets are too long: choose %d at most", o.Limits.CommandLine, readBuffer/2)
	}
	if o.Trusted == nil {
		o.Trusted = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("::1/128")}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return o, nil
}

func notPlain(r rune) bool { return r <= ' ' || r >= 0x7f }

func (o Options) trusts(addr netip.Addr) bool {
	for _, p := range o.Trusted {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}
