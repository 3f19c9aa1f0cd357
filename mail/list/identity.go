package list

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"guildpost/mail"
)

// maxReferences is how many ancestors of a message are looked at, nearest first: a thread as long as that is known
// by its nearer ones.
const maxReferences = 50

// references are the Message-IDs that a message answers, nearest first: In-Reply-To, then References from its end
// (RFC 5322 3.6.4), each once and not the message itself.
func references(m *mail.Message) []string {
	all := slices.Clone(m.References)
	slices.Reverse(all)
	all = append(slices.Clone(m.InReplyTo), all...)
	var unique []string
	for _, id := range all {
		if id != m.MessageID && !slices.Contains(unique, id) && len(unique) < maxReferences {
			unique = append(unique, id)
		}
	}
	return unique
}

// bodyHash is equal for a message that came twice, whatever the ways did to the ends of its lines.
func bodyHash(m *mail.Message) []byte {
	_, body := mail.SplitHeader(m.Raw)
	sum := sha256.New()
	blank := 0
	for len(body) > 0 {
		line := body
		if end := bytes.IndexByte(body, '\n'); end >= 0 {
			line, body = body[:end], body[end+1:]
		} else {
			body = nil
		}
		line = bytes.TrimRight(line, " \t\r")
		if len(line) == 0 {
			blank++ // empty lines count only when something follows
			continue
		}
		for ; blank > 0; blank-- {
			sum.Write([]byte{'\n'})
		}
		sum.Write(line)
		sum.Write([]byte{'\n'})
	}
	return sum.Sum(nil)
}

// contentID is the Message-ID of a message that has none: the same for the same message, so that it is known again.
func contentID(m *mail.Message, bodyHash []byte, domain string) string {
	sum := sha256.New()
	for _, name := range []string{"From", "Date", "Subject"} {
		fmt.Fprintf(sum, "%s\n", m.Header.Get(name))
	}
	sum.Write(bodyHash)
	return "content-" + hex.EncodeToString(sum.Sum(nil)[:12]) + "@" + domain
}

// sizeText is a size for a person.
func sizeText(n int64) string {
	switch {
	case n < 10_000:
		return fmt.Sprintf("%d bytes", n)
	case n < 1_000_000:
		return fmt.Sprintf("%d kB", n/1000)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}
