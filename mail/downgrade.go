package mail

import (
	"bytes"
	"errors"
	"mime"
	"strings"
)

// ErrNeedsSMTPUTF8 means that a mail address in the header cannot be written in
// ASCII, so that the message can only go to a peer that offers SMTPUTF8 (RFC 6531).
var ErrNeedsSMTPUTF8 = errors.New("a mail address in the header is not in ASCII, and the receiving server does not take such addresses")

// NeedsSMTPUTF8 reports whether one of the envelope addresses is not in ASCII.
func NeedsSMTPUTF8(addresses ...string) bool {
	for _, addr := range addresses {
		if !isASCII(addr) {
			return true
		}
	}
	return false
}

// HeaderHas8bit reports whether the header of a message, or that of a part, holds
// octets beyond ASCII: then it wants SMTPUTF8, or DowngradeHeader.
func HeaderHas8bit(raw []byte) bool {
	if !has8bit(raw) {
		return false
	}
	root, _ := Scan(raw, DefaultLimits())
	found := false
	root.Walk(func(p *Part) bool {
		found = found || has8bit(raw[p.HeaderAt.Start:p.HeaderAt.End])
		return !found
	})
	return found
}

// Downgrade8bit makes a message 7-bit, for a peer that does not offer 8BITMIME
// (RFC 6152): bodies beyond ASCII become quoted-printable or base64 by what they hold,
// and raw header text RFC 2047 words. What is 7-bit already stays byte for byte. Lines
// must end in CRLF.
//
// A multipart/signed with 8-bit content, which RFC 1847 2.1 forbids, cannot come through
// whole: brokeSignature says so. DKIM signatures break too, so sign after. The error
// is ErrNeedsSMTPUTF8 or a *LimitError.
func Downgrade8bit(raw []byte) (out []byte, brokeSignature bool, err error) {
	if !has8bit(raw) {
		return raw, false, nil
	}
	return rewrite(raw, rewriter{field: to7bitField, badBody: has8bit, sevenBit: true})
}

// DowngradeHeader does to headers what Downgrade8bit does, and leaves bodies as they
// are: for a peer with 8BITMIME, but without SMTPUTF8.
func DowngradeHeader(raw []byte) (out []byte, brokeSignature bool, err error) {
	if !HeaderHas8bit(raw) {
		return raw, false, nil
	}
	return rewrite(raw, rewriter{field: to7bitField})
}

// WrapLongLines brings lines of more than MaxLine octets, which servers refuse or cut,
// below that: a body with such a line becomes quoted-printable or base64, header
// fields are folded. Raw is returned itself if there are none. Lines must end in CRLF.
func WrapLongLines(raw []byte) (out []byte, changed bool) {
	if !hasLongLine(raw) {
		return raw, false
	}
	out, _, err := rewrite(raw, rewriter{field: shortField, badBody: hasLongLine})
	if err != nil { // too deep or wide to be taken apart
		return breakLines(raw, MaxLine, ""), true
	}
	return out, true
}

// to7bitField brings a header field to ASCII.
func to7bitField(f Field, inTop bool) (Field, error) {
	if !has8bit(f.Raw) {
		return f, nil
	}
	value, err := to7bitValue(f, inTop)
	if err != nil {
		return f, err
	}
	if value != "" {
		if field, err := NewField(f.Name, value); err == nil {
			return field, nil
		}
	}
	return Field{Name: f.Name, Raw: questionMarks(f.Raw)}, nil
}

// to7bitValue returns the value in ASCII, or "" where it can only be damaged.
func to7bitValue(f Field, inTop bool) (string, error) {
	switch name := strings.ToLower(f.Name); name {
	case "from", "sender", "reply-to", "to", "cc", "bcc", "resent-from", "resent-sender", "resent-to", "resent-cc", "x-original-from":
		return asciiAddresses(f.Value(), inTop)
	case "content-type", "content-disposition":
		word, params := parseParams(decodeUndeclared([]byte(f.Value())))
		if !isASCII(params["boundary"]) { // must go on to match the delimiters, which get question marks
			return "", nil
		}
		return mime.FormatMediaType(word, params), nil
	case "", "received", "return-path", "date", "message-id", "in-reply-to", "references", "mime-version",
		"content-transfer-encoding", "content-id", "dkim-signature", "authentication-results":
		return "", nil
	default:
		if strings.HasPrefix(name, "list-") || strings.HasPrefix(name, "arc-") {
			return "", nil
		}
	}
	return EncodeText(DecodeWords(f.Value())), nil
}

// asciiAddresses writes a list of addresses in ASCII. In a message within the message,
// which nobody answers from, an address that has no such form becomes text.
func asciiAddresses(value string, inTop bool) (string, error) {
	list := ParseAddressList(decodeUndeclared([]byte(value)))
	for i, a := range list {
		domain, err := canonicalDomain(a.Domain)
		if err == nil && isASCII(a.Local) {
			if !isASCII(a.Domain) {
				list[i].Domain = domain
			}
			continue
		}
		if isASCII(a.String()) {
			continue
		}
		if inTop {
			return "", ErrNeedsSMTPUTF8
		}
		return EncodeText(DecodeWords(value)), nil
	}
	if len(list) == 0 {
		return EncodeText(DecodeWords(value)), nil
	}
	return FormatAddresses(list), nil
}

// questionMarks replaces octets beyond ASCII.
func questionMarks(b []byte) []byte {
	out := bytes.Clone(b)
	for i, c := range out {
		if c >= 0x80 {
			out[i] = '?'
		}
	}
	return out
}

// shortField folds a header field anew if one of its lines is too long.
func shortField(f Field, _ bool) (Field, error) {
	if !hasLongLine(f.Raw) {
		return f, nil
	}
	if field, err := NewField(f.Name, f.Value()); err == nil {
		return field, nil
	}
	return Field{Name: f.Name, Raw: breakLines(f.Raw, MaxLine-len(" "), " ")}, nil
}
