package calendar

import (
	"context"
	"strings"
	"time"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// A reminder is about one date, and so is what its reader answers: in words to its ticket, or on the ticket's page. A calendar
// object in such an answer says by itself what it is about.

// answeringDate finds what the ticket of a date is for. Where all dates have moved to another hour since, it is that of the day.
func (k *Calendar) answeringDate(ctx context.Context, c store.Community, t mail.Ticket) (a answering, d occurrence, err error) {
	meeting, key := dateOfObject(t.Object)
	if a, err = k.answering(ctx, c, mail.Ticket{Person: t.Person, Object: meeting}); err != nil {
		return a, d, err
	}
	d, ok := occurrenceNamed(a.meeting, key)
	if !ok {
		d, ok = occurrenceOnDayOf(a.meeting, key)
	}
	if !ok {
		d.key = key
	}
	return a, d, nil
}

// occurrenceOnDayOf finds the date of a meeting on the day of one that it had.
func occurrenceOnDayOf(m store.Meeting, key string) (occurrence, bool) {
	zone, err := time.LoadLocation(m.Zone)
	if err != nil || m.Rule == "" {
		return occurrence{}, false
	}
	id, err := occurrenceID(key, zone)
	if err != nil {
		return occurrence{}, false
	}
	if id, ok := dateOnDay(m, id.Wall); ok {
		return occurrenceNamed(m, id.Key())
	}
	return occurrence{}, false
}

// closedDate says why no answer for a date is taken any more, "" where one is.
func (k *Calendar) closedDate(a answering, d occurrence) string {
	switch {
	case k.closed(a) != "":
		return k.closed(a)
	case d.starts.IsZero():
		return "cancelled"
	case !k.Now().Before(d.ends):
		return "over"
	}
	return ""
}

func (k *Calendar) answerDate(ctx context.Context, c store.Community, env mail.Envelope, m *mail.Message, t mail.Ticket) error {
	a, d, err := k.answeringDate(ctx, c, t)
	if err != nil {
		return err
	}
	a.envelope, a.message = env, m
	if problem := k.closedDate(a, d); problem != "" {
		return k.settle(ctx, a, verdict{problem: problem})
	}
	if wishes, rest := wishesOf(m); len(wishes) > 0 {
		return k.wish(ctx, a, d, d.key, wishes, rest)
	}
	v, err := k.judge(ctx, a, ReadMessage(m))
	if err != nil || v.inWords == "" {
		return k.settleUnless(ctx, err, a, v)
	}
	v.rsvps[0].Occurrence = d.key
	return k.noted(ctx, a, d, v)
}

func (k *Calendar) settleUnless(ctx context.Context, err error, a answering, v verdict) error {
	if err != nil {
		return err
	}
	return k.settle(ctx, a, v)
}

// noted keeps an answer in words for a date, and tells how it was understood.
func (k *Calendar) noted(ctx context.Context, a answering, d occurrence, v verdict) error {
	n, err := k.notedWish(a, d, v.inWords, false, nil)
	if err != nil {
		return err
	}
	if _, err := k.record(ctx, a, v.rsvps, []store.Notice{n}); err != nil {
		return err
	}
	k.Log.Info("a date was answered", "community", a.community.Address(), "meeting", a.meeting.ID, "date", d.key, "subscription", a.invitation.Subscription.ID)
	k.wake()
	return nil
}

func (k *Calendar) showDate(ctx context.Context, t mail.Ticket) (Page, error) {
	_, _, page, err := k.datePage(ctx, t)
	return page, err
}

func (k *Calendar) pressDate(ctx context.Context, t mail.Ticket, choice string) (Page, error) {
	a, d, page, err := k.datePage(ctx, t)
	if err != nil || page.Problem != "" {
		return page, err
	}
	choice, wish, _ := strings.Cut(choice, "\n")
	answer := store.RSVPAnswer(choice)
	if !given(answer) {
		return page, store.Errorf(store.Invalid, "%q is no answer", choice)
	}
	r := k.personal(a, answer, "page")
	r.Occurrence = d.key
	if _, err = k.record(ctx, a, []store.RSVP{r}, nil); err != nil {
		return page, err
	}
	if page.About.Code, err = k.saidOf(ctx, a, d, []store.RSVP{r}); err != nil {
		return page, err
	}
	if wish = cutWish(wish); wish != "" {
		_, err = k.DB.AddWishes(ctx, k.Now(), a.invitation, k.wishes(d, []string{wish}, "page"), maxWishesAll, nil)
	}
	return page, err
}

func given(answer store.RSVPAnswer) bool {
	return answer == store.Accepted || answer == store.Tentative || answer == store.Declined
}

func (k *Calendar) datePage(ctx context.Context, t mail.Ticket) (a answering, d occurrence, p Page, err error) {
	meeting, _ := dateOfObject(t.Object)
	m, err := k.DB.Meeting(ctx, meeting)
	if err != nil {
		return a, d, p, err
	}
	if p.Community, err = k.DB.Community(ctx, m.CommunityID); err != nil {
		return a, d, p, err
	}
	if a, d, err = k.answeringDate(ctx, p.Community, t); err != nil {
		return a, d, p, err
	}
	p.Kind, p.AskReason, p.Choices = "date", true, []string{string(store.Accepted), string(store.Tentative), string(store.Declined)}
	if k.closedDate(a, d) != "" {
		p.Problem = "expired"
		return a, d, p, nil
	}
	p.About = templates.Args{Subject: d.title, When: d.starts.In(k.zone(p.Community, a.invitation.Subscription, a.meeting))}
	have, err := k.DB.RSVPs(ctx, m.ID, t.Person)
	if err != nil {
		return a, d, p, err
	}
	p.About.Code, err = k.saidOf(ctx, a, d, have)
	return a, d, p, err
}

// saidOf is what somebody's answers to a date come to, "" where there is none.
func (k *Calendar) saidOf(ctx context.Context, a answering, d occurrence, have []store.RSVP) (string, error) {
	answer, ok := answerTo(a.meeting, have, d.key)
	if !ok {
		return "", nil
	}
	seats, err := k.seating(ctx, a.meeting)
	return string(seats.answer(a.invitation.Subscription.ID, d.key, answer.Answer)), err
}
