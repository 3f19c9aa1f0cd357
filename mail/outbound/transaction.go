package outbound

import (
	"bytes"
	"errors"
	"fmt"
	"time"
)

var errTakenBack = errors.New("the connection was slow, so its next message went elsewhere")

// Send implements Session.
func (s *session) Send(m *Message, feed Feed) error {
	s.feed, s.taken = feed, false
	err := s.send(m, feed)
	s.feed = nil
	if err == nil && s.taken {
		err = errTakenBack
	}
	if err == nil {
		return nil
	}
	s.broken = true
	var unavailable *UnavailableError
	if errors.As(err, &unavailable) || ours(err) {
		return err
	}
	return fmt.Errorf("the connection to the smarthost %s was lost: %w", s.courier.options.Smarthost, err)
}

func (s *session) send(m *Message, feed Feed) error {
	if s.sent != m {
		s.envelope = s.prepare(s.envelope[:0], m)
		if !s.plan.local && s.ext.pipelining {
			if _, err := s.write(s.envelope); err != nil {
				m.settle(Result{Untried, s.lost("before the envelope was sent", err)})
				return err
			}
		}
	}
	s.sent = nil
	if s.plan.local {
		return nil
	}
	ready, err := s.negotiate(m)
	if err != nil {
		m.settle(Result{Untried, s.lost("within the envelope", err)})
		return err
	}
	if !ready {
		s.mustRset = true
		return nil
	}
	s.mustRset = false
	return s.transfer(m, feed)
}

// lost is the sentence about a connection that ended.
func (s *session) lost(when string, err error) string {
	var unavailable *UnavailableError
	if errors.As(err, &unavailable) {
		return unavailable.Reason
	}
	return fmt.Sprintf("the connection to the smarthost %s was lost %s: %v", s.courier.options.Smarthost, when, err)
}

// step returns the reply to the next line of the envelope. Without PIPELINING it sends that line first.
func (s *session) step(d time.Duration) (reply, error) {
	if !s.ext.pipelining {
		end := bytes.IndexByte(s.envelope, '\n') + 1
		line := s.envelope[:end]
		s.envelope = s.envelope[end:]
		if _, err := s.writeBlock(line); err != nil {
			return reply{}, err
		}
	}
	return s.read(d)
}

// negotiate reads what the peer says to the envelope of m. It is ready if the peer waits for a message, be it
// that there is nobody left to get it (RFC 2920 3.1).
func (s *session) negotiate(m *Message) (ready bool, err error) {
	if s.plan.rset {
		r, err := s.step(s.wait.Command)
		if err != nil {
			return false, err
		}
		if !r.positive() {
			return false, s.refuses("RSET", r)
		}
	}
	if err := s.negotiateMail(m); err != nil {
		return false, err
	}
	inStep := !s.ext.pipelining
	if inStep && !m.open() {
		return false, nil
	}
	if err := s.negotiateRcpt(m); err != nil {
		return false, err
	}
	if inStep && !m.open() {
		return false, nil
	}
	return s.negotiateData(m)
}

// negotiateMail judges the reply to MAIL. Where it is about us and not about the message, the session ends.
func (s *session) negotiateMail(m *Message) error {
	r, err := s.step(s.wait.Command)
	if err != nil {
		return err
	}
	switch {
	case r.positive():
	case r.code == 421, r.code == 530, r.code == 534, r.code == 535, r.code == 538: // RFC 4954 6
		return s.refuses("our mail", r)
	case r.transient():
		m.settle(Result{NotNow, r.String()})
	case r.permanent() && r.code != 503:
		m.Whole = true
		m.settle(Result{Refused, r.String()})
	default:
		return fmt.Errorf("%w: it answers MAIL with %s", errReply, r)
	}
	return nil
}

