package inbound

import (
	"errors"
	"fmt"
	"net"

	"github.com/emersion/go-smtp"

	"guildpost/mail/inbound/port"
	"guildpost/store"
)

// A listener is one of the two ports: it admits connections, and go-smtp serves them as wires.
type listener struct {
	net.Listener
	srv  *Server
	kind string // lmtp or smtp
	lmtp bool
	smtp *smtp.Server
	done chan struct{} // closed when no connection is accepted any more
}

func (s *Server) listen(kind, addr string) (*listener, error) {
	l := &listener{srv: s, kind: kind, lmtp: kind == "lmtp", done: make(chan struct{})}
	var err error
	if l.Listener, err = port.Listen(addr); err != nil {
		return nil, store.Errorf(store.Invalid, "inbound: cannot listen for %s on %s (is another program there, or the address not of this machine?): %w", kind, addr, err)
	}
	l.smtp = l.newSMTP()
	return l, nil
}

// newSMTP sets every limit of go-smtp that the wire does not see to. Timeouts and line limit are off: the wire's are
// stricter, and go-smtp's own would take the rest of a message for commands.
func (l *listener) newSMTP() *smtp.Server {
	o := l.srv.opts
	srv := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		w, ok := c.Conn().(*wire)
		if !ok {
			return nil, fmt.Errorf("a connection of type %T came past the listener", c.Conn())
		}
		return w.sess, nil
	}))
	srv.LMTP = l.lmtp
	srv.Domain = o.Hostname
	srv.MaxMessageBytes = o.MaxMessage
	srv.MaxRecipients = o.Limits.Recipients
	if l.lmtp {
		srv.MaxRecipients = o.Limits.LMTPRecipients
	}
	srv.MaxLineLength = 0
	srv.EnableSMTPUTF8 = true
	srv.EnableDSN = true
	srv.EnableREQUIRETLS = o.RequireTLS
	srv.ErrorLog = errorLog{l.srv}
	return srv
}

func (l *listener) serve() {
	defer close(l.done)
	if err := l.smtp.Serve(l); err != nil && !errors.Is(err, net.ErrClosed) {
		l.srv.opts.Logger.Error("no more mail comes in: the listener failed", "protocol", l.kind, "error", err)
	}
}

// Accept returns the next connection that the limits admit, as a wire.
func (l *listener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		w := newWire(c, l)
		if why := l.srv.gate.enter(w); why != "" {
			l.turnAway(c, why)
			continue
		}
		l.srv.admit(w)
		return w, nil
	}
}

// turnAway cannot hold up the next: the few octets fit into the new socket's buffer.
func (l *listener) turnAway(c net.Conn, why string) {
	l.srv.count.turnedAway.Add(1)
	l.srv.opts.Logger.Debug("connection refused", "peer", c.RemoteAddr().String(), "reason", why)
	c.SetWriteDeadline(deadlineIn(farewellTime))
	fmt.Fprintf(c, "421 4.7.0 %s\r\n", why)
	c.Close()
}

// admit gets a wire ready for its session.
func (s *Server) admit(w *wire) {
	w.open()
	s.count.sessions.Add(1)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wires[w] = struct{}{}
}

// forget is admit's other end.
func (s *Server) forget(w *wire) {
	s.gate.leave(w)
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.wires, w)
}
