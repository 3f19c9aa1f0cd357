package mailtest

import (
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"time"
)

const (
	sinkBuffer  = 128 << 10
	sinkMaxLine = 64 << 10 // of a command
	sinkMaxData = 256 << 20
)

// sinkConn is one connection to a sink. All of it belongs to one goroutine.
type sinkConn struct {
	sink   *Sink
	raw    net.Conn // under TLS, if there is any
	nc     net.Conn
	number int
	secure bool
	authed bool

	in   []byte // what was read; in[at:end] is not yet used
	at   int
	end  int
	out  []byte // replies that are not yet written
	late *lateWriter

	// of the session and its transaction
	hello      bool
	entered    bool
	count      int // transactions that were begun
	sender     string
	params     string
	mail       bool
	recipients []string // KeepPairs and above
	accepted   int
	poisoned   bool // a recipient is one of Faults.BadData
	stalled    bool // a recipient is one of Faults.StallRcpt
	eightBit   bool // BODY=8BITMIME was given
	closing    bool
}

func newSinkConn(s *Sink, raw net.Conn, number int) *sinkConn {
	return &sinkConn{sink: s, raw: raw, nc: raw, number: number, in: make([]byte, sinkBuffer)}
}

// serve speaks with the client until one of them ends it.
func (c *sinkConn) serve() {
	if c.sink.options.TLS == TLSImplicit && !c.upgrade() {
		return
	}
	if !c.greet() {
		return
	}
	for !c.closing {
		line, err := c.line()
		if err != nil {
			return
		}
		c.command(line)
	}
}

func (c *sinkConn) close() {
	if c.flush() == nil && c.late != nil {
		c.late.finish()
	}
	if c.entered {
		c.sink.leave()
	}
	_ = c.raw.Close()
}

func (c *sinkConn) faults() *Faults { return c.sink.faults.Load() }

func (c *sinkConn) greet() bool {
	f := c.faults()
	if f.Storm {
		c.sink.counts.refused.Add(1)
		c.reply("421 4.3.2 the sink is in a storm")
		return false
	}
	if !c.sink.enter(f.MaxConns) {
		c.reply("421 4.7.0 the sink has too many connections")
		return false
	}
	c.entered = true
	c.reply("220 sink.test ESMTP")
	return true
}

// line returns the next command without its end. It is valid until the next read.
func (c *sinkConn) line() ([]byte, error) {
	for searched := c.at; ; {
		if i := bytes.IndexByte(c.in[searched:c.end], '\n'); i >= 0 {
			line := c.in[c.at : searched+i]
			c.at = searched + i + 1
			if n := len(line); n > 0 && line[n-1] == '\r' {
				return line[:n-1], nil
			}
			c.lint("a command ends in a bare LF")
			return line, nil
		}
		if c.end-c.at > sinkMaxLine {
			return nil, io.ErrShortBuffer
		}
		have := c.end - c.at
		if err := c.fill(); err != nil {
			return nil, err
		}
		searched = c.at + have
	}
}

// data returns the message up to the final dot, still stuffed. It is valid until the next read.
func (c *sinkConn) data() ([]byte, error) {
	searched := 0
	for {
		body := c.in[c.at:c.end]
		if len(body) >= 3 && string(body[:3]) == ".\r\n" {
			c.at += 3
			return body[:0], nil
		}
		if i := bytes.Index(body[searched:], []byte("\r\n.\r\n")); i >= 0 {
			c.at += searched + i + 5
			return body[:searched+i+2], nil
		}
		if len(body) > sinkMaxData {
			return nil, io.ErrShortBuffer
		}
		searched = max(0, len(body)-4)
		if err := c.fill(); err != nil {
			return nil, err
		}
	}
}

// fill writes the replies and reads more, behind in[at:end], which may move.
func (c *sinkConn) fill() error {
	if err := c.flush(); err != nil {
		return err
	}
	if c.at > 0 {
		c.end = copy(c.in, c.in[c.at:c.end])
		c.at = 0
	}
	if c.end == len(c.in) {
		c.in = append(c.in, make([]byte, len(c.in))...)
	}
	n, err := c.nc.Read(c.in[c.end:])
	c.end += n
	if n > 0 {
		return nil
	}
	return err
}

// reply adds a line to what is written when the client has nothing more to say.
func (c *sinkConn) reply(line string) {
	f := c.faults()
	if f.Slow > 0 && f.Serial {
		_ = c.flush()
		c.sink.pause(f.Slow)
	}
	c.out = append(append(c.out, line...), "\r\n"...)
}

func (c *sinkConn) flush() error {
	if len(c.out) == 0 {
		return nil
	}
	f := c.faults()
	if f.Slow > 0 && !f.Serial {
		if c.late == nil {
			c.late = newLateWriter(c.nc, c.sink.done)
		}
		c.late.write(c.out, f.Slow)
		c.out = c.out[:0]
		return nil
	}
	_, err := c.nc.Write(c.out)
	c.out = c.out[:0]
	return err
}

func (c *sinkConn) upgrade() bool {
	secure := tls.Server(c.raw, &tls.Config{Certificates: []tls.Certificate{*c.sink.options.Certificate}})
	if err := secure.Handshake(); err != nil {
		return false
	}
	c.nc, c.secure = secure, true
	c.at, c.end = 0, 0
	c.hello, c.authed, c.mail = false, false, false
	return true
}

func (c *sinkConn) lint(what string) {
	if c.sink.options.Lint {
		c.sink.found(what)
	}
}

// pause waits, but not beyond the sink's end.
func (s *Sink) pause(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.done:
	}
}
