// Package inbound is how mail comes in: an LMTP listener (RFC 2033) for the mail server beside guildpost, an SMTP
// listener (RFC 5321), and one [Receiver] that they hand messages to.
//
// The life of a message here:
//
//  1. A connection is admitted, or told 421 and closed, by the limits per host, per network and in all (gate.go).
//  2. Each command line is screened before go-smtp sees it: length, control characters, line end, order (command.go).
//  3. At RCPT the [Receiver] is asked whether it takes the recipient. What it refuses is refused here, in the
//     session, so nothing has to be returned to a sender later.
//  4. DATA or BDAT is collected up to the limit and looked at for bare CR and LF (body.go).
//  5. [Receiver.Receive] is called once. When it returns nil for a recipient the message is safely stored, and only
//     then is 250 said: one reply for each recipient in LMTP, one for all in SMTP.
//
// # Protocol
//
// Commands, their parameters, their order and their replies are those of github.com/emersion/go-smtp. Between it and
// the socket stands a wire (wire.go), which hands it one command at a time and collects messages itself. STARTTLS
// (RFC 3207) ends in the wire as well, so that it sees the same lines with and without TLS.
//
// Offered: PIPELINING, 8BITMIME, ENHANCEDSTATUSCODES, CHUNKING, SIZE, SMTPUTF8, DSN, LIMITS RCPTMAX, STARTTLS where a
// certificate is configured, and REQUIRETLS where the one who configures it promises to honour it. There is no AUTH:
// the recipient decides what happens to a message, and who sent it is proven by other means.
//
// # Messages
//
// Only CRLF.CRLF ends a message. One with a CR or LF that is not part of a CRLF is refused as a whole with 554 5.6.11
// (some servers would read its end elsewhere), and the session goes on. A NUL is taken: it is forbidden by RFC 5322 but
// seen in real mail, and the message is kept as the bytes that it is. A message that came by BDAT need not end in CRLF.
package inbound
