package mail

import (
	"encoding/hex"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

var ticketDay = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

func testKey(id int, since time.Time) Key {
	return Key{ID: id, Secret: []byte(strings.Repeat("k", 31) + string(rune('a'+id))), Since: since}
}

func testKeyring(t testing.TB, keys ...Key) *Keyring {
	t.Helper()
	if len(keys) == 0 {
		keys = []Key{testKey(1, ticketDay)}
	}
	ring, err := NewKeyring(keys...)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

func TestTicketRoundTrip(t *testing.T) {
	ring := testKeyring(t)
	tests := []struct {
		name   string
		ticket Ticket
		most   int // characters of the token
	}{
		{"plain", Ticket{Kind: TicketLeave, Person: 7, Object: 9}, 21},
		{"zero", Ticket{Kind: TicketConfirm}, 21},
		{"expires", Ticket{Kind: TicketConfirm, Person: 7, Object: 9, Expires: ticketDay.AddDate(0, 0, 3)}, 24},
		{"large", Ticket{Kind: TicketVote, Person: 1<<35 - 1, Object: 1<<35 - 1, Expires: ticketDay}, 37},
		{"a delivery of a busy list", Ticket{Kind: TicketBounce, Person: 1<<21 - 1, Object: 1<<28 - 1}, 31},
		{"largest", Ticket{Kind: maxTicketKind, Person: math.MaxInt64, Object: math.MaxInt64, Expires: ticketDay}, 50},
		{"negative", Ticket{Kind: TicketRSVP, Person: -1, Object: math.MinInt64}, 50},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			token := ring.Seal(tt.ticket)
			if len(token) > tt.most {
				t.Errorf("the token %s has %d characters, want at most %d", token, len(token), tt.most)
			}
			for _, form := range []string{token, strings.ToUpper(token)} {
				got, err := ring.Open(form, ticketDay.Add(-time.Second))
				if err != nil || got != tt.ticket {
					t.Errorf("%s: got %v, %v; want %v", form, got, err, tt.ticket)
				}
			}
		})
	}
}

// TestTicketGolden guards the form of tokens: those that have been mailed must go on
// working.
func TestTicketGolden(t *testing.T) {
	secret, _ := hex.DecodeString("000102030405060708090a0b0c0d0e0f")
	ring := testKeyring(t, Key{ID: 1, Secret: secret, Since: ticketDay})
	want := map[string]Ticket{
		"aid2yauozc7b3eybbnb3yfa":      {Kind: TicketLeave, Person: 7, Object: 300},
		"rnisz4fcaqesbfdezc5rq656utia": {Kind: TicketRSVP, Person: 70000, Object: 9, Expires: ticketDay},
	}
	for token, ticket := range want {
		if got := ring.Seal(ticket); got != token {
			t.Errorf("%v: got %s, want %s", ticket, got, token)
		}
	}
}

func TestTicketFitsLocalPart(t *testing.T) {
	ring := testKeyring(t)
	list := strings.Repeat("l", 24)
	ticket := ring.Seal(Ticket{Kind: TicketVote, Person: 1<<35 - 1, Object: 1<<35 - 1, Expires: ticketDay})
	bounce := ring.Seal(Ticket{Kind: TicketBounce, Person: 1<<21 - 1, Object: 1<<28 - 1})
	for _, addr := range []string{TicketAddress(list, "d.example", ticket), BounceAddress(list, "d.example", bounce)} {
		if canonical, err := Canonical(addr); err != nil || canonical != addr {
			t.Errorf("%s: %v", addr, err)
		}
	}
}

