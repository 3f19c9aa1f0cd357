package outbound

import (
	"bytes"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxReplyLine  = 4 << 10  // RFC 5321 4.5.3.1.5 has 512
	maxReplyLines = 200      // of one reply
	maxReplyText  = 512      // of what is kept of a reply for people
	replyBuffer   = 16 << 10 // a group of some 300 replies
)

var errReply = errors.New("the peer does not speak SMTP")

// A reply is what the peer said to one command (RFC 5321 4.2). Its text is valid until the next one is read.
type reply struct {
	code int
	text []byte // the lines without their codes, joined by LF
}

func (r reply) positive() bool  { return r.code >= 200 && r.code < 300 }
func (r reply) transient() bool { return r.code >= 400 && r.code < 500 }
func (r reply) permanent() bool { return r.code >= 500 && r.code < 600 }

// enhanced returns the enhanced status code (RFC 3463) without its class, such as "5.3", or "".
func (r reply) enhanced() string {
	word, _, _ := bytes.Cut(r.text, []byte(" "))
	class, rest, found := bytes.Cut(word, []byte("."))
	if !found || len(class) != 1 || len(rest) > 7 || bytes.IndexByte(rest, '.') < 1 {
		return ""
	}
	return string(rest)
}

// String is the reply on one line, bounded, and of printable characters.
func (r reply) String() string {
	text := string(r.text[:min(len(r.text), maxReplyText)])
	text = strings.Map(func(c rune) rune {
		switch {
		case c == '\n' || c == '\t':
			return ' '
		case c == utf8.RuneError || !unicode.IsPrint(c):
			return '?'
		}
		return c
	}, text)
	return string([]byte{byte('0' + r.code/100%10), byte('0' + r.code/10%10), byte('0' + r.code%10)}) + " " + strings.TrimSpace(text)
}

// A replyReader takes replies out of what a connection brings. It is forgiving: lines may end in LF, the text may
// be missing, the last line's code counts.
type replyReader struct {
	buf   []byte // buf[at:] is not yet used
	at    int
	text  []byte
	lines int
}

// next returns the next reply if all of it is there. Where more is false and err nil, more must be read.
func (r *replyReader) next() (rep reply, ok bool, err error) {
	for {
		line := r.buf[r.at:]
		end := bytes.IndexByte(line, '\n')
		if end < 0 {
			if len(line) > maxReplyLine {
				return reply{}, false, errReply
			}
			return reply{}, false, nil
		}
		if end > maxReplyLine || r.lines >= maxReplyLines {
			return reply{}, false, errReply
		}
		r.at += end + 1
		code, last, text, ok := parseReplyLine(line[:end])
		if !ok {
			return reply{}, false, errReply
		}
		if r.lines == 0 {
			r.text = r.text[:0]
		} else {
			r.text = append(r.text, '\n')
		}
		r.text = append(r.text, text...)
		r.lines++
		if last {
			r.lines = 0
			return reply{code: code, text: r.text}, true, nil
		}
	}
}

// parseReplyLine reads one line without its LF.
func parseReplyLine(line []byte) (code int, last bool, text []byte, ok bool) {
	line = bytes.TrimRight(line, "\r")
	if len(line) < 3 || line[0] < '1' || line[0] > '5' {
		return 0, false, nil, false
	}
	for _, c := range line[:3] {
		if c < '0' || c > '9' {
			return 0, false, nil, false
		}
		code = 10*code + int(c-'0')
	}
	if len(line) == 3 {
		return code, true, nil, true
	}
	switch line[3] {
	case '-':
		return code, false, line[4:], true
	case ' ', '\t':
		return code, true, line[4:], true
	}
	return 0, false, nil, false
}

// room makes place for what is read next and returns it.
func (r *replyReader) room() []byte {
	if r.at > 0 {
		n := copy(r.buf, r.buf[r.at:])
		r.buf, r.at = r.buf[:n], 0
	}
	if cap(r.buf)-len(r.buf) < maxReplyLine {
		grown := make([]byte, len(r.buf), max(replyBuffer, 2*cap(r.buf)))
		copy(grown, r.buf)
		r.buf = grown
	}
	return r.buf[len(r.buf):cap(r.buf)]
}

// got adds n octets that were read into room.
func (r *replyReader) got(n int) { r.buf = r.buf[:len(r.buf)+n] }

// discard forgets what was read but not used.
func (r *replyReader) discard() { r.buf, r.at, r.lines = r.buf[:0], 0, 0 }
