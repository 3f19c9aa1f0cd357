package calendar

import (
	"context"
	"errors"
	"slices"
	"time"

	"guildpost/store"
	"guildpost/templates"
)

// taskRollup is due on the next morning of somebody who is told how a meeting fares.
const taskRollup = "rollup"

// rollupHour is when people get their roll-up, on their own clock.
const rollupHour = 8

// How much a roll-up tells.
const (
	rolledNames   = 30 // of an answer
	rolledAnswers = 50 // new ones
	rolledFailed  = 20
)

// planRollup is the next morning of any organiser. Where a meeting has none, it is asked again in a day.
func (k *Calendar) planRollup(m store.Meeting, now time.Time) (time.Time, bool) {
	ctx := context.Background()
	c, err := k.DB.Community(ctx, m.CommunityID)
	if err != nil {
		return now.Add(time.Hour), true // it is found out when the task is due
	}
	team, err := k.organisers(ctx, c, []store.Meeting{m})
	if err != nil {
		return now.Add(time.Hour), true
	}
	return k.nextMorning(c, team, now), true
}

func (k *Calendar) nextMorning(c store.Community, team []store.Subscription, now time.Time) time.Time {
	next := now.Add(24 * time.Hour)
	for _, s := range team {
		if at := lastMorning(k.homeOf(c, s), now, 1); at.Before(next) {
			next = at
		}
	}
	return next
}

// lastMorning is the last time at which it was rollupHour on the clocks of a zone, or days later.
func lastMorning(zone *time.Location, now time.Time, later int) time.Time {
	local := now.In(zone)
	at := time.Date(local.Year(), local.Month(), local.Day(), rollupHour, 0, 0, 0, zone)
	if at.After(now) {
		later--
	}
	return time.Date(local.Year(), local.Month(), local.Day()+later, rollupHour, 0, 0, 0, zone)
}

// homeOf is the zone in which somebody lives, as far as that is known.
func (k *Calendar) homeOf(c store.Community, s store.Subscription) *time.Location {
	zone := "UTC"
	if k.Timezone != nil {
		zone = k.Timezone.String()
	}
	return k.zone(c, s, store.Meeting{Zone: zone})
}

// rollupDue tells those who organise meetings what is new, each in their morning: never one mail an answer.
func (k *Calendar) rollupDue(ctx context.Context, now time.Time) (done int, err error) {
	tasks, err := k.DB.TasksDue(ctx, taskRollup, now)
	if err != nil {
		return 0, err
	}
	byCommunity := map[int64][]store.Task{}
	for _, task := range tasks {
		byCommunity[task.CommunityID] = append(byCommunity[task.CommunityID], task)
	}
	for id, tasks := range byCommunity {
		n, failed := k.rollUpCommunity(ctx, id, tasks, now)
		done, err = done+n, errors.Join(err, failed)
	}
	return done, err
}

func (k *Calendar) rollUpCommunity(ctx context.Context, id int64, tasks []store.Task, now time.Time) (done int, err error) {
	c, err := k.DB.Community(ctx, id)
	if err != nil {
		return 0, err
	}
	meetings, err := k.comingMeetings(ctx, c, now)
	if err != nil {
		return 0, err
	}
	team, err := k.organisers(ctx, c, meetings)
	if err != nil {
		return 0, err
	}
	if !c.Closed {
		for _, s := range team {
			told, err := k.rollUp(ctx, c, s, meetings, now)
			if err != nil {
				return done, err
			}
			if told {
				done++
			}
		}
	}
	next := k.nextMorning(c, team, now)
	for _, task := range tasks {
		if err := k.moveRollup(ctx, task, meetings, now, next); err != nil {
			return done, err
		}
	}
	return done, nil
}

// comingMeetings are those that have dates to come.
func (k *Calendar) comingMeetings(ctx context.Context, c store.Community, now time.Time) (all []store.Meeting, err error) {
	meetings, err := k.DB.Meetings(ctx, c.ID, now)
	for _, m := range meetings {
		if m.State == store.MeetingConfirmed {
			all = append(all, m)
		}
	}
	return all, err
}

// moveRollup lets the task of a meeting that comes be due again; that of another ends when it is long over.
func (k *Calendar) moveRollup(ctx context.Context, task store.Task, coming []store.Meeting, now, next time.Time) error {
	for _, m := range coming {
		if m.ID == task.ObjectID {
			return k.move(ctx, task, now, next)
		}
	}
	_, m, err := k.meetingOf(ctx, task)
	if err != nil {
		return err
	}
	if over := m.EndsAt.Add(keptOver); m.State == store.MeetingConfirmed && over.After(now) {
		return k.move(ctx, task, now, over)
	}
	return k.move(ctx, task, now, time.Time{})
}

