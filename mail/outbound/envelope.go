package outbound

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

// A plan is how a message goes out in a session.
type plan struct {
	body  []byte
	rcpt  []int // the recipients that get a RCPT
	rset  bool  // RSET stands in front
	local bool  // nothing is sent, since all results are known
	eight bool  // BODY=8BITMIME is given
	utf8  bool  // SMTPUTF8 is given
}

// prepare decides how m goes out and appends its envelope to dst. What the peer has no extension for has its result
// afterwards.
func (s *session) prepare(dst []byte, m *Message) []byte {
	m.reset()
	s.plan = plan{rcpt: s.plan.rcpt[:0], rset: s.mustRset, utf8: !ascii(m.Sender)}
	if s.chooseBody(m); !m.Hopeless {
		s.chooseRecipients(m)
	}
	if len(s.plan.rcpt) == 0 {
		s.plan.local = true
		return dst
	}
	if s.plan.rset {
		dst = append(dst, "RSET\r\n"...)
	}
	dst = s.appendMail(dst, m)
	for _, i := range s.plan.rcpt {
		dst = append(dst, "RCPT TO:<"...)
		dst = append(dst, s.address(m.Recipients[i])...)
		dst = append(dst, ">\r\n"...)
	}
	return append(dst, "DATA\r\n"...)
}

// chooseBody takes the body as it is, or the one for a peer without 8BITMIME or SMTPUTF8. Where the message cannot
// go out at all, there is none, and all have their result.
func (s *session) chooseBody(m *Message) {
	p := &s.plan
	refuse := func(reply string) {
		m.Whole, m.Hopeless = true, true
		m.settle(Result{Refused, reply})
	}
	body := m.Rest
	p.utf8 = p.utf8 || m.SMTPUTF8 && s.ext.smtputf8
	p.eight = (m.EightBit || m.SMTPUTF8) && s.ext.eightBit
	if m.EightBit && !s.ext.eightBit || m.SMTPUTF8 && !s.ext.smtputf8 {
		p.eight = false
		if m.Rest7 == nil {
			refuse("554 5.6.3 the smarthost takes no 8-bit message, and this one cannot be converted")
			return
		}
		var err error
		if body, err = m.Rest7(); err != nil {
			refuse(fmt.Sprintf("554 5.6.3 the smarthost takes no 8-bit message, and converting this one failed: %v", err))
			return
		}
	}
	size := int64(len(m.Head) + len(body))
	switch {
	case p.utf8 && !s.ext.smtputf8:
		refuse("553 5.6.7 the sender's address needs SMTPUTF8, which the smarthost lacks")
	case m.RequireTLS && !(s.verified && s.ext.requireTLS):
		refuse("550 5.7.30 this message demands REQUIRETLS, which the smarthost lacks (RFC 8689)")
	case s.ext.maxSize > 0 && size > s.ext.maxSize:
		refuse(fmt.Sprintf("552 5.3.4 this message has %d octets; the smarthost takes %d at most", size, s.ext.maxSize))
	default:
		p.body = body
	}
}

// chooseRecipients plans a RCPT for all who can be reached, as many as the peer takes at once.
func (s *session) chooseRecipients(m *Message) {
	most := s.courier.MaxRecipients()
	for i, recipient := range m.Recipients {
		switch {
		case !sendable(recipient):
			m.Results[i] = Result{Refused, "553 5.1.3 this address cannot be written in SMTP"}
		case s.address(recipient) == "":
			m.Results[i] = Result{Refused, "553 5.6.7 this address needs SMTPUTF8, which the smarthost lacks"}
		case most > 0 && len(s.plan.rcpt) >= most:
			m.Results[i] = Result{Status: Untried}
		default:
			s.plan.utf8 = s.plan.utf8 || s.ext.smtputf8 && !ascii(recipient)
			s.plan.rcpt = append(s.plan.rcpt, i)
		}
	}
}

// address is how a recipient is written for this peer: without SMTPUTF8, a domain in A-labels (RFC 5890); "" where
// that is not enough.
func (s *session) address(recipient string) string {
	if s.ext.smtputf8 || ascii(recipient) {
		return recipient
	}
	at := strings.LastIndexByte(recipient, '@')
	if at < 0 || !ascii(recipient[:at]) {
		return ""
	}
	domain, err := idna.Lookup.ToASCII(recipient[at+1:])
	if err != nil {
		return ""
	}
	return recipient[:at+1] + domain
}

func (s *session) appendMail(dst []byte, m *Message) []byte {
	p := &s.plan
	dst = append(append(append(dst, "MAIL FROM:<"...), m.Sender...), '>')
	if s.ext.size {
		dst = append(dst, " SIZE="...)
		dst = strconv.AppendInt(dst, int64(len(m.Head)+len(p.body)), 10)
	}
	if p.eight {
		dst = append(dst, " BODY=8BITMIME"...)
	}
	if p.utf8 {
		dst = append(dst, " SMTPUTF8"...)
	}
	if m.RequireTLS {
		dst = append(dst, " REQUIRETLS"...)
	}
	return append(dst, "\r\n"...)
}

// sendable says whether an address can stand in a command: no control characters, and what would end the path only
// within quotes.
func sendable(address string) bool {
	quoted := strings.HasPrefix(address, `"`)
	for i := 0; i < len(address); i++ {
		switch c := address[i]; {
		case c < ' ' || c == 0x7f:
			return false
		case (c == ' ' || c == '<' || c == '>') && !quoted:
			return false
		}
	}
	return address != ""
}

func ascii[T string | []byte](s T) bool {
	for i := 0; i < len(s); i++ {
		if s[i] > 0x7f {
			return false
		}
	}
	return true
}
