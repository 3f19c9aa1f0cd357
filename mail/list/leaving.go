package list

import (
	"context"
	"time"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// undoLife is how long a change can be taken back by its ticket.
const undoLife = 14 * 24 * time.Hour

// Leave handles a wish to leave that came by mail. It is done at once where the address surely asked for it itself; else
// a plain reply confirms. Who is no member hears that.
func (l *List) Leave(ctx context.Context, c store.Community, address string, proven bool, m *mail.Message) error {
	s, err := l.DB.SubscriptionByAddress(ctx, c.ID, address)
	if store.KindOf(err) == store.NotFound || err == nil && !belongs(s) {
		return l.sendOnce(ctx, "stranger", letter{community: c, to: address, answers: m,
			data: templates.NotAMember{For: forReader(c, ""), Address: address, Leave: true}})
	}
	if err != nil {
		return err
	}
	if proven {
		_, err := l.leave(ctx, c, s, store.Actor{Who: address, Via: via(m), At: l.Now()}, m)
		return err
	}
	return l.askToLeave(ctx, c, s, m)
}

// belongs says whether there is something to leave: a membership, or being a guest.
func belongs(s store.Subscription) bool { return isMember(s) || s.State == store.Guest }

// leave ends a membership at the member's wish, and mails the way back.
func (l *List) leave(ctx context.Context, c store.Community, s store.Subscription, by store.Actor, m *mail.Message) (changed bool, err error) {
	until := l.Now().Add(undoLife)
	changed, err = l.DB.End(ctx, by, s.ID, store.Left, func(journal int64) ([]store.Notice, error) {
		undo := l.ticket(c, mail.Ticket{Kind: mail.TicketUndo, Person: s.ID, Object: journal, Expires: until})
		w := to(c, s, templates.Left{For: forReader(c, s.Name), Address: s.Address, Guest: s.State == store.Guest, Undo: undo, Expires: until})
		w.from, w.answers = undo.Address, m
		return l.notices(w)
	})
	l.wake()
	return changed, err
}

func (l *List) askToLeave(ctx context.Context, c store.Community, s store.Subscription, m *mail.Message) error {
	reached, err := l.DB.Allow(ctx, l.Now(),
		store.Limit{Name: "confirm-leave " + c.Address() + " " + s.Address, Most: 1, Within: 24 * time.Hour},
		store.Limit{Name: "asked", Most: asksInAll, Within: time.Hour})
	if err != nil || reached != nil {
		return err
	}
	r := store.Request{CommunityID: c.ID, Kind: store.RequestLeave, Address: s.Address, AskedAt: l.Now(), ExpiresAt: l.Now().Add(confirmLife)}
	_, err = l.DB.Ask(ctx, r, func(id int64) ([]store.Notice, error) {
		ticket := l.ticket(c, mail.Ticket{Kind: mail.TicketConfirm, Object: id, Expires: r.ExpiresAt})
		w := to(c, s, templates.ConfirmLeave{For: forReader(c, s.Name), Address: s.Address, Guest: s.State == store.Guest, Asked: r.AskedAt, Confirm: ticket, Expires: r.ExpiresAt})
		w.from, w.answers = ticket.Address, m
		return l.notices(w)
	})
	l.wake()
	return err
}

func (l *List) confirmLeave(ctx context.Context, u ticketUse, r store.Request) error {
	if err := l.DB.Decide(ctx, u.by, r.ID, store.Asked, store.RequestDone, "", nil); err != nil {
		return err
	}
	s, err := l.DB.SubscriptionByAddress(ctx, u.community.ID, r.Address)
	if store.KindOf(err) == store.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = l.leave(ctx, u.community, s, u.by, u.message)
	return err
}

func showLeave(ctx context.Context, l *List, u ticketUse) (Outcome, error) {
	s, err := l.DB.Subscription(ctx, u.ticket.Person)
	return Outcome{Community: u.community, Kind: "leave", About: templates.Args{Address: s.Address}}, err
}

// actLeave is what every List-Unsubscribe does. Twice is as good as once.
func actLeave(ctx context.Context, l *List, u ticketUse) (Outcome, error) {
	s, err := l.DB.Subscription(ctx, u.ticket.Person)
	if err != nil {
		return Outcome{}, err
	}
	out := Outcome{Community: u.community, Kind: "leave", About: templates.Args{Address: s.Address}}
	if s.CommunityID != u.community.ID || !belongs(s) {
		return out, nil
	}
	u.by.Who = s.Address
	_, err = l.leave(ctx, u.community, s, u.by, u.message)
	return out, err
}

func showUndo(_ context.Context, _ *List, u ticketUse) (Outcome, error) {
	return Outcome{Community: u.community, Kind: "undo"}, nil
}

// actUndo takes a change back for the person it concerned, or for a facilitator.
func actUndo(ctx context.Context, l *List, u ticketUse) (Outcome, error) {
	out := Outcome{Community: u.community, Kind: "undo"}
	s, err := l.DB.Subscription(ctx, u.ticket.Person)
	if err != nil {
		return out, err
	}
	u.by.Who = s.Address
	e, err := l.DB.Undo(ctx, u.by, u.ticket.Object, nil)
	if store.KindOf(err) == store.Conflict {
		out.Problem, err = "already", nil
		return out, err
	}
	if err != nil {
		return out, err
	}
	change := l.textOfChange(&asker{community: u.community, language: s.Language}, e)
	w := to(u.community, s, templates.UndoDone{For: forReader(u.community, s.Name), Changes: []string{change}})
	out.answer = &w
	return out, nil
}

func showReturn(ctx context.Context, l *List, u ticketUse) (Outcome, error) {
	s, err := l.DB.Subscription(ctx, u.ticket.Person)
	return Outcome{Community: u.community, Kind: "return", About: templates.Args{Address: s.Address}}, err
}

// actReturn brings a suspended subscription back and gives its address a fresh start.
func actReturn(ctx context.Context, l *List, u ticketUse) (Outcome, error) {
	out, err := showReturn(ctx, l, u)
	if err != nil {
		return out, err
	}
	s, err := l.DB.Subscription(ctx, u.ticket.Person)
	if err != nil || s.State != store.Suspended {
		return out, err
	}
	u.by.Who = s.Address
	changed, err := l.DB.Resume(ctx, u.by, s.ID, []string{taskSuspended, taskUnreachable}, nil)
	if err != nil || !changed { // who presses twice comes back once
		return out, err
	}
	w := to(u.community, s, templates.Returned{For: forReader(u.community, s.Name), Address: s.Address, Delivery: string(s.Delivery)})
	out.answer = &w
	return out, l.DB.ForgetFailures(ctx, s.Address)
}
