package mail

import (
	"bytes"
	"fmt"
)

// Limits bound the structure of a message. A limit of 0 means none.
type Limits struct {
	// Depth is how many levels of parts may lie within each other; the message itself
	// is the first.
	Depth int
	// Parts is how many parts there may be, multiparts and the message itself included.
	Parts int
	// HeaderBytes is how long the headers of all parts may be together, in octets.
	HeaderBytes int
	// HeaderFields is how many fields one header may have.
	HeaderFields int
	// BoundaryBytes is how long a boundary may be, in octets. RFC 2046 5.1.1 allows 70.
	BoundaryBytes int
}

// DefaultLimits are far beyond what people send (of 6,600 messages looked at, the
// largest had 39 parts, 10 levels and 210 KB of headers), and far below what hurts.
func DefaultLimits() Limits {
	return Limits{Depth: 50, Parts: 1000, HeaderBytes: 1 << 20, HeaderFields: 500, BoundaryBytes: 200}
}

// A LimitError says which of the Limits a message exceeds. It is permanent: the
// sender is answered 554 5.6.0.
type LimitError struct {
	// What is exceeded: "depth", "parts", "header bytes", "header fields" or
	// "boundary bytes".
	What string
	// Limit is how much is allowed.
	Limit int
}

// Error is a sentence that can stand in an SMTP reply.
func (e *LimitError) Error() string {
	switch e.What {
	case "depth":
		return fmt.Sprintf("the message has parts within parts deeper than %d levels", e.Limit)
	case "parts":
		return fmt.Sprintf("the message has more than %d parts", e.Limit)
	case "header bytes":
		return fmt.Sprintf("the headers of the message are longer than %d octets in all", e.Limit)
	case "header fields":
		return fmt.Sprintf("a header of the message has more than %d fields", e.Limit)
	}
	return fmt.Sprintf("a boundary of the message is longer than %d octets", e.Limit)
}

// Scan finds the parts of a message (RFC 2046) in one pass over raw, in a time that
// is linear in its length whatever the nesting. It always returns a tree; the error
// is nil or a *LimitError, and then the tree holds what came before the limit.
//
// It reads what mail clients read: a missing or unfinished boundary, LF alone as line
// end, junk in headers, parts without a header. message/rfc822 parts have the message
// within as their only child unless they are encoded, which RFC 2046 5.2.1 forbids.
func Scan(raw []byte, limits Limits) (*Part, error) {
	s := scanner{src: raw, limits: limits, open: make(map[string][]int)}
	root := s.begin(nil, 0)
	for pos := s.next; pos < len(raw) && s.err == nil; pos = s.next {
		s.line(pos)
	}
	s.closeFrom(0, len(raw))
	return root, s.err
}

// A scanner is at one place in the message, within the parts of its stack.
type scanner struct {
	src    []byte
	limits Limits
	next   int // where the next line begins
	stack  []*Part
	open   map[string][]int // boundary to the stack indexes of the multiparts that wait for it
	parts  int
	header int // octets of header so far
	err    error
}

func (s *scanner) fail(what string, limit int) {
	if s.err == nil {
		s.err = &LimitError{What: what, Limit: limit}
	}
}

// line looks at one body line: it is a delimiter of an open multipart or nothing.
func (s *scanner) line(pos int) {
	end := lineEnd(s.src, pos)
	s.next = end
	level, closing, found := s.delimiter(s.src[pos:end])
	if !found {
		return
	}
	s.closeFrom(level+1, s.beforeDelimiter(pos))
	parent := s.stack[level]
	if closing {
		parent.closed = true
		s.forget(level)
		return
	}
	s.begin(parent, end)
}

// delimiter recognises RFC 2046 5.1.1 delimiter lines of the open multiparts, the
// innermost first. The time depends on the line alone, not on how many are open.
func (s *scanner) delimiter(line []byte) (level int, closing, found bool) {
	if len(s.open) == 0 || len(line) < 3 || line[0] != '-' || line[1] != '-' {
		return 0, false, false
	}
	text := bytes.TrimRight(line[2:], " \t\r\n")
	if s.limits.BoundaryBytes > 0 && len(text) > s.limits.BoundaryBytes+2 {
		return 0, false, false
	}
	if open := s.open[string(text)]; len(open) > 0 {
		return open[len(open)-1], false, true
	}
	if name, ok := bytes.CutSuffix(text, []byte("--")); ok {
		if open := s.open[string(bytes.TrimRight(name, " \t"))]; len(open) > 0 {
			return open[len(open)-1], true, true
		}
	}
	return 0, false, false
}

