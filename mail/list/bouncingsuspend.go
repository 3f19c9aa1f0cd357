package list

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// What is due for a suspended subscription: a mail a week for a month, then a report to the facilitators, who hear once a
// day of all at most.
const (
	taskSuspended   = "suspended"   // the subscription
	taskUnreachable = "unreachable" // the same, when its mails have ended
	suspendedEvery  = 7 * 24 * time.Hour
	suspendedMails  = 4
)

// How a subscription came to be suspended, as the journal has it (via).
const (
	viaBounces    = "bounces"
	viaComplaint  = "abuse report"
	actorItself   = "guildpost"
	bounceHistory = store.MostBounceDays * 24 * time.Hour
	// bounceQuiet is how long after a delivery its bounce may come: servers try for up to five days.
	bounceQuiet = 6 * 24 * time.Hour
)

// A suspension is what the task keeps.
type suspension struct {
	Since time.Time `json:"since"`
	Mails int       `json:"mails"` // sent so far
	Said  string    `json:"said,omitempty"`
}

func (s suspension) task(kind string, sub store.Subscription, due time.Time) store.Task {
	payload, err := json.Marshal(s)
	if err != nil {
		payload = []byte("{}")
	}
	return store.Task{Kind: kind, CommunityID: sub.CommunityID, ObjectID: sub.ID, DueAt: due, Payload: string(payload)}
}

// judgeAddress suspends what an address gets where mail to it has failed on too many days, in each community by its rules.
// C is a community that is known already.
func (l *List) judgeAddress(ctx context.Context, now time.Time, address string, c store.Community) error {
	subscriptions, err := l.DB.SubscriptionsAt(ctx, address)
	if err != nil {
		return err
	}
	for _, s := range subscriptions {
		if s.State != store.Active {
			continue
		}
		if s.CommunityID != c.ID {
			if c, err = l.DB.Community(ctx, s.CommunityID); err != nil {
				return err
			}
		}
		health, failing, err := l.isFailing(ctx, now, c, s)
		if err != nil {
			return err
		}
		if failing {
			if err := l.suspend(ctx, now, c, s, health); err != nil {
				return err
			}
		}
	}
	return nil
}

// isFailing counts by the rules of a community. What failed before somebody joined anew does not count.
func (l *List) isFailing(ctx context.Context, now time.Time, c store.Community, s store.Subscription) (store.Health, bool, error) {
	rules := c.Bouncing.Spelled()
	forHard, forSoft := window(now, s, rules.BounceWithin), window(now, s, rules.SoftBounceWithin)
	earlier := forHard
	if forSoft.Before(earlier) {
		earlier = forSoft
	}
	all, err := l.DB.FailuresOf(ctx, s.Address, earlier)
	if err != nil {
		return store.Health{}, false, err
	}
	if hard := store.HealthSince(all, forHard); hard.HardDays >= rules.BounceDays {
		return hard, true, nil
	}
	soft := store.HealthSince(all, forSoft)
	return soft, soft.Days >= rules.SoftBounceDays, nil
}

// window is when so many days begin that end today.
func window(now time.Time, s store.Subscription, days int) time.Time {
	since := now.UTC().Truncate(24*time.Hour).AddDate(0, 0, 1-days)
	if s.Since.After(since) {
		return s.Since
	}
	return since
}

func (l *List) suspend(ctx context.Context, now time.Time, c store.Community, s store.Subscription, health store.Health) error {
	by := store.Actor{Who: actorItself, Via: viaBounces, At: now}
	kept := suspension{Since: by.At, Mails: 1, Said: health.Last.Reason}
	next := kept.task(taskSuspended, s, by.At.Add(suspendedEvery))
	changed, err := l.DB.Suspend(ctx, by, s.ID, nil, &next, func() ([]store.Notice, error) {
		return l.notices(l.suspendedLetter(c, s, kept))
	})
	if changed {
		l.Log.Info("a subscription is suspended, since mail to it fails", "community", c.Address(), "subscription", s.ID,
			"hard_days", health.HardDays, "days", health.Days)
		l.wake()
	}
	return err
}

