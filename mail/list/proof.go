package list

import (
	"strings"

	"github.com/emersion/go-msgauth/authres"
	"golang.org/x/net/publicsuffix"

	"guildpost/mail"
)

// maxAuthResults bounds what is read of an Authentication-Results field, in octets.
const maxAuthResults = 8 << 10

// Proven says whether a message surely comes from an address: one of our own relays has found a DKIM signature, an SPF
// result or a DMARC result that stands for the domain of its From (RFC 8601). From alone is never proof, since anybody can
// write it. A ticket is proof by itself: what guildpost posts for its owner says so in the envelope.
//
// The results count only from a relay that is ours, and under the name that is configured. The relay must remove fields
// that came with its name from outside (RFC 8601 5); of several the topmost counts, which is the one it wrote last.
func (l *List) Proven(env mail.Envelope, m *mail.Message, address string) bool {
	if env.Proven != "" && env.Proven == address {
		return true
	}
	if l.AuthServID == "" || !env.Trusted || len(m.From) != 1 || m.Header.Count("From") != 1 {
		return false
	}
	from, err := mail.Canonical(m.From[0].String())
	if err != nil || from != address {
		return false
	}
	domain := from[strings.LastIndexByte(from, '@')+1:]
	for _, value := range m.Header.Values("Authentication-Results") {
		id, results := readAuthResults(value)
		if !strings.EqualFold(id, l.AuthServID) {
			continue
		}
		for _, r := range results {
			if proves(r, domain) {
				return true
			}
		}
		return false
	}
	return false
}

// readAuthResults reads a field. What it cannot read safely has no results.
func readAuthResults(value string) (id string, results []authres.Result) {
	if len(value) > maxAuthResults {
		return "", nil
	}
	plain, ok := plainAuthResults(value)
	if !ok {
		return authServID(value), nil
	}
	id, results, err := authres.Parse(plain)
	if err != nil {
		return id, nil
	}
	return id, results
}

// authServID is the first word of a field that cannot be read otherwise.
func authServID(value string) string {
	id := strings.TrimLeft(value, " \t")
	if end := strings.IndexAny(id, "; \t("); end >= 0 {
		id = id[:end]
	}
	return id
}

// plainAuthResults takes the comments out of a field and the quotes off its strings: the parser knows neither, and what
// stands in them comes from strangers ("reason", a quoted local part) and must not be taken for results. ok is false for a
// comment or string that never ends.
func plainAuthResults(value string) (plain string, ok bool) {
	var b strings.Builder
	depth, quoted := 0, false
	for i := 0; i < len(value); i++ {
		c := value[i]
		escaped := c == '\\' && (quoted || depth > 0) && i+1 < len(value)
		if escaped {
			i++
			c = value[i]
		}
		switch {
		case quoted && c == '"' && !escaped:
			quoted = false
		case quoted:
			b.WriteByte(harmless(c))
		case c == '(' && !escaped:
			depth++
		case depth > 0 && c == ')' && !escaped:
			depth--
			b.WriteByte(' ')
		case depth > 0:
		case c == '"':
			quoted = true
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), depth == 0 && !quoted
}

// harmless is a character of a quoted string that ends nothing.
func harmless(c byte) byte {
	if c <= ' ' || c == ';' || c == '=' || c == '@' || c == '"' {
		return '_'
	}
	return c
}

// proves says whether one result stands for a domain.
func proves(r authres.Result, domain string) bool {
	switch r := r.(type) {
	case *authres.DKIMResult:
		signer := r.Domain
		if signer == "" { // QUIRK: Gmail names the identity alone (header.i=@example.org)
			signer = domainOf(r.Identifier)
		}
		return r.Value == authres.ResultPass && aligned(signer, domain)
	case *authres.SPFResult:
		return r.Value == authres.ResultPass && aligned(domainOf(r.From), domain)
	case *authres.DMARCResult:
		return r.Value == authres.ResultPass && aligned(domainOf(r.From), domain)
	}
	return false
}

func domainOf(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }

// aligned says whether two domains belong to one organisation (RFC 7489 3.1, relaxed).
func aligned(a, b string) bool {
	canonical, err := mail.Canonical("x@" + a)
	if err != nil {
		return false
	}
	if a = canonical[2:]; a == b {
		return true
	}
	orgA, errA := publicsuffix.EffectiveTLDPlusOne(a)
	orgB, errB := publicsuffix.EffectiveTLDPlusOne(b)
	return errA == nil && errB == nil && orgA == orgB
}
