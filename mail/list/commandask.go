package list

import (
	"context"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// ask mails the question whether the commands that wait are the member's own, with what came of the others behind it.
// A plain reply carries them out.
func (r *commandRun) ask(ctx context.Context, others letter, ok bool) error {
	lines, shown := make([]string, len(r.waiting)), make([]string, len(r.waiting))
	for i, p := range r.waiting {
		lines[i], shown[i] = p.line, p.shown
	}
	q := question{address: r.asker.s.Address, payload: commandsPayload{Lines: lines}, shown: shown, attach: others.attach}
	if ok {
		q.more = append([]any{others.data}, others.more...)
	}
	return r.list.askToConfirm(ctx, r.asker, q)
}

// A question asks an address whether commands are its own.
type question struct {
	address string
	payload commandsPayload
	shown   []string // the commands
	more    []any    // further texts of the mail
	attach  []mail.Attachment
}

// askToConfirm mails a question to an address. What it asks about happens when the question is answered.
func (l *List) askToConfirm(ctx context.Context, a *asker, q question) error {
	request := store.Request{CommunityID: a.community.ID, Kind: store.RequestCommands, Address: q.address, Payload: q.payload.text(),
		AskedAt: l.Now(), ExpiresAt: l.Now().Add(confirmLife)}
	_, err := l.DB.Ask(ctx, request, func(id int64) ([]store.Notice, error) {
		ticket := l.ticket(a.community, mail.Ticket{Kind: mail.TicketConfirm, Object: id, Expires: request.ExpiresAt})
		w := l.letterTo(a, templates.ConfirmCommand{For: a.greeting(), Commands: q.shown, Asked: request.AskedAt.In(l.zone(a.community, a.s)),
			Confirm: ticket, Expires: request.ExpiresAt})
		w.from, w.more, w.attach = ticket.Address, q.more, q.attach
		if w.to != q.address { // a new address, which is not the member's yet
			w.to, w.subscription, w.answers = q.address, 0, nil
		}
		return l.notices(w)
	})
	l.wake()
	return err
}
