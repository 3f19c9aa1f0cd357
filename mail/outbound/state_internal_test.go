package outbound

import (
	"math"
	"testing"
	"time"

	"guildpost/store"
)

func half() float64 { return 0.5 }

func TestRetryAfter(t *testing.T) {
	for _, test := range []struct {
		attempts int
		jitter   float64
		want     time.Duration
	}{
		{1, 0.5, time.Minute}, {2, 0.5, 2 * time.Minute}, {5, 0.5, 16 * time.Minute}, {9, 0.5, 4 * time.Hour},
		{100, 0.5, 4 * time.Hour}, {0, 0.5, time.Minute}, {1, 0, 45 * time.Second}, {1, 1, 75 * time.Second},
	} {
		if got := retryAfter(test.attempts, test.jitter); got != test.want {
			t.Errorf("after %d attempts, jitter %v: got %s, want %s", test.attempts, test.jitter, got, test.want)
		}
	}
}

func TestDeferral(t *testing.T) {
	accepted := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	end := accepted.Add(giveUp)
	for name, test := range map[string]struct {
		now   time.Time
		state store.DeliveryState
		next  time.Time
	}{
		"soon":             {accepted, store.Deferred, accepted.Add(time.Minute)},
		"once more at end": {end.Add(-time.Second), store.Deferred, end},
		"over":             {end, store.Failed, time.Time{}},
	} {
		got := deferral(&store.Delivery{ID: 1, AcceptedAt: accepted}, "450 no", true, test.now, 0.5)
		if got.State != test.state || !got.NextAt.Equal(test.next) || !got.InDoubt {
			t.Errorf("%s: got %+v", name, got)
		}
	}
}

// TestGateDown: 5 s, doubled up to 30 min, one attempt at a time; after success one more connection with each answer.
func TestGateDown(t *testing.T) {
	g, now := newGate(10, half), time.Unix(1e9, 0)
	if !g.enter(now) || g.enter(now) {
		t.Fatal("want one connection at first")
	}
	want := 5 * time.Second
	for range 15 {
		if got := g.refused(now, "no"); got != want {
			t.Fatalf("it is left alone for %s, want %s", got, want)
		}
		if g.enter(now.Add(want - time.Second)) {
			t.Fatal("it is not left alone")
		}
		if now = now.Add(want); !g.usable(now) || !g.enter(now) || g.enter(now) {
			t.Fatal("want one connection that tries")
		}
		want = min(2*want, 30*time.Minute)
	}
	g.opened()
	if g.enter(now) {
		t.Error("a second connection before the first has sent anything")
	}
	g.answered()
	for n := 2; n <= 10; n++ {
		if !g.enter(now) {
			t.Fatalf("no connection number %d", n)
		}
		g.opened()
		g.answered()
	}
	if g.enter(now) {
		t.Error("more connections than configured")
	}
	if up, down, _, _ := g.state(); up != 10 || down {
		t.Errorf("up %d, down %t", up, down)
	}
}

// TestGateLimit: a refusal while others work is a limit, which is probed again later.
func TestGateLimit(t *testing.T) {
	g, now := newGate(10, half), time.Unix(1e9, 0)
	for range 3 {
		g.enter(now)
		g.opened()
	}
	if !g.enter(now) {
		t.Fatal("no fourth connection")
	}
	if wait := g.refused(now, "too many"); wait != 0 {
		t.Errorf("a limit was taken for an outage: %s", wait)
	}
	if g.answered(); g.enter(now.Add(capTime - time.Second)) {
		t.Error("the limit is not respected")
	}
	if !g.enter(now.Add(capTime + time.Second)) {
		t.Error("the limit is not probed again")
	}
}

func TestGateLost(t *testing.T) {
	g, now := newGate(10, half), time.Unix(1e9, 0)
	for i := range downAfter {
		if !g.enter(now) {
			t.Fatalf("no connection %d", i)
		}
		g.opened()
		wait := g.lost(now, true, false, "EOF")
		if last := i == downAfter-1; (wait > 0) != last {
			t.Errorf("loss %d: left alone for %s", i, wait)
		}
	}
	now = now.Add(time.Hour)
	g.enter(now)
	g.opened()
	g.answered()
	if wait := g.lost(now, false, false, "EOF"); wait != 0 {
		t.Errorf("the loss of a connection that worked: left alone for %s", wait)
	}
}

