package store

import "context"

// A Receipt is what became of a post's copies. Delivered, Waiting, Refused and InDoubt add up to Total.
type Receipt struct {
	Post      Post
	Expanding bool // more recipients are still to come
	Total     int
	Delivered int
	Waiting   int
	Refused   int        // for good, or given up
	InDoubt   int        // not delivered as far as is known, but the peer may have it
	Open      []QueueRow // those not delivered, by ID
}

// Receipt counts what became of a post's copies, and returns those that were not delivered, at most so many. NotFound
// where there is no such post, or its deliveries are not kept any more.
func (db *DB) Receipt(ctx context.Context, postID int64, most int) (r Receipt, err error) {
	if r.Post, err = db.Post(ctx, postID); err != nil {
		return r, err
	}
	dispatches := 0
	err = db.query(ctx, func(row rowScanner) error {
		var expanding bool
		err := row.Scan(&expanding)
		dispatches++
		r.Expanding = r.Expanding || expanding
		return err
	}, "SELECT expanding FROM dispatches WHERE post_id = ? AND kind = 'post'", postID)
	if err != nil {
		return r, err
	}
	if dispatches == 0 {
		return r, Errorf(NotFound, "what became of this post is not known any more: that is kept for a month")
	}
	if err = db.countReceipt(ctx, &r); err != nil {
		return r, err
	}
	r.Open, err = db.openDeliveries(ctx, postID, most)
	return r, err
}

const ofPost = `dispatch_id IN (SELECT id FROM dispatches WHERE post_id = ? AND kind = 'post')`

func (db *DB) countReceipt(ctx context.Context, r *Receipt) error {
	return db.query(ctx, func(row rowScanner) error {
		var state DeliveryState
		var doubt, n int
		err := row.Scan(&state, &doubt, &n)
		r.Total += n
		switch {
		case state == Sent:
			r.Delivered += n
		case doubt > 0:
			r.InDoubt += n
		case state == Failed || state == Dropped:
			r.Refused += n
		default:
			r.Waiting += n
		}
		return err
	}, `SELECT state, CASE WHEN in_doubt > 0 THEN 1 ELSE 0 END, COUNT(*) FROM deliveries WHERE `+ofPost+` GROUP BY 1, 2`, r.Post.ID)
}

func (db *DB) openDeliveries(ctx context.Context, postID int64, most int) (all []QueueRow, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		r, err := scanQueueRow(row)
		all = append(all, r)
		return err
	}, `SELECT id, dispatch_id, community_id, subscription_id, recipient, state, attempts, next_at, accepted_at, updated_at,
			in_doubt, reply, '', '', ''
		FROM deliveries WHERE state <> 3 AND `+ofPost+` ORDER BY id LIMIT ?`, postID, most)
	return all, err
}
