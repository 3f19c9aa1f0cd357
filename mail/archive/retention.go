package archive

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"guildpost/mail"
	"guildpost/store"
)

// TaskRetention is the kind of task that deletes old posts of a community: due for the first time some weeks after its
// facilitators were told, and then every day.
const TaskRetention = "retention"

const (
	retentionNotice = 14 * 24 * time.Hour
	retentionEvery  = 24 * time.Hour
	expireChunk     = 200 // posts of one transaction
	expireMost      = 20_000
)

// A Retention deletes posts that are older than their community wants.
type Retention struct {
	DB *store.DB
	// Tell writes the mails that tell facilitators what will be deleted, before it is for the first time.
	Tell func(ctx context.Context, c store.Community, what Expiring) ([]store.Notice, error)
}

// An Expiring is what is going to be deleted.
type Expiring struct {
	Period string    // as the rule says: "5y"
	Posts  int       // that there are now
	Before time.Time // they were accepted
	On     time.Time // when it is done
}

// retentionPayload is what the task keeps: the rule that was told.
type retentionPayload struct {
	Told string `json:"told"`
}

// Due does what is due until a time, and returns how many posts it deleted. One community's trouble keeps no other from it.
func (r *Retention) Due(ctx context.Context, until time.Time) (done int, err error) {
	communities, err := r.DB.Communities(ctx)
	if err != nil {
		return 0, err
	}
	far := until.AddDate(100, 0, 0)
	all, err := r.DB.TasksDue(ctx, TaskRetention, far)
	if err != nil {
		return 0, err
	}
	tasks := map[int64]store.Task{}
	for _, task := range all {
		tasks[task.CommunityID] = task
	}
	for _, c := range communities {
		n, ownErr := r.community(ctx, c, tasks[c.ID], until)
		done, err = done+n, errors.Join(err, ownErr)
	}
	return done, err
}

func (r *Retention) community(ctx context.Context, c store.Community, task store.Task, now time.Time) (done int, err error) {
	period, err := store.ParsePeriod(c.Retention)
	if err != nil {
		return 0, err
	}
	var told retentionPayload
	if task.ID != 0 {
		if err := json.Unmarshal([]byte(task.Payload), &told); err != nil {
			return 0, err
		}
	}
	switch {
	case period == (store.Period{}) && task.ID != 0:
		return 0, r.DB.CancelTask(ctx, TaskRetention, c.ID, 0)
	case period == (store.Period{}):
		return 0, nil
	case told.Told != period.String():
		return 0, r.tell(ctx, c, period, now)
	case task.DueAt.After(now):
		return 0, nil
	}
	done, err = r.expire(ctx, c, period.Before(now), now)
	if err != nil || done >= expireMost { // the rest at the next call
		return done, err
	}
	_, err = r.DB.TakeTask(ctx, now, task, now.Add(retentionEvery), nil)
	return done, err
}

// tell tells the facilitators what a new rule will delete. A rule that deletes nothing yet is told when it will.
func (r *Retention) tell(ctx context.Context, c store.Community, period store.Period, now time.Time) error {
	what := Expiring{Period: period.String(), On: now.Add(retentionNotice)}
	what.Before = period.Before(what.On)
	var err error
	if what.Posts, err = r.DB.PostsBefore(ctx, c.ID, what.Before); err != nil || what.Posts == 0 {
		return err
	}
	payload, err := json.Marshal(retentionPayload{Told: what.Period})
	if err != nil {
		return err
	}
	notices, err := r.Tell(ctx, c, what)
	if err != nil {
		return err
	}
	task := store.Task{Kind: TaskRetention, CommunityID: c.ID, DueAt: what.On, Payload: string(payload)}
	return r.DB.ScheduleWith(ctx, now, task, notices)
}

// expire deletes the posts from before a time, some in each transaction.
func (r *Retention) expire(ctx context.Context, c store.Community, before, now time.Time) (done int, err error) {
	by := store.Actor{Who: "guildpost", Via: "retention", At: now}
	for done < expireMost {
		posts, err := r.DB.OldestPosts(ctx, c.ID, before, expireChunk)
		if err != nil {
			return done, err
		}
		old := make([]store.OldPost, len(posts))
		for i, p := range posts {
			raw, err := r.DB.Raw(ctx, p.RawID)
			if err != nil {
				return done, err
			}
			old[i] = store.OldPost{Post: p, Was: store.PostText(mail.Read(raw).SearchText())}
		}
		if err := r.DB.ExpirePosts(ctx, by, c.ID, before, old); err != nil {
			return done, err
		}
		done += len(old)
		if len(old) < expireChunk {
			break
		}
	}
	if done == 0 {
		return 0, nil
	}
	return done, r.DB.OptimizeSearch(ctx)
}
