package mail

import (
	"bytes"
	"crypto/sha256"
	"mime"
	"slices"
	"strings"
)

// AddFooter adds a footer to a message whose lines end in CRLF. All that was there
// stays byte for byte, but for the header fields that describe the body, and for a
// single text that has to be encoded anew to hold the footer. Nothing is ever put into
// HTML or into what is signed.
//
//   - text/plain: the footer goes behind the text, in its transfer encoding and charset,
//     or in UTF-8 where the charset has not all characters.
//   - multipart/mixed: the footer becomes the last part.
//   - all else is wrapped into a multipart/mixed with the footer behind it.
//
// The added part is html where the message has an HTML body and html is not empty, else
// text. Reason is "" if the footer was added, or a sentence why out is raw itself: the
// message is signed or encrypted, or so odd that it is better left alone.
func AddFooter(raw []byte, text, html string) (out []byte, reason string) {
	root, err := Scan(raw, DefaultLimits())
	if err != nil {
		return raw, err.Error()
	}
	f := footerEdit{raw: raw, root: root, text: footerText(text), html: html}
	if reason := f.refuses(); reason != "" {
		return raw, reason
	}
	switch {
	case root.Type == "multipart/mixed":
		return f.intoMixed()
	case root.Type == "text/plain" && !root.IsAttachment():
		if out, ok := f.intoText(); ok {
			return out, ""
		}
	}
	return f.wrap()
}

// footerText gives a footer CRLF line ends, and no white space at the end of lines,
// which format=flowed would take for a line that goes on (RFC 3676 4).
func footerText(text string) string {
	lines := strings.Split(strings.Trim(cleanText(text), "\n"), "\n")
	for i, line := range lines {
		if line != "-- " {
			lines[i] = strings.TrimRight(line, " \t")
		}
	}
	return strings.Join(lines, "\r\n") + "\r\n"
}

// stuffed returns the footer as format=flowed wants it: no line looks like a quote.
func stuffed(text string) string {
	lines := strings.SplitAfter(text, "\r\n")
	for i, line := range lines {
		lines[i] = stuffFlowed(line)
	}
	return strings.Join(lines, "")
}

// A footerEdit is a footer on its way into a message.
type footerEdit struct {
	raw  []byte
	root *Part
	text string
	html string
}

// refuses returns why a message gets no footer, or "".
func (f *footerEdit) refuses() string {
	root := f.root
	declared, _ := parseParams(root.Header.Get("Content-Type"))
	switch {
	case strings.TrimSpace(f.text) == "":
		return "there is no footer to add"
	case isProtected(root):
		return "the message is signed or encrypted"
	case root.Header.Count("Content-Type") > 1 || root.Header.Count("Content-Transfer-Encoding") > 1:
		return "the message says twice what its body is"
	case declared != "" && !validType(declared):
		return "the message does not say in a readable way what its body is"
	case root.HeaderAt.End == root.Body.Start:
		return "the message has no body"
	case root.IsMultipart() && !root.closed:
		return "the parts of the message have no end"
	}
	return ""
}

// isProtected is true for S/MIME and PGP, where a change would look like an attack, or
// would be outside of what was encrypted and so mislead.
func isProtected(root *Part) bool {
	switch root.Type {
	case "multipart/signed", "multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp", "application/pgp-encrypted":
		return true
	case "text/plain":
		content := root.Content(0)
		return bytes.HasPrefix(content, []byte("-----BEGIN PGP ")) || bytes.Contains(content, []byte("\n-----BEGIN PGP "))
	}
	return false
}

// intoMixed adds the footer as a part in front of the closing delimiter.
func (f *footerEdit) intoMixed() (out []byte, reason string) {
	root := f.root
	delimiter := "--" + root.boundary
	at := root.Body.Start
	if n := len(root.Children); n > 0 {
		at = root.Children[n-1].Body.End
	}
	for at < len(f.raw) && (f.raw[at] == '\r' || f.raw[at] == '\n') {
		at++
	}
	if len(root.Children) == 0 || !bytes.HasPrefix(f.raw[at:], []byte(delimiter+"--")) {
		return f.raw, "the parts of the message have no clear end"
	}
	part := delimiter + "\r\n" + f.part()
	return slices.Concat(f.raw[:at], []byte(part), f.raw[at:]), ""
}

// part returns the footer as a body part with its header.
func (f *footerEdit) part() string {
	kind, text := "text/plain", f.text
	if f.html != "" && hasHTML(f.root) {
		kind, text = "text/html", string(CanonicalCRLF([]byte(f.html)))
		if !strings.HasSuffix(text, "\r\n") {
			text += "\r\n"
		}
	}
	encoding := "7bit"
	if !isASCII(text) || hasLongLine([]byte(text)) {
		text, encoding = string(appendQP(nil, []byte(text))), "quoted-printable"
	}
	return "Content-Type: " + kind + "; charset=utf-8\r\nContent-Transfer-Encoding: " + encoding +
		"\r\nContent-Disposition: inline\r\n\r\n" + text
}

func hasHTML(root *Part) bool {
	found := false
	root.Walk(func(p *Part) bool {
		found = found || p.Type == "text/html" && !p.IsAttachment()
		return p.IsMultipart()
	})
	return found
}

