// Package box reads and writes what mail is kept in: mbox files of several flavours, Maildirs, folders and ZIP files of
// .eml files. Messages come out byte for byte as they went in. It knows nothing of what a message says.
//
// # Mbox
//
// An mbox is a file in which each message begins with a line "From sender date" and ends with an empty line. The
// flavours differ in what they do to a line of a message that begins with "From " itself:
//
//   - mboxrd puts one ">" in front of it, and of those that have some already: this can be undone exactly. It is what
//     Writer writes.
//   - mboxo puts ">" in front of "From " alone, so that a line ">From " of the author's cannot be told.
//   - mboxcl2 leaves it and says in Content-Length where the message ends.
//   - careless software leaves it, too, and says nothing.
//
// Auto reads all of them: a Content-Length counts where the message does end there, and a line begins a message where it
// has a date, as a line of this kind does, and a header follows. The line that begins a patch by git format-patch has
// both, but is known by its hash and its date, which is always the same.
//
// A message that does not end in a line end cannot be told from one that does in an mbox of any flavour but for the
// empty line that is missing behind it; Writer and Reader use that.
package box

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"
)

// A Message is one of a box.
type Message struct {
	Raw      []byte    // the caller's from now on
	Received time.Time // when it came, as the box knows it; zero where it does not
	Place    string    // where it stands, for people
	Problem  string    // why Raw is missing or not whole; "" where it is whole
}

// MaxMessage is how long a message may be, in bytes. Of a longer one, Raw is the beginning, and Problem says so.
const MaxMessage = 100 << 20

// TooLongKept is how much is read of a message that is too long.
const TooLongKept = 64 << 10

// TooLong is the Problem of a message that is too long.
func TooLong() string {
	return fmt.Sprintf("the message is longer than %d MB; its beginning alone was taken", MaxMessage>>20)
}

// A Box is read from its beginning to its end.
type Box interface {
	// Next returns the next message; io.EOF after the last.
	Next() (Message, error)
	// Skip passes over the next message; io.EOF after the last.
	Skip() error
	// Progress returns how much was read and how much there is, in bytes; of is 0 where that is not known. It may be called
	// while another goroutine reads.
	Progress() (done, of int64)
	// Fingerprint is equal for a box that has not changed, as far as can be told without reading it; "" where nothing can.
	Fingerprint() string
	Close() error
}

// Options say how a box is to be read.
type Options struct {
	Flavour Flavour
	Folders []string // of a Maildir, beside or instead of the one itself, which is ""; nil is that alone
}

// Open opens what is at a path, whatever of the kinds it is. Errors of a path that does not exist are fs.ErrNotExist.
func Open(path string, o Options) (Box, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		if isMaildir(path) || len(o.Folders) > 0 {
			return openMaildir(path, o.Folders)
		}
		return openFolder(path, o)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	b, err := openFile(f, info, filepath.Base(path), o)
	if err != nil {
		f.Close()
	}
	return b, err
}

func openFile(f *os.File, info fs.FileInfo, name string, o Options) (Box, error) {
	start := make([]byte, 4)
	n, err := f.ReadAt(start, 0)
	if err != nil && err != io.EOF {
		return nil, err
	}
	if string(start[:n]) == "PK\x03\x04" {
		return openZIP(f, info.Size(), name)
	}
	return openStream(f, info, name, o)
}

// OpenReader reads an mbox or a single message from a stream, which may be compressed by gzip.
func OpenReader(r io.Reader, name string, o Options) (Box, error) {
	return openStream(io.NopCloser(r), nil, name, o)
}

// openStream reads from r, whose size and time are in info, which may be nil.
func openStream(r io.ReadCloser, info fs.FileInfo, name string, o Options) (Box, error) {
	counted := &counter{r: r}
	if info != nil {
		counted.of = info.Size()
		counted.fingerprint = fmt.Sprintf("%s %d %d %s", name, info.Size(), info.ModTime().UnixNano(), o.Flavour)
	}
	in := bufio.NewReaderSize(counted, 128<<10)
	if start, _ := in.Peek(2); string(start) == "\x1f\x8b" {
		unzipped, err := gzip.NewReader(in)
		if err != nil {
			return nil, fmt.Errorf("%s is not whole: %w", name, err)
		}
		in = bufio.NewReaderSize(unzipped, 128<<10)
	}
	start, err := in.Peek(1000)
	if err != nil && !errors.Is(err, io.EOF) && len(start) == 0 {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if o.Flavour == Auto && !startsMbox(start) {
		received := time.Time{}
		if info != nil {
			received = info.ModTime()
		}
		return &single{in: in, counter: counted, close: r, message: Message{Place: name, Received: received}}, nil
	}
	return &Reader{in: in, counter: counted, close: r, name: name, flavour: o.Flavour}, nil
}

// startsMbox says whether a file that begins so is an mbox.
func startsMbox(start []byte) bool {
	line, _, _ := bytes.Cut(bytes.TrimLeft(start, "\r\n"), []byte("\n"))
	_, ok := fromLine(line)
	return ok
}

// A counter counts what was read of a stream.
type counter struct {
	r           io.Reader
	done        atomic.Int64
	of          int64
	fingerprint string
}

// Read implements io.Reader.
func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.done.Add(int64(n))
	return n, err
}

// Progress is part of Box.
func (c *counter) Progress() (done, of int64) { return c.done.Load(), c.of }

// Fingerprint is part of Box.
func (c *counter) Fingerprint() string { return c.fingerprint }

// A single is a box with one message.
type single struct {
	*counter
	in      io.Reader
	close   io.Closer
	message Message
	read    bool
}

// Next is part of Box.
func (s *single) Next() (Message, error) {
	if s.read {
		return Message{}, io.EOF
	}
	s.read = true
	raw, err := io.ReadAll(io.LimitReader(s.in, MaxMessage+1))
	if err != nil {
		return Message{}, fmt.Errorf("%s cannot be read: %w", s.message.Place, err)
	}
	s.message.take(raw)
	return s.message, nil
}

// take gives a message its bytes, or their beginning.
func (m *Message) take(raw []byte) {
	m.Raw = raw
	if len(raw) > MaxMessage {
		m.Raw, m.Problem = bytes.Clone(raw[:TooLongKept]), TooLong()
	}
}

// Skip is part of Box.
func (s *single) Skip() error {
	_, err := s.Next()
	return err
}

// Close is part of Box.
func (s *single) Close() error { return s.close.Close() }
