package inbound

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"
)

// stopping runs Stop beside the test.
func stopping(w *world, ctx context.Context) <-chan error {
	done := make(chan error, 1)
	go func() { done <- w.Stop(ctx) }()
	return done
}

func wantStopped(t *testing.T, done <-chan error, want error) {
	t.Helper()
	select {
	case err := <-done:
		if !errors.Is(err, want) {
			t.Errorf("Stop returned %v, want %v", err, want)
		}
	case <-time.After(limit):
		t.Fatal("Stop does not return")
	}
}

func TestStopTellsClients(t *testing.T) {
	w := start(t, func(o *Options) { o.TLS = testTLS(t) })
	idle, _ := w.hello(t, "smtp")
	idle.ask("NOOP", "250")
	secure, _ := w.hello(t, "lmtp")
	secure.startTLS("lmtp")
	inMail, _ := w.hello(t, "smtp")
	inMail.envelope("rust@lists.example")
	sending, _ := w.hello(t, "lmtp")
	inData(sending)
	sending.send("Subject: hello\r\n")
	for _, addr := range []string{w.Addr("smtp"), w.Addr("lmtp")} {
		defer func() {
			if c, err := net.Dial("tcp", addr); err == nil {
				c.Close()
				t.Error("a connection is taken after Stop")
			}
		}()
	}
	done := stopping(w, context.Background())
	for _, c := range []*client{idle, secure, inMail} {
		c.want("421 4.3.2 shutting down")
		c.wantClosed()
	}
	select {
	case <-done:
		t.Fatal("Stop did not wait for the message that was coming in")
	default:
	}
	sending.send("\r\nhello\r\n.\r\nMAIL FROM:<next@a.example>\r\n")
	sending.want("250 2.0.0 <rust@")
	sending.want("421 4.3.2")
	sending.wantClosed()
	wantStopped(t, done, nil)
	wantStopped(t, stopping(w, context.Background()), nil) // once more
	w.wantMessages(t, hello)
}

// TestStopWaitsForTheStore: what is being stored gets its 250.
func TestStopWaitsForTheStore(t *testing.T) {
	w := start(t, nil)
	storing, commit := make(chan struct{}), make(chan struct{})
	w.rec.receive = func(context.Context, Envelope, []byte) []error {
		close(storing)
		<-commit
		return []error{nil}
	}
	c, _ := w.hello(t, "smtp")
	inData(c)
	c.send(hello + ".\r\n")
	<-storing
	done := stopping(w, context.Background())
	close(commit)
	c.want("250 2.0.0 taken")
	c.want("421 4.3.2")
	wantStopped(t, done, nil)
}

func TestStopAtTheDeadline(t *testing.T) {
	w := start(t, nil)
	storing := make(chan struct{})
	w.rec.receive = func(ctx context.Context, _ Envelope, _ []byte) []error {
		close(storing)
		<-ctx.Done()
		return []error{ctx.Err()}
	}
	c, _ := w.hello(t, "smtp")
	inData(c)
	c.send(hello + ".\r\n")
	<-storing
	slow, _ := w.hello(t, "lmtp")
	inData(slow)
	slow.send("Subject: ")
	ctx, cancel := context.WithCancel(context.Background())
	done := stopping(w, ctx)
	cancel()
	c.want("451 4.3.0")
	slow.want("421 4.3.2")
	slow.wantClosed()
	wantStopped(t, done, context.Canceled)
}

func TestStopBeforeStart(t *testing.T) {
	s, err := New(Options{Hostname: "mx", SMTPAddr: "127.0.0.1:0"}, &recorder{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Stop(context.Background()); err != nil {
		t.Error(err)
	}
	if err := s.Start(); err == nil {
		t.Error("it starts after Stop")
	}
}

// TestStartTakesAllOrNothing: the second address is in use.
func TestStartTakesAllOrNothing(t *testing.T) {
	w := start(t, nil)
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free.Close()
	s, err := New(Options{Hostname: "mx", LMTPAddr: free.Addr().String(), SMTPAddr: w.Addr("smtp")}, w.rec)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(); err == nil || !strings.Contains(err.Error(), w.Addr("smtp")) {
		t.Errorf("Start returned %v", err)
	}
	l, err := net.Listen("tcp", free.Addr().String())
	if err != nil {
		t.Fatalf("the first address was kept: %v", err)
	}
	l.Close()
}
