package imapd

import (
	"context"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

// Select implements imapserver.Session, for SELECT and EXAMINE.
func (s *session) Select(name string, o *imap.SelectOptions) (*imap.SelectData, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.leave()
	ctx, err := s.enter()
	if err != nil {
		return nil, err
	}
	f, err := s.folder(ctx, name)
	if err != nil {
		return nil, s.failed(err)
	}
	opened := &opened{folder: f, readOnly: o.ReadOnly}
	data := &imap.SelectData{UIDValidity: f.validity, UIDNext: 1, Flags: systemFlags}
	if f.communityID == 0 {
		s.open = opened
		return data, nil
	}
	if opened.archive, err = s.server.hub.archive(ctx, f.communityID, s.server.o.Now()); err != nil {
		return nil, s.failed(err)
	}
	if opened.flags, err = s.server.hub.useFlags(ctx, flagsKey{s.password.MemberID, f.communityID}); err != nil {
		return nil, s.failed(err)
	}
	opened.archive.watch(1)
	list := opened.archive.listing(f.year)
	opened.uids = list.uids
	_, opened.version = opened.flags.since(0, s)
	s.open = opened
	opened.keywords = len(opened.flags.all())
	data.Flags, data.NumMessages, data.UIDNext = opened.flags.all(), uint32(len(list.uids)), imap.UID(list.next)
	data.FirstUnseenSeqNum = opened.firstUnseen()
	if !o.ReadOnly {
		data.PermanentFlags = append(opened.flags.all(), imap.FlagWildcard)
	}
	return data, nil
}

// firstUnseen is a sequence number, 0 where all are seen.
func (o *opened) firstUnseen() (first uint32) {
	unseen := ones(len(o.uids))
	unseen.without(o.flags.among(o.uids, imap.FlagSeen))
	unseen.each(func(i int) bool {
		first = uint32(i) + 1
		return false
	})
	return first
}

// Unselect implements imapserver.Session.
func (s *session) Unselect() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.leave()
	return nil
}

// Poll implements imapserver.Session: it comes after each command.
func (s *session) Poll(w *imapserver.UpdateWriter, mayExpunge bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended || s.open == nil || s.open.archive == nil {
		return nil
	}
	if _, err := s.open.archive.refresh(s.server.ctx, false); err != nil {
		return s.failed(err)
	}
	return s.tell(w, mayExpunge)
}

// tell tells a client what is new in the selected folder.
func (s *session) tell(w *imapserver.UpdateWriter, mayExpunge bool) error {
	o := s.open
	news := o.follow(o.archive.listing(o.folder.year).uids, mayExpunge)
	for _, i := range news.gone {
		if err := w.WriteExpunge(uint32(i) + 1); err != nil {
			return err
		}
	}
	if news.exists {
		if err := w.WriteNumMessages(uint32(len(o.uids))); err != nil {
			return err
		}
	}
	if all := o.flags.all(); len(all) != o.keywords { // RFC 3501 7.2.6
		o.keywords = len(all)
		if err := w.WriteMailboxFlags(all); err != nil {
			return err
		}
	}
	marked, version := o.flags.since(o.version, s)
	o.version = version
	for _, uid := range marked {
		i, ok := o.index(uid)
		if !ok {
			continue
		}
		if err := w.WriteMessageFlags(uint32(i)+1, imap.UID(uid), o.flags.of(uid)); err != nil {
			return err
		}
	}
	return nil
}

// Idle implements imapserver.Session (RFC 2177).
func (s *session) Idle(w *imapserver.UpdateWriter, stop <-chan struct{}) error {
	for {
		changed := s.server.hub.next()
		if err := s.idle(s.server.ctx, w, stop); err != nil {
			return err
		}
		select {
		case <-changed:
		case <-stop:
			return nil
		case <-s.server.ctx.Done():
			return nil
		}
	}
}

// idle tells what is new, once.
func (s *session) idle(ctx context.Context, w *imapserver.UpdateWriter, stop <-chan struct{}) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-stop: // the client has gone on
		return nil
	default:
	}
	if _, err := s.enter(); err != nil {
		if ctx.Err() != nil || !s.ended {
			return nil // it is tried again at the next change
		}
		return err
	}
	if s.open == nil || s.open.archive == nil {
		return nil
	}
	return s.tell(w, true)
}
