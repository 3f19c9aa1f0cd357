package calendar

import (
	"context"
	"strings"
	"time"

	"guildpost/calendar/itip"
	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// judgeProposals takes what is proposed out of a COUNTER (RFC 5546 3.2.7), and what its author answers to the meeting as it is.
//
// QUIRK: Google's part says method=REPLY, and its object METHOD:COUNTER; the object counts. Others list all attendees: who
// holds the ticket proposes.
func (k *Calendar) judgeProposals(ctx context.Context, a answering, o itip.Object, v *verdict) error {
	for _, p := range o.Proposals() {
		if p.UID != a.meeting.UID {
			v.problem = "another"
			continue
		}
		said := itip.Answer{UID: p.UID, Occurrence: p.Occurrence, Attendee: p.Proposer, Comment: p.Comment, Sequence: p.Sequence, Stamp: p.Stamp}
		if attendee, ok := p.Event.Attendee(p.Proposer.Address); ok {
			said.PartStat = attendee.Answer
		}
		known, err := k.known(ctx, a, p.Proposer)
		switch {
		case err != nil:
			return err
		case known == stranger || known == member:
			err = k.takeOther(ctx, a, said, v)
		default:
			if known == aliasOfInvited {
				v.alias = p.Proposer
			}
			err = k.takeProposal(ctx, a, p, said, v)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// takeProposal adds what the invited person proposes to a verdict, and their answer to the meeting as it is.
func (k *Calendar) takeProposal(ctx context.Context, a answering, p itip.Proposal, said itip.Answer, v *verdict) error {
	before := len(v.rsvps)
	if err := k.take(ctx, a, said, v); err != nil || v.problem == "date" {
		return err
	}
	key, ok := dateOf(a.meeting, p.Occurrence)
	now, known := dateNow(a.meeting, key)
	if !ok || !known {
		v.problem = "date"
		return nil
	}
	said = said.Bounded(k.Now(), a.meeting.Sequence)
	proposed, ok := k.proposed(a, p, key, now)
	switch {
	case !ok:
		v.problem = "proposal"
	case proposed.Starts.Equal(now.startOf(a.meeting)) && proposed.Length == now.Length && proposed.Place == "":
		if len(v.rsvps) == before { // nothing else is proposed, nor answered
			v.problem = "unclear"
		}
	default:
		proposed.Sequence, proposed.Stamp = said.Sequence, said.Stamp.UTC().Truncate(time.Microsecond)
		v.proposals = append(v.proposals, proposed)
	}
	return nil
}

// dateNow is a date of a meeting as it stands; "" is the whole of it.
func dateNow(m store.Meeting, key string) (date, bool) {
	if key != "" {
		return dateAt(m, key)
	}
	return date{store.DateChange{Starts: m.Starts, Length: m.Length, Title: m.Title, Location: m.Location}}, true
}

// startOf is when a date of a meeting starts.
func (d date) startOf(m store.Meeting) time.Time {
	r := reader{zone: time.UTC}
	return r.at(d.Starts, m.Zone)
}

// proposed is a proposal as it is kept; false where it proposes no time that could be: a whole day, a time that nobody can
// tell, one that is over.
func (k *Calendar) proposed(a answering, p itip.Proposal, key string, now date) (store.Proposal, bool) {
	home, err := time.LoadLocation(a.meeting.Zone)
	start, end := p.Event.Start, p.Event.Ends()
	out := store.Proposal{Occurrence: key, Starts: start.Instant(home), Length: end.Instant(home).Sub(start.Instant(home)), Comment: k.proposalComment(a, p),
		Source: a.source(), At: k.Now()}
	if p.Event.End.IsZero() && p.Event.Duration.IsZero() {
		out.Length = now.Length
	}
	place := strings.TrimSpace(p.Event.Location)
	if place != now.Location && len(place) <= maxLocation && !strings.ContainsFunc(place, isControl) {
		out.Place = place
	}
	single := a.meeting.Rule == "" || key != ""
	ok := err == nil && !start.IsZero() && !start.AllDay && start.UnknownZone == "" && out.Length >= time.Minute && out.Length <= maxLength &&
		(!single || out.Starts.After(k.Now()))
	return out, ok
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

// proposalComment is why somebody proposes: Google puts that into the mail, others into the object.
func (k *Calendar) proposalComment(a answering, p itip.Proposal) string {
	const longest = 500
	text := strings.TrimSpace(p.Comment)
	if text == "" {
		text = strings.TrimSpace(a.message.Text().New)
	}
	if runes := []rune(text); len(runes) > longest {
		text = string(runes[:longest]) + "…"
	}
	return text
}

// taskProposals is the task of telling who decides what is proposed for a meeting.
const taskProposals = "meeting proposals"

// proposalsADay is how much one person can propose for a meeting.
const proposalsADay = 20

// propose keeps a proposal and tells its author, once, that it was passed on. Who decides hears of the first one at once, and
// of what comes then once a day.
func (k *Calendar) propose(ctx context.Context, a answering, p store.Proposal) error {
	s := a.invitation.Subscription
	reached, err := k.DB.Allow(ctx, k.Now(), store.Limit{Name: "rsvp proposals " + a.meeting.UID + " " + s.Address, Most: proposalsADay, Within: 24 * time.Hour})
	if err != nil || reached != nil {
		return err
	}
	n, err := k.notices(a.message, letter{community: a.community, to: s, from: mail.TicketAddress(a.community.Name, a.community.Domain, a.invitation.Token),
		data: templates.MeetingProposed{For: forReader(a.community, s), Title: a.meeting.Title, When: p.Starts.In(k.zone(a.community, s, a.meeting)),
			Minutes: int(p.Length / time.Minute), Place: p.Place, Answer: k.ticket(a.community, a.invitation.Token)}})
	if err != nil {
		return err
	}
	task := store.Task{Kind: taskProposals, CommunityID: a.community.ID, ObjectID: a.meeting.ID, DueAt: k.Now()}
	kept, err := k.DB.RecordProposal(ctx, a.invitation, p, task, n)
	if err != nil || !kept {
		return err
	}
	_, err = k.tellProposals(ctx, k.Now())
	return err
}
