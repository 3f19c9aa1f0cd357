package imapd

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"

	"guildpost/mail/login"
	"guildpost/store"
)

// Options are what a Server is made of.
type Options struct {
	DB       *store.DB
	Door     *login.Door // where passwords are checked
	Addr     string      // host:port
	Domain   string      // of the installation: its communities' folders are called by name alone
	TLS      *tls.Config // nil is none: then only programs on this machine can log in
	Implicit bool        // whether TLS begins with the connection (RFC 8314); else by STARTTLS
	Poll     time.Duration
	Now      func() time.Time
	Log      *slog.Logger
}

// poll is how often it is looked whether there are new posts, for those who wait for them.
const poll = 2 * time.Second

// A Server serves the archive on one address. Start it once; Stop may be called twice.
type Server struct {
	o         Options
	ctx       context.Context // of all sessions
	cancel    context.CancelFunc
	hub       *hub
	messages  *messages
	searching turnstile
	gate      gate
	listener  net.Listener
	// What the library asks is whether a connection may log in without TLS: one server of it says yes, for this machine.
	outside, inside *imapserver.Server
	doors           [2]*door
	work            sync.WaitGroup // accepting, watching

	mu       sync.Mutex
	sessions map[*session]struct{}
	members  map[int64]int // sessions, by member
	idle     chan struct{} // closed when the last session is over, once stopping
	stopping bool
}

// New makes a Server; nothing listens yet.
func New(o Options) (*Server, error) {
	if o.Poll == 0 {
		o.Poll = poll
	}
	s := &Server{o: o, hub: newHub(o.DB, o.Log), messages: newMessages(o.DB), searching: make(turnstile, 2),
		gate: gate{clients: map[string]int{}}, sessions: map[*session]struct{}{}, members: map[int64]int{}, idle: make(chan struct{})}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.outside, s.inside = s.library(false), s.library(true)
	return s, nil
}

// caps is what is offered beside what the library offers by itself.
var caps = imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapNamespace: {}, imap.CapESearch: {}, imap.CapListExtended: {}, imap.CapListStatus: {},
	imap.CapStatusSize: {}, imap.CapChildren: {}}

func (s *Server) library(insecure bool) *imapserver.Server {
	o := &imapserver.Options{NewSession: s.newSession, Caps: caps, Logger: libraryLog{s.o.Log}, InsecureAuth: insecure}
	if !s.o.Implicit {
		o.TLSConfig = s.o.TLS
	}
	return imapserver.New(o)
}

// libraryLog takes what the library logs: what clients do wrong, and its own panics.
type libraryLog struct{ log *slog.Logger }

// Printf implements imapserver.Logger.
func (l libraryLog) Printf(format string, args ...any) {
	if strings.HasPrefix(format, "panic") {
		l.log.Error("a session with the archive panicked", "error", fmt.Sprintf(format, args...))
		return
	}
	l.log.Debug("imap", "text", fmt.Sprintf(format, args...))
}

// Start listens; it fails where that cannot be done, and serves in the background else.
func (s *Server) Start() (err error) {
	if s.listener, err = net.Listen("tcp", s.o.Addr); err != nil {
		return store.Errorf(store.Invalid, "the archive cannot be served over IMAP on %s (is another program there, or the address not of this machine?): %w", s.o.Addr, err)
	}
	for i, library := range []*imapserver.Server{s.outside, s.inside} {
		s.doors[i] = newDoor(s.listener.Addr())
		s.work.Go(func() {
			if err := library.Serve(s.doors[i]); err != nil {
				s.o.Log.Error("the archive is not served over IMAP any more", "error", err)
			}
		})
		<-s.doors[i].ready
	}
	s.work.Go(s.accept)
	s.work.Go(func() {
		ticks := time.NewTicker(s.o.Poll)
		defer ticks.Stop()
		s.hub.run(s.ctx, ticks.C, s.o.Now)
	})
	return nil
}

// Addr is where it listens, with the port that was chosen for port 0; "" before Start.
func (s *Server) Addr() string {
	if s.listener == nil {
		return ""
	}
	return s.listener.Addr().String()
}

// Stop takes no more connections, says good-bye to those there are, and waits for the commands under way; when ctx ends
// first, they are cut.
func (s *Server) Stop(ctx context.Context) error {
	if s.listener == nil {
		return nil
	}
	s.listener.Close()
	s.sayGoodbye()
	var err error
	select {
	case <-s.idle:
	case <-ctx.Done():
		err = fmt.Errorf("sessions with the archive were cut off: %w", ctx.Err())
	}
	s.cancel()
	for i, library := range []*imapserver.Server{s.outside, s.inside} {
		s.doors[i].Close()
		library.Close()
	}
	s.work.Wait()
	<-s.idle
	return err
}

// sayGoodbye ends all sessions.
func (s *Server) sayGoodbye() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopping {
		return
	}
	s.stopping = true
	for session := range s.sessions {
		// On its own: a client that does not read must not keep the others.
		go func() { _ = session.conn.Bye("the server is stopping") }()
	}
	if len(s.sessions) == 0 {
		close(s.idle)
	}
}

// newSession begins one.
func (s *Server) newSession(conn *imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
	g := guardOf(conn.NetConn())
	session := &session{server: s, conn: conn, guard: g, log: s.o.Log.With("client", g.peer)}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopping {
		return nil, nil, &imap.Error{Type: imap.StatusResponseTypeBye, Text: "the server is stopping"}
	}
	s.sessions[session] = struct{}{}
	return session, nil, nil
}

// admit counts a session of a member, unless there are too many.
func (s *Server) admit(memberID int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.members[memberID] >= maxPerMember {
		return false
	}
	s.members[memberID]++
	return true
}

// left is called when a session is over.
func (s *Server) left(session *session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, session)
	if member := session.password.MemberID; member != 0 {
		if s.members[member]--; s.members[member] == 0 {
			delete(s.members, member)
		}
	}
	if s.stopping && len(s.sessions) == 0 {
		close(s.idle)
	}
}

// A turnstile lets so many through at once.
type turnstile chan struct{}

func (t turnstile) enter(ctx context.Context) error {
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t turnstile) leave() { <-t }
