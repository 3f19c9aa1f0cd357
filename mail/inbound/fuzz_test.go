package inbound

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// A script is a connection whose client has said everything already, and reads nothing.
type script struct {
	in     io.Reader
	closed chan struct{}
	once   sync.Once
}

func (s *script) Read(p []byte) (int, error)       { return s.in.Read(p) }
func (s *script) Write(p []byte) (int, error)      { return len(p), nil }
func (s *script) Close() error                     { s.once.Do(func() { close(s.closed) }); return nil }
func (s *script) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (s *script) RemoteAddr() net.Addr             { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 1} }
func (s *script) SetDeadline(time.Time) error      { return nil }
func (s *script) SetReadDeadline(time.Time) error  { return nil }
func (s *script) SetWriteDeadline(time.Time) error { return nil }

// A oneConn listens for connections that are put into it.
type oneConn struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func (l *oneConn) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}
func (l *oneConn) Close() error   { l.once.Do(func() { close(l.done) }); return nil }
func (l *oneConn) Addr() net.Addr { return &net.TCPAddr{} }

// play runs a session with the given input, which comes in pieces as large as the reader gives, to its end.
func play(t testing.TB, lmtp bool, in io.Reader) []message {
	t.Helper()
	rec := &recorder{}
	s, err := New(Options{
		Hostname: "mx.lists.example", MaxMessage: 5000, Trusted: []netip.Prefix{}, Logger: slog.New(slog.DiscardHandler),
		Limits: Limits{BodyLine: 3000, Errors: 50},
	}, rec)
	if err != nil {
		t.Fatal(err)
	}
	from := &oneConn{conns: make(chan net.Conn), done: make(chan struct{})}
	l := &listener{Listener: from, srv: s, kind: "test", lmtp: lmtp, done: make(chan struct{})}
	l.smtp = l.newSMTP()
	s.listeners = []*listener{l}
	go l.serve()
	conn := &script{in: in, closed: make(chan struct{})}
	from.conns <- conn
	select {
	case <-conn.closed:
	case <-time.After(10 * time.Second):
		t.Fatal("the session does not end")
	}
	s.Stop(context.Background())
	if st := s.Stats(); st.Panics != 0 || st.Memory != 0 || st.Open != 0 {
		t.Fatalf("figures at the end are %+v", st)
	}
	return rec.messages()
}

var (
	dataLine = regexp.MustCompile(`(?i)^data *\r\n$`)
	bdatLine = regexp.MustCompile(`(?i)^bdat +([0-9]+)( +last)? *\r\n$`)
)

// inInput says whether a message stands in the input, between DATA and CRLF.CRLF or in BDAT chunks. It knows nothing of
// states: it tries each line that could have begun the message.
func inInput(input, msg string) bool {
	for pos := 0; ; {
		i := strings.IndexByte(input[pos:], '\n')
		if i < 0 {
			return false
		}
		for at := pos; at <= pos+i; at++ { // a command may begin where a chunk ended
			line := input[at : pos+i+1]
			if dataLine.MatchString(line) && dataIs(input[pos+i+1:], msg) || bdatLine.MatchString(line) && chunksAre(input[at:], msg) {
				return true
			}
		}
		pos += i + 1
	}
}

func dataIs(rest, msg string) bool {
	end := strings.Index("\r\n"+rest, "\r\n.\r\n")
	if end < 0 {
		return false
	}
	lines := strings.Split(rest[:end], "\r\n")
	for i := range lines {
		lines[i] = strings.TrimPrefix(lines[i], ".")
	}
	return strings.Join(lines, "\r\n") == msg
}

// chunksAre follows BDAT commands, with any other lines between, up to LAST.
func chunksAre(rest, msg string) bool {
	for {
		line, after, ok := strings.Cut(rest, "\n")
		if !ok {
			return false
		}
		rest = after
		m := bdatLine.FindStringSubmatch(line + "\n")
		if m == nil {
			continue
		}
		n, err := strconv.Atoi(m[1])
		if err != nil || n > len(rest) || n > len(msg) || rest[:n] != msg[:n] {
			return false
		}
		rest, msg = rest[n:], msg[n:]
		if m[2] != "" {
			return msg == ""
		}
	}
}

