package itip

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// corpus returns the calendar objects of the shared corpus that stand alone.
func corpus(tb testing.TB) (texts [][]byte) {
	tb.Helper()
	files, _ := filepath.Glob(filepath.Join("..", "..", "..", "shared", "corpus", "itip", "*.ics"))
	needPeer(tb, "corpus", len(files) > 0)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		texts = append(texts, raw)
	}
	return texts
}

// BenchmarkReadReply reads the REPLYs of the corpus and decides what each answers. The median is what counts.
func BenchmarkReadReply(b *testing.B) {
	var replies [][]byte
	for _, text := range corpus(b) {
		if strings.Contains(string(text), "METHOD:REPLY") {
			replies = append(replies, text)
		}
	}
	took := make([]time.Duration, len(replies))
	for b.Loop() {
		for i, text := range replies {
			begin := time.Now()
			objects, _ := Read(text, Hint{Method: "REPLY"})
			all := Answers{}
			for _, o := range objects {
				for _, a := range o.Answers() {
					all.Record(a)
				}
			}
			took[i] = time.Since(begin)
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "µs/median")
	b.ReportMetric(float64(took[len(took)-1].Microseconds()), "µs/slowest")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkHardestRule tells how long the slowest of the rules takes that match never, rarely or far too often. Each counts
// with its best of several runs, since the machine may have other work.
func BenchmarkHardestRule(b *testing.B) {
	best := make([]time.Duration, len(hardRules))
	for b.Loop() {
		for i, text := range hardRules {
			rule, err := ParseRule(text)
			if err != nil {
				b.Fatal(err)
			}
			s := Series{Master: Event{Start: Clock(1601, 1, 1, 9, 0, loadZone("Europe/Berlin")), Rules: []Rule{rule}}}
			for range 5 {
				begin := time.Now()
				_, _ = s.Between(time.Time{}, time.Date(2300, 1, 1, 0, 0, 0, 0, time.UTC), nil)
				if took := time.Since(begin); best[i] == 0 || took < best[i] {
					best[i] = took
				}
			}
		}
	}
	b.ReportMetric(float64(slices.Max(best).Microseconds())/1000, "ms/slowest")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkWrite writes an invitation to a weekly meeting with one attendee.
func BenchmarkWrite(b *testing.B) {
	o := fullObject()
	o.Events = o.Events[:1]
	for b.Loop() {
		if _, err := Write(o); err != nil {
			b.Fatal(err)
		}
	}
}
