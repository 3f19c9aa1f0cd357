package digest

import (
	"context"
	"time"

	"guildpost/calendar"
	"guildpost/digest/measure"
	"guildpost/store"
)

// readMeetings reads the dates of meetings up to the window's end, and the next one.
func (g *gathering) readMeetings(ctx context.Context) error {
	place := map[int64]int{}
	add := func(o store.MeasuredOccurrence) {
		place[o.ID] = len(g.records.Occurrences)
		g.records.Occurrences = append(g.records.Occurrences, measuredOccurrence(o))
		if o.MinutesBy != 0 {
			g.records.Acts = append(g.records.Acts, measure.Act{ID: o.ID, Person: o.MinutesBy, At: o.Ends, Kind: measure.WroteMinutes, Object: o.ID})
		}
	}
	if err := g.DB.MeasuredOccurrences(ctx, g.community.ID, g.since, g.window.To, add); err != nil {
		return err
	}
	until := g.window.To
	if err := g.DB.NextOccurrence(ctx, g.community.ID, g.window.To, func(o store.MeasuredOccurrence) {
		until = o.Starts
		add(o)
	}); err != nil {
		return err
	}
	err := g.DB.MeasuredAttendances(ctx, g.community.ID, g.since, until, func(a store.MeasuredAttendance) {
		if at, ok := place[a.OccurrenceID]; ok {
			g.addAttendance(&g.records.Occurrences[at], a)
		}
	})
	if err != nil || until.After(g.window.To) {
		return err
	}
	return g.readComing(ctx)
}

func measuredOccurrence(o store.MeasuredOccurrence) measure.Occurrence {
	m := measure.Occurrence{ID: o.ID, Start: o.Starts, Hours: o.Ends.Sub(o.Starts).Hours(), FirstRequest: o.InvitedAt, Cancelled: o.CancelledAt,
		AttendanceKnown: o.Known}
	if o.Host != 0 && o.CancelledAt.IsZero() {
		m.Hosts = []measure.PersonID{o.Host}
	}
	return m
}

func (g *gathering) addAttendance(o *measure.Occurrence, a store.MeasuredAttendance) {
	if a.Invited {
		o.Invited = append(o.Invited, a.MemberID)
	} else if p := g.person(a.MemberID); p.Address == "" {
		p.Name, p.Address, p.Unit = a.Name, a.Address, domainOf(a.Address)
	}
	if a.Answer != "" {
		o.Answers = append(o.Answers, measure.Answer{Person: a.MemberID, At: a.AnsweredAt, Accepted: a.Answer == store.Accepted})
	}
	if a.Came {
		o.Attended = append(o.Attended, a.MemberID)
	}
}

// readComing reads the next date that is still to come, with what people have answered so far: what a forecast is made of. It
// is numbered below 0, since it is no record yet.
func (g *gathering) readComing(ctx context.Context) error {
	all, err := g.DB.Meetings(ctx, g.community.ID, g.window.To)
	if err != nil {
		return err
	}
	var next store.Meeting
	var date calendar.Date
	for _, m := range all {
		if d, ok := calendar.NextDate(m, g.window.To); ok && m.State == store.MeetingConfirmed && (next.ID == 0 || d.Start.Before(date.Start)) {
			next, date = m, d
		}
	}
	if next.ID == 0 {
		return nil
	}
	invited, err := calendar.InvitedTo(ctx, g.DB, next, date)
	if err != nil {
		return err
	}
	o := measure.Occurrence{ID: -next.ID, Start: date.Start, Hours: date.End.Sub(date.Start).Hours(), FirstRequest: next.CreatedAt}
	for _, a := range invited {
		g.addAttendance(&o, store.MeasuredAttendance{MemberID: a.Subscription.MemberID, Invited: true, Answer: a.Answer, AnsweredAt: a.AnsweredAt})
	}
	g.records.Occurrences = append(g.records.Occurrences, o)
	return nil
}

// readFeedback reads how people found the meetings.
func (g *gathering) readFeedback(ctx context.Context) error {
	var open *measure.Pulse
	ends := map[int64]time.Time{}
	for _, o := range g.records.Occurrences {
		ends[o.ID] = o.Start.Add(time.Duration(o.Hours * float64(time.Hour)))
	}
	err := g.DB.MeasuredFeedbacks(ctx, g.community.ID, g.since, g.window.To, func(f store.MeasuredFeedback) {
		if open == nil || open.ID != f.OccurrenceID {
			g.records.Pulses = append(g.records.Pulses, measure.Pulse{ID: f.OccurrenceID, Question: measure.Rated, At: ends[f.OccurrenceID]})
			open = &g.records.Pulses[len(g.records.Pulses)-1]
		}
		open.Asked = append(open.Asked, f.MemberID)
		if f.Rating != 0 && !f.At.After(g.window.To) {
			open.Answers = append(open.Answers, measure.Rating{Person: f.MemberID, At: f.At, Value: float64(f.Rating)})
		}
	})
	return err
}

// readFirstAttended finds which members came to a meeting before those that were read.
func (g *gathering) readFirstAttended(ctx context.Context, members []int64) error {
	first, err := g.DB.FirstAttended(ctx, g.community.ID, members)
	for id, at := range first {
		if !at.After(g.since) {
			g.person(id).FirstAttended = at
		}
	}
	return err
}
