package store

import (
	"context"
	"time"
)

// wantsNewsletter are the subscriptions of a community that get its newsletter: members who get posts in some way, and those
// who want nothing else, without those who do not want it. Who is on vacation misses it.
const wantsNewsletter = `s.community_id = ? AND s.id > ? AND s.state = 'active' AND s.newsletter <> 'off'
	AND (s.delivery <> 'none' OR s.newsletter = 'only') AND s.vacation_until <= ?`

// NewsletterReaders returns who gets a newsletter at a time, by subscription behind one, at most limit.
func (db *DB) NewsletterReaders(ctx context.Context, communityID, after int64, now time.Time, limit int) (all []Subscription, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		s, err := scanSubscription(row)
		all = append(all, s)
		return err
	}, "SELECT "+subscriptionColumns+fromSubscriptions+"WHERE "+wantsNewsletter+" ORDER BY s.id LIMIT ?", communityID, after, micros(now), limit)
	return all, err
}

// CountNewsletterReaders returns how many get a newsletter at a time.
func (db *DB) CountNewsletterReaders(ctx context.Context, communityID int64, now time.Time) (n int, err error) {
	err = db.queryRow(ctx, "there is no such community", func(row rowScanner) error { return row.Scan(&n) },
		"SELECT COUNT(*) FROM subscriptions s WHERE "+wantsNewsletter, communityID, 0, micros(now))
	return n, err
}

// StartNewsletter puts an issue on its way: from now on it is not changed any more. n is what is to be sent; Conflict where
// it was changed or decided on since.
func (db *DB) StartNewsletter(ctx context.Context, by Actor, n Newsletter) (Newsletter, error) {
	err := db.durable.do(ctx, func(t *tx) error {
		now, err := t.newsletterToDecide(n.ID, n.Revision)
		if err != nil || now.State != n.State {
			return orConflict(err, "this issue is %s already", now.State)
		}
		n = now
		n.State = NewsletterSending
		if _, err := t.exec("UPDATE newsletters SET state = ? WHERE id = ?", n.State, n.ID); err != nil {
			return err
		}
		return t.journal(by, entry{community: n.CommunityID, action: "send newsletter", after: n.PlannedAt.Format(time.RFC3339)})
	})
	return n, err
}

// SendNewsletter queues the copies of the readers behind n.SentTo up to a subscription, and keeps how far it got, in one
// transaction, so that each reader has one copy whatever happens in between. Conflict where another daemon has done so.
func (db *DB) SendNewsletter(ctx context.Context, now time.Time, n Newsletter, upTo int64, notices []Notice) (Newsletter, error) {
	packed := make([]packedRaw, len(notices))
	for i, one := range notices {
		packed[i] = packRaw(one.Raw)
	}
	err := db.durable.do(ctx, func(t *tx) error {
		done, err := t.exec("UPDATE newsletters SET sent_to = ?, readers = readers + ? WHERE id = ? AND state = 'sending' AND sent_to = ?",
			upTo, len(notices), n.ID, n.SentTo)
		if err != nil || done == 0 {
			return orConflict(err, "another daemon is sending this issue")
		}
		for i, one := range notices {
			if err := t.sendNotice(now, one, packed[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		n.SentTo, n.Readers = upTo, n.Readers+len(notices)
	}
	return n, err
}

// FinishNewsletter files an issue into the archive, once every reader's copy is queued, as a post that is sent to nobody
// and is part of no measure. Conflict where another daemon has done so.
func (db *DB) FinishNewsletter(ctx context.Context, now time.Time, n Newsletter, a Arrival) (Newsletter, error) {
	raw, a := packArrival(a), a.bounded()
	err := db.durable.do(ctx, func(t *tx) error {
		if err := t.lockArchive(a.CommunityID); err != nil {
			return err
		}
		done, err := t.exec("UPDATE newsletters SET state = 'sent', sent_at = ? WHERE id = ? AND state = 'sending' AND sent_to = ?", micros(now), n.ID, n.SentTo)
		if err != nil || done == 0 {
			return orConflict(err, "another daemon has sent this issue")
		}
		filed, err := t.fileNewsletter(a, raw)
		if err != nil {
			return err
		}
		n.State, n.SentAt, n.PostID, n.ThreadID = NewsletterSent, now, filed.PostID, filed.ThreadID
		if _, err := t.exec("UPDATE newsletters SET post_id = ?, thread_id = ? WHERE id = ?", n.PostID, n.ThreadID, n.ID); err != nil {
			return err
		}
		return t.endNewsletterTasks(n.CommunityID, n.ID)
	})
	return n, err
}

// fileNewsletter makes a post of an issue.
func (t *tx) fileNewsletter(a Arrival, raw packedRaw) (filed Acceptance, err error) {
	position, err := t.position(a.CommunityID, postDate(a))
	if err != nil {
		return filed, err
	}
	rawID, err := t.keepRaw(raw)
	if err != nil {
		return filed, err
	}
	if filed, err = t.filePost(a, rawID, position, raw.size, false); err != nil {
		return filed, err
	}
	if _, err := t.exec("UPDATE posts SET kind = ? WHERE id = ?", postNewsletter, filed.PostID); err != nil {
		return filed, err
	}
	return filed, t.index(position, a.Text)
}
