package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"net/textproto"
	"sync"
	"testing"
	"time"
)

// faultPost is a post that its number alone determines, so that every copy of it can be checked.
func faultPost(n int) (id, body, message string) {
	random := rand.New(rand.NewPCG(uint64(n), 1))
	id = fmt.Sprintf("fault-%d@example.org", n)
	var b bytes.Buffer
	fmt.Fprintf(&b, "This is post %d.\r\n.. and this line begins with dots.\r\n", n)
	for range random.IntN(40) {
		fmt.Fprintf(&b, "%x\r\n", random.Uint64())
	}
	fmt.Fprintf(&b, "The end of post %d.\r\n", n)
	body = b.String()
	return id, body, fmt.Sprintf("Message-ID: <%s>\r\nFrom: Member 0 <member0@example.org>\r\nTo: rust@lists.example.org\r\n"+
		"Subject: Fault %d\r\nDate: Mon, 3 Aug 2026 09:00:00 +0000\r\n\r\n%s", id, n, body)
}

// An injector posts over several connections as mail servers do: what was put off or not answered is sent again with
// the same Message-ID. It forgets the 250 of nothing.
type injector struct {
	t       *testing.T
	numbers chan int // of the posts to come
	senders sync.WaitGroup

	mu    sync.Mutex
	moved *sync.Cond
	life  *life // of the daemon now, or the last one
	ended bool  // no more lives
	next  int   // number of the next post
	begun map[string]string
	taken map[string]bool
	again int // times that a post was sent again
}

// A life is one run of the daemon, from listening to its end.
type life struct{ lmtp, smtp string }

// newInjector starts connections, half of them LMTP, that wait for a daemon and for posts.
func newInjector(t *testing.T, connections int) *injector {
	in := &injector{t: t, numbers: make(chan int, 1<<16), begun: map[string]string{}, taken: map[string]bool{}}
	in.moved = sync.NewCond(&in.mu)
	for k := range connections {
		s := &sender{in: in, lmtp: k%2 == 0}
		in.senders.Go(s.run)
	}
	t.Cleanup(func() {
		in.setLife(nil)
		in.senders.Wait()
	})
	return in
}

// setLife says that the daemon listens; nil, that it never will again.
func (in *injector) setLife(l *life) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.life, in.ended = l, l == nil
	in.moved.Broadcast()
}

// after waits for another life than l; nil where there is none any more.
func (in *injector) after(l *life) *life {
	in.mu.Lock()
	defer in.mu.Unlock()
	for in.life == l && !in.ended {
		in.moved.Wait()
	}
	return in.life
}

// post lets n more posts come.
func (in *injector) post(n int) {
	for range n {
		in.numbers <- in.next
		in.next++
	}
}

// finish waits until all posts have got their 250.
func (in *injector) finish(wait time.Duration) {
	in.t.Helper()
	close(in.numbers)
	done := make(chan struct{})
	go func() {
		in.senders.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(wait):
		in.t.Fatal("posts still have no 250")
	}
}

func (in *injector) begin(id, body string) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.begun[id] != "" {
		in.again++
	}
	in.begun[id] = body
}

func (in *injector) took(id string) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.taken[id] = true
}

// A sender is one connection of an injector, made anew when it was lost.
type sender struct {
	in   *injector
	lmtp bool
	life *life
	nc   net.Conn
	conn *textproto.Conn
}

func (s *sender) run() {
	for n := range s.in.numbers {
		id, body, message := faultPost(n)
		for {
			code, err := s.send(id, body, message)
			if s.life == nil {
				return
			}
			if err == nil && code/100 == 2 {
				s.in.took(id)
				break
			}
			if err == nil && code/100 == 5 {
				s.in.t.Errorf("%s was refused: %d", id, code)
				break
			}
			// Every sixteenth author does not try again; then nobody or everybody gets the post.
			if n%16 == 15 {
				break
			}
		}
	}
	if s.conn != nil {
		s.conn.Close()
	}
}

// send sends a post once and returns the last reply. After an error the connection is gone, and the next one is to the
// next life.
func (s *sender) send(id, body, message string) (code int, err error) {
	if s.conn == nil {
		if s.life = s.in.after(s.life); s.life == nil {
			return 0, nil
		}
		err = s.dial()
	}
	if err == nil {
		_ = s.nc.SetDeadline(time.Now().Add(30 * time.Second))
		code, err = transact(s.conn, "rust", message, func() { s.in.begin(id, body) })
	}
	if err != nil && s.conn != nil {
		s.conn.Close()
		s.conn = nil
	}
	return code, err
}

func (s *sender) dial() (err error) {
	address, hello := s.life.smtp, "EHLO"
	if s.lmtp {
		address, hello = s.life.lmtp, "LHLO"
	}
	if s.nc, err = net.Dial("tcp", address); err != nil {
		return err
	}
	s.conn = textproto.NewConn(s.nc)
	if _, _, err = s.conn.ReadResponse(220); err != nil {
		return err
	}
	if err = s.conn.PrintfLine("%s injector.example", hello); err != nil {
		return err
	}
	_, _, err = s.conn.ReadResponse(250)
	return err
}

// transact sends one message to a list and returns the code of the reply that decided. Before the final dot it calls
// begin.
func transact(c *textproto.Conn, list, message string, begin func()) (code int, err error) {
	code, err = openData(c, list)
	if err != nil || code != 354 {
		return code, err
	}
	w := c.DotWriter()
	if _, err := w.Write([]byte(message)); err != nil {
		return 0, err
	}
	begin()
	if err := w.Close(); err != nil {
		return 0, err
	}
	code, _, err = readReply(c)
	return code, err
}

// openData sends the envelope of a post and DATA; 354, or the first reply that refused.
func openData(c *textproto.Conn, list string) (code int, err error) {
	if err := c.PrintfLine("MAIL FROM:<member0@example.org>"); err != nil {
		return 0, err
	}
	if code, _, err = readReply(c); err != nil || code >= 400 {
		return code, err
	}
	if err := c.PrintfLine("RCPT TO:<%s@lists.example.org>\r\nDATA", list); err != nil {
		return 0, err
	}
	code, _, err = readReply(c)
	data, _, dataErr := readReply(c)
	if err != nil || code >= 400 {
		return code, err
	}
	return data, dataErr
}

// readReply returns a reply whatever it says; 421 is an error, since the connection ends.
func readReply(c *textproto.Conn) (code int, text string, err error) {
	code, text, err = c.ReadResponse(0)
	if _, refused := err.(*textproto.Error); refused {
		err = nil
	}
	if code == 421 {
		return code, text, fmt.Errorf("%d %s", code, text)
	}
	return code, text, err
}
