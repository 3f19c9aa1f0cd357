package imapd

import (
	"context"
	"strconv"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"

	"guildpost/store"
)

const delimiter = '/'

const inbox = "INBOX"

// A folder is a name and what stands behind it.
type folder struct {
	name        string
	communityID int64 // 0 for INBOX
	year        int   // or allYears
	validity    uint32
	children    bool
}

// folderName is how a community's folder is called. It never changes, as the name of the list does not: to a mail program,
// a folder with another name is another folder.
func (s *Server) folderName(a store.Archive) string {
	if a.Domain == s.o.Domain && !strings.EqualFold(a.Name, inbox) {
		return a.Name
	}
	return a.Name + "@" + a.Domain
}

// validity is the UIDVALIDITY of a community's folders: IDs of posts are used once, so it is the community's.
func validity(a store.Archive) uint32 { return uint32(max(1, a.CreatedAt.Unix())) }

// folders returns all that there are for the session.
func (s *session) folders(ctx context.Context) ([]folder, error) {
	all := []folder{{name: inbox, validity: 1}}
	for _, a := range s.archives {
		years, err := s.server.o.DB.PostYears(ctx, a.CommunityID)
		if err != nil {
			return nil, err
		}
		top := folder{name: s.server.folderName(a), communityID: a.CommunityID, validity: validity(a), children: len(years) > 0}
		all = append(all, top)
		for _, year := range years {
			all = append(all, folder{name: top.name + string(delimiter) + strconv.Itoa(year), communityID: a.CommunityID, year: year, validity: top.validity})
		}
	}
	return all, nil
}

// folder finds one by its name.
func (s *session) folder(ctx context.Context, name string) (folder, error) {
	if strings.EqualFold(name, inbox) {
		return folder{name: inbox, validity: 1}, nil
	}
	top, year, hasYear := strings.Cut(name, string(delimiter))
	for _, a := range s.archives {
		if s.server.folderName(a) != top {
			continue
		}
		if !hasYear {
			return folder{name: name, communityID: a.CommunityID, validity: validity(a)}, nil
		}
		years, err := s.server.o.DB.PostYears(ctx, a.CommunityID)
		if err != nil {
			return folder{}, err
		}
		for _, y := range years {
			if strconv.Itoa(y) == year {
				return folder{name: name, communityID: a.CommunityID, year: y, validity: validity(a)}, nil
			}
		}
	}
	return folder{}, no(imap.ResponseCodeNonExistent, "there is no such folder")
}

// shown says whether a folder is subscribed: as its owner chose, else those of whole communities are.
func (f folder) shown(choices map[string]bool) bool {
	if choice, ok := choices[f.name]; ok {
		return choice
	}
	return f.year == allYears
}

// List implements imapserver.Session, for LIST and LSUB.
func (s *session) List(w *imapserver.ListWriter, ref string, patterns []string, o *imap.ListOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	ctx, err := s.enter()
	if err != nil {
		return err
	}
	if len(patterns) == 0 { // RFC 3501 6.3.8: the delimiter is asked for
		return w.WriteList(&imap.ListData{Attrs: []imap.MailboxAttr{imap.MailboxAttrNoSelect}, Delim: delimiter})
	}
	all, err := s.folders(ctx)
	if err != nil {
		return s.failed(err)
	}
	choices, err := s.server.o.DB.FolderChoices(ctx, s.password.MemberID)
	if err != nil {
		return s.failed(err)
	}
	for i, f := range all {
		if !matchesAny(f.name, ref, patterns) || o.SelectSpecialUse || o.SelectRemote && !o.SelectSubscribed {
			continue
		}
		below := o.SelectRecursiveMatch && shownBelow(all[i:], choices)
		if o.SelectSubscribed && !f.shown(choices) && !below {
			continue
		}
		data := &imap.ListData{Attrs: f.attrs(o, choices), Delim: delimiter, Mailbox: f.name}
		if below {
			data.ChildInfo = &imap.ListDataChildInfo{Subscribed: true}
		}
		if o.ReturnStatus != nil {
			if data.Status, err = s.status(ctx, f, o.ReturnStatus); err != nil {
				return s.failed(err)
			}
		}
		if err := w.WriteList(data); err != nil {
			return err
		}
	}
	return nil
}

