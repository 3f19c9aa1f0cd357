package mailtest

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// say writes lines to a sink and returns all that it answers until it hangs up.
func say(t *testing.T, s *Sink, lines ...string) string {
	t.Helper()
	nc, err := net.Dial("tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	_ = nc.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := io.WriteString(nc, strings.Join(lines, "\r\n")+"\r\n"); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(bufio.NewReader(nc))
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(answer), "\r\n", "\n")
}

func begin(t *testing.T, o Options) *Sink {
	t.Helper()
	s, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// codes returns the code of each reply's last line.
func codes(answer string) string {
	var all []string
	for line := range strings.Lines(answer) {
		if len(line) < 4 || line[3] != '-' {
			all = append(all, line[:min(len(line), 3)])
		}
	}
	return strings.Join(all, " ")
}

func TestSink(t *testing.T) {
	s := begin(t, Options{Keep: KeepData, Lint: true})
	answer := say(t, s, "EHLO x", "MAIL FROM:<a@example.org> SIZE=10", "RCPT TO:<b@example.org>", "RCPT TO:<c@example.org>", "DATA",
		"Message-ID: <1@example.org>", "", "..a dot", ".",
		"MAIL FROM:<>", "RCPT TO:<b@example.org>", "DATA", "Message-ID: <1@example.org>", "", ".", "QUIT")
	if got, want := codes(answer), "220 250 250 250 250 354 250 250 250 354 250 221"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	got := s.Received()
	if len(got) != 3 || got[0].Sender != "a@example.org" || got[1].Recipient != "c@example.org" || got[2].Sender != "" {
		t.Fatalf("got %+v", got)
	}
	if want := "Message-ID: <1@example.org>\r\n\r\n.a dot\r\n"; string(got[0].Data) != want || got[0].MessageID != "1@example.org" {
		t.Errorf("got %q (%s), want %q", got[0].Data, got[0].MessageID, want)
	}
	stats := s.Stats()
	if stats.Duplicates != 1 || s.Count("b@example.org", "1@example.org") != 2 || stats.Recipients != 3 || len(stats.Lint) != 0 {
		t.Errorf("got %+v", stats)
	}
}

func TestSinkFaults(t *testing.T) {
	message := []string{"EHLO x", "MAIL FROM:<a@example.org>", "RCPT TO:<b@example.org>", "DATA", "x: y", "", ".", "QUIT"}
	for _, test := range []struct {
		name    string
		options Options
		want    string // codes
	}{
		{"none", Options{}, "220 250 250 250 354 250 221"},
		{"storm", Options{Faults: Faults{Storm: true}}, "421"},
		{"permanent", Options{Faults: Faults{PermShare: 1}}, "220 250 250 550 554 500 500 500 221"},
		{"deferred", Options{Faults: Faults{DeferShare: 1}}, "220 250 250 450 554 500 500 500 221"},
		{"before", Options{Faults: Faults{DropBefore: 1}}, "220 250 250 250"},
		{"mid", Options{Faults: Faults{DropMid: 1}}, "220 250 250 250 354"},
		{"after", Options{Faults: Faults{DropAfter: 1}}, "220 250 250 250 354"},
		{"data", Options{Faults: Faults{Data5: 1}}, "220 250 250 250 354 554 221"},
		{"size", Options{Size: 3}, "220 250 250 250 354 552 221"},
		{"password", Options{Username: "u", Password: "p"}, "220 250 530 503 503 500 500 500 221"},
		{"no EHLO", Options{NoEHLO: true}, "220 502 503 503 503 500 500 500 221"},
		{"slow", Options{Faults: Faults{Slow: time.Millisecond}}, "220 250 250 250 354 250 221"},
		{"tarpit", Options{Faults: Faults{Slow: time.Millisecond, Serial: true}}, "220 250 250 250 354 250 221"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := codes(sayQuietly(t, begin(t, test.options), message...)); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// sayQuietly is say for a sink that may reset the connection.
func sayQuietly(t *testing.T, s *Sink, lines ...string) string {
	t.Helper()
	nc, err := net.Dial("tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	_ = nc.SetDeadline(time.Now().Add(10 * time.Second))
	var answer strings.Builder
	ended := make(chan struct{})
	go func() {
		_, _ = io.Copy(&answer, nc)
		close(ended)
	}()
	_, _ = io.WriteString(nc, strings.Join(lines, "\r\n")+"\r\n")
	<-ended
	return strings.ReplaceAll(answer.String(), "\r\n", "\n")
}

func TestLint(t *testing.T) {
	for name, test := range map[string]struct{ in, want string }{
		"clean":     {"a: b\r\n\r\n..x\r\n", "[]"},
		"bare LF":   {"a: b\n\r\n", "[bare LF]"},
		"bare CR":   {"a: b\rc\r\n", "[bare CR]"},
		"NUL":       {"a\x00\r\n", "[NUL]"},
		"long line": {strings.Repeat("x", 1000) + "\r\n", "[a line longer than 998 octets]"},
		"no end":    {"a", "[a message that does not end in CRLF]"},
		"a dot":     {"a\r\n.b\r\n", "[a dot that is not stuffed]"},
	} {
		if got := fmt.Sprint(lintMessage([]byte(test.in))); got != test.want {
			t.Errorf("%s: got %s, want %s", name, got, test.want)
		}
	}
}

func TestWait(t *testing.T) {
	s := begin(t, Options{})
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Wait(ended, 1); err == nil {
		t.Error("one recipient out of nothing")
	}
	if err := Blast(context.Background(), s.Addr(), 3, 100, []byte("x: y\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	if err := s.Wait(context.Background(), 100); err != nil {
		t.Error(err)
	}
}

func TestDraw(t *testing.T) {
	n := 0
	for i := range 10000 {
		key := fmt.Sprintf("u%05d@example.org", i)
		first, again := draw(1, "defer", key, 0.2), draw(1, "defer", key, 0.2)
		if first != again {
			t.Fatal("not the same twice")
		}
		if first {
			n++
		}
	}
	if n < 1850 || n > 2150 {
		t.Errorf("%d of 10000 with a share of 0.2", n)
	}
}
