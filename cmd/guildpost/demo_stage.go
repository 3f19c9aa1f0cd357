package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"

	"guildpost/mail/mailtest"
	"guildpost/store"
)

// A stage is where the play takes place: a daemon, its smarthost, and what ought to arrive there.
type stage struct {
	app       *app
	clockMu   sync.Mutex
	shift     time.Duration // how far its clock is from the real one
	changed   time.Time     // when the clocks of Europe changed, near which it plays
	data      string
	daemon    *Daemon
	sink      *mailtest.Sink
	community store.Community
	members   []person
	letters   int
	delivered int // into the mailboxes
	expected  map[copyKey]bool
}

// A copyKey is one copy that ought to arrive.
type copyKey struct{ recipient, messageID string }

func (s *stage) say(format string, args ...any) { fmt.Fprintf(s.app.stdout, "  "+format+"\n", args...) }

// send hands a letter to the daemon's SMTP port, as a mail client would.
func (s *stage) send(l *letter) error {
	if l.id == "" {
		s.letters++
		l.id = fmt.Sprintf("demo-%d@%s", s.letters, l.from.address[strings.IndexByte(l.from.address, '@')+1:])
	}
	if l.to == "" {
		l.to = s.community.Address()
	}
	return s.hand(l.from.address, l.to, l.message(s.now()))
}

// hand gives a message to the daemon's SMTP port.
func (s *stage) hand(from, to, message string) error {
	c, err := smtp.Dial(s.daemon.inbound.Addr("smtp"))
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.SendMail(from, []string{to}, strings.NewReader(message)); err != nil {
		return err
	}
	return c.Quit()
}

// post sends a letter that is expected to be posted, waits for the copies, and tells.
func (s *stage) post(ctx context.Context, l *letter) error {
	began := time.Now()
	if err := s.send(l); err != nil {
		return fmt.Errorf("%s could not post %q: %w", l.from.name, l.subject, err)
	}
	copies := s.expectCopies(l)
	if err := s.arrive(ctx); err != nil {
		return err
	}
	s.say("%s posts %q → %d copies in %.2f s", l.from.name, l.subject, copies, time.Since(began).Seconds())
	return nil
}

// expectCopies notes who ought to get a copy of a post: who reads each, but not who has it from Cc already, nor an author
// who wants none.
func (s *stage) expectCopies(l *letter) (copies int) {
	for _, p := range s.members {
		has := p.address == l.from.address && !p.own
		for _, c := range l.cc {
			has = has || p.address == c.address
		}
		if p.mode == "each" && !has {
			s.expected[copyKey{p.address, l.id}] = true
			copies++
		}
	}
	return copies
}

// A mailTo is a mail of the daemon's own that somebody ought to get.
type mailTo struct {
	who     person
	subject string // how it begins
}

// hear waits for mails of the daemon's own, and returns them in their order.
func (s *stage) hear(ctx context.Context, mails ...mailTo) ([]mailtest.Received, error) {
	if err := s.settle(ctx); err != nil {
		return nil, err
	}
	heard := make([]mailtest.Received, len(mails))
	received := s.sink.Received()
	for i, want := range mails {
		for _, m := range received {
			key := copyKey{m.Recipient, m.MessageID}
			if m.Recipient == want.who.address && !s.expected[key] && strings.HasPrefix(headerOf(m.Data, "Subject"), want.subject) {
				heard[i], s.expected[key] = m, true
				break
			}
		}
		if heard[i].Data == nil {
			return nil, errors.Join(fmt.Errorf("%s did not get the mail %q", want.who.name, want.subject), s.arrive(ctx))
		}
	}
	return heard, s.arrive(ctx)
}

// arriveTimeout is far more than a busy machine needs.
const arriveTimeout = 20 * time.Second

// settle waits until nothing is on its way any more.
func (s *stage) settle(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, arriveTimeout)
	defer cancel()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		idle, err := s.daemon.db.Idle(ctx, s.now())
		if err != nil || idle {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("mail is on its way still: %w", ctx.Err())
		}
	}
}

// arrive waits until what is expected has come, and sees that nothing else did.
func (s *stage) arrive(ctx context.Context) error {
	if err := s.settle(ctx); err != nil {
		return err
	}
	came := map[copyKey]bool{}
	for _, m := range s.sink.Received() {
		key := copyKey{m.Recipient, m.MessageID}
		if came[key] = true; !s.expected[key] {
			return fmt.Errorf("%s got %q, which nobody expected", m.Recipient, headerOf(m.Data, "Subject"))
		}
	}
	for key := range s.expected {
		if !came[key] {
			return fmt.Errorf("%s did not get <%s>", key.recipient, key.messageID)
		}
	}
	_, err := s.deliver()
	return err
}

// refused sends a letter that ought to be refused, and tells what its author reads.
func (s *stage) refused(what string, l *letter) error {
	err := s.send(l)
	var reply *smtp.SMTPError
	if !errors.As(err, &reply) || reply.Temporary() {
		return fmt.Errorf("%s was not refused as it should be: %v", what, err)
	}
	s.say("%s → refused at once, with: %s", what, reply.Message)
	return nil
}
