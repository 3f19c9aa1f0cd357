package imapwatch

import (
	"context"
	"errors"
	"time"

	"github.com/emersion/go-imap/v2"

	"guildpost/store"
)

// after marks, moves or deletes messages that were handled, and are committed. A crash before or within leaves them noted,
// so that this is done at the next connection.
func (s *session) after(ctx context.Context, handled []store.IMAPOpen) error {
	if len(handled) == 0 {
		return nil
	}
	uids := make([]uint32, len(handled))
	for i, open := range handled {
		uids[i] = open.UID
	}
	err := s.dispose(ctx, uids)
	var refused *refusal
	if errors.As(err, &refused) {
		return s.putOff(handled, err)
	}
	if err != nil {
		return err
	}
	return s.save(store.IMAPStep{Now: s.w.opts.Now(), Closed: uids})
}

func (s *session) dispose(ctx context.Context, uids []uint32) error {
	switch s.After {
	case Seen:
		return s.mark(ctx, uids, imap.FlagSeen)
	case Delete:
		return s.remove(ctx, uids)
	case Move:
		return s.move(ctx, uids)
	}
	return nil // it was configured otherwise when they were handled
}

// putOff is for a server that does not let us: the mail itself is safe.
func (s *session) putOff(handled []store.IMAPOpen, err error) error {
	const tryAgain = time.Hour
	s.log.Warn("handled messages stay as they are in the mailbox", "after", string(s.After), "messages", len(handled), "error", err.Error())
	s.tell("imap after "+s.String(), 1, "handled messages stay in the mailbox "+s.String(),
		"guildpost has handled messages in "+s.String()+" and cannot "+string(s.After)+" them there:\n"+err.Error()+
			"\nThe mail itself was delivered. Give the user the right to do that, or set after = \"keep\".")
	for i := range handled {
		handled[i].NextAt = s.w.opts.Now().Add(tryAgain)
	}
	return s.save(store.IMAPStep{Now: s.w.opts.Now(), Open: handled})
}

func (s *session) mark(ctx context.Context, uids []uint32, flag imap.Flag) error {
	return s.c.do(ctx, "marking messages "+string(flag), answerSize, func() error {
		return s.c.Store(uidSet(uids), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{flag}}, nil).Close()
	})
}

// remove deletes messages. Without UIDPLUS they stay marked \Deleted: EXPUNGE would remove those of others too.
func (s *session) remove(ctx context.Context, uids []uint32) error {
	if err := s.mark(ctx, uids, imap.FlagDeleted); err != nil || !s.c.caps.Has(imap.CapUIDPlus) {
		return err
	}
	return s.c.do(ctx, "removing messages", answerSize, func() error { return s.c.UIDExpunge(uidSet(uids)).Close() })
}

// move moves messages to another mailbox, which is made where it is missing.
func (s *session) move(ctx context.Context, uids []uint32) error {
	err := s.transfer(ctx, uids)
	var said *imap.Error
	if !errors.As(err, &said) {
		return err
	}
	made := s.c.do(ctx, "making the mailbox "+s.MoveTo, answerSize, func() error { return s.c.Create(s.MoveTo, nil).Wait() })
	if made != nil {
		return err
	}
	s.log.Info("made a mailbox for handled messages", "name", s.MoveTo)
	return s.transfer(ctx, uids)
}

// transfer is MOVE, or what comes nearest to it. (The library's own way ends in a plain EXPUNGE.)
func (s *session) transfer(ctx context.Context, uids []uint32) error {
	if s.c.caps.Has(imap.CapMove) {
		return s.c.do(ctx, "moving messages to "+s.MoveTo, answerSize, func() error {
			_, err := s.c.Move(uidSet(uids), s.MoveTo).Wait()
			return err
		})
	}
	err := s.c.do(ctx, "copying messages to "+s.MoveTo, answerSize, func() error {
		_, err := s.c.Copy(uidSet(uids), s.MoveTo).Wait()
		return err
	})
	if err != nil {
		return err
	}
	return s.remove(ctx, uids)
}