// rollUp tells one person what is new since they were told last, where something of it is from before their morning: what
// comes in the course of a day is told on the next.
func (k *Calendar) rollUp(ctx context.Context, c store.Community, s store.Subscription, meetings []store.Meeting, now time.Time) (told bool, err error) {
	last, err := k.DB.RolledUp(ctx, s.ID)
	if err != nil {
		return false, err
	}
	if last.After(now) { // the clock was set back since; what came then has been told
		_, err = k.DB.RollUp(ctx, now, s.ID, last, nil)
		return false, err
	}
	span := rollupSpan{last, lastMorning(k.homeOf(c, s), now, 0), now}
	var news []templates.RolledMeeting
	for _, m := range meetings {
		if !concerns(s, m) {
			continue
		}
		one, isNew, err := k.rolled(ctx, c, s, m, span)
		if err != nil {
			return false, err
		}
		if isNew {
			news = append(news, one)
		}
	}
	if len(news) == 0 {
		return false, nil
	}
	notices, err := k.noticesOf([]letter{{community: c, to: s, from: c.FunctionAddress("owner"),
		data: templates.MeetingRollup{For: forReader(c, s), Meetings: news}}})
	if err != nil {
		return false, err
	}
	return k.DB.RollUp(ctx, now, s.ID, last, notices)
}

// A rollupSpan is from when somebody was told last until now; what is from before the morning is a reason to tell them.
type rollupSpan struct{ last, morning, now time.Time }

func (s rollupSpan) has(t time.Time) bool    { return t.After(s.last) && !t.After(s.now) }
func (s rollupSpan) reason(t time.Time) bool { return s.has(t) && !t.After(s.morning) }

// rolled is what somebody is told of a meeting; isNew is false where nothing has changed since they were told last. What they
// have answered themselves is nothing new.
func (k *Calendar) rolled(ctx context.Context, c store.Community, s store.Subscription, m store.Meeting, span rollupSpan) (r templates.RolledMeeting, isNew bool, err error) {
	next := datesFrom(m, span.now, 1)
	if len(next) == 0 {
		return r, false, nil
	}
	d := next[0]
	all, err := k.DB.RSVPs(ctx, m.ID, 0)
	if err != nil {
		return r, false, err
	}
	t, err := k.tally(ctx, m, d, all)
	if err != nil {
		return r, false, err
	}
	failed, err := k.DB.FailedInvitations(ctx, m.ID, span.last, span.now)
	if err != nil {
		return r, false, err
	}
	wishes, err := k.DB.Wishes(ctx, m.ID, d.key)
	if err != nil {
		return r, false, err
	}
	answers := newAnswers(all, s.ID, span)
	r.Nobody = len(t.invited) == 0
	isNew = slices.ContainsFunc(answers, func(r store.RSVP) bool { return span.reason(r.At) }) ||
		slices.ContainsFunc(failed, func(f store.FailedInvitation) bool { return span.reason(f.At) }) ||
		slices.ContainsFunc(wishes, func(w store.Wish) bool { return w.SubscriptionID != s.ID && span.reason(w.At) }) ||
		r.Nobody && span.reason(m.CreatedAt)
	if !isNew {
		return r, false, nil
	}
	r.Title, r.Start, r.Quorum = d.title, d.starts.In(k.zone(c, s, m)), m.Settings.Quorum
	r.New, r.MoreNew = k.toldAnswers(c, s, m, t, answers)
	for _, f := range failed[:min(len(failed), rolledFailed)] {
		r.Failed = append(r.Failed, templates.FailedInvitation{Address: f.Address, Reason: f.Reason})
	}
	if r.Wanted, err = k.wanted(ctx, m, d); err != nil {
		return r, false, err
	}
	return r, true, k.counted(ctx, t, &r)
}

// counted is who gave which answer, and how many can be expected.
func (k *Calendar) counted(ctx context.Context, t tally, r *templates.RolledMeeting) error {
	var err error
	if r.Expected, err = k.expected(ctx, t); err != nil {
		return err
	}
	r.Accepted = len(t.who(store.Accepted))
	if r.Nobody {
		return nil
	}
	for _, answer := range []store.RSVPAnswer{store.Accepted, store.Placeless, store.Tentative, store.Declined, ""} {
		who := t.who(answer)
		if answer == store.Placeless && len(who) == 0 {
			continue // most meetings have room for any number
		}
		one := templates.RolledAnswers{Said: string(answer), Count: len(who), More: max(0, len(who)-rolledNames)}
		if answer == "" {
			one.Said = "none"
		}
		for _, s := range who[:min(len(who), rolledNames)] {
			one.Names = append(one.Names, s.Called())
		}
		r.Answers = append(r.Answers, one)
	}
	return nil
}

// newAnswers are those that others have given.
func newAnswers(all []store.RSVP, reader int64, span rollupSpan) (news []store.RSVP) {
	for _, r := range all {
		if r.SubscriptionID != reader && span.has(r.At) {
			news = append(news, r)
		}
	}
	return news
}

// toldAnswers are new answers as they are told, by who is still invited.
func (k *Calendar) toldAnswers(c store.Community, s store.Subscription, m store.Meeting, t tally, news []store.RSVP) (told []templates.NewAnswer, more int) {
	names := map[int64]string{}
	for _, i := range t.invited {
		names[i.ID] = i.Called()
	}
	for _, r := range news {
		name, ok := names[r.SubscriptionID]
		if !ok {
			continue
		}
		if len(told) == rolledAnswers {
			more++
			continue
		}
		one := templates.NewAnswer{Name: name, Answer: string(r.Answer), Comment: r.Comment}
		if d, ok := occurrenceNamed(m, r.Occurrence); ok && r.Occurrence != "" {
			one.Date = d.starts.In(k.zone(c, s, m))
		}
		told = append(told, one)
	}
	return told, more
}
