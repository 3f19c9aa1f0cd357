// Package login lets programs in with the app passwords of members: mail programs that read the archive, and calendar programs
// that read meetings. It is one door for all of them, so that who guesses at one has guessed at the others.
//
// A password costs a hash of 64 MiB, so how often one may be tried is bounded, by account and by client, in memory: a wrong
// password costs no write. A right one is remembered for an hour and costs no hash then; that it holds still is looked up
// each time.
package login

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"sync"
	"time"

	"guildpost/mail"
	"guildpost/store"
)

// What a login may cost, and how often it may be tried.
const (
	hashWait      = 15 * time.Second // for other logins, since each takes 64 MiB
	TriesWithin   = 15 * time.Minute
	TriesAccount  = 5
	TriesClient   = 20
	triesTracked  = 10_000    // accounts and clients; who has more guesses no sooner
	provenFor     = time.Hour // a password that was right needs no hash
	provenTracked = 10_000
)

// A Door checks passwords. It may be used by many goroutines.
type Door struct {
	db  *store.DB
	now func() time.Time
	key [sha256.Size]byte // of this process

	mu     sync.Mutex
	tries  map[string]tries
	proven map[[sha256.Size]byte]proof
}

type tries struct {
	n     int
	since time.Time
}

type proof struct {
	password store.AppPassword
	at       time.Time
}

// New returns a Door. The error is that of the random numbers.
func New(db *store.DB, now func() time.Time) (*Door, error) {
	d := &Door{db: db, now: now, tries: map[string]tries{}, proven: map[[sha256.Size]byte]proof{}}
	_, err := rand.Read(d.key[:])
	return d, err
}

// Why a login is refused. None says whether there is such a member.
var (
	ErrWrong   = errors.New("the address or the app password is wrong")
	ErrTooMany = errors.New("too many wrong passwords; try again in 15 minutes")
	ErrBusy    = errors.New("too many logins are under way, try again later")
)

// Check finds the password that was given. Other errors than ErrWrong, ErrTooMany and ErrBusy are the store's. client is who
// asks, as far as limits go; "" has none.
func (d *Door) Check(ctx context.Context, client, username, password string) (store.AppPassword, error) {
	address, err := mail.Canonical(username)
	if err != nil {
		address = "" // nobody's
	}
	id, secret, _ := mail.ParseAppPassword(password)
	p, err := d.db.AppPassword(ctx, address, id)
	if err != nil && store.KindOf(err) != store.NotFound {
		return p, err
	}
	// Who has proven a password before is let in, however often others tried to guess it.
	sum := d.sum(address, id, secret)
	if d.wasProven(sum, p) {
		return p, nil
	}
	if !d.mayTry("account "+address, TriesAccount) || client != "" && !d.mayTry("client "+client, TriesClient) {
		return p, ErrTooMany
	}
	waiting, cancel := context.WithTimeout(ctx, hashWait)
	defer cancel()
	right, err := mail.CheckSecret(waiting, p.Hash, secret)
	if err != nil {
		return p, ErrBusy
	}
	if !right {
		return store.AppPassword{}, ErrWrong
	}
	d.passed(sum, p, "account "+address, "client "+client)
	return p, nil
}

// sum stands for a password in memory: it says nothing about it without the key.
func (d *Door) sum(address string, id int64, secret string) (sum [sha256.Size]byte) {
	h := hmac.New(sha256.New, d.key[:])
	h.Write([]byte(address + "\x00" + mail.AppPassword(id, secret)))
	h.Sum(sum[:0])
	return sum
}

// wasProven says whether it was right before; p is what the store has now.
func (d *Door) wasProven(sum [sha256.Size]byte, p store.AppPassword) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	have, ok := d.proven[sum]
	return ok && p.ID != 0 && have.password.ID == p.ID && have.password.Hash == p.Hash && d.now().Sub(have.at) < provenFor
}

// mayTry counts a try before it is made, since several may be made at once.
func (d *Door) mayTry(who string, most int) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.now()
	have, ok := d.tries[who]
	if !ok && len(d.tries) >= triesTracked {
		d.forget(now)
	}
	if !ok || now.Sub(have.since) >= TriesWithin {
		have = tries{since: now}
	}
	if have.n >= most {
		return false
	}
	have.n++
	d.tries[who] = have
	return true
}

// forget makes room: those whose time is over, or else all.
func (d *Door) forget(now time.Time) {
	for who, have := range d.tries {
		if now.Sub(have.since) >= TriesWithin {
			delete(d.tries, who)
		}
	}
	if len(d.tries) >= triesTracked {
		clear(d.tries)
	}
}

// passed remembers a right password, and takes back what was counted.
func (d *Door) passed(sum [sha256.Size]byte, p store.AppPassword, counted ...string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, who := range counted {
		if have, ok := d.tries[who]; ok && have.n > 0 {
			have.n--
			d.tries[who] = have
		}
	}
	if len(d.proven) >= provenTracked {
		clear(d.proven)
	}
	d.proven[sum] = proof{p, d.now()}
}

// Used notes that a password was used, once a day.
func (d *Door) Used(ctx context.Context, p store.AppPassword) error {
	now := d.now()
	if now.Sub(p.UsedAt) < 24*time.Hour {
		return nil
	}
	return d.db.UseAppPassword(ctx, p.ID, now)
}
