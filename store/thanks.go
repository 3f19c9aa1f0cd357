package store

import (
	"context"
	"time"
)

// Thanks are one member's to another; newsletters show them. They are kept as far as the bounds let them: see Thank.
type Thanks struct {
	ID          int64
	CommunityID int64
	From        int64 // member
	To          int64 // member
	Note        string
	At          time.Time
	PostID      int64     // that they stood in, 0 for none
	TellAt      time.Time // when who is thanked is to hear of it; zero for never. It is not kept: there is a task
}

// Bounds of what counts, in one community: thanks that are given by the dozen say nothing.
const (
	ThanksPairWithin = 7 * 24 * time.Hour // thanks of one member to another count once in it
	ThanksADay       = 5                  // thanks of one member, in 24 hours
)

// TaskThanks is the kind of task that tells somebody who thanked them; its object is the member.
const TaskThanks = "thanks"

// A ThanksOutcome says what became of thanks.
type ThanksOutcome string

// What can become of them.
const (
	ThanksKept    ThanksOutcome = "kept"
	ThanksAlready ThanksOutcome = "already" // they thanked the same member within ThanksPairWithin
	ThanksEnough  ThanksOutcome = "enough"  // they thanked ThanksADay others within a day
)

// Thank keeps thanks, unless they are beyond what counts. Nothing is kept then, and nobody is told. The error is Invalid for
// thanks to oneself.
func (db *DB) Thank(ctx context.Context, thanks Thanks) (outcome ThanksOutcome, err error) {
	err = db.durable.do(ctx, func(t *tx) (err error) {
		if err = t.lockArchive(thanks.CommunityID); err != nil {
			return err
		}
		outcome, err = t.thank(thanks)
		return err
	})
	return outcome, err
}

// thankIn keeps the thanks that stand in a post; the archive of its community is locked. What is beyond the bounds is left out.
func (t *tx) thankIn(a Arrival, postID int64) error {
	for _, one := range a.Thanks {
		one.CommunityID, one.From, one.At, one.PostID = a.CommunityID, a.MemberID, a.Now, postID
		if one.From == 0 || one.From == one.To {
			continue
		}
		if _, err := t.thank(one); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) thank(th Thanks) (ThanksOutcome, error) {
	if th.From == th.To {
		return "", Errorf(Invalid, "nobody thanks themselves")
	}
	var again, today int
	err := t.row(`SELECT COALESCE(SUM(CASE WHEN to_member = ? THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN at > ? THEN 1 ELSE 0 END), 0)
		FROM thanks WHERE from_member = ? AND community_id = ? AND at > ?`, th.To, micros(th.At.Add(-24*time.Hour)),
		th.From, th.CommunityID, micros(th.At.Add(-ThanksPairWithin))).Scan(&again, &today)
	switch {
	case err != nil:
		return "", err
	case again > 0:
		return ThanksAlready, nil
	case today >= ThanksADay:
		return ThanksEnough, nil
	}
	_, err = t.insert("INSERT INTO thanks (community_id, from_member, to_member, note, at, post_id, untold) VALUES (?, ?, ?, ?, ?, ?, ?)",
		th.CommunityID, th.From, th.To, text(th.Note), micros(th.At), th.PostID, !th.TellAt.IsZero())
	if err == nil && !th.TellAt.IsZero() {
		err = t.scheduleFirst(Task{Kind: TaskThanks, CommunityID: th.CommunityID, ObjectID: th.To, DueAt: th.TellAt})
	}
	return ThanksKept, err
}

const thanksColumns = "id, community_id, from_member, to_member, note, at, post_id"

func scanThanks(row rowScanner) (th Thanks, err error) {
	var at int64
	err = row.Scan(&th.ID, &th.CommunityID, &th.From, &th.To, &th.Note, &at, &th.PostID)
	th.At = fromMicros(at)
	return th, err
}

// ThanksSince returns the thanks of a community since a time, oldest first.
func (db *DB) ThanksSince(ctx context.Context, communityID int64, since time.Time) (all []Thanks, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		th, err := scanThanks(row)
		all = append(all, th)
		return err
	}, "SELECT "+thanksColumns+" FROM thanks WHERE community_id = ? AND at >= ? ORDER BY at, id", communityID, micros(since))
	return all, err
}

// UntoldThanks returns the thanks to a member that they have not heard of, oldest first.
func (db *DB) UntoldThanks(ctx context.Context, communityID, member int64) (all []Thanks, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		th, err := scanThanks(row)
		all = append(all, th)
		return err
	}, "SELECT "+thanksColumns+" FROM thanks WHERE to_member = ? AND community_id = ? AND untold ORDER BY at, id", member, communityID)
	return all, err
}

// TellThanks takes the task that a member is to be told of thanks, up to the last one, and sends the mails that do, if any, in
// one transaction. What came since is told another time, at next. Conflict where another daemon was faster.
func (db *DB) TellThanks(ctx context.Context, now time.Time, task Task, last int64, next time.Time, notices []Notice) error {
	return db.durable.do(ctx, func(t *tx) error {
		n, err := t.takeTask(task, time.Time{})
		if err != nil || n == 0 {
			return orConflict(err, "another daemon has told of these thanks")
		}
		if _, err := t.exec("UPDATE thanks SET untold = ? WHERE to_member = ? AND community_id = ? AND untold AND id <= ?",
			false, task.ObjectID, task.CommunityID, last); err != nil {
			return err
		}
		var more bool
		if err := t.row("SELECT EXISTS (SELECT 1 FROM thanks WHERE to_member = ? AND community_id = ? AND untold)", task.ObjectID, task.CommunityID).Scan(&more); err != nil {
			return err
		}
		if more {
			task.DueAt = next
			if err := t.schedule(task); err != nil {
				return err
			}
		}
		return t.sendNotices(now, notices)
	})
}
