package calendar

import (
	"context"
	"errors"
	"time"

	"guildpost/store"
	"guildpost/templates"
)

// taskRemind is due when people are next to be reminded of a date of a meeting.
const taskRemind = "remind"

const (
	// keptOver is how long the task of a meeting that is over stays, and with it what is needed where the clock is set back.
	keptOver = 30 * 24 * time.Hour
	// remindersKept is how long it is known who was reminded of a date.
	remindersKept = 90 * 24 * time.Hour
)

// remindDue reminds people of the dates that come. Of several reminders whose time has come only the last one goes, and none
// once the date has begun: after a standstill nobody gets two.
func (k *Calendar) remindDue(ctx context.Context, now time.Time) (done int, err error) {
	tasks, err := k.DB.TasksDue(ctx, taskRemind, now)
	if err != nil || len(tasks) == 0 {
		return 0, err
	}
	for _, task := range tasks {
		n, failed := k.remindOf(ctx, task, now)
		done, err = done+n, errors.Join(err, failed)
	}
	return done, errors.Join(err, k.DB.ForgetReminders(ctx, now.Add(-remindersKept)))
}

// meetingOf finds what a task is about; where it is gone, its state is cancelled.
func (k *Calendar) meetingOf(ctx context.Context, task store.Task) (c store.Community, m store.Meeting, err error) {
	m, err = k.DB.Meeting(ctx, task.ObjectID)
	if store.KindOf(err) == store.NotFound && err != nil {
		return c, store.Meeting{State: store.MeetingCancelled}, nil
	}
	if err == nil {
		c, err = k.DB.Community(ctx, m.CommunityID)
	}
	return c, m, err
}

// planReminders is when people are next reminded of a meeting, as chores want it.
func (k *Calendar) planReminders(m store.Meeting, now time.Time) (time.Time, bool) {
	c, err := k.DB.Community(context.Background(), m.CommunityID)
	if err != nil {
		return now, true // it is found out when the task is due
	}
	return k.planReminder(c, m, now)
}

func (k *Calendar) planReminder(c store.Community, m store.Meeting, now time.Time) (time.Time, bool) {
	leads := leadsOf(c, m)
	if len(dueDates(m, leads, now)) > 0 {
		return now, true
	}
	return nextMoment(m, leads, now)
}

// A dueDate is a date whose reminder is due.
type dueDate struct {
	occurrence
	moment time.Time
	last   bool             // no other reminder of it follows
	wanted []templates.Wish // what people want from it
}

// reach is how far ahead a date may be of which people are reminded: leads are counted in days, which may have 25 hours.
func reach(leads []lead) time.Duration {
	if len(leads) == 0 {
		return 0
	}
	return leads[0].about() + 3*time.Hour
}

// dueDates are the dates that have not begun of which a reminder is due, with the last moment that has come.
func dueDates(m store.Meeting, leads []lead, now time.Time) (all []dueDate) {
	for _, d := range datesBetween(m, now.Add(1), now.Add(reach(leads))) {
		due := dueDate{occurrence: d}
		for i, l := range leads {
			if at := l.before(d.start); !at.After(now) {
				due.moment, due.last = at, i == len(leads)-1
			}
		}
		if !due.moment.IsZero() {
			all = append(all, due)
		}
	}
	return all
}

// nextMoment is when a reminder will be due behind a time. Where none will be, it is when the meeting is long over; false is
// that there is no such time, or that has passed.
func nextMoment(m store.Meeting, leads []lead, now time.Time) (next time.Time, ok bool) {
	if len(leads) > 0 {
		end := now.Add(reach(leads))
		dates := append(datesBetween(m, now.Add(1), end), datesFrom(m, end, 1)...)
		for _, d := range dates {
			for _, l := range leads {
				if at := l.before(d.start); at.After(now) && (!ok || at.Before(next)) {
					next, ok = at, true
				}
			}
		}
	}
	if over := m.EndsAt.Add(keptOver); !ok && !m.EndsAt.IsZero() && over.After(now) {
		return over, true
	}
	return next, ok
}

// remindOf does one task: reminds of all dates whose time has come, and finds out when to go on.
func (k *Calendar) remindOf(ctx context.Context, task store.Task, now time.Time) (done int, err error) {
	c, m, err := k.meetingOf(ctx, task)
	if err != nil {
		return 0, err
	}
	if m.State != store.MeetingConfirmed {
		return 0, k.move(ctx, task, now, time.Time{})
	}
	leads := leadsOf(c, m)
	if !c.Closed {
		for _, d := range dueDates(m, leads, now) {
			n, err := k.remind(ctx, c, m, d, now)
			done += n
			if store.KindOf(err) == store.Conflict && err != nil { // then its task is another one
				k.Log.Info("a meeting changed while people were reminded of it", "community", c.Address(), "meeting", m.ID)
				return done, nil
			}
			if err != nil {
				return done, err
			}
		}
	}
	next, _ := nextMoment(m, leads, now)
	return done, k.move(ctx, task, now, next)
}

// remind reminds of one date all who are to be, some hundred at a time.
func (k *Calendar) remind(ctx context.Context, c store.Community, m store.Meeting, d dueDate, now time.Time) (done int, err error) {
	r := store.Reminding{Meeting: m, Kind: store.RemindDate, Starts: d.starts, Moment: d.moment}
	var given map[int64][]store.RSVP
	var seats seating
	for after := int64(0); ctx.Err() == nil; {
		page, err := k.DB.ToRemind(ctx, now, r, after, tellAtOnce)
		if err != nil || len(page) == 0 {
			return done, k.reminded(c, m, d, done, err)
		}
		after = page[len(page)-1].Subscription.ID
		if given == nil {
			all, err := k.DB.RSVPs(ctx, m.ID, 0)
			if err != nil {
				return done, err
			}
			given = answersBySubscriber(all)
			if seats, err = k.seating(ctx, m); err != nil {
				return done, err
			}
			if d.wanted, err = k.wanted(ctx, m, d.occurrence); err != nil {
				return done, err
			}
		}
		notices, err := k.noticesOf(k.reminders(c, m, d, page, given, seats, now))
		if err != nil {
			return done, err
		}
		n, err := k.DB.Remind(ctx, now, r, notices)
		if done += n; err != nil {
			return done, err
		}
	}
	return done, ctx.Err()
}

func (k *Calendar) reminded(c store.Community, m store.Meeting, d dueDate, done int, err error) error {
	if err == nil && done > 0 {
		k.Log.Info("people were reminded of a meeting", "community", c.Address(), "meeting", m.ID, "date", d.starts, "mails", done)
	}
	return err
}
