package list

import (
	"context"
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
		l.Log.Warn("nobody decided about a held post; its author hears that, and the facilitators with their next list", "community", h.CommunityID, "hold", h.ID)
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

// answersUnclear bounds how often an answer that cannot be understood brings the question again: a robot that does not
// say what it is would go on.
const answersUnclear = 5

func (l *List) mayAskAgain(ctx context.Context, f store.Subscription) (bool, error) {
	reached, err := l.DB.Allow(ctx, l.Now(), store.Limit{Name: "unclear " + f.Address, Most: answersUnclear, Within: 24 * time.Hour})
	if err == nil && reached != nil {
		l.Log.Info("a decision could not be understood, and was not answered any more", "from", f.Address)
	}
	return reached == nil, err
}