// beforeDelimiter returns where the content before a delimiter line ends: the line
// end in front of a delimiter belongs to it (RFC 2046 5.1.1).
func (s *scanner) beforeDelimiter(pos int) int {
	low := s.stack[len(s.stack)-1].Body.Start
	if pos > low && s.src[pos-1] == '\n' {
		pos--
	}
	if pos > low && s.src[pos-1] == '\r' {
		pos--
	}
	return max(pos, low)
}

// closeFrom ends the parts of the stack from an index on.
func (s *scanner) closeFrom(level, end int) {
	for i := len(s.stack) - 1; i >= level; i-- {
		s.forget(i)
		s.stack[i].Body.End = max(end, s.stack[i].Body.Start)
	}
	s.stack = s.stack[:level]
}

// forget stops waiting for the boundary of the multipart at an index of the stack.
func (s *scanner) forget(level int) {
	boundary := s.stack[level].boundary
	open := s.open[boundary]
	if boundary == "" || len(open) == 0 || open[len(open)-1] != level {
		return
	}
	if s.open[boundary] = open[:len(open)-1]; len(open) == 1 {
		delete(s.open, boundary)
	}
}

// begin starts a part at pos, reads its header, and puts it on the stack together
// with the message within if it is one.
func (s *scanner) begin(parent *Part, pos int) *Part {
	first := s.add(parent, pos)
	for p := first; p != nil && s.err == nil && p.holdsMessage(); {
		p = s.add(p, s.next)
	}
	return first
}

// add makes one part that begins at pos and puts it on the stack.
func (s *scanner) add(parent *Part, pos int) *Part {
	s.next = pos
	if s.parts++; s.limits.Parts > 0 && s.parts > s.limits.Parts {
		s.fail("parts", s.limits.Parts)
		return nil
	}
	if s.limits.Depth > 0 && len(s.stack) >= s.limits.Depth {
		s.fail("depth", s.limits.Depth)
		return nil
	}
	p := &Part{src: s.src, Parent: parent}
	p.HeaderAt = Span{pos, pos}
	end := s.headerEnd(pos, parent)
	p.Header, _ = SplitHeader(s.src[pos:end])
	p.HeaderAt.End = end
	p.Body = Span{s.next, s.next}
	p.describe()
	if parent != nil {
		parent.Children = append(parent.Children, p)
	}
	s.stack = append(s.stack, p)
	s.await(p)
	return p
}

// await begins to look for the delimiters of a multipart.
func (s *scanner) await(p *Part) {
	if !p.IsMultipart() {
		return
	}
	boundary := p.boundary
	if s.limits.BoundaryBytes > 0 && len(boundary) > s.limits.BoundaryBytes {
		s.fail("boundary bytes", s.limits.BoundaryBytes)
	}
	if boundary != "" {
		s.open[boundary] = append(s.open[boundary], len(s.stack)-1)
	}
}

// headerEnd finds where the header that begins at pos ends, and moves on to the body:
// behind the empty line, or to a delimiter that comes first. A part of a multipart
// whose first line cannot be a header has none.
func (s *scanner) headerEnd(pos int, parent *Part) int {
	fields := 0
	for at := pos; at < len(s.src); {
		end := lineEnd(s.src, at)
		line := s.src[at:end]
		s.next = end
		if isEmptyLine(line) {
			return at
		}
		_, _, delimiter := s.delimiter(line)
		if delimiter || at == pos && parent != nil && !maybeHeader(line) {
			s.next = at
			return at
		}
		if !isSpace(line[0]) {
			fields++
		}
		if !s.countHeader(len(line), fields) {
			s.next = len(s.src)
			return at
		}
		at = end
	}
	s.next = len(s.src)
	return len(s.src)
}

// countHeader adds a header line to the budget and reports whether there is any left.
func (s *scanner) countHeader(octets, fields int) bool {
	s.header += octets
	if s.limits.HeaderFields > 0 && fields > s.limits.HeaderFields {
		s.fail("header fields", s.limits.HeaderFields)
	}
	if s.limits.HeaderBytes > 0 && s.header > s.limits.HeaderBytes {
		s.fail("header bytes", s.limits.HeaderBytes)
	}
	return s.err == nil
}

// maybeHeader is false for a line that is plainly text.
func maybeHeader(line []byte) bool {
	return fieldName(line) != "" || bytes.HasPrefix(line, []byte("From ")) || bytes.HasPrefix(line, []byte(">From "))
}
