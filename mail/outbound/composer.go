package outbound

import (
	"context"

	"guildpost/store"
)

// A Composer makes the message of a dispatch. It may be called by many goroutines, once for each dispatch while the
// copy is kept. An error of kind store.Invalid or store.NotFound fails the deliveries of that dispatch; any other
// one defers them.
type Composer interface {
	Compose(ctx context.Context, d store.Dispatch) (*Copy, error)
}

// A Copy is the message of a dispatch, with all that its recipients share worked out. Nobody changes it, and its
// functions may be called by many goroutines.
type Copy struct {
	// Sender appends the envelope sender of a delivery to dst, nothing for the null sender.
	Sender func(dst []byte, d *store.Delivery) []byte
	// Head appends the header fields of one recipient to dst; they stand on top of the message. Whole ASCII lines
	// with CRLF, none of which begins with a dot. Nil if there are none.
	Head func(dst []byte, d *store.Delivery) []byte
	// Rest is the other header fields, the empty line and the body: CRLF line ends, dot-stuffed (RFC 5321 4.5.2),
	// without the final dot.
	Rest []byte
	// Rest7 makes a Rest for a smarthost that lacks 8BITMIME, or SMTPUTF8 for the header. It is called once and
	// may be nil if neither is needed.
	Rest7 func() ([]byte, error)

	EightBit bool // the body has octets above 127
	SMTPUTF8 bool // the header has octets above 127 (RFC 6532)

	// Shared says that several recipients may get one message: the sender is that of the first delivery, and
	// there is no Head.
	Shared bool
}
