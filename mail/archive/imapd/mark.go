package imapd

import (
	"slices"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

// Store implements imapserver.Session: it changes flags of the member's own.
func (s *session) Store(w *imapserver.FetchWriter, set imap.NumSet, change *imap.StoreFlags, _ *imap.StoreOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	ctx, o, err := s.enterSelected()
	if err != nil {
		return err
	}
	if o.readOnly {
		return no(imap.ResponseCodeNoPerm, "the folder was opened with EXAMINE, for reading only")
	}
	spans, ok := o.spans(set)
	if !ok {
		return noSavedSearch()
	}
	if o.flags == nil || length(spans) == 0 {
		return nil
	}
	marks, err := o.marks(change)
	if err != nil {
		return err
	}
	for _, span := range spans {
		if err := o.flags.mark(ctx, s.server.o.DB, s, o.uids[span.from:span.to], marks); err != nil {
			return s.failed(err)
		}
	}
	if change.Silent {
		return nil
	}
	_, withUID := set.(imap.UIDSet)
	return o.writeFlags(w, spans, withUID)
}

// noSavedSearch refuses "$" (RFC 5182), which the library reads although it is not offered.
func noSavedSearch() error {
	return &imap.Error{Type: imap.StatusResponseTypeBad, Code: imap.ResponseCodeClientBug, Text: "SEARCHRES is not offered"}
}

// marks is what becomes of each flag.
func (o *opened) marks(change *imap.StoreFlags) (map[imap.Flag]bool, error) {
	marks := map[imap.Flag]bool{}
	if change.Op == imap.StoreFlagsSet {
		for _, flag := range o.flags.all() {
			marks[flag] = false
		}
	}
	if len(change.Flags) > maxKeywords {
		return nil, no(imap.ResponseCodeLimit, "a message may have 50 keywords")
	}
	fresh := map[imap.Flag]bool{}
	for _, flag := range change.Flags {
		if change.Op == imap.StoreFlagsDel {
			marks[flag] = false // also one that nothing has
			continue
		}
		kept, known := o.flags.spelled(flag)
		if !known {
			fresh[kept] = true
		}
		if reason := o.flags.fits(flag, len(fresh)); reason != "" {
			return nil, no(imap.ResponseCodeNoPerm, reason)
		}
		marks[kept] = true
	}
	return marks, nil
}

// spelled is a flag as it is kept, and whether it is known yet.
func (f *flags) spelled(flag imap.Flag) (kept imap.Flag, known bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.known(flag)
}

func (o *opened) writeFlags(w *imapserver.FetchWriter, spans []span, withUID bool) error {
	for _, span := range spans {
		for i := span.from; i < span.to; i++ {
			m := w.CreateMessage(uint32(i) + 1)
			if withUID {
				m.WriteUID(imap.UID(o.uids[i]))
			}
			m.WriteFlags(o.flags.of(o.uids[i]))
			if err := m.Close(); err != nil {
				return err
			}
		}
	}
	return nil
}

// unseen returns those of some posts that their reader has not seen.
func (o *opened) unseen(uids []uint32) []uint32 {
	seen := o.flags.among(uids, imap.FlagSeen)
	var unseen []uint32
	for i, uid := range uids {
		if !seen.has(i) {
			unseen = append(unseen, uid)
		}
	}
	return slices.Clip(unseen)
}
