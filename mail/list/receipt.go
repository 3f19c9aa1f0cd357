package list

import (
	"context"
	"regexp"
	"strings"
	"unicode/utf8"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// receiptListed is how many of those that a post did not reach are named.
const receiptListed = 50

// receiptLetter is the mail that says what became of a post. It is for its author and for facilitators; Forbidden for
// others. NotFound where that is not known any more.
func (l *List) receiptLetter(ctx context.Context, c store.Community, postID int64, reader store.Subscription) (letter, error) {
	r, err := l.receipt(ctx, c, postID, reader)
	if err != nil {
		return letter{}, err
	}
	data := templates.Receipt{For: forReader(c, reader.Name), Subject: r.Post.Subject, Accepted: r.Post.AcceptedAt.In(l.zone(c, reader)),
		Total: r.Total, Delivered: r.Delivered, Unlisted: r.Total - r.Delivered - len(r.Open)}
	for _, d := range r.Open {
		f := notReached(d, reader.Has(store.Facilitator))
		switch {
		case d.InDoubt > 0:
			data.InDoubt = append(data.InDoubt, f)
		case d.State == store.Failed || d.State == store.Dropped:
			data.Refused = append(data.Refused, f)
		default:
			data.Waiting = append(data.Waiting, f)
		}
	}
	return to(c, reader, data), nil
}

func (l *List) receipt(ctx context.Context, c store.Community, postID int64, reader store.Subscription) (store.Receipt, error) {
	post, err := l.DB.Post(ctx, postID)
	switch {
	case err != nil:
		return store.Receipt{}, err
	case post.CommunityID != c.ID || reader.CommunityID != c.ID:
		return store.Receipt{}, store.Errorf(store.NotFound, "there is no such post in %s", c.Title)
	case reader.MemberID != post.MemberID && !reader.Has(store.Facilitator):
		return store.Receipt{}, store.Errorf(store.Forbidden, "only its author and the facilitators hear what became of a post")
	}
	return l.DB.Receipt(ctx, postID, receiptListed)
}

// notReached tells of one recipient. A member who is no facilitator need not learn the others' addresses from it.
func notReached(d store.QueueRow, open bool) templates.Failure {
	f := templates.Failure{Recipient: d.Recipient, Reason: d.Reply}
	if !open {
		f.Recipient = maskAddress(f.Recipient)
		f.Reason = anyAddress.ReplaceAllStringFunc(f.Reason, maskAddress)
	}
	return f
}

var anyAddress = regexp.MustCompile(`[^\s<>"'(),;:]+@[A-Za-z0-9.-]+`)

// maskAddress leaves the first letter of the local part and the domain.
func maskAddress(address string) string {
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return address
	}
	_, first := utf8.DecodeRuneInString(address)
	return address[:min(first, at)] + "…" + address[at:]
}

// planReceipt: "receipt SUBJECT", "receipt 12", or "receipt" in an answer to a post: what became of the asker's latest
// post there, or for facilitators of the latest of all. Alone it is about the asker's latest post.
func planReceipt(ctx context.Context, l *List, a *asker, c command) (plan, error) {
	post, err := l.postAskedAbout(ctx, a, c)
	if store.KindOf(err) == store.NotFound {
		return plan{}, l.refuse(a, "command.no-post", templates.Args{})
	}
	if err != nil {
		return plan{}, err
	}
	w, err := l.receiptLetter(ctx, a.community, post.ID, a.s)
	if store.KindOf(err) == store.NotFound {
		return plan{}, l.refuse(a, "command.no-receipt", templates.Args{Subject: post.Subject})
	}
	return section(w.data), err
}

// postAskedAbout finds the post that a receipt is about.
func (l *List) postAskedAbout(ctx context.Context, a *asker, c command) (store.Post, error) {
	if a.withoutList(c.args) == "" && (a.message == nil || len(a.message.Ancestors()) == 0) {
		return l.DB.LatestPost(ctx, a.community.ID, a.s.MemberID, 0)
	}
	th, err := l.threadMeant(ctx, a, c)
	if err != nil {
		return store.Post{}, err
	}
	by := a.s.MemberID
	if a.isFacilitator() {
		by = 0
	}
	return l.DB.LatestPost(ctx, a.community.ID, by, th.ID)
}

func showReceipt(ctx context.Context, l *List, u ticketUse) (Outcome, error) {
	post, err := l.DB.Post(ctx, u.ticket.Object)
	return Outcome{Community: u.community, Kind: "receipt", About: templates.Args{Subject: post.Subject}}, err
}

// actReceipt mails a receipt to whoever the ticket is for, wherever it was used.
func actReceipt(ctx context.Context, l *List, u ticketUse) (Outcome, error) {
	out, err := showReceipt(ctx, l, u)
	if err != nil {
		return out, err
	}
	reader, err := l.DB.Subscription(ctx, u.ticket.Person)
	if err != nil {
		return out, err
	}
	w, err := l.receiptLetter(ctx, u.community, u.ticket.Object, reader)
	if store.KindOf(err) == store.NotFound { // it was known once, since there is a ticket
		out.Problem = "expired"
		return out, nil
	}
	if err != nil {
		return out, err
	}
	if u.message == nil {
		return out, l.send(ctx, w)
	}
	out.answer = &w
	return out, nil
}

// postHead gives each copy of a post its own way out, the address that mutes its thread, and the author's copy the address
// that a receipt comes from.
func (l *List) postHead(ctx context.Context, c store.Community, post store.Post) (func(dst []byte, subscription int64) []byte, error) {
	author := store.Subscription{}
	if post.MemberID != 0 {
		var err error
		if author, err = l.DB.SubscriptionOf(ctx, c.ID, post.MemberID); err != nil && store.KindOf(err) != store.NotFound {
			return nil, err
		}
	}
	head := l.unsubscribeHead(c)
	ticket := func(dst []byte, field string, t mail.Ticket) []byte {
		dst = append(append(dst, field...), ": <mailto:"...)
		return append(append(dst, mail.TicketAddress(c.Name, c.Domain, l.Keys.Seal(t))...), ">\r\n"...)
	}
	return func(dst []byte, subscription int64) []byte {
		dst = ticket(head(dst, subscription), "X-Mute", mail.Ticket{Kind: mail.TicketMute, Person: subscription, Object: post.ThreadID})
		if subscription == author.ID {
			dst = ticket(dst, "X-Receipt", mail.Ticket{Kind: mail.TicketReceipt, Person: subscription, Object: post.ID})
		}
		return dst
	}, nil
}
