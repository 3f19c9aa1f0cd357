package imapwatch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"guildpost/store"
)

// A client is one connection to a server, up to its end. The library's client has no timeouts and no context: each
// command goes through do, which has both.
type client struct {
	*imapclient.Client
	guard   *guard
	timeout time.Duration
	max     int64         // octets of a message
	caps    imap.CapSet   // since a mailbox was opened
	news    chan struct{} // has an element when the server said that there are more messages

	mechanism string // how it logged in
	secure    bool   // under TLS
	greeting  imap.ConnState

	mu     sync.Mutex
	silent atomic.Bool // a watchdog has ended it
	closed bool
}

const (
	// answerSize is how much a command may bring that has no bodies in it.
	answerSize = 1 << 20
	// searchSize is enough for the UIDs of two million messages.
	searchSize = 16 << 20
	// slowest is how fast a server must be with bodies, octets a second: 50 MB take an hour and a half then.
	slowest = 10_000
)

// do runs a command that may bring so many octets. When it takes too long, or ctx ends, the connection is closed, which
// ends f. The error says what was being done.
func (c *client) do(ctx context.Context, what string, octets int64, f func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.guard.allow(octets)
	limit := c.timeout + time.Duration(octets/slowest)*time.Second
	if octets <= searchSize {
		limit = c.timeout
	}
	watchdog := time.AfterFunc(limit, func() {
		c.silent.Store(true)
		c.guard.Close()
	})
	defer watchdog.Stop()
	stop := context.AfterFunc(ctx, func() { c.guard.Close() })
	defer stop()
	return c.explain(ctx, what, f())
}

// explain makes a sentence of what the library says.
func (c *client) explain(ctx context.Context, what string, err error) error {
	var said *imap.Error
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case c.silent.Load():
		return store.Errorf(store.Temporary, "%s: the server did not answer in time", what)
	case c.guard.excess.Load():
		return store.Errorf(store.Temporary, "%s: the server sent more than was asked for", what)
	case errors.As(err, &said):
		return &refusal{what: what, said: said}
	case c.guard.failed.Load(), errors.Is(err, io.ErrUnexpectedEOF):
		return store.Errorf(store.Temporary, "%s: the connection was lost: %w", what, err)
	}
	return &babble{what: what, err: err}
}

// A refusal is NO or BAD from the server; the connection lives on.
type refusal struct {
	what string
	said *imap.Error
}

func (r *refusal) Error() string {
	text := line(r.said.Text)
	if text == "" {
		text = string(r.said.Type)
	}
	return fmt.Sprintf("%s: the server said: %s", r.what, text)
}

func (r *refusal) Unwrap() error { return r.said }

// A babble is something that the library does not understand. It ends the connection.
type babble struct {
	what string
	err  error
}

func (b *babble) Error() string {
	return fmt.Sprintf("%s: the server said what is not understood: %v", b.what, b.err)
}

func (b *babble) Unwrap() error { return b.err }

// close ends the connection. The library's Close waits for its reader, which may wait for a body to be taken; so that is
// left to end by itself.
func (c *client) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closed {
		c.closed = true
		c.guard.Close()
	}
}

// leave says goodbye where the connection is between two commands.
func (c *client) leave() {
	const farewell = 2 * time.Second
	c.timeout = min(c.timeout, farewell)
	_ = c.do(context.Background(), "LOGOUT", answerSize, func() error { return c.Logout().Wait() })
	c.close()
}

// line makes one line for a log or a mail of what a server said.
func line(s string) string {
	const longest = 300
	out := []rune{}
	for _, r := range s {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == 0xfffd || r >= 0x200b && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			r = '?'
		}
		if out = append(out, r); len(out) == longest {
			break
		}
	}
	return string(out)
}
