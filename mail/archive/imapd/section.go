package imapd

import (
	"bytes"
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"

	"guildpost/mail"
)

// sectionOf cuts a part out of a message (RFC 9051 6.4.5), byte for byte; it is empty where there is no such part. (The
// library's own reads the header anew and writes it again, and finds nothing in a message whose header is damaged.)
func sectionOf(m *mail.Message, section *imap.FetchItemBodySection) []byte {
	return partial(wholeSection(m, section), section.Partial)
}

func wholeSection(m *mail.Message, section *imap.FetchItemBodySection) []byte {
	part := m.Root
	if len(section.Part) > 0 {
		part = find(m.Root, section.Part)
		if part == nil {
			return nil
		}
		switch section.Specifier {
		case imap.PartSpecifierNone:
			return cut(m.Raw, part.Body.Start, part.Body.End)
		case imap.PartSpecifierMIME:
			return headerOf(m.Raw, part, section)
		}
		if part = messageIn(part); part == nil {
			return nil
		}
	}
	switch section.Specifier {
	case imap.PartSpecifierHeader:
		return headerOf(m.Raw, part, section)
	case imap.PartSpecifierText:
		if part == m.Root {
			return m.Raw[part.Body.Start:]
		}
		return cut(m.Raw, part.Body.Start, part.Body.End)
	}
	return m.Raw
}

func cut(raw []byte, from, to int) []byte {
	from = min(max(from, 0), len(raw))
	return raw[from:min(max(to, from), len(raw))]
}

// headerOf returns a header with the empty line behind it, or those of its fields that are asked for.
func headerOf(raw []byte, part *mail.Part, section *imap.FetchItemBodySection) []byte {
	if len(section.HeaderFields) == 0 && len(section.HeaderFieldsNot) == 0 {
		return cut(raw, part.HeaderAt.Start, part.Body.Start)
	}
	var b bytes.Buffer
	for _, field := range part.Header.Fields {
		if field.Name == "" || !asked(field.Name, section) {
			continue
		}
		b.Write(field.Raw)
		if !bytes.HasSuffix(field.Raw, []byte("\n")) {
			b.WriteString("\r\n")
		}
	}
	b.WriteString("\r\n")
	return b.Bytes()
}

func asked(name string, section *imap.FetchItemBodySection) bool {
	list, want := section.HeaderFields, true
	if len(list) == 0 {
		list, want = section.HeaderFieldsNot, false
	}
	return slices.ContainsFunc(list, func(s string) bool { return strings.EqualFold(s, name) }) == want
}

// partial cuts a piece out of a section; it is empty behind its end.
func partial(content []byte, piece *imap.SectionPartial) []byte {
	if piece == nil {
		return content
	}
	if piece.Offset >= int64(len(content)) {
		return nil
	}
	content = content[piece.Offset:]
	return content[:min(piece.Size, int64(len(content)))]
}

// find goes down to the part with a number. The only part of what is no multipart is number 1.
func find(root *mail.Part, path []int) *mail.Part {
	part, top := root, true
	for _, n := range path {
		if message := messageIn(part); message != nil && !top {
			part = message
			if !isMultipart(part) {
				if n != 1 {
					return nil
				}
				continue
			}
		}
		switch {
		case isMultipart(part):
			if n < 1 || n > len(part.Children) {
				return nil
			}
			part = part.Children[n-1]
		case n != 1 || !top:
			return nil
		}
		top = false
	}
	return part
}

// isMultipart is false for a multipart without parts, which IMAP cannot name: it is shown as text.
func isMultipart(part *mail.Part) bool { return part.IsMultipart() && len(part.Children) > 0 }

// messageIn is the message that a part consists of, or nil.
func messageIn(part *mail.Part) *mail.Part {
	if part.Type != "message/rfc822" && part.Type != "message/global" || len(part.Children) != 1 {
		return nil
	}
	return part.Children[0]
}
