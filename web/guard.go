package web

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"guildpost/store"
)

// protect sets the fields that every answer has: no script, nothing from elsewhere, in no frame, known to no search
// engine, kept by no cache, and no other site learns the address of the page.
func (h *Handler) protect(f http.Header) {
	f.Set("Content-Security-Policy", policy("'self'"))
	f.Set("X-Content-Type-Options", "nosniff")
	f.Set("X-Frame-Options", "DENY")
	f.Set("Referrer-Policy", "no-referrer")
	f.Set("Cross-Origin-Opener-Policy", "same-origin")
	f.Set("Cross-Origin-Resource-Policy", "same-origin")
	f.Set("X-Robots-Tag", "noindex")
	f.Set("Cache-Control", "no-store")
	f.Set("Vary", "Accept-Language")
	if h.public.Scheme == "https" {
		f.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// policy is what a page may show and do: pictures come from one kind of source, the rest from here, and no script from anywhere.
func policy(pictures string) string {
	return "default-src 'none'; style-src 'self'; img-src " + pictures + "; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}

// redact leaves six characters of a ticket, or of the secret of a feed.
func redact(path string) string {
	if token, isTicket := strings.CutPrefix(path, "/t/"); isTicket {
		return "/t/" + short(token, 6)
	}
	if token, isIssue := strings.CutPrefix(path, issuePath); isIssue {
		return issuePath + short(token, 6)
	}
	if strings.HasPrefix(path, feedPath) {
		slash := strings.LastIndexByte(path, '/') + 1
		return short(path[:slash], 40) + short(path[slash:], 6)
	}
	return short(path, 40)
}

func short(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// onThisMachine is who asks by a Unix socket.
const onThisMachine = "local"

// Client is who asks, as far as limits go: an address, or the network of an IPv6 one, since a customer has all of it. A
// proxy on this machine is believed about whom it asks for.
func (h *Handler) Client(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	peer, parseErr := netip.ParseAddr(host)
	if err != nil || parseErr != nil || peer.IsLoopback() {
		forwarded := r.Header.Values("X-Forwarded-For")
		if len(forwarded) > 0 {
			last := forwarded[len(forwarded)-1]
			last = strings.TrimSpace(last[strings.LastIndexByte(last, ',')+1:])
			if asked, err := netip.ParseAddr(last); err == nil {
				peer, parseErr = asked, nil
			}
		}
	}
	if parseErr != nil {
		return onThisMachine
	}
	peer = peer.Unmap().WithZone("")
	if peer.Is6() {
		if network, err := peer.Prefix(64); err == nil {
			return network.String()
		}
	}
	return peer.String()
}

// Private says whether nobody between the visitor and us can read along: the pages are served by HTTPS, or the visitor is on
// this machine.
func (h *Handler) Private(r *http.Request) bool {
	if h.public.Scheme == "https" {
		return true
	}
	client, err := netip.ParseAddr(h.Client(r))
	return err == nil && client.IsLoopback() || h.Client(r) == onThisMachine
}

// Who guesses tickets is shown none for an hour.
const (
	guessesAnHour  = 20
	guessesWithin  = time.Hour
	guessesTracked = 10_000 // addresses; who has more guesses a ticket no sooner
)

// guesses counts wrong tickets by address, in memory: they must cost no write.
type guesses struct {
	mu sync.Mutex
	by map[string]guess
}

type guess struct {
	n     int
	since time.Time
}

func (g *guesses) tooMany(client string, now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	have, ok := g.by[client]
	return ok && have.n >= guessesAnHour && now.Sub(have.since) < guessesWithin
}

func (g *guesses) add(client string, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.by == nil {
		g.by = map[string]guess{}
	}
	have, ok := g.by[client]
	switch {
	case ok && now.Sub(have.since) < guessesWithin:
		have.n++
	case !ok && len(g.by) >= guessesTracked:
		g.forget(now)
		fallthrough
	default:
		have = guess{1, now}
	}
	g.by[client] = have
}

// forget makes room: those whose hour is over, or else all.
func (g *guesses) forget(now time.Time) {
	for client, have := range g.by {
		if now.Sub(have.since) >= guessesWithin {
			delete(g.by, client)
		}
	}
	if len(g.by) >= guessesTracked {
		clear(g.by)
	}
}

// maxLanguages is how many languages of a request are looked at; browsers send a few.
const maxLanguages = 20

// language is the first that the visitor wants and we have (RFC 9110 12.5.4), else the community's, else the installation's.
func (h *Handler) language(r *http.Request, c store.Community) string {
	best, bestQ := "", 0.0
	wishes := strings.SplitN(r.Header.Get("Accept-Language"), ",", maxLanguages+1)
	for _, wish := range wishes[:min(len(wishes), maxLanguages)] {
		tag, params, _ := strings.Cut(wish, ";")
		primary, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(tag)), "-")
		if q := quality(params); q > bestQ && slices.Contains(h.languages, primary) {
			best, bestQ = primary, q
		}
	}
	for _, choice := range []string{best, c.Language, h.o.Language} {
		if choice != "" {
			return choice
		}
	}
	return "en"
}

// quality reads "q=0.8"; 1 where nothing is said, 0 where it cannot be read.
func quality(params string) float64 {
	value, ok := strings.CutPrefix(strings.TrimSpace(params), "q=")
	if !ok {
		return 1
	}
	q, err := strconv.ParseFloat(value, 64)
	if err != nil || q < 0 || q > 1 {
		return 0
	}
	return q
}
