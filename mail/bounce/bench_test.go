package bounce

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"guildpost/mail"
)

// BenchmarkRead is the time for one bounce of the corpus, reading the message
// included; ns/median is that of the median bounce.
func BenchmarkRead(b *testing.B) {
	files, err := filepath.Glob(filepath.Join(corpus(b), "bounce", "*"))
	if err != nil || len(files) == 0 {
		b.Fatal("no bounces in the corpus", err)
	}
	var messages [][]byte
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			b.Fatal(err)
		}
		messages = append(messages, raw)
	}
	var times []time.Duration
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		start := time.Now()
		Read(mail.Read(messages[i%len(messages)]))
		times = append(times, time.Since(start))
	}
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)/2].Nanoseconds()), "ns/median")
	b.ReportMetric(float64(times[len(times)*99/100].Nanoseconds()), "ns/p99")
}
