package mail

import (
	"bytes"
	"fmt"
	"strings"
)

// A Field is one header field as it stood in the message.
type Field struct {
	// Name is the field name as written, without the colon; compare it with
	// strings.EqualFold. It is empty for a line that is no header field.
	Name string
	// Raw holds the bytes of the whole field with its folding and line end.
	Raw []byte
}

// Value returns the text behind the colon: unfolded (RFC 5322 2.2.3) and trimmed,
// with RFC 2047 words still encoded and all other bytes as they are.
func (f Field) Value() string {
	_, value, found := bytes.Cut(f.Raw, []byte{':'})
	if f.Name == "" || !found {
		return ""
	}
	return string(bytes.Trim(unfold(value), " \t\r\n"))
}

// unfold takes out the line ends of a header field. It returns value itself when
// there are none.
func unfold(value []byte) []byte {
	value = bytes.TrimRight(value, "\r\n")
	if bytes.IndexByte(value, '\n') < 0 {
		return value
	}
	value = bytes.ReplaceAll(value, []byte("\r\n"), nil)
	return bytes.ReplaceAll(value, []byte("\n"), nil)
}

// NewField makes a field of a value, folded at spaces so that lines have at most 78
// octets where that is possible. The error is that of Header.Append.
func NewField(name, value string) (Field, error) {
	if !isFieldName(name) {
		return Field{}, fmt.Errorf("%q is no name for a header field", name)
	}
	if i := strings.IndexAny(value, "\r\n\x00"); i >= 0 {
		return Field{}, fmt.Errorf("the value of the header field %s holds a control character (%q) at octet %d", name, value[i], i)
	}
	raw, longest := foldField(name, strings.Trim(value, " \t"))
	if longest > MaxLine {
		return Field{}, fmt.Errorf("the value of the header field %s has %d octets without a space to fold at", name, longest)
	}
	return Field{Name: name, Raw: raw}, nil
}

// foldField writes a field and returns the length of its longest line too. A line
// end goes before a run of white space only, and never so that a line would be blank
// (RFC 5322 3.2.2).
func foldField(name, value string) (raw []byte, longest int) {
	raw = make([]byte, 0, len(name)+len(value)+len(value)/40+8)
	raw = append(append(raw, name...), ':')
	line := len(raw)
	longest = line
	if value != "" {
		value = " " + value
	}
	limit := MaxLine // the first word stays beside the name if at all possible
	for value != "" {
		n := wordEnd(value)
		if line+n > limit {
			raw = append(raw, "\r\n"...)
			line = 0
		}
		raw = append(raw, value[:n]...)
		line += n
		longest = max(longest, line)
		value = value[n:]
		limit = foldAt
	}
	return append(raw, "\r\n"...), longest
}

// wordEnd returns the length of the white space and the word that s begins with.
func wordEnd(s string) int {
	n := len(s) - len(strings.TrimLeft(s, " \t"))
	if end := strings.IndexAny(s[n:], " \t"); end >= 0 {
		return n + end
	}
	return len(s)
}
