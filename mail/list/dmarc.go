package list

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"

	"github.com/emersion/go-msgauth/dmarc"
	"golang.org/x/net/publicsuffix"

	"guildpost/mail"
	"guildpost/store"
)

// A Resolver looks up TXT records; *net.Resolver is one.
type Resolver interface {
	LookupTXT(ctx context.Context, name string) ([]string, error)
}

// DMARC tells whether a domain asks receivers to distrust mail that others send in its name (RFC 7489), as a list
// does. Answers are kept for an hour, failures for five minutes.
type DMARC struct {
	resolver Resolver
	now      func() time.Time

	mu     sync.Mutex
	answer map[string]dmarcAnswer
}

type dmarcAnswer struct {
	strict bool
	until  time.Time
}

const (
	dmarcKept       = time.Hour
	dmarcFailedKept = 5 * time.Minute
	dmarcTimeout    = 5 * time.Second
	dmarcMost       = 10_000 // answers kept
)

// NewDMARC returns a DMARC that asks resolver.
func NewDMARC(resolver Resolver, now func() time.Time) *DMARC {
	return &DMARC{resolver: resolver, now: now, answer: map[string]dmarcAnswer{}}
}

// Strict says whether the domain publishes p=quarantine or p=reject. Where DNS gives no answer it says yes: a
// rewritten From is a small harm, a post that many receivers refuse is a large one.
func (d *DMARC) Strict(ctx context.Context, domain string) bool {
	now := d.now()
	d.mu.Lock()
	known, ok := d.answer[domain]
	d.mu.Unlock()
	if ok && now.Before(known.until) {
		return known.strict
	}
	ctx, cancel := context.WithTimeout(ctx, dmarcTimeout)
	defer cancel()
	strict, err := d.lookup(ctx, domain)
	kept := dmarcKept
	if err != nil {
		strict, kept = true, dmarcFailedKept
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.answer) >= dmarcMost {
		clear(d.answer)
	}
	d.answer[domain] = dmarcAnswer{strict, now.Add(kept)}
	return strict
}

// lookup asks for the domain's record, then for its organisation's (RFC 7489 6.6.3).
func (d *DMARC) lookup(ctx context.Context, domain string) (strict bool, err error) {
	record, err := d.record(ctx, domain)
	if err != nil {
		return false, err
	}
	if record != nil {
		return isStrict(record.Policy), nil
	}
	organisation, err := publicsuffix.EffectiveTLDPlusOne(domain)
	if err != nil || organisation == domain {
		return false, nil
	}
	if record, err = d.record(ctx, organisation); err != nil || record == nil {
		return false, err
	}
	if record.SubdomainPolicy != "" {
		return isStrict(record.SubdomainPolicy), nil
	}
	return isStrict(record.Policy), nil
}

// record returns nil where a domain publishes none, or one that cannot be read.
func (d *DMARC) record(ctx context.Context, domain string) (*dmarc.Record, error) {
	var failed error
	record, err := dmarc.LookupWithOptions(domain, &dmarc.LookupOptions{
		LookupTXT: func(name string) (texts []string, err error) {
			texts, failed = d.resolver.LookupTXT(ctx, name)
			return texts, failed
		},
	})
	var dns *net.DNSError
	switch {
	case failed != nil && errors.As(failed, &dns) && dns.IsNotFound:
		return nil, nil
	case failed != nil:
		return nil, failed
	case err != nil:
		return nil, nil
	}
	return record, nil
}

func isStrict(p dmarc.Policy) bool { return p == dmarc.PolicyQuarantine || p == dmarc.PolicyReject }

// rewritesFrom says whether a post's From becomes the list address.
func (l *List) rewritesFrom(ctx context.Context, c store.Community, from string) (bool, error) {
	switch c.DMARC {
	case store.DMARCAlways:
		return true, nil
	case store.DMARCNever:
		return false, nil
	}
	address, err := mail.ParseAddress(from)
	if err != nil {
		return false, store.Errorf(store.Invalid, "the From address cannot be read: %w", err)
	}
	// A community's own domain is no stranger's: its mail is sent from here anyway.
	return address.Domain != c.Domain && l.Policy.Strict(ctx, address.Domain), nil
}
