package imapwatch

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"guildpost/store"
)

// A watched is a mailbox while it is watched, over all its connections.
type watched struct {
	Mailbox
	w     *Watcher
	log   *slog.Logger
	state store.IMAPMailbox
	held  time.Time // when it was last made sure that no other daemon has it

	failures int       // connections in a row that came to nothing
	careful  bool      // the next messages are fetched one at a time
	undated  int       // how often the answer about times was not understood
	since    time.Time // of the trouble; zero where there is none
	said     string    // the trouble that was logged last
	saidAt   time.Time
}

const (
	// holdFor is how long another daemon on the same database waits for this one to come back.
	holdFor = longestPoll + 5*time.Minute
	// sayAgain is how often the same trouble is logged.
	sayAgain = time.Hour
	// tellAfter is how long a mailbox may be in trouble before the postmaster hears.
	tellAfter = time.Hour
	// stuck is how many connections may end at one place before that is blamed on the message there.
	stuck = 3
)

// run watches until the watcher stops.
func (m *watched) run() {
	for {
		before := m.state
		err := m.visit(m.w.soft)
		if m.w.soft.Err() != nil {
			m.release()
			return
		}
		if m.failures++; m.state.LastUID > before.LastUID || m.state.UIDValidity != before.UIDValidity {
			m.failures = 1
		}
		m.trouble(err)
		select {
		case <-m.w.opts.After(pause(m.failures, err, m.w.opts.Random())):
		case <-m.w.soft.Done():
		}
	}
}

// visit makes a connection and works with it until it ends, which is always an error.
func (m *watched) visit(ctx context.Context) error {
	if err := m.hold(); err != nil {
		return err
	}
	s, err := m.open(ctx)
	if err != nil {
		return err
	}
	defer s.c.close()
	for {
		m.w.count.working.Add(1)
		news, err := s.pass(ctx)
		m.w.count.working.Add(-1)
		if err != nil {
			return m.blame(err)
		}
		m.fine()
		if news {
			continue
		}
		if err := s.wait(ctx); err != nil {
			return err
		}
	}
}

// blame decides how the next connection goes about it.
func (m *watched) blame(err error) error {
	var b *babble
	if errors.As(err, &b) || m.failures >= stuck {
		m.careful = true
	}
	return err
}

// hold makes sure that no other daemon watches this mailbox, and reads how far it has come.
func (m *watched) hold() error {
	o := m.w.opts
	state, err := o.DB.IMAPMailbox(m.w.hard, m.Account(), m.Name)
	if err != nil {
		return err
	}
	m.state = state
	return m.keepHeld()
}

func (m *watched) keepHeld() error {
	o := m.w.opts
	now := o.Now()
	if now.Sub(m.held) < time.Minute && !now.Before(m.held) {
		return nil
	}
	held, err := o.DB.HoldIMAP(m.w.hard, m.state.ID, o.Holder, now, now.Add(holdFor))
	if err != nil {
		return err
	}
	if !held {
		return errElsewhere
	}
	m.held = now
	return nil
}

var errElsewhere = store.Errorf(store.Conflict, "another daemon watches this mailbox")

func (m *watched) release() {
	if m.state.ID == 0 {
		return
	}
	if err := m.w.opts.DB.ReleaseIMAP(m.w.hard, m.state.ID, m.w.opts.Holder); err != nil {
		m.log.Warn("the mailbox is held for a while longer", "error", err)
	}
}

// trouble logs why a connection ended, and tells the postmaster where that does not pass.
func (m *watched) trouble(err error) {
	m.held = time.Time{}
	if errors.Is(err, errElsewhere) {
		m.log.Debug("another daemon watches the mailbox")
		return
	}
	m.w.count.troubles.Add(1)
	now := m.w.opts.Now()
	if m.since.IsZero() {
		m.since = now
	}
	var refused *loginError
	if m.said != err.Error() || now.Sub(m.saidAt) >= sayAgain {
		m.said, m.saidAt = err.Error(), now
		m.log.Warn("a mailbox is in trouble; it is tried again", "error", line(err.Error()), "failures", m.failures)
	}
	if errors.As(err, &refused) || now.Sub(m.since) >= tellAfter {
		m.tell("imap trouble "+m.String(), 1, "no mail comes from the mailbox "+m.String(),
			"guildpost cannot read the mailbox "+m.String()+" since "+m.since.UTC().Format("2006-01-02 15:04 UTC")+":\n"+line(err.Error())+
				"\nIt goes on trying, and nothing is lost meanwhile. guildpost check says more.")
	}
}

// fine ends a trouble.
func (m *watched) fine() {
	m.failures = 0
	if m.since.IsZero() {
		return
	}
	m.log.Info("the mailbox works again", "after", m.w.opts.Now().Sub(m.since).Round(time.Second).String())
	m.since, m.said = time.Time{}, ""
}

// tell mails the postmaster. That this fails must not stop anything.
func (m *watched) tell(about string, most int, title, text string) {
	if m.w.opts.Tell == nil {
		return
	}
	if err := m.w.opts.Tell(m.w.hard, about, most, title, text); err != nil {
		m.log.Error("the postmaster was not told", "about", title, "error", err)
	}
}
