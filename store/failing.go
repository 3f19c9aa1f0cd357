package store

import (
	"context"
	"time"
)

// DispatchFailures returns the failures of one message's copies, oldest first.
func (db *DB) DispatchFailures(ctx context.Context, dispatchID int64) (all []Failure, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		f, err := scanFailure(row)
		all = append(all, f)
		return err
	}, "SELECT "+failureColumns+" FROM failures WHERE dispatch_id = ? ORDER BY at, id", dispatchID)
	return all, err
}

// FailedEarlier returns on how many days before the first failure of one message's copies each address that failed then
// had failed; those that never had are left out.
func (db *DB) FailedEarlier(ctx context.Context, dispatchID int64) (days map[string]int, err error) {
	days = map[string]int{}
	err = db.query(ctx, func(row rowScanner) error {
		var address string
		var n int
		err := row.Scan(&address, &n)
		days[address] = n
		return err
	}, `SELECT address, COUNT(DISTINCT day) FROM failures WHERE address IN (SELECT address FROM failures WHERE dispatch_id = ?)
		AND day < (SELECT MIN(day) FROM failures WHERE dispatch_id = ?) GROUP BY address`, dispatchID, dispatchID)
	return days, err
}

// DispatchCopies counts the copies of a message, those given up left out: all, and those to each domain asked for.
// Complete is false while more are being made.
func (db *DB) DispatchCopies(ctx context.Context, dispatchID int64, domains []string) (all int, to map[string]int, complete bool, err error) {
	to = make(map[string]int, len(domains))
	for _, domain := range domains {
		to[domain] = 0
	}
	err = db.query(ctx, func(row rowScanner) error {
		var recipient string
		err := row.Scan(&recipient)
		all++
		if n, asked := to[domainOf(recipient)]; asked {
			to[domainOf(recipient)] = n + 1
		}
		return err
	}, "SELECT recipient FROM deliveries WHERE dispatch_id = ? AND +state <> 5", dispatchID)
	if err != nil {
		return 0, nil, false, err
	}
	var expanding bool
	err = db.query(ctx, func(row rowScanner) error { return row.Scan(&expanding) }, "SELECT expanding FROM dispatches WHERE id = ?", dispatchID)
	return all, to, !expanding, err
}

// SettleFailures decides about failures of one dispatch: some count, some are part of a mass failure. It takes the task
// that asked for it; done is false where another daemon was faster.
func (db *DB) SettleFailures(ctx context.Context, task Task, count, mass []int64) (done bool, err error) {
	err = db.durable.do(ctx, func(t *tx) error {
		done = false
		if n, err := t.takeTask(task, time.Time{}); err != nil || n != 1 {
			return err
		}
		for state, ids := range map[FailureState][]int64{Counted: count, InMass: mass} {
			if len(ids) == 0 {
				continue
			}
			if _, err := t.exec("UPDATE failures SET state = ? WHERE "+t.dialect.in("id"), int(state), t.dialect.idList(ids)); err != nil {
				return err
			}
		}
		done = true
		return nil
	})
	return done, err
}

// SubscriptionsAt returns the subscriptions whose mail goes to an address, in all communities.
func (db *DB) SubscriptionsAt(ctx context.Context, address string) (all []Subscription, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		s, err := scanSubscription(row)
		all = append(all, s)
		return err
	}, "SELECT "+subscriptionColumns+fromSubscriptions+"WHERE s.address = ? ORDER BY s.id", address)
	return all, err
}

// DeliveryOfPost returns the delivery of a post to a subscription, 0 where there is none (any more).
func (db *DB) DeliveryOfPost(ctx context.Context, postID, subscriptionID int64) (id int64, err error) {
	err = db.query(ctx, func(row rowScanner) error { return row.Scan(&id) },
		`SELECT d.id FROM dispatches s JOIN deliveries d ON d.dispatch_id = s.id
		WHERE s.post_id = ? AND +d.subscription_id = ? ORDER BY d.id LIMIT 1`, postID, subscriptionID)
	return id, err
}

