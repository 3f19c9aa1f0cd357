package calendar

import (
	"context"
	"strconv"
	"strings"
	"time"

	"guildpost/calendar/itip"
	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// A voting is somebody's ticket of a poll, and what came with it.
type voting struct {
	community store.Community
	poll      store.Poll
	person    store.Subscription
	token     string
	message   *mail.Message // nil for a page
}

// votingOf finds what a ticket of a poll is for; NotFound where that is gone, or its person no member any more.
func (k *Calendar) votingOf(ctx context.Context, t mail.Ticket) (v voting, err error) {
	if v.poll, v.community, err = k.pollAndCommunity(ctx, t.Object); err != nil {
		return v, err
	}
	if v.person, err = k.DB.Subscription(ctx, t.Person); err != nil {
		return v, err
	}
	if v.person.CommunityID != v.poll.CommunityID || !isIn(v.person) {
		return v, store.Errorf(store.NotFound, "this ticket is not one of a member of %s", v.community.Address())
	}
	v.token = k.Keys.Seal(t)
	return v, nil
}

// pollWinner is the ticket that answers the invitation to the meeting that a poll became; false where there is none.
func (k *Calendar) pollWinner(ctx context.Context, p store.Poll, t mail.Ticket) (mail.Ticket, bool, error) {
	if p.State != store.PollClosed || p.Chosen == 0 {
		return t, false, nil
	}
	m, err := k.DB.MeetingByUID(ctx, p.CommunityID, p.Options[p.Chosen-1].UID)
	return mail.Ticket{Kind: mail.TicketRSVP, Person: t.Person, Object: m.ID}, err == nil, err
}

// answerPoll handles a mail to the ticket of a poll: a vote in words, or what a calendar says to its holds. When a date is chosen,
// it is the ticket of that meeting's invitation.
func (k *Calendar) answerPoll(ctx context.Context, c store.Community, env mail.Envelope, m *mail.Message, t mail.Ticket) error {
	v, err := k.votingOf(ctx, t)
	if err != nil {
		return err
	}
	if v.community.ID != c.ID {
		return store.Errorf(store.NotFound, "this ticket is not one of %s", c.Address())
	}
	v.message = m
	said := ReadMessage(m)
	if ticket, is, err := k.pollWinner(ctx, v.poll, t); err != nil || is && !k.isAboutLoser(v.poll, said) {
		if err == nil {
			err = handlings()[ticket.Kind].answer(k, ctx, c, env, m, ticket)
		}
		return err
	}
	if v.poll.State != store.PollOpen {
		return k.sendVote(ctx, v, "closed", "")
	}
	votes, problem, other, err := k.calendarVotes(ctx, v, said)
	switch {
	case err != nil:
		return err
	case len(votes) > 0:
		return k.vote(ctx, v, votes, nil)
	case problem != "":
		return k.sendVote(ctx, v, problem, other)
	}
	answers, ok := ReadVotes(m.Text().New, len(v.poll.Options))
	if !ok {
		return k.sendVote(ctx, v, "unclear", "")
	}
	for number, answer := range answers {
		votes = append(votes, store.PollVote{Number: number, Answer: answer, Source: "text <" + m.MessageID + ">", Stamp: k.Now(), Personal: true})
	}
	n, err := k.voteNotice(ctx, v, "noted", "", votes)
	if err != nil {
		return err
	}
	return k.vote(ctx, v, votes, []store.Notice{n})
}

// isAboutLoser says whether a message is a calendar's answer to dates that were not chosen, and to nothing else.
func (k *Calendar) isAboutLoser(p store.Poll, said Said) bool {
	about := false
	for _, o := range said.Objects {
		for _, answer := range o.Answers() {
			if answer.UID == p.Options[p.Chosen-1].UID {
				return false
			}
			about = about || strings.HasSuffix(answer.UID, "."+p.UID)
		}
	}
	return about
}

// calendarVotes are the answers of a calendar to the holds; problem is why there are none where there is an object.
func (k *Calendar) calendarVotes(ctx context.Context, v voting, said Said) (votes []store.PollVote, problem, other string, err error) {
	for _, o := range said.Objects {
		if len(o.Proposals()) > 0 {
			problem = "unclear"
		}
		for _, answer := range o.Answers() {
			who, err := k.known(ctx, answering{community: v.community, invitation: store.Invitation{Subscription: v.person}}, answer.Attendee)
			switch number := numberOf(v.poll, answer.UID); {
			case err != nil:
				return nil, "", "", err
			case number == 0:
				problem = "unclear"
			case who == stranger || who == member:
				problem, other = "other", answer.Attendee.Address
			case answers[answer.PartStat] == "":
				problem = "unclear"
			default:
				answer = answer.Bounded(k.Now(), 0)
				votes = append(votes, store.PollVote{Number: number, Answer: answers[answer.PartStat], Source: "calendar <" + v.message.MessageID + ">",
					Stamp: answer.Stamp.UTC().Truncate(time.Microsecond)})
			}
		}
	}
	return votes, problem, other, nil
}

// numberOf is the option with a UID, 0 for none.
func numberOf(p store.Poll, uid string) int {
	for _, o := range p.Options {
		if o.UID == uid {
			return o.Number
		}
	}
	return 0
}

// vote keeps votes. One that comes as the poll is closed counts no more, and who gave it hears that.
func (k *Calendar) vote(ctx context.Context, v voting, votes []store.PollVote, notices []store.Notice) error {
	err := k.DB.Vote(ctx, k.Now(), v.poll.ID, v.person.ID, votes, notices)
	k.wake()
	if store.KindOf(err) == store.Conflict && err != nil && v.message != nil {
		return k.sendVote(ctx, v, "closed", "")
	}
	if err == nil {
		k.Log.Info("somebody voted in a date poll", "community", v.community.Address(), "poll", v.poll.ID, "subscription", v.person.ID, "votes", len(votes))
	}
	return err
}

// sendVote tells why no vote was noted.
func (k *Calendar) sendVote(ctx context.Context, v voting, problem, other string) error {
	reached, err := k.DB.Allow(ctx, k.Now(), store.Limit{Name: "vote help " + v.poll.UID + " " + v.person.Address, Most: helpADay, Within: 24 * time.Hour})
	if err != nil || reached != nil {
		k.Log.Info("an answer to a poll that was not noted is not answered again today", "community", v.community.Address(), "poll", v.poll.ID,
			"subscription", v.person.ID, "problem", problem)
		return err
	}
	n, err := k.voteNotice(ctx, v, problem, other, nil)
	if err == nil {
		err = k.DB.SendNotice(ctx, k.Now(), n)
	}
	k.wake()
	return err
}

// voteNotice is the mail about a vote; fresh is what is noted with it.
func (k *Calendar) voteNotice(ctx context.Context, v voting, kind, other string, fresh []store.PollVote) (store.Notice, error) {
	have, err := k.DB.PollVotes(ctx, v.poll.ID, v.person.ID)
	if err != nil {
		return store.Notice{}, err
	}
	home := k.pollHome(v.community, v.poll, v.person)
	data := templates.MeetingPollAnswered{For: forReader(v.community, v.person), Kind: kind, Title: v.poll.Title, Address: other,
		Dates: pollDates(v.poll, append(have, fresh...), home), Closes: v.poll.ClosesAt.In(home), Answer: k.ticket(v.community, v.token)}
	w := letter{community: v.community, to: v.person, from: data.Answer.Address, data: data, answers: v.message}
	if kind == "closed" {
		w.from = v.community.FunctionAddress("owner")
	}
	return k.notice(w)
}

// showPoll is the page of a poll: three buttons for each date.
func (k *Calendar) showPoll(ctx context.Context, t mail.Ticket) (Page, error) {
	_, p, err := k.pollPage(ctx, t)
	return p, err
}

func (k *Calendar) pollPage(ctx context.Context, t mail.Ticket) (v voting, p Page, err error) {
	if v, err = k.votingOf(ctx, t); err != nil {
		return v, p, err
	}
	if ticket, is, err := k.pollWinner(ctx, v.poll, t); is || err != nil {
		if err == nil {
			p, err = k.showAnswer(ctx, ticket)
		}
		return v, p, err
	}
	p = Page{Community: v.community, Kind: "poll", About: templates.Args{Subject: v.poll.Title}}
	if v.poll.State != store.PollOpen {
		p.Problem = "expired"
		return v, p, nil
	}
	have, err := k.DB.PollVotes(ctx, v.poll.ID, v.person.ID)
	lang := k.language(v.community, v.person)
	for _, d := range pollDates(v.poll, have, k.pollHome(v.community, v.poll, v.person)) {
		value := templates.Say(lang, "meet.moment", templates.Args{When: d.When, N: d.Minutes})
		if d.Answer != "" {
			value += " – " + templates.Say(lang, "vote."+d.Answer, templates.Args{})
		}
		p.Details = append(p.Details, templates.Detail{Label: templates.Say(lang, "meet.label-option", templates.Args{N: d.N}), Value: value})
		for _, answer := range []store.RSVPAnswer{store.Accepted, store.Tentative, store.Declined} {
			p.Choices = append(p.Choices, strconv.Itoa(d.N)+"-"+string(answer))
		}
	}
	return v, p, err
}

// pressPoll votes for one date.
func (k *Calendar) pressPoll(ctx context.Context, t mail.Ticket, choice string) (Page, error) {
	v, p, err := k.pollPage(ctx, t)
	if err != nil || p.Problem != "" {
		return p, err
	}
	if p.Kind != "poll" {
		ticket, _, err := k.pollWinner(ctx, v.poll, t)
		if err != nil {
			return p, err
		}
		return k.pressAnswer(ctx, ticket, choice)
	}
	number, word, _ := strings.Cut(choice, "-")
	n, err := strconv.Atoi(number)
	answer := store.RSVPAnswer(word)
	if err != nil || n < 1 || n > len(v.poll.Options) || partStat(answer) == itip.NeedsAction {
		return p, store.Errorf(store.Invalid, "%q is no answer", choice)
	}
	p.About.N, p.About.Code = n, word
	err = k.vote(ctx, v, []store.PollVote{{Number: n, Answer: answer, Source: "page", Stamp: k.Now(), Personal: true}}, nil)
	if store.KindOf(err) == store.Conflict && err != nil {
		p.Problem, err = "expired", nil
	}
	return p, err
}
