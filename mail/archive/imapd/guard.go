package imapd

import (
	"crypto/tls"
	"io"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// Limits of connections. Mail programs open up to five each.
const (
	maxConns      = 500
	maxPerClient  = 50 // connections from one address, or the network of an IPv6 one
	maxPerMember  = 20 // sessions
	loginWithin   = time.Minute
	refuseTimeout = time.Second // for a good-bye to whom there is no room for
)

// A guard is a connection that ends when nobody logs in, and is counted.
type guard struct {
	net.Conn
	peer   netip.Addr
	login  *time.Timer
	hungUp atomic.Bool
	once   sync.Once
	gone   func()
}

// guardOf finds the guard of a connection, behind its TLS.
func guardOf(conn net.Conn) *guard {
	if t, ok := conn.(*tls.Conn); ok {
		conn = t.NetConn()
	}
	g, _ := conn.(*guard)
	return g
}

// Read implements net.Conn. After hangUp there is nothing more to read: the answer to the last command still goes out.
func (g *guard) Read(b []byte) (int, error) {
	if g.hungUp.Load() {
		return 0, io.EOF
	}
	return g.Conn.Read(b)
}

// Close implements net.Conn.
func (g *guard) Close() error {
	err := g.Conn.Close()
	g.once.Do(func() {
		g.login.Stop()
		g.gone()
	})
	return err
}

// hangUp ends the connection after the answer to the present command.
func (g *guard) hangUp() { g.hungUp.Store(true) }

// loggedIn lets the connection stay.
func (g *guard) loggedIn() { g.login.Stop() }

// limitedBy is the client that wrong passwords count against. Behind a proxy on this machine all clients look the same.
func (g *guard) limitedBy() string {
	if g.peer.IsLoopback() {
		return ""
	}
	return network(g.peer)
}

// network is an address, or the network of an IPv6 one, since a customer has all of it.
func network(peer netip.Addr) string {
	if peer.Is6() {
		if n, err := peer.Prefix(64); err == nil {
			return n.String()
		}
	}
	return peer.String()
}

func peerOf(conn net.Conn) netip.Addr {
	peer, err := netip.ParseAddrPort(conn.RemoteAddr().String())
	if err != nil {
		return netip.Addr{}
	}
	return peer.Addr().Unmap().WithZone("")
}

// A gate counts connections.
type gate struct {
	mu      sync.Mutex
	n       int
	clients map[string]int
}

// enter lets a connection in, or says why not.
func (t *gate) enter(conn net.Conn) (*guard, string) {
	peer := peerOf(conn)
	client := network(peer)
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.n >= maxConns:
		return nil, "too many connections, try again later"
	case t.clients[client] >= maxPerClient && !peer.IsLoopback():
		return nil, "too many connections from your address, try again later"
	}
	t.n++
	t.clients[client]++
	g := &guard{Conn: conn, peer: peer, gone: func() { t.leave(client) }}
	g.login = time.AfterFunc(loginWithin, func() { g.Close() })
	return g, ""
}

func (t *gate) leave(client string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.n--
	if t.clients[client]--; t.clients[client] == 0 {
		delete(t.clients, client)
	}
}
