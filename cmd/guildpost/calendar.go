package main

import (
	"context"
	"errors"
	"time"

	"guildpost/calendar"
	"guildpost/digest"
	"guildpost/mail"
	"guildpost/mail/list"
	"guildpost/store"
)

// calendarOf is the calendar beside a list: for the same communities, by the same clock and keys.
func calendarOf(l *list.List) *calendar.Calendar {
	return &calendar.Calendar{DB: l.DB, Keys: l.Keys, Log: l.Log, Now: l.Now, Random: l.Random, PublicURL: l.PublicURL, Language: l.Language,
		Timezone: l.Timezone, Help: l.Helped, Proven: l.Proven, Author: l.Author, Decision: list.ReadDecision,
		Post: l.Post}
}

// tickets joins list, calendar, newsletters and reports, which do not know each other: each has its kinds of tickets.
type tickets struct {
	*list.List
	meets *calendar.Calendar
	news  *digest.Newsletters
	told  *digest.Reports
}

// report opens a token; false where it is not about a report, or not good any more.
func (t tickets) report(token string) (mail.Ticket, bool) {
	ticket, err := t.Keys.Open(token, t.Now())
	return ticket, err == nil && digest.ReportTicket(ticket.Kind)
}

// newsletter opens a token; false where it is not about a newsletter, or not good any more.
func (t tickets) newsletter(token string) (mail.Ticket, bool) {
	ticket, err := t.Keys.Open(token, t.Now())
	return ticket, err == nil && digest.NewsletterTicket(ticket.Kind)
}

// meeting opens a token; false where it is not about a meeting, or not good any more.
func (t tickets) meeting(token string) (mail.Ticket, bool) {
	ticket, err := t.Keys.Open(token, t.Now())
	return ticket, err == nil && calendar.Handles(ticket.Kind)
}

// answer handles a mail to a ticket.
func (t tickets) answer(ctx context.Context, c store.Community, env mail.Envelope, m *mail.Message, token string) error {
	if ticket, ok := t.meeting(token); ok {
		return t.meets.Answer(ctx, c, env, m, ticket)
	}
	if ticket, ok := t.newsletter(token); ok {
		return t.news.Answer(ctx, c, env, m, ticket)
	}
	if ticket, ok := t.report(token); ok {
		return t.told.Answer(ctx, c, env, m, ticket)
	}
	return t.List.Ticket(ctx, c, env, m, token)
}

// ShowTicket implements web.Tickets.
func (t tickets) ShowTicket(ctx context.Context, token string) (list.Outcome, error) {
	if ticket, ok := t.newsletter(token); ok {
		page, err := t.news.Show(ctx, ticket)
		return newsletterPage(page), err
	}
	if ticket, ok := t.report(token); ok {
		page, err := t.told.Show(ctx, ticket)
		return newsletterPage(page), err
	}
	ticket, ok := t.meeting(token)
	if !ok {
		return t.List.ShowTicket(ctx, token)
	}
	page, err := t.meets.Show(ctx, ticket)
	return meetingPage(page), err
}

// UseTicket implements web.Tickets.
func (t tickets) UseTicket(ctx context.Context, token, reason string) (list.Outcome, error) {
	if ticket, ok := t.newsletter(token); ok {
		page, err := t.news.Press(ctx, ticket)
		return newsletterPage(page), err
	}
	if ticket, ok := t.report(token); ok {
		page, err := t.told.Press(ctx, ticket)
		return newsletterPage(page), err
	}
	ticket, ok := t.meeting(token)
	if !ok {
		return t.List.UseTicket(ctx, token, reason)
	}
	page, err := t.meets.Press(ctx, ticket, reason)
	return meetingPage(page), err
}

func meetingPage(p calendar.Page) list.Outcome {
	return list.Outcome{Community: p.Community, Kind: p.Kind, Problem: p.Problem, Choices: p.Choices, AskReason: p.AskReason, About: p.About,
		Details: p.Details, Ticks: p.Ticks}
}

// newCalendar makes the calendar for a command.
func (a *app) newCalendar(ctx context.Context, db *store.DB) (*calendar.Calendar, error) {
	l, err := a.newList(ctx, db)
	if err != nil {
		return nil, err
	}
	return calendarOf(l), nil
}

// runMeetingsDue tells of meetings what is due, by a clock that shows that time.
func (a *app) runMeetingsDue(ctx context.Context, db *store.DB, _ *Config, until time.Time) (n int, err error) {
	k, err := a.newCalendar(ctx, db)
	if err != nil {
		return 0, err
	}
	k.Now = func() time.Time { return until }
	return k.Due(ctx, until)
}

// meetingOf finds a meeting of a community by its number.
func meetingOf(ctx context.Context, db *store.DB, c store.Community, id int64) (store.Meeting, error) {
	m, err := db.Meeting(ctx, id)
	var missing *store.Error
	if errors.As(err, &missing) && missing.Kind == store.NotFound || err == nil && m.CommunityID != c.ID {
		return m, withHint(store.Errorf(store.NotFound, "%s has no meeting %d", c.Address(), id), "guildpost meeting list %s --all shows their numbers", c.Name)
	}
	return m, err
}
