package imapd

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"

	"guildpost/mail"
	"guildpost/store"
)

// What a login may cost, and how often it may be tried.
const (
	hashWait      = 15 * time.Second // for other logins, since each takes 64 MiB
	triesWithin   = 15 * time.Minute
	triesAccount  = 5
	triesClient   = 20
	triesTracked  = 10_000    // accounts and clients; who has more guesses no sooner
	provenFor     = time.Hour // a password that was right needs no hash
	provenTracked = 10_000
)

// logins checks passwords. What it remembers it remembers in memory: a wrong password costs no write, and a right one no hash
// for the other connections of a mail program.
type logins struct {
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

func newLogins(db *store.DB, now func() time.Time) (*logins, error) {
	l := &logins{db: db, now: now, tries: map[string]tries{}, proven: map[[sha256.Size]byte]proof{}}
	_, err := rand.Read(l.key[:])
	return l, err
}

var errTooManyTries = no(imap.ResponseCodeUnavailable, "too many wrong passwords; try again in 15 minutes")

// check finds the password that was given. The errors are for the client: none says whether there is such a member. client is
// who asks, as far as limits go; "" has none.
func (l *logins) check(ctx context.Context, client, username, password string) (store.AppPassword, error) {
	address, err := mail.Canonical(username)
	if err != nil {
		address = "" // nobody's
	}
	id, secret, _ := mail.ParseAppPassword(password)
	p, err := l.db.AppPassword(ctx, address, id)
	if err != nil && store.KindOf(err) != store.NotFound {
		return p, err
	}
	// Who has proven a password before is let in, however often others tried to guess it.
	sum := l.sum(address, id, secret)
	if l.wasProven(sum, p) {
		return p, nil
	}
	if !l.mayTry("account "+address, triesAccount) || client != "" && !l.mayTry("client "+client, triesClient) {
		return p, errTooManyTries
	}
	waiting, cancel := context.WithTimeout(ctx, hashWait)
	defer cancel()
	right, err := mail.CheckSecret(waiting, p.Hash, secret)
	if err != nil {
		return p, no(imap.ResponseCodeUnavailable, "too many logins are under way, try again later")
	}
	if !right {
		return store.AppPassword{}, imapserver.ErrAuthFailed
	}
	l.passed(sum, p, "account "+address, "client "+client)
	return p, nil
}

// sum stands for a password in memory: it says nothing about it without the key.
func (l *logins) sum(address string, id int64, secret string) (sum [sha256.Size]byte) {
	h := hmac.New(sha256.New, l.key[:])
	h.Write([]byte(address + "\x00" + mail.AppPassword(id, secret)))
	h.Sum(sum[:0])
	return sum
}

// wasProven says whether it was right before; p is what the store has now.
func (l *logins) wasProven(sum [sha256.Size]byte, p store.AppPassword) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	have, ok := l.proven[sum]
	return ok && p.ID != 0 && have.password.ID == p.ID && have.password.Hash == p.Hash && l.now().Sub(have.at) < provenFor
}

// mayTry counts a try before it is made, since several may be made at once.
func (l *logins) mayTry(who string, most int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	have, ok := l.tries[who]
	if !ok && len(l.tries) >= triesTracked {
		l.forget(now)
	}
	if !ok || now.Sub(have.since) >= triesWithin {
		have = tries{since: now}
	}
	if have.n >= most {
		return false
	}
	have.n++
	l.tries[who] = have
	return true
}

// forget makes room: those whose time is over, or else all.
func (l *logins) forget(now time.Time) {
	for who, have := range l.tries {
		if now.Sub(have.since) >= triesWithin {
			delete(l.tries, who)
		}
	}
	if len(l.tries) >= triesTracked {
		clear(l.tries)
	}
}

// passed remembers a right password, and takes back what was counted.
func (l *logins) passed(sum [sha256.Size]byte, p store.AppPassword, counted ...string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, who := range counted {
		if have, ok := l.tries[who]; ok && have.n > 0 {
			have.n--
			l.tries[who] = have
		}
	}
	if len(l.proven) >= provenTracked {
		clear(l.proven)
	}
	l.proven[sum] = proof{p, l.now()}
}

// maxFailures is how many wrong passwords one connection may give.
const maxFailures = 3

// Login implements imapserver.Session, for LOGIN and AUTHENTICATE PLAIN.
func (s *session) Login(username, password string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	ctx := s.server.ctx
	p, err := s.server.logins.check(ctx, s.guard.limitedBy(), username, password)
	if err != nil {
		s.log.Info("a login to the archive was refused", "error", err)
		if s.failures++; s.failures >= maxFailures {
			s.guard.hangUp()
		}
		return s.failed(err)
	}
	if !s.server.admit(p.MemberID) {
		return no(imap.ResponseCodeLimit, "too many sessions of yours are open")
	}
	s.password = p
	s.guard.loggedIn()
	if now := s.server.o.Now(); now.Sub(p.UsedAt) >= 24*time.Hour {
		if err := s.server.o.DB.UseAppPassword(ctx, p.ID, now); err != nil {
			s.log.Warn("the use of an app password was not noted", "error", err)
		}
	}
	s.log.Info("a member reads the archive", "member", p.MemberID, "app_password", p.ID)
	return nil
}
