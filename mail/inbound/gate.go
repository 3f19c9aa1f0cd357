package inbound

import (
	"net/netip"
	"slices"
	"sync"
)

// A guest is a connection as the gate sees it.
type guest interface {
	host() netip.Addr // the zero Addr for a unix socket
	trusted() bool
	// evict asks it to go, and returns false where a message of its is just being stored.
	evict() bool
}

// A gate counts connections and keeps them within the limits. It is fair by host: when there is no room, a newcomer
// takes the place of the oldest connection of the host that has the most of them, as long as that host still has no
// fewer than the newcomer's. So a few hundred addresses that each hold what they can get cannot shut the others out.
type gate struct {
	mu        sync.Mutex
	limits    Limits
	hosts     map[netip.Addr][]guest // the guests that are not trusted, oldest first
	networks  map[netip.Prefix]int
	trusted   map[guest]struct{}
	untrusted int
	evicted   int64
}

func newGate(l Limits) *gate {
	return &gate{limits: l, hosts: map[netip.Addr][]guest{}, networks: map[netip.Prefix]int{}, trusted: map[guest]struct{}{}}
}

// enter admits g, or returns why not, for a 421.
func (t *gate) enter(g guest) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if g.trusted() {
		if t.untrusted+len(t.trusted) >= t.limits.Connections && !t.makeRoom(-1, netip.Prefix{}) {
			return "too many connections, try again later"
		}
		t.trusted[g] = struct{}{}
		return ""
	}
	host, network := g.host(), networkOf(g.host())
	have := len(t.hosts[host])
	switch {
	case have >= t.limits.PerHost:
		return "too many connections from your address, try again later"
	case t.networks[network] >= t.limits.PerNetwork && !t.makeRoom(have, network):
		return "too many connections from your network, try again later"
	case t.full() && !t.makeRoom(have, netip.Prefix{}):
		return "too many connections, try again later"
	}
	t.hosts[host] = append(t.hosts[host], g)
	t.networks[network]++
	t.untrusted++
	return ""
}

func (t *gate) full() bool {
	return t.untrusted >= t.limits.Connections-t.limits.Reserve || t.untrusted+len(t.trusted) >= t.limits.Connections
}

// makeRoom sends one guest away for a newcomer whose host has the given number, in network if that is not the zero
// Prefix.
func (t *gate) makeRoom(have int, network netip.Prefix) bool {
	var heaviest []guest
	for host, guests := range t.hosts {
		if len(guests) > len(heaviest) && (!network.IsValid() || network.Contains(host)) {
			heaviest = guests
		}
	}
	if len(heaviest) < have+2 {
		return false
	}
	for _, g := range heaviest {
		if g.evict() {
			t.remove(g)
			t.evicted++
			return true
		}
	}
	return false
}

// leave gives g's place free. It may be called again, and for a guest that was evicted.
func (t *gate) leave(g guest) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if g.trusted() {
		delete(t.trusted, g)
		return
	}
	t.remove(g)
}

func (t *gate) remove(g guest) {
	host := g.host()
	i := slices.Index(t.hosts[host], g)
	if i < 0 {
		return
	}
	network := networkOf(host)
	t.untrusted--
	if t.networks[network]--; t.networks[network] == 0 {
		delete(t.networks, network)
	}
	if t.hosts[host] = slices.Delete(t.hosts[host], i, i+1); len(t.hosts[host]) == 0 {
		delete(t.hosts, host)
	}
}

// count returns how many guests there are, and how many were sent away for others.
func (t *gate) count() (open int, evicted int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.untrusted + len(t.trusted), t.evicted
}

func networkOf(a netip.Addr) netip.Prefix {
	bits := 48
	if a.Is4() {
		bits = 24
	}
	p, _ := a.Prefix(bits) // fails for the zero Addr only, which trusted guests alone have
	return p
}
