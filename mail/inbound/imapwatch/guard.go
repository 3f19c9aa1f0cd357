package imapwatch

import (
	"errors"
	"net"
	"sync/atomic"
	"time"
)

var errTooMuch = errors.New("the server sent more than was asked for")

// A guard stands between the library and the socket. Each command allows a number of octets; more than that ends the
// connection, whatever shape they have: an endless line, a literal of 4 GB, brackets without end. (The library bounds
// none of these.) Time is bounded by the watchdog of each command, and not by the library's deadlines, which are too
// short for a large message on a slow line.
type guard struct {
	net.Conn
	left   atomic.Int64
	failed atomic.Bool // the network failed, or too much came: what the library says then is no fault of the server's language
	excess atomic.Bool
}

// allow says how much may come from now on.
func (g *guard) allow(octets int64) { g.left.Store(octets) }

func (g *guard) Read(p []byte) (int, error) {
	left := g.left.Load()
	if left <= 0 {
		g.excess.Store(true)
		g.failed.Store(true)
		return 0, errTooMuch
	}
	if int64(len(p)) > left {
		p = p[:left]
	}
	n, err := g.Conn.Read(p)
	g.left.Add(-int64(n))
	if err != nil {
		g.failed.Store(true)
	}
	return n, err
}

// SetReadDeadline does nothing, see above.
func (g *guard) SetReadDeadline(time.Time) error { return nil }

// SetDeadline sets the deadline of writing alone.
func (g *guard) SetDeadline(t time.Time) error { return g.Conn.SetWriteDeadline(t) }
