package calendar

import (
	"context"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// A reminder brings a ticket by which its reader gets no more of them. It is good for their membership, or for as long as they
// are a guest.

// quieting finds whose ticket it is.
func (k *Calendar) quieting(ctx context.Context, t mail.Ticket) (c store.Community, s store.Subscription, err error) {
	if s, err = k.DB.Subscription(ctx, t.Person); err != nil {
		return c, s, err
	}
	if s.CommunityID != t.Object || s.State != store.Active && s.State != store.Suspended && s.State != store.Guest {
		return c, s, store.Errorf(store.NotFound, "there is nobody who could be reminded of meetings")
	}
	c, err = k.DB.Community(ctx, s.CommunityID)
	return c, s, err
}

// noMoreReminders keeps that somebody wants none.
func (k *Calendar) noMoreReminders(ctx context.Context, s store.Subscription, via string) error {
	if s.NoReminders {
		return nil
	}
	s.NoReminders = true
	return k.DB.UpdateSubscription(ctx, store.Actor{Who: s.Address, Via: via, At: k.Now()}, s)
}

func (k *Calendar) answerQuiet(ctx context.Context, c store.Community, _ mail.Envelope, m *mail.Message, t mail.Ticket) error {
	own, s, err := k.quieting(ctx, t)
	if err == nil && own.ID != c.ID {
		err = store.Errorf(store.NotFound, "this ticket is not one of %s", c.Address())
	}
	if err != nil {
		return err
	}
	if err := k.noMoreReminders(ctx, s, "mail <"+m.MessageID+">"); err != nil {
		return err
	}
	n, err := k.notice(letter{community: c, to: s, from: c.FunctionAddress("request"), answers: m,
		data: templates.SettingsChanged{For: forReader(c, s), Changes: []templates.Setting{{Key: "reminders", Value: "off"}}}})
	if err == nil {
		err = k.DB.SendNotice(ctx, k.Now(), n)
	}
	k.wake()
	return err
}

func (k *Calendar) showQuiet(ctx context.Context, t mail.Ticket) (Page, error) {
	c, _, err := k.quieting(ctx, t)
	return Page{Community: c, Kind: "reminders"}, err
}

func (k *Calendar) pressQuiet(ctx context.Context, t mail.Ticket, _ string) (Page, error) {
	c, s, err := k.quieting(ctx, t)
	if err == nil {
		err = k.noMoreReminders(ctx, s, "page")
	}
	return Page{Community: c, Kind: "reminders"}, err
}
