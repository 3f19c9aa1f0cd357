package outbound

import (
	"errors"
	"net"
	"os"
	"time"
)

// session is one SMTP connection. After start, it is driven by Send; see transaction.go.
type session struct {
	courier  *SMTP
	raw      net.Conn // under TLS
	nc       net.Conn
	secure   bool
	verified bool // TLS, with a certificate that is valid for the smarthost
	ext      extensions
	wait     Timeouts
	release  func() bool
	replies  replyReader
	broken   bool // nothing more can be said

	// Of the transactions.
	sent     *Message // whose envelope is on its way, unread
	plan     plan     // for sent
	mustRset bool     // a transaction is open at the peer that brought no message
	feed     Feed     // of the Send that is running; nil once it was told of a stall
	taken    bool     // the feed took the next message back

	envelope []byte      // what is written behind a body
	pieces   net.Buffers // of a write
	store    [3][]byte   // what pieces is made of
	gathered []byte      // the same in one piece, for TLS
}

// read returns the next reply, waiting for each octet no longer than d.
func (s *session) read(d time.Duration) (reply, error) {
	for {
		r, ok, err := s.replies.next()
		if ok || err != nil {
			return r, err
		}
		if err := s.fill(d); err != nil {
			return reply{}, err
		}
	}
}

// fill reads what the peer has sent. After a while without anything it tells the feed, once for each Send.
func (s *session) fill(d time.Duration) error {
	first := d
	if s.feed != nil {
		first = min(d, s.wait.Patience)
	}
	err := s.fillBefore(first)
	if first == d || !errors.Is(err, os.ErrDeadlineExceeded) {
		return err
	}
	feed := s.feed
	s.feed = nil
	s.taken = feed.Stalled()
	return s.fillBefore(d - first)
}

func (s *session) fillBefore(d time.Duration) error {
	_ = s.nc.SetReadDeadline(time.Now().Add(d))
	n, err := s.nc.Read(s.replies.room())
	s.replies.got(n)
	if n > 0 {
		return nil
	}
	return err
}

// block is how much of a message is written within Timeouts.Block.
const block = 256 << 10

// write sends pieces in as few system calls as possible and returns how many octets went out.
func (s *session) write(parts ...[]byte) (n int64, err error) {
	total := 0
	for _, part := range parts {
		total += len(part)
	}
	if s.secure || total < 2<<10 {
		return s.writeGathered(parts)
	}
	if total > block {
		return s.writeBlocks(parts)
	}
	_ = s.nc.SetWriteDeadline(time.Now().Add(s.wait.Block))
	s.pieces = append(s.store[:0], parts...)
	return s.pieces.WriteTo(s.nc)
}

// writeGathered makes one piece first: TLS records and short messages are better for it.
func (s *session) writeGathered(parts [][]byte) (n int64, err error) {
	for i, part := range parts {
		for len(part) > 0 {
			room := min(len(part), block-len(s.gathered))
			s.gathered = append(s.gathered, part[:room]...)
			part = part[room:]
			if len(s.gathered) == block || len(part) == 0 && i == len(parts)-1 {
				wrote, err := s.writeBlock(s.gathered)
				n += int64(wrote)
				s.gathered = s.gathered[:0]
				if err != nil {
					return n, err
				}
			}
		}
	}
	if len(s.gathered) > 0 { // the last part was empty
		wrote, err := s.writeBlock(s.gathered)
		s.gathered = s.gathered[:0]
		return n + int64(wrote), err
	}
	return n, nil
}

func (s *session) writeBlocks(parts [][]byte) (n int64, err error) {
	for _, part := range parts {
		for len(part) > 0 {
			wrote, err := s.writeBlock(part[:min(len(part), block)])
			n += int64(wrote)
			if err != nil {
				return n, err
			}
			part = part[wrote:]
		}
	}
	return n, nil
}

func (s *session) writeBlock(p []byte) (int, error) {
	_ = s.nc.SetWriteDeadline(time.Now().Add(s.wait.Block))
	return s.nc.Write(p)
}

// Close says QUIT, unless the peer is in the middle of something, and hangs up.
func (s *session) Close() {
	if !s.broken && s.sent == nil {
		s.feed = nil
		s.deadline(s.wait.Quit)
		if _, err := s.nc.Write([]byte("QUIT\r\n")); err == nil {
			_, _ = s.read(s.wait.Quit)
		}
	}
	s.hangUp()
}

func (s *session) hangUp() {
	s.release()
	s.broken = true
	_ = s.raw.Close()
}
