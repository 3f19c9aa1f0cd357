package outbound

import (
	"sync"
	"sync/atomic"
	"time"
)

const (
	firstProbe = 5 * time.Second
	lastProbe  = 30 * time.Minute
	// capTime is for how long a limit on connections is believed before one more is tried.
	capTime = 10 * time.Minute
	// So many sessions in a row that end before they have taken anything mean that the smarthost is down.
	downAfter = 3
)

// A gate knows the state of the smarthost and says whether a connection may be opened. It begins with one, and each
// that works allows one more; after the smarthost was down, each message that is answered.
type gate struct {
	most   int // connections, as configured
	jitter func() float64
	steady atomic.Bool // nothing to learn from another answer
	wide   atomic.Bool // there may be more connections than configured

	mu       sync.Mutex
	limit    int // connections, for now
	cap      int // what the smarthost seems to take
	capUntil time.Time
	extra    int // on top of limit, since so many are left without a reply
	opening  int
	up       int
	failures int // sessions in a row that took nothing
	probes   int // failed attempts since it went down
	down     bool
	until    time.Time // no attempt before this
	reason   string
	since    time.Time
}

func newGate(most int, jitter func() float64) *gate {
	return &gate{most: most, limit: 1, cap: most, jitter: jitter}
}

// usable says whether it makes sense to claim deliveries.
func (g *gate) usable(now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return !g.down || g.opening+g.up > 0 || !now.Before(g.until)
}

// enter says whether a connection may be opened now, and counts it: opened or refused must follow.
func (g *gate) enter(now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.cap < g.most && now.After(g.capUntil) {
		g.cap++
		g.capUntil = now.Add(capTime)
	}
	all := g.opening + g.up
	switch {
	case g.down && (all > 0 || now.Before(g.until)):
		return false
	case all >= g.allowed(), g.opening >= max(1, g.up):
		return false
	}
	g.opening++
	return true
}

// allowed is how many connections there may be. None is added where the smarthost has shown a limit.
func (g *gate) allowed() int {
	if g.cap < g.most || g.down {
		return min(g.limit, g.cap)
	}
	return g.limit + g.extra
}

// widen allows more connections than configured, or no longer.
func (g *gate) widen(extra int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.extra = extra
	g.wide.Store(g.up > g.most || extra > 0)
}

// crowded says that there are more connections than allowed, so that one is to end.
func (g *gate) crowded() bool {
	if !g.wide.Load() {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.up > g.most+g.extra
}

// opened counts a connection as ready. Unless the smarthost was down, it allows one more.
func (g *gate) opened() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.opening--
	g.up++
	if !g.down {
		g.limit = min(g.limit+1, g.most)
	}
}

// refused counts a connection that could not be opened. If others are up, it was one too many; else the smarthost
// is down, and wait is how long it is left alone.
func (g *gate) refused(now time.Time, reason string) (wait time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.opening--
	if g.up == 0 {
		return g.fail(now, reason)
	}
	g.cap, g.capUntil = g.up, now.Add(capTime)
	g.steady.Store(false)
	return 0
}

// closed counts a session out that ended in order.
func (g *gate) closed() {
	g.mu.Lock()
	g.up--
	g.mu.Unlock()
}

// lost counts a session out that broke. Fresh says that it had answered nothing before; unavailable, that the peer
// said it takes no mail. It returns how long the smarthost is left alone, if it is down by this.
func (g *gate) lost(now time.Time, fresh, unavailable bool, reason string) (wait time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.up--
	if !fresh {
		return 0
	}
	g.failures++
	g.steady.Store(false)
	if g.down || unavailable && g.up == 0 || g.failures >= downAfter {
		return g.fail(now, reason)
	}
	return 0
}

func (g *gate) fail(now time.Time, reason string) time.Duration {
	if g.down && now.Before(g.until) {
		return 0
	}
	if !g.down {
		g.down, g.probes, g.since = true, 0, now
	}
	wait := spread(min(firstProbe<<min(g.probes, 20), lastProbe), g.jitter())
	g.probes++
	g.until, g.reason = now.Add(wait), reason
	g.limit, g.cap = 1, g.most
	g.steady.Store(false)
	return wait
}

// answered counts a transaction that went through, whatever was said. It returns true if more connections may be
// opened now than before.
func (g *gate) answered() bool {
	if g.steady.Load() {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.down, g.failures, g.probes = false, 0, 0
	g.limit = min(g.limit+1, g.most)
	g.steady.Store(g.limit == g.most)
	return true
}

// state is what Metrics tells of it.
func (g *gate) state() (up int, down bool, since time.Time, reason string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.down {
		return g.up, false, time.Time{}, ""
	}
	return g.up, true, g.since, g.reason
}
