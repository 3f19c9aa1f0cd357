package mail

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
)

// maxAncestors is how many ancestors of a message are looked at, nearest first: a thread as long as that is known
// by its nearer ones.
const maxAncestors = 50

// Ancestors are the Message-IDs that a message answers, nearest first: In-Reply-To, then References from its end
// (RFC 5322 3.6.4), each once and not the message itself.
func (m *Message) Ancestors() []string {
	all := slices.Clone(m.References)
	slices.Reverse(all)
	all = append(slices.Clone(m.InReplyTo), all...)
	var unique []string
	for _, id := range all {
		if id != m.MessageID && !slices.Contains(unique, id) && len(unique) < maxAncestors {
			unique = append(unique, id)
		}
	}
	return unique
}

// BodyHash is equal for a message that came twice, whatever the ways did to the ends of its lines.
func (m *Message) BodyHash() []byte {
	body := m.Raw[m.Root.Body.Start:]
	sum := sha256.New()
	blank := 0
	plain := make([]byte, 0, hashPiece+256) // written piece by piece, since each costs
	for len(body) > 0 {
		line := body
		if end := bytes.IndexByte(body, '\n'); end >= 0 {
			line, body = body[:end], body[end+1:]
		} else {
			body = nil
		}
		for len(line) > 0 && (line[len(line)-1] == ' ' || line[len(line)-1] == '\t' || line[len(line)-1] == '\r') {
			line = line[:len(line)-1]
		}
		if len(line) == 0 {
			blank++ // empty lines count only when something follows
			continue
		}
		for ; blank > 0; blank-- {
			plain = append(plain, '\n')
		}
		plain = append(append(plain, line...), '\n')
		if len(plain) >= hashPiece {
			sum.Write(plain)
			plain = plain[:0]
		}
	}
	sum.Write(plain)
	return sum.Sum(nil)
}

// hashPiece is how much is hashed at a time, in octets.
const hashPiece = 8 << 10

// Identity is the Message-ID, or for a message that has none one that is made of its content: the same for the same
// message, so that it is known again.
func (m *Message) Identity(bodyHash []byte, domain string) string {
	if m.MessageID != "" {
		return m.MessageID
	}
	sum := sha256.New()
	for _, name := range []string{"From", "Date", "Subject"} {
		fmt.Fprintf(sum, "%s\n", m.Header.Get(name))
	}
	sum.Write(bodyHash)
	return "content-" + hex.EncodeToString(sum.Sum(nil)[:12]) + "@" + domain
}
