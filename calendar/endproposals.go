package calendar

import (
	"context"
	"time"

	"guildpost/calendar/itip"
	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

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
	now, _ := dateNow(u.meeting, p.Occurrence)
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
