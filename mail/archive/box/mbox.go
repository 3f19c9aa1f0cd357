package box

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"
)

// A Flavour is what an mbox does to lines that begin with "From ".
type Flavour string

// The flavours of mbox.
const (
	Auto    Flavour = "" // found out by the file itself; quoted lines are taken as those of mboxrd
	MboxRD  Flavour = "mboxrd"
	MboxO   Flavour = "mboxo"
	MboxCL2 Flavour = "mboxcl2"
)

// maxFalseLengths is how many messages may have a Content-Length that is wrong, until it is not looked at any more:
// each is read twice.
const maxFalseLengths = 3

// A Reader reads an mbox; Open and OpenReader make it.
type Reader struct {
	*counter
	in      *bufio.Reader
	close   io.Closer
	name    string
	flavour Flavour

	number int    // of the message, from 1
	offset int64  // of what is read next, in the file once it is unpacked
	from   []byte // the From line of the next message, with its line end; nil where none was read
	git    bool   // the file was made by git format-patch: its From lines are separators
	wrong  int    // Content-Lengths that were wrong
	buf    []byte
	ended  bool
}

// Close is part of Box.
func (r *Reader) Close() error { return r.close.Close() }

// Skip is part of Box.
func (r *Reader) Skip() error {
	_, _, err := r.read()
	return err
}

// Next is part of Box.
func (r *Reader) Next() (Message, error) {
	at := r.offset - int64(len(r.from))
	raw, m, err := r.read()
	if err != nil {
		return Message{}, err
	}
	m.Place = fmt.Sprintf("%s, message %d at byte %d", r.name, r.number, at)
	if m.Problem == "" && len(raw) > MaxMessage {
		raw, m.Problem = raw[:TooLongKept], TooLong()
	}
	m.Raw = bytes.Clone(raw)
	return m, nil
}

// read reads a message into the buffer.
func (r *Reader) read() (raw []byte, m Message, err error) {
	if r.from == nil {
		if raw, err := r.begin(); err != nil || len(raw) > 0 {
			return raw, Message{Problem: "this stands in front of the first message"}, err
		}
	}
	if r.ended {
		return nil, m, io.EOF
	}
	m.Received, _ = fromLine(r.from)
	crlf := bytes.HasSuffix(r.from, []byte("\r\n"))
	r.number++
	raw, err = r.content(crlf)
	if err == nil && r.ended && len(raw) == 0 {
		err = io.EOF // a From line that Writer ended the file with
	}
	return raw, m, err
}

// begin finds the first From line, and returns what stands in front of it but for empty lines.
func (r *Reader) begin() (junk []byte, err error) {
	for {
		line, err := r.line()
		if errors.Is(err, io.EOF) {
			r.ended = true
			r.from = []byte{}
			return junk, nil
		}
		if err != nil {
			return nil, err
		}
		if _, ok := fromLine(line); ok {
			r.from = bytes.Clone(line)
			r.git = isGit(line)
			return junk, nil
		}
		if len(junk) > 0 || len(bytes.TrimRight(line, "\r\n")) > 0 {
			junk = append(junk, line[:min(len(line), max(0, MaxMessage+1-len(junk)))]...)
		}
	}
}

// line returns the next line with its end, valid until the next call. Very long ones come in pieces.
func (r *Reader) line() ([]byte, error) {
	line, err := r.in.ReadSlice('\n')
	r.offset += int64(len(line))
	if errors.Is(err, bufio.ErrBufferFull) || errors.Is(err, io.EOF) && len(line) > 0 {
		err = nil
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("%s cannot be read at byte %d: %w", r.name, r.offset, err)
	}
	return line, err
}

// content reads what stands between two From lines, without the empty line that belongs to the second.
func (r *Reader) content(crlf bool) ([]byte, error) {
	r.buf = r.buf[:0]
	header, whole := true, true // whole: the line before was read to its end
	for {
		line, err := r.line()
		if errors.Is(err, io.EOF) {
			r.ended, r.from = true, []byte{}
			return trimLast(r.buf, crlf), nil
		}
		if err != nil {
			return nil, err
		}
		if whole && r.separates(line) {
			r.from = bytes.Clone(line)
			return trimEnd(r.buf, bytes.HasSuffix(line, []byte("\r\n"))), nil
		}
		if whole {
			line = r.unquote(line)
		}
		whole = line[len(line)-1] == '\n'
		blank := whole && len(bytes.TrimRight(line, "\r\n")) == 0
		if len(r.buf) <= MaxMessage {
			r.buf = append(r.buf, line...)
		}
		if header && blank {
			header = false
			if done, err := r.byLength(); done || err != nil {
				return r.buf, err
			}
		}
	}
}

// trimEnd takes the line end off that belongs to the separator.
func trimEnd(b []byte, crlf bool) []byte {
	if crlf && bytes.HasSuffix(b, []byte("\r\n")) {
		return b[:len(b)-2]
	}
	return bytes.TrimSuffix(b, []byte("\n"))
}

// trimLast is trimEnd for the end of the file, where the empty line may be missing.
func trimLast(b []byte, crlf bool) []byte {
	if trimmed := trimEnd(b, crlf); len(trimmed) == 0 || bytes.HasSuffix(trimmed, []byte("\n")) {
		return trimmed
	}
	return b
}

// separates says whether a line begins the next message.
func (r *Reader) separates(line []byte) bool {
	if !bytes.HasPrefix(line, []byte("From ")) {
		return false
	}
	if _, ok := fromLine(line); !ok || isGit(line) && !r.git {
		return false
	}
	if r.flavour == MboxRD || r.flavour == MboxO {
		return true // every such line of a message is quoted
	}
	next, _ := r.in.Peek(4 << 10)
	return hasHeader(next)
}

