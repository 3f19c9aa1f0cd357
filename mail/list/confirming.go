package list

import (
	"context"
	"encoding/json"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// confirmKind is the page's word for what a request confirms.
func confirmKind(c store.Community, r store.Request) string {
	switch r.Kind {
	case store.RequestLeave:
		return "leave"
	case store.RequestCommands:
		return "command"
	case store.RequestJoin, store.RequestInvite:
	}
	if c.Join == store.JoinApprove {
		return "apply"
	}
	return "join"
}

func showConfirm(ctx context.Context, l *List, u ticketUse) (Outcome, error) {
	r, err := l.DB.Request(ctx, u.ticket.Object)
	if err != nil {
		return Outcome{}, err
	}
	out := Outcome{Community: u.community, Kind: confirmKind(u.community, r), About: templates.Args{Address: r.Address}}
	out.AskReason = len(u.community.Charter.Questions) > 0 && (r.Kind == store.RequestJoin || r.Kind == store.RequestInvite)
	switch r.State {
	case store.RequestExpired:
		out.Problem = "expired"
	case store.RequestDeclined:
		out.Problem = "already"
	case store.Asked, store.Confirmed, store.RequestDone:
	}
	return out, nil
}

func actConfirm(ctx context.Context, l *List, u ticketUse) (Outcome, error) {
	r, err := l.DB.Request(ctx, u.ticket.Object)
	if err != nil {
		return Outcome{}, err
	}
	u.by.Who = r.Address
	out := Outcome{Community: u.community, Kind: confirmKind(u.community, r), About: templates.Args{Address: r.Address}}
	switch {
	case r.State == store.RequestExpired:
		out.Problem = "expired"
		return out, nil
	case r.State != store.Asked:
		return l.confirmAgain(ctx, u, r, out)
	case u.message != nil && saysNo(u.text):
		return out, l.DB.Decide(ctx, u.by, r.ID, store.Asked, store.RequestDeclined, "", nil)
	}
	switch r.Kind {
	case store.RequestLeave:
		err = l.confirmLeave(ctx, u, r)
	case store.RequestCommands:
		err = l.confirmCommands(ctx, u, r)
	case store.RequestJoin, store.RequestInvite:
		err = l.confirmJoin(ctx, u, r)
	}
	if store.KindOf(err) == store.Conflict { // somebody was faster: the same person, by another way
		return out, nil
	}
	return out, err
}

// confirmJoin makes a member of an applicant, or asks the facilitators. Whom a facilitator invited needs no approval.
func (l *List) confirmJoin(ctx context.Context, u ticketUse, r store.Request) error {
	var p joinPayload
	if err := json.Unmarshal([]byte(r.Payload), &p); err != nil {
		return err
	}
	if p.Name == "" {
		p.Name = nameInAnswer(u.message, r.Address)
		r.Payload = p.text()
	}
	if ban, err := l.DB.BanOf(ctx, l.Now(), u.community.ID, r.Address); err != nil || ban != nil {
		return l.declineBanned(ctx, u, r, ban, err)
	}
	if u.community.Join == store.JoinApprove && !l.isFacilitator(ctx, u.community, p.By) {
		return l.toFacilitators(ctx, u.community, r, answersTo(u.community.Charter.Questions, u.text), u.by)
	}
	_, err := l.DB.JoinByRequest(ctx, u.by, r, newMember(r.Address, p), l.welcome(ctx, u.community))
	return err
}

// nameInAnswer is what somebody who confirms calls themselves.
func nameInAnswer(m *mail.Message, address string) string {
	if m == nil || len(m.From) != 1 {
		return ""
	}
	if from, err := mail.Canonical(m.From[0].String()); err != nil || from != address {
		return ""
	}
	return m.From[0].Name
}

// declineBanned ends the request of somebody who was banned after it was made.
func (l *List) declineBanned(ctx context.Context, u ticketUse, r store.Request, ban *store.Ban, err error) error {
	if err != nil {
		return err
	}
	notices, err := l.notices(letter{community: u.community, to: r.Address, answers: u.message,
		data: templates.BannedNotice{For: forReader(u.community, ""), Until: ban.Until, Reason: ban.Reason}})
	if err != nil {
		return err
	}
	return l.DB.Decide(ctx, u.by, r.ID, store.Asked, store.RequestDeclined, "", notices)
}

func (l *List) isFacilitator(ctx context.Context, c store.Community, address string) bool {
	if address == "" {
		return false
	}
	s, err := l.DB.SubscriptionByAddress(ctx, c.ID, address)
	return err == nil && s.Has(store.Facilitator) && (s.State == store.Active || s.State == store.Suspended)
}

// confirmAgain answers a ticket whose request was decided before.
func (l *List) confirmAgain(ctx context.Context, u ticketUse, r store.Request, out Outcome) (Outcome, error) {
	if r.Kind == store.RequestCommands && (r.State == store.Confirmed || r.State == store.RequestDone) {
		return l.confirmCommandsAgain(ctx, u, r, out)
	}
	c := u.community
	isJoin := r.Kind == store.RequestJoin || r.Kind == store.RequestInvite
	s, err := l.DB.SubscriptionByAddress(ctx, c.ID, r.Address)
	if err != nil && store.KindOf(err) != store.NotFound {
		return out, err
	}
	switch {
	case isJoin && r.State == store.Confirmed:
		out.answer = &letter{community: c, to: r.Address, data: templates.JoinPending{For: forReader(c, ""), Address: r.Address}}
	case isJoin && err == nil && s.State == store.Active:
		w := l.alreadyMember(c, s)
		out.answer = &w
	case r.State == store.RequestDeclined:
		out.Problem = "already"
		if isJoin {
			out.answer = &letter{community: c, to: r.Address, data: templates.JoinDeclined{For: forReader(c, "")}}
		}
	case isJoin && r.State == store.RequestDone: // joined by it once, and left since
		return out, l.askToJoin(ctx, c, Application{Address: r.Address, message: u.message})
	}
	return out, nil
}
