package mail

import (
	"errors"
	"strings"
)

// Outgoing is what OutgoingHeader has to know of a community and of one post.
type Outgoing struct {
	FromOptions

	NoPosts     bool   // members cannot post, which List-Post then says
	Archive     string // URL of the archive, "" for none
	ArchivedAt  string // URL of this post in the archive, "" for none
	SubjectTag  string // such as "[Rust Guild]", "" for none
	AuthServID  string // under which this installation writes Authentication-Results
	BodyChanged bool   // a footer was added, or the body was changed otherwise
}

// removed are fields that must not go out to a list: they would have members' mail
// programs answer the author, carry a password, tell a blind recipient, or speak of
// the way to this installation.
var removed = []string{
	"Bcc", "Resent-Bcc",
	"Return-Receipt-To", "Return-Receipt-Requested", "Read-Receipt-To", "Generate-Delivery-Report",
	"X-Mute", "X-Receipt", // ours, of another copy
	"Disposition-Notification-To", "Disposition-Notification-Options", "X-Confirm-Reading-To", "X-PMRQC", "Errors-To",
	"Approved", "Approve", "X-Approved", "X-Approve",
	"Return-Path", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "Apparently-To",
	"Precedence", "Archived-At", "DomainKey-Signature",
}

// OutgoingHeader turns the header of an accepted post into that of the copies that go
// out, all but what PersonalHeader adds to each: cleaned, From and Reply-To as
// RewriteFrom has them, the subject tag, and the fields by which mail programs know a
// list (RFC 2369, RFC 2919, RFC 5064). Message-ID, Date and References stay as they
// are; who calls has to add a Message-ID or Date that is missing.
//
// DKIM and ARC signatures stay if nothing of what they sign was changed, and are
// removed otherwise (RFC 6377 5.2: a broken one is worse than none). The error is
// that of RewriteFrom, or about values that no header field can hold; then h is as
// before.
func OutgoingHeader(h *Header, o Outgoing) error {
	edited := *h
	edited.Del(removed...)
	edited.DelPrefix("List-")
	dropJunk(&edited)
	dropOwnResults(&edited, o.AuthServID)
	if err := RewriteFrom(&edited, o.FromOptions); err != nil {
		return err
	}
	tagSubject(&edited, o.SubjectTag)
	if err := addListFields(&edited, o); err != nil {
		return err
	}
	dropBrokenSignatures(*h, &edited, o.BodyChanged)
	*h = edited
	return nil
}

// addListFields adds what says that this is a list, and which. X-Loop stays even if
// another list that the post passes takes our List-Id away, so that a loop is noticed.
func addListFields(h *Header, o Outgoing) error {
	var problems []error
	for _, f := range ListFields(o) {
		problems = append(problems, h.Append(f[0], f[1]))
	}
	return errors.Join(problems...)
}

// ListFields are the fields by which mail programs know a list.
func ListFields(o Outgoing) (fields [][2]string) {
	list := o.List
	address := list.String()
	id := "<" + list.Local + "." + list.Domain + ">"
	if title := formatPhrase(list.Name); title != "" {
		id = title + " " + id
	}
	post := "NO"
	if !o.NoPosts {
		post = "<mailto:" + address + ">"
	}
	for _, f := range [][2]string{
		{"List-Id", id},
		{"List-Post", post},
		{"List-Help", mailto(list, "help")},
		{"List-Subscribe", mailto(list, "join")},
		{"List-Owner", mailto(list, "owner")},
		{"List-Archive", angleURL(o.Archive)},
		{"Archived-At", angleURL(o.ArchivedAt)},
		{"X-Loop", address},
		{"Precedence", "list"},
	} {
		if f[1] != "" {
			fields = append(fields, f)
		}
	}
	return fields
}

func mailto(list Address, function string) string {
	list.Local += "-" + function
	return "<mailto:" + list.String() + ">"
}

// angleURL puts a URL into brackets, with what would end them encoded (RFC 3986 2.1).
func angleURL(url string) string {
	if url == "" {
		return ""
	}
	return "<" + strings.NewReplacer("<", "%3C", ">", "%3E", " ", "%20").Replace(url) + ">"
}

// dropJunk removes lines that are no header fields, such as the "From " line of an mbox file: servers (Postfix) end the
// header at one, and what stands below, our own fields too, would become text.
func dropJunk(h *Header) {
	kept := make([]Field, 0, len(h.Fields))
	for _, f := range h.Fields {
		if f.Name != "" {
			kept = append(kept, f)
		}
	}
	h.Fields = kept
}

