package mail

import (
	"bytes"
	"strings"
)

// MaxLine is how long a line of a message may be, in octets without CRLF
// (RFC 5322 2.1.1).
const MaxLine = 998

// foldAt is where header lines are folded if a space allows it (RFC 5322 2.1.1).
const foldAt = 78

// A Header is the fields of a message or part, in order. Lines that are no header
// field (no colon, an mbox "From " line, a continuation with nothing before it) are
// kept as Fields without a Name, so that writing a Header gives back every byte.
//
// A Header may be copied: its methods never change the Fields of another copy.
type Header struct {
	Fields []Field
}

// SplitHeader takes a message or part apart at the empty line. The body begins
// behind that line and is nil when there is none. Lines may end in CRLF or LF; a
// bare CR ends no line, so use CanonicalCRLF before on what comes from outside. The
// result shares memory with raw. The time is linear in the length of the header.
func SplitHeader(raw []byte) (h Header, body []byte) {
	for pos := 0; pos < len(raw); {
		end := lineEnd(raw, pos)
		line := raw[pos:end]
		if isEmptyLine(line) {
			return h, raw[end:]
		}
		if last := len(h.Fields) - 1; last >= 0 && isSpace(line[0]) {
			field := &h.Fields[last]
			start := pos - len(field.Raw)
			field.Raw = raw[start:end:end]
		} else {
			h.Fields = append(h.Fields, Field{Name: fieldName(line), Raw: raw[pos:end:end]})
		}
		pos = end
	}
	return h, nil
}

// lineEnd returns the position behind the line that begins at pos.
func lineEnd(raw []byte, pos int) int {
	n := bytes.IndexByte(raw[pos:], '\n')
	if n < 0 {
		return len(raw)
	}
	return pos + n + 1
}

func isEmptyLine(line []byte) bool {
	return len(line) == 1 && line[0] == '\n' || len(line) == 2 && line[0] == '\r' && line[1] == '\n'
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' }

// fieldName returns the name of the header field that line begins, or "" if it
// begins none. Space before the colon is the obsolete form of RFC 5322 4.5.
func fieldName(line []byte) string {
	name, _, found := bytes.Cut(line, []byte{':'})
	name = bytes.TrimRight(name, " \t")
	if !found || !isFieldName(string(name)) {
		return ""
	}
	return string(name)
}

// isFieldName reports whether name is an RFC 5322 2.2 field name.
func isFieldName(name string) bool {
	for i := 0; i < len(name); i++ {
		if name[i] <= ' ' || name[i] >= 0x7f || name[i] == ':' {
			return false
		}
	}
	return name != ""
}

// Get returns the value of the first field with that name, "" if there is none.
func (h Header) Get(name string) string {
	if i := h.index(name); i >= 0 {
		return h.Fields[i].Value()
	}
	return ""
}

// Values returns the values of all fields with that name, in order.
func (h Header) Values(name string) []string {
	var values []string
	for _, f := range h.Fields {
		if strings.EqualFold(f.Name, name) {
			values = append(values, f.Value())
		}
	}
	return values
}

// Count tells how many fields have that name.
func (h Header) Count(name string) int {
	n := 0
	for _, f := range h.Fields {
		if strings.EqualFold(f.Name, name) {
			n++
		}
	}
	return n
}

// Has reports whether a field has that name.
func (h Header) Has(name string) bool { return h.index(name) >= 0 }

func (h Header) index(name string) int {
	for i, f := range h.Fields {
		if name != "" && strings.EqualFold(f.Name, name) {
			return i
		}
	}
	return -1
}

// Del removes every field that has one of the names.
func (h *Header) Del(names ...string) {
	h.deleteFunc(func(f Field) bool {
		for _, name := range names {
			if strings.EqualFold(f.Name, name) {
				return true
			}
		}
		return false
	})
}

// DelPrefix removes every field whose name begins with prefix, such as "List-".
func (h *Header) DelPrefix(prefix string) {
	h.deleteFunc(func(f Field) bool {
		return len(f.Name) >= len(prefix) && strings.EqualFold(f.Name[:len(prefix)], prefix)
	})
}

// deleteFunc removes fields for which gone is true. Lines without a name stay, since
// nobody can have meant them.
func (h *Header) deleteFunc(gone func(Field) bool) {
	kept := make([]Field, 0, len(h.Fields))
	for _, f := range h.Fields {
		if f.Name == "" || !gone(f) {
			kept = append(kept, f)
		}
	}
	h.Fields = kept
}

// Set gives the first field with that name a new value and removes the others; it
// appends the field if there was none. The error is that of Append.
func (h *Header) Set(name, value string) error {
	field, err := NewField(name, value)
	if err != nil {
		return err
	}
	first := h.index(name)
	if first < 0 {
		h.add(len(h.Fields), field)
		return nil
	}
	head := append(append([]Field(nil), h.Fields[:first]...), field)
	rest := Header{Fields: h.Fields[first+1:]}
	rest.Del(name)
	h.Fields = append(head, rest.Fields...)
	return nil
}

// Prepend adds a field on top, as trace fields want it. The error is that of Append.
func (h *Header) Prepend(name, value string) error {
	field, err := NewField(name, value)
	if err != nil {
		return err
	}
	h.add(0, field)
	return nil
}

// Append adds a field at the end. It refuses a name that RFC 5322 does not allow, a
// value with CR, LF or NUL, and one that cannot be folded to lines of MaxLine octets;
// then the header is as before.
func (h *Header) Append(name, value string) error {
	field, err := NewField(name, value)
	if err != nil {
		return err
	}
	h.add(len(h.Fields), field)
	return nil
}

// add inserts a field at i, but never above a first line that must stay first.
func (h *Header) add(i int, field Field) {
	if i == 0 && len(h.Fields) > 0 && mustStayFirst(h.Fields[0]) {
		i = 1
	}
	fields := make([]Field, 0, len(h.Fields)+1)
	fields = append(append(fields, h.Fields[:i]...), field)
	h.Fields = append(fields, h.Fields[i:]...)
}

// mustStayFirst is true for an mbox "From " line, and for a continuation line, which
// would become a part of whatever stood above it.
func mustStayFirst(f Field) bool {
	return f.Name == "" && len(f.Raw) > 0 && (isSpace(f.Raw[0]) || bytes.HasPrefix(f.Raw, []byte("From ")))
}

// AppendTo appends the bytes of the header to dst, without the empty line. A field
// whose line end is missing gets one unless it is the last.
func (h Header) AppendTo(dst []byte) []byte {
	for i, f := range h.Fields {
		dst = append(dst, f.Raw...)
		if i < len(h.Fields)-1 && !bytes.HasSuffix(f.Raw, []byte{'\n'}) {
			dst = append(dst, "\r\n"...)
		}
	}
	return dst
}

// Message returns the header, the empty line and the body in one slice. Without a
// body (nil) there is no empty line, as in a message that ends within its header.
func (h Header) Message(body []byte) []byte {
	n := len(body) + 4
	for _, f := range h.Fields {
		n += len(f.Raw) + 2
	}
	return h.appendMessage(make([]byte, 0, n), body)
}

// appendMessage appends the header and the body to dst.
func (h Header) appendMessage(dst, body []byte) []byte {
	start := len(dst)
	dst = h.AppendTo(dst)
	if body == nil {
		return dst
	}
	if len(dst) > start && dst[len(dst)-1] != '\n' {
		dst = append(dst, "\r\n"...)
	}
	dst = append(dst, "\r\n"...)
	return append(dst, body...)
}
