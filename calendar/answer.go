package calendar

import (
	"context"
	"strings"

	"guildpost/calendar/itip"
	"guildpost/mail"
	"guildpost/store"
)

// An answering is a message, or a page's button, that came with an invitation.
type answering struct {
	community  store.Community
	meeting    store.Meeting
	invitation store.Invitation
	envelope   mail.Envelope
	message    *mail.Message // nil for a page
}

// A verdict is what an answering comes to.
type verdict struct {
	rsvps     []store.RSVP
	proposals []store.Proposal
	inWords   store.RSVPAnswer // the answer was in words, and its author hears how they were understood
	again     bool             // the invitation is wanted once more
	problem   string           // as templates.MeetingHelp.Kind, "" for none
	other     string           // the address that problem is about
	alias     itip.Person      // whose name and domain spoke for the invited person, by an address that is not known as theirs
	outsiders []outsider
}

// answerInvitation handles a message to the ticket of an invitation: it is recorded or answered with help.
func (k *Calendar) answerInvitation(ctx context.Context, c store.Community, env mail.Envelope, m *mail.Message, t mail.Ticket) error {
	a, err := k.answering(ctx, c, t)
	if err != nil {
		return err
	}
	a.envelope, a.message = env, m
	v, err := k.judge(ctx, a, ReadMessage(m))
	if err != nil {
		return err
	}
	return k.settle(ctx, a, v)
}

// answering finds what a ticket is for; NotFound where that is gone, or is another community's.
func (k *Calendar) answering(ctx context.Context, c store.Community, t mail.Ticket) (a answering, err error) {
	if a.invitation, err = k.DB.Invitation(ctx, t.Object, t.Person); err != nil {
		return a, err
	}
	if a.meeting, err = k.DB.Meeting(ctx, t.Object); err != nil {
		return a, err
	}
	if a.community = c; a.meeting.CommunityID != c.ID {
		return a, store.Errorf(store.NotFound, "this invitation is not one of %s", c.Address())
	}
	return a, nil
}

// closed says why no answer is taken any more, "" where one is.
func (k *Calendar) closed(a answering) string {
	switch {
	case a.meeting.State == store.MeetingCancelled, a.invitation.State != store.Invited:
		return "cancelled"
	case over(a.meeting, k.Now()):
		return "over"
	}
	return ""
}

// judge reads what a message answers.
func (k *Calendar) judge(ctx context.Context, a answering, said Said) (v verdict, err error) {
	if v.problem = k.closed(a); v.problem != "" {
		return v, nil
	}
	for _, o := range said.Objects {
		if err := k.judgeObject(ctx, a, o, &v); err != nil {
			return v, err
		}
	}
	if len(v.rsvps)+len(v.proposals)+len(v.outsiders) == 0 && !v.again && v.problem == "" {
		return k.judgeWords(a), nil
	}
	return v, nil
}

// judgeWords reads an answer in words, where no calendar object answers: there may be the invitation itself, attached again.
func (k *Calendar) judgeWords(a answering) verdict {
	answer, ok := ReadAnswer(a.message.Text().New)
	if !ok {
		return verdict{problem: "unclear"}
	}
	return verdict{inWords: answer, rsvps: []store.RSVP{k.personal(a, answer, "text <"+a.message.MessageID+">")}}
}

func (k *Calendar) judgeObject(ctx context.Context, a answering, o itip.Object, v *verdict) error {
	for _, r := range o.RefreshRequests() {
		if r.UID != a.meeting.UID {
			v.problem = "another"
			continue
		}
		v.again = true
	}
	if err := k.judgeProposals(ctx, a, o, v); err != nil {
		return err
	}
	return k.judgeAnswers(ctx, a, o, v)
}

// judgeAnswers takes the invited person's answers out of a REPLY, and finds who else speaks in it.
//
// QUIRK: some programs list all attendees in a REPLY. Where the invited one is among them, of the others only who comes in
// their place can be meant.
func (k *Calendar) judgeAnswers(ctx context.Context, a answering, o itip.Object, v *verdict) error {
	mine := 0
	var others []itip.Answer
	for _, answer := range o.Answers() {
		if answer.UID != a.meeting.UID {
			v.problem = "another"
			continue
		}
		known, err := k.known(ctx, a, answer.Attendee)
		switch {
		case err != nil:
			return err
		case known == stranger || known == member:
			others = append(others, answer)
			continue
		case known == aliasOfInvited:
			v.alias = answer.Attendee
		}
		if answer.Attendee.Address == "" && answer.PartStat == "" {
			answer.PartStat = fromSubject(a.message)
		}
		mine++
		if err := k.take(ctx, a, answer, v); err != nil {
			return err
		}
	}
	for _, answer := range others {
		if mine > 0 && len(answer.DelegatedFrom) == 0 && !isDelegate(v.rsvps, answer.Attendee.Address) {
			continue
		}
		if err := k.takeOther(ctx, a, answer, v); err != nil {
			return err
		}
	}
	return nil
}

// fromSubject reads the answer in the subject of a REPLY that names nobody: "Accepted: Clinic".
//
// QUIRK: Grommunio's rooms leave out the ATTENDEE, and with it what they answer.
func fromSubject(m *mail.Message) itip.PartStat {
	word, _, found := strings.Cut(m.Subject, ":")
	if answer, ok := answerOf[plain(word)]; found && ok {
		return partStat(answer)
	}
	return ""
}

// settle does what a verdict says.
func (k *Calendar) settle(ctx context.Context, a answering, v verdict) error {
	changed, err := k.keep(ctx, a, v)
	if err != nil {
		return err
	}
	for _, p := range v.proposals {
		if err := k.propose(ctx, a, p); err != nil {
			return err
		}
	}
	if v.alias.Address != "" {
		if err := k.askAlias(ctx, a, v); err != nil {
			return err
		}
	}
	for _, o := range v.outsiders {
		if err := k.outsider(ctx, a, o); err != nil {
			return err
		}
	}
	k.Log.Info("an invitation was answered", "community", a.community.Address(), "meeting", a.meeting.ID,
		"subscription", a.invitation.Subscription.ID, "answers", len(v.rsvps), "new", changed, "proposals", len(v.proposals),
		"others", len(v.outsiders), "problem", v.problem)
	k.wake()
	return nil
}

// keep records the answers of the invited person and sends what they hear.
func (k *Calendar) keep(ctx context.Context, a answering, v verdict) (changed int, err error) {
	letters, err := k.letters(ctx, a, v)
	if err != nil {
		return 0, err
	}
	notices, err := k.notices(a.message, letters...)
	if err != nil {
		return 0, err
	}
	if len(v.rsvps) > 0 {
		return k.record(ctx, a, v.rsvps, notices)
	}
	for _, n := range notices {
		if err := k.DB.SendNotice(ctx, k.Now(), n); err != nil {
			return 0, err
		}
	}
	return 0, nil
}

// notices writes letters, which answer a message where it is not nil.
func (k *Calendar) notices(answers *mail.Message, letters ...letter) (all []store.Notice, err error) {
	for _, w := range letters {
		if answers != nil {
			w.answers = answers
		}
		n, err := k.notice(w)
		if err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return all, nil
}
