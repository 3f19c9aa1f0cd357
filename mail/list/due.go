package list

import (
	"context"
	"errors"
	"time"

	"guildpost/store"
	"guildpost/templates"
)

// limitsKept is how long counts are kept; the longest limit is a day.
const limitsKept = 31 * 24 * time.Hour

// Due does what is due until a time, and returns how much it did. What fails is tried again at the next call, and keeps
// the rest from nothing.
func (l *List) Due(ctx context.Context, until time.Time) (done int, err error) {
	for _, part := range []func(context.Context, time.Time) (int, error){l.dueRequests, l.dueBounces, l.dueHolds, l.dueHeldLists, l.dueThanks} {
		n, partErr := part(ctx, until)
		done, err = done+n, errors.Join(err, partErr)
	}
	l.wake()
	return done, err
}

// dueRequests ends questions that nobody answered. An applicant hears it where the facilitators were the ones who did not
// answer; who did not confirm may never have asked.
func (l *List) dueRequests(ctx context.Context, until time.Time) (done int, err error) {
	ended, err := l.DB.ExpireRequests(ctx, until)
	if err != nil {
		return 0, err
	}
	for _, r := range ended {
		if r.DecidedBy == "" || r.Kind != store.RequestJoin {
			continue
		}
		c, err := l.DB.Community(ctx, r.CommunityID)
		if err != nil {
			return len(ended), err
		}
		if err := l.send(ctx, letter{community: c, to: r.Address, data: templates.JoinDeclined{For: forReader(c, "")}}); err != nil {
			return len(ended), err
		}
	}
	return len(ended), l.DB.ForgetLimits(ctx, until.Add(-limitsKept))
}
