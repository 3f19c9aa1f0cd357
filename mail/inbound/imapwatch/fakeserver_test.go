package imapwatch

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"guildpost/mail/mailtest"
)

// A fakeServer is a server that does what a test says, and else the least that a server must.
type fakeServer struct {
	t        *testing.T
	listener net.Listener
	tls      *tls.Config

	greeting string // "" is none
	caps     string // before the login
	inside   string // after it; "" is the same
	flags    string // PERMANENTFLAGS
	// quirk may answer a command itself, and returns true then. Words are the command without its tag.
	quirk func(c *fakeConn, tag, words string) bool

	mu       sync.Mutex
	messages []fakeMessage
	commands []string // all that came
}

type fakeMessage struct {
	uid uint32
	raw string
}

// A fakeConn is one connection.
type fakeConn struct {
	*fakeServer
	conn net.Conn
	in   *bufio.Reader
	auth bool
}

func newFakeServer(t *testing.T) *fakeServer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &fakeServer{t: t, listener: l, greeting: "* OK hello", caps: "IMAP4rev1 AUTH=PLAIN SASL-IR IDLE UIDPLUS", flags: `\*`}
	t.Cleanup(func() { l.Close() })
	return f
}

func (f *fakeServer) start() {
	go func() {
		for {
			conn, err := f.listener.Accept()
			if err != nil {
				return
			}
			go f.serve(conn)
		}
	}()
}

func (f *fakeServer) serve(conn net.Conn) {
	c := &fakeConn{fakeServer: f, conn: conn, in: bufio.NewReader(conn)}
	defer func() { c.conn.Close() }()
	if f.greeting != "" {
		c.say(f.greeting)
	}
	for {
		line, err := c.line()
		if err != nil {
			return
		}
		f.mu.Lock()
		f.commands = append(f.commands, line)
		f.mu.Unlock()
		tag, words, _ := strings.Cut(line, " ")
		if f.quirk != nil && f.quirk(c, tag, words) {
			continue
		}
		if !c.answer(tag, words) {
			return
		}
	}
}

// line reads a command with its literals.
func (c *fakeConn) line() (string, error) {
	var all strings.Builder
	for {
		line, err := c.in.ReadString('\n')
		if err != nil {
			return "", err
		}
		line = strings.TrimRight(line, "\r\n")
		open := strings.LastIndexByte(line, '{')
		if open < 0 || !strings.HasSuffix(line, "}") {
			return all.String() + line, nil
		}
		size, plus := strings.CutSuffix(line[open+1:len(line)-1], "+")
		n, _ := strconv.Atoi(size)
		if !plus {
			c.say("+ go on")
		}
		text := make([]byte, n)
		if _, err := io.ReadFull(c.in, text); err != nil {
			return "", err
		}
		all.WriteString(line[:open] + string(text))
	}
}

func (c *fakeConn) say(format string, args ...any) {
	if len(args) > 0 {
		format = fmt.Sprintf(format, args...)
	}
	_, _ = io.WriteString(c.conn, format+"\r\n")
}

// answer does what a server must; false ends the connection.
func (c *fakeConn) answer(tag, words string) bool {
	verb, rest, _ := strings.Cut(words, " ")
	if verb == "UID" {
		verb, rest, _ = strings.Cut(rest, " ")
		verb = "UID " + verb
	}
	switch verb {
	case "CAPABILITY":
		c.say("* CAPABILITY " + c.offers())
	case "STARTTLS":
		c.say(tag + " OK begin")
		c.conn = tls.Server(c.conn, c.tls)
		c.in = bufio.NewReader(c.conn)
		return true
	case "LOGIN", "AUTHENTICATE":
		c.auth = true
	case "SELECT", "EXAMINE":
		c.selected()
	case "UID SEARCH", "SEARCH":
		c.search(verb == "UID SEARCH", rest)
	case "UID FETCH", "FETCH":
		c.fetch(verb == "UID FETCH", rest)
	case "IDLE":
		c.say("+ idling")
		if line, err := c.line(); err != nil || line != "DONE" {
			return false
		}
	case "LOGOUT":
		c.say("* BYE bye")
		c.say(tag + " OK bye")
		return false
	}
	c.say(tag + " OK done")
	return true
}

