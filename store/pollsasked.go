package store

import (
	"context"
	"time"
)

// A PollToTell is a poll of which somebody may have to hear, and up to where the journal was looked at for that.
type PollToTell struct {
	Poll
	Mark int64
}

// PollsToTell returns the polls that are open, or were closed and not everybody knows, and in whose community something
// changed since PollTold was called: its members, above all.
func (db *DB) PollsToTell(ctx context.Context) (all []PollToTell, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		var mark, seen int64
		p, err := scanPoll(row, &seen, &mark)
		all = append(all, PollToTell{p, mark})
		return err
	}, `SELECT x.* FROM (SELECT `+pollColumns+`, p.seen, COALESCE((SELECT MAX(j.id) FROM journal j WHERE j.community_id = p.community_id), 0) AS mark
		FROM polls p WHERE NOT p.done) x WHERE x.seen < x.mark ORDER BY x.id LIMIT 1000`)
	for i := range all {
		if err == nil {
			all[i].Options, err = db.pollOptions(ctx, all[i].ID)
		}
	}
	return all, err
}

// PollTold notes that everybody has heard of a poll as it is; of a closed one nobody hears again. It changes nothing where
// the poll was closed meanwhile.
func (db *DB) PollTold(ctx context.Context, p PollToTell) error {
	return db.relaxed.do(ctx, func(t *tx) error {
		_, err := t.exec("UPDATE polls SET seen = ?, done = ? WHERE id = ? AND state = ?", p.Mark, p.State == PollClosed, p.ID, p.State)
		return err
	})
}

// An AskedMember is somebody who is asked in a poll, and the mail about it.
type AskedMember struct {
	Subscription Subscription
	Token        string // of their ticket
	Notice       Notice
}

// NotPolled returns active members who are not asked in a poll yet, by subscription behind one.
func (db *DB) NotPolled(ctx context.Context, p Poll, after int64, limit int) (all []Subscription, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		s, err := scanSubscription(row)
		all = append(all, s)
		return err
	}, "SELECT "+subscriptionColumns+fromSubscriptions+`WHERE s.community_id = ? AND s.id > ? AND s.state = 'active'
		AND NOT EXISTS (SELECT 1 FROM poll_asked a WHERE a.poll_id = ? AND a.subscription_id = s.id) ORDER BY s.id LIMIT ?`,
		p.CommunityID, after, p.ID, limit)
	return all, err
}

// AskInPoll keeps that people are asked in a poll, and sends the mails, in one transaction. Who was asked by another daemon
// gets no second mail. Conflict where the poll was closed meanwhile.
func (db *DB) AskInPoll(ctx context.Context, now time.Time, p Poll, all []AskedMember) (asked int, err error) {
	packed := make([]packedRaw, len(all))
	for i, one := range all {
		packed[i] = packRaw(one.Notice.Raw)
	}
	err = db.durable.do(ctx, func(t *tx) error {
		asked = 0
		var state PollState
		if err := t.row("SELECT state FROM polls WHERE id = ?"+t.dialect.forKeyShare(), p.ID).Scan(&state); err != nil {
			return err
		}
		if state != PollOpen {
			return Errorf(Conflict, "this poll is closed")
		}
		for i, one := range all {
			n, err := t.exec(`INSERT INTO poll_asked (poll_id, subscription_id, token, asked_at, reminded, told) VALUES (?, ?, ?, ?, ?, ?)
				ON CONFLICT (poll_id, subscription_id) DO NOTHING`, p.ID, one.Subscription.ID, one.Token, micros(now), false, false)
			if err == nil && n > 0 {
				asked++
				err = t.sendNotice(now, one.Notice, packed[i])
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	return asked, err
}

// PollMark is what somebody who was asked has heard since, once.
type PollMark string

// What they hear.
const (
	PollReminded PollMark = "reminded" // that the poll closes soon, without their vote
	PollHeard    PollMark = "told"     // that it is closed
)

// PolledWithout returns members who were asked in a poll and have no mark yet, by subscription, at most limit: to be reminded
// are those who have not voted and still are active members.
func (db *DB) PolledWithout(ctx context.Context, pollID int64, mark PollMark, limit int) (all []AskedMember, err error) {
	where := ""
	if mark == PollReminded {
		where = ` AND s.state = 'active' AND NOT EXISTS (SELECT 1 FROM poll_votes v WHERE v.poll_id = a.poll_id AND v.subscription_id = a.subscription_id)`
	}
	err = db.query(ctx, func(row rowScanner) (err error) {
		var one AskedMember
		one.Subscription, err = scanSubscription(scannerWith{row, []any{&one.Token}})
		all = append(all, one)
		return err
	}, "SELECT "+subscriptionColumns+", a.token FROM poll_asked a JOIN subscriptions s ON s.id = a.subscription_id JOIN members m ON m.id = s.member_id "+
		"WHERE a.poll_id = ? AND NOT a."+string(mark)+where+" ORDER BY a.subscription_id LIMIT ?", pollID, limit)
	return all, err
}

// MarkPolled marks people and sends them mails, in one transaction; those who had the mark get none, nor those whose notice has
// no recipient.
func (db *DB) MarkPolled(ctx context.Context, now time.Time, pollID int64, mark PollMark, all []AskedMember) (sent int, err error) {
	err = db.durable.do(ctx, func(t *tx) error {
		sent = 0
		for _, one := range all {
			n, err := t.exec("UPDATE poll_asked SET "+string(mark)+" = ? WHERE poll_id = ? AND subscription_id = ? AND NOT "+string(mark),
				true, pollID, one.Subscription.ID)
			if err == nil && n > 0 && one.Notice.Recipient != "" {
				sent++
				err = t.sendNotice(now, one.Notice, packRaw(one.Notice.Raw))
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	return sent, err
}

// PollAsked counts who was asked in a poll, and who of them has voted.
func (db *DB) PollAsked(ctx context.Context, pollID int64) (asked, voted int, err error) {
	err = db.queryRow(ctx, "", func(row rowScanner) error { return row.Scan(&asked, &voted) },
		`SELECT (SELECT COUNT(*) FROM poll_asked WHERE poll_id = ?), (SELECT COUNT(DISTINCT subscription_id) FROM poll_votes WHERE poll_id = ?)`, pollID, pollID)
	return asked, voted, err
}