func checkMessages(t *testing.T, input string, got []message) {
	t.Helper()
	for _, m := range got {
		if bare := strings.ReplaceAll(m.raw, "\r\n", ""); strings.ContainsAny(bare, "\r\n") {
			t.Fatalf("a message has bare line ends: %q", m.raw)
		}
		if len(m.raw) > 5000 || len(m.env.To) == 0 {
			t.Fatalf("a message of %d octets for %q", len(m.raw), m.env.To)
		}
		if !inInput(input, m.raw) {
			t.Fatalf("the message %q does not stand in the input %q", m.raw, input)
		}
		if strings.Count(m.env.Trace, "\n") != strings.Count(m.env.Trace, "\r\n\t")+1 || strings.ContainsAny(m.env.Helo+m.env.From, "\r\n\x00") {
			t.Fatalf("trace %q, helo %q, from %q", m.env.Trace, m.env.Helo, m.env.From)
		}
	}
}

// A pieces gives its input in reads of random length, so that every boundary is met.
type pieces struct {
	r   *bytes.Reader
	rnd *rand.Rand
}

func (p *pieces) Read(b []byte) (int, error) {
	return p.r.Read(b[:min(len(b), 1+p.rnd.IntN(40))])
}

// FuzzLMTPSession: a session with any input ends, nothing panics, and every message handed over stands in the input as
// it was handed over.
func FuzzLMTPSession(f *testing.F) {
	env := "LHLO x\r\nMAIL FROM:<a@a.example>\r\nRCPT TO:<rust@lists.example>\r\nRCPT TO:<rcpt-nobody@lists.example>\r\nRCPT TO:<later@lists.example>\r\n"
	f.Add([]byte(env+"DATA\r\n"+hello+".\r\nQUIT\r\n"), uint64(1), true)
	f.Add([]byte(strings.Replace(env, "LHLO", "EHLO", 1)+"DATA\r\n..\r\n.x\r\n.\r\n"+smuggled), uint64(2), false)
	f.Add([]byte(env+"BDAT 3\r\na\r\nNOOP\r\nBDAT 2\r\n\r\nBDAT 0 LAST\r\nRSET\r\n"), uint64(3), true)
	f.Add([]byte(env+"BDAT 5\r\nabcdeDATA\r\nBDAT 4 LAST\r\n\n.\r\n"+env+"DATA\r\n.\r\n"), uint64(4), true)
	f.Add([]byte(env+"DATA\r\nx\r\r\n.\r\nSTARTTLS\r\nRCPT TO:<Postmaster>\r\nMAIL FROM:<> SIZE=5000000000\r\n"), uint64(5), true)
	f.Add([]byte("POST / HTTP/1.1\r\n\r\n"), uint64(6), false)
	for i, tc := range notEnds {
		f.Add([]byte(env+"DATA\r\nx"+tc.end+smuggled), uint64(i), true)
	}
	f.Fuzz(func(t *testing.T, input []byte, seed uint64, lmtp bool) {
		in := &pieces{bytes.NewReader(input), rand.New(rand.NewPCG(seed, 0))}
		checkMessages(t, string(input), play(t, lmtp, in))
	})
}

