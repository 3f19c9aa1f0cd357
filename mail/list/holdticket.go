package list

import (
	"context"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// A holdUse is a ticket that decides about a held post, in the hand of a facilitator.
type holdUse struct {
	ticketUse
	hold        store.Hold
	facilitator store.Subscription
}

func showHold(ctx context.Context, l *List, u ticketUse) (Outcome, error) {
	h, err := l.DB.Hold(ctx, u.ticket.Object)
	if err != nil {
		return Outcome{}, err
	}
	return l.holdOutcome(ctx, u, h), nil
}

// holdOutcome is what the page of a hold's ticket shows; Problem is set where it was decided.
func (l *List) holdOutcome(ctx context.Context, u ticketUse, h store.Hold) Outcome {
	c := u.community
	lang := l.language(c, "")
	f, err := l.DB.Subscription(ctx, u.ticket.Person)
	if err == nil {
		lang = l.language(c, f.Language)
	}
	say := func(key string) string { return templates.Say(lang, key, templates.Args{}) }
	out := Outcome{Community: c, Kind: ticketPage(u.ticket), About: templates.Args{Subject: h.Subject, Address: h.From}}
	out.AskReason = u.ticket.Kind == mail.TicketHoldReject
	out.Details = []templates.Detail{{Label: say("page.label.subject"), Value: h.Subject}, {Label: say("page.label.from"), Value: h.From},
		{Label: say("page.label.reason"), Value: ReasonSentence(lang, h)}}
	switch h.State {
	case store.Held:
	case store.Expired:
		out.Problem = "expired"
	case store.Approved, store.Rejected:
		out.Problem, out.About.Name = "already", l.deciderName(ctx, h)
	}
	return out
}

// deciderName is who decided about a hold, "" where nobody did.
func (l *List) deciderName(ctx context.Context, h store.Hold) string {
	s, err := l.DB.SubscriptionByAddress(ctx, h.CommunityID, h.DecidedBy)
	if err == nil && s.Name != "" {
		return s.Name
	}
	return h.DecidedBy
}

// actHoldApprove is what comes to the approve address: a mail, or a reply to the mail that asked. A reply that is
// neither a yes nor a no decides nothing.
func actHoldApprove(ctx context.Context, l *List, u ticketUse) (Outcome, error) {
	h, f, err := l.holdAndDecider(ctx, u)
	if err != nil {
		return Outcome{}, err
	}
	use := holdUse{u, h, f}
	decision, reason := approveIt, ""
	if u.message != nil {
		decision, reason = readDecision(u.text, isAnswer(u.message))
	}
	switch decision {
	case approveIt:
		return l.approveByTicket(ctx, use)
	case rejectIt:
		use.text = reason
		return l.rejectByTicket(ctx, use)
	}
	return l.askUnclear(ctx, use)
}

func actHoldReject(ctx context.Context, l *List, u ticketUse) (Outcome, error) {
	h, f, err := l.holdAndDecider(ctx, u)
	if err != nil {
		return Outcome{}, err
	}
	return l.rejectByTicket(ctx, holdUse{u, h, f})
}

func (l *List) holdAndDecider(ctx context.Context, u ticketUse) (h store.Hold, f store.Subscription, err error) {
	if h, err = l.DB.Hold(ctx, u.ticket.Object); err != nil {
		return h, f, err
	}
	f, err = l.decider(ctx, u)
	return h, f, err
}

func (l *List) approveByTicket(ctx context.Context, u holdUse) (Outcome, error) {
	u.by.Who = u.facilitator.Address
	if u.hold.State == store.Held {
		if _, err := l.ApproveHold(ctx, u.by, u.hold); err == nil {
			return l.decided(ctx, u, store.Approved, ""), nil
		} else if store.KindOf(err) != store.Conflict {
			return Outcome{}, err
		}
	}
	return l.decidedBefore(ctx, u, store.Approved)
}

func (l *List) rejectByTicket(ctx context.Context, u holdUse) (Outcome, error) {
	u.by.Who = u.facilitator.Address
	if u.hold.State == store.Held {
		if err := l.RejectHold(ctx, u.by, u.hold, u.facilitator.Name, u.text); err == nil {
			return l.decided(ctx, u, store.Rejected, u.text), nil
		} else if store.KindOf(err) != store.Conflict {
			return Outcome{}, err
		}
	}
	return l.decidedBefore(ctx, u, store.Rejected)
}

// decided answers the facilitator whose decision it is.
func (l *List) decided(ctx context.Context, u holdUse, state store.HoldState, reason string) Outcome {
	u.hold.State = store.Held
	out := l.holdOutcome(ctx, u.ticketUse, u.hold)
	if out.Kind = "hold-approve"; state == store.Rejected {
		out.Kind = "hold-reject"
	}
	w := to(u.community, u.facilitator, templates.HoldDone{For: forReader(u.community, u.facilitator.Name), Subject: u.hold.Subject,
		From: u.hold.From, Approved: state == store.Approved, Reason: reason})
	out.answer = &w
	return out
}

// decidedBefore answers a facilitator who came second. Who says the same twice hears the same twice.
func (l *List) decidedBefore(ctx context.Context, u holdUse, wanted store.HoldState) (Outcome, error) {
	h, err := l.DB.Hold(ctx, u.hold.ID)
	if err != nil {
		return Outcome{}, err
	}
	if h.State == wanted && h.DecidedBy == u.facilitator.Address {
		return l.decided(ctx, u, wanted, h.Note), nil
	}
	out := l.holdOutcome(ctx, u.ticketUse, h)
	if out.Problem == "expired" {
		out.Problem = "already" // that the ticket is old is not what happened
	}
	by := ""
	if h.State != store.Expired {
		by = l.deciderName(ctx, h)
	}
	w := to(u.community, u.facilitator, templates.HoldAlready{For: forReader(u.community, u.facilitator.Name), Subject: h.Subject,
		From: h.From, By: by, Approved: h.State == store.Approved, When: h.DecidedAt.In(l.zone(u.community, u.facilitator))})
	out.answer = &w
	return out, nil
}

// askUnclear answers what cannot be understood with the question.
func (l *List) askUnclear(ctx context.Context, u holdUse) (Outcome, error) {
	if u.hold.State != store.Held {
		return l.decidedBefore(ctx, u, "")
	}
	out := Outcome{Community: u.community, Kind: ticketPage(u.ticket)}
	may, err := l.mayAskAgain(ctx, u.facilitator)
	if err != nil || !may {
		return out, err
	}
	p, err := l.heldCandidate(ctx, u.hold)
	if err != nil {
		return out, err
	}
	w := l.askFacilitators(u.community, []store.Subscription{u.facilitator}, u.hold, p.message, askUnclear)[0]
	out.answer = &w
	return out, nil
}
