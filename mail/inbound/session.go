package inbound

import (
	"fmt"
	"io"
	"runtime/debug"
	"strings"

	"github.com/emersion/go-smtp"
)

// A session is what go-smtp asks. It has one transaction at a time, from MAIL to the end of the message, RSET, or
// EHLO. The wire looks at it only while go-smtp waits for a command.
type session struct {
	srv      *Server
	wire     *wire
	tx       *transaction // nil outside of MAIL … end of the message
	messages int
}

// A transaction is one envelope in the making and, later, its message.
type transaction struct {
	from    string
	mail    smtp.MailOptions
	taken   []recipient
	body    *body
	chunked bool // it has begun to come by BDAT
}

type recipient struct {
	given   string // as go-smtp knows it
	address string // as in RFC 5321: with quotes where it needs them
	options smtp.RcptOptions
}

func (s *session) Reset() {
	if s.tx != nil {
		s.tx.body.drop()
		s.tx = nil
	}
}

// Logout does nothing: it may come while a transaction is still being worked at, by another goroutine. The end of
// the wire frees what is left (wire.Close).
func (s *session) Logout() error { return nil }

// Mail opens a transaction. go-smtp takes a second MAIL and keeps the recipients of the first, so that is refused here.
func (s *session) Mail(from string, opts *smtp.MailOptions) error {
	l := s.srv.opts.Limits
	switch {
	case s.tx != nil:
		return refusal(503, 5, 5, 1, "a message is under way: send RSET first")
	case !ascii(from) && !opts.UTF8:
		return refusal(553, 5, 6, 7, "the sender's address is not ASCII: say SMTPUTF8")
	case opts.RequireTLS && !s.wire.secure():
		return refusal(530, 5, 7, 0, "REQUIRETLS needs STARTTLS first")
	case s.messages >= l.Messages && !s.wire.trust:
		return refusal(421, 4, 7, 0, "%d messages are enough for one session: open another", l.Messages)
	}
	if err := s.ready(); err != nil {
		return err
	}
	s.tx = &transaction{from: quoted(from), mail: *opts, body: s.srv.newBody(s.wire.trust, opts.Size)}
	return nil
}

// ready asks a Receiver that is a Readier.
func (s *session) ready() (err error) {
	r, ok := s.srv.receiver.(Readier)
	if !ok {
		return nil
	}
	defer s.catch(func(e *smtp.SMTPError) { err = e })
	if e := r.Ready(s.srv.ctx); e != nil {
		s.note("not ready for mail", e)
		return refusal(452, 4, 3, 1, "%s", s.reply(e).Message)
	}
	return nil
}

func (s *session) Rcpt(to string, opts *smtp.RcptOptions) (err error) {
	if s.tx == nil {
		return refusal(503, 5, 5, 1, "send MAIL first")
	}
	if !ascii(to) && !s.tx.mail.UTF8 {
		return refusal(553, 5, 6, 7, "the recipient's address is not ASCII: say SMTPUTF8 in MAIL")
	}
	address := quoted(to)
	defer s.catch(func(e *smtp.SMTPError) { err = e })
	if e := s.srv.receiver.Recipient(s.srv.ctx, s.tx.from, address); e != nil {
		s.note("recipient refused", e)
		return s.reply(e)
	}
	s.tx.taken = append(s.tx.taken, recipient{given: to, address: address, options: *opts})
	return nil
}

// Data hands over a message for SMTP. The wire has collected it; r has nothing in it and only marks its end.
func (s *session) Data(r io.Reader) error {
	if _, err := io.Copy(io.Discard, r); err != nil {
		return err
	}
	id, errs, refused := s.deliver(true)
	if refused != nil {
		return refused
	}
	if err := oneReply(errs); err != nil {
		return err
	}
	return taken(id)
}

