package imapd

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// A door hands connections that were accepted to the library.
type door struct {
	addr   net.Addr
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
	// ready is closed when the library stands behind the door: before, it does not bear to be closed.
	ready chan struct{}
	asked sync.Once
}

func newDoor(addr net.Addr) *door {
	return &door{addr: addr, conns: make(chan net.Conn), closed: make(chan struct{}), ready: make(chan struct{})}
}

// Accept implements net.Listener.
func (d *door) Accept() (net.Conn, error) {
	d.asked.Do(func() { close(d.ready) })
	select {
	case conn := <-d.conns:
		return conn, nil
	case <-d.closed:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (d *door) Close() error {
	d.once.Do(func() { close(d.closed) })
	return nil
}

// Addr implements net.Listener.
func (d *door) Addr() net.Addr { return d.addr }

// accept takes connections until the listener is closed.
func (s *Server) accept() {
	for {
		conn, err := s.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // no file descriptors: they come back
			s.o.Log.Warn("a connection to the archive was not taken", "error", err)
			select {
			case <-time.After(time.Second):
			case <-s.ctx.Done():
			}
			continue
		}
		s.admitConn(conn)
	}
}

// admitConn sends a connection through its door.
func (s *Server) admitConn(conn net.Conn) {
	g, why := s.gate.enter(conn)
	if g == nil {
		go s.turnAway(conn, why)
		return
	}
	d, c := s.doors[0], net.Conn(g)
	if g.peer.IsLoopback() {
		d = s.doors[1]
	}
	if s.o.Implicit {
		c = tls.Server(g, s.o.TLS)
	}
	select {
	case d.conns <- c:
	case <-d.closed:
		g.Close()
	}
}

// turnAway says why, where that can be read.
func (s *Server) turnAway(conn net.Conn, why string) {
	defer conn.Close()
	s.o.Log.Info("a connection to the archive was turned away", "client", conn.RemoteAddr(), "reason", why)
	if s.o.Implicit {
		return
	}
	if err := conn.SetDeadline(time.Now().Add(refuseTimeout)); err == nil {
		fmt.Fprintf(conn, "* BYE [UNAVAILABLE] %s\r\n", why)
	}
}
