package calendar

import (
	"context"

	"guildpost/mail"
	"guildpost/store"
)

// A handling is what tickets of a kind do. show changes nothing.
type handling struct {
	answer func(k *Calendar, ctx context.Context, c store.Community, env mail.Envelope, m *mail.Message, t mail.Ticket) error
	show   func(k *Calendar, ctx context.Context, t mail.Ticket) (Page, error)
	press  func(k *Calendar, ctx context.Context, t mail.Ticket, choice string) (Page, error)
}

// handlings are the tickets about meetings.
func handlings() map[mail.TicketKind]handling {
	return map[mail.TicketKind]handling{
		mail.TicketRSVP:            {(*Calendar).answerOrWish, (*Calendar).showAnswer, (*Calendar).pressAnswer},
		mail.TicketReminders:       {(*Calendar).answerQuiet, (*Calendar).showQuiet, (*Calendar).pressQuiet},
		mail.TicketDate:            {(*Calendar).answerDate, (*Calendar).showDate, (*Calendar).pressDate},
		mail.TicketCallApprove:     {(*Calendar).answerCall, (*Calendar).showCall, (*Calendar).pressCall},
		mail.TicketCallDecline:     {(*Calendar).answerCall, (*Calendar).showCall, (*Calendar).pressCall},
		mail.TicketProposalAccept:  {(*Calendar).answerProposal, (*Calendar).showProposal, (*Calendar).pressProposal},
		mail.TicketProposalDecline: {(*Calendar).answerProposal, (*Calendar).showProposal, (*Calendar).pressProposal},
		mail.TicketMeetingAddress:  {(*Calendar).answerAddress, (*Calendar).showAddress, (*Calendar).pressAddress},
		mail.TicketAttendance:      {(*Calendar).answerAttendance, (*Calendar).showAttendance, (*Calendar).pressAttendance},
		mail.TicketFeedback:        {(*Calendar).answerFeedback, (*Calendar).showFeedback, (*Calendar).pressFeedback},
		mail.TicketAction:          {(*Calendar).answerAction, (*Calendar).showAction, (*Calendar).pressAction},
		mail.TicketPlace:           {(*Calendar).answerPlace, (*Calendar).showPlace, (*Calendar).pressPlace},
		mail.TicketPoll:            {(*Calendar).answerPoll, (*Calendar).showPoll, (*Calendar).pressPoll},
		mail.TicketMeet:            {(*Calendar).answerMeet, (*Calendar).showMeet, (*Calendar).pressMeet},
	}
}

// Handles says whether tickets of a kind are about meetings.
func Handles(kind mail.TicketKind) bool { _, ok := handlings()[kind]; return ok }

func handlingFor(t mail.Ticket) (handling, error) {
	h, ok := handlings()[t.Kind]
	if !ok {
		return h, store.Errorf(store.NotFound, "this ticket is not about a meeting")
	}
	return h, nil
}

// Answer handles a message to a ticket that is about a meeting. It is done or answered with help; what a robot sends without
// a calendar object does nothing, since a vacation answer answers no invitation.
func (k *Calendar) Answer(ctx context.Context, c store.Community, env mail.Envelope, m *mail.Message, t mail.Ticket) error {
	if auto, reason := mail.Automatic(m, env.From, env.From == ""); auto != mail.AutoNone {
		k.Log.Info("a robot's answer to a ticket was passed over", "community", c.Address(), "message_id", m.MessageID, "reason", reason)
		return nil
	}
	h, err := handlingFor(t)
	if err == nil {
		err = h.answer(k, ctx, c, env, m, t)
	}
	if store.KindOf(err) == store.NotFound && err != nil {
		return k.Help(ctx, c, env, m)
	}
	return err
}

// Show says what a ticket is for, and changes nothing. The error is NotFound where it is for nothing.
func (k *Calendar) Show(ctx context.Context, t mail.Ticket) (Page, error) {
	h, err := handlingFor(t)
	if err != nil {
		return Page{}, err
	}
	return h.show(k, ctx, t)
}

// Press does what a button of a ticket's page says.
func (k *Calendar) Press(ctx context.Context, t mail.Ticket, choice string) (Page, error) {
	h, err := handlingFor(t)
	if err != nil {
		return Page{}, err
	}
	return h.press(k, ctx, t, choice)
}
