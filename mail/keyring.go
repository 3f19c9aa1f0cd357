package mail

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"hash"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// A Key is one secret of the installation.
type Key struct {
	ID     int
	Secret []byte    // at least 16 octets, from a random source
	Since  time.Time // when tickets began to be made with it
}

// A Keyring makes and checks tickets. The newest key makes them; an older one still
// checks for OldKeyForLeave (what is for leaving) or OldKeyForRest (all others) after the next
// key took its place. A Keyring may be used by many goroutines.
type Keyring struct {
	keys atomic.Pointer[[]*ringKey] // newest first
}

type ringKey struct {
	retired time.Time // zero for the newest
	states  sync.Pool // of *macState: HMACs with the key already mixed in
}

// macState holds what one computation needs, so that it allocates nothing.
type macState struct {
	hash hash.Hash
	data [maxTicket]byte
	sum  [sha256.Size]byte
}

// NewKeyring makes a Keyring. It refuses to work without keys, with short secrets,
// or with two keys of the same id.
func NewKeyring(keys ...Key) (*Keyring, error) {
	ring := &Keyring{}
	return ring, ring.Replace(keys...)
}

// Replace puts other keys in the place of those that there are, while tickets are made and
// checked. What NewKeyring refuses is refused, and changes nothing.
func (k *Keyring) Replace(keys ...Key) error {
	if len(keys) == 0 {
		return errors.New("tickets need a secret key, and there is none")
	}
	keys = slices.Clone(keys)
	slices.SortStableFunc(keys, func(a, b Key) int { return b.Since.Compare(a.Since) })
	ring := make([]*ringKey, 0, len(keys))
	seen := map[int]bool{}
	for i, key := range keys {
		if seen[key.ID] {
			return fmt.Errorf("two secret keys have the id %d", key.ID)
		}
		seen[key.ID] = true
		ringKey, err := newRingKey(key)
		if err != nil {
			return err
		}
		if i > 0 {
			ringKey.retired = keys[i-1].Since
		}
		ring = append(ring, ringKey)
	}
	k.keys.Store(&ring)
	return nil
}

// newRingKey derives the ticket key from the secret, which may so serve other
// purposes too (RFC 5869).
func newRingKey(key Key) (*ringKey, error) {
	if len(key.Secret) < minSecret {
		return nil, fmt.Errorf("the secret key %d has %d octets; at least %d are needed", key.ID, len(key.Secret), minSecret)
	}
	derived, err := hkdf.Key(sha256.New, key.Secret, nil, "guildpost ticket 1", sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("secret key %d: %w", key.ID, err)
	}
	return &ringKey{states: sync.Pool{
		New: func() any { return &macState{hash: hmac.New(sha256.New, derived)} },
	}}, nil
}

// Seal makes the token of a ticket: lower-case letters and digits 2 to 7. With Person
// and Object below 2^35 it has at most 37 octets, so that with a list name of 24
// octets and "+t." it fits into a local part (RFC 5321 4.5.3.1.1); a TicketBounce
// without expiry fits behind "-bounces+" while the two need 7 octets as varints.
func (k *Keyring) Seal(t Ticket) string {
	key := (*k.keys.Load())[0]
	state := key.states.Get().(*macState)
	data := appendTicket(state.data[:0], t)
	data = append(data, state.mac(data)...)
	token := encodeToken(data)
	key.states.Put(state)
	return token
}

// Open gives the ticket back that a token was made for. Upper case is taken as lower
// case, since mail programs change the case of addresses. The error is ErrBadTicket,
// or ErrExpiredTicket with the ticket as it was.
func (k *Keyring) Open(token string, now time.Time) (Ticket, error) {
	var buf [maxTicket]byte
	data, ok := decodeToken(buf[:0], token)
	if !ok || len(data) <= macSize {
		return Ticket{}, ErrBadTicket
	}
	body, mac := data[:len(data)-macSize], data[len(data)-macSize:]
	for _, key := range *k.keys.Load() {
		if key.check(body, mac) {
			return key.open(body, now)
		}
	}
	return Ticket{}, ErrBadTicket
}

func (key *ringKey) check(body, mac []byte) bool {
	state := key.states.Get().(*macState)
	data := append(state.data[:0], body...) // what goes into a hash.Hash must not be on the stack
	equal := subtle.ConstantTimeCompare(state.mac(data), mac) == 1
	key.states.Put(state)
	return equal
}

// open reads what has been proven genuine, and asks whether it still counts.
func (key *ringKey) open(body []byte, now time.Time) (Ticket, error) {
	t, ok := parseTicket(body)
	if !ok {
		return Ticket{}, ErrBadTicket
	}
	if !t.Expires.IsZero() && !now.Before(t.Expires) {
		return t, ErrExpiredTicket
	}
	grace := OldKeyForRest
	if t.Kind.Unsubscribes() {
		grace = OldKeyForLeave
	}
	if !key.retired.IsZero() && now.After(key.retired.Add(grace)) {
		return t, ErrExpiredTicket
	}
	return t, nil
}

// mac returns the code for data; it is overwritten by the next call.
func (s *macState) mac(data []byte) []byte {
	s.hash.Reset()
	s.hash.Write(data)
	return s.hash.Sum(s.sum[:0])[:macSize]
}