func (c *fakeConn) offers() string {
	if c.auth && c.inside != "" {
		return c.inside
	}
	return c.caps
}

func (c *fakeConn) all() []fakeMessage {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]fakeMessage(nil), c.messages...)
}

func (c *fakeConn) selected() {
	all := c.all()
	next := uint32(1)
	if len(all) > 0 {
		next = all[len(all)-1].uid + 1
	}
	c.say("* %d EXISTS", len(all))
	c.say("* OK [UIDVALIDITY 7] x")
	c.say("* OK [UIDNEXT %d] x", next)
	c.say("* OK [PERMANENTFLAGS (%s)] x", c.flags)
}

// inSet says whether a set such as 1:3,7 or 5:* has a number.
func inSet(set string, n, last uint32) bool {
	for _, part := range strings.Split(set, ",") {
		low, high, isRange := strings.Cut(part, ":")
		from, _ := strconv.ParseUint(low, 10, 32)
		to := from
		if isRange {
			if to, _ = strconv.ParseUint(high, 10, 32); high == "*" {
				to = max(uint64(last), from)
				from = min(uint64(last), from)
			}
		}
		if uint64(n) >= from && uint64(n) <= to {
			return true
		}
	}
	return false
}

func (c *fakeConn) search(byUID bool, rest string) {
	_, set, _ := strings.Cut(rest, "UID ") // it is behind that, whatever else is looked for
	set, _, _ = strings.Cut(set, " ")
	found := "* SEARCH"
	all := c.all()
	for i, m := range all {
		if inSet(set, m.uid, all[len(all)-1].uid) {
			if byUID {
				found += fmt.Sprint(" ", m.uid)
			} else {
				found += fmt.Sprint(" ", i+1)
			}
		}
	}
	c.say(found)
}

func (c *fakeConn) fetch(byUID bool, rest string) {
	set, items, _ := strings.Cut(rest, " ")
	for i, m := range c.all() {
		number := uint32(i + 1)
		if byUID {
			number = m.uid
		}
		if inSet(set, number, number) {
			c.tell(i+1, m, items)
		}
	}
}

// tell is the answer about one message.
func (c *fakeConn) tell(number int, m fakeMessage, items string) {
	c.say("* %d FETCH (%s)", number, strings.Join(described(m, items), " "))
}

func described(m fakeMessage, items string) (all []string) {
	if strings.Contains(items, "UID") {
		all = append(all, fmt.Sprint("UID ", m.uid))
	}
	if strings.Contains(items, "INTERNALDATE") {
		all = append(all, `INTERNALDATE "23-Nov-2026 11:59:00 +0000"`)
	}
	if strings.Contains(items, "RFC822.SIZE") {
		all = append(all, fmt.Sprint("RFC822.SIZE ", len(m.raw)))
	}
	if strings.Contains(items, "BODY.PEEK[]") {
		all = append(all, fmt.Sprintf("BODY[] {%d}\r\n%s", len(m.raw), m.raw))
	}
	return all
}

// has says whether a command came that contains a text.
func (f *fakeServer) has(text string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return strings.Contains(strings.Join(f.commands, "\n"), text)
}

func (f *fakeServer) put(uid uint32, raw string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.messages = append(f.messages, fakeMessage{uid, strings.ReplaceAll(raw, "\n", "\r\n")})
}

// quirkWorld is a world whose server is a fake one, with three messages.
func quirkWorld(t *testing.T) (*world, *fakeServer) {
	t.Helper()
	w := newWorldWith(t, imap.CapSet{imap.CapIMAP4rev1: {}})
	f := newFakeServer(t)
	certificate, pool, err := mailtest.NewCertificate(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	f.tls = &tls.Config{Certificates: []tls.Certificate{*certificate}}
	w.options.TLS = &tls.Config{RootCAs: pool}
	w.mailbox.Server = f.listener.Addr().String()
	for i, id := range []string{"one", "two", "three"} {
		f.put(uint32(i+1), post(id))
	}
	return w, f
}
