package inbound

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

const (
	readBuffer    = 8 << 10
	writeBuffer   = 4 << 10
	handshakeTime = time.Minute
	farewellTime  = time.Second // for a last reply to a peer that may not read
)

// A wire is the connection that go-smtp reads and writes. It keeps the two in step, which makes four things certain
// that go-smtp v0.25.1 by itself leaves open:
//
//   - Where a message ends. Read gives go-smtp one command line and nothing more until it asks again, which it does
//     when that command is answered. So the wire knows at each moment whether the next octets are a command or, after it
//     has seen go-smtp write 354, a message. It reads the message itself (body.go) and gives go-smtp only the
//     ".\r\n" of an empty one; for "BDAT n LAST" it reads the n octets and passes on "BDAT 0 LAST". The session takes the
//     message from the transaction's body. go-smtp's own reader never sees an octet of it, and so can neither miss its end
//     (CR CR LF . CR LF) nor read the rest of it as commands after a timeout.
//   - How long things may take. Each read from the socket has a deadline (see deadline), and when it passes the
//     session ends: there is no way back from a half-read message to commands. go-smtp's timeouts stay off.
//   - What a command line is. Length, line end, control characters and foreign protocols are dealt with in command.go.
//   - Who says 421. Timeouts, limits and shutdown are told to the client here, on the encrypted side when TLS is up.
//
// Replies are gathered and sent when the wire has to wait for the client, so a pipelined group (RFC 2920) gets its
// replies in one write.
//
// One goroutine at a time reads; Write may come beside it, and evict and stop from anywhere.
type wire struct {
	raw      net.Conn
	top      net.Conn // raw, or the TLS connection over it
	listener *listener
	srv      *Server
	addr     netip.Addr // zero for a unix socket
	peer     string
	trust    bool
	started  time.Time
	in       *bufio.Reader
	sess     *session

	pending  []byte // the rest of the line that go-smtp is being given
	verb     string // of the command that it was given last
	helo     string // accepted by go-smtp
	extended bool   // by EHLO or LHLO
	greeted  bool   // since the start or STARTTLS
	message  bool   // 354 is written: a message comes
	ending   bool   // a 421 is written: no more commands
	errors   int
	phase    phase

	outMu sync.Mutex
	out   []byte

	mu     sync.Mutex
	notice string // why to leave, for a 421
	hard   bool   // leave at once, not only between commands

	gone atomic.Bool // nothing is read or written any more
	busy atomic.Bool // a message is being stored
}

// A phase is what the wire reads: a command line or a message, since when, and how much of it has come.
type phase struct {
	message bool
	since   time.Time
	octets  int64
}

// A cut is a read that ended the session; it is told to the client, as a 421 where code is 0.
type cut struct {
	code int
	text string
}

func (c *cut) Error() string { return c.text }

func newWire(c net.Conn, l *listener) *wire {
	w := &wire{raw: c, top: c, listener: l, srv: l.srv, peer: "unix", trust: true, started: time.Now()}
	if a, ok := c.RemoteAddr().(*net.TCPAddr); ok {
		w.addr = a.AddrPort().Addr().Unmap()
		w.peer = netip.AddrPortFrom(w.addr, uint16(a.Port)).String()
		w.trust = l.srv.opts.trusts(w.addr)
	}
	return w
}

// open gives an admitted wire what a session needs.
func (w *wire) open() {
	w.in = bufio.NewReaderSize(socket{w}, readBuffer)
	w.sess = &session{srv: w.srv, wire: w}
}

// Read gives go-smtp a command line, or the end of a message.
func (w *wire) Read(p []byte) (int, error) {
	if len(w.pending) == 0 {
		if err := w.next(); err != nil {
			w.hangUp(err)
			return 0, io.EOF
		}
	}
	n := copy(p, w.pending)
	w.pending = w.pending[n:]
	return n, nil
}

// next waits for something to give to go-smtp.
func (w *wire) next() error {
	if w.gone.Load() {
		return io.EOF
	}
	if w.message {
		w.message = false
		w.begin(true)
		if err := w.sess.tx.body.readData(w.in); err != nil {
			return err
		}
		w.pending = []byte(".\r\n")
		return nil
	}
	for {
		if w.ending {
			return io.EOF
		}
		line, err := w.readLine()
		if err != nil {
			return err
		}
		if w.pending, err = w.command(line); err != nil || w.pending != nil {
			return err
		}
	}
}

// readLine reads a command line with its line end. A longer one is not waited for.
func (w *wire) readLine() ([]byte, error) {
	w.begin(false)
	if why := w.told(); why != nil { // even where more commands are at hand
		return nil, why
	}
	limit := w.srv.opts.Limits.CommandLine
	for n := 1; ; n = w.in.Buffered() + 1 {
		p, err := w.in.Peek(n)
		if err != nil {
			return nil, err
		}
		if p[0] == 0x16 { // the first octet of TLS (RFC 8446 5.1), which has no lines
			return nil, &cut{554, "5.5.1 this port starts without TLS: use STARTTLS"}
		}
		p, _ = w.in.Peek(min(w.in.Buffered(), limit))
		if i := bytes.IndexByte(p, '\n'); i >= 0 {
			line := bytes.Clone(p[:i+1])
			w.in.Discard(i + 1)
			return line, nil
		}
		if len(p) >= limit {
			return nil, &cut{500, fmt.Sprintf("5.5.2 the command is longer than %d octets, closing", limit)}
		}
	}
}

