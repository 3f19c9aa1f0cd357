package inbound

import (
	"bufio"
	"bytes"
	"errors"

	"github.com/emersion/go-smtp"
)

const (
	// overrun is how far beyond the size limit a message is read (and dropped) so that its sender hears why it
	// was refused. Beyond that the connection is cut.
	overrun = 16 << 20

	// freeMemory is what each message may have without asking the budget: most mail is smaller, and shall come in
	// while others fill the budget with big messages that never end.
	freeMemory = 64 << 10

	// trustedSize is how much memory a SIZE that was merely announced is worth.
	trustedSize = 1 << 20
)

// errOverrun says that a message has gone so far beyond the limit that its end is not worth waiting for.
var errOverrun = errors.New("message far over the size limit")

// A verdict says why a message that was read to its end cannot be taken.
type verdict int

const (
	sound verdict = iota
	bareLineEnd
	tooLarge
	longLine
	noMemory
)

// A body collects one message, from DATA or from BDAT chunks, while it watches line ends and limits. Once it has found
// a fault it keeps nothing more, and only reads on to find the end. It is made at MAIL and ends with the transaction.
type body struct {
	max     int64 // octets of the message
	maxLine int   // octets of a line without its CRLF
	budget  *budget
	trusted bool
	hint    int64 // SIZE, or 0

	buf    []byte
	read   int64 // octets read so far, kept or not
	lines  int   // line ends so far
	line   int   // octets of the unfinished line
	cr     bool  // the last octet was CR
	fault  verdict
	faulty int // the line with the fault, from 1
}

// readData reads what follows 354, up to and with the CRLF.CRLF. Nothing else ends a message: a dot between other
// line ends is text, of a message that will be refused for them (CVE-2023-51764 and its kin). It works on lines that
// end in LF, so CR CR LF . CR LF is an end, as its last five octets are.
func (b *body) readData(r *bufio.Reader) error {
	lineStart := true
	for {
		seg, err := r.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
		if lineStart && string(seg) == ".\r\n" {
			return nil
		}
		if b.read += int64(len(seg)); b.read > b.max+overrun {
			return errOverrun
		}
		text := seg
		if lineStart && seg[0] == '.' { // RFC 5321 4.5.2
			text = seg[1:]
		}
		lineStart = b.watch(seg)
		b.keep(text)
	}
}

// readChunk reads the n octets that follow a BDAT command.
func (b *body) readChunk(r *bufio.Reader, n int64) error {
	if b.read+n > b.max+overrun {
		return errOverrun
	}
	b.read += n
	for n > 0 {
		if _, err := r.Peek(1); err != nil {
			return err
		}
		p, _ := r.Peek(int(min(n, int64(r.Buffered()))))
		b.watch(p)
		b.keep(p)
		n -= int64(len(p))
		r.Discard(len(p))
	}
	return nil
}

// watch looks for CR and LF that are not together and for long lines, over pieces of any length. It reports
// whether p ended a line with CRLF.
func (b *body) watch(p []byte) (ended bool) {
	for len(p) > 0 {
		i := bytes.IndexByte(p, '\n')
		text, next := p, p[len(p):]
		if i >= 0 {
			text, next = p[:i], p[i+1:]
		}
		if b.cr && len(text) > 0 { // the CR before this piece was alone
			b.blame(bareLineEnd)
		}
		if j := bytes.IndexByte(text, '\r'); j >= 0 {
			b.cr = j == len(text)-1
			if !b.cr {
				b.blame(bareLineEnd)
				b.cr = text[len(text)-1] == '\r'
			}
		} else if len(text) > 0 {
			b.cr = false
		}
		if b.line += len(text); b.line > b.maxLine+len("\r") {
			b.blame(longLine)
		}
		ended = false
		if i >= 0 {
			ended = b.cr
			if !b.cr {
				b.blame(bareLineEnd)
			}
			b.lines, b.line, b.cr = b.lines+1, 0, false
		}
		p = next
	}
	return ended
}

// blame records the first fault and lets go of what was kept.
func (b *body) blame(v verdict) {
	if b.fault != sound {
		return
	}
	b.fault, b.faulty = v, b.lines+1
	b.drop()
}

func (b *body) keep(p []byte) {
	need := int64(len(b.buf) + len(p))
	switch {
	case b.fault != sound:
		return
	case need > b.max:
		b.blame(tooLarge)
		return
	case need > int64(cap(b.buf)) && !b.grow(need):
		b.blame(noMemory)
		return
	}
	b.buf = append(b.buf, p...)
}

// grow makes room for need octets: for what SIZE announced, but no more than trustedSize before that much has
// come, and by doubling where there was no SIZE or it was too small.
func (b *body) grow(need int64) bool {
	size := int64(cap(b.buf))
	next := max(2*size, need, 4096)
	if b.hint >= need && (size >= trustedSize || b.hint <= trustedSize) {
		next = b.hint
	} else if b.hint >= need {
		next = trustedSize
	}
	next = max(need, min(next, b.max))
	if !b.budget.take(charge(next)-charge(size), b.trusted) {
		return false
	}
	buf := make([]byte, len(b.buf), next)
	copy(buf, b.buf)
	b.buf = buf
	return true
}

func charge(size int64) int64 { return max(0, size-freeMemory) }

// drop gives the memory back. The buffer itself is not used again: a Receiver may have kept it.
func (b *body) drop() {
	b.budget.take(-charge(int64(cap(b.buf))), b.trusted)
	b.buf = nil
}

// judge returns the refusal of a message that has been read to its end, or nil.
func (b *body) judge() *smtp.SMTPError {
	if b.cr {
		b.blame(bareLineEnd) // BDAT may end anywhere
	}
	switch b.fault {
	case bareLineEnd:
		return refusal(554, 5, 6, 11, "line %d has a CR or LF that is not part of a CRLF: end each line with CRLF and send the message again", b.faulty)
	case tooLarge:
		return refusal(552, 5, 3, 4, "the message is larger than %d octets: send a smaller one, or a link", b.max)
	case longLine:
		return refusal(554, 5, 6, 0, "line %d is longer than %d octets: send the text in shorter lines or encoded", b.faulty, b.maxLine)
	case noMemory:
		return refusal(451, 4, 3, 1, "too many messages are coming in just now, try again later")
	}
	return nil
}
