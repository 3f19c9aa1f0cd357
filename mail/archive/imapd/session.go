package imapd

import (
	"context"
	"errors"
	"log/slog"
	"sync"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"

	"guildpost/store"
)

// A session is one connection. The library calls its methods one after the other, but for Idle, which may still be on its way
// out when the next command comes, and Close, which comes whenever the connection ends.
type session struct {
	server *Server
	conn   *imapserver.Conn
	guard  *guard
	log    *slog.Logger

	mu       sync.Mutex
	password store.AppPassword // zero before the login
	archives []store.Archive   // that its owner may read, as of the last command
	failures int               // of logins
	ended    bool
	open     *opened // the folder that is selected, or nil
}

// opened is a selected folder.
type opened struct {
	folder   folder
	readOnly bool
	archive  *archive // nil for INBOX
	flags    *flags   // as well
	version  int      // of the flags that the client knows
	keywords int      // how many flags there are, as far as it knows
	view
}

var errEnded = &imap.Error{Type: imap.StatusResponseTypeNo, Code: imap.ResponseCodeNoPerm, Text: "this session has ended"}

// no refuses a command.
func no(code imap.ResponseCode, text string) error {
	return &imap.Error{Type: imap.StatusResponseTypeNo, Code: code, Text: text}
}

// readOnly is the answer to whoever wants to change the archive.
func readOnly() error {
	return no(imap.ResponseCodeNoPerm, "the archive is read-only; to say something, write to the list address")
}

// enter begins a command: it looks up anew whether the password holds and what its owner may read.
func (s *session) enter() (context.Context, error) {
	ctx := s.server.ctx
	if s.ended {
		return ctx, errEnded
	}
	holds, err := s.server.o.DB.AppPasswordHolds(ctx, s.password.ID)
	if err != nil {
		return ctx, s.failed(err)
	}
	if !holds {
		return ctx, s.end("the app password was revoked")
	}
	if s.archives, err = s.server.o.DB.ArchivesOf(ctx, s.password.MemberID); err != nil {
		return ctx, s.failed(err)
	}
	if s.open != nil && s.open.archive != nil && !s.mayRead(s.open.folder.communityID) {
		return ctx, s.end("the archive of that community is not open to you any more")
	}
	return ctx, nil
}

// enterSelected begins a command on the selected folder.
func (s *session) enterSelected() (context.Context, *opened, error) {
	ctx, err := s.enter()
	if err == nil && s.open == nil {
		err = no(imap.ResponseCodeClientBug, "no folder is selected")
	}
	return ctx, s.open, err
}

func (s *session) mayRead(communityID int64) bool {
	for _, a := range s.archives {
		if a.CommunityID == communityID {
			return true
		}
	}
	return false
}

// end says good-bye and closes the connection.
func (s *session) end(why string) error {
	s.ended = true
	s.log.Info("a session with the archive was ended", "member", s.password.MemberID, "reason", why)
	if err := s.conn.Bye(why); err != nil {
		s.log.Debug("a good-bye was not heard", "error", err)
	}
	return errEnded
}

// failed says what an error means to a client; the log has the rest.
func (s *session) failed(err error) error {
	var known *imap.Error
	switch {
	case errors.As(err, &known):
		return err
	case s.server.ctx.Err() != nil:
		return no(imap.ResponseCodeUnavailable, "the server is stopping")
	case store.KindOf(err) == store.Temporary:
		s.log.Warn("a command to the archive failed", "error", err)
		return no(imap.ResponseCodeUnavailable, "that does not work now, try again later")
	}
	s.log.Error("a command to the archive failed", "error", err)
	return no(imap.ResponseCodeServerBug, store.Sentence(err))
}

// Close implements imapserver.Session.
func (s *session) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	s.leave()
	s.server.left(s)
	return nil
}

// leave gives back what the selected folder holds.
func (s *session) leave() {
	if s.open == nil {
		return
	}
	if s.open.archive != nil {
		s.open.archive.watch(-1)
	}
	if s.open.flags != nil {
		s.server.hub.release(s.open.flags)
	}
	s.open = nil
}

// AppendLimit implements imapserver.SessionAppendLimit. Nothing can be appended; but whoever drops a message into the archive
// is to read why not, and reads it only when the message is through. Before the login there is nothing to say.
func (s *session) AppendLimit() uint32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.password.ID == 0 {
		return 0
	}
	return 64 << 20
}

// Append implements imapserver.Session.
func (s *session) Append(string, imap.LiteralReader, *imap.AppendOptions) (*imap.AppendData, error) {
	return nil, readOnly()
}

// Create implements imapserver.Session.
func (s *session) Create(string, *imap.CreateOptions) error { return readOnly() }

// Delete implements imapserver.Session.
func (s *session) Delete(string) error { return readOnly() }

// Rename implements imapserver.Session.
func (s *session) Rename(string, string, *imap.RenameOptions) error { return readOnly() }

// Copy implements imapserver.Session: there is no folder to copy to. Programs copy from the archive into folders elsewhere by
// reading.
func (s *session) Copy(imap.NumSet, string) (*imap.CopyData, error) { return nil, readOnly() }

// Expunge implements imapserver.Session. CLOSE comes here as well, without UIDs, and may not fail: a folder in which nothing
// can be marked as deleted has nothing to expunge. Whoever names messages is told that they stay.
func (s *session) Expunge(_ *imapserver.ExpungeWriter, uids *imap.UIDSet) error {
	if uids != nil {
		return readOnly()
	}
	return nil
}

// Namespace implements imapserver.SessionNamespace (RFC 2342): there is one.
func (s *session) Namespace() (*imap.NamespaceData, error) {
	return &imap.NamespaceData{Personal: []imap.NamespaceDescriptor{{Delim: delimiter}}}, nil
}
