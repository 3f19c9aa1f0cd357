package outbound_test

import (
	"context"
	"strings"
	"syscall"
	"testing"
	"time"

	"guildpost/mail/mailtest"
	"guildpost/mail/outbound"
	"guildpost/store"
)

// body10k is the text of a post of 10 kB.
var body10k = strings.Repeat("What we say is kept, and everybody who should get it gets it, once.\r\n", 145)

func startSink(b *testing.B, o mailtest.Options) *mailtest.Sink {
	b.Helper()
	sink, err := mailtest.Start(o)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = sink.Close() })
	return sink
}

// BenchmarkBlaster is what network and sink allow: copies of one message without a queue.
func BenchmarkBlaster(b *testing.B) {
	for _, connections := range []int{1, 10, 50} {
		b.Run(name("connections", connections), func(b *testing.B) {
			sink := startSink(b, mailtest.Options{})
			message, _ := composer{body: body10k}.Compose(context.Background(), store.Dispatch{ID: 1})
			b.ResetTimer()
			cpu := cpuTime()
			if err := mailtest.Blast(context.Background(), sink.Addr(), connections, b.N, message.Rest); err != nil {
				b.Fatal(err)
			}
			rate(b, cpu)
		})
	}
}

// BenchmarkPersonal sends a copy of its own to each of b.N recipients.
func BenchmarkPersonal(b *testing.B) {
	for _, connections := range []int{1, 10, 50} {
		b.Run(name("connections", connections), func(b *testing.B) {
			bench(b, setup{worker: outbound.Options{Connections: connections, Poll: 250 * time.Millisecond}})
		})
	}
}

// BenchmarkShared sends copies for 100 recipients each.
func BenchmarkShared(b *testing.B) {
	bench(b, setup{worker: outbound.Options{Connections: 10, RecipientsPerMessage: 100, Poll: 250 * time.Millisecond}})
}

// BenchmarkLatency sends personal copies over a line that takes 5 ms for each group of replies.
func BenchmarkLatency(b *testing.B) {
	bench(b, setup{
		sink:   mailtest.Options{Faults: mailtest.Faults{Slow: 5 * time.Millisecond}},
		worker: outbound.Options{Connections: 10, Poll: 250 * time.Millisecond},
	})
	trips := b.Elapsed().Seconds() * 10 / 0.005 / float64(b.N)
	b.ReportMetric(trips, "trips/message")
}

func bench(b *testing.B, s setup) {
	s.worker.Composer = composer{body: body10k, shared: s.worker.RecipientsPerMessage > 1}
	w := build(b, s)
	w.queue.add(store.Dispatch{CommunityID: 1, Kind: store.DispatchPost}, b.N, member)
	b.ReportAllocs()
	b.ResetTimer()
	cpu := cpuTime()
	w.start()
	w.queue.wait(b, 10*time.Minute)
	b.StopTimer()
	w.stop()
	w.expect(b.N, 0)
	rate(b, cpu)
}

// rate reports recipients a second, and what the process used of the processors for each, from cpu on.
func rate(b *testing.B, cpu time.Duration) {
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "recipients/s")
	b.ReportMetric(float64((cpuTime()-cpu).Nanoseconds())/1e3/float64(b.N), "cpu-µs/each")
	b.ReportMetric(0, "ns/op")
}

// cpuTime is a figure that depends less on what else runs on the computer.
func cpuTime() time.Duration {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		return 0
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}

func name(what string, n int) string {
	return what + "=" + string(rune('0'+n/10)) + string(rune('0'+n%10))
}