func TestTicketExpiry(t *testing.T) {
	ring := testKeyring(t)
	noon := ticketDay.Add(12 * time.Hour)
	token := ring.Seal(Ticket{Kind: TicketConfirm, Person: 1, Object: 2, Expires: noon})
	tests := []struct {
		name string
		now  time.Time
		want error
	}{
		{"before", ticketDay, nil},
		{"at the time named", noon, nil},
		{"at the end of the day", ticketDay.Add(24*time.Hour - time.Second), nil},
		{"at midnight", ticketDay.Add(24 * time.Hour), ErrExpiredTicket},
		{"long after", ticketDay.AddDate(3, 0, 0), ErrExpiredTicket},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ring.Open(token, tt.now)
			if !errors.Is(err, tt.want) || got.Person != 1 {
				t.Errorf("got %v, %v; want the error %v", got, err, tt.want)
			}
		})
	}
	if _, err := testKeyring(t, testKey(2, ticketDay)).Open(token, noon.AddDate(1, 0, 0)); err != ErrBadTicket {
		t.Errorf("an expired token of another key: got %v, want %v", err, ErrBadTicket)
	}
}

func TestKeyRotation(t *testing.T) {
	old, next := testKey(1, ticketDay), testKey(2, ticketDay.AddDate(1, 0, 0))
	before := testKeyring(t, old)
	after := testKeyring(t, old, next)
	retired := next.Since
	tests := []struct {
		name string
		kind TicketKind
		now  time.Time
		want error
	}{
		{"leave, soon", TicketLeave, retired.AddDate(0, 0, 1), nil},
		{"leave, after 400 days", TicketLeave, retired.AddDate(0, 0, 400), nil},
		{"leave, after 401 days", TicketLeave, retired.AddDate(0, 0, 401), ErrExpiredTicket},
		{"rest, after 90 days", TicketConfirm, retired.AddDate(0, 0, 90), nil},
		{"rest, after 91 days", TicketConfirm, retired.AddDate(0, 0, 91), ErrExpiredTicket},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ticket := Ticket{Kind: tt.kind, Person: 1, Object: 2}
			if _, err := after.Open(before.Seal(ticket), tt.now); !errors.Is(err, tt.want) {
				t.Errorf("sealed with the old key: got %v, want %v", err, tt.want)
			}
			if _, err := after.Open(after.Seal(ticket), tt.now); err != nil {
				t.Errorf("sealed with the new key: got %v", err)
			}
			if _, err := before.Open(after.Seal(ticket), tt.now); err != ErrBadTicket {
				t.Errorf("the new token under the old key alone: got %v", err)
			}
		})
	}
}

// TestReplaceKeys: a keyring in use takes other keys, and keeps its own where those are none.
func TestReplaceKeys(t *testing.T) {
	old, next := testKey(1, ticketDay), testKey(2, ticketDay.AddDate(0, 1, 0))
	ring, want := testKeyring(t, old), testKeyring(t, next)
	ticket := Ticket{Kind: TicketLeave, Person: 1, Object: 2}
	first := ring.Seal(ticket)
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			default:
			}
			if got, err := ring.Open(first, ticketDay); err != nil || got != ticket {
				t.Errorf("while keys are replaced: got %v, %v", got, err)
				return
			}
		}
	}()
	for range 100 {
		if err := ring.Replace(old, next); err != nil {
			t.Fatal(err)
		}
	}
	close(stop)
	<-done
	if got := ring.Seal(ticket); got != want.Seal(ticket) {
		t.Errorf("the new key does not make tickets: %s", got)
	}
	if err := ring.Replace(); err == nil {
		t.Error("a keyring without keys")
	}
	if _, err := ring.Open(first, ticketDay); err != nil {
		t.Errorf("after keys that were refused: %v", err)
	}
	if err := ring.Replace(next); err != nil {
		t.Fatal(err)
	}
	if _, err := ring.Open(first, ticketDay); err != ErrBadTicket {
		t.Errorf("a key that is gone: got %v, want %v", err, ErrBadTicket)
	}
}

