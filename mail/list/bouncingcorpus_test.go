package list

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"guildpost/mail"
	"guildpost/mail/bounce"
	"guildpost/store"
	"guildpost/store/storetest"
)

// corpusBounces are the messages of the corpus that came back.
func corpusBounces(tb testing.TB, folder string) (files []string) {
	tb.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "shared", "corpus", folder, "*"))
	if err != nil {
		tb.Fatal(err)
	}
	if len(files) == 0 {
		if strings.Contains(os.Getenv("GUILDPOST_TEST_REQUIRE"), "corpus") {
			tb.Fatal("the corpus is required")
		}
		tb.Skip("no corpus")
	}
	return files
}

// TestCorpusOfBounces: each real bounce that comes to a ticket ends in what it says, and makes no mail but to us.
func TestCorpusOfBounces(t *testing.T) {
	for _, folder := range []string{"bounce", "autoreply"} {
		t.Run(folder, func(t *testing.T) {
			files := corpusBounces(t, folder)
			w := newBounceWorld(t, storetest.Open(t), len(files))
			sent := w.post("one")
			ended := map[string]int{}
			for i, file := range files {
				raw, err := os.ReadFile(file)
				w.check(err)
				s := w.all[i]
				// Without a delivery each counts by itself; with one all are one great mass failure.
				env := mail.Envelope{Protocol: "ESMTP", To: []string{mail.BounceAddress("rust", "lists.example.org", w.token(s, 0))}}
				err = w.Bounce(t.Context(), w.c, env, mail.Read(raw), w.token(s, 0))
				end := w.ending(s, err)
				ended[end]++
				want := map[bounce.Kind]string{bounce.KindBounce: "hard soft", bounce.KindFeedback: "suspended nothing"}[bounce.Read(mail.Read(raw)).Kind]
				if want == "" {
					want = "nothing refused"
				}
				if !strings.Contains(want, end) {
					t.Errorf("%s ended as %s, want %s", filepath.Base(file), end, want)
				}
				if err := w.Bounce(t.Context(), w.c, env, mail.Read(raw), w.token(s, sent[s.ID])); err != nil && store.KindOf(err) != store.Forbidden {
					t.Errorf("%s with a delivery: %v", filepath.Base(file), err)
				}
			}
			t.Logf("%d messages ended as %v", len(files), ended)
			w.wantNoStrangers()
			w.now = w.now.Add(2 * time.Hour)
			_, err := w.Due(t.Context(), w.now)
			w.check(err)
			w.wantNoStrangers()
		})
	}
}

// ending says what became of a bounce.
func (w *bounceWorld) ending(s store.Subscription, err error) string {
	h := w.health(s)
	switch {
	case err != nil && store.KindOf(err) == store.Forbidden:
		return "refused"
	case err != nil:
		return err.Error()
	case w.state(s) == store.Suspended:
		return "suspended"
	case h.HardDays == 1:
		return "hard"
	case h.SoftDays == 1:
		return "soft"
	}
	return "nothing"
}

// wantNoStrangers: whoever sent a bounce gets nothing for it.
func (w *bounceWorld) wantNoStrangers() {
	w.t.Helper()
	known := map[string]bool{"root@pm.example": true}
	for _, s := range w.all {
		known[s.Address] = true
	}
	for _, to := range w.mails() {
		if !known[to] {
			w.t.Errorf("a mail went to %s", to)
		}
	}
}

// BenchmarkBounce handles the bounces of the corpus.
func BenchmarkBounce(b *testing.B) {
	files := corpusBounces(b, "bounce")
	w := newBounceWorld(b, storetest.Open(b), len(files))
	w.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	var raw [][]byte
	for _, file := range files {
		data, err := os.ReadFile(file)
		w.check(err)
		raw = append(raw, data)
	}
	ctx := context.Background()
	n := 0
	var spent []time.Duration
	for b.Loop() {
		i := n % len(raw)
		n++
		began := cpuTime()
		err := w.Bounce(ctx, w.c, mail.Envelope{Protocol: "ESMTP"}, mail.Read(raw[i]), w.token(w.all[i], 0))
		spent = append(spent, cpuTime()-began)
		if err != nil && store.KindOf(err) != store.Forbidden {
			b.Fatal(err)
		}
	}
	slices.Sort(spent)
	b.ReportMetric(float64(spent[len(spent)/2].Microseconds()), "median-cpu-µs")
}

// cpuTime is what the process has used so far.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
