package imapd

import (
	"errors"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"

	"guildpost/mail/login"
)

// maxFailures is how many wrong passwords one connection may give.
const maxFailures = 3

// Login implements imapserver.Session, for LOGIN and AUTHENTICATE PLAIN.
func (s *session) Login(username, password string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	ctx := s.server.ctx
	p, err := s.server.o.Door.Check(ctx, s.guard.limitedBy(), username, password)
	if err != nil {
		s.log.Info("a login to the archive was refused", "error", err)
		if s.failures++; s.failures >= maxFailures {
			s.guard.hangUp()
		}
		return s.failed(refusal(err))
	}
	if !s.server.admit(p.MemberID) {
		return no(imap.ResponseCodeLimit, "too many sessions of yours are open")
	}
	s.password = p
	s.guard.loggedIn()
	if err := s.server.o.Door.Used(ctx, p); err != nil {
		s.log.Warn("the use of an app password was not noted", "error", err)
	}
	s.log.Info("a member reads the archive", "member", p.MemberID, "app_password", p.ID)
	return nil
}

// refusal is how a client hears why it is not let in.
func refusal(err error) error {
	switch {
	case errors.Is(err, login.ErrWrong):
		return imapserver.ErrAuthFailed
	case errors.Is(err, login.ErrTooMany), errors.Is(err, login.ErrBusy):
		return no(imap.ResponseCodeUnavailable, err.Error())
	}
	return err
}
