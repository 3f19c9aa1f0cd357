package mail

import (
	"path"
	"strings"
	"unicode/utf8"
)

// A Span is a range of octets of a raw message: from Start up to, not including, End.
type Span struct{ Start, End int }

// Len is how many octets the span has.
func (s Span) Len() int { return s.End - s.Start }

// A Part is a message or a body part of one: its place in the raw bytes and what its
// header says about its content. Scan makes it; it shares memory with the raw bytes
// and nobody changes it.
type Part struct {
	Header   Header
	HeaderAt Span // the header, without the empty line
	Body     Span // the body, without the line end that belongs to the delimiter behind it

	// Type is the media type in lower case, such as "text/plain". It is that where
	// the header says nothing or nonsense (RFC 2045 5.2), and "message/rfc822"
	// within a multipart/digest (RFC 2046 5.1.5).
	Type string
	// Params are the parameters of Content-Type: names in lower case, RFC 2231
	// continuations joined and decoded.
	Params map[string]string
	// Charset is the charset parameter as it stands, "" if there is none.
	Charset string
	// Encoding is the Content-Transfer-Encoding in lower case, "" if there is none.
	Encoding string
	// Disposition is "inline", "attachment", another word in lower case, or "".
	Disposition string
	// Filename is the last element of the file name that the sender gave, decoded,
	// without control characters; "" if there is none. It names no file on this side.
	Filename string

	Parent   *Part
	Children []*Part

	boundary string
	closed   bool // a multipart whose closing delimiter was there
	src      []byte
}

// maxFilename is how long a Filename gets, in octets: what file systems take.
const maxFilename = 255

// describe reads what the header says about the content.
func (p *Part) describe() {
	p.Type, p.Params = parseParams(p.Header.Get("Content-Type"))
	if !validType(p.Type) {
		p.Type = "text/plain"
		if p.Parent != nil && p.Parent.Type == "multipart/digest" && !p.Header.Has("Content-Type") {
			p.Type = "message/rfc822"
		}
	}
	p.Charset = p.Params["charset"]
	p.Encoding = encodingName(p.Header.Get("Content-Transfer-Encoding"))
	disposition, params := parseParams(p.Header.Get("Content-Disposition"))
	p.Disposition = disposition
	p.Filename = cleanFilename(params["filename"])
	if p.Filename == "" {
		p.Filename = cleanFilename(p.Params["name"])
	}
	if p.IsMultipart() {
		p.boundary = strings.TrimRight(p.Params["boundary"], " \t")
	}
}

// validType reports whether s has the form type/subtype. A multipart without a
// subtype is one all the same (RFC 2046 5.1.3 treats unknown ones as mixed).
func validType(s string) bool {
	kind, sub, found := strings.Cut(s, "/")
	return found && kind != "" && sub != "" && !strings.ContainsAny(s, " \t\"<>@,")
}

// encodingName reduces the value of a Content-Transfer-Encoding field to its word.
func encodingName(value string) string {
	value, _ = parseParams(value)
	if i := strings.IndexAny(value, " \t"); i >= 0 {
		value = value[:i]
	}
	return strings.Trim(value, "\"'.:")
}

// cleanFilename makes a name for people of what the sender called a file: no path,
// no control characters, a bounded length.
func cleanFilename(name string) string {
	name = cleanLine(DecodeWords(name))
	name = path.Base("/" + strings.ReplaceAll(name, `\`, "/"))
	if name == "/" || name == "." || name == ".." {
		return ""
	}
	return truncate(name, maxFilename)
}

// truncate cuts s to at most limit octets without cutting a character.
func truncate(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}

// IsMultipart reports whether the part consists of parts.
func (p *Part) IsMultipart() bool { return strings.HasPrefix(p.Type, "multipart/") }

// IsText reports whether the part is of type text.
func (p *Part) IsText() bool { return strings.HasPrefix(p.Type, "text/") }

// IsAttachment reports whether the sender meant the part to be a file beside the
// text: by its disposition, or by a file name without one.
func (p *Part) IsAttachment() bool {
	switch p.Disposition {
	case "inline":
		return false
	case "":
		return p.Filename != ""
	}
	return true
}

// holdsMessage reports whether the body is a message that can be read in place.
func (p *Part) holdsMessage() bool {
	switch p.Type {
	case "message/rfc822", "message/global", "message/news":
		return p.Encoding == "" || p.Encoding == "7bit" || p.Encoding == "8bit" || p.Encoding == "binary"
	}
	return false
}

// RawBody returns the body as it stands in the message, still encoded. It shares
// memory with the raw message.
func (p *Part) RawBody() []byte { return p.src[p.Body.Start:p.Body.End] }

// Content returns the body with its transfer encoding undone, at most limit octets of
// it (0 is no limit). It shares memory with the raw message where nothing was encoded.
func (p *Part) Content(limit int) []byte {
	body := p.RawBody()
	switch p.Encoding {
	case "base64":
		return decodeBase64(body, limit)
	case "quoted-printable":
		return decodeQuotedPrintable(body, limit)
	case "x-uuencode", "uuencode", "x-uue":
		return decodeUU(body, limit)
	}
	return cut(body, limit)
}

func cut(b []byte, limit int) []byte {
	if limit > 0 && len(b) > limit {
		return b[:limit]
	}
	return b
}

// Text returns the body as text: its transfer encoding undone, its charset decoded,
// at most limit octets of it read (0 is no limit). Lines end in LF; there are no
// control characters but tab and LF. Known is false if the charset is not known: then
// all that is not ASCII has become U+FFFD.
func (p *Part) Text(limit int) (text string, known bool) {
	text, known = DecodeCharset(p.Charset, p.Content(limit))
	return cleanText(text), known
}

// Walk calls f for the part and all parts within it in the order in which they
// stand. Where f returns false, the parts within are left out.
func (p *Part) Walk(f func(*Part) bool) {
	if !f(p) {
		return
	}
	for _, child := range p.Children {
		child.Walk(f)
	}
}

// InMessage reports whether the part lies in a message/rfc822 part: it is then a part
// of something forwarded or returned, not said by the sender of this message.
func (p *Part) InMessage() bool {
	for up := p.Parent; up != nil; up = up.Parent {
		if !up.IsMultipart() {
			return true
		}
	}
	return false
}
