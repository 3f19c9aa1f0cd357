package calendar

import (
	"context"

	"guildpost/calendar/itip"
	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// A Page is what a ticket's page shows.
type Page struct {
	Community store.Community
	Kind      string         // as templates.TicketPage.Kind
	About     templates.Args // what its texts are about
	Details   []templates.Detail
	Choices   []string // as templates.TicketPage.Choices
	Ticks     []templates.Tick
	AskReason bool   // there is a field for a reason, which Press gets
	Problem   string // as templates.ProblemPage.Kind, "" for none
}

func (k *Calendar) showAnswer(ctx context.Context, t mail.Ticket) (Page, error) {
	_, page, err := k.page(ctx, t)
	return page, err
}

// pressAnswer answers an invitation by a button of its page: accepted, tentative or declined.
func (k *Calendar) pressAnswer(ctx context.Context, t mail.Ticket, choice string) (Page, error) {
	a, page, err := k.page(ctx, t)
	if err != nil || page.Problem != "" {
		return page, err
	}
	answer := store.RSVPAnswer(choice)
	if partStat(answer) == itip.NeedsAction {
		return page, store.Errorf(store.Invalid, "%q is no answer", choice)
	}
	page.About.Code, page.About.Value = choice, ""
	if _, err = k.record(ctx, a, []store.RSVP{k.personal(a, answer, "page")}, nil); err != nil {
		return page, err
	}
	return page, k.standing(ctx, a, &page)
}

func (k *Calendar) page(ctx context.Context, t mail.Ticket) (a answering, p Page, err error) {
	m, err := k.DB.Meeting(ctx, t.Object)
	if err != nil {
		return a, p, err
	}
	if p.Community, err = k.DB.Community(ctx, m.CommunityID); err != nil {
		return a, p, err
	}
	if a, err = k.answering(ctx, p.Community, t); err != nil {
		return a, p, err
	}
	p.Kind, p.Choices = "rsvp", []string{string(store.Accepted), string(store.Tentative), string(store.Declined)}
	p.About = templates.Args{Subject: m.Title, When: k.first(p.Community, a.invitation.Subscription, m)}
	if k.closed(a) != "" {
		p.Problem = "expired"
		return a, p, nil
	}
	have, err := k.DB.RSVPs(ctx, m.ID, t.Person)
	if err == nil && len(have) > 0 && have[0].Occurrence == "" {
		p.About.Code = string(have[0].Answer)
	}
	if err == nil {
		err = k.standing(ctx, a, &p)
	}
	return a, p, err
}
