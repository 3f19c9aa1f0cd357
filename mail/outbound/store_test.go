package outbound_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"guildpost/mail/mailtest"
	"guildpost/mail/outbound"
	"guildpost/store"
	"guildpost/store/storetest"
)

// Couriers and queues fit.
var (
	_ outbound.Queue   = (*store.DB)(nil)
	_ outbound.Courier = (*outbound.SMTP)(nil)
)

// post makes a database with a post to n members of a community.
func post(t testing.TB, n int) *store.DB {
	t.Helper()
	db := storetest.OpenWith(t, store.Options{Path: filepath.Join(t.TempDir(), "guildpost.db")})
	c := storetest.Community(t, db, "rust")
	storetest.Members(t, db, c, n)
	storetest.Accept(t, db, storetest.Arrival(c, "1"))
	return db
}

// TestStore delivers from a real database through a smarthost with faults.
func TestStore(t *testing.T) {
	const n = 3000
	db := post(t, n)
	s := faulty(mailtest.Faults{DropBefore: 0.01, PermShare: 0.05})
	s.queue = db
	w := build(t, s)
	w.clock.now = storetest.Now
	w.start()
	failed := func() int { return int(w.worker.Metrics().Failed) }
	until(t, func() bool { return int(w.sink.Stats().Recipients)+failed() >= n })
	w.stop()
	if d := w.sink.Stats().Duplicates; d != 0 || failed() < n/30 {
		t.Errorf("%d duplicates, %d failed", d, failed())
	}
}

func BenchmarkStore(b *testing.B) {
	for _, each := range []int{1, 100} {
		b.Run(fmt.Sprintf("recipients=%d", each), func(b *testing.B) {
			s := setup{queue: post(b, b.N), worker: outbound.Options{
				Connections: 10, RecipientsPerMessage: each, Poll: 250 * time.Millisecond,
				Composer: composer{body: body10k, shared: each > 1},
			}}
			w := build(b, s)
			w.clock.now = storetest.Now
			b.ResetTimer()
			cpu := cpuTime()
			w.start()
			waitFor(b, w.sink, b.N)
			b.StopTimer()
			w.stop()
			rate(b, cpu)
		})
	}
}
