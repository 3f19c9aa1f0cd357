package imapwatch

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/emersion/go-imap/v2"

	"guildpost/store"
)

const (
	// blockSize is how many messages are asked for at once.
	blockSize = 500
	// dueSize bounds how much is done about open messages before new ones get their turn.
	dueSize = 500
)

// pass does what is due and looks at what is new. More says that there is more to do at once.
func (s *session) pass(ctx context.Context) (more bool, err error) {
	if err := s.keepHeld(); err != nil {
		return false, err
	}
	if more, err = s.finish(ctx); err != nil {
		return false, err
	}
	if err := s.recent(ctx); err != nil {
		return false, err
	}
	if s.state.LastUID == math.MaxUint32 {
		return more, nil
	}
	from := imap.UID(s.state.LastUID) + 1
	return more, s.fresh(ctx, from, imap.SearchCriteria{UID: []imap.UIDSet{{{Start: from, Stop: 0}}}})
}

// recent looks through what was there when the mailbox was opened first. In mode deliver the server is asked for what came
// lately alone, so that a large mailbox is no work; by days, in whatever zone, so one more.
func (s *session) recent(ctx context.Context) error {
	if s.Mode != Deliver || s.state.LastUID >= s.state.HistoryTo {
		return nil
	}
	from, to := imap.UID(s.state.LastUID)+1, imap.UID(s.state.HistoryTo)
	since := s.w.opts.Now().Add(-historyAge - 24*time.Hour)
	if err := s.fresh(ctx, from, imap.SearchCriteria{UID: []imap.UIDSet{{{Start: from, Stop: to}}}, Since: since}); err != nil {
		return err
	}
	s.log.Info("the mailbox was opened for the first time; what has lain in it for more than 30 days is left alone",
		"messages", s.there, "since", since.Format(time.DateOnly))
	return s.reached(s.state.HistoryTo)
}

// fresh handles the messages that the server finds from a UID on.
func (s *session) fresh(ctx context.Context, from imap.UID, criteria imap.SearchCriteria) error {
	found, err := s.c.search(ctx, "looking for new messages", &criteria)
	if err != nil {
		return err
	}
	blocks := newBlocks(found, from)
	if err := believable(blocks, s.c, s.there); err != nil {
		return err
	}
	for uids := blocks.next(); len(uids) > 0; uids = blocks.next() {
		if err := s.block(ctx, uids); err != nil {
			return err
		}
	}
	return nil
}

// believable: a server that names more messages than its mailbox has would keep us busy for ever.
func believable(b *blocks, c *client, opened uint32) error {
	there := uint64(opened)
	if mailbox := c.Mailbox(); mailbox != nil {
		there = max(there, uint64(mailbox.NumMessages))
	}
	if n := b.count(); n > 2*there+blockSize {
		return store.Errorf(store.Temporary, "the server says that %d messages are new in a mailbox of %d", n, there)
	}
	return nil
}

// block handles some new messages, and then does what is to be done about them.
func (s *session) block(ctx context.Context, uids []uint32) error {
	if err := s.keepHeld(); err != nil {
		return err
	}
	handle := s.quick
	if s.careful {
		handle = s.slow
	}
	if err := handle(ctx, uids); err != nil {
		return err
	}
	s.careful = false
	_, err := s.finish(ctx)
	return err
}

// quick handles new messages in batches.
func (s *session) quick(ctx context.Context, uids []uint32) error {
	known, err := s.sizes(ctx, uids)
	if err != nil {
		return err
	}
	fit, large := s.divide(known)
	// This comes before the messages around them, so it must not say that those are done with.
	if err := s.save(store.IMAPStep{Now: s.w.opts.Now(), Open: large}); err != nil {
		return err
	}
	if err := s.bodies(ctx, fit); err != nil {
		return err
	}
	// What was named and has no size is gone.
	return s.reached(uids[len(uids)-1])
}

