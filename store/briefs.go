package store

import (
	"context"
	"time"
)

// A BriefState is when somebody who facilitates a community gets its next weekly brief. It begins with the role and ends with it,
// follows every change of what its time depends on, in the transaction of that change, and moves in the one that queues a brief:
// so nobody gets one twice.
type BriefState struct {
	Subscription Subscription
	DueAt        time.Time // BriefUnplanned is a time to be found out
}

// BriefUnplanned is the DueAt of a brief whose time depends on what has just been changed.
var BriefUnplanned = fromMicros(unplanned)

// GetsBrief says whether somebody is to get a community's weekly brief, as far as that is theirs to choose.
func (s Subscription) GetsBrief() bool {
	return s.State == Active && s.Has(Facilitator) && !s.NoBrief
}

// followBrief brings what is kept of somebody's brief in line with a change of their membership.
func (t *tx) followBrief(before, s Subscription) error {
	switch {
	case s.GetsBrief() && !before.GetsBrief():
		_, err := t.exec("INSERT INTO briefs (subscription_id, due_at) VALUES (?, ?) ON CONFLICT (subscription_id) DO NOTHING", s.ID, unplanned)
		return err
	case before.GetsBrief() && !s.GetsBrief():
		_, err := t.exec("DELETE FROM briefs WHERE subscription_id = ?", s.ID)
		return err
	case before.ID != 0 && before.Timezone != s.Timezone: // the person's, wherever they facilitate
		_, err := t.exec("UPDATE briefs SET due_at = ? WHERE subscription_id IN (SELECT id FROM subscriptions WHERE member_id = ?)", unplanned, s.MemberID)
		return err
	}
	return nil
}

// beginBriefs plans briefs for people who are new, those of them who facilitate.
func (t *tx) beginBriefs(communityID int64, members []int64) error {
	_, err := t.exec(`INSERT INTO briefs (subscription_id, due_at) SELECT s.id, CAST(? AS BIGINT) FROM subscriptions s
		WHERE s.community_id = ? AND s.state = 'active' AND NOT s.no_brief AND s.roles LIKE ? AND `+t.dialect.in("s.member_id"),
		unplanned, communityID, "% "+string(Facilitator)+" %", t.dialect.idList(members))
	return err
}

// replanBriefs lets the times of a community's briefs be found out anew, since its clocks have changed.
func (t *tx) replanBriefs(communityID int64) error {
	_, err := t.exec("UPDATE briefs SET due_at = ? WHERE subscription_id IN (SELECT id FROM subscriptions WHERE community_id = ?)", unplanned, communityID)
	return err
}

// BriefsDue returns the briefs that are due until a time, and those whose time is to be found out, soonest first, at most limit.
func (db *DB) BriefsDue(ctx context.Context, until time.Time, limit int) (all []BriefState, err error) {
	err = db.query(ctx, func(row rowScanner) (err error) {
		var b BriefState
		var due int64
		b.Subscription, err = scanSubscription(scannerWith{row, []any{&due}})
		b.DueAt = fromMicros(due)
		all = append(all, b)
		return err
	}, "SELECT "+subscriptionColumns+`, b.due_at FROM briefs b JOIN subscriptions s ON s.id = b.subscription_id JOIN members m ON m.id = s.member_id
		WHERE b.due_at <= ? ORDER BY b.due_at, b.subscription_id LIMIT ?`, micros(until), limit)
	return all, err
}

// SendBrief queues somebody's brief, and lets the next one be due at another time, in one transaction; notice is nil where there
// is nothing to tell. Moved is false, and nothing is done, where the brief was sent or its time changed meanwhile.
func (db *DB) SendBrief(ctx context.Context, now time.Time, was BriefState, next time.Time, notice *Notice) (moved bool, err error) {
	err = db.durable.do(ctx, func(t *tx) error {
		n, err := t.exec("UPDATE briefs SET due_at = ? WHERE subscription_id = ? AND due_at = ?", micros(next), was.Subscription.ID, micros(was.DueAt))
		if moved = n == 1; err != nil || !moved || notice == nil {
			return err
		}
		return t.sendNotices(now, []Notice{*notice})
	})
	return moved, err
}
