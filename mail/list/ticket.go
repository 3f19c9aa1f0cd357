package list

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// A ticketUse is a ticket in somebody's hand: an answer by mail, or the button of a page.
type ticketUse struct {
	community store.Community
	ticket    mail.Ticket
	text      string        // what the holder wrote: a reason, answers; "" for nothing
	message   *mail.Message // that it came with, nil for a page
	by        store.Actor   // via is filled in; who is whoever the ticket is for
}

// An Outcome is what a ticket did, or why not.
type Outcome struct {
	Community store.Community
	Kind      string         // of the page, as templates.TicketPage.Kind
	About     templates.Args // what the texts of the page are about
	Details   []templates.Detail
	Problem   string   // as templates.ProblemPage.Kind, "" where it worked
	AskReason bool     // before: the page has a field for a reason
	Choices   []string // before: as templates.TicketPage.Choices
	Ticks     []templates.Tick
	Undo      string  // after: the token of a ticket that takes it back; "" for none
	answer    *letter // what the holder gets by mail; nil where another mail says it
}

// A ticketKind is what tickets of a kind do. show changes nothing.
type ticketKind struct {
	show func(ctx context.Context, l *List, u ticketUse) (Outcome, error)
	act  func(ctx context.Context, l *List, u ticketUse) (Outcome, error)
}

// kindOf finds what a ticket does; ok is false for kinds that are no tickets to hand in.
func kindOf(t mail.Ticket) (kind ticketKind, ok bool) {
	switch t.Kind {
	case mail.TicketConfirm:
		return ticketKind{showConfirm, actConfirm}, true
	case mail.TicketJoinApprove:
		return ticketKind{showJoinDecision, actJoinApprove}, true
	case mail.TicketJoinDecline:
		return ticketKind{showJoinDecision, actJoinDecline}, true
	case mail.TicketLeave:
		return ticketKind{showLeave, actLeave}, true
	case mail.TicketNewsletterOff:
		return ticketKind{showNewsletterOff, actNewsletterOff}, true
	case mail.TicketUndo:
		return ticketKind{showUndo, actUndo}, true
	case mail.TicketReturn:
		return ticketKind{showReturn, actReturn}, true
	case mail.TicketHoldApprove:
		return ticketKind{showHold, actHoldApprove}, true
	case mail.TicketHoldReject:
		return ticketKind{showHold, actHoldReject}, true
	case mail.TicketReceipt:
		return ticketKind{showReceipt, actReceipt}, true
	case mail.TicketMute, mail.TicketFollow:
		return ticketKind{showThreadMode, actThreadMode}, true
	case mail.TicketThanksOff, mail.TicketNamed:
		return ticketKind{showSetting, actSetting}, true
	}
	return kind, false
}

// ShowTicket says what a ticket would do, for a page. The error is NotFound for a token that is none.
func (l *List) ShowTicket(ctx context.Context, token string) (Outcome, error) {
	return l.withTicket(ctx, token, func(kind ticketKind, u ticketUse) (Outcome, error) { return kind.show(ctx, l, u) })
}

// UseTicket does what a ticket is for, because its holder pressed the button of its page. It may be called again: what may
// happen once happens once.
func (l *List) UseTicket(ctx context.Context, token, reason string) (Outcome, error) {
	return l.withTicket(ctx, token, func(kind ticketKind, u ticketUse) (Outcome, error) {
		u.text = reason
		u.by.Via = "web"
		out, err := kind.act(ctx, l, u)
		l.wake()
		return out, err
	})
}

func (l *List) withTicket(ctx context.Context, token string, do func(ticketKind, ticketUse) (Outcome, error)) (Outcome, error) {
	t, err := l.Keys.Open(token, l.Now())
	expired := errors.Is(err, mail.ErrExpiredTicket)
	if err != nil && !expired {
		return Outcome{}, store.Errorf(store.NotFound, "this link is not valid")
	}
	kind, ok := kindOf(t)
	if !ok {
		return Outcome{}, store.Errorf(store.NotFound, "this link is not valid")
	}
	c, err := l.ticketCommunity(ctx, t)
	if err != nil {
		return Outcome{}, err
	}
	if expired {
		return Outcome{Community: c, Problem: "expired"}, nil
	}
	return do(kind, ticketUse{community: c, ticket: t, by: store.Actor{Via: "ticket", At: l.Now()}})
}

// Ticket handles a message to a ticket's address. It ends in one of three: done, held for a human, answered with help.
// What a robot sends does nothing, since a vacation answer confirms nothing.
func (l *List) Ticket(ctx context.Context, c store.Community, env mail.Envelope, m *mail.Message, token string) error {
	t, err := l.Keys.Open(token, l.Now())
	if auto, reason := mail.Automatic(m, env.From, env.From == ""); auto != mail.AutoNone && (err != nil || !isButton(t, env, auto)) {
		l.Log.Info("a robot's answer to a ticket was passed over", "community", c.Address(), "message_id", m.MessageID, "reason", reason)
		return nil
	}
	kind, known := kindOf(t)
	switch {
	case errors.Is(err, mail.ErrExpiredTicket):
		return l.answerExpired(ctx, c, env, m, t)
	case err != nil || !known:
		return l.answerWrong(ctx, c, env, m)
	}
	own, err := l.ticketCommunity(ctx, t)
	if store.KindOf(err) == store.NotFound || err == nil && own.ID != c.ID {
		return l.answerWrong(ctx, c, env, m)
	}
	if err != nil {
		return err
	}
	u := ticketUse{community: c, ticket: t, text: strings.TrimSpace(m.Text().New), message: m,
		by: store.Actor{Via: "mail <" + m.MessageID + ">", At: l.Now()}}
	out, err := kind.act(ctx, l, u)
	if err != nil {
		return err
	}
	if out.Problem == "expired" {
		return l.answerExpired(ctx, c, env, m, t)
	}
	if out.answer != nil {
		out.answer.answers = m
		err = l.send(ctx, *out.answer)
	}
	l.wake()
	return err
}

