package calendar

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

func (k *Calendar) showAttendance(ctx context.Context, t mail.Ticket) (Page, error) {
	_, _, page, err := k.attendancePage(ctx, t)
	return page, err
}

// attendancePage lists who may have come, to be ticked: first who had said yes, then maybe, then who came and the rest. Where
// they are too many for that, there is a field alone.
func (k *Calendar) attendancePage(ctx context.Context, t mail.Ticket) (p past, by store.Subscription, page Page, err error) {
	if p, by, err = k.pastFor(ctx, t); err != nil {
		return p, by, page, err
	}
	page = Page{Community: p.community, Kind: "attendance", AskReason: true,
		About: templates.Args{Subject: p.occurrence.Title, When: p.occurrence.Starts.In(k.zone(p.community, by, p.meeting))}}
	if k.Now().Before(p.occurrence.Ends) || !p.occurrence.CancelledAt.IsZero() {
		page.Problem = "expired"
		return p, by, page, nil
	}
	all, err := k.DB.Attendances(ctx, p.occurrence.ID)
	if err != nil || len(all) > listedNames {
		return p, by, page, err
	}
	order := map[store.RSVPAnswer]int{store.Accepted: 0, store.Tentative: 1, "": 2, store.Declined: 3}
	slices.SortStableFunc(all, func(a, b store.Attendance) int { return order[a.Answer] - order[b.Answer] })
	for _, a := range all {
		on := a.Came || p.occurrence.ToldAt.IsZero() && a.Answer == store.Accepted
		page.Ticks = append(page.Ticks, templates.Tick{Value: strconv.FormatInt(a.Subscription.ID, 10), Label: a.Subscription.Called(), On: on})
	}
	page.About.N = len(page.Ticks)
	return p, by, page, nil
}

// pressAttendance takes what was ticked, and what was written beside it: names, guests, or the line of the mail.
func (k *Calendar) pressAttendance(ctx context.Context, t mail.Ticket, said string) (Page, error) {
	p, by, page, err := k.attendancePage(ctx, t)
	if err != nil || page.Problem != "" {
		return page, err
	}
	r := report{past: p, by: by, actor: store.Actor{Who: by.Address, Via: "ticket", At: k.Now()}, source: "page", known: true}
	if len(page.Ticks) > 0 {
		first, rest, _ := strings.Cut(said, "\n")
		said = rest
		for _, word := range strings.Fields(first) {
			if slices.ContainsFunc(page.Ticks, func(tick templates.Tick) bool { return tick.Value == word }) {
				id, _ := strconv.ParseInt(word, 10, 64)
				r.ticked = append(r.ticked, id)
			}
		}
	}
	line := strings.Join(strings.FieldsFunc(said, func(r rune) bool { return r == '\n' }), ", ")
	if line = strings.TrimSpace(line); len(page.Ticks) == 0 && line == "" {
		return page, store.Errorf(store.Invalid, "the field is empty: it says who came")
	}
	a, _, ok := ReadAttended(line)
	if !ok {
		a = parseAttended(line)
	}
	r.attended = a
	came, err := k.report(ctx, r)
	page.About.N, page.Ticks = len(came.Came), nil
	return page, err
}

// SetAttendance notes who came to a date by a line as hosts write it. The error is Conflict where it has not begun, or was
// cancelled.
func (k *Calendar) SetAttendance(ctx context.Context, by store.Actor, occurrence int64, line string) (Present, error) {
	p, err := k.past(ctx, occurrence)
	if err != nil {
		return Present{}, err
	}
	if !p.occurrence.CancelledAt.IsZero() {
		return Present{}, store.Errorf(store.Conflict, "this date of the meeting was cancelled")
	}
	a, minutes, ok := ReadAttended(line)
	if !ok {
		a, minutes = parseAttended(line), ""
	}
	if minutes != "" {
		return Present{}, store.Errorf(store.Invalid, "the line says who came, and nothing else: minutes are sent by mail")
	}
	return k.report(ctx, report{past: p, actor: by, source: "command", known: true, attended: a})
}
