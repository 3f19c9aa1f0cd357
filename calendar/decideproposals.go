package calendar

import (
	"context"
	"time"

	"guildpost/calendar/itip"
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
	case kind == mail.TicketProposalAccept && u.isSingle() && !u.proposal.Starts.After(k.Now()):
		return "expired"
	}
	return ""
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

// acceptProposal moves the meeting, so that everybody is told, and ends what else was proposed for that date: the new
// invitation is the answer to it.
func (k *Calendar) acceptProposal(ctx context.Context, u proposalUse) (outcome string, err error) {
	p := u.proposal
	if err := k.moveTo(ctx, u); err != nil {
		return "", err
	}
	var ends []store.ProposalEnd
	for _, one := range u.all {
		if one.Occurrence != p.Occurrence || one.State != store.ProposalOpen {
			continue
		}
		state := store.ProposalDeclined
		if one.Same(p) {
			state = store.ProposalAccepted
		}
		ends = append(ends, store.ProposalEnd{ID: one.ID, State: state})
	}
	if _, err := k.DB.EndProposals(ctx, u.by, u.meeting, ends); err != nil {
		return "", err
	}
	k.Log.Info("a proposed time was taken", "community", u.community.Address(), "meeting", u.meeting.ID, "proposal", p.ID)
	k.wake()
	return "proposal-accepted", nil
}

// moveTo changes the meeting to what is proposed, unless it is that already.
func (k *Calendar) moveTo(ctx context.Context, u proposalUse) error {
	zone, err := time.LoadLocation(u.meeting.Zone)
	if err != nil {
		return err
	}
	p := u.proposal
	now, ok := dateNow(u.meeting, p.Occurrence)
	if !ok {
		return store.Errorf(store.NotFound, "the date that this proposal is for does not take place any more")
	}
	if now.startOf(u.meeting).Equal(p.Starts) && now.Length == p.Length && p.Place == "" {
		return nil
	}
	wall := itip.At(p.Starts, zone).Wall
	edit := Edit{Occurrence: p.Occurrence, Starts: &wall, Length: &p.Length}
	if p.Place != "" {
		edit.Location = &p.Place
	}
	_, err = k.Change(ctx, u.by, u.meeting, edit)
	return err
}

// declineProposals ends all that was proposed, and tells each who did, with the reason.
func (k *Calendar) declineProposals(ctx context.Context, u proposalUse, reason string) (outcome string, err error) {
	reason = cleanReason(reason)
	var ends []store.ProposalEnd
	for _, t := range u.times() {
		for _, p := range t.By {
			n, err := k.declined(ctx, u, p, reason)
			if err != nil {
				return "", err
			}
			ends = append(ends, store.ProposalEnd{ID: p.ID, State: store.ProposalDeclined, Notices: n})
		}
	}
	n, err := k.DB.EndProposals(ctx, u.by, u.meeting, ends)
	if err != nil {
		return "", err
	}
	k.Log.Info("proposals of another time were declined", "community", u.community.Address(), "meeting", u.meeting.ID, "proposals", n)
	k.wake()
	return "proposals-declined", nil
}

// declined is what who proposed a time hears: the text, and a DECLINECOUNTER for their calendar (RFC 5546 3.2.8). Who is not
// invited any more hears nothing.
func (k *Calendar) declined(ctx context.Context, u proposalUse, p store.Proposal, reason string) ([]store.Notice, error) {
	i, err := k.DB.Invitation(ctx, u.meeting.ID, p.Subscription.ID)
	if store.KindOf(err) == store.NotFound && err != nil || err == nil && i.State != store.Invited {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	c, s := u.community, i.Subscription
	zone := k.zone(c, s, u.meeting)
	w := letter{community: c, to: s, from: mail.TicketAddress(c.Name, c.Domain, i.Token), method: itip.DeclineCounter,
		data: templates.MeetingKept{For: forReader(c, s), Title: u.meeting.Title, Start: k.first(c, s, u.meeting), When: p.Starts.In(zone), Reason: reason,
			Answer: k.ticket(c, i.Token)}}
	if w.object, err = k.declineCounter(u, p, i, reason); err != nil {
		return nil, err
	}
	return k.notices(nil, w)
}

// declineCounter is the calendar object: the date as it stays.
func (k *Calendar) declineCounter(u proposalUse, p store.Proposal, i store.Invitation, reason string) ([]byte, error) {
	t, err := k.tellerOf(u.community, u.meeting)
	if err != nil {
		return nil, err
	}
	e := t.series.Master
	if p.Occurrence != "" {
		id, err := occurrenceID(p.Occurrence, e.Start.Zone)
		if err != nil {
			return nil, err
		}
		now, _ := dateNow(u.meeting, p.Occurrence)
		e = changedDate(e, now.DateChange, id)
	}
	if t.address(&e, i, itip.DeclineCounter); reason != "" {
		e.Comments = []string{reason}
	}
	return itip.Write(itip.Object{Method: itip.DeclineCounter, Events: []itip.Event{e}})
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