// FuzzDATA: what stands before the first CRLF.CRLF is one message, taken as it is or refused, and what stands behind
// it is left for the next command.
func FuzzDATA(f *testing.F) {
	for _, tc := range notEnds {
		f.Add([]byte("x"+tc.end+"y\r\n.\r\nQUIT\r\n"), uint64(1))
	}
	f.Add([]byte(".\r\n"), uint64(2))
	f.Add([]byte("..\r\n\r\r\n.\r\n.\r\n"), uint64(3))
	f.Add([]byte(strings.Repeat("x", 70_000)+"\r\n.\r\n"), uint64(4))
	f.Fuzz(func(t *testing.T, input []byte, seed uint64) {
		budget := &budget{max: 60_000 + freeMemory}
		b := &body{max: 100_000, maxLine: 50_000, budget: budget, hint: int64(seed % 200_000)}
		rnd := rand.New(rand.NewPCG(seed, 0))
		r := bufio.NewReaderSize(&pieces{bytes.NewReader(input), rnd}, 16+rnd.IntN(4096))
		err := b.readData(r)
		end := strings.Index("\r\n"+string(input), "\r\n.\r\n")
		if (err == nil) != (end >= 0) {
			t.Fatalf("readData returned %v; the end is at %d of %q", err, end, input)
		}
		if err != nil {
			return
		}
		if rest, _ := io.ReadAll(r); string(rest) != string(input[end+3:]) {
			t.Fatalf("%q is left, want %q", rest, input[end+3:])
		}
		refused := b.judge()
		bare := strings.ContainsAny(strings.ReplaceAll(string(input[:end]), "\r\n", ""), "\r\n")
		if bare && refused == nil {
			t.Fatalf("%q was taken", input[:end])
		}
		if refused == nil && !dataIs(string(input), string(b.buf)) {
			t.Fatalf("got %q from %q", b.buf, input)
		}
		if refused != nil && !bare && end < 50_000 {
			t.Fatalf("%q was refused: %v", input[:end], refused)
		}
		if b.drop(); budget.used.Load() != 0 {
			t.Fatalf("%d octets were not given back", budget.used.Load())
		}
	})
}

// FuzzChunks: cutting a message into chunks changes nothing about it.
func FuzzChunks(f *testing.F) {
	f.Add([]byte("a\r\n.\r\nb"), uint64(1))
	f.Add([]byte("a\r\rb\n"), uint64(2))
	f.Fuzz(func(t *testing.T, input []byte, seed uint64) {
		b := &body{max: 10_000, maxLine: 5000, budget: &budget{max: 1 << 20}}
		rnd := rand.New(rand.NewPCG(seed, 0))
		r := bufio.NewReaderSize(bytes.NewReader(input), 16)
		for left := len(input); left > 0; {
			n := 1 + rnd.IntN(left)
			if err := b.readChunk(r, int64(n)); err != nil {
				t.Fatal(err)
			}
			left -= n
		}
		refused := b.judge()
		bare := strings.ContainsAny(strings.ReplaceAll(string(input), "\r\n", ""), "\r\n")
		switch {
		case refused == nil && (bare || string(b.buf) != string(input)):
			t.Fatalf("got %q from %q", b.buf, input)
		case refused != nil && !bare && len(input) < 5000:
			t.Fatalf("%q was refused: %v", input, refused)
		}
	})
}

// TestPlay shows that the fuzzed sessions reach the Receiver, and that the check of their messages can fail.
func TestPlay(t *testing.T) {
	input := "LHLO x\r\nMAIL FROM:<a@a.example>\r\nRCPT TO:<rust@lists.example>\r\nDATA\r\n..a\r\n.\r\n" +
		"MAIL FROM:<a@a.example>\r\nRCPT TO:<rust@lists.example>\r\nBDAT 3\r\na\r\nNOOP\r\nBDAT 1 LAST\r\nb"
	got := play(t, true, strings.NewReader(input))
	if len(got) != 2 || got[0].raw != ".a\r\n" || got[1].raw != "a\r\nb" {
		t.Fatalf("got %+v", got)
	}
	checkMessages(t, input, got)
	for _, forged := range []string{"", "a\r\n", "..a\r\n", ".a\r\n.\r\n", "a\r\n", "a\r\nbc"} {
		if inInput(input, forged) {
			t.Errorf("%q is said to stand in the input", forged)
		}
	}
}
