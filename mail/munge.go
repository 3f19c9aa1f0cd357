package mail

import (
	"errors"
	"slices"
	"strings"
)

// A ReplyPolicy says where an answer to a post goes when nobody picks an address.
type ReplyPolicy uint8

// The reply policies. The first is the default.
const (
	ReplyToAuthor ReplyPolicy = iota
	ReplyToList
	ReplyToBoth
)

// FromOptions says how RewriteFrom treats a post.
type FromOptions struct {
	List  Address     // the list address; its Name is the community's title
	Munge bool        // the author's domain forbids others to send in its name (DMARC)
	Reply ReplyPolicy // where answers go
}

// RewriteFrom brings From, Reply-To and Cc in line with the reply policy of the list
// and, with Munge, makes the list the sender: "Ann via Rust Guild <rust@…>", since
// the domain of the author's address would have the post refused (RFC 7960 4.1.3.1).
// Private answers reach the author in every case: at the addresses of the post's own
// Reply-To if it had one, else at those of From. That is:
//
//	munge  policy  Reply-To           Cc
//	yes    author  the author         as it was
//	yes    list    the list           the author added
//	yes    both    author and list    as it was
//	no     author  as it was          as it was
//	no     list    the list           the author's own Reply-To added
//	no     both    author and list    as it was
//
// Nobody is added to Cc who is in To or Cc already. What From was is kept as
// X-Original-From. The error says that From holds no address; then h is as before.
func RewriteFrom(h *Header, o FromOptions) error {
	authors := ParseAddressList(h.Get("From"))
	if len(authors) == 0 {
		return errors.New("the From field of the post holds no mail address")
	}
	own := without(ParseAddressList(h.Get("Reply-To")), o.List)
	reach := own
	if len(own) == 0 {
		reach = without(authors, o.List)
	}
	edited := *h
	if err := errors.Join(mungeFrom(&edited, authors[0], o), setReply(&edited, reach, len(own) > 0, o)); err != nil {
		return err
	}
	*h = edited
	return nil
}

// mungeFrom puts the list into From. Sender would name somebody else, so it goes.
func mungeFrom(h *Header, author Address, o FromOptions) error {
	if !o.Munge {
		return nil
	}
	from := o.List
	from.Name = viaName(author, o.List)
	original := h.Get("From")
	h.Del("Sender")
	return errors.Join(h.Set("From", from.Format()), setOriginal(h, original))
}

// setOriginal keeps what From was, in a form that can be written.
func setOriginal(h *Header, from string) error {
	if h.Set("X-Original-From", from) == nil {
		return nil
	}
	return h.Set("X-Original-From", FormatAddresses(ParseAddressList(from)))
}

// viaName is the name under which a post goes out. Mail filters distrust names that
// hold an @, so of a name that looks like an address the first half remains.
func viaName(author, list Address) string {
	name := author.Name
	if i := strings.IndexAny(name, "@\uff20\ufe6b"); i >= 0 || name == "" {
		name = author.Local
	}
	title := list.Name
	if title == "" {
		title = list.Local
	}
	return cleanName(strings.ReplaceAll(name, "@", " ")) + " via " + title
}

// setReply writes Reply-To, and Cc where the author would be out of reach without.
func setReply(h *Header, reach []Address, hasOwn bool, o FromOptions) error {
	switch o.Reply {
	case ReplyToList:
		if err := h.Set("Reply-To", o.List.Format()); err != nil {
			return err
		}
		if o.Munge || hasOwn {
			return addCc(h, reach)
		}
		return nil
	case ReplyToBoth:
		return h.Set("Reply-To", FormatAddresses(append(slices.Clone(reach), o.List)))
	}
	if o.Munge && !hasOwn && len(reach) > 0 {
		return h.Set("Reply-To", FormatAddresses(reach))
	}
	return nil
}

// addCc adds those to Cc who are in neither To nor Cc.
func addCc(h *Header, more []Address) error {
	for _, name := range []string{"To", "Cc"} {
		for _, value := range h.Values(name) {
			more = without(more, ParseAddressList(value)...)
		}
	}
	if len(more) == 0 {
		return nil
	}
	formatted := FormatAddresses(more)
	if cc := strings.TrimRight(strings.Join(h.Values("Cc"), ", "), ", \t"); cc != "" {
		formatted = cc + ", " + formatted
	}
	return h.Set("Cc", formatted)
}

// without returns the list without some addresses.
func without(list []Address, gone ...Address) []Address {
	return slices.DeleteFunc(slices.Clone(list), func(a Address) bool {
		return slices.ContainsFunc(gone, a.sameMailbox)
	})
}

// sameMailbox reports whether two addresses mean one mailbox, names aside.
func (a Address) sameMailbox(b Address) bool { return strings.EqualFold(a.String(), b.String()) }