// LMTPData hands over a message for LMTP, where each recipient that was taken has its own reply (RFC 2033 4.2). Statuses
// are set for those alone: go-smtp panics for any other.
func (s *session) LMTPData(r io.Reader, status smtp.StatusCollector) error {
	if _, err := io.Copy(io.Discard, r); err != nil {
		return err
	}
	id, errs, refused := s.deliver(false)
	if refused != nil {
		return refused
	}
	index := map[string]int{}
	for _, rcpt := range s.tx.taken {
		if _, ok := index[rcpt.address]; !ok {
			index[rcpt.address] = len(index)
		}
		if err := errs[index[rcpt.address]]; err != nil {
			status.SetStatus(rcpt.given, err)
			continue
		}
		status.SetStatus(rcpt.given, taken(id))
	}
	return nil
}

// taken is the good reply. For go-smtp it is an error with code 250, the way to have a text of our own: with the id, a
// postmaster finds the message in both logs.
func taken(id string) *smtp.SMTPError {
	return refusal(250, 2, 0, 0, "taken as %s", id)
}

// deliver calls the Receiver. It returns one reply for each address in the envelope, or one refusal for all.
func (s *session) deliver(oneReply bool) (id string, replies []*smtp.SMTPError, refused *smtp.SMTPError) {
	if s.tx == nil {
		return "", nil, refusal(503, 5, 5, 1, "send MAIL first")
	}
	s.messages++
	if refused = s.tx.body.judge(); refused != nil {
		s.srv.count.refused.Add(1)
		s.note("message refused", refused)
		return "", nil, refused
	}
	s.wire.busy.Store(true)
	defer s.wire.busy.Store(false)
	defer s.catch(func(e *smtp.SMTPError) { refused = e })
	env := s.envelope(oneReply)
	errs := s.srv.receiver.Receive(s.srv.ctx, env, s.tx.body.buf)
	if len(errs) != len(env.To) {
		err := fmt.Errorf("the receiver gave %d answers for %d recipients", len(errs), len(env.To))
		s.note("message not stored", err)
		return "", nil, s.reply(err)
	}
	replies = make([]*smtp.SMTPError, len(errs))
	for i, err := range errs {
		if err != nil {
			s.note("message refused", err, "id", env.ID, "to", env.To[i])
			replies[i] = s.reply(err)
		}
	}
	s.tell(env, len(s.tx.body.buf), replies)
	return env.ID, replies, nil
}

// envelope turns the transaction into what the Receiver gets; a recipient that was named twice is in it once.
func (s *session) envelope(oneReply bool) Envelope {
	tx, w := s.tx, s.wire
	env := Envelope{
		ID: s.srv.nextID(), From: tx.from, EnvelopeID: tx.mail.EnvelopeID, Return: string(tx.mail.Return),
		SMTPUTF8: tx.mail.UTF8, EightBit: tx.mail.Body == smtp.Body8BitMIME, RequireTLS: tx.mail.RequireTLS,
		OneReply: oneReply, Protocol: protocol(w.listener.lmtp, w.extended, w.secure(), tx.mail.UTF8),
		Helo: scrub(w.helo, longestHelo), Remote: w.remote(), Peer: w.peer, Trusted: w.trust, Received: s.srv.opts.Now(),
	}
	seen := map[string]bool{}
	for _, r := range tx.taken {
		if seen[r.address] {
			continue
		}
		seen[r.address] = true
		env.To = append(env.To, r.address)
		env.Notify = append(env.Notify, notify(r.options.Notify))
		env.OriginalTo = append(env.OriginalTo, r.options.OriginalRecipient)
	}
	env.Trace = trace(&env, s.srv.opts.Hostname, w.tlsVersion())
	return env
}

func notify(wishes []smtp.DSNNotify) string {
	words := make([]string, len(wishes))
	for i, w := range wishes {
		words[i] = string(w)
	}
	return strings.Join(words, ",")
}

// catch is deferred around calls of the Receiver: a panic there is one message's misfortune, told as 451.
func (s *session) catch(set func(*smtp.SMTPError)) {
	if p := recover(); p != nil {
		s.srv.count.panics.Add(1)
		s.srv.opts.Logger.Error("panic while a message came in", "peer", s.wire.peer, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
		set(s.reply(fmt.Errorf("panic: %v", p)))
	}
}

func (s *session) reply(err error) *smtp.SMTPError {
	return replyTo(err, s.tx != nil && s.tx.mail.UTF8)
}
