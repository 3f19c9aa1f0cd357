package list

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"guildpost/store"
	"guildpost/templates"
)

// dueHolds asks the facilitators again about what waits for long, and tells authors whose posts nobody decided about.
func (l *List) dueHolds(ctx context.Context, until time.Time) (done int, err error) {
	tasks, err := l.DB.TasksDue(ctx, store.TaskHold, until)
	if err != nil {
		return 0, err
	}
	for _, task := range tasks {
		if taskErr := l.dueHold(ctx, task, until); taskErr != nil {
			err = errors.Join(err, taskErr)
			continue
		}
		done++
	}
	return done, err
}

func (l *List) dueHold(ctx context.Context, task store.Task, until time.Time) error {
	h, err := l.DB.Hold(ctx, task.ObjectID)
	switch {
	case store.KindOf(err) == store.NotFound || err == nil && h.State != store.Held:
		_, err = l.DB.TakeTask(ctx, until, task, time.Time{}, nil)
		return err
	case err != nil:
		return err
	case until.Before(h.Since.Add(holdLife)):
		return l.remindHold(ctx, task, h, until)
	}
	err = l.endHold(ctx, store.Actor{Via: "due", At: until}, h, store.Expired, "", func(p *candidate, name, subject string) any {
		if !p.member { // nobody has looked at it: it may have been written in their name
			subject = ""
		}
		return templates.HoldExpired{For: forReader(p.community, name), Subject: subject, Days: int(holdLife / (24 * time.Hour))}
	})
	if store.KindOf(err) == store.Conflict {
		return nil
	}
	if err == nil {
		l.Log.Warn("nobody decided about a held post, and its author hears that", "community", h.CommunityID, "hold", h.ID)
	}
	return err
}

func (l *List) remindHold(ctx context.Context, task store.Task, h store.Hold, until time.Time) error {
	p, err := l.heldCandidate(ctx, h)
	if err != nil {
		return err
	}
	team, err := l.facilitators(ctx, p.community)
	if err != nil {
		return err
	}
	notices, err := l.notices(l.askFacilitators(p.community, team, h, p.message, askAgain)...)
	if err != nil {
		return err
	}
	_, err = l.DB.TakeTask(ctx, until, task, h.Since.Add(holdLife), notices)
	return err
}

const (
	taskHeldList  = "held list" // of tasks: the daily list of a community
	heldListHour  = 8           // in the community's time zone
	heldListMost  = 30          // posts and joins that a list has
	heldLookEvery = time.Hour
)

// dueHeldLists sends the facilitators, once a day, the list of what waits for them. Where nothing waits there is no
// task, and no mail.
func (l *List) dueHeldLists(ctx context.Context, until time.Time) (done int, err error) {
	if err := l.planHeldLists(ctx, until); err != nil {
		return 0, err
	}
	tasks, err := l.DB.TasksDue(ctx, taskHeldList, until)
	if err != nil {
		return 0, err
	}
	for _, task := range tasks {
		if taskErr := l.dueHeldList(ctx, task, until); taskErr != nil {
			err = errors.Join(err, taskErr)
			continue
		}
		done++
	}
	return done, err
}

// planHeldLists makes the tasks. It looks now and then: they are for the next morning anyway.
func (l *List) planHeldLists(ctx context.Context, until time.Time) error {
	last := l.heldLooked.Load()
	if until.Sub(time.UnixMicro(last)) < heldLookEvery || !l.heldLooked.CompareAndSwap(last, until.UnixMicro()) {
		return nil
	}
	communities, err := l.DB.Undecided(ctx)
	if err != nil {
		return err
	}
	for _, id := range communities {
		w, err := l.waiting(ctx, id)
		if err != nil {
			return err
		}
		due := nextMorning(w.since, l.zone(w.community, store.Subscription{}))
		if err := l.DB.ScheduleFirst(ctx, store.Task{Kind: taskHeldList, CommunityID: id, DueAt: due}); err != nil {
			return err
		}
	}
	return nil
}

