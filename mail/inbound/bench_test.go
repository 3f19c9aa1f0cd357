package inbound

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/emersion/go-smtp"
)

// BenchmarkPost measures messages of 10 kB, one a transaction, with a Receiver that returns at once. The client
// is as cheap as it can be: an envelope and a message in one write where pipelined, one round trip for each command otherwise.
func BenchmarkPost(b *testing.B) {
	for _, kind := range []string{"lmtp", "smtp"} {
		for _, pipelined := range []bool{false, true} {
			for _, conns := range []int{1, 50} {
				b.Run(fmt.Sprintf("%s/pipelined=%v/conns=%d", kind, pipelined, conns), func(b *testing.B) {
					addr := benchServer(b, kind)
					benchPost(b, addr, kind, pipelined, conns)
				})
			}
		}
	}
}

// BenchmarkBareGoSMTP is the same with go-smtp alone, to compare.
func BenchmarkBareGoSMTP(b *testing.B) {
	for _, conns := range []int{1, 50} {
		b.Run(fmt.Sprintf("conns=%d", conns), func(b *testing.B) {
			srv := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return bareSession{}, nil }))
			srv.MaxMessageBytes = 25_000_000
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				b.Fatal(err)
			}
			go srv.Serve(l)
			defer srv.Close()
			benchPost(b, l.Addr().String(), "smtp", false, conns)
		})
	}
}

type bareSession struct{}

func (bareSession) Reset()                               {}
func (bareSession) Logout() error                        { return nil }
func (bareSession) Mail(string, *smtp.MailOptions) error { return nil }
func (bareSession) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (bareSession) Data(r io.Reader) error               { _, err := io.ReadAll(r); return err }

func benchServer(b *testing.B, kind string) string {
	rec := &recorder{receive: func(_ context.Context, env Envelope, _ []byte) []error { return make([]error, len(env.To)) }}
	s, err := New(Options{Hostname: "mx", LMTPAddr: "127.0.0.1:0", SMTPAddr: "127.0.0.1:0", Logger: slog.New(slog.DiscardHandler)}, rec)
	if err != nil {
		b.Fatal(err)
	}
	if err := s.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Stop(context.Background()) })
	return s.Addr(kind)
}

func benchPost(b *testing.B, addr, kind string, pipelined bool, conns int) {
	head := []string{"MAIL FROM:<ann@a.example> SIZE=10000\r\n", "RCPT TO:<rust@lists.example>\r\n", "DATA\r\n"}
	text := strings.Repeat(strings.Repeat("x", 98)+"\r\n", 100) + ".\r\n"
	groups := append(head, text)
	if pipelined {
		groups = []string{strings.Join(head, "") + text}
	}
	verb := map[string]string{"lmtp": "LHLO x\r\n", "smtp": "EHLO x\r\n"}[kind]
	var left atomic.Int64
	left.Store(int64(b.N))
	errs := make(chan error, conns)
	b.SetBytes(int64(len(text)))
	b.ResetTimer()
	for range conns {
		go func() { errs <- postAll(addr, verb, groups, &left) }()
	}
	for range conns {
		if err := <-errs; err != nil {
			b.Error(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msg/s")
}

func postAll(addr, hello string, groups []string, left *atomic.Int64) error {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	r := bufio.NewReader(conn)
	if err := goodReplies(r, 1, "220"); err != nil {
		return err
	}
	io.WriteString(conn, hello)
	if err := goodReplies(r, 1, "250"); err != nil {
		return err
	}
	each := 4 / len(groups)
	for left.Add(-1) >= 0 {
		for _, g := range groups {
			io.WriteString(conn, g)
			if err := goodReplies(r, each, ""); err != nil {
				return err
			}
		}
	}
	return nil
}

// goodReplies reads n replies, none of them an error.
func goodReplies(r *bufio.Reader, n int, want string) error {
	for n > 0 {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return err
		}
		if len(line) < 4 || line[0] > '3' || !strings.HasPrefix(string(line), want) {
			return fmt.Errorf("reply %q", line)
		}
		if line[3] == ' ' {
			n--
		}
	}
	return nil
}
