package mailtest

import (
	"crypto/tls"
	"regexp"
	"time"
)

// A Keep says how much of what arrives a sink remembers.
type Keep int

// What a sink remembers. Each includes the ones before it.
const (
	KeepCounts Keep = iota // numbers only, for benchmarks
	KeepPairs              // envelope and Message-ID of every delivery; counts duplicates
	KeepData               // the messages as well
)

// A TLSMode says how a sink does TLS.
type TLSMode int

// The ways of a sink with TLS.
const (
	TLSNone     TLSMode = iota
	TLSStart            // STARTTLS is offered
	TLSImplicit         // TLS from the first octet
	TLSInject           // STARTTLS, with replies in clear behind the 220, as an attacker would put there
)

// Options are what a sink is from its start to its end. The zero value takes everything and keeps counts.
type Options struct {
	Listen string // host:port; "" is a free port of 127.0.0.1
	Keep   Keep
	Lint   bool // look for what must not arrive: see Stats.Lint
	Seed   uint64

	Hide         []string // extensions that are not offered, such as "PIPELINING"
	NoEHLO       bool     // 502 for EHLO
	LowerCase    bool     // EHLO keywords in lower case
	Size         int64    // limit on messages, octets; 0 is none
	TLS          TLSMode
	Certificate  *tls.Certificate // for TLS; see NewCertificate
	Username     string           // with a name, AUTH is offered and demanded
	Password     string
	OnlyLogin    bool // AUTH LOGIN is offered, PLAIN is not
	RequireTLSOK bool // offer REQUIRETLS inside TLS (RFC 8689)

	Faults Faults
}

// Faults are how a sink misbehaves; they can be changed while it runs. Shares are between 0 and 1. What is to
// happen to a recipient is the same in each attempt; what is to happen to a transaction is drawn for each.
type Faults struct {
	DeferShare float64        // of recipients: 450 at RCPT
	DeferFirst int            // how many attempts of such a recipient are deferred; 0 is all of them
	PermShare  float64        // of recipients: 550 at RCPT
	Bad        *regexp.Regexp // recipients: 550 at RCPT
	BadData    *regexp.Regexp // recipients that RCPT takes, but that make the whole message fail with 554
	Data4      float64        // of transactions: 451 at the final dot
	Data5      float64        // of transactions: 554 at the final dot

	DropRcpt   *regexp.Regexp // recipients at whose RCPT the connection ends
	DropBefore float64        // of transactions: the connection ends at DATA
	DropMid    float64        // of transactions: the connection ends within the message
	DropAfter  float64        // of transactions: the message is taken, then the connection ends without a reply
	Stall      float64        // of transactions: no reply to the final dot for StallFor
	StallFor   time.Duration
	StallRcpt  *regexp.Regexp // recipients whose messages stall, whatever the share

	Slow   time.Duration // added to each reply
	Serial bool          // Slow is spent reply by reply, as a tarpit does; else it is latency: a group of replies takes it once

	Storm       bool // 421 to every connection and every command
	MaxRcpt     int  // recipients of a transaction; 452 4.5.3 for more
	MaxMessages int  // transactions of a connection; 421 for more
	MaxConns    int  // connections; 421 for more
}