func (w *wire) begin(message bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.phase = phase{message: message, since: time.Now()}
}

// socket is the bufio.Reader's source: it reads from the network, within deadline.
type socket struct{ *wire }

func (s socket) Read(p []byte) (int, error) {
	w := s.wire
	if err := w.flush(); err != nil {
		return 0, err
	}
	limit, why := w.deadline()
	if told := w.setDeadline(limit); told != nil {
		return 0, told
	}
	n, err := w.top.Read(p)
	w.phase.octets += int64(n)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		if told := w.told(); told != nil {
			return n, told
		}
		return n, why
	}
	return n, err
}

// deadline is until when the next octets must come, and what is said otherwise: a command line within Idle as a
// whole; a piece of a message within Idle, and all of it at MinRate; everything within Session, if that counts here.
func (w *wire) deadline() (time.Time, error) {
	l := w.srv.opts.Limits
	limit, why := w.phase.since.Add(l.Idle), "4.4.2 nothing came for too long, closing"
	if w.phase.message {
		limit = deadlineIn(l.Idle)
		slow := w.phase.since.Add(l.Grace + time.Duration(w.phase.octets)*time.Second/time.Duration(l.MinRate))
		if slow.Before(limit) {
			limit, why = slow, "4.4.2 the message comes too slowly, closing"
		}
	}
	if end := w.started.Add(l.Session); end.Before(limit) && !(w.listener.lmtp && w.trust) {
		limit, why = end, "4.4.2 the session has lasted too long, closing"
	}
	return limit, &cut{text: why}
}

// setDeadline sets a read deadline, unless the wire has been told to leave.
func (w *wire) setDeadline(t time.Time) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if why := w.mustLeave(); why != nil {
		return why
	}
	return w.raw.SetReadDeadline(t)
}

func (w *wire) told() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.mustLeave()
}

func (w *wire) mustLeave() error {
	if w.notice != "" && (w.hard || !w.phase.message) {
		return &cut{text: w.notice}
	}
	return nil
}

// leave tells the wire to end with a 421, at once or when the message that is coming has been answered.
func (w *wire) leave(notice string, hard bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.notice, w.hard = notice, w.hard || hard
	if hard {
		w.raw.SetDeadline(past)
		return
	}
	// Reading a message goes on with the next deadline that it sets; see socket.Read for the read that is under way.
	if !w.phase.message {
		w.raw.SetReadDeadline(past)
	}
}

var past = time.Unix(1, 0)

// hangUp says why, if there is something to say, and ends the connection. go-smtp closes it later once more.
func (w *wire) hangUp(err error) {
	if w.gone.Load() {
		return
	}
	var c *cut
	if errors.As(err, &c) {
		if c.code == 0 {
			c.code = 421
		}
		w.say("%d %s", c.code, c.text)
	}
	if errors.Is(err, errOverrun) {
		w.say("552 5.3.4 the message is far larger than %d octets, closing", w.srv.opts.MaxMessage)
	}
	w.shut(farewellTime)
}

// shut sends what is left within the time given, and closes.
func (w *wire) shut(within time.Duration) {
	if w.gone.Swap(true) {
		return
	}
	w.outMu.Lock()
	defer w.outMu.Unlock()
	if len(w.out) > 0 {
		w.raw.SetWriteDeadline(deadlineIn(within))
		w.top.Write(w.out)
		w.out = nil
	}
	w.top.Close()
}

// Close is called by go-smtp, at the end of the session, and frees everything.
func (w *wire) Close() error {
	w.shut(farewellTime)
	w.sess.Reset()
	w.srv.forget(w)
	return nil
}

func (w *wire) flush() error {
	w.outMu.Lock()
	defer w.outMu.Unlock()
	return w.flushLocked()
}

// flushLocked sends what is gathered. When that fails the connection is over: go-smtp does not look at the errors of
// its writes, and would go on until the next read.
func (w *wire) flushLocked() error {
	if len(w.out) == 0 {
		return nil
	}
	w.raw.SetWriteDeadline(deadlineIn(w.srv.opts.Limits.Write))
	_, err := w.top.Write(w.out)
	w.out = w.out[:0]
	if err != nil {
		w.gone.Store(true)
		w.raw.Close()
	}
	return err
}

func (w *wire) host() netip.Addr { return w.addr }
func (w *wire) trusted() bool    { return w.trust }

func (w *wire) evict() bool {
	if w.busy.Load() {
		return false
	}
	w.leave("4.7.0 others are waiting, try again later", true)
	return true
}

func (w *wire) remote() string {
	if !w.addr.IsValid() {
		return ""
	}
	return w.addr.String()
}

func (w *wire) secure() bool { return w.top != w.raw }

func (w *wire) tlsVersion() string {
	if c, ok := w.top.(*tls.Conn); ok {
		state := c.ConnectionState()
		return tls.VersionName(state.Version) + " " + tls.CipherSuiteName(state.CipherSuite)
	}
	return ""
}

// The rest makes a wire a net.Conn. Deadlines are the wire's own business.

func (w *wire) LocalAddr() net.Addr              { return w.raw.LocalAddr() }
func (w *wire) RemoteAddr() net.Addr             { return w.raw.RemoteAddr() }
func (w *wire) SetDeadline(time.Time) error      { return nil }
func (w *wire) SetReadDeadline(time.Time) error  { return nil }
func (w *wire) SetWriteDeadline(time.Time) error { return nil }
