package list

import (
	"context"
	"encoding/json"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

func showJoinDecision(ctx context.Context, l *List, u ticketUse) (Outcome, error) {
	out, _, _, err := l.joinDecisionOutcome(ctx, u)
	return out, err
}

// joinDecisionOutcome finds what a facilitator decides about; Problem is set where somebody was faster.
func (l *List) joinDecisionOutcome(ctx context.Context, u ticketUse) (out Outcome, r store.Request, p joinPayload, err error) {
	if r, err = l.DB.Request(ctx, u.ticket.Object); err != nil {
		return out, r, p, err
	}
	if err = json.Unmarshal([]byte(r.Payload), &p); err != nil {
		return out, r, p, err
	}
	name := p.Name
	if name == "" {
		name = r.Address
	}
	out = Outcome{Community: u.community, Kind: ticketPage(u.ticket), About: templates.Args{Name: name, Address: r.Address}}
	for _, a := range p.Answers {
		out.Details = append(out.Details, templates.Detail{Label: a.Question, Value: a.Text})
	}
	if r.State != store.Confirmed {
		out.Problem, out.About.Name = "already", r.DecidedBy
	}
	return out, r, p, nil
}

// ticketPage is the page's word for what a ticket does.
func ticketPage(t mail.Ticket) string {
	switch t.Kind {
	case mail.TicketJoinApprove:
		return "join-approve"
	case mail.TicketJoinDecline:
		return "join-decline"
	case mail.TicketHoldApprove:
		return "hold-approve"
	case mail.TicketHoldReject:
		return "hold-reject"
	case mail.TicketMute:
		return "mute"
	case mail.TicketFollow:
		return "follow"
	}
	return "other"
}

// decider is the facilitator who holds a ticket; Forbidden where they are none any more.
func (l *List) decider(ctx context.Context, u ticketUse) (store.Subscription, error) {
	f, err := l.DB.Subscription(ctx, u.ticket.Person)
	if err == nil && (!f.Has(store.Facilitator) || f.State != store.Active && f.State != store.Suspended) {
		err = store.Errorf(store.Forbidden, "only facilitators of %s decide that", u.community.Title)
	}
	return f, err
}

// actJoinApprove is what comes to the approve address: a mail, or a reply to the mail that asked. A reply that is neither a
// yes nor a no decides nothing.
func actJoinApprove(ctx context.Context, l *List, u ticketUse) (Outcome, error) {
	j, err := l.joinUse(ctx, u)
	if err != nil {
		return Outcome{}, err
	}
	if j.out.Problem != "" {
		return l.joinDecided(j, false), nil
	}
	decision, reason := approveIt, ""
	if u.message != nil {
		decision, reason = readDecision(u.text, isAnswer(u.message))
	}
	switch decision {
	case approveIt:
		return l.approveJoin(ctx, j)
	case rejectIt:
		return l.declineJoin(ctx, j, reason)
	}
	return l.askJoinAgain(ctx, j)
}

func actJoinDecline(ctx context.Context, l *List, u ticketUse) (Outcome, error) {
	j, err := l.joinUse(ctx, u)
	if err != nil {
		return Outcome{}, err
	}
	if j.out.Problem != "" {
		return l.joinDecided(j, false), nil
	}
	return l.declineJoin(ctx, j, u.text)
}

// A joinUse is a ticket that decides about a request to join, in the hand of a facilitator.
type joinUse struct {
	ticketUse
	request     store.Request
	payload     joinPayload
	facilitator store.Subscription
	out         Outcome
}

func (l *List) joinUse(ctx context.Context, u ticketUse) (j joinUse, err error) {
	j.ticketUse = u
	if j.out, j.request, j.payload, err = l.joinDecisionOutcome(ctx, u); err != nil {
		return j, err
	}
	j.facilitator, err = l.decider(ctx, u)
	j.by.Who = j.facilitator.Address
	return j, err
}

func (l *List) approveJoin(ctx context.Context, j joinUse) (Outcome, error) {
	_, err := l.DB.JoinByRequest(ctx, j.by, j.request, newMember(j.request.Address, j.payload), l.welcome(ctx, j.community))
	return l.joinTried(j, err)
}

// declineJoin tells the applicant, with the reason as the facilitator wrote it.
func (l *List) declineJoin(ctx context.Context, j joinUse, reason string) (Outcome, error) {
	j.out.Kind = "join-decline"
	notices, err := l.notices(letter{community: j.community, to: j.request.Address, name: j.payload.Name,
		data: templates.JoinDeclined{For: forReader(j.community, j.payload.Name), By: j.facilitator.Name, Reason: reason}})
	if err == nil {
		err = l.DB.Decide(ctx, j.by, j.request.ID, store.Confirmed, store.RequestDeclined, "", notices)
	}
	return l.joinTried(j, err)
}

// joinTried is the outcome of a decision; somebody may have been faster.
func (l *List) joinTried(j joinUse, err error) (Outcome, error) {
	if store.KindOf(err) == store.Conflict {
		j.out.Problem, err = "already", nil
	}
	return l.joinDecided(j, j.out.Problem == ""), err
}

// askJoinAgain answers what cannot be understood with the question.
func (l *List) askJoinAgain(ctx context.Context, j joinUse) (Outcome, error) {
	may, err := l.mayAskAgain(ctx, j.facilitator)
	if err != nil || !may {
		return j.out, err
	}
	w := l.joinDecision(j.community, j.facilitator, j.request, j.payload, true)
	j.out.answer = &w
	return j.out, nil
}

// joinDecided answers a facilitator who decided by mail.
func (l *List) joinDecided(j joinUse, done bool) Outcome {
	out, c, f := j.out, j.community, j.facilitator
	lang := l.language(c, f.Language)
	key := "page." + out.Kind + ".done"
	if !done {
		key = "page.problem.already.text"
	}
	w := to(c, f, templates.CommandResults{For: forReader(c, f.Name), Results: []templates.CommandResult{
		{Line: j.request.Address, Done: done, Text: templates.Say(lang, key, withCommunity(out.About, c))}}})
	out.answer = &w
	return out
}

func withCommunity(a templates.Args, c store.Community) templates.Args {
	a.Community = about(c)
	return a
}