func (s *session) negotiateRcpt(m *Message) error {
	taken, short := 0, 0
	for _, i := range s.plan.rcpt {
		r, err := s.step(s.wait.Command)
		if err != nil {
			return err
		}
		result := &m.Results[i]
		switch {
		case result.Status != Open: // MAIL was refused
		case r.positive():
			taken++
			short = 0
		case r.code == 421:
			*result = Result{NotNow, r.String()}
			return s.refuses("a recipient", r)
		case tooMany(r) && taken > 0:
			*result = Result{Status: Untried}
			if short++; short == 2 || r.enhanced() != "" {
				s.courier.maxRcpt.Store(int64(taken))
			}
		case r.transient():
			*result = Result{NotNow, r.String()}
		case r.permanent():
			*result = Result{Refused, r.String()}
		default:
			return fmt.Errorf("%w: it answers RCPT with %s", errReply, r)
		}
	}
	return nil
}

// tooMany recognises a limit on the recipients of a transaction (RFC 5321 4.5.3.1.10, RFC 3463 3.6).
//
// QUIRK: a 5xx with the enhanced code 5.3 is taken for that as well; older peers send 552 5.5.3.
func tooMany(r reply) bool {
	enhanced := r.enhanced()
	return enhanced == "5.3" && !r.positive() || r.code == 452 && enhanced == ""
}

func (s *session) negotiateData(m *Message) (ready bool, err error) {
	r, err := s.step(s.wait.Data)
	if err != nil {
		return false, err
	}
	switch {
	case r.code == 354:
		return true, nil
	case r.code == 421:
		m.settle(Result{NotNow, r.String()})
		return false, s.refuses("DATA", r)
	case r.transient():
		m.settle(Result{NotNow, r.String()})
	case r.permanent():
		m.Whole = m.Whole || m.open()
		m.settle(Result{Refused, r.String()})
	default:
		return false, fmt.Errorf("%w: it answers DATA with %s", errReply, r)
	}
	return false, nil
}

// open says whether anybody is to get the message.
func (m *Message) open() bool {
	for i := range m.Results {
		if m.Results[i].Status == Open {
			return true
		}
	}
	return false
}

// transfer writes the message with the final dot, and the next envelope behind it, and judges the reply.
func (s *session) transfer(m *Message, feed Feed) error {
	head, body := m.Head, s.plan.body
	if !m.open() {
		head, body = nil, nil
	}
	next, err := feed.Next()
	if err != nil {
		m.settle(Result{Untried, err.Error()})
		return err
	}
	tail := append(s.envelope[:0], ".\r\n"...)
	if len(body) > 0 && !bytes.HasSuffix(body, []byte("\r\n")) {
		tail = append(s.envelope[:0], "\r\n.\r\n"...)
	}
	dot := int64(len(head) + len(body) + len(tail))
	if next != nil && s.ext.pipelining {
		tail = s.prepare(tail, next)
		s.sent = next
	}
	s.envelope = tail
	if wrote, err := s.write(head, body, tail); err != nil {
		return s.brokenOff(m, wrote >= dot, err)
	}
	return s.finish(m)
}

// brokenOff judges a message that could not be written. The peer may have said why.
func (s *session) brokenOff(m *Message, whole bool, err error) error {
	s.feed = nil
	r, readErr := s.read(s.wait.Quit)
	switch {
	case readErr == nil && r.positive() && whole:
		m.settle(Result{Status: Taken})
	case readErr == nil && r.permanent():
		m.Whole = true
		m.settle(Result{Refused, r.String()})
	case readErr == nil && r.transient():
		m.settle(Result{NotNow, r.String()})
	case whole:
		m.settle(Result{InDoubt, s.lost("behind the final dot", err)})
	default:
		m.settle(Result{Lost, s.lost("within the message", err)})
	}
	return err
}

// finish judges the reply to the final dot. It says nothing new if nobody was to get the message.
func (s *session) finish(m *Message) error {
	r, err := s.read(s.wait.Dot)
	if err != nil {
		m.settle(Result{InDoubt, s.lost("behind the final dot", err)})
		return err
	}
	switch {
	case r.positive():
		m.settle(Result{Status: Taken})
	case r.transient():
		m.settle(Result{NotNow, r.String()})
	case r.permanent():
		m.Whole = m.Whole || m.open()
		m.settle(Result{Refused, r.String()})
	default:
		m.settle(Result{InDoubt, r.String()})
		return fmt.Errorf("%w: it answers the final dot with %s", errReply, r)
	}
	if r.code == 421 {
		return s.refuses("more mail", r)
	}
	return nil
}