// hasHeader says whether there is a field among the lines up to an empty one, or nothing at all.
func hasHeader(text []byte) bool {
	text = bytes.TrimLeft(text, "\r\n")
	if len(text) == 0 {
		return true
	}
	for line := range bytes.Lines(text) {
		if isField(line) {
			return true
		}
		if len(bytes.TrimRight(line, "\r\n")) == 0 {
			return false
		}
	}
	return false
}

// isField says whether a line looks like a header field (RFC 5322 2.2), or a From line of an earlier mbox.
func isField(line []byte) bool {
	name, _, found := bytes.Cut(line, []byte(":"))
	if bytes.HasPrefix(line, []byte(">From ")) {
		return true
	}
	name = bytes.TrimRight(name, " \t")
	if !found || len(name) == 0 {
		return false
	}
	for _, c := range name {
		if c <= ' ' || c >= 0x7f {
			return false
		}
	}
	return true
}

// unquote undoes what the flavour did to a line.
func (r *Reader) unquote(line []byte) []byte {
	if line[0] != '>' || r.flavour == MboxCL2 {
		return line
	}
	rest := line
	if r.flavour != MboxO {
		rest = bytes.TrimLeft(line, ">")
	} else {
		rest = line[1:]
	}
	if bytes.HasPrefix(rest, []byte("From ")) {
		return line[1:]
	}
	return line
}

// byLength reads a body whose length the header says, if the message does end there. The header is in the buffer.
func (r *Reader) byLength() (done bool, err error) {
	if r.flavour == MboxRD || r.flavour == MboxO || r.wrong >= maxFalseLengths {
		return false, nil
	}
	length := contentLength(r.buf)
	if length < 0 || length > MaxMessage {
		return false, nil
	}
	start := len(r.buf)
	n, err := r.fill(length)
	if err != nil {
		return false, err
	}
	if n == length && r.endsHere() {
		r.offset += int64(n)
		return true, r.passSeparator()
	}
	// It is wrong: what was read is read again, line by line.
	r.wrong++
	again := bytes.Clone(r.buf[start : start+n])
	r.buf = r.buf[:start]
	r.in = bufio.NewReaderSize(io.MultiReader(bytes.NewReader(again), r.in), 128<<10)
	return false, nil
}

// fill reads up to n bytes into the buffer, fewer at the end of the file.
func (r *Reader) fill(n int) (filled int, err error) {
	for filled < n {
		piece, err := r.in.Peek(min(n-filled, 64<<10))
		r.buf = append(r.buf, piece...)
		filled += len(piece)
		r.in.Discard(len(piece))
		if errors.Is(err, io.EOF) {
			return filled, nil
		}
		if err != nil {
			return filled, fmt.Errorf("%s cannot be read at byte %d: %w", r.name, r.offset+int64(filled), err)
		}
	}
	return filled, nil
}

// endsHere says whether a From line or the end of the file comes next, but for an empty line.
func (r *Reader) endsHere() bool {
	next, _ := r.in.Peek(1 << 10)
	next = bytes.TrimPrefix(bytes.TrimPrefix(next, []byte("\r")), []byte("\n"))
	line, _, _ := bytes.Cut(next, []byte("\n"))
	_, ok := fromLine(line)
	return ok || len(next) == 0
}

// passSeparator reads up to behind the next From line.
func (r *Reader) passSeparator() error {
	for {
		line, err := r.line()
		if errors.Is(err, io.EOF) {
			r.ended, r.from = true, []byte{}
			return nil
		}
		if err != nil {
			return err
		}
		if _, ok := fromLine(line); ok {
			r.from = bytes.Clone(line)
			return nil
		}
	}
}

// contentLength returns the value of Content-Length in a header, -1 where there is none.
func contentLength(header []byte) int {
	const name = "content-length:"
	for line := range bytes.Lines(header) {
		if len(line) > len(name) && bytes.EqualFold(line[:len(name)], []byte(name)) {
			n, err := strconv.Atoi(string(bytes.TrimSpace(line[len(name):])))
			if err != nil || n < 0 {
				return -1
			}
			return n
		}
	}
	return -1
}

// mailer is who a From line names where nobody is known.
const mailer = "MAILER-DAEMON"

// A Writer writes an mboxrd file.
type Writer struct {
	w    *bufio.Writer
	open bool // the last message has no line end
}

// NewWriter returns a Writer to w. Close it in the end; w is not closed.
func NewWriter(w io.Writer) *Writer { return &Writer{w: bufio.NewWriterSize(w, 64<<10)} }

// Write appends a message, with who sent it and when it came on its From line. An empty message is refused: an mbox cannot hold it.
func (w *Writer) Write(sender string, received time.Time, raw []byte) error {
	if len(raw) == 0 {
		return errors.New("an mbox cannot hold an empty message")
	}
	if sender == "" || bytes.ContainsFunc([]byte(sender), func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		sender = mailer
	}
	w.fromLine(sender, received)
	for line := range bytes.Lines(raw) {
		if bytes.HasPrefix(bytes.TrimLeft(line, ">"), []byte("From ")) {
			w.w.WriteByte('>')
		}
		w.w.Write(line)
	}
	w.open = raw[len(raw)-1] != '\n'
	return w.w.WriteByte('\n')
}

func (w *Writer) fromLine(sender string, received time.Time) {
	fmt.Fprintf(w.w, "From %s %s\n", sender, received.UTC().Format(time.ANSIC))
}

// Close writes what is left. Behind a message without a line end it writes one more From line, by which Reader knows.
func (w *Writer) Close() error {
	if w.open {
		w.fromLine(mailer, time.Unix(0, 0))
	}
	return w.w.Flush()
}