// wrap makes the message the first part of a multipart/mixed and the footer the second.
// The fields that describe the body go with it.
func (f *footerEdit) wrap() (out []byte, reason string) {
	boundary := f.boundary()
	var top, inner Header
	for _, field := range f.root.Header.Fields {
		if len(field.Name) > 8 && strings.EqualFold(field.Name[:8], "Content-") {
			inner.Fields = append(inner.Fields, field)
		} else {
			top.Fields = append(top.Fields, field)
		}
	}
	body := f.root.RawBody()
	if err := mixedHeader(&top, boundary, has8bit(body)); err != nil || bytes.Contains(f.raw, []byte(boundary)) {
		return f.raw, "the header of the message cannot be changed"
	}
	out = append(top.AppendTo(nil), "\r\n--"+boundary+"\r\n"...)
	out = append(inner.AppendTo(out), "\r\n"...)
	out = append(out, body...)
	out = append(out, "\r\n--"+boundary+"\r\n"+f.part()...)
	return append(out, "\r\n--"+boundary+"--\r\n"...), ""
}

func mixedHeader(h *Header, boundary string, eightBit bool) error {
	if !h.Has("MIME-Version") {
		if err := h.Append("MIME-Version", "1.0"); err != nil {
			return err
		}
	}
	if eightBit {
		if err := h.Append("Content-Transfer-Encoding", "8bit"); err != nil {
			return err
		}
	}
	return h.Append("Content-Type", `multipart/mixed; boundary="`+boundary+`"`)
}

// boundary depends on the message alone, so that a repeated try gives the same bytes.
func (f *footerEdit) boundary() string {
	sum := sha256.Sum256(f.raw)
	return "footer-" + encodeToken(sum[:15])
}

// intoText adds the footer to the text of a single part. It is not ok where the text
// is in an encoding or a charset to which nothing can be appended with safety.
func (f footerEdit) intoText() (out []byte, ok bool) {
	if !takesASCII(f.root.Charset) {
		return nil, false
	}
	if strings.EqualFold(f.root.Params["format"], "flowed") {
		f.text = stuffed(f.text)
	}
	body := f.root.RawBody()
	added, fits := f.inCharset()
	switch f.root.Encoding {
	case "", "7bit":
		fits = fits && isASCII(added)
		body = slices.Concat(body, gap(body), added)
	case "8bit", "binary":
		body = slices.Concat(body, gap(body), added)
	case "quoted-printable":
		body = appendQP(slices.Concat(body, gapQP(body)), added)
	case "base64":
		content := f.root.Content(0)
		body = appendBase64(nil, slices.Concat(content, gap(content), added))
	default:
		return nil, false
	}
	if !fits {
		return f.inUTF8()
	}
	return slices.Concat(f.raw[:f.root.Body.Start], body), true
}

// takesASCII is true for charsets in which ASCII text can follow at any line end:
// known ones without shift states in which a character has one octet or more.
func takesASCII(charset string) bool {
	label := cleanLabel(charset)
	for _, prefix := range []string{"utf-7", "utf7", "utf-16", "utf-32", "unicode", "ucs-", "iso-10646", "iso-2022", "csiso2022", "hz"} {
		if strings.HasPrefix(label, prefix) {
			return false
		}
	}
	return knownCharset(label) && !strings.Contains(label, "utf-7")
}

// inCharset returns the footer in the charset of the message, if it fits.
func (f *footerEdit) inCharset() (text []byte, fits bool) {
	label := cleanLabel(f.root.Charset)
	if isASCII(f.text) || label == "utf-8" || label == "utf8" {
		return []byte(f.text), true
	}
	enc := lookupCharset(label)
	if enc == nil || ownDecoder(label) != nil {
		return nil, false
	}
	text, err := enc.NewEncoder().Bytes([]byte(f.text))
	back, _ := DecodeCharset(label, text) // the encoder writes "&#1234;" for what it has not
	return text, err == nil && back == f.text
}

// inUTF8 writes the text with the footer anew, in UTF-8.
func (f *footerEdit) inUTF8() (out []byte, ok bool) {
	root := f.root
	text, known := DecodeCharset(root.Charset, root.Content(0))
	if !known {
		return nil, false
	}
	params := map[string]string{}
	for name, value := range root.Params {
		params[name] = value
	}
	params["charset"] = "utf-8"
	content := slices.Concat([]byte(text), gap([]byte(text)), []byte(f.text))
	body, encoding := encodeBody(content, true)
	header := root.Header
	value := mime.FormatMediaType(root.Type, params)
	if value == "" || header.Set("Content-Type", value) != nil || setEncoding(&header, encoding, true) != nil {
		return nil, false
	}
	return header.Message(body), true
}

// gap is what stands between a text and its footer: an empty line.
func gap(body []byte) []byte {
	switch {
	case len(body) == 0:
		return nil
	case bytes.HasSuffix(body, []byte("\n")):
		return []byte("\r\n")
	}
	return []byte("\r\n\r\n")
}

// gapQP is the same for quoted-printable, where "=" at the end of a line takes the
// line end away.
func gapQP(body []byte) []byte {
	space := gap(body)
	if bytes.HasSuffix(bytes.TrimRight(body, " \t\r\n"), []byte("=")) {
		space = append([]byte("\r\n"), space...)
	}
	return space
}