func TestNewKeyringRefuses(t *testing.T) {
	tests := []struct {
		name string
		keys []Key
	}{
		{"no key", nil},
		{"short secret", []Key{{ID: 1, Secret: []byte("short")}}},
		{"same id twice", []Key{testKey(1, ticketDay), testKey(1, ticketDay.AddDate(0, 1, 0))}},
	}
	for _, tt := range tests {
		if _, err := NewKeyring(tt.keys...); err == nil {
			t.Errorf("%s: no error", tt.name)
		}
	}
}

// TestTicketForgery changes valid tokens at random: none of the changes may pass.
func TestTicketForgery(t *testing.T) {
	ring := testKeyring(t)
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range 10_000 {
		ticket := Ticket{Kind: TicketKind(1 + i%15), Person: rng.Int64N(1 << 20), Object: rng.Int64N(1 << 40)}
		if i%2 == 0 {
			ticket.Expires = ticketDay
		}
		token := ring.Seal(ticket)
		forged := mutate(rng, token)
		if strings.EqualFold(forged, token) {
			continue
		}
		if got, err := ring.Open(forged, ticketDay.AddDate(0, 0, -1)); err != ErrBadTicket {
			t.Fatalf("%s, made from %s, was accepted: %v, %v", forged, token, got, err)
		}
	}
}

// mutate changes, adds, removes or swaps characters of a token.
func mutate(rng *rand.Rand, token string) string {
	b := []byte(token)
	for range 1 + rng.IntN(3) {
		i := rng.IntN(len(b))
		switch rng.IntN(6) {
		case 0, 1, 2:
			b[i] = tokenAlphabet[rng.IntN(32)]
		case 3:
			b = append(b, tokenAlphabet[rng.IntN(32)])
		case 4:
			b = append(b[:i:i], b[i+1:]...)
		case 5:
			b[i] = byte(rng.IntN(256))
		}
	}
	return string(b)
}

func TestOpenJunk(t *testing.T) {
	ring := testKeyring(t)
	token := ring.Seal(Ticket{Kind: TicketLeave, Person: 1, Object: 1})
	for _, junk := range []string{"", "a", token + "a", token + "aaaaaaaa", token[:len(token)-1], token[1:], "0189", token + "\x00",
		token + "=", " " + token, strings.Repeat("a", 1000), strings.Repeat("a", 16), "\r\n" + token} {
		if got, err := ring.Open(junk, ticketDay); err != ErrBadTicket {
			t.Errorf("%q: got %v, %v", junk, got, err)
		}
	}
}

func FuzzTicket(f *testing.F) {
	ring, err := NewKeyring(testKey(1, ticketDay))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(uint8(2), int64(7), int64(9), uint16(0), "abc")
	f.Add(uint8(11), int64(-1), int64(1)<<62, uint16(20000), ring.Seal(Ticket{Kind: TicketLeave}))
	f.Fuzz(func(t *testing.T, kind uint8, person, object int64, day uint16, token string) {
		ticket := Ticket{Kind: TicketKind(kind & maxTicketKind), Person: person, Object: object}
		if day > 0 {
			ticket.Expires = time.Unix(int64(day)*daySeconds, 0).UTC()
		}
		if got, err := ring.Open(ring.Seal(ticket), time.Time{}); err != nil || got != ticket {
			t.Errorf("got %v, %v; want %v", got, err, ticket)
		}
		if got, err := ring.Open(token, time.Time{}); err == nil && ring.Seal(got) != strings.ToLower(token) {
			t.Errorf("%s was accepted, which is not the token of %v", token, got)
		}
	})
}

// BenchmarkTicket makes and checks one ticket; the aim is a million a second on one
// core.
func BenchmarkTicket(b *testing.B) {
	ring := testKeyring(b)
	b.ReportAllocs()
	for i := int64(0); b.Loop(); i++ {
		token := ring.Seal(Ticket{Kind: TicketLeave, Person: i & 0xfffff, Object: 12})
		if _, err := ring.Open(token, ticketDay); err != nil {
			b.Fatal(err)
		}
	}
}
