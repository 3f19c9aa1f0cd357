package mail

import "time"

// An Envelope is what is known about a message besides its bytes. A listener or the IMAP watcher makes it, once; the
// Receiver may keep it but not change its slices.
type Envelope struct {
	ID   string   // names the message in logs and in the trace field; unique to this run of the daemon
	From string   // the reverse-path without brackets; "" is the null sender <>
	To   []string // the recipients taken, each once, in the order of RCPT; a local part that needs quotes has them

	// Notify, OriginalTo (both as To is ordered), EnvelopeID and Return are the wishes of RFC 3461: "NEVER" or
	// "FAILURE,DELAY", an address, a text, "FULL" or "HDRS"; "" where nothing was said.
	Notify     []string
	OriginalTo []string
	EnvelopeID string
	Return     string

	SMTPUTF8   bool // RFC 6531 was asked for: addresses and header fields may be UTF-8
	EightBit   bool // BODY=8BITMIME
	RequireTLS bool // RFC 8689: must not be sent on without verified TLS

	// Proven is the canonical address that the message surely comes from, where a ticket of its owner says so; "" is none.
	Proven string

	// OneReply is true where the protocol has one reply for all recipients (SMTP). 250 is then said when at least one
	// recipient was done and none failed for a time: it is for the Receiver to tell the sender, by a delivery status
	// notification, about those that it refused for good. When any failed for a time the reply is 451 and the
	// whole message comes again: the Receiver recognises those that it has done.
	OneReply bool

	// NoReply is true where the protocol has no reply at all (IMAP): it is for the Receiver to tell the sender about all
	// recipients that it refused for good, once none has failed for a time any more.
	NoReply bool

	Protocol string // as in a trace field (RFC 3848, RFC 6531): LMTP, LMTPS, SMTP, ESMTP, ESMTPS, UTF8SMTP…; or IMAP
	Helo     string // what the peer called itself, without control characters; not verified
	Remote   string // the peer's IP address; "" for a unix socket
	Peer     string // the peer's address with port, or "unix"
	Trusted  bool   // the peer is one of the trusted relays, or came through the unix socket

	Received time.Time
	Trace    string // the Received field (RFC 5321 4.4) with its CRLF, for the Receiver to put on top; "" for IMAP
}
