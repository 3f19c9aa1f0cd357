package calendar

import (
	"context"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// People say what they want from a date in a line of any reply, beside their answer or alone. Those who come read it in the
// reminders, the facilitators in their roll-up.

// wishesOf reads what somebody wants from a meeting in a message that they wrote themselves: what a calendar writes beside its
// answer is nobody's wish.
func wishesOf(m *mail.Message) (wishes []string, rest string) {
	if _, is := answeredUID(ReadMessage(m)); is {
		return nil, ""
	}
	return ReadWishes(m.Text().New)
}

// answerOrWish handles a message to the ticket of an invitation. What it wants is for the next date.
func (k *Calendar) answerOrWish(ctx context.Context, c store.Community, env mail.Envelope, m *mail.Message, t mail.Ticket) error {
	wishes, rest := wishesOf(m)
	if len(wishes) == 0 {
		return k.answerInvitation(ctx, c, env, m, t)
	}
	a, err := k.answering(ctx, c, t)
	if err != nil {
		return err
	}
	a.envelope, a.message = env, m
	next := datesFrom(a.meeting, k.Now().Add(-a.meeting.Length+1), 1)
	return k.wish(ctx, a, append(next, occurrence{})[0], "", wishes, rest)
}

// wish keeps what a message wants from a date, and an answer in it, which is for the occurrence; one mail says how both were
// understood.
func (k *Calendar) wish(ctx context.Context, a answering, d occurrence, occurrence string, wishes []string, rest string) error {
	if problem := k.closedDate(a, d); problem != "" {
		return k.settle(ctx, a, verdict{problem: problem})
	}
	source := "text <" + a.message.MessageID + ">"
	kept := k.wishes(d, wishes, source)
	answer, answered := ReadAnswer(rest)
	n, err := k.notedWish(a, d, answer, answered && occurrence != d.key, wishes)
	if err != nil {
		return err
	}
	notices := []store.Notice{n}
	if answered {
		r := k.personal(a, answer, source)
		r.Occurrence = occurrence
		if _, err := k.record(ctx, a, []store.RSVP{r}, nil); err != nil {
			return err
		}
	}
	added, err := k.DB.AddWishes(ctx, k.Now(), a.invitation, kept, maxWishesAll, notices)
	if err == nil {
		k.Log.Info("somebody said what they want from a date", "community", a.community.Address(), "meeting", a.meeting.ID, "date", d.key,
			"subscription", a.invitation.Subscription.ID, "wishes", added, "answered", answered)
		k.wake()
	}
	return err
}

func (k *Calendar) wishes(d occurrence, texts []string, source string) (all []store.Wish) {
	for _, text := range texts {
		all = append(all, store.Wish{Occurrence: d.key, Text: text, Source: source, At: k.Now()})
	}
	return all
}

// notedWish is the mail that says how a message was understood.
func (k *Calendar) notedWish(a answering, d occurrence, answer store.RSVPAnswer, whole bool, wishes []string) (store.Notice, error) {
	s := a.invitation.Subscription
	token := k.dateToken(a.meeting, d.key, s)
	return k.notice(letter{community: a.community, to: s, from: mail.TicketAddress(a.community.Name, a.community.Domain, token), answers: a.message,
		data: templates.MeetingNoted{For: forReader(a.community, s), Title: d.title, Start: d.starts.In(k.zone(a.community, s, a.meeting)),
			Answer: string(answer), Whole: whole, Wishes: wishes, Change: k.ticket(a.community, token)}})
}

// shownWishes is how many wishes a mail shows.
const shownWishes = 20

// wanted is what people want from a date, as mails show it.
func (k *Calendar) wanted(ctx context.Context, m store.Meeting, d occurrence) (shown []templates.Wish, err error) {
	all, err := k.DB.Wishes(ctx, m.ID, d.key)
	for _, w := range all[:min(len(all), shownWishes)] {
		shown = append(shown, templates.Wish{Text: w.Text, By: w.Name})
	}
	return shown, err
}