// shownBelow says whether one of the folders below the first is subscribed.
func shownBelow(all []folder, choices map[string]bool) bool {
	for _, f := range all[1:] {
		if f.communityID != all[0].communityID || all[0].year != allYears {
			return false
		}
		if f.shown(choices) {
			return true
		}
	}
	return false
}

func (f folder) attrs(o *imap.ListOptions, choices map[string]bool) []imap.MailboxAttr {
	attrs := []imap.MailboxAttr{imap.MailboxAttrHasNoChildren}
	if f.children {
		attrs[0] = imap.MailboxAttrHasChildren
	}
	if (o.ReturnSubscribed || o.SelectSubscribed) && f.shown(choices) {
		attrs = append(attrs, imap.MailboxAttrSubscribed)
	}
	return attrs
}

func matchesAny(name, ref string, patterns []string) bool {
	for _, pattern := range patterns {
		if match(name, ref+pattern) {
			return true
		}
	}
	return false
}

// match says whether a folder has a name of RFC 3501 6.3.8, in which "*" stands for anything, and "%" for anything but the
// delimiter. The time is bounded by the product of the lengths.
func match(name, pattern string) bool {
	if strings.EqualFold(pattern, inbox) {
		return name == inbox
	}
	// may[i] says whether what is read of the pattern matches name[:i].
	may := make([]bool, len(name)+1)
	may[0] = true
	for p := range len(pattern) {
		c := pattern[p]
		if c == '*' || c == '%' {
			for i := range len(name) {
				may[i+1] = may[i+1] || may[i] && (c == '*' || name[i] != delimiter)
			}
			continue
		}
		for i := len(name); i > 0; i-- {
			may[i] = may[i-1] && name[i-1] == c
		}
		may[0] = false
	}
	return may[len(name)]
}

// Status implements imapserver.Session.
func (s *session) Status(name string, o *imap.StatusOptions) (*imap.StatusData, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ctx, err := s.enter()
	if err != nil {
		return nil, err
	}
	f, err := s.folder(ctx, name)
	if err != nil {
		return nil, s.failed(err)
	}
	data, err := s.status(ctx, f, o)
	if err != nil {
		return nil, s.failed(err)
	}
	return data, nil
}

// status fills in whatever may be asked: the library writes what was, and trusts that it is there.
func (s *session) status(ctx context.Context, f folder, o *imap.StatusOptions) (*imap.StatusData, error) {
	var none, messages, unseen uint32
	var bytes, noBytes int64
	data := &imap.StatusData{Mailbox: f.name, UIDValidity: f.validity, UIDNext: 1, NumMessages: &messages, NumUnseen: &unseen,
		NumRecent: &none, NumDeleted: &none, Size: &bytes, DeletedStorage: &noBytes, AppendLimit: &none}
	if f.communityID == 0 {
		return data, nil
	}
	a, err := s.server.hub.archive(ctx, f.communityID, s.server.o.Now())
	if err != nil {
		return nil, err
	}
	list := a.listing(f.year)
	messages, data.UIDNext = uint32(len(list.uids)), imap.UID(list.next)
	if o.NumUnseen {
		marks, err := s.server.hub.useFlags(ctx, flagsKey{s.password.MemberID, f.communityID})
		if err != nil {
			return nil, err
		}
		unseen = messages - uint32(marks.among(list.uids, imap.FlagSeen).count())
		s.server.hub.release(marks)
	}
	if o.Size {
		bytes, err = s.server.o.DB.PostBytes(ctx, f.communityID, f.year)
	}
	return data, err
}

// Subscribe implements imapserver.Session.
func (s *session) Subscribe(name string) error { return s.choose(name, true) }

// Unsubscribe implements imapserver.Session.
func (s *session) Unsubscribe(name string) error { return s.choose(name, false) }

func (s *session) choose(name string, shown bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	ctx, err := s.enter()
	if err != nil {
		return err
	}
	f, err := s.folder(ctx, name)
	if err == nil {
		err = s.server.o.DB.ChooseFolder(ctx, s.password.MemberID, f.name, shown)
	}
	if err != nil {
		return s.failed(err)
	}
	return nil
}