// Suspend suspends an active subscription, lets next come, and sends what mails makes; what else was planned for it under
// the kinds of over is called off. Changed is false where it was not active.
func (db *DB) Suspend(ctx context.Context, by Actor, id int64, over []string, next *Task, mails func() ([]Notice, error)) (changed bool, err error) {
	return db.changeState(ctx, by, id, Active, Suspended, over, next, mails)
}

// Resume makes a suspended subscription active again; see Suspend.
func (db *DB) Resume(ctx context.Context, by Actor, id int64, over []string, mails func() ([]Notice, error)) (changed bool, err error) {
	return db.changeState(ctx, by, id, Suspended, Active, over, nil, mails)
}

func (db *DB) changeState(ctx context.Context, by Actor, id int64, from, to SubscriptionState, over []string, next *Task,
	mails func() ([]Notice, error)) (changed bool, err error) {
	err = db.durable.do(ctx, func(t *tx) error {
		changed = false
		before, err := t.subscriptionToChange(id)
		if err != nil {
			return err
		}
		for _, kind := range over {
			if err := t.cancelTask(kind, before.CommunityID, id); err != nil {
				return err
			}
		}
		if before.State != from {
			return nil
		}
		after := before
		after.State = to
		if err := t.updateSubscription(by, before, after); err != nil {
			return err
		}
		if next != nil {
			if err := t.schedule(*next); err != nil {
				return err
			}
		}
		changed = true
		if mails == nil {
			return nil
		}
		notices, err := mails()
		if err != nil {
			return err
		}
		return t.sendNotices(by.At, notices)
	})
	return changed, err
}

// SuspendedBy returns how a subscription that is suspended came to be so (Actor.Via of the journal), "" where it is not
// known.
func (db *DB) SuspendedBy(ctx context.Context, s Subscription) (via string, err error) {
	err = db.query(ctx, func(row rowScanner) error { return row.Scan(&via) },
		"SELECT via FROM journal WHERE member_id = ? AND community_id = ? AND action = 'suspend' ORDER BY id DESC LIMIT 1", s.MemberID, s.CommunityID)
	return via, err
}

// AgeFailures removes failures from before a time, and those of addresses that were sent something since the last one and
// have been quiet about it for so long: mail arrives there again. It returns how many are left.
func (db *DB) AgeFailures(ctx context.Context, now, before time.Time, quiet time.Duration) (left int, err error) {
	// What arrived is looked for outside of the transaction, since that reads all deliveries.
	well, err := db.arrivedSince(ctx, now.Add(-quiet))
	if err != nil {
		return 0, err
	}
	err = db.relaxed.do(ctx, func(t *tx) error {
		if _, err := t.exec("DELETE FROM failures WHERE day < ?", day(before)); err != nil {
			return err
		}
		for address, last := range well {
			if _, err := t.exec("DELETE FROM failures WHERE address = ? AND at <= ?", address, last); err != nil {
				return err
			}
		}
		return t.row("SELECT COUNT(*) FROM failures").Scan(&left)
	})
	return left, err
}

// arrivedSince returns the addresses that were sent something after their last failure and before a time, with the time
// of that failure.
func (db *DB) arrivedSince(ctx context.Context, until time.Time) (well map[string]int64, err error) {
	failed, address, ids := map[string]int64{}, map[int64]string{}, []int64{}
	err = db.query(ctx, func(row rowScanner) error {
		var id, last int64
		var at string
		err := row.Scan(&id, &at, &last)
		failed[at], address[id], ids = last, at, append(ids, id)
		return err
	}, `SELECT s.id, f.address, f.last FROM (SELECT address, MAX(at) AS last FROM failures GROUP BY address) f
		JOIN subscriptions s ON s.address = f.address WHERE f.last < ?`, micros(until))
	well = map[string]int64{}
	if err != nil || len(ids) == 0 {
		return well, err
	}
	err = db.query(ctx, func(row rowScanner) error {
		var id, sent int64
		err := row.Scan(&id, &sent)
		if at := address[id]; sent > failed[at] {
			well[at] = failed[at]
		}
		return err
	}, "SELECT subscription_id, MAX(updated_at) FROM deliveries WHERE state = 3 AND updated_at < ? AND "+db.dialect.in("subscription_id")+
		" GROUP BY subscription_id", micros(until), db.dialect.idList(ids))
	return well, err
}
