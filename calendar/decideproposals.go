package calendar

import (
	"context"
	"time"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// A proposalUse is a ticket about proposals in the hand of who decides: to take one of them, or to decline all up to it.
type proposalUse struct {
	community store.Community
	meeting   store.Meeting
	proposal  store.Proposal
	all       []store.Proposal
	reader    store.Subscription
	by        store.Actor
}

// proposalUse finds what a ticket is for; NotFound where that is gone, or its owner does not decide any more.
func (k *Calendar) proposalUse(ctx context.Context, t mail.Ticket, via string) (u proposalUse, err error) {
	if u.proposal, err = k.DB.Proposal(ctx, t.Object); err != nil {
		return u, err
	}
	if u.meeting, err = k.DB.Meeting(ctx, u.proposal.MeetingID); err != nil {
		return u, err
	}
	if u.community, err = k.DB.Community(ctx, u.meeting.CommunityID); err != nil {
		return u, err
	}
	if u.reader, err = k.decider(ctx, u.community, u.meeting, t.Person); err != nil {
		return u, err
	}
	u.by = store.Actor{Who: u.reader.Address, Via: via, At: k.Now()}
	u.all, err = k.DB.Proposals(ctx, u.meeting.ID)
	return u, err
}

// times are what the mail with the ticket showed and is still open.
func (u proposalUse) times() []ProposedTime {
	var shown []store.Proposal
	for _, p := range u.all {
		if p.ID <= u.proposal.ID {
			shown = append(shown, p)
		}
	}
	return ProposedTimes(shown)
}

// problem says why nothing is decided any more, as templates.ProblemPage.Kind.
func (k *Calendar) proposalProblem(u proposalUse, kind mail.TicketKind) string {
	switch {
	case u.meeting.State == store.MeetingCancelled, over(u.meeting, k.Now()):
		return "expired"
	case kind == mail.TicketProposalDecline && len(u.times()) == 0:
		return "already"
	case kind == mail.TicketProposalAccept && (u.proposal.State == store.ProposalAccepted || u.proposal.State == store.ProposalDeclined):
		return "already"
	case kind == mail.TicketProposalAccept && !u.isPossible(k.Now()):
		return "expired"
	}
	return ""
}

// isPossible says whether the date that the proposal is for takes place, and the proposed time is not over.
func (u proposalUse) isPossible(now time.Time) bool {
	date, ok := dateNow(u.meeting, u.proposal.Occurrence)
	return ok && !date.Cancelled && (!u.isSingle() || u.proposal.Starts.After(now))
}

// isSingle says whether the proposal is for one date.
func (u proposalUse) isSingle() bool { return u.meeting.Rule == "" || u.proposal.Occurrence != "" }

// answerProposal handles a mail to a ticket about proposals. To the address that declines, a reply must say yes or no; a mail
// of its own is a no, and its text the reason.
func (k *Calendar) answerProposal(ctx context.Context, c store.Community, _ mail.Envelope, m *mail.Message, t mail.Ticket) error {
	u, err := k.proposalUse(ctx, t, "mail <"+m.MessageID+">")
	if err != nil {
		return err
	}
	if u.community.ID != c.ID {
		return store.Errorf(store.NotFound, "this ticket is not one of %s", c.Address())
	}
	outcome := k.proposalProblem(u, t.Kind)
	if outcome == "" {
		if outcome, err = k.decideBySaid(ctx, &u, m, t.Kind); err != nil {
			return err
		}
	}
	return k.tellDecider(ctx, m, c, u.reader, templates.MeetingDecided{Kind: outcome, Title: u.meeting.Title,
		When: u.proposal.Starts.In(k.zone(c, u.reader, u.meeting)), Again: k.ticketFor(c, t)})
}

func (k *Calendar) decideBySaid(ctx context.Context, u *proposalUse, m *mail.Message, kind mail.TicketKind) (outcome string, err error) {
	said, reason := readWord(m)
	times := u.times()
	switch {
	case kind == mail.TicketProposalAccept && said == yes:
		return k.acceptProposal(ctx, *u)
	case kind == mail.TicketProposalAccept:
		return "unclear", nil
	case isAnswer(m) && said == yes && len(times) == 1 && m.Text().New != "":
		u.proposal = times[0].Proposal
		return k.acceptProposal(ctx, *u)
	case !isAnswer(m) && said != no:
		return k.declineProposals(ctx, *u, m.Text().New)
	case said == no:
		return k.declineProposals(ctx, *u, reason)
	}
	return "unclear", nil
}

func (k *Calendar) showProposal(ctx context.Context, t mail.Ticket) (Page, error) {
	u, err := k.proposalUse(ctx, t, "page")
	if err != nil {
		return Page{}, err
	}
	return k.proposalPage(u, t.Kind), nil
}

func (k *Calendar) proposalPage(u proposalUse, kind mail.TicketKind) Page {
	p := Page{Community: u.community, Kind: "proposal-accept", Problem: k.proposalProblem(u, kind),
		About: templates.Args{Subject: u.meeting.Title, When: u.proposal.Starts.In(k.zone(u.community, u.reader, u.meeting))}}
	if kind == mail.TicketProposalDecline {
		p.Kind, p.AskReason = "proposals-decline", true
	}
	return p
}

func (k *Calendar) pressProposal(ctx context.Context, t mail.Ticket, reason string) (Page, error) {
	u, err := k.proposalUse(ctx, t, "page")
	if err != nil {
		return Page{}, err
	}
	p := k.proposalPage(u, t.Kind)
	switch {
	case p.Problem != "":
	case t.Kind == mail.TicketProposalAccept:
		_, err = k.acceptProposal(ctx, u)
	default:
		_, err = k.declineProposals(ctx, u, reason)
	}
	return p, err
}
