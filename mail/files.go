package mail

import (
	"crypto/sha256"
	"strconv"
)

// A File is a part of a message that is a file beside its text.
type File struct {
	Part string // its number as IMAP counts (RFC 9051 6.4.5): "2.1"
	Name string // as Part.Filename; "" if it has none
	Type string // media type, lower case
	Size int64  // of its content, decoded, in octets
	Hash []byte // SHA-256 of its content, decoded

	Start, End int // where its content stands in Message.Raw, still encoded
}

// Files returns the files of a message in the order in which they stand: parts that have a file name or are meant to be
// attachments, pictures within the text, and all else that is no text; a message that is attached is one, and what is
// in it is not listed. Signatures of the message itself are no files.
func (m *Message) Files() []File {
	var all []File
	m.walkNumbered(func(number string, p *Part) bool {
		if !p.isFile() {
			return p.IsMultipart()
		}
		content := p.Content(0)
		sum := sha256.Sum256(content)
		all = append(all, File{Part: number, Name: p.Filename, Type: p.Type, Size: int64(len(content)), Hash: sum[:],
			Start: p.Body.Start, End: p.Body.End})
		return false
	})
	return all
}

// Part returns the part with a number as IMAP counts, such as "2.1"; nil if there is none.
func (m *Message) Part(number string) (found *Part) {
	m.walkNumbered(func(n string, p *Part) bool {
		if n == number {
			found = p
		}
		return found == nil
	})
	return found
}

func (p *Part) isFile() bool {
	switch p.Type {
	case "application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-encrypted":
		return false
	}
	return !p.IsMultipart() && (p.Filename != "" || p.IsAttachment() || !p.IsText())
}

// walkNumbered calls f for all parts with their numbers (RFC 9051 6.4.5); the multipart that a message consists of has
// none. Where f returns false, the parts within are left out.
func (m *Message) walkNumbered(f func(number string, p *Part) bool) {
	if !m.Root.IsMultipart() {
		m.Root.walkNumbered("1", f)
	} else if f("", m.Root) {
		m.Root.walkChildren("", f)
	}
}

func (p *Part) walkNumbered(number string, f func(string, *Part) bool) {
	if !f(number, p) {
		return
	}
	inner := p
	if !p.IsMultipart() && len(p.Children) == 1 {
		if inner = p.Children[0]; !inner.IsMultipart() {
			inner.walkNumbered(number+".1", f)
			return
		}
	}
	inner.walkChildren(number+".", f)
}

func (p *Part) walkChildren(prefix string, f func(string, *Part) bool) {
	for i, child := range p.Children {
		child.walkNumbered(prefix+strconv.Itoa(i+1), f)
	}
}
