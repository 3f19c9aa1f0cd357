package digest

import (
	"context"
	"time"

	"guildpost/digest/measure"
	"guildpost/store"
)

// draft shows the report on the latest month to the facilitators, or sends it where there are none.
func (r *Reports) draft(ctx context.Context, c store.Community, task store.Task, now time.Time) (int, error) {
	next := r.nextReport(c, now)
	sponsors, err := r.sponsors(ctx, c)
	if err != nil {
		return 0, err
	}
	if c.Closed || c.NoReport || len(sponsors) == 0 {
		return 0, r.news.DB.NoReport(ctx, task, store.Task{})
	}
	w := lastReported(now, r.news.Gatherer.CommunityZone(c))
	known, err := r.state(ctx, c, w)
	if err != nil {
		return 0, err
	}
	if known.State != "" {
		return 0, r.news.DB.NoReport(ctx, task, next)
	}
	team, err := r.news.facilitators(ctx, c)
	if err != nil {
		return 0, err
	}
	s, err := r.compose(ctx, c, w)
	if err != nil {
		return 0, err
	}
	known.SendAt = sendTime(now, w.Zone)
	if len(team) == 0 {
		known.SendAt = now
	}
	notices, err := s.toFacilitators(team, len(sponsors), known.SendAt)
	if err != nil {
		return 0, err
	}
	if err := r.news.DB.DraftReport(ctx, bySchedule(now), known, task, next, notices); err != nil {
		return 0, err
	}
	r.news.Log.Info("a report was drafted", "community", c.Address(), "month", known.Month, "facilitators", len(notices), "goes_out", known.SendAt)
	return len(notices), nil
}

func bySchedule(now time.Time) store.Actor {
	return store.Actor{Who: "schedule", Via: "schedule", At: now}
}

// state is what is known of the report on a month; its State is "" where there is none.
func (r *Reports) state(ctx context.Context, c store.Community, w measure.Window) (store.SponsorReport, error) {
	known, err := r.news.DB.Report(ctx, c.ID, monthNumber(w))
	if store.KindOf(err) == store.NotFound && err != nil {
		return store.SponsorReport{CommunityID: c.ID, Month: monthNumber(w)}, nil
	}
	return known, err
}

// sendDue sends the report that a task is for. Where nobody wants it any more, the task ends.
func (r *Reports) sendDue(ctx context.Context, c store.Community, task store.Task, now time.Time) (int, error) {
	wanted, err := r.wanted(ctx, c)
	if err != nil {
		return 0, err
	}
	w := monthWindow(int(task.ObjectID), r.news.Gatherer.CommunityZone(c))
	known, err := r.state(ctx, c, w)
	if err != nil {
		return 0, err
	}
	if !wanted || known.State != store.ReportDrafted {
		return 0, r.news.DB.NoReport(ctx, task, store.Task{})
	}
	return r.send(ctx, bySchedule(now), c, w, known)
}

// send sends a report to the sponsors, from the state that is known.
func (r *Reports) send(ctx context.Context, by store.Actor, c store.Community, w measure.Window, known store.SponsorReport) (int, error) {
	s, err := r.compose(ctx, c, w)
	if err != nil {
		return 0, err
	}
	notices, err := s.toSponsors(ctx)
	if err != nil {
		return 0, err
	}
	if err := r.news.DB.SendReport(ctx, by, known, notices); err != nil {
		return 0, err
	}
	r.news.Log.Info("a report has gone out", "community", c.Address(), "month", known.Month, "sponsors", len(notices))
	return len(notices), nil
}

// Month is the month that has a number (202610; 0 is the last one) on a community's clock. The error is Invalid for one that
// is not over.
func (r *Reports) Month(c store.Community, number int, now time.Time) (measure.Window, error) {
	zone := r.news.Gatherer.CommunityZone(c)
	if number == 0 {
		return measure.LastMonth(now, zone), nil
	}
	w := monthWindow(number, zone)
	if w.To.After(now) {
		return w, store.Errorf(store.Invalid, "%s is not over yet", w.From.Format("2006-01"))
	}
	return w, nil
}

// SendNow sends the report on a month to the sponsors without asking anybody, and returns how many copies it queued. Conflict
// where it has gone out; NotFound where there are no sponsors.
func (r *Reports) SendNow(ctx context.Context, by store.Actor, c store.Community, w measure.Window) (int, error) {
	sponsors, err := r.sponsors(ctx, c)
	if err != nil {
		return 0, err
	}
	if len(sponsors) == 0 {
		return 0, store.Errorf(store.NotFound, "%s has no sponsors", c.Address())
	}
	known, err := r.state(ctx, c, w)
	if err != nil {
		return 0, err
	}
	if known.State == store.ReportSent {
		return 0, store.Errorf(store.Conflict, "the report of %s on %s has gone out already, at %s", c.Address(), w.From.In(w.Zone).Format("2006-01"),
			known.SentAt.In(w.Zone).Format("2006-01-02 15:04"))
	}
	n, err := r.send(ctx, by, c, w, known)
	r.news.wake()
	return n, err
}

// Preview is the report on a month as somebody would get it, and its HTML as a page that a browser can show.
func (r *Reports) Preview(ctx context.Context, c store.Community, w measure.Window, to store.Subscription) (raw []byte, page string, err error) {
	s, err := r.compose(ctx, c, w)
	if err != nil {
		return nil, "", err
	}
	notice, err := s.letter(to, nil)
	if err != nil {
		return nil, "", err
	}
	return notice.Raw, s.drawn.page(htmlOf(notice.Raw)), nil
}
