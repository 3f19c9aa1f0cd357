package calendar

import (
	"context"

	"guildpost/mail"
	"guildpost/store"
)

// A ticket of the kind TicketPlace claims the places that somebody was offered in a meeting: it is as good as another yes.

// answerPlace handles a mail to such a ticket: whatever it says but no or maybe claims the place.
func (k *Calendar) answerPlace(ctx context.Context, c store.Community, _ mail.Envelope, m *mail.Message, t mail.Ticket) error {
	a, err := k.answering(ctx, c, t)
	if err != nil {
		return err
	}
	a.message = m
	answer, clear := ReadAnswer(m.Text().New)
	if !clear {
		answer = store.Accepted
	}
	if claimed, err := k.claim(ctx, a, answer, "text <"+m.MessageID+">"); claimed || err != nil {
		return err
	}
	return k.settle(ctx, a, verdict{problem: k.placeProblem(ctx, a)})
}

// placeProblem is why there is nothing to claim, as templates.MeetingHelp.Kind.
func (k *Calendar) placeProblem(_ context.Context, a answering) string {
	if closed := k.closed(a); closed != "" {
		return closed
	}
	return "unclaimed"
}

func (k *Calendar) showPlace(ctx context.Context, t mail.Ticket) (Page, error) {
	_, p, err := k.page(ctx, t)
	if err != nil || p.Problem != "" {
		return p, err
	}
	p.Kind, p.Choices = "place", nil
	offered, err := k.offered(ctx, t.Object, t.Person)
	if err == nil && len(offered) == 0 {
		p.Problem = "expired"
	}
	return p, err
}

func (k *Calendar) pressPlace(ctx context.Context, t mail.Ticket, _ string) (Page, error) {
	a, p, err := k.page(ctx, t)
	if err != nil || p.Problem != "" {
		return p, err
	}
	p.Kind = "place"
	claimed, err := k.claim(ctx, a, store.Accepted, "page")
	if err == nil && !claimed {
		p.Problem = "expired"
	}
	return p, err
}

// offered are the places that somebody was offered in a meeting, and can claim still.
func (k *Calendar) offered(ctx context.Context, meetingID, subscriptionID int64) (all []store.Place, err error) {
	places, err := k.DB.Places(ctx, meetingID, subscriptionID)
	for _, p := range places {
		if p.State == store.PlaceOffered && k.Now().Before(p.Until) {
			all = append(all, p)
		}
	}
	return all, err
}

// claim answers for the places that somebody was offered; false where there are none.
func (k *Calendar) claim(ctx context.Context, a answering, answer store.RSVPAnswer, source string) (claimed bool, err error) {
	if k.closed(a) != "" {
		return false, nil
	}
	offered, err := k.offered(ctx, a.meeting.ID, a.invitation.Subscription.ID)
	if err != nil || len(offered) == 0 {
		return false, err
	}
	var all []store.RSVP
	for _, p := range offered {
		r := k.personal(a, answer, source)
		r.Occurrence = p.Occurrence
		all = append(all, r)
	}
	_, err = k.record(ctx, a, all, nil)
	return err == nil, err
}

// standing says on a page where somebody stands: for the whole meeting, or else for the next of its dates.
func (k *Calendar) standing(ctx context.Context, a answering, p *Page) error {
	if a.meeting.Settings.Capacity == 0 {
		return nil
	}
	places, err := k.DB.Places(ctx, a.meeting.ID, a.invitation.Subscription.ID)
	for _, place := range places {
		if place.State == store.PlaceAbsent || p.About.Value != "" && place.Occurrence != "" {
			continue
		}
		p.About.Value = string(place.State)
		if p.About.N, err = k.DB.PlaceInLine(ctx, place); err != nil {
			return err
		}
	}
	return err
}
