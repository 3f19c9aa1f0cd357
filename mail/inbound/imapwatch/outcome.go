package imapwatch

import (
	"fmt"
	"strings"
	"time"

	"guildpost/mail"
	"guildpost/store"
)

// A verdict is what became of a message.
type verdict int

const (
	handled verdict = iota // delivered, filed, or refused with an answer to its sender
	left                   // not ours to touch: history
	gone                   // removed by others
	retry                  // could not be handled now
	problem                // cannot be handled
)

// An outcome is what became of one message.
type outcome struct {
	uid     uint32
	verdict verdict
	open    store.IMAPOpen // where it is tried again
	reason  string         // of a problem
	hashes  [][]byte       // of what was handled of it
	was     bool           // it was open before
}

const (
	// mostTries is how often a message is tried before it is given up.
	mostTries = 3
	// patience is how long a message is tried at least where the fault may not be its own.
	patience = 24 * time.Hour
)

// failed is the outcome of a try that came to nothing. Ours says that the whole system may be to blame.
func (s *session) failed(open store.IMAPOpen, err error, ours bool) outcome {
	now := s.w.opts.Now()
	o := outcome{uid: open.UID, verdict: retry, was: !open.Since.IsZero(), open: open}
	o.open.State, o.open.Tries, o.open.Reason = store.IMAPRetry, open.Tries+1, line(err.Error())
	if open.Since.IsZero() {
		o.open.Since = now
	}
	if o.open.Tries >= mostTries && (!ours || now.Sub(o.open.Since) >= patience) {
		o.verdict, o.reason = problem, fmt.Sprintf("message %d of %s: %s", open.UID, s, line(err.Error()))
		return o
	}
	o.open.NextAt = now.Add(retryPause(o.open.Tries))
	s.w.count.retried.Add(1)
	s.log.Warn("a message could not be handled; it is tried again", "uid", open.UID, "tries", o.open.Tries, "next", o.open.NextAt, "error", line(err.Error()))
	return o
}

// tooLarge is the reason for leaving a message that nobody shall hold in memory.
func (s *session) tooLarge(m sized) string {
	size := ""
	if m.size > 0 {
		size = fmt.Sprintf(" (%d octets)", m.size)
	}
	return fmt.Sprintf("message %d of %s is larger%s than guildpost takes (inbound.max_message, %d octets)", m.uid, s, size, s.w.opts.MaxMessage)
}

// step notes outcomes in the store: all that comes after the commit starts from there.
func (s *session) step(outcomes ...outcome) error {
	now := s.w.opts.Now()
	step := store.IMAPStep{Now: now}
	for _, o := range outcomes {
		step.LastUID = max(step.LastUID, o.uid)
		step.Handled = append(step.Handled, o.hashes...)
		switch {
		case o.verdict == retry:
			step.Open = append(step.Open, o.open)
		case o.verdict == problem:
			step.Open = append(step.Open, store.IMAPOpen{UID: o.uid, State: store.IMAPProblem, Tries: o.open.Tries, Since: now, NextAt: now, Reason: o.reason})
		case o.verdict == handled && s.After != Keep:
			step.Open = append(step.Open, store.IMAPOpen{UID: o.uid, State: store.IMAPAfter, Since: now, NextAt: now})
		case o.was:
			step.Closed = append(step.Closed, o.uid)
		}
		s.countOutcome(o)
	}
	return s.save(step)
}

// reached notes that nothing up to a UID is left.
func (s *session) reached(uid uint32) error {
	if uid <= s.state.LastUID {
		return nil
	}
	return s.save(store.IMAPStep{Now: s.w.opts.Now(), LastUID: uid})
}

func (s *session) save(step store.IMAPStep) error {
	if err := s.w.opts.DB.StepIMAP(s.w.hard, s.state.ID, step); err != nil {
		return err
	}
	if step.LastUID > s.state.LastUID {
		s.state.LastUID = step.LastUID
		s.failures = 0
	}
	return nil
}

func (s *session) countOutcome(o outcome) {
	switch c := &s.w.count; o.verdict {
	case handled:
		c.handled.Add(1)
	case left:
		c.left.Add(1)
	case problem:
		c.problems.Add(1)
	}
}

// about names a message for a person, in one line.
func about(h mail.Header) string {
	id := strings.Trim(strings.TrimSpace(h.Get("Message-ID")), "<>")
	return fmt.Sprintf("%q from %s (Message-ID %s)", line(mail.DecodeWords(h.Get("Subject"))), line(mail.DecodeWords(h.Get("From"))), line(id))
}
