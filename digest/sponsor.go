package digest

import (
	"context"
	"errors"
	"sync"
	"time"

	"guildpost/digest/measure"
	"guildpost/store"
)

// Reports makes the reports to the sponsors of all communities of an installation.
//
// The life of a report: on the first working day of a month, Due composes the one on the month before and shows it to the
// facilitators, each with tickets to hold it back or send it at once. Two days later, on a working day, it goes to the sponsors,
// unless somebody holds it back. Where a community has no facilitators it goes to the sponsors at once. What was missed while
// nothing ran is not caught up: the latest month is reported on, once.
type Reports struct {
	news *Newsletters // whose means it shares

	mu      sync.Mutex
	planned time.Time // when it was last looked for which communities one is to be planned
}

// NewReports makes reports with the means of newsletters: the same store, clock, keys and languages.
func NewReports(n *Newsletters) *Reports { return &Reports{news: n} }

// reportHour is when a report is shown, and when it goes out, on the community's clock.
const reportHour = 9

// monthNumber is how the month of a window is kept: 202610.
func monthNumber(w measure.Window) int {
	from := w.From.In(w.Zone)
	return from.Year()*100 + int(from.Month())
}

// monthWindow is the month that has a number.
func monthWindow(number int, zone *time.Location) measure.Window {
	from := time.Date(number/100, time.Month(number%100), 1, 0, 0, 0, 0, zone)
	return measure.Window{From: from, To: from.AddDate(0, 1, 0), Zone: zone}
}

// workingDay is a day's hour of reports, or that of the Monday after it.
func workingDay(year int, month time.Month, day int, zone *time.Location) time.Time {
	at := time.Date(year, month, day, reportHour, 0, 0, 0, zone)
	switch at.Weekday() {
	case time.Saturday:
		return at.AddDate(0, 0, 2)
	case time.Sunday:
		return at.AddDate(0, 0, 1)
	}
	return at
}

// draftTime is when the report on a month is shown to the facilitators.
func draftTime(w measure.Window) time.Time {
	after := w.To.In(w.Zone)
	return workingDay(after.Year(), after.Month(), after.Day(), w.Zone)
}

// sendTime is when a report goes out that is shown at a time.
func sendTime(shown time.Time, zone *time.Location) time.Time {
	local := shown.In(zone)
	at := workingDay(local.Year(), local.Month(), local.Day()+2, zone)
	if at.Sub(shown) < draftBefore-time.Hour { // shown late in the day; an hour is a change of the clocks
		local = at.AddDate(0, 0, 1)
		at = workingDay(local.Year(), local.Month(), local.Day(), zone)
	}
	return at
}

// lastReported is the latest month whose report is due to be shown at a time.
func lastReported(now time.Time, zone *time.Location) measure.Window {
	w := measure.LastMonth(now, zone)
	if draftTime(w).After(now) {
		return w.Before()
	}
	return w
}

// nextReport is the task of the next report after a time.
func (r *Reports) nextReport(c store.Community, now time.Time) store.Task {
	zone := r.news.Gatherer.CommunityZone(c)
	w := lastReported(now, zone)
	next := monthWindow(monthNumber(measure.Window{From: w.To, To: w.To, Zone: zone}), zone)
	return store.Task{Kind: store.TaskReportDraft, CommunityID: c.ID, DueAt: draftTime(next)}
}

// Due does what is due about reports, by a clock that shows that time, and returns how many mails that made.
func (r *Reports) Due(ctx context.Context, now time.Time) (done int, err error) {
	planErr := r.plan(ctx, now)
	drafted, draftErr := r.eachDue(ctx, now, store.TaskReportDraft, r.draft)
	sent, sendErr := r.eachDue(ctx, now, store.TaskReport, r.sendDue)
	if drafted+sent > 0 {
		r.news.wake()
	}
	return drafted + sent, errors.Join(planErr, draftErr, sendErr)
}

func (r *Reports) eachDue(ctx context.Context, now time.Time, kind string, do func(context.Context, store.Community, store.Task, time.Time) (int, error)) (done int, err error) {
	tasks, err := r.news.DB.TasksDue(ctx, kind, now)
	if err != nil {
		return 0, err
	}
	for _, task := range tasks {
		c, err := r.news.DB.Community(ctx, task.CommunityID)
		if err != nil {
			return done, err
		}
		n, err := do(ctx, c, task, now)
		if store.KindOf(err) == store.Conflict && err != nil {
			r.news.Log.Info("a report was made elsewhere, or held back meanwhile", "community", c.Address(), "reason", err)
			continue
		}
		if done += n; err != nil {
			return done, err
		}
	}
	return done, nil
}

// planEvery is how often it is looked which communities have sponsors, and wait for a report.
const planEvery = time.Hour

// plan makes the task of the next report for communities that have sponsors and none yet.
func (r *Reports) plan(ctx context.Context, now time.Time) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if since := now.Sub(r.planned); since >= 0 && since < planEvery {
		return nil
	}
	tasks, err := r.news.DB.TasksOf(ctx, store.TaskReportDraft)
	if err != nil {
		return err
	}
	have := map[int64]bool{}
	for _, task := range tasks {
		have[task.CommunityID] = true
	}
	all, err := r.news.DB.Communities(ctx)
	if err != nil {
		return err
	}
	for _, c := range all {
		if have[c.ID] {
			continue
		}
		wanted, err := r.wanted(ctx, c)
		if err == nil && wanted {
			err = r.news.DB.ScheduleFirst(ctx, r.nextReport(c, now))
		}
		if err != nil {
			return err
		}
	}
	r.planned = now
	return nil
}

// wanted says whether somebody is to get reports of a community.
func (r *Reports) wanted(ctx context.Context, c store.Community) (bool, error) {
	if c.Closed || c.NoReport {
		return false, nil
	}
	some, err := r.sponsors(ctx, c)
	return len(some) > 0, err
}

func (r *Reports) sponsors(ctx context.Context, c store.Community) ([]store.Subscription, error) {
	return r.news.DB.Subscriptions(ctx, c.ID, store.SubscriptionFilter{State: store.Active, Role: store.Sponsor})
}
