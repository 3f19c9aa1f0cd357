package imapwatch

import (
	"context"
	"crypto/tls"
	"log/slog"
	"math/rand/v2"
	"net"
	"strconv"
	"time"

	"guildpost/mail/inbound"
	"guildpost/store"
)

// A Mode says what is made of the messages of a mailbox.
type Mode string

// The modes of a mailbox.
const (
	Deliver Mode = "deliver" // mail for the list addresses arrives here
	Archive Mode = "archive" // what is here is kept as a community's history, and nobody is mailed
)

// A TLSMode says how a connection is protected.
type TLSMode string

// The TLS modes of a mailbox.
const (
	ImplicitTLS TLSMode = "implicit" // from the start, usually on port 993
	StartTLS    TLSMode = "starttls" // or not at all, usually on port 143
	NoTLS       TLSMode = "none"     // the password goes over the network as it is: for this machine only
)

// An After says what happens to a message that was handled.
type After string

// What happens to a message after its commit.
const (
	Keep   After = "keep"
	Seen   After = "seen"
	Move   After = "move"
	Delete After = "delete"
)

// A Mailbox is one mailbox to watch.
type Mailbox struct {
	Server    string // host:port
	TLS       TLSMode
	Username  string
	Password  func() (string, error) // asked for at each login; nil where there is a token
	Token     func() (string, error) // for OAUTHBEARER (RFC 7628) or XOAUTH2; nil where there is a password
	Name      string                 // such as INBOX
	Mode      Mode
	Community int64 // for mode Archive
	After     After
	MoveTo    string // for After Move; made where it is missing
}

// Account names user and server, as the store knows them.
func (m Mailbox) Account() string { return m.Username + "@" + m.Server }

// String names the mailbox for a person.
func (m Mailbox) String() string { return m.Name + " of " + m.Account() }

// An Archiver keeps messages as a community's history. It recognises those that it has.
type Archiver interface {
	// File returns a result for each message, in their order, after the commit. An error is about all of them.
	File(ctx context.Context, community int64, messages []Incoming) ([]FileResult, error)
}

// An Incoming is a message for an Archiver.
type Incoming struct {
	Raw      []byte
	Received time.Time // when it came into the mailbox (INTERNALDATE, RFC 3501 2.3.3); zero where the server does not say
}

// A FileResult is what became of a message: Err is nil where it is kept now, or was before (Known).
type FileResult struct {
	Known bool
	Err   error
}

// Options say what a Watcher watches, and what it is given of the world.
type Options struct {
	DB         *store.DB
	Receiver   inbound.Receiver // for mode Deliver
	Archiver   Archiver         // for mode Archive; may be nil where no mailbox has it
	Mailboxes  []Mailbox
	MaxMessage int64 // octets; 0 is 25 MB

	TLS  *tls.Config // nil trusts what the machine trusts
	Dial func(ctx context.Context, network, address string) (net.Conn, error)

	Now    func() time.Time                       // nil is time.Now
	After  func(d time.Duration) <-chan time.Time // nil is time.After: poll, back-off and retries wait with it
	Random func() float64                         // from 0 to 1, for jitter; nil is math/rand/v2

	// Tell mails the postmaster, at most so often a day about one thing; nil leaves it to the log.
	Tell func(ctx context.Context, about string, most int, title, text string) error
	Log  *slog.Logger // nil is slog.Default()
	// Holder names this daemon among those that serve one database; the same after a restart.
	Holder string

	Poll    time.Duration // how often each mailbox is looked at without being told; 0 is 5 minutes, at most 25
	Timeout time.Duration // for an answer of a server, in wall time; 0 is a minute
}

const (
	defaultPoll       = 5 * time.Minute
	longestPoll       = 25 * time.Minute // RFC 2177: a server may end IDLE after 30
	defaultTimeout    = time.Minute
	defaultMaxMessage = 25_000_000
)

// check fills in defaults and refuses what cannot be meant.
func (o Options) check() (Options, error) {
	for i, m := range o.Mailboxes {
		if err := o.checkMailbox(m, o.Mailboxes[:i]); err != nil {
			return o, err
		}
	}
	if o.MaxMessage == 0 {
		o.MaxMessage = defaultMaxMessage
	}
	if o.Poll == 0 {
		o.Poll = defaultPoll
	}
	o.Poll = min(o.Poll, longestPoll)
	if o.Timeout == 0 {
		o.Timeout = defaultTimeout
	}
	if o.Dial == nil {
		o.Dial = (&net.Dialer{}).DialContext
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.After == nil {
		o.After = time.After
	}
	if o.Random == nil {
		o.Random = rand.Float64
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return o, nil
}

func (o Options) checkMailbox(m Mailbox, before []Mailbox) error {
	for _, other := range before {
		if m.Account() == other.Account() && m.Name == other.Name {
			return store.Errorf(store.Invalid, "the mailbox %s is watched twice: name it once", m)
		}
	}
	switch {
	case m.Mode == Archive && o.Archiver == nil:
		return store.Errorf(store.Invalid, "the mailbox %s has mode archive, and there is nothing here that keeps archives: use mode deliver", m)
	case m.Mode == Archive && m.Community == 0:
		return store.Errorf(store.Invalid, "the mailbox %s has mode archive and no community: say which one it is the history of", m)
	case m.After == Move && (m.MoveTo == "" || m.MoveTo == m.Name):
		return store.Errorf(store.Invalid, "messages of the mailbox %s are to be moved: say to which other mailbox", m)
	case m.Password == nil && m.Token == nil:
		return store.Errorf(store.Invalid, "the mailbox %s has neither password nor token", m)
	}
	return nil
}

// hostPort divides the server's address, which was checked before.
func (m Mailbox) hostPort() (host string, port int) {
	host, text, err := net.SplitHostPort(m.Server)
	if err != nil {
		return m.Server, 0
	}
	port, _ = strconv.Atoi(text)
	return host, port
}
