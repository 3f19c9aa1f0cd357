package imapd

import (
	"bytes"
	"mime"
	"strings"

	"github.com/emersion/go-imap/v2"

	"guildpost/mail"
)

// maxEnvelopeAddresses is how many addresses of one field are shown in an envelope.
const maxEnvelopeAddresses = 1000

// envelope is a header as RFC 3501 7.4.2 has it.
func envelope(h mail.Header) *imap.Envelope {
	e := &imap.Envelope{Subject: mail.DecodeWords(h.Get("Subject")), From: addresses(h, "From"), Sender: addresses(h, "Sender"),
		ReplyTo: addresses(h, "Reply-To"), To: addresses(h, "To"), Cc: addresses(h, "Cc"), Bcc: addresses(h, "Bcc"),
		InReplyTo: mail.MessageIDs(h.Get("In-Reply-To"))}
	e.Date, _ = mail.ParseDate(h.Get("Date"))
	if ids := mail.MessageIDs(h.Get("Message-ID")); len(ids) > 0 {
		e.MessageID = ids[0]
	}
	return e
}

func addresses(h mail.Header, name string) (list []imap.Address) {
	for _, value := range h.Values(name) {
		for _, a := range mail.ParseAddressList(value) {
			if len(list) == maxEnvelopeAddresses {
				return list
			}
			domain := a.Domain
			if domain == "" {
				domain = "invalid" // without one it would be the name of a group
			}
			list = append(list, imap.Address{Name: a.Name, Mailbox: a.Local, Host: domain})
		}
	}
	return list
}

// structure is the tree of a message's parts, as find numbers them.
func structure(part *mail.Part) imap.BodyStructure {
	if isMultipart(part) {
		_, subtype, _ := strings.Cut(part.Type, "/")
		m := &imap.BodyStructureMultiPart{Subtype: subtype, Extended: &imap.BodyStructureMultiPartExt{Params: params(part.Params),
			Disposition: disposition(part), Language: languages(part), Location: part.Header.Get("Content-Location")}}
		for _, child := range part.Children {
			m.Children = append(m.Children, structure(child))
		}
		return m
	}
	return leaf(part)
}

func leaf(part *mail.Part) imap.BodyStructure {
	kind, subtype, _ := strings.Cut(part.Type, "/")
	s := &imap.BodyStructureSinglePart{Type: kind, Subtype: subtype, Params: params(part.Params), ID: part.Header.Get("Content-Id"),
		Description: part.Header.Get("Content-Description"), Encoding: part.Encoding, Size: uint32(part.Body.Len()),
		Extended: &imap.BodyStructureSinglePartExt{Disposition: disposition(part), Language: languages(part),
			Location: part.Header.Get("Content-Location")}}
	if s.Encoding == "" {
		s.Encoding = "7bit"
	}
	message := messageIn(part)
	switch {
	case message != nil:
		s.MessageRFC822 = &imap.BodyStructureMessageRFC822{Envelope: envelope(message.Header), BodyStructure: structure(message), NumLines: lines(part)}
	case part.IsMultipart(): // without parts
		s.Type, s.Subtype, s.Params = "text", "plain", nil
		s.Text = &imap.BodyStructureText{NumLines: lines(part)}
	case part.Type == "message/rfc822" || part.Type == "message/global": // that cannot be read
		s.Type, s.Subtype = "application", "octet-stream"
	case part.IsText():
		s.Text = &imap.BodyStructureText{NumLines: lines(part)}
	}
	return s
}

func lines(part *mail.Part) int64 { return int64(bytes.Count(part.RawBody(), []byte("\n"))) }

// params encodes what is not ASCII, as mail programs expect it here.
func params(all map[string]string) map[string]string {
	encoded := make(map[string]string, len(all))
	for name, value := range all {
		encoded[mime.QEncoding.Encode("utf-8", name)] = mime.QEncoding.Encode("utf-8", value)
	}
	return encoded
}

func disposition(part *mail.Part) *imap.BodyStructureDisposition {
	if part.Disposition == "" {
		return nil
	}
	d := &imap.BodyStructureDisposition{Value: part.Disposition}
	if part.Filename != "" {
		d.Params = params(map[string]string{"filename": part.Filename})
	}
	return d
}

func languages(part *mail.Part) (all []string) {
	const most = 10
	for word := range strings.SplitSeq(part.Header.Get("Content-Language"), ",") {
		if word = strings.TrimSpace(word); word != "" && len(all) < most {
			all = append(all, word)
		}
	}
	return all
}
