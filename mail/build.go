package mail

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"mime"
	"strings"
	"time"
)

// A Draft is a mail that guildpost writes itself. Fill it in and call Bytes.
type Draft struct {
	From            Address
	To, Cc, ReplyTo []Address
	Subject         string // as people read it
	Date            time.Time
	MessageID       string // like all identifiers here without angle brackets
	InReplyTo       string
	References      []string // the oldest first; InReplyTo if there are none
	IsReply         bool     // it answers a message: auto-replied, not auto-generated (RFC 3834 5)
	ByHand          bool     // a person wrote it, and guildpost gives it its form alone: neither of these
	Headers         [][2]string

	Text         string       // lines in LF; long ones are one paragraph each
	Flowed       bool         // Text is format=flowed already: lines with a space at the end go on in the next
	HTML         string       // the same in HTML, "" for none
	Pictures     []Attachment // that HTML shows as cid:NAME; Name is the Content-ID, without brackets
	Alternatives []Attachment // further forms of the text, such as text/calendar
	Digest       [][]byte     // messages that it gathers (multipart/digest, RFC 2046 5.1.5)
	Attachments  []Attachment
}

// An Attachment is a part beside the text.
type Attachment struct {
	Type string // media type with its parameters, such as "text/csv; charset=utf-8"
	Name string // file name, "" for none
	Data []byte
}

// maxReferences is how many identifiers References gets: the first and the last ones,
// which is what threading looks at.
const maxReferences = 21

// Bytes returns the message, 7-bit but for 8-bit messages among the Attachments, with
// CRLF lines. The text is format=flowed (RFC 3676). The error says in a sentence which
// value is missing, or cannot stand in a header; no value can add a field or a line.
func (d *Draft) Bytes() ([]byte, error) {
	var h Header
	if err := d.check(); err != nil {
		return nil, err
	}
	if err := d.addressFields(&h); err != nil {
		return nil, err
	}
	if err := d.otherFields(&h); err != nil {
		return nil, err
	}
	content, err := d.content()
	if err != nil {
		return nil, err
	}
	h.Fields = append(h.Fields, content.header.Fields...)
	return h.Message(content.body), nil
}

// check finds what would go wrong in silence later.
func (d *Draft) check() error {
	switch {
	case d.From.IsZero():
		return errors.New("the mail has no sender")
	case len(d.To)+len(d.Cc) == 0:
		return errors.New("the mail has no recipient")
	case d.Date.IsZero():
		return errors.New("the mail has no date")
	case d.MessageID == "":
		return errors.New("the mail has no Message-ID")
	case hasLineEnd(d.Subject):
		return fmt.Errorf("the subject %q holds a line end or NUL", d.Subject)
	}
	for _, id := range append([]string{d.MessageID, d.InReplyTo}, d.References...) {
		if ids := MessageIDs("<" + id + ">"); id != "" && (len(ids) != 1 || ids[0] != id) {
			return fmt.Errorf("%q is no message identifier", id)
		}
	}
	return nil
}

func hasLineEnd(s string) bool { return strings.ContainsAny(s, "\r\n\x00") }

func (d *Draft) addressFields(h *Header) error {
	lists := []struct {
		name string
		list []Address
	}{{"From", []Address{d.From}}, {"To", d.To}, {"Cc", d.Cc}, {"Reply-To", d.ReplyTo}}
	for _, l := range lists {
		if len(l.list) == 0 {
			continue
		}
		for _, a := range l.list {
			if hasLineEnd(a.Name + a.Local + a.Domain) {
				return fmt.Errorf("the address %q in %s holds a line end or NUL", a.Format(), l.name)
			}
			if _, ok := parseSpec(a.String()); !ok {
				return fmt.Errorf("%q in %s is no mail address", a.String(), l.name)
			}
		}
		if err := h.Append(l.name, FormatAddresses(l.list)); err != nil {
			return err
		}
	}
	return nil
}

func (d *Draft) otherFields(h *Header) error {
	auto := "auto-generated"
	if d.IsReply {
		auto = "auto-replied"
	}
	fields := [][2]string{
		{"Subject", EncodeText(d.Subject)},
		{"Date", d.Date.Format("Mon, 02 Jan 2006 15:04:05 -0700")},
		{"Message-ID", "<" + d.MessageID + ">"},
	}
	if d.InReplyTo != "" {
		fields = append(fields, [2]string{"In-Reply-To", "<" + d.InReplyTo + ">"})
	}
	if references := d.references(); len(references) > 0 {
		fields = append(fields, [2]string{"References", "<" + strings.Join(references, "> <") + ">"})
	}
	if !d.ByHand {
		fields = append(fields, [2]string{"Auto-Submitted", auto}, [2]string{"X-Auto-Response-Suppress", "All"})
	}
	fields = append(fields, d.Headers...)
	fields = append(fields, [2]string{"MIME-Version", "1.0"})
	for _, f := range fields {
		if err := h.Append(f[0], f[1]); err != nil {
			return err
		}
	}
	return nil
}

func (d *Draft) references() []string {
	all := d.References
	if len(all) == 0 && d.InReplyTo != "" {
		return []string{d.InReplyTo}
	}
	if len(all) > maxReferences {
		return append(all[:1:1], all[len(all)-maxReferences+1:]...)
	}
	return all
}

// An entity is a part as it will be: its Content-* fields and its encoded body.
type entity struct {
	header Header
	body   []byte
}

