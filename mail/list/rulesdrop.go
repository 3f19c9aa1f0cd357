package list

import (
	"bytes"
	"mime/quotedprintable"
	"slices"
	"strings"

	"guildpost/mail"
)

// replaceParts replaces parts of a message by a note of plain text. All else stays byte for byte, but for the
// signatures that do not hold any more. The message must be within mail.DefaultLimits.
func replaceParts(raw []byte, note func(p *mail.Part) (text string, replace bool)) (out []byte, replaced int) {
	raw = mail.CanonicalCRLF(raw)
	root, err := mail.Scan(raw, mail.DefaultLimits())
	if err != nil {
		return raw, 0
	}
	pos := 0
	root.Walk(func(p *mail.Part) bool {
		text, replace := note(p)
		if !replace {
			return true
		}
		if before := otherForm(p); before != nil {
			out = append(out, raw[pos:before.Body.End]...)
		} else {
			out = append(append(out, raw[pos:p.HeaderAt.Start]...), noteFor(p, text)...)
		}
		pos = p.Body.End
		replaced++
		return false
	})
	if replaced == 0 {
		return raw, 0
	}
	return withoutSignatures(append(out, raw[pos:]...)), replaced
}

// otherForm is the part in front of one that is a further form of the same text (RFC 2046 5.1.4), nil where it is none.
// Such a part goes without a note, which would be shown instead of the text.
func otherForm(p *mail.Part) *mail.Part {
	if p.Parent == nil || p.Parent.Type != "multipart/alternative" {
		return nil
	}
	i := slices.Index(p.Parent.Children, p)
	if i < 1 {
		return nil
	}
	return p.Parent.Children[i-1]
}

// noteFor is a part that says what stood in its place. A message that was nothing but the part keeps its other fields.
func noteFor(p *mail.Part, text string) []byte {
	var h mail.Header
	if p.Parent == nil || !p.Parent.IsMultipart() {
		for _, f := range p.Header.Fields {
			if !strings.HasPrefix(strings.ToLower(f.Name), "content-") {
				h.Fields = append(h.Fields, f)
			}
		}
		if !h.Has("MIME-Version") {
			_ = h.Append("MIME-Version", "1.0") // a fixed value: it cannot be refused
		}
	}
	for _, f := range [][2]string{{"Content-Type", "text/plain; charset=utf-8"}, {"Content-Transfer-Encoding", "quoted-printable"},
		{"Content-Disposition", "inline"}} {
		_ = h.Append(f[0], f[1])
	}
	return h.Message(quotedPrintable("[" + text + "]"))
}

func quotedPrintable(text string) []byte {
	var b bytes.Buffer
	w := quotedprintable.NewWriter(&b)
	_, _ = w.Write([]byte(text + "\r\n")) // to memory: it cannot fail
	_ = w.Close()
	return b.Bytes()
}

// withoutSignatures removes the signatures of a message whose body was changed (RFC 6377 5.2: a broken one is worse than
// none).
func withoutSignatures(raw []byte) []byte {
	h, body := mail.SplitHeader(raw)
	before := len(h.Fields)
	h.Del("DKIM-Signature", "DomainKey-Signature", "ARC-Seal", "ARC-Message-Signature", "ARC-Authentication-Results")
	if len(h.Fields) == before {
		return raw
	}
	if body == nil {
		return bytes.Clone(h.AppendTo(nil))
	}
	return h.Message(body)
}
