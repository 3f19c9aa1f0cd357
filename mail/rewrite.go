package mail

import "bytes"

// A rewriter copies a message and changes the fields and bodies that it must. What
// it leaves alone is copied byte for byte.
type rewriter struct {
	field    func(f Field, inTop bool) (Field, error) // what a field becomes
	badBody  func([]byte) bool                        // which bodies are encoded anew; nil for none
	sevenBit bool                                     // the result is 7-bit as a whole

	src            []byte
	out            []byte
	brokeSignature bool
}

// rewrite applies r to a message. The error is that of r.field, or a *LimitError.
func rewrite(raw []byte, r rewriter) (out []byte, brokeSignature bool, err error) {
	root, err := Scan(raw, DefaultLimits())
	if err != nil {
		return raw, false, err
	}
	r.src = raw
	r.out = make([]byte, 0, len(raw)+len(raw)/8+64)
	if err := r.part(root, true); err != nil {
		return raw, false, err
	}
	return r.out, r.brokeSignature, nil
}

// part writes one part with all that is in it.
func (r *rewriter) part(p *Part, inTop bool) error {
	header, body, err := r.leaf(p, inTop)
	if err != nil {
		return err
	}
	r.header(p, header)
	start := len(r.out)
	if body != nil {
		r.out = append(r.out, body...)
	} else if err := r.inside(p, inTop); err != nil {
		return err
	}
	if p.Type == "multipart/signed" && !bytes.Equal(r.out[start:], p.RawBody()) {
		r.brokeSignature = true
	}
	return nil
}

// leaf returns the header that a part gets, and its body if that is encoded anew.
func (r *rewriter) leaf(p *Part, inTop bool) (header Header, body []byte, err error) {
	for _, f := range p.Header.Fields {
		if f, err = r.field(f, inTop); err != nil {
			return header, nil, err
		}
		header.Fields = append(header.Fields, f)
	}
	encoding := ""
	switch {
	case r.badBody == nil:
	case len(p.Children) > 0 && p.Type != "message/global" || p.IsMultipart():
		if r.sevenBit && (p.Encoding == "8bit" || p.Encoding == "binary") {
			encoding = "7bit"
		}
	case r.badBody(p.RawBody()):
		body, encoding = encodeBody(p.Content(0), p.IsText())
	}
	if encoding != "" {
		err = setEncoding(&header, encoding, p.Parent == nil || !p.Parent.IsMultipart())
	}
	return header, body, err
}

// setEncoding names the transfer encoding of a part. It means nothing in a message
// that does not claim to be MIME (RFC 2045 4).
func setEncoding(h *Header, encoding string, ofMessage bool) error {
	if ofMessage && !h.Has("MIME-Version") {
		if err := h.Append("MIME-Version", "1.0"); err != nil {
			return err
		}
	}
	return h.Set("Content-Transfer-Encoding", encoding)
}

// header writes a header and the empty line. A part that had no empty line needs one
// only if there is a header now that was not there before.
func (r *rewriter) header(p *Part, header Header) {
	empty := r.src[p.HeaderAt.End:p.Body.Start]
	r.out = header.AppendTo(r.out)
	if len(empty) == 0 && len(header.Fields) > len(p.Header.Fields) {
		empty = []byte("\r\n")
		if n := len(r.out); n > 0 && r.out[n-1] != '\n' {
			empty = []byte("\r\n\r\n")
		}
	}
	r.out = append(r.out, empty...)
}

// inside writes a body that holds parts: these, and what stands between them.
func (r *rewriter) inside(p *Part, inTop bool) error {
	pos := p.Body.Start
	for _, child := range p.Children {
		r.between(p, pos, child.HeaderAt.Start)
		if err := r.part(child, inTop && p.IsMultipart()); err != nil {
			return err
		}
		pos = child.Body.End
	}
	r.between(p, pos, p.Body.End)
	return nil
}

// between writes what belongs to no part: delimiters, and text before the first and
// behind the last that nobody sees (RFC 2046 5.1.1).
func (r *rewriter) between(p *Part, from, to int) {
	text := r.src[from:to]
	if r.badBody != nil && r.badBody(text) {
		if r.sevenBit {
			text = questionMarks(text)
		}
		text = breakLines(text, MaxLine, "")
	}
	r.out = append(r.out, text...)
}
