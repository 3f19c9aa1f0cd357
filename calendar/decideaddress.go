package calendar

import (
	"context"
	"encoding/json"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// A deciding is a ticket about an address in the hand of who decides: the invited person, or who decides about the meeting.
type deciding struct {
	community store.Community
	meeting   store.Meeting
	invited   store.Invitation
	request   store.Request
	question  question
	reader    store.Subscription
	by        store.Actor
}

// deciding finds what a ticket is for; NotFound where that is gone, or is not theirs.
func (k *Calendar) deciding(ctx context.Context, t mail.Ticket, via string) (d deciding, err error) {
	if d.request, err = k.DB.Request(ctx, t.Object); err != nil {
		return d, err
	}
	if err := json.Unmarshal([]byte(d.request.Payload), &d.question); err != nil {
		return d, store.Errorf(store.NotFound, "this ticket is not about an address: %w", err)
	}
	if d.community, err = k.DB.Community(ctx, d.request.CommunityID); err != nil {
		return d, err
	}
	if d.meeting, err = k.DB.Meeting(ctx, d.question.Meeting); err != nil {
		return d, err
	}
	if d.invited, err = k.DB.Invitation(ctx, d.question.Meeting, d.question.Subscription); err != nil {
		return d, err
	}
	switch {
	case d.request.Kind == store.RequestGuest:
		d.reader, err = k.decider(ctx, d.community, d.meeting, t.Person)
	case d.request.Kind == store.RequestAlias && t.Person == d.question.Subscription:
		d.reader = d.invited.Subscription
	default:
		err = store.Errorf(store.NotFound, "this ticket is somebody else's")
	}
	d.by = store.Actor{Who: d.reader.Address, Via: via, At: k.Now()}
	return d, err
}

// problem says why nothing is decided any more, as templates.ProblemPage.Kind.
func (k *Calendar) decidingProblem(d deciding) string {
	switch d.request.State {
	case store.RequestDone, store.RequestDeclined:
		return "already"
	case store.RequestExpired:
		return "expired"
	}
	if d.request.Kind == store.RequestGuest && k.closed(answering{meeting: d.meeting, invitation: d.invited}) != "" {
		return "expired"
	}
	return ""
}

// answerAddress handles a mail to a ticket about an address, and tells its author what came of it.
func (k *Calendar) answerAddress(ctx context.Context, c store.Community, _ mail.Envelope, m *mail.Message, t mail.Ticket) error {
	d, err := k.deciding(ctx, t, "mail <"+m.MessageID+">")
	if err != nil {
		return err
	}
	if d.community.ID != c.ID {
		return store.Errorf(store.NotFound, "this ticket is not one of %s", c.Address())
	}
	said, reason := readWord(m)
	outcome := k.decidingProblem(d)
	switch {
	case outcome != "":
	case said == unclear:
		outcome = "unclear"
	default:
		if outcome, err = k.decideAddress(ctx, d, said, reason); err != nil {
			return err
		}
	}
	return k.tellDecider(ctx, m, d.community, d.reader, templates.MeetingDecided{Kind: outcome, Title: d.meeting.Title,
		Address: d.request.Address, Again: k.ticketFor(c, t)})
}

// tellDecider answers a mail that decided something.
func (k *Calendar) tellDecider(ctx context.Context, m *mail.Message, c store.Community, reader store.Subscription, data templates.MeetingDecided) error {
	data.For = forReader(c, reader)
	w := letter{community: c, to: reader, from: c.FunctionAddress("owner"), data: data}
	if data.Kind == "unclear" {
		w.from = data.Again.Address
	}
	may, err := k.mayTell(ctx, c, reader, data.Kind)
	if err != nil || !may {
		return err
	}
	n, err := k.notices(m, w)
	if err != nil {
		return err
	}
	defer k.wake()
	return k.DB.SendNotice(ctx, k.Now(), n[0])
}

func (k *Calendar) showAddress(ctx context.Context, t mail.Ticket) (Page, error) {
	d, err := k.deciding(ctx, t, "page")
	if err != nil {
		return Page{}, err
	}
	return k.addressPage(d), nil
}

func (k *Calendar) addressPage(d deciding) Page {
	return Page{Community: d.community, Kind: "meeting-" + string(d.request.Kind), Choices: []string{"yes", "no"}, Problem: k.decidingProblem(d),
		About: templates.Args{Subject: d.meeting.Title, Address: d.request.Address, Name: d.question.Name, When: k.first(d.community, d.reader, d.meeting)}}
}

func (k *Calendar) pressAddress(ctx context.Context, t mail.Ticket, choice string) (Page, error) {
	d, err := k.deciding(ctx, t, "page")
	if err != nil {
		return Page{}, err
	}
	p := k.addressPage(d)
	if p.Problem != "" {
		return p, nil
	}
	said, ok := choices[choice]
	if !ok {
		return p, store.Errorf(store.Invalid, "%q is no answer", choice)
	}
	outcome, err := k.decideAddress(ctx, d, said, "")
	p.About.Code = outcome
	if outcome == "already" {
		p.Problem = outcome
	}
	return p, err
}

// decideAddress does what was decided, and says what came of it: as templates.MeetingDecided.Kind.
func (k *Calendar) decideAddress(ctx context.Context, d deciding, said word, reason string) (outcome string, err error) {
	defer k.wake()
	switch {
	case d.request.Kind == store.RequestGuest && said == yes:
		outcome, err = k.letGuestCome(ctx, d)
	case d.request.Kind == store.RequestGuest:
		outcome, err = "guest-no", k.guestDecided(ctx, d, store.Asked, store.RequestDeclined, "declined", reason)
	case said == yes:
		outcome, err = k.takeAlias(ctx, d)
	default:
		outcome, err = "alias-no", k.leaveAlias(ctx, d)
	}
	if err != nil && store.KindOf(err) == store.Conflict {
		return "already", nil
	}
	if err == nil {
		k.Log.Info("it was decided about an address", "community", d.community.Address(), "meeting", d.meeting.ID, "request", d.request.ID, "outcome", outcome)
	}
	return outcome, err
}

// letGuestCome invites somebody. It can be called again where it was cut off.
func (k *Calendar) letGuestCome(ctx context.Context, d deciding) (outcome string, err error) {
	if d.request.State == store.Asked {
		if err := k.DB.Decide(ctx, d.by, d.request.ID, store.Asked, store.Confirmed, "", nil); err != nil {
			return "", err
		}
	}
	if err := k.inviteGuest(ctx, d.by, d.community, d.meeting, d.question.outsider(d.request.Address)); err != nil {
		return "", err
	}
	return "guest-yes", k.guestDecided(ctx, d, store.Confirmed, store.RequestDone, "allowed", "")
}

// guestDecided ends a question and tells the invited person what came of it.
func (k *Calendar) guestDecided(ctx context.Context, d deciding, from, to store.RequestState, policy, reason string) error {
	s := d.invited.Subscription
	n, err := k.notices(nil, letter{community: d.community, to: s, from: d.community.FunctionAddress("owner"),
		data: templates.MeetingStranger{For: forReader(d.community, s), Policy: policy, Title: d.meeting.Title, Name: d.question.Name, Address: d.request.Address,
			Instead: d.question.Instead, Reason: reason, Answer: k.ticket(d.community, d.invited.Token)}})
	if err != nil {
		return err
	}
	return k.DB.Decide(ctx, d.by, d.request.ID, from, to, "", n)
}

// takeAlias makes an address one of the invited person's, and counts what it answered.
func (k *Calendar) takeAlias(ctx context.Context, d deciding) (outcome string, err error) {
	err = k.DB.ClaimAddress(ctx, d.by, d.community.ID, d.invited.Subscription.MemberID, d.request.Address)
	if err != nil && store.KindOf(err) == store.Conflict {
		return "alias-taken", k.DB.Decide(ctx, d.by, d.request.ID, store.Asked, store.RequestDone, "", nil)
	}
	if err != nil {
		return "", err
	}
	a := answering{community: d.community, meeting: d.meeting, invitation: d.invited}
	if len(d.question.Answers) > 0 && k.closed(a) == "" {
		if _, err := k.record(ctx, a, d.question.Answers, nil); err != nil {
			return "", err
		}
	}
	return "alias-yes", k.DB.Decide(ctx, d.by, d.request.ID, store.Asked, store.RequestDone, "", nil)
}

// leaveAlias takes back what was counted for the invited person.
func (k *Calendar) leaveAlias(ctx context.Context, d deciding) error {
	if d.question.Source != "" {
		if err := k.DB.ForgetRSVPs(ctx, d.meeting.ID, d.invited.Subscription.ID, d.question.Source); err != nil {
			return err
		}
	}
	return k.DB.Decide(ctx, d.by, d.request.ID, store.Asked, store.RequestDeclined, "", nil)
}