func (l *List) suspendedLetter(c store.Community, s store.Subscription, kept suspension) letter {
	ticket := l.ticket(c, mail.Ticket{Kind: mail.TicketReturn, Person: s.ID, Object: s.ID})
	w := to(c, s, templates.Suspended{For: forReader(c, s.Name), Address: s.Address, Since: kept.Since.In(l.zone(c, s)), Diagnostic: kept.Said,
		Return: ticket, Last: kept.Mails >= suspendedMails})
	w.from = ticket.Address
	return w
}

// dueBounces does what is due about failures.
func (l *List) dueBounces(ctx context.Context, until time.Time) (done int, err error) {
	for _, part := range []func(context.Context, time.Time) (int, error){l.dueSettle, l.dueSuspended, l.dueUnreachable, l.dueAge} {
		n, partErr := part(ctx, until)
		done, err = done+n, errors.Join(err, partErr)
	}
	return done, err
}

// dueSuspended mails to who is suspended, until a month is over.
func (l *List) dueSuspended(ctx context.Context, until time.Time) (done int, err error) {
	tasks, err := l.DB.TasksDue(ctx, taskSuspended, until)
	if err != nil {
		return 0, err
	}
	for _, task := range tasks {
		if err := l.remindSuspended(ctx, until, task); err != nil {
			return done, err
		}
		done++
	}
	return done, nil
}

func (l *List) remindSuspended(ctx context.Context, now time.Time, task store.Task) error {
	var kept suspension
	s, c, err := l.suspendedBy(ctx, task, &kept)
	if err != nil {
		return err
	}
	if s.State != store.Suspended || c.Closed { // came back, or left
		_, err := l.DB.TakeTasks(ctx, now, []store.Task{task}, nil, nil)
		return err
	}
	if kept.Mails >= suspendedMails {
		tomorrow := now.UTC().Truncate(24*time.Hour).AddDate(0, 0, 1)
		_, err := l.DB.TakeTasks(ctx, now, []store.Task{task}, []store.Task{kept.task(taskUnreachable, s, tomorrow)}, nil)
		return err
	}
	kept.Mails++
	notices, err := l.notices(l.suspendedLetter(c, s, kept))
	if err != nil {
		return err
	}
	_, err = l.DB.TakeTasks(ctx, now, []store.Task{task}, []store.Task{kept.task(taskSuspended, s, now.Add(suspendedEvery))}, notices)
	return err
}

// suspendedBy reads what a task is about; a subscription that is gone is one that is not suspended.
func (l *List) suspendedBy(ctx context.Context, task store.Task, kept *suspension) (s store.Subscription, c store.Community, err error) {
	if err := json.Unmarshal([]byte(task.Payload), kept); err != nil {
		l.Log.Error("a task cannot be read; it is passed over", "kind", task.Kind, "subscription", task.ObjectID, "error", err)
		return s, c, nil
	}
	s, err = l.DB.Subscription(ctx, task.ObjectID)
	if store.KindOf(err) == store.NotFound {
		return store.Subscription{}, c, nil
	}
	if err == nil {
		c, err = l.DB.Community(ctx, s.CommunityID)
	}
	return s, c, err
}

// dueAge forgets failures of addresses where mail arrives again, and those that are long over.
func (l *List) dueAge(ctx context.Context, until time.Time) (done int, err error) {
	tasks, err := l.DB.TasksDue(ctx, store.TaskAge, until)
	if err != nil {
		return 0, err
	}
	for _, task := range tasks {
		left, err := l.DB.AgeFailures(ctx, until, until.Add(-bounceHistory), bounceQuiet)
		if err != nil {
			return done, err
		}
		next := until.Add(24 * time.Hour)
		if left == 0 {
			next = time.Time{}
		}
		if _, err := l.DB.TakeTask(ctx, until, task, next, nil); err != nil {
			return done, err
		}
		done++
	}
	return done, nil
}