// content builds text, alternatives and attachments into one entity.
func (d *Draft) content() (entity, error) {
	forms, err := d.forms()
	if err != nil {
		return entity{}, err
	}
	text, err := joinParts("alternative", forms)
	if err != nil {
		return entity{}, err
	}
	files := make([]entity, 0, 2+len(d.Attachments))
	files = append(files, text)
	if len(d.Digest) > 0 {
		digest, err := digestOf(d.Digest)
		if err != nil {
			return entity{}, err
		}
		files = append(files, digest)
	}
	for _, a := range d.Attachments {
		file, err := newLeaf(a, "attachment")
		if err != nil {
			return entity{}, err
		}
		files = append(files, file)
	}
	return joinParts("mixed", files)
}

func digestOf(messages [][]byte) (entity, error) {
	parts := make([]entity, len(messages))
	for i, raw := range messages {
		var err error
		if parts[i], err = newLeaf(Attachment{Type: "message/rfc822", Data: raw}, ""); err != nil {
			return entity{}, err
		}
	}
	return joinParts("digest", parts) // one alone stands there as it is
}

// forms are the text and what says the same.
func (d *Draft) forms() ([]entity, error) {
	list := []Attachment{{Type: "text/plain; charset=utf-8; format=flowed", Data: []byte(d.flowed())}}
	if d.HTML != "" {
		list = append(list, Attachment{Type: "text/html; charset=utf-8", Data: []byte(d.HTML)})
	}
	var parts []entity
	for i, a := range append(list, d.Alternatives...) {
		part, err := newLeaf(a, "")
		if err == nil && i == 1 && d.HTML != "" && len(d.Pictures) > 0 {
			part, err = d.related(part)
		}
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	return parts, nil
}

// related puts the pictures beside the HTML that shows them (RFC 2387).
func (d *Draft) related(html entity) (entity, error) {
	parts := []entity{html}
	for _, a := range d.Pictures {
		id := a.Name
		if ids := MessageIDs("<" + id + ">"); len(ids) != 1 || ids[0] != id {
			return entity{}, fmt.Errorf("%q is no Content-ID", id)
		}
		a.Name = ""
		part, err := newLeaf(a, "inline")
		if err == nil {
			err = part.header.Append("Content-ID", "<"+id+">")
		}
		if err != nil {
			return entity{}, err
		}
		parts = append(parts, part)
	}
	return joinParts("related", parts)
}

// newLeaf makes one part, in the transfer encoding that suits it.
func newLeaf(a Attachment, disposition string) (entity, error) {
	kind, params, err := mime.ParseMediaType(a.Type)
	if err != nil || hasLineEnd(a.Type+a.Name) {
		return entity{}, fmt.Errorf("the attachment %q has the unreadable type %q", a.Name, a.Type)
	}
	var e entity
	e.body, a.Type = a.Data, mime.FormatMediaType(kind, params)
	encoding := ""
	switch {
	case strings.HasPrefix(kind, "message/"):
		if e.body = CanonicalCRLF(a.Data); has8bit(e.body) {
			encoding = "8bit" // RFC 2046 5.2.1: nothing else is allowed
		}
	case strings.HasPrefix(kind, "text/"):
		if e.body = CanonicalCRLF(a.Data); !isPlain(e.body) {
			e.body, encoding = encodeBody(e.body, true)
		}
	default:
		e.body, encoding = encodeBody(a.Data, false)
	}
	return e, e.describe(a, encoding, disposition)
}

// isPlain is true for text that needs no transfer encoding.
func isPlain(body []byte) bool {
	for _, c := range body {
		if c == 0 || c >= 0x80 {
			return false
		}
	}
	return !hasLongLine(body)
}

// describe writes the fields of a part.
func (e *entity) describe(a Attachment, encoding, disposition string) error {
	if err := e.header.Append("Content-Type", a.Type); err != nil {
		return err
	}
	if encoding != "" {
		if err := e.header.Append("Content-Transfer-Encoding", encoding); err != nil {
			return err
		}
	}
	if disposition == "" {
		return nil
	}
	params := map[string]string{}
	if a.Name != "" {
		params["filename"] = a.Name
	}
	return e.header.Append("Content-Disposition", mime.FormatMediaType(disposition, params))
}

// joinParts makes a multipart of several parts; a single one stays alone. The
// boundary depends on the parts, so that the same draft gives the same bytes.
func joinParts(kind string, parts []entity) (entity, error) {
	if len(parts) == 1 {
		return parts[0], nil
	}
	var joined entity
	sum := sha256.New()
	encoding, size := "", 1000 // of the fields and boundaries
	for _, p := range parts {
		sum.Write(p.body)
		size += len(p.body)
		if p.header.Get("Content-Transfer-Encoding") == "8bit" {
			encoding = "8bit"
		}
	}
	boundary := kind + "-" + encodeToken(sum.Sum(nil)[:15])
	joined.body = make([]byte, 0, size)
	for _, p := range parts {
		joined.body = append(joined.body, "--"+boundary+"\r\n"...)
		joined.body = p.header.appendMessage(joined.body, p.body)
		joined.body = append(joined.body, "\r\n"...)
	}
	joined.body = append(joined.body, "--"+boundary+"--\r\n"...)
	params := ""
	if kind == "related" {
		params = `; type="` + parts[0].mediaType() + `"` // RFC 2387 3.1
	}
	return joined, joined.describe(Attachment{Type: "multipart/" + kind + `; boundary="` + boundary + `"` + params}, encoding, "")
}

// mediaType is the type of a part without its parameters.
func (e *entity) mediaType() string {
	kind, _, _ := strings.Cut(e.header.Get("Content-Type"), ";")
	return kind
}

// flowed returns the text as format=flowed, with CRLF lines.
func (d *Draft) flowed() string {
	if !d.Flowed {
		return flow(d.Text)
	}
	return strings.ReplaceAll(strings.TrimRight(cleanText(d.Text), "\n")+"\n", "\n", "\r\n")
}
