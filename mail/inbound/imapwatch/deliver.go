package imapwatch

import (
	"crypto/sha256"
	"fmt"
	"runtime/debug"
	"time"

	"guildpost/mail"
	"guildpost/mail/inbound"
	"guildpost/store"
)

// historyAge is how old mail may be that is found in a mailbox when it is opened first: what has lain there longer is
// history, and is not sent to anybody now.
const historyAge = 30 * 24 * time.Hour

// handle handles messages that have come, in their order. It stops between two of them when the watcher does.
func (s *session) handle(batch []message) error {
	if s.Mode == Archive {
		return s.file(batch)
	}
	for _, m := range batch {
		if err := s.w.soft.Err(); err != nil {
			return err
		}
		if err := s.handleOne(m, store.IMAPOpen{UID: m.uid}); err != nil {
			return err
		}
		if err := s.keepHeld(); err != nil {
			return err
		}
	}
	return nil
}

// handleOne handles a message that came alone; open is what was known of it. The error is not about the message.
func (s *session) handleOne(m message, open store.IMAPOpen) error {
	if s.Mode == Archive {
		return s.fileOne(m, open)
	}
	if ready, ok := s.w.opts.Receiver.(inbound.Readier); ok {
		if err := ready.Ready(s.w.hard); err != nil {
			return err
		}
	}
	return s.step(s.deliver(m, open))
}

// deliver hands a message to the Receiver, as if it had come over LMTP.
func (s *session) deliver(m message, open store.IMAPOpen) outcome {
	raw := mail.CanonicalCRLF(m.raw)
	h, _ := mail.SplitHeader(raw)
	if m.date.IsZero() && open.Tries == 0 { // the server did not say when it came
		m.date, _ = mail.ParseDate(h.Get("Date"))
		if s.isHistory(m.sized) {
			return outcome{uid: m.uid, verdict: left, was: !open.Since.IsZero()}
		}
	}
	env := s.envelope(h)
	to, err := s.recipients(s.w.hard, h, env.From)
	if err != nil {
		return s.failed(open, fmt.Errorf("%s: %w", about(h), err), true)
	}
	if len(to) == 0 {
		return outcome{uid: m.uid, verdict: problem, was: !open.Since.IsZero(), open: open, reason: about(h) + unaddressed}
	}
	env.To, err = s.unknown(to, raw)
	if err != nil {
		return s.failed(open, err, true)
	}
	if len(env.To) == 0 {
		s.w.count.known.Add(1)
		s.log.Debug("a message that was handled before came again", "uid", m.uid)
		return outcome{uid: m.uid, verdict: handled, was: !open.Since.IsZero()}
	}
	env.Notify, env.OriginalTo = make([]string, len(env.To)), make([]string, len(env.To))
	return s.judge(open, env, h, raw, s.receive(env, raw))
}

// unaddressed ends the reason of a message that is for no address of ours.
const unaddressed = ": it is for no list address here"

// isHistory says whether a message lay in the mailbox for long when it was opened first.
func (s *session) isHistory(m sized) bool {
	return s.Mode == Deliver && m.uid <= s.state.HistoryTo && !m.date.IsZero() && s.w.opts.Now().Sub(m.date) > historyAge
}

// envelope is what is known of a message beside its bytes. The server of the mailbox is one of ours: what it has found out
// about the sender counts (inbound.authserv_id).
func (s *session) envelope(h mail.Header) mail.Envelope {
	return mail.Envelope{
		ID: s.w.nextID(), From: envelopeSender(h), NoReply: true, SMTPUTF8: true, EightBit: true, Protocol: "IMAP",
		Peer: s.Account(), Trusted: true, Received: s.w.opts.Now(),
	}
}

// unknown leaves out the recipients for whom this very message was handled before.
func (s *session) unknown(to []string, raw []byte) (rest []string, err error) {
	for _, address := range to {
		known, err := s.w.opts.DB.IMAPHandled(s.w.hard, contentHash(address, raw))
		if err != nil {
			return nil, err
		}
		if !known {
			rest = append(rest, address)
		}
	}
	return rest, nil
}

// contentHash is by what a message for a recipient is known again, under whatever UID.
func contentHash(to string, raw []byte) []byte {
	if canonical, err := mail.Canonical(to); err == nil {
		to = canonical
	}
	sum := sha256.New()
	sum.Write([]byte(to + "\n"))
	sum.Write(raw)
	return sum.Sum(nil)
}

// receive calls the Receiver; a panic is one message's misfortune.
func (s *session) receive(env mail.Envelope, raw []byte) (errs []error) {
	defer func() {
		if p := recover(); p != nil {
			s.log.Error("panic while a message came in", "id", env.ID, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			errs = make([]error, len(env.To))
			for i := range errs {
				errs[i] = fmt.Errorf("panic: %v", p)
			}
		}
	}()
	return s.w.opts.Receiver.Receive(s.w.hard, env, raw)
}

// judge reads the Receiver's answers. What was refused for good is done with only when nothing failed for a time: then its
// sender was told.
func (s *session) judge(open store.IMAPOpen, env mail.Envelope, h mail.Header, raw []byte, errs []error) outcome {
	var failure error
	for _, err := range errs {
		if err != nil && !permanent(err) {
			failure = err
		}
	}
	var hashes [][]byte
	for i, err := range errs {
		if err == nil || failure == nil {
			hashes = append(hashes, contentHash(env.To[i], raw))
		}
		if err != nil && failure == nil {
			s.w.count.refused.Add(1)
		}
	}
	if failure != nil || len(errs) != len(env.To) {
		if failure == nil {
			failure = fmt.Errorf("there were %d answers for %d recipients", len(errs), len(env.To))
		}
		o := s.failed(open, fmt.Errorf("%s: %w", about(h), failure), store.KindOf(failure) == store.Temporary)
		o.hashes = hashes
		return o
	}
	return outcome{uid: open.UID, verdict: handled, hashes: hashes, was: !open.Since.IsZero()}
}
