package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"guildpost/mail/inbound/port"
	"guildpost/store"
)

// Limits of a connection.
const (
	headerTimeout = 5 * time.Second
	readTimeout   = 30 * time.Second
	writeTimeout  = 60 * time.Second
	idleTimeout   = 120 * time.Second
	maxHeader     = 16 << 10 // bytes
	maxConns      = 1000
)

// A Server serves a handler on one address. Start it once; Stop may be called twice.
type Server struct {
	addr     string
	log      *slog.Logger
	server   *http.Server
	listener net.Listener
	done     chan struct{}
}

// NewServer returns a server for host:port or unix:PATH.
func NewServer(addr string, handler http.Handler, log *slog.Logger) *Server {
	return &Server{addr: addr, log: log, done: make(chan struct{}), server: &http.Server{
		Handler: handler, ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: maxHeader, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}}
}

// Start listens; it fails where that cannot be done, and serves in the background else.
func (s *Server) Start() (err error) {
	if s.listener, err = port.Listen(s.addr); err != nil {
		return store.Errorf(store.Invalid, "the web pages cannot be served on %s (is another program there, or the address not of this machine?): %w", s.addr, err)
	}
	limited := &limitListener{Listener: s.listener, free: make(chan struct{}, maxConns)}
	go func() {
		defer close(s.done)
		if err := s.server.Serve(limited); !errors.Is(err, http.ErrServerClosed) {
			s.log.Error("no more web pages are served: the listener failed", "error", err)
		}
	}()
	return nil
}

// Addr is where it listens, as Listen takes it: with the port that was chosen for port 0. "" before Start.
func (s *Server) Addr() string {
	if s.listener == nil {
		return ""
	}
	return port.Address(s.listener)
}

// Stop takes no more requests and lets those under way end; when ctx ends first they are cut.
func (s *Server) Stop(ctx context.Context) error {
	if s.listener == nil {
		return nil
	}
	err := s.server.Shutdown(ctx)
	if err != nil {
		err = errors.Join(fmt.Errorf("web requests were cut off: %w", err), s.server.Close())
	}
	<-s.done
	return err
}

// A limitListener has at most so many connections at once; others wait in the system's queue.
type limitListener struct {
	net.Listener
	free chan struct{}
}

// Accept implements net.Listener.
func (l *limitListener) Accept() (net.Conn, error) {
	l.free <- struct{}{}
	conn, err := l.Listener.Accept()
	if err != nil {
		<-l.free
		return nil, err
	}
	return &limitConn{Conn: conn, free: l.free}, nil
}

type limitConn struct {
	net.Conn
	free chan struct{}
	once sync.Once
}

// Close implements net.Conn.
func (c *limitConn) Close() error {
	err := c.Conn.Close()
	c.once.Do(func() { <-c.free })
	return err
}