func nextMorning(after time.Time, zone *time.Location) time.Time {
	local := after.In(zone)
	morning := time.Date(local.Year(), local.Month(), local.Day(), heldListHour, 0, 0, 0, zone)
	if !morning.After(after) {
		morning = time.Date(local.Year(), local.Month(), local.Day()+1, heldListHour, 0, 0, 0, zone)
	}
	return morning
}

// A waitingList is what waits for the facilitators of a community.
type waitingList struct {
	community store.Community
	posts     []store.Hold
	joins     []store.Request
	since     time.Time // of the oldest
}

func (l *List) waiting(ctx context.Context, communityID int64) (w waitingList, err error) {
	if w.community, err = l.DB.Community(ctx, communityID); err != nil {
		return w, err
	}
	if w.posts, err = l.DB.Holds(ctx, communityID, store.Held); err != nil {
		return w, err
	}
	if w.joins, err = l.DB.UndecidedRequests(ctx, communityID, heldListMost); err != nil {
		return w, err
	}
	if len(w.posts) > 0 {
		w.since = w.posts[0].Since
	}
	if len(w.joins) > 0 && (w.since.IsZero() || w.joins[0].AskedAt.Before(w.since)) {
		w.since = w.joins[0].AskedAt
	}
	return w, nil
}

func (l *List) dueHeldList(ctx context.Context, task store.Task, until time.Time) error {
	w, err := l.waiting(ctx, task.CommunityID)
	if err != nil {
		return err
	}
	if len(w.posts)+len(w.joins) == 0 {
		_, err = l.DB.TakeTask(ctx, until, task, time.Time{}, nil)
		return err
	}
	team, err := l.facilitators(ctx, w.community)
	if err != nil {
		return err
	}
	var letters []letter
	for _, f := range team {
		letters = append(letters, l.heldList(w, f))
	}
	notices, err := l.notices(letters...)
	if err != nil {
		return err
	}
	taken, err := l.DB.TakeTask(ctx, until, task, nextMorning(until, l.zone(w.community, store.Subscription{})), notices)
	if err == nil && taken && len(team) == 0 {
		return l.nobodyDecides(ctx, w.community)
	}
	return err
}

// heldList is the list for one facilitator, with tickets of their own.
func (l *List) heldList(w waitingList, f store.Subscription) letter {
	c, zone := w.community, l.zone(w.community, f)
	list := templates.HeldDigest{For: forReader(c, f.Name), More: max(0, len(w.posts)-heldListMost)}
	for _, h := range w.posts[:min(len(w.posts), heldListMost)] {
		approve, reject := l.holdTickets(c, f, h)
		list.Posts = append(list.Posts, templates.HeldPost{Address: h.From, Subject: h.Subject, Reason: ReasonOf(h),
			Since: h.Since.In(zone), Approve: approve, Reject: reject})
	}
	for _, r := range w.joins {
		var p joinPayload
		_ = json.Unmarshal([]byte(r.Payload), &p) // a name is all that is lost
		approve, decline := l.decisionTickets(c, f, r)
		list.Joins = append(list.Joins, templates.HeldJoin{Name: p.Name, Address: r.Address, Since: r.AskedAt.In(zone),
			Approve: approve, Decline: decline})
	}
	return to(c, f, list)
}

// answersAnHold bounds how often an answer that cannot be understood brings the question again: a robot that does not
// say what it is would go on.
const answersAnHold = 5

func (l *List) mayAskAgain(ctx context.Context, h store.Hold, f store.Subscription) (bool, error) {
	reached, err := l.DB.Allow(ctx, l.Now(), store.Limit{Name: "hold-again " + f.Address, Most: answersAnHold, Within: 24 * time.Hour})
	if err == nil && reached != nil {
		l.Log.Info("an answer about a held post could not be understood, and was not answered any more", "hold", h.ID, "from", f.Address)
	}
	return reached == nil, err
}
