package outbound

import (
	"context"

	"guildpost/store"
)

// A Courier opens connections to what takes our mail. It may be used by many goroutines.
type Courier interface {
	// Open returns a session that is ready for messages. It lasts until it is closed or ctx ends.
	Open(ctx context.Context) (Session, error)
}

// A Session is one connection. One goroutine uses it.
type Session interface {
	// Send hands a message over and fills in its results. Once the peer has the whole of m's envelope, it asks the
	// feed for the next message, whose envelope may go out behind m; the next Send is then for that one. After an
	// error the session can only be closed, and all results are filled in nevertheless; those of the message that
	// the feed gave are not, since nothing of it was handed over.
	Send(m *Message, feed Feed) error
	// Close ends the connection, politely if that is possible.
	Close()
}

// A Feed tells a session what comes next. It is called from within Send.
type Feed interface {
	// Next is called right before the body of a message is written: its error stops that, and the message stays
	// untried. The message it returns comes next; nil for none so far.
	Next() (*Message, error)
	// Stalled is called once for a message when a reply takes long. If it returns true, the one that Next gave is
	// taken back, and the session ends after the reply.
	Stalled() bool
}

// A Message is one SMTP transaction.
type Message struct {
	Sender     []byte   // envelope sender, empty for the null sender
	Recipients []string // envelope addresses
	Head, Rest []byte   // see Copy
	Rest7      func() ([]byte, error)
	EightBit   bool
	SMTPUTF8   bool
	RequireTLS bool // RFC 8689

	Results []Result // one for each recipient, in their order
	// Whole says that what was refused is the message, not a recipient.
	Whole bool
	// Hopeless says that this was known before it was sent: it is too big, or needs what the peer lacks.
	Hopeless bool
}

// reset prepares the results for another attempt.
func (m *Message) reset() {
	m.Whole, m.Hopeless = false, false
	m.Results = m.Results[:0]
	for range m.Recipients {
		m.Results = append(m.Results, Result{})
	}
}

// settle gives every recipient that has no result yet this one.
func (m *Message) settle(r Result) {
	for i := range m.Results {
		if m.Results[i].Status == Open {
			m.Results[i] = r
		}
	}
}

// A Result is what became of one recipient in one transaction.
type Result struct {
	Status Status
	Reply  string // of the peer, such as "450 4.2.0 greylisted", or what went wrong on our side
}

// A Status says how far a recipient got.
type Status uint8

// The states of a recipient in a transaction.
const (
	Open    Status = iota // RCPT was taken, the message is under way
	Untried               // nothing was handed over, and the recipient is not to blame
	Taken                 // 2xx
	NotNow                // 4xx
	Refused               // 5xx
	Lost                  // the connection was lost before the final dot was sent
	InDoubt               // the connection was lost after that
)

// An UnavailableError means that the smarthost takes no mail from us now: it cannot be reached, says 421, wants
// credentials that we lack, or has no TLS where we demand it. The queue waits.
type UnavailableError struct {
	Reason string // a sentence for the postmaster
	Err    error  // what it came from, or nil
}

func (e *UnavailableError) Error() string { return e.Reason }

func (e *UnavailableError) Unwrap() error { return e.Err }

// Failure is a delivery that failed for good.
type Failure struct {
	Delivery store.Delivery
	Reply    string
	Whole    bool // the message was refused, whoever gets it: no sign that the address is bad
}
