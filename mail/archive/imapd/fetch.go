package imapd

import (
	"context"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"

	"guildpost/mail"
	"guildpost/store"
)

const (
	fetchBatch  = 500 // posts that are looked up at once
	maxSections = 100 // parts of a message that one FETCH may ask for
)

// Fetch implements imapserver.Session.
func (s *session) Fetch(w *imapserver.FetchWriter, set imap.NumSet, o *imap.FetchOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	ctx, opened, err := s.enterSelected()
	if err != nil {
		return err
	}
	if len(o.BinarySection)+len(o.BinarySectionSize) > 0 {
		return &imap.Error{Type: imap.StatusResponseTypeBad, Text: "BINARY is not offered"}
	}
	if len(o.BodySection) > maxSections {
		return no(imap.ResponseCodeLimit, "one FETCH may ask for 100 parts of a message")
	}
	spans, ok := opened.spans(set)
	if !ok {
		return noSavedSearch()
	}
	f := &fetching{session: s, opened: opened, w: w, o: o}
	for _, span := range spans {
		for from := span.from; from < span.to; from += fetchBatch {
			if err := f.batch(ctx, from, min(from+fetchBatch, span.to)); err != nil {
				return s.failed(err)
			}
		}
	}
	return nil
}

// A fetching is one FETCH.
type fetching struct {
	session *session
	opened  *opened
	w       *imapserver.FetchWriter
	o       *imap.FetchOptions
}

// needsMessage says whether the message itself is looked into.
func (f *fetching) needsMessage() bool {
	return f.o.Envelope || f.o.BodyStructure != nil || len(f.o.BodySection) > 0
}

// sees says whether fetching it means that its reader has seen it (RFC 3501 6.4.5).
func (f *fetching) sees() bool {
	for _, section := range f.o.BodySection {
		if !section.Peek {
			return !f.opened.readOnly
		}
	}
	return false
}

// batch writes some messages.
func (f *fetching) batch(ctx context.Context, from, to int) error {
	uids := f.opened.uids[from:to]
	rows, err := f.rows(ctx, uids)
	if err != nil {
		return err
	}
	seen := map[uint32]bool{}
	if f.sees() {
		unseen := f.opened.unseen(uids)
		for _, uid := range unseen {
			seen[uid] = true
		}
		if err := f.opened.flags.mark(ctx, f.session.server.o.DB, f.session, unseen, map[imap.Flag]bool{imap.FlagSeen: true}); err != nil {
			return err
		}
	}
	for i, uid := range uids {
		row, there := rows[uid]
		if rows != nil && !there {
			continue // it was erased, and the client hears of it later
		}
		if err := f.message(ctx, uint32(from+i)+1, uid, row, seen[uid]); err != nil {
			return err
		}
	}
	return nil
}

// rows looks posts up; nil where nothing of them is asked for but what is in memory.
func (f *fetching) rows(ctx context.Context, uids []uint32) (map[uint32]store.MailboxRow, error) {
	if !f.needsMessage() && !f.o.InternalDate && !f.o.RFC822Size {
		return nil, nil
	}
	ids := make([]int64, len(uids))
	for i, uid := range uids {
		ids[i] = int64(uid)
	}
	all, err := f.session.server.o.DB.MailboxRows(ctx, ids)
	rows := make(map[uint32]store.MailboxRow, len(all))
	for _, row := range all {
		rows[uint32(row.ID)] = row
	}
	return rows, err
}

// message writes one.
func (f *fetching) message(ctx context.Context, number, uid uint32, row store.MailboxRow, seen bool) error {
	var m *mail.Message
	if f.needsMessage() {
		read, release, err := f.session.server.messages.read(ctx, row, f.partly())
		if store.KindOf(err) == store.NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		defer release()
		m = read
	}
	out := f.w.CreateMessage(number)
	if f.o.UID {
		out.WriteUID(imap.UID(uid))
	}
	if f.o.Flags || seen {
		out.WriteFlags(f.flagsOf(uid))
	}
	if f.o.InternalDate {
		out.WriteInternalDate(row.Date)
	}
	if f.o.RFC822Size {
		out.WriteRFC822Size(row.Size)
	}
	err := f.content(out, m)
	if closeErr := out.Close(); err == nil {
		err = closeErr
	}
	return err
}

func (f *fetching) flagsOf(uid uint32) []imap.Flag { return f.opened.flags.of(uid) }

// partly says whether the client reads messages in pieces, and will be back for the next.
func (f *fetching) partly() bool {
	for _, section := range f.o.BodySection {
		if section.Partial != nil || len(section.Part) > 0 {
			return true
		}
	}
	return false
}

// content writes what is in a message.
func (f *fetching) content(out *imapserver.FetchResponseWriter, m *mail.Message) error {
	if f.o.Envelope {
		out.WriteEnvelope(envelope(m.Header))
	}
	if f.o.BodyStructure != nil {
		out.WriteBodyStructure(structure(m.Root))
	}
	for _, section := range f.o.BodySection {
		content := sectionOf(m, section)
		part := out.WriteBodySection(section, int64(len(content)))
		_, err := part.Write(content)
		if closeErr := part.Close(); err == nil {
			err = closeErr
		}
		if err != nil {
			return err
		}
	}
	return nil
}
