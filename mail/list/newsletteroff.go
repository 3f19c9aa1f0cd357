package list

import (
	"context"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

func showNewsletterOff(ctx context.Context, l *List, u ticketUse) (Outcome, error) {
	s, err := l.DB.Subscription(ctx, u.ticket.Person)
	return Outcome{Community: u.community, Kind: "newsletter-off", About: templates.Args{Address: s.Address}}, err
}

// actNewsletterOff is what the List-Unsubscribe of a newsletter does: it ends the newsletter, and not the membership. How to
// end that is said by mail, beside the way back. Twice is as good as once.
func actNewsletterOff(ctx context.Context, l *List, u ticketUse) (out Outcome, err error) {
	s, err := l.DB.Subscription(ctx, u.ticket.Person)
	if err != nil {
		return out, err
	}
	out = Outcome{Community: u.community, Kind: "newsletter-off", About: templates.Args{Address: s.Address}}
	if s.CommunityID != u.community.ID || !isMember(s) {
		return out, nil
	}
	u.by.Who = s.Address
	out.Undo, err = l.stopNewsletter(ctx, u, s)
	return out, err
}

// stopNewsletter ends a member's newsletter at their wish, and mails the way back. It returns the token of that; "" where there was
// nothing to end.
func (l *List) stopNewsletter(ctx context.Context, u ticketUse, s store.Subscription) (token string, err error) {
	c, until := u.community, l.Now().Add(undoLife)
	changed, err := l.DB.StopNewsletter(ctx, u.by, s.ID, func(journal int64) ([]store.Notice, error) {
		token = l.Keys.Seal(mail.Ticket{Kind: mail.TicketUndo, Person: s.ID, Object: journal, Expires: until})
		undo := l.ticketOf(c, token)
		w := to(c, s, templates.NewsletterOff{For: forReader(c, s.Name), Posts: s.Delivery != store.None, Undo: undo, Leave: l.leaveTicket(c, s), Expires: until})
		w.from, w.answers = undo.Address, u.message
		return l.notices(w)
	})
	if err != nil || !changed {
		return "", err
	}
	l.wake()
	return token, nil
}