// divide finds the messages that are never fetched: history, and those that are too large.
func (s *session) divide(known []sized) (fit []sized, large []store.IMAPOpen) {
	now := s.w.opts.Now()
	for _, m := range known {
		if s.isHistory(m) {
			s.w.count.left.Add(1)
			continue
		}
		if m.size <= s.w.opts.MaxMessage {
			fit = append(fit, m)
			continue
		}
		s.w.count.problems.Add(1)
		large = append(large, store.IMAPOpen{UID: m.uid, State: store.IMAPProblem, Since: now, NextAt: now, Reason: s.tooLarge(m)})
	}
	return fit, large
}

// slow handles new messages one at a time, since there was trouble with them.
func (s *session) slow(ctx context.Context, uids []uint32) error {
	for _, uid := range uids {
		if err := s.alone(ctx, store.IMAPOpen{UID: uid}); err != nil {
			return err
		}
	}
	return nil
}

// alone fetches and handles one message by itself. Where that ends the connection, the message is to blame.
func (s *session) alone(ctx context.Context, open store.IMAPOpen) error {
	m, found, err := s.single(ctx, open.UID)
	var b *babble
	var refused *refusal
	switch {
	case errors.Is(err, errTooLarge):
		return s.again(err, outcome{uid: open.UID, verdict: problem, reason: s.tooLarge(sized{uid: open.UID})})
	case errors.As(err, &refused):
		return s.step(s.failed(open, err, false))
	case ctx.Err() == nil && errors.As(err, &b):
		return s.again(err, s.failed(open, err, false))
	case ctx.Err() == nil && err != nil && s.failures >= stuck:
		return s.again(err, s.failed(open, err, true))
	case err != nil:
		return err
	case !found:
		return s.step(outcome{uid: open.UID, verdict: gone})
	}
	return s.handleOne(m, open)
}

// single fetches one message by itself, with the time at which it came where that is wanted.
func (s *session) single(ctx context.Context, uid uint32) (m message, found bool, err error) {
	var known []sized
	if s.Mode == Archive && s.dated(uid) {
		if known, err = s.sizes(ctx, []uint32{uid}); err != nil {
			return m, false, err
		}
	}
	if m, found, err = s.c.one(ctx, uid); len(known) > 0 {
		m.date = known[0].date
	}
	return m, found, err
}

// mostUndated is how often a server may answer in a way that is not understood when it is asked for times.
const mostUndated = 2

// dated says whether the server is to be asked when a message came: where that decides about it, or is kept with it.
func (s *session) dated(uid uint32) bool {
	return (s.Mode == Archive || uid <= s.state.HistoryTo) && s.undated < mostUndated
}

// sizes asks for sizes, and for times. There are servers that do not know when a message came, and say so with a NIL that
// no reader expects.
func (s *session) sizes(ctx context.Context, uids []uint32) (known []sized, err error) {
	dates := s.dated(uids[0])
	known, err = s.c.sizes(ctx, uids, dates)
	var b *babble
	if dates && errors.As(err, &b) {
		if s.undated++; s.undated == mostUndated {
			s.log.Warn("the server is no longer asked when messages came, since what it answers is not understood", "error", line(err.Error()))
		}
	}
	return known, err
}

// again notes what became of the message at which the connection broke.
func (s *session) again(err error, o outcome) error {
	if stepErr := s.step(o); stepErr != nil {
		return stepErr
	}
	return err
}

// finish does what is due: tries again, marks, moves, deletes, tells. More says that there is more of it.
func (s *session) finish(ctx context.Context) (more bool, err error) {
	due, err := s.w.opts.DB.IMAPDue(s.w.hard, s.state.ID, s.w.opts.Now(), dueSize)
	if err != nil {
		return false, err
	}
	var handled, problems []store.IMAPOpen
	for _, open := range due {
		switch open.State {
		case store.IMAPAfter:
			handled = append(handled, open)
		case store.IMAPProblem:
			problems = append(problems, open)
		default:
			if err := s.alone(ctx, open); err != nil {
				return false, err
			}
			more = true // what became of it is to be done something about
		}
	}
	if err := s.after(ctx, handled); err != nil {
		return false, err
	}
	return more || len(due) == dueSize, s.report(ctx, problems)
}
