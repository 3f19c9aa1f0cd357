package imapwatch

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"guildpost/store"
)

// A session is a mailbox that was opened over a connection.
type session struct {
	*watched
	c         *client
	permanent []imap.Flag // that can be set and stay
	there     uint32      // messages when it was opened
	noIdle    bool        // the server refused IDLE although it offers it
}

// open logs in, selects the mailbox and compares its UIDVALIDITY.
func (m *watched) open(ctx context.Context) (*session, error) {
	c, err := m.w.opts.connect(ctx, m.Mailbox)
	if err != nil {
		return nil, err
	}
	s := &session{watched: m, c: c}
	if err = c.login(ctx, m.Mailbox); err == nil {
		err = s.sel(ctx)
	}
	if err != nil {
		c.close()
		return nil, err
	}
	m.w.count.connections.Add(1)
	m.log.Debug("the mailbox is open", "login", c.mechanism, "messages", s.there, "last_uid", m.state.LastUID)
	return s, nil
}

func (s *session) sel(ctx context.Context) error {
	data, err := s.c.selectMailbox(ctx, s.Name, nil)
	if err != nil {
		return err
	}
	s.permanent, s.there = data.PermanentFlags, data.NumMessages
	if s.c.caps, err = s.c.capabilities(ctx); err != nil {
		return err
	}
	if data.UIDValidity == s.state.UIDValidity {
		return nil
	}
	return s.renew(ctx, data)
}

func (c *client) selectMailbox(ctx context.Context, name string, options *imap.SelectOptions) (data *imap.SelectData, err error) {
	err = c.do(ctx, "opening the mailbox "+name, answerSize, func() (err error) {
		data, err = c.Select(name, options).Wait()
		return err
	})
	var said *imap.Error
	switch {
	case errors.As(err, &said):
		return nil, store.Errorf(store.NotFound, "the mailbox %s cannot be opened; is its name right?: %w", name, err)
	case err == nil && data.UIDValidity == 0:
		return nil, store.Errorf(store.Invalid, "the mailbox %s has no UIDs that last (UIDVALIDITY), so what was seen cannot be told from what is new", name)
	}
	return data, err
}

func (c *client) capabilities(ctx context.Context) (caps imap.CapSet, err error) {
	err = c.do(ctx, "asking what the server can do", answerSize, func() error {
		if caps = c.Caps(); caps == nil {
			return errors.New("it does not say")
		}
		return nil
	})
	return caps, err
}

// renew begins anew: the mailbox is opened for the first time, or was made anew by its server.
func (s *session) renew(ctx context.Context, data *imap.SelectData) error {
	last := uint32(data.UIDNext)
	if last > 0 {
		last--
	} else if data.NumMessages > 0 { // RFC 2060 servers need not say UIDNEXT
		all, err := s.c.search(ctx, "looking for the last message", &imap.SearchCriteria{UID: []imap.UIDSet{{{Start: 1, Stop: 0}}}})
		if err != nil {
			return err
		}
		last = highest(all)
	}
	if s.state.UIDValidity != 0 {
		s.log.Warn("the server has made the mailbox anew (another UIDVALIDITY); everything in it is looked at once more, and what was handled is known",
			"was", s.state.UIDValidity, "is", data.UIDValidity, "messages", data.NumMessages)
		s.tell("imap renewed "+s.String(), 1, "the mailbox "+s.String()+" was made anew by its server",
			"The mailbox "+s.String()+" has another UIDVALIDITY than before: it was restored or moved. guildpost looks at everything in it once more; "+
				"what it handled before it knows again, and what has lain there for more than 30 days it leaves alone.")
	}
	if err := s.w.opts.DB.RenewIMAP(s.w.hard, s.state.ID, data.UIDValidity, last); err != nil {
		return err
	}
	s.state.UIDValidity, s.state.HistoryTo, s.state.LastUID = data.UIDValidity, last, 0
	return nil
}

func (c *client) search(ctx context.Context, what string, criteria *imap.SearchCriteria) (found imap.UIDSet, err error) {
	var options *imap.SearchOptions
	if c.caps.Has(imap.CapESearch) { // ranges in place of a number for each message
		options = &imap.SearchOptions{ReturnAll: true}
	}
	err = c.do(ctx, what, searchSize, func() error {
		data, err := c.UIDSearch(criteria, options).Wait()
		if err != nil {
			return err
		}
		found, _ = data.All.(imap.UIDSet)
		return nil
	})
	return found, err
}

func highest(set imap.UIDSet) (last uint32) {
	for _, r := range set {
		last = max(last, uint32(r.Start), uint32(r.Stop))
	}
	return last
}

// can says whether a flag can be set and stays.
func (s *session) can(flag imap.Flag) bool {
	return slices.Contains(s.permanent, flag) || slices.Contains(s.permanent, imap.FlagWildcard) && flag[0] != '\\'
}

// wait returns when there may be something to do: the server says so, it is time to look, or a message is to be tried again.
func (s *session) wait(ctx context.Context) error {
	next, err := s.w.opts.DB.IMAPNext(s.w.hard, s.state.ID)
	if err != nil {
		return err
	}
	d := s.w.opts.Poll
	if !next.IsZero() {
		d = min(d, max(0, next.Sub(s.w.opts.Now())))
	}
	timer := s.w.opts.After(d)
	if !s.noIdle && s.c.caps.Has(imap.CapIdle) {
		return s.idle(ctx, timer)
	}
	select {
	case <-timer:
	case <-s.c.Closed():
	case <-ctx.Done():
		s.c.leave()
		return ctx.Err()
	}
	return s.c.do(ctx, "asking for news", answerSize, func() error { return s.c.Noop().Wait() })
}

// idle waits with IDLE. Its beginning and its end have a watchdog; between them the timer is one.
func (s *session) idle(ctx context.Context, timer <-chan time.Time) error {
	var command *imapclient.IdleCommand
	err := s.c.do(ctx, "IDLE", answerSize, func() (err error) {
		command, err = s.c.Idle()
		return err
	})
	var refused *refusal
	if errors.As(err, &refused) {
		s.noIdle = true
		s.log.Info("the server refuses IDLE although it offers it; the mailbox is looked at every few minutes", "error", err.Error())
		return nil
	}
	if err != nil {
		return err
	}
	select {
	case <-s.c.news:
	case <-timer:
	case <-s.c.Closed():
	case <-ctx.Done():
	}
	err = s.c.do(context.WithoutCancel(ctx), "the end of IDLE", answerSize, func() error {
		if err := command.Close(); err != nil {
			return err
		}
		return command.Wait()
	})
	if err == nil && ctx.Err() != nil {
		s.c.leave()
		err = ctx.Err()
	}
	return err
}
