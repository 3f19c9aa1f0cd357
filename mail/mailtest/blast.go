package mailtest

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
)

// Blast sends n copies of a message to a smarthost over a number of connections, each with MAIL, one RCPT and
// DATA behind the final dot of the one before, and does nothing else: the rate that a sender with a queue can be
// measured against. The message has CRLF line ends, is dot-stuffed and has no final dot.
func Blast(ctx context.Context, address string, connections, n int, message []byte) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var left atomic.Int64
	left.Store(int64(n))
	var all sync.WaitGroup
	for range connections {
		all.Go(func() {
			if err := blast(ctx, address, &left, message); err != nil {
				cancel(err)
			}
		})
	}
	all.Wait()
	if left.Load() > 0 {
		return context.Cause(ctx)
	}
	return nil
}

const blastEnvelope = "MAIL FROM:<rust-bounces+ticket@lists.example.org>\r\nRCPT TO:<member@example.org>\r\nDATA\r\n"

func blast(ctx context.Context, address string, left *atomic.Int64, message []byte) error {
	nc, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer nc.Close()
	stop := context.AfterFunc(ctx, func() { _ = nc.Close() })
	defer stop()
	r := bufio.NewReader(nc)
	if err := expect(r, "220"); err != nil {
		return err
	}
	if _, err := io.WriteString(nc, "EHLO blast.test\r\n"+blastEnvelope); err != nil {
		return err
	}
	if err := expect(r, "250", "250", "250", "354"); err != nil {
		return err
	}
	for left.Add(-1) >= 0 {
		out := net.Buffers{message, []byte(".\r\n" + blastEnvelope)}
		if _, err := out.WriteTo(nc); err != nil {
			return err
		}
		if err := expect(r, "250", "250", "250", "354"); err != nil {
			return err
		}
	}
	return nil
}

// expect reads replies, of one or more lines, and compares their codes.
func expect(r *bufio.Reader, codes ...string) error {
	for _, code := range codes {
		for more := true; more; {
			line, err := r.ReadSlice('\n')
			if err != nil {
				return err
			}
			if len(line) < 4 || string(line[:3]) != code {
				return fmt.Errorf("the peer said %q, not %s", line, code)
			}
			more = line[3] == '-'
		}
	}
	return nil
}
