package calendar

import (
	"context"
	"slices"
	"time"

	"guildpost/store"
)

// An Ahead is mail about a meeting that will go, as things stand now.
type Ahead struct {
	Kind        string // of its task: remind, quorum, rollup
	CommunityID int64
	MeetingID   int64
	At          time.Time
	Title       string
	Starts      time.Time // of the date that it is about
	To          int       // how many get it
}

// mostAhead bounds how many moments of one meeting are told.
const mostAhead = 100

// TellsAhead says whether Ahead tells what a kind of task will do.
func TellsAhead(kind string) bool {
	return kind == taskRemind || kind == taskQuorum || kind == taskRollup
}

// Ahead tells the reminders, warnings and roll-ups that go until a time, soonest first: to how many, if nobody answers, joins or
// leaves until then. Those that go to nobody are left out.
func (k *Calendar) Ahead(ctx context.Context, now, until time.Time) (all []Ahead, err error) {
	for _, kind := range []struct {
		name string
		tell func(ctx context.Context, c store.Community, m store.Meeting, now, until time.Time) ([]Ahead, error)
	}{{taskRemind, k.remindersAhead}, {taskQuorum, k.warningsAhead}, {taskRollup, k.rollupsAhead}} {
		tasks, err := k.DB.TasksOf(ctx, kind.name)
		if err != nil {
			return nil, err
		}
		for _, task := range tasks {
			c, m, err := k.meetingOf(ctx, task)
			if err != nil {
				return nil, err
			}
			if m.State != store.MeetingConfirmed || c.Closed || task.DueAt.After(until) {
				continue
			}
			some, err := kind.tell(ctx, c, m, now, until)
			if err != nil {
				return nil, err
			}
			for _, one := range some {
				one.Kind, one.CommunityID, one.MeetingID = kind.name, c.ID, m.ID
				all = append(all, one)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Ahead) int { return a.At.Compare(b.At) })
	return all, nil
}

// momentsAhead are the moments that are due, and those that come until a time.
func momentsAhead(m store.Meeting, leads []lead, now, until time.Time) (all []dueDate) {
	all = dueDates(m, leads, now)
	for _, d := range datesBetween(m, now.Add(1), until.Add(reach(leads))) {
		for i, l := range leads {
			at := l.before(d.start)
			if len(all) < mostAhead && at.After(now) && !at.After(until) {
				all = append(all, dueDate{occurrence: d, moment: at, last: i == len(leads)-1})
			}
		}
	}
	return all
}

func (k *Calendar) remindersAhead(ctx context.Context, c store.Community, m store.Meeting, now, until time.Time) (all []Ahead, err error) {
	rsvps, err := k.DB.RSVPs(ctx, m.ID, 0)
	if err != nil {
		return nil, err
	}
	given := answersBySubscriber(rsvps)
	for _, d := range momentsAhead(m, leadsOf(c, m), now, until) {
		one := Ahead{At: d.moment, Title: d.title, Starts: d.starts}
		at := d.moment
		if at.Before(now) {
			at = now
		}
		r := store.Reminding{Meeting: m, Kind: store.RemindDate, Starts: d.starts, Moment: d.moment}
		for after := int64(0); ; {
			page, err := k.DB.ToRemind(ctx, at, r, after, 1000)
			if err != nil {
				return nil, err
			}
			if len(page) == 0 {
				break
			}
			after = page[len(page)-1].Subscription.ID
			for _, i := range page {
				if remindable(m, given[i.Subscription.ID], d, at) {
					one.To++
				}
			}
		}
		if one.To > 0 {
			all = append(all, one)
		}
	}
	return all, nil
}

func (k *Calendar) warningsAhead(ctx context.Context, c store.Community, m store.Meeting, now, until time.Time) (all []Ahead, err error) {
	if m.Settings.Quorum == 0 {
		return nil, nil
	}
	team, err := k.organisers(ctx, c, []store.Meeting{m})
	if err != nil {
		return nil, err
	}
	for _, d := range momentsAhead(m, quorumLeads, now, until) {
		_, expected, err := k.expecting(ctx, m, d.occurrence)
		if err != nil {
			return nil, err
		}
		if expected < m.Settings.Quorum && len(team) > 0 {
			all = append(all, Ahead{At: d.moment, Title: d.title, Starts: d.starts, To: len(team)})
		}
	}
	return all, nil
}

func (k *Calendar) rollupsAhead(ctx context.Context, c store.Community, m store.Meeting, now, until time.Time) (all []Ahead, err error) {
	team, err := k.organisers(ctx, c, []store.Meeting{m})
	if err != nil {
		return nil, err
	}
	for _, s := range team {
		last, err := k.DB.RolledUp(ctx, s.ID)
		if err != nil {
			return nil, err
		}
		morning := lastMorning(k.homeOf(c, s), now, 1)
		if morning.After(until) {
			continue
		}
		one, isNew, err := k.rolled(ctx, c, s, m, rollupSpan{last, morning, now})
		if err != nil {
			return nil, err
		}
		if isNew {
			all = append(all, Ahead{At: morning, Title: one.Title, Starts: one.Start, To: 1})
		}
	}
	return all, nil
}
