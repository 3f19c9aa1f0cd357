package archive

import (
	"strconv"

	"guildpost/mail"
	"guildpost/store"
)

// A File is a file in a message: an attachment, or anything else beside the text.
type File struct {
	Part string // its place in the MIME tree as IMAP numbers it (RFC 9051 6.4.5): "2.1"
	Name string // "" where the sender gave none
	Type string // media type, lower case
	Size int64  // of its content, decoded, in bytes
	part *mail.Part
}

// Files lists what a message has beside its text, in its order. Messages that are attached are one file each.
func Files(m *mail.Message) (all []File) {
	eachPart(m.Root, "", func(number string, p *mail.Part) {
		if isFile(p) {
			all = append(all, File{Part: number, Name: p.Filename, Type: p.Type, Size: int64(len(p.Content(0))), part: p})
		}
	})
	return all
}

// eachPart calls f for the leaves of a message with their numbers.
func eachPart(p *mail.Part, number string, f func(number string, p *mail.Part)) {
	if !p.IsMultipart() || len(p.Children) == 0 {
		if number == "" {
			number = "1"
		}
		f(number, p)
		return
	}
	if number != "" {
		number += "."
	}
	for i, child := range p.Children {
		eachPart(child, number+strconv.Itoa(i+1), f)
	}
}

// isFile tells files from the text that they accompany.
func isFile(p *mail.Part) bool {
	if p.IsAttachment() {
		return true
	}
	switch p.Type {
	case "text/plain", "text/html", "text/enriched", "text/x-amp-html":
		return p.Disposition == "inline" && p.Filename != ""
	case "application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature":
		return false
	}
	return true
}

// FileContent returns the content of a part by its number; NotFound where there is none.
func FileContent(m *mail.Message, part string) (f File, content []byte, err error) {
	eachPart(m.Root, "", func(number string, p *mail.Part) {
		if number == part {
			f = File{Part: number, Name: p.Filename, Type: p.Type, part: p}
		}
	})
	if f.part == nil {
		return f, nil, store.Errorf(store.NotFound, "that post has no part %s", part)
	}
	content = f.part.Content(0)
	f.Size = int64(len(content))
	return f, content, nil
}
