package calendar

import (
	"context"
	"errors"
	"time"

	"guildpost/calendar/itip"
	"guildpost/store"
	"guildpost/templates"
)

// taskQuorum is due when it is found out next whether enough people come.
const taskQuorum = "quorum"

// quorumLeads is when that is: a day before, while something can still be done about it.
var quorumLeads = []lead{{itip.Duration{Days: 1}}}

// planQuorum is when it is found out next whether enough come to a meeting.
func (k *Calendar) planQuorum(m store.Meeting, now time.Time) (time.Time, bool) {
	if len(dueDates(m, quorumLeads, now)) > 0 {
		return now, true
	}
	return nextMoment(m, quorumLeads, now)
}

// quorumDue warns of dates to which too few may come, each of the organisers once.
func (k *Calendar) quorumDue(ctx context.Context, now time.Time) (done int, err error) {
	tasks, err := k.DB.TasksDue(ctx, taskQuorum, now)
	if err != nil {
		return 0, err
	}
	for _, task := range tasks {
		n, failed := k.quorumOf(ctx, task, now)
		done, err = done+n, errors.Join(err, failed)
	}
	return done, err
}

func (k *Calendar) quorumOf(ctx context.Context, task store.Task, now time.Time) (done int, err error) {
	c, m, err := k.meetingOf(ctx, task)
	if err != nil {
		return 0, err
	}
	if m.State != store.MeetingConfirmed {
		return 0, k.move(ctx, task, now, time.Time{})
	}
	for _, d := range dueDates(m, quorumLeads, now) {
		if m.Settings.Quorum == 0 || c.Closed {
			break
		}
		n, err := k.warn(ctx, c, m, d, now)
		done += n
		if store.KindOf(err) == store.Conflict && err != nil { // then its task is another one
			return done, nil
		}
		if err != nil {
			return done, err
		}
	}
	next, _ := nextMoment(m, quorumLeads, now)
	return done, k.move(ctx, task, now, next)
}

// warn tells the organisers if fewer are expected than are needed. Nobody is warned of a meeting that was called later than
// that.
func (k *Calendar) warn(ctx context.Context, c store.Community, m store.Meeting, d dueDate, now time.Time) (int, error) {
	if !m.CreatedAt.Before(d.moment) && !m.CreatedAt.After(now) {
		return 0, nil
	}
	t, expected, err := k.expecting(ctx, m, d.occurrence)
	if err != nil || expected >= m.Settings.Quorum {
		return 0, err
	}
	team, err := k.organisers(ctx, c, []store.Meeting{m})
	if err != nil {
		return 0, err
	}
	var letters []letter
	for _, s := range team {
		letters = append(letters, letter{community: c, to: s, from: c.FunctionAddress("owner"), data: templates.MeetingQuorum{For: forReader(c, s),
			Title: d.title, Start: d.starts.In(k.zone(c, s, m)), Quorum: m.Settings.Quorum, Accepted: len(t.who(store.Accepted)), Expected: expected,
			Open: len(t.who(store.Tentative)) + len(t.who(""))}})
	}
	notices, err := k.noticesOf(letters)
	if err != nil {
		return 0, err
	}
	return k.DB.Remind(ctx, now, store.Reminding{Meeting: m, Kind: store.RemindQuorum, Starts: d.starts, Moment: d.moment}, notices)
}

// expecting counts who comes to a date, and how many of those who said so can be expected.
func (k *Calendar) expecting(ctx context.Context, m store.Meeting, d occurrence) (t tally, expected int, err error) {
	all, err := k.DB.RSVPs(ctx, m.ID, 0)
	if err != nil {
		return t, 0, err
	}
	if t, err = k.tally(ctx, m, d, all); err != nil {
		return t, 0, err
	}
	expected, err = k.expected(ctx, t)
	return t, expected, err
}