// TestGateWide: connections that wait for replies are replaced, and the surplus ends again.
func TestGateWide(t *testing.T) {
	g, now := newGate(2, half), time.Unix(1e9, 0)
	for g.enter(now) {
		g.opened()
	}
	g.widen(1)
	if !g.enter(now) {
		t.Error("no extra connection")
	}
	g.opened()
	if g.enter(now) || g.crowded() {
		t.Error("too wide")
	}
	g.widen(0)
	if !g.crowded() {
		t.Error("the extra connection stays")
	}
	g.closed()
	if g.widen(0); g.crowded() {
		t.Error("one too many ends")
	}
}

// TestSplit searches for each one to blame among each number of recipients.
func TestSplit(t *testing.T) {
	for n := 1; n <= 130; n++ {
		for blame := -1; blame < n; blame++ { // -1 is the message
			failed, tries := search(n, blame)
			want := 1
			if blame < 0 {
				want = n
			}
			most := 2*int(math.Ceil(math.Log2(float64(n)))) + 2
			if len(failed) != want || blame >= 0 && failed[0] != int64(blame) || tries > most {
				t.Fatalf("%d of %d: %d failed in %d transactions, want %d in %d at most", blame, n, len(failed), tries, want, most)
			}
		}
	}
}

func search(n, blame int) (failed []int64, tries int) {
	first := &task{}
	for i := range n {
		first.deliveries = append(first.deliveries, store.Delivery{ID: int64(i)})
	}
	for queue := []*task{first}; len(queue) > 0; {
		t := queue[0]
		queue = queue[1:]
		tries++
		refused := blame < 0
		for _, d := range t.deliveries {
			refused = refused || d.ID == int64(blame)
		}
		next := t.acquit(!refused)
		if refused {
			var bad []store.Delivery
			next, bad, _ = t.blame(t.deliveries)
			for _, d := range bad {
				failed = append(failed, d.ID)
			}
		}
		if next != nil {
			queue = append(queue, next)
		}
	}
	return failed, tries
}

func TestHand(t *testing.T) {
	hungry := 0
	h := newHand(2, func() { hungry++ })
	h.setLow(3)
	var claimed []store.Delivery
	for i, dispatch := range []int64{1, 2, 1, 2, 1} {
		claimed = append(claimed, store.Delivery{ID: int64(i + 1), DispatchID: dispatch})
	}
	h.add(1, claimed)
	h.add(1, []store.Delivery{{ID: 6, DispatchID: 1}, {ID: 7, DispatchID: 3}})
	var got [][]int64
	for task := h.take(); task != nil; task = h.take() {
		var ids []int64
		for _, d := range task.deliveries {
			ids = append(ids, d.ID)
		}
		got = append(got, ids)
		if len(got) == 1 {
			h.back(task.part(task.deliveries[1:]))
		}
	}
	want := [][]int64{{1, 3}, {3}, {2, 4}, {5, 6}, {7}}
	if len(got) != len(want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	for i := range want {
		if len(got[i]) != len(want[i]) || got[i][0] != want[i][0] {
			t.Errorf("got %v, want %v", got, want)
		}
	}
	if n, tasks := h.size(); n != 0 || tasks != 0 || hungry == 0 {
		t.Errorf("%d deliveries and %d tasks are left, hungry %d times", n, tasks, hungry)
	}
	c := h.wait()
	h.add(1, []store.Delivery{{ID: 8, DispatchID: 8}, {ID: 9, DispatchID: 9}})
	if task := <-c; task.deliveries[0].ID != 8 {
		t.Errorf("got %v", task.deliveries)
	}
	if removed := h.remove(func(*task) bool { return true }); len(removed) != 1 {
		t.Errorf("removed %d", len(removed))
	}
	c = h.wait()
	if h.leave(c) != nil {
		t.Error("a task out of nothing")
	}
	h.close()
	if _, ok := <-h.wait(); ok {
		t.Error("a closed hand brings a task")
	}
}
