package inbound

import (
	"crypto/tls"
	"net/netip"
	"strings"
	"testing"
	"time"

	"guildpost/store"
)

type fakeGuest struct {
	addr    netip.Addr
	ours    bool
	busy    bool
	evicted bool
}

func (g *fakeGuest) host() netip.Addr { return g.addr }
func (g *fakeGuest) trusted() bool    { return g.ours }
func (g *fakeGuest) evict() bool {
	g.evicted = !g.busy
	return !g.busy
}

func guestFrom(ip string) *fakeGuest { return &fakeGuest{addr: netip.MustParseAddr(ip)} }

// enterAll lets one guest in from each address, and returns those who were refused.
func enterAll(g *gate, ips ...string) (refused []string) {
	for _, ip := range ips {
		if g.enter(guestFrom(ip)) != "" {
			refused = append(refused, ip)
		}
	}
	return refused
}

func TestGate(t *testing.T) {
	many := func(n int, ips ...string) (all []string) {
		for range n {
			all = append(all, ips...)
		}
		return all
	}
	for _, tc := range []struct {
		name         string
		limits       Limits
		inside       []string
		next         string
		ok, evicting bool
	}{
		{"room", Limits{}, many(10, "192.0.2.1"), "192.0.2.1", true, false},
		{"a host's last", Limits{PerHost: 3}, many(3, "192.0.2.1"), "192.0.2.1", false, false},
		{"another host", Limits{PerHost: 3}, many(3, "192.0.2.1"), "192.0.2.2", true, false},
		{"a network's last, fairly shared", Limits{PerNetwork: 2}, []string{"192.0.2.1", "192.0.2.2"}, "192.0.2.3", false, false},
		{"a network's last, one host has more", Limits{PerNetwork: 2}, many(2, "192.0.2.1"), "192.0.2.3", true, true},
		{"another network", Limits{PerNetwork: 2}, many(2, "192.0.2.1"), "192.0.3.1", true, false},
		{"a network of IPv6", Limits{PerNetwork: 2}, []string{"2001:db8:1::1", "2001:db8:1:2::1"}, "2001:db8:1:3::1", false, false},
		{"full", Limits{Connections: 4, Reserve: 1}, []string{"192.0.2.1", "192.0.3.1", "192.0.4.1"}, "192.0.5.1", false, false},
		{"full, one host has more", Limits{Connections: 4, Reserve: 1}, []string{"192.0.2.1", "192.0.2.1", "192.0.4.1"}, "192.0.5.1", true, true},
		{"full, by the newcomer's own", Limits{Connections: 4, Reserve: 1}, many(3, "192.0.2.1"), "192.0.2.1", false, false},
		{"full, and the newcomer would have as many", Limits{Connections: 4, Reserve: 1}, []string{"192.0.2.1", "192.0.2.1", "192.0.3.1"}, "192.0.3.1", false, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			g := newGate(tc.limits.withDefaults())
			if refused := enterAll(g, tc.inside...); refused != nil {
				t.Fatalf("%v was refused", refused)
			}
			ok := g.enter(guestFrom(tc.next)) == ""
			if _, evicted := g.count(); ok != tc.ok || (evicted == 1) != tc.evicting {
				t.Errorf("let in %v, evicted %d; want %v, %v", ok, evicted, tc.ok, tc.evicting)
			}
		})
	}
}

func TestGateReserve(t *testing.T) {
	g := newGate(Limits{Connections: 4, Reserve: 2, PerHost: 1}.withDefaults())
	enterAll(g, "192.0.2.1", "192.0.3.1")
	ours := &fakeGuest{ours: true}
	for range 2 {
		ours = &fakeGuest{ours: true}
		if why := g.enter(ours); why != "" {
			t.Fatal(why)
		}
	}
	if why := g.enter(&fakeGuest{ours: true}); why != "" { // in a stranger's place
		t.Error(why)
	}
	g.leave(ours)
	g.leave(ours)
	if open, evicted := g.count(); open != 3 || evicted != 1 {
		t.Errorf("%d open, %d evicted", open, evicted)
	}
}

func TestGateSparesTheBusy(t *testing.T) {
	g := newGate(Limits{Connections: 2, Reserve: -1}.withDefaults())
	busy, idle := guestFrom("192.0.2.1"), guestFrom("192.0.2.1")
	busy.busy = true
	g.enter(busy)
	g.enter(idle)
	if why := g.enter(guestFrom("192.0.3.1")); why != "" || busy.evicted || !idle.evicted {
		t.Errorf("refused %q, busy evicted %v, idle evicted %v", why, busy.evicted, idle.evicted)
	}
	g.leave(idle)
	g.leave(busy)
	if open, _ := g.count(); open != 1 || len(g.hosts) != 1 || len(g.networks) != 1 {
		t.Errorf("%d open, %d hosts, %d networks are left", open, len(g.hosts), len(g.networks))
	}
}

