package calendar

import (
	"context"
	"time"

	"guildpost/calendar/itip"
	"guildpost/mail"
	"guildpost/store"
)

// A Page is what an invitation's page shows.
type Page struct {
	Community store.Community
	Title     string           // of the meeting
	Start     time.Time        // of its next date, in the reader's zone; zero where there is none
	Answer    store.RSVPAnswer // so far, "" for none
	Problem   string           // as templates.ProblemPage.Kind, "" for none
}

// Show says what an invitation's ticket is for, and changes nothing. The error is NotFound where it is for nothing.
func (k *Calendar) Show(ctx context.Context, t mail.Ticket) (Page, error) {
	_, page, err := k.page(ctx, t)
	return page, err
}

// Press answers an invitation by a button of its page: accepted, tentative or declined.
func (k *Calendar) Press(ctx context.Context, t mail.Ticket, choice string) (Page, error) {
	a, page, err := k.page(ctx, t)
	if err != nil || page.Problem != "" {
		return page, err
	}
	answer := store.RSVPAnswer(choice)
	if partStat(answer) == itip.NeedsAction {
		return page, store.Errorf(store.Invalid, "%q is no answer", choice)
	}
	page.Answer = answer
	_, err = k.record(ctx, a, []store.RSVP{k.personal(a, answer, "page")}, nil)
	return page, err
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
	p.Title, p.Start = m.Title, k.first(p.Community, a.invitation.Subscription, m)
	if k.closed(a) != "" {
		p.Problem = "expired"
		return a, p, nil
	}
	have, err := k.DB.RSVPs(ctx, m.ID, t.Person)
	if err == nil && len(have) > 0 && have[0].Occurrence == "" {
		p.Answer = have[0].Answer
	}
	return a, p, err
}
