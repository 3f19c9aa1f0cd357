package list

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"guildpost/store"
	"guildpost/templates"
)

const (
	taskHeldList  = "held list" // of tasks: the daily list of a community
	heldListHour  = 8           // in the community's time zone
	heldListMost  = 30          // posts and joins that a list has
	heldLookEvery = time.Hour
)

// dueHeldLists sends the facilitators, once a day, the list of what waits for them, and of what they let wait for too
// long. Where nothing waits, and nothing did, there is no task, and no mail.
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
		if err := l.DB.ScheduleFirst(ctx, heldListTask(id, due, until)); err != nil {
			return err
		}
	}
	return nil
}

// heldListTask is the next list; what ended after listed is news then.
func heldListTask(community int64, due, listed time.Time) store.Task {
	return store.Task{Kind: taskHeldList, CommunityID: community, DueAt: due, Payload: listed.UTC().Format(time.RFC3339Nano)}
}

func nextMorning(after time.Time, zone *time.Location) time.Time {
	return store.NextHour(after, heldListHour, zone, nil)
}

// A waitingList is what waits for the facilitators of a community, and what ended since the last list.
type waitingList struct {
	community  store.Community
	posts      []store.Hold
	joins      []store.Request
	since      time.Time // of the oldest
	endedPosts []store.Hold
	endedJoins []store.Request
}

func (w waitingList) nothingWaits() bool { return len(w.posts)+len(w.joins) == 0 }

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

// ended adds what nobody decided about in time since the last list.
func (l *List) ended(ctx context.Context, w *waitingList, task store.Task) error {
	listed, err := time.Parse(time.RFC3339Nano, task.Payload)
	if err != nil {
		return store.Errorf(store.Internal, "the task of a list of what waits cannot be read: %w", err)
	}
	if w.endedPosts, err = l.DB.HoldsExpired(ctx, w.community.ID, listed); err != nil {
		return err
	}
	w.endedJoins, err = l.DB.RequestsExpired(ctx, w.community.ID, listed)
	return err
}

func (l *List) dueHeldList(ctx context.Context, task store.Task, until time.Time) error {
	w, err := l.waiting(ctx, task.CommunityID)
	if err != nil {
		return err
	}
	if err := l.ended(ctx, &w, task); err != nil {
		return err
	}
	if w.nothingWaits() && len(w.endedPosts)+len(w.endedJoins) == 0 {
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
	next := heldListTask(task.CommunityID, nextMorning(until, l.zone(w.community, store.Subscription{})), until)
	taken, err := l.DB.TakeTasks(ctx, until, []store.Task{task}, []store.Task{next}, notices)
	if err == nil && taken && len(team) == 0 && !w.nothingWaits() {
		return l.nobodyDecides(ctx, w.community)
	}
	return err
}

// heldList is the list for one facilitator, with tickets of their own.
func (l *List) heldList(w waitingList, f store.Subscription) letter {
	c, zone := w.community, l.zone(w.community, f)
	list := templates.HeldDigest{For: forReader(c, f.Name), More: max(0, len(w.posts)-heldListMost)}
	for _, h := range w.posts[:min(len(w.posts), heldListMost)] {
		p := HeldPost(h, zone)
		p.Approve, p.Reject = l.holdTickets(c, f, h)
		list.Posts = append(list.Posts, p)
	}
	for _, r := range w.joins {
		j := HeldJoin(r, zone)
		j.Approve, j.Decline = l.decisionTickets(c, f, r)
		list.Joins = append(list.Joins, j)
	}
	for _, h := range w.endedPosts[:min(len(w.endedPosts), heldListMost)] {
		list.EndedPosts = append(list.EndedPosts, HeldPost(h, zone))
	}
	for _, r := range w.endedJoins[:min(len(w.endedJoins), heldListMost)] {
		list.EndedJoins = append(list.EndedJoins, HeldJoin(r, zone))
	}
	list.EndedMore = len(w.endedPosts) + len(w.endedJoins) - len(list.EndedPosts) - len(list.EndedJoins)
	return to(c, f, list)
}

// HeldPost is a held post as lists of what waits have it, with its times where the reader's clocks hang; without tickets.
func HeldPost(h store.Hold, zone *time.Location) templates.HeldPost {
	return templates.HeldPost{Address: h.From, Subject: h.Subject, Reason: ReasonOf(h), Since: h.Since.In(zone)}
}

// Answers are what an applicant answered to the questions of the charter.
func Answers(r store.Request) []templates.Answer { return readApplication(r).Answers }

// readApplication reads what a request to join keeps for people to read: where that cannot be read, nothing else is lost.
func readApplication(r store.Request) (p joinPayload) {
	_ = json.Unmarshal([]byte(r.Payload), &p)
	return p
}

// HeldJoin is a request to join, as HeldPost has posts.
func HeldJoin(r store.Request, zone *time.Location) templates.HeldJoin {
	return templates.HeldJoin{Name: readApplication(r).Name, Address: r.Address, Since: r.AskedAt.In(zone)}
}
