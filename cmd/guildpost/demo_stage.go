package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/emersion/go-smtp"

	"guildpost/mail"
	"guildpost/mail/mailtest"
	"guildpost/store"
)

// A stage is where the play takes place: a daemon, its smarthost, and what ought to arrive there.
type stage struct {
	app       *app
	data      string
	daemon    *Daemon
	sink      *mailtest.Sink
	community store.Community
	letters   int
	delivered int // into the mailboxes
	expected  map[copyKey]bool
}

// A copyKey is one copy that ought to arrive.
type copyKey struct{ recipient, messageID string }

// A letter is what somebody writes.
type letter struct {
	from    person
	to      string // the list address unless given
	cc      []person
	subject string
	answers *letter
	header  string // more fields, each with its line end
	body    string // with its part headers when header says that it is multipart
	id      string // given by send
}

func (s *stage) say(format string, args ...any) { fmt.Fprintf(s.app.stdout, "  "+format+"\n", args...) }

// send hands a letter to the daemon's SMTP port, as a mail client would.
func (s *stage) send(ctx context.Context, l *letter) error {
	if l.id == "" {
		s.letters++
		l.id = fmt.Sprintf("demo-%d@%s", s.letters, l.from.address[strings.IndexByte(l.from.address, '@')+1:])
	}
	if l.to == "" {
		l.to = s.community.Address()
	}
	c, err := smtp.Dial(s.daemon.inbound.Addr("smtp"))
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.SendMail(l.from.address, []string{l.to}, strings.NewReader(l.message(s.app.now()))); err != nil {
		return err
	}
	return c.Quit()
}

// message is the letter as its author's mail client writes it.
func (l *letter) message(now time.Time) string {
	var b strings.Builder
	field := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s: %s\r\n", name, value)
		}
	}
	from, _ := mail.ParseAddress(l.from.address)
	from.Name = l.from.name
	field("From", from.Format())
	field("To", l.to)
	var cc []string
	for _, p := range l.cc {
		cc = append(cc, p.address)
	}
	field("Cc", strings.Join(cc, ", "))
	field("Subject", mail.EncodeText(l.subject))
	field("Date", now.Format(time.RFC1123Z))
	field("Message-ID", "<"+l.id+">")
	if l.answers != nil {
		field("In-Reply-To", "<"+l.answers.id+">")
		field("References", "<"+l.answers.id+">")
	}
	b.WriteString("MIME-Version: 1.0\r\n")
	if !strings.Contains(l.header, "Content-Type:") {
		b.WriteString("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n")
	}
	b.WriteString(strings.ReplaceAll(l.header, "\n", "\r\n"))
	b.WriteString("\r\n" + strings.ReplaceAll(l.body, "\n", "\r\n"))
	return b.String()
}

// post sends a letter that is expected to be posted, waits for the copies, and tells.
func (s *stage) post(ctx context.Context, l *letter) error {
	recipients := readers(l)
	if err := s.send(ctx, l); err != nil {
		return fmt.Errorf("%s could not post %q: %w", l.from.name, l.subject, err)
	}
	began := time.Now()
	for _, p := range recipients {
		s.expected[copyKey{p.address, l.id}] = true
	}
	if err := s.arrive(ctx); err != nil {
		return err
	}
	s.say("%s posts %q → %d copies in %.2f s", l.from.name, l.subject, len(recipients), time.Since(began).Seconds())
	return nil
}

// readers are those who ought to get a copy: who reads each post, but not who has it from Cc already, nor an author
// who wants none.
func readers(l *letter) (all []person) {
	for _, p := range cast {
		has := p == l.from && !p.own
		for _, c := range l.cc {
			has = has || p == c
		}
		if p.mode == "each" && !has {
			all = append(all, p)
		}
	}
	return all
}

// arriveTimeout is far more than a busy machine needs.
const arriveTimeout = 20 * time.Second

// arrive waits until as many copies came as are expected.
func (s *stage) arrive(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, arriveTimeout)
	defer cancel()
	if err := s.sink.Wait(ctx, len(s.expected)); err != nil {
		return fmt.Errorf("%d copies were expected so far, %d came: %w", len(s.expected), s.sink.Stats().Recipients, err)
	}
	_, err := s.deliver()
	return err
}

// refused sends a letter that ought to be refused, and tells what its author reads.
func (s *stage) refused(ctx context.Context, what string, l *letter) error {
	err := s.send(ctx, l)
	var reply *smtp.SMTPError
	if !errors.As(err, &reply) || reply.Temporary() {
		return fmt.Errorf("%s was not refused as it should be: %v", what, err)
	}
	s.say("%s → refused at once, with: %s", what, reply.Message)
	return nil
}

// deliver puts what the smarthost took into mailboxes, a Maildir each, and returns what is new.
func (s *stage) deliver() ([]mailtest.Received, error) {
	fresh := s.sink.Received()[s.delivered:]
	for _, m := range fresh {
		local, _, _ := strings.Cut(m.Recipient, "@")
		box := filepath.Join(s.data, "mailboxes", filepath.Base(local))
		for _, folder := range []string{"cur", "new", "tmp"} {
			if err := os.MkdirAll(filepath.Join(box, folder), 0o700); err != nil {
				return nil, err
			}
		}
		s.delivered++
		name := filepath.Join(box, "new", fmt.Sprintf("%d.demo", s.delivered))
		if err := os.WriteFile(name, m.Data, 0o600); err != nil {
			return nil, err
		}
	}
	return fresh, nil
}

// summary compares what came with what was expected: every copy, once, and nothing else.
func (s *stage) summary() error {
	stats := s.sink.Stats()
	missing, once, extra := 0, 0, 0
	for key := range s.expected {
		switch n := s.sink.Count(key.recipient, key.messageID); {
		case n == 0:
			missing++
		case n == 1:
			once++
		}
	}
	for _, m := range s.sink.Received() {
		if !s.expected[copyKey{m.Recipient, m.MessageID}] {
			extra++
		}
	}
	fmt.Fprintf(s.app.stdout, "\n%d of %d expected copies arrived exactly once; %d missing, %d unexpected, %d repeated.\n",
		once, len(s.expected), missing, extra, stats.Duplicates)
	for what, n := range stats.Lint {
		fmt.Fprintf(s.app.stdout, "The smarthost complains: %s (%d)\n", what, n)
	}
	if missing+extra+int(stats.Duplicates)+len(stats.Lint) > 0 {
		return store.Errorf(store.Internal, "the demo did not go as it should")
	}
	return nil
}

func (s *stage) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	var err error
	if s.daemon != nil {
		err = s.daemon.Stop(ctx)
	}
	return errors.Join(err, s.sink.Close())
}

func headerOf(message []byte, name string) string {
	h, _ := mail.SplitHeader(message)
	return mail.DecodeWords(h.Get(name))
}