func TestTrace(t *testing.T) {
	env := Envelope{
		ID: "m1-1", To: []string{"rust@lists.example"}, Protocol: "ESMTPS", Helo: "evil (x); by\r\nSubject: forged", Remote: "2001:db8::1",
		Received: time.Date(2026, 1, 2, 3, 4, 5, 0, time.FixedZone("", 3600)),
	}
	got := trace(&env, "mx", tls.VersionName(tls.VersionTLS13))
	want := "Received: from evil??x???by??Subject:?forged ([IPv6:2001:db8::1])\r\n\tby mx (guildpost) with ESMTPS id m1-1\r\n" +
		"\t(TLS 1.3)\r\n\tfor <rust@lists.example>;\r\n\tFri, 02 Jan 2026 03:04:05 +0100\r\n"
	if got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
	env.Helo, env.Remote, env.To = strings.Repeat("x", 5000), "192.0.2.1", []string{"a@b", "c@d"}
	for line := range strings.Lines(trace(&env, "mx", "")) {
		if len(line) > 400 || strings.Contains(line, "for <") {
			t.Errorf("line %q", line)
		}
	}
	env.Helo = ""
	if got := trace(&env, "mx", ""); !strings.HasPrefix(got, "Received: from unknown ([192.0.2.1])\r\n") {
		t.Errorf("got %q", got)
	}
}

func TestProtocol(t *testing.T) {
	for _, tc := range []struct {
		lmtp, extended, secure, utf8 bool
		want                         string
	}{
		{false, false, false, false, "SMTP"},
		{false, true, false, false, "ESMTP"},
		{false, true, true, false, "ESMTPS"},
		{false, true, true, true, "UTF8SMTPS"},
		{true, true, false, false, "LMTP"},
		{true, true, true, false, "LMTPS"},
		{true, true, false, true, "UTF8LMTP"},
	} {
		if got := protocol(tc.lmtp, tc.extended, tc.secure, tc.utf8); got != tc.want {
			t.Errorf("got %s, want %s", got, tc.want)
		}
	}
}

func TestOptions(t *testing.T) {
	for _, tc := range []struct {
		name string
		opts Options
		want string
	}{
		{"no name", Options{}, "host name"},
		{"a name with a line end", Options{Hostname: "mx\r\n250"}, "host name"},
		{"message too large", Options{Hostname: "mx", MaxMessage: 2 << 30}, "max_message"},
		{"message negative", Options{Hostname: "mx", MaxMessage: -1}, "max_message"},
		{"all reserved", Options{Hostname: "mx", Limits: Limits{Connections: 10, Reserve: 10}}, "kept for relays"},
		{"long commands", Options{Hostname: "mx", Limits: Limits{CommandLine: 1 << 20}}, "command lines"},
	} {
		if _, err := New(tc.opts, &recorder{}); store.KindOf(err) != store.Invalid || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %v", tc.name, err)
		}
	}
	if _, err := New(Options{Hostname: "mx"}, nil); store.KindOf(err) != store.Invalid {
		t.Errorf("no receiver: got %v", err)
	}
	o, err := Options{Hostname: "mx"}.check()
	if err != nil || !o.trusts(netip.MustParseAddr("127.0.0.1")) || o.trusts(netip.MustParseAddr("127.0.0.2")) || o.Limits.Reserve != 50 {
		t.Errorf("defaults are %+v, %v", o, err)
	}
}

func TestQuoted(t *testing.T) {
	for _, tc := range []struct{ given, want string }{
		{"", ""},
		{"a.b+c-d@x", "a.b+c-d@x"},
		{".a..b.@x", ".a..b.@x"},
		{"ü@x", "ü@x"},
		{"a b@x", `"a b"@x`},
		{"a@b@x", `"a@b"@x`},
		{`a"b\c@x`, `"a\"b\\c"@x`},
		{"@x", `""@x`},
	} {
		if got := quoted(tc.given); got != tc.want {
			t.Errorf("quoted(%q) = %q, want %q", tc.given, got, tc.want)
		}
	}
}

func TestCutPath(t *testing.T) {
	for _, tc := range []struct{ args, path, params string }{
		{"FROM:<a@b> SIZE=1", "FROM:<a@b>", " SIZE=1"},
		{"FROM: <a@b>", "FROM: <a@b>", ""},
		{"FROM:<> AUTH=<>", "FROM:<>", " AUTH=<>"},
		{`FROM:<"> \" x"@b> X`, `FROM:<"> \" x"@b>`, " X"},
		{"FROM:a@b SIZE=1", "FROM:a@b", " SIZE=1"},
		{"FROM: a@b SIZE=1", "FROM: a@b", " SIZE=1"},
		{"FROM:<a@b SIZE=1", "FROM:<a@b SIZE=1", ""},
		{`FROM:"`, `FROM:"`, ""},
		{`FROM:"\`, `FROM:"\`, ""},
		{"", "", ""},
	} {
		if path, params := cutPath(tc.args); path != tc.path || params != tc.params {
			t.Errorf("cutPath(%q) = %q, %q", tc.args, path, params)
		}
	}
}

// TestEveryKindHasAReply, and its class and code agree.
func TestEveryKindHasAReply(t *testing.T) {
	for kind := store.Internal; kind <= store.TooLarge; kind++ {
		r, ok := replies[kind]
		if !ok || r.Code/100 != r.EnhancedCode[0] {
			t.Errorf("kind %d is told as %d %v", kind, r.Code, r.EnhancedCode)
		}
	}
	var err error = store.Errorf(store.Invalid, "%s", strings.Repeat("ü\n", 1000))
	for _, utf8 := range []bool{true, false} {
		got := replyTo(err, utf8)
		if len(got.Message) > longestReply || strings.ContainsAny(got.Message, "\r\n") || !utf8 && !ascii(got.Message) {
			t.Errorf("reply is %q", got.Message)
		}
	}
}
