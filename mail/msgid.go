package mail

import (
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// maxMessageID is how long an identifier gets, in octets: what fits into a line.
const maxMessageID = MaxLine - len("<>")

// MessageIDs returns the identifiers of a Message-ID, In-Reply-To or References field
// in order, without angle brackets, white space and control characters. The time is
// linear in len(value).
//
// QUIRK: brackets may be missing on either side or doubled, an identifier may be
// folded in the middle or lack the @ (Notes, Exchange), and other text may stand
// around: comments, quoted strings, `<a@b> from "Joe" on Monday`. Words without
// brackets count only where there are no brackets at all, and if they hold an @.
func MessageIDs(value string) []string {
	var ids []string
	bracketed := strings.ContainsAny(value, "<>")
	for value != "" {
		var id string
		id, value = nextID(value, bracketed)
		ids = appendID(ids, id)
	}
	return ids
}

// nextID takes one element off the front of s; id is "" if it is no identifier.
func nextID(s string, bracketed bool) (id, rest string) {
	near := s[:min(len(s), maxMessageID)] // bounds the time for what is opened often and never closed
	switch s[0] {
	case '<':
		return bracketID(s[1:])
	case '"':
		if n := quotedEnd(near); n > 0 && !strings.HasPrefix(s[n:], "@") {
			return "", s[n:]
		}
	case '(':
		if n := strings.IndexByte(near, ')'); n > 0 {
			return "", s[n+1:]
		}
	case ' ', '\t', '\r', '\n', ',', ';', '>':
		return "", s[1:]
	}
	n := strings.IndexAny(s[1:], "<> \t\r\n,;") + 1
	if n == 0 {
		n = len(s)
	}
	word, rest := s[:n], s[n:]
	// "a@b>" lost its opening bracket.
	if !bracketed || strings.HasPrefix(rest, ">") {
		return bareID(word), rest
	}
	return "", rest
}

// bracketID reads behind an opening bracket. An identifier whose bracket never closes
// ends at the next one that opens, or at a space if a second @ follows.
func bracketID(s string) (id, rest string) {
	n := strings.IndexAny(s, "<>")
	if n < 0 {
		n = len(s)
	}
	id, rest = s[:n], s[n:]
	if strings.HasPrefix(rest, ">") {
		rest = rest[1:]
	} else if words := strings.Fields(id); len(words) > 1 && strings.Count(id, "@") != 1 {
		id = words[0]
	}
	return id, rest
}

// bareID returns a word if it looks like an identifier.
func bareID(word string) string {
	word = strings.Trim(word, `"'.`)
	if at := strings.IndexByte(word, '@'); at > 0 && at < len(word)-1 {
		return word
	}
	return ""
}

// appendID cleans an identifier and adds it, unless it repeats the one before.
func appendID(ids []string, id string) []string {
	id = strings.Map(func(r rune) rune {
		if r <= ' ' || isHidden(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(id, "?"))
	if id == "" || len(id) > maxMessageID || slices.Contains(ids[max(0, len(ids)-1):], id) {
		return ids
	}
	return append(ids, id)
}

// NewMessageID makes an identifier without angle brackets of the time, 80 bits from
// random, and the domain. The error is that of random.
func NewMessageID(random io.Reader, now time.Time, domain string) (string, error) {
	var data [8 + 10]byte
	binary.BigEndian.PutUint64(data[:], uint64(now.UnixMicro()))
	if _, err := io.ReadFull(random, data[8:]); err != nil {
		return "", fmt.Errorf("make a Message-ID: %w", err)
	}
	return encodeToken(data[1:8]) + "." + encodeToken(data[8:]) + "@" + domain, nil
}
