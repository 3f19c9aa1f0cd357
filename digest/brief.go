package digest

import (
	"context"
	"errors"
	"time"

	"guildpost/store"
)

// Briefs makes the weekly briefs of all communities of an installation: a private mail to each facilitator, each Monday at eight on
// their own clock, of what waits for them, who waits for an answer, who is new, who went quiet, who might host, and what is amiss,
// with one thing to do. Who facilitates several communities gets one of each. Where there is nothing to tell there is none.
//
// When somebody's next brief is due is a row in the store (store.BriefState), which moves in the transaction that queues the mail:
// so each gets one, whatever happens in between, and who missed some while nothing ran gets the latest, once.
type Briefs struct {
	news *Newsletters // whose means it shares
}

// NewBriefs makes briefs with the means of newsletters: the same store, clock, keys and languages.
func NewBriefs(n *Newsletters) *Briefs { return &Briefs{news: n} }

const (
	briefHour    = 8   // on the reader's clock, on Mondays
	briefsAtOnce = 500 // how many are looked at together
)

// nextBrief is when a brief is due after a time, where the reader's clocks hang, and not while they are away. An hour that the
// clocks skip is the one after it.
func nextBrief(s store.Subscription, after time.Time, zone *time.Location) time.Time {
	return store.NextHour(s.Back(after), briefHour, zone, func(day time.Time) bool { return day.Weekday() == time.Monday }).UTC()
}

// Due sends the briefs that are due, by a clock that shows that time, and returns how many mails that made. What fails for one
// community does not keep the others from theirs.
func (b *Briefs) Due(ctx context.Context, now time.Time) (sent int, err error) {
	for ctx.Err() == nil {
		due, err := b.news.DB.BriefsDue(ctx, now, briefsAtOnce)
		if err != nil || len(due) == 0 {
			return sent, err
		}
		n, moved, err := b.sendAll(ctx, now, due)
		if sent += n; n > 0 {
			b.news.wake()
		}
		if err != nil || moved == 0 {
			return sent, err
		}
	}
	return sent, ctx.Err()
}

// sendAll sends briefs; moved is of how many something was done. What those of a community share is gathered once.
func (b *Briefs) sendAll(ctx context.Context, now time.Time, due []store.BriefState) (sent, moved int, err error) {
	gathered, failed := map[int64]*brief{}, map[int64]bool{}
	for _, state := range due {
		id := state.Subscription.CommunityID
		if failed[id] {
			continue
		}
		queued, did, oneErr := b.sendOne(ctx, now, state, gathered)
		if oneErr != nil {
			failed[id] = true
			err = errors.Join(err, oneErr)
			continue
		}
		if did {
			moved++
		}
		if queued {
			sent++
		}
	}
	return sent, moved, err
}

// sendOne sends one brief, or finds out when it is due.
func (b *Briefs) sendOne(ctx context.Context, now time.Time, state store.BriefState, gathered map[int64]*brief) (queued, moved bool, err error) {
	s := state.Subscription
	one := gathered[s.CommunityID]
	if one == nil {
		c, err := b.news.DB.Community(ctx, s.CommunityID)
		if err != nil {
			return false, false, err
		}
		one = &brief{Briefs: b, community: c, now: now}
		gathered[s.CommunityID] = one
	}
	var notice *store.Notice
	if b.sends(one.community, state, now) {
		if notice, err = one.notice(ctx, s); err != nil {
			return false, false, err
		}
	}
	moved, err = b.news.DB.SendBrief(ctx, now, state, nextBrief(s, now, b.news.zone(one.community, s)), notice)
	if queued = moved && notice != nil; queued {
		b.news.Log.Info("a weekly brief is on its way", "community", one.community.Address(), "subscription", s.ID)
	}
	return queued, moved, err
}

// sends says whether a brief is sent at all, once its time has come.
func (b *Briefs) sends(c store.Community, state store.BriefState, now time.Time) bool {
	return !c.Closed && !c.NoBrief && !state.DueAt.Equal(store.BriefUnplanned) && !state.Subscription.VacationUntil.After(now)
}

// A ComingBrief is when the briefs of a community go out, and to how many. One that then has nothing to tell does not.
type ComingBrief struct {
	CommunityID int64
	At          time.Time
	To          int
}

// comingMost is how many weeks ahead are looked at.
const comingMost = 60

// Coming returns the briefs that go out until a time, the soonest first for each community.
func (b *Briefs) Coming(ctx context.Context, now, until time.Time) (all []ComingBrief, err error) {
	states, err := b.news.DB.BriefsDue(ctx, until, 10_000)
	if err != nil {
		return nil, err
	}
	communities := map[int64]store.Community{}
	place := map[ComingBrief]int{}
	for _, state := range states {
		s := state.Subscription
		c, ok := communities[s.CommunityID]
		if !ok {
			if c, err = b.news.DB.Community(ctx, s.CommunityID); err != nil {
				return nil, err
			}
			communities[c.ID] = c
		}
		if c.Closed || c.NoBrief {
			continue
		}
		for _, at := range b.times(c, state, now, until) {
			key := ComingBrief{CommunityID: c.ID, At: at}
			if _, ok := place[key]; !ok {
				place[key] = len(all)
				all = append(all, key)
			}
			all[place[key]].To++
		}
	}
	return all, nil
}

// times are when somebody's briefs are due until a time.
func (b *Briefs) times(c store.Community, state store.BriefState, now, until time.Time) (all []time.Time) {
	s, zone := state.Subscription, b.news.zone(c, state.Subscription)
	at := state.DueAt
	if at.Equal(store.BriefUnplanned) || s.VacationUntil.After(at) {
		at = nextBrief(s, now, zone)
	}
	for ; !at.After(until) && len(all) < comingMost; at = nextBrief(s, at, zone) {
		all = append(all, at.UTC())
	}
	return all
}

// Preview is the brief that a facilitator would get now, and its HTML as a page that a browser can show. The error is NotFound
// where there is nothing to tell.
func (b *Briefs) Preview(ctx context.Context, c store.Community, to store.Subscription) (raw []byte, page string, err error) {
	one := &brief{Briefs: b, community: c, now: b.news.Now()}
	notice, err := one.notice(ctx, to)
	if err != nil {
		return nil, "", err
	}
	if notice == nil {
		return nil, "", store.Errorf(store.NotFound, "there is nothing to tell the facilitators of %s this week, and so no brief", c.Address())
	}
	return notice.Raw, htmlOf(notice.Raw), nil
}
