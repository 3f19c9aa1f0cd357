package mail

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"
)

// maxSubject is how long a decoded Subject gets, in octets: one line of RFC 5322.
const maxSubject = 998

// A Message is a message as it was read. Read makes it, and nobody changes it after;
// to edit a message, edit a copy of its Header and write it in front of the body.
type Message struct {
	// Raw holds the octets that were read. All parts share its memory.
	Raw    []byte
	Header Header
	Root   *Part

	From, Sender, ReplyTo, To, Cc []Address

	// MessageID is the identifier without angle brackets, "" if there is none.
	MessageID string
	// InReplyTo and References are identifiers like MessageID, in order, each once.
	InReplyTo, References []string
	// Subject is decoded, without control characters, at most 998 octets long.
	Subject string
	// Date is zero if there is none or it cannot be read.
	Date time.Time

	// Exceeds is set if the message is beyond DefaultLimits; Root is then incomplete.
	Exceeds *LimitError
	// Problems are sentences about what is broken, for a person.
	Problems []string
}

// Read reads a message. It never fails and keeps raw as it is: what cannot be read is
// missing from the result and named in Problems. The time is linear in len(raw).
//
// QUIRK: a message whose lines all end in a bare CR is read as if they ended in LF,
// which old Mac software and careless test data need.
func Read(raw []byte) *Message {
	m := &Message{Raw: raw}
	src := raw
	if bytes.IndexByte(raw, '\n') < 0 && bytes.IndexByte(raw, '\r') >= 0 {
		src = bytes.ReplaceAll(raw, []byte{'\r'}, []byte{'\n'})
		m.problem("the lines of the message end in CR alone")
	}
	root, err := Scan(src, DefaultLimits())
	m.Root, m.Header = root, root.Header
	if limit, ok := err.(*LimitError); ok {
		m.Exceeds = limit
		m.problem("%s", limit.Error())
	}
	m.readAddresses()
	m.readIDs()
	m.readSubject()
	m.readDate()
	m.checkParts()
	return m
}

// problem notes a sentence once.
func (m *Message) problem(format string, args ...any) {
	const most = 20
	sentence := fmt.Sprintf(format, args...)
	if len(m.Problems) < most && !slices.Contains(m.Problems, sentence) {
		m.Problems = append(m.Problems, sentence)
	}
}

func (m *Message) readSubject() {
	m.Subject = truncate(DecodeWords(m.Header.Get("Subject")), maxSubject)
	if n := m.Header.Count("Subject"); n > 1 {
		m.problem("the message has %d Subject fields; the first one counts", n)
	}
}

func (m *Message) readDate() {
	value := m.Header.Get("Date")
	if value == "" {
		m.problem("the message has no Date")
		return
	}
	date, ok := ParseDate(value)
	if !ok {
		m.problem("the Date %q cannot be read", shorten(value))
		return
	}
	m.Date = date
}

// shorten makes a value from outside fit for a sentence.
func shorten(value string) string { return truncate(DecodeWords(value), 60) }

// checkParts notes what is peculiar about the parts.
func (m *Message) checkParts() {
	if len(m.Header.Fields) == 0 {
		m.problem("the message has no header")
	}
	m.Root.Walk(func(p *Part) bool {
		if p.IsMultipart() {
			m.checkMultipart(p)
			return true
		}
		if p.IsText() && !knownCharset(p.Charset) {
			m.problem("the charset %q is not known", shorten(p.Charset))
		}
		if !knownEncoding(p.Encoding) {
			m.problem("the transfer encoding %q is not known", shorten(p.Encoding))
		}
		return true
	})
}

func (m *Message) checkMultipart(p *Part) {
	switch {
	case p.boundary == "":
		m.problem("a multipart names no boundary")
	case len(p.Children) == 0 && m.Exceeds == nil:
		m.problem("a multipart has no parts")
	case !p.closed && m.Exceeds == nil:
		m.problem("a multipart does not end with its boundary")
	}
	if p.Encoding == "base64" || p.Encoding == "quoted-printable" {
		m.problem("a multipart claims to be encoded as %s", p.Encoding)
	}
}

func knownEncoding(name string) bool {
	switch name {
	case "", "7bit", "8bit", "binary", "base64", "quoted-printable", "x-uuencode", "uuencode", "x-uue":
		return true
	}
	return false
}

// Received counts the Received fields, by which a loop is noticed (RFC 5321 6.3).
func (m *Message) Received() int { return m.Header.Count("Received") }

// ListIDs returns the identifiers of the lists that the message has passed, in lower
// case and without the phrase in front (RFC 2919).
func (m *Message) ListIDs() []string {
	var ids []string
	for _, value := range m.Header.Values("List-Id") {
		if open := strings.LastIndexByte(value, '<'); open >= 0 {
			value, _, _ = strings.Cut(value[open+1:], ">")
		}
		if id := strings.ToLower(strings.TrimSpace(value)); id != "" {
			ids = append(ids, id)
		}
	}
	return ids
}

// readAddresses reads the fields that name people.
//
// RFC 5322 3.6 allows From once. With several, From holds the addresses of all, so
// that nobody is taken for the author by which of them a reader happens to show.
func (m *Message) readAddresses() {
	for _, value := range m.Header.Values("From") {
		m.From = append(m.From, ParseAddressList(value)...)
	}
	m.Sender = m.addresses("Sender")
	m.ReplyTo = m.addresses("Reply-To")
	m.To = m.addresses("To")
	m.Cc = m.addresses("Cc")
	switch n := m.Header.Count("From"); {
	case n == 0:
		m.problem("the message has no From")
	case n > 1:
		m.problem("the message has %d From fields", n)
	case len(m.From) == 0:
		m.problem("the From %q holds no address", shorten(m.Header.Get("From")))
	case len(m.From) > 1:
		m.problem("the From field names %d addresses", len(m.From))
	}
}

// addresses reads all fields of a name.
func (m *Message) addresses(name string) []Address {
	const most = 5000
	var list []Address
	for _, value := range m.Header.Values(name) {
		list = append(list, ParseAddressList(value)...)
	}
	if len(list) > most {
		m.problem("the field %s names %d addresses; the first %d count", name, len(list), most)
		list = list[:most]
	}
	return list
}

// maxReadReferences is how many References are kept: the first and the nearest. Clients
// keep some twenty (RFC 5322 3.6.4 sets no bound).
const maxReadReferences = 200

// readIDs reads the identifiers by which messages make threads.
func (m *Message) readIDs() {
	ids := MessageIDs(m.Header.Get("Message-ID"))
	switch {
	case len(ids) > 0:
		m.MessageID = ids[0]
	case m.Header.Has("Message-ID"):
		m.problem("the Message-ID %q cannot be read", shorten(m.Header.Get("Message-ID")))
	default:
		m.problem("the message has no Message-ID")
	}
	m.InReplyTo = uniqueIDs(m.Header.Values("In-Reply-To"))
	m.References = uniqueIDs(m.Header.Values("References"))
	if n := len(m.References); n > maxReadReferences {
		m.References = append(m.References[:1:1], m.References[n-maxReadReferences+1:]...)
		m.problem("the message has %d References; %d of them count", n, maxReadReferences)
	}
}

// uniqueIDs reads identifiers, each once, at the place where it first stands.
func uniqueIDs(values []string) []string {
	var ids []string
	seen := make(map[string]bool)
	for _, value := range values {
		for _, id := range MessageIDs(value) {
			if !seen[id] {
				seen[id] = true
				ids = append(ids, id)
			}
		}
	}
	return ids
}