// dropOwnResults removes Authentication-Results under our own name: nobody else may
// write these (RFC 8601 5). Those of others are kept.
func dropOwnResults(h *Header, authServID string) {
	if authServID == "" {
		return
	}
	h.deleteFunc(func(f Field) bool {
		if !strings.EqualFold(f.Name, "Authentication-Results") {
			return false
		}
		id, _, _ := strings.Cut(stripComments(f.Value()), ";")
		words := strings.Fields(id) // a version may follow the id
		return len(words) > 0 && strings.EqualFold(strings.Trim(words[0], `"`), authServID)
	})
}

// dropBrokenSignatures removes the signatures that do not hold any more. An ARC chain
// is only whole with its last signature, so it goes or stays as one.
func dropBrokenSignatures(before Header, h *Header, bodyChanged bool) {
	broken := func(f Field) bool { return bodyChanged || signsChanged(f, before, *h) }
	brokenARC := false
	for _, f := range h.Fields {
		if strings.EqualFold(f.Name, "ARC-Message-Signature") && broken(f) {
			brokenARC = true
		}
	}
	after := *h
	after.deleteFunc(func(f Field) bool {
		switch {
		case strings.EqualFold(f.Name, "DKIM-Signature"):
			return broken(f)
		case strings.EqualFold(f.Name, "ARC-Seal"), strings.EqualFold(f.Name, "ARC-Message-Signature"), strings.EqualFold(f.Name, "ARC-Authentication-Results"):
			return brokenARC
		}
		return false
	})
	*h = after
}

// signsChanged reports whether a field that a signature names (RFC 6376 3.5, h=) was
// changed, added or removed. What PersonalHeader will add counts as added.
func signsChanged(signature Field, before, after Header) bool {
	for _, tag := range strings.Split(signature.Value(), ";") {
		name, value, _ := strings.Cut(tag, "=")
		if strings.TrimSpace(name) != "h" {
			continue
		}
		for signed := range strings.SplitSeq(value, ":") {
			signed = strings.Join(strings.Fields(signed), "")
			if isPersonal(signed) || rawValues(before, signed) != rawValues(after, signed) {
				return true
			}
		}
	}
	return false
}

func isPersonal(name string) bool {
	return strings.EqualFold(name, "List-Unsubscribe") || strings.EqualFold(name, "List-Unsubscribe-Post")
}

// rawValues joins the bytes of all fields with that name.
func rawValues(h Header, name string) string {
	var b strings.Builder
	for _, f := range h.Fields {
		if strings.EqualFold(f.Name, name) {
			b.Write(f.Raw)
		}
	}
	return b.String()
}

// PersonalHeader appends to dst what only one recipient's copy has: List-Unsubscribe
// (RFC 2369) and, with an https URL, List-Unsubscribe-Post (RFC 8058). The address
// may have "mailto:" in front. A value that would not stay within its brackets is
// left out. It allocates nothing if dst has room.
func PersonalHeader(dst []byte, unsubscribeMailto, unsubscribeURL string) []byte {
	unsubscribeMailto = strings.TrimPrefix(unsubscribeMailto, "mailto:")
	hasMailto, hasURL := fitsBrackets(unsubscribeMailto), fitsBrackets(unsubscribeURL)
	if !hasMailto && !hasURL {
		return dst
	}
	dst = append(dst, "List-Unsubscribe:"...)
	if hasURL {
		dst = append(dst, " <"...)
		dst = append(dst, unsubscribeURL...)
		dst = append(dst, '>')
	}
	if hasURL && hasMailto {
		dst = append(dst, ",\r\n"...)
	}
	if hasMailto {
		dst = append(dst, " <mailto:"...)
		dst = append(dst, unsubscribeMailto...)
		dst = append(dst, '>')
	}
	dst = append(dst, "\r\n"...)
	if hasURL && strings.HasPrefix(unsubscribeURL, "https://") {
		dst = append(dst, "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"...)
	}
	return dst
}

// fitsBrackets is true for printable ASCII without space and brackets, as far as it
// fits into a line.
func fitsBrackets(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] >= 0x7f || s[i] == '<' || s[i] == '>' {
			return false
		}
	}
	return s != "" && len(s) < MaxLine-len("List-Unsubscribe: <mailto:>,")
}