// isButton says whether what looks like a robot is the button of a mail program: only programs read where a ticket for
// leaving can be mailed to (List-Unsubscribe), and nobody's vacation answers go there.
//
// QUIRK: Apple's Mail marks what its "unsubscribe" sends Auto-Submitted: auto-replied.
func isButton(t mail.Ticket, env mail.Envelope, auto mail.AutoKind) bool {
	return t.Kind.Unsubscribes() && env.From != "" && (auto == mail.AutoReply || auto == mail.AutoNotice)
}

// ticketCommunity finds the community that a ticket's object belongs to; NotFound where it is gone.
func (l *List) ticketCommunity(ctx context.Context, t mail.Ticket) (store.Community, error) {
	id := t.Object
	var err error
	switch t.Kind {
	case mail.TicketLeave, mail.TicketNewsletterOff:
	case mail.TicketConfirm, mail.TicketJoinApprove, mail.TicketJoinDecline:
		var r store.Request
		r, err = l.DB.Request(ctx, t.Object)
		id = r.CommunityID
	case mail.TicketUndo:
		var e store.JournalEntry
		e, err = l.DB.JournalEntry(ctx, t.Object)
		id = e.CommunityID
	case mail.TicketHoldApprove, mail.TicketHoldReject:
		var h store.Hold
		h, err = l.DB.Hold(ctx, t.Object)
		id = h.CommunityID
	default:
		var s store.Subscription
		s, err = l.DB.Subscription(ctx, t.Person)
		id = s.CommunityID
	}
	if err != nil {
		return store.Community{}, err
	}
	return l.DB.Community(ctx, id)
}

// replyAddress is who an answer goes to: the author, unless there is none who could read it.
func replyAddress(m *mail.Message) string {
	for _, list := range [][]mail.Address{m.ReplyTo, m.From} {
		if len(list) > 0 {
			if a, err := mail.Canonical(list[0].String()); err == nil {
				return a
			}
		}
	}
	return ""
}

// Helped answers a message to a ticket that does not work; the handlers of other kinds of tickets send theirs here, too.
func (l *List) Helped(ctx context.Context, c store.Community, env mail.Envelope, m *mail.Message) error {
	return l.answerWrong(ctx, c, env, m)
}

// A helpedOnce remembers who was helped with a ticket that does not work: once a day, and not too many in all, since the
// sender may be forged. It is kept in memory only: a wrong ticket must cost no write.
type helpedOnce struct {
	mu    sync.Mutex
	last  map[string]time.Time
	since time.Time // when the hour began that n is about
	n     int
}

const (
	helpedMost   = 10_000 // people who are remembered
	helpedAnHour = 200    // in all
)

// may says whether somebody may be helped now, and remembers that.
func (h *helpedOnce) may(address string, now time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if last, ok := h.last[address]; address == "" || ok && now.Sub(last) < 24*time.Hour {
		return false
	}
	if now.Sub(h.since) >= time.Hour {
		h.since, h.n = now, 0
	}
	if h.n >= helpedAnHour {
		return false
	}
	if h.last == nil || len(h.last) >= helpedMost {
		h.last = map[string]time.Time{}
	}
	h.n++
	h.last[address] = now
	return true
}

func (l *List) answerWrong(ctx context.Context, c store.Community, env mail.Envelope, m *mail.Message) error {
	address := replyAddress(m)
	if !l.helped.may(address, l.Now()) {
		l.Log.Info("a ticket that does not work was not answered", "community", c.Address(), "from", address)
		return nil
	}
	return l.send(ctx, letter{community: c, to: address, answers: m,
		data: templates.TicketWrong{For: forReader(c, ""), Address: firstTo(env)}})
}

func (l *List) answerExpired(ctx context.Context, c store.Community, env mail.Envelope, m *mail.Message, t mail.Ticket) error {
	address := replyAddress(m)
	if !l.helped.may(address, l.Now()) {
		l.Log.Info("a ticket that does not work was not answered", "community", c.Address(), "from", address)
		return nil
	}
	return l.send(ctx, letter{community: c, to: address, answers: m,
		data: templates.TicketExpired{For: forReader(c, ""), Kind: ticketNames[t.Kind], Expired: t.Expires}})
}

// ticketNames are the words that templates.TicketExpired knows.
var ticketNames = map[mail.TicketKind]string{
	mail.TicketConfirm: "join", mail.TicketLeave: "leave", mail.TicketUndo: "undo", mail.TicketHoldApprove: "hold",
	mail.TicketHoldReject: "hold", mail.TicketJoinApprove: "join-request", mail.TicketJoinDecline: "join-request",
	mail.TicketReturn: "return",
}

func firstTo(env mail.Envelope) string {
	if len(env.To) == 0 {
		return ""
	}
	return env.To[0]
}

// saysNo reads the first word of an answer: somebody who did not ask for this says so.
func saysNo(text string) bool {
	word, _, _ := strings.Cut(strings.TrimLeft(text, " \t\n\"'“„¡"), "\n")
	word = strings.ToLower(strings.TrimSpace(word))
	if i := strings.IndexAny(word, " ,.!;:"); i >= 0 {
		word = word[:i]
	}
	switch word {
	case "no", "nope", "not", "stop", "cancel", "decline", "nein", "nicht", "abbrechen", "ablehnen", "cancelar", "rechazar", "nunca":
		return true
	}
	return false
}
