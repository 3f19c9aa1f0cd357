package store

import (
	"time"
)

// Pack makes a notice ready to be kept, which takes time; it is called outside of the transaction that sends it, and may be by
// several at once.
func (n *Notice) Pack() {
	packed := packRaw(n.Raw)
	n.packed = &packed
}

// pack is what is kept of a notice.
func (n *Notice) pack() packedRaw {
	if n.packed == nil {
		n.Pack()
	}
	return *n.packed
}

// noticesAtOnce is how many go into one statement.
const noticesAtOnce = 100

// sendMany sends notices as sendNotice does, in few statements. They must be of one community, and each another message.
func (t *tx) sendMany(now time.Time, all []Notice) error {
	if len(all) == 0 {
		return nil
	}
	rank, err := t.nextRank(all[0].CommunityID, string(DispatchNotice), int64(len(all)))
	if err != nil {
		return err
	}
	for len(all) > 0 {
		n := min(len(all), noticesAtOnce)
		if err := t.sendSome(now, all[:n], rank); err != nil {
			return err
		}
		all, rank = all[n:], rank+int64(n)
	}
	return nil
}

// sendSome sends notices with the ranks behind one.
func (t *tx) sendSome(now time.Time, all []Notice, rank int64) error {
	raws, err := t.keepRaws(all)
	if err != nil {
		return err
	}
	var args []any
	for i, n := range all {
		args = append(args, n.CommunityID, DispatchNotice, 0, raws[i], n.Sender, false, n.RequireTLS, micros(now), 0, false, n.Secret)
	}
	dispatches, err := t.idsBy("raw_id", `INSERT INTO dispatches (community_id, kind, post_id, raw_id, sender, rewrite_from, require_tls,
		accepted_at, expanded_to, expanding, secret) VALUES `+tuples(tuple(11), len(all)), args)
	if err != nil {
		return err
	}
	args = args[:0]
	for i, n := range all {
		args = append(args, dispatches[raws[i]], n.CommunityID, n.SubscriptionID, n.Recipient, 0, rank+int64(i)+1, 0, 0, micros(now), 0, micros(now), 0, "")
	}
	_, err = t.exec(`INSERT INTO deliveries (dispatch_id, community_id, subscription_id, recipient, state, rank, worker, attempts,
		accepted_at, next_at, updated_at, in_doubt, reply) VALUES `+tuples(tuple(13), len(all)), args...)
	return err
}

// idsBy runs an INSERT of several rows and returns their IDs by a column of theirs, each of which must be another.
func (t *tx) idsBy(column, statement string, args []any) (ids map[int64]int64, err error) {
	ids = map[int64]int64{}
	err = t.query(func(row rowScanner) error {
		var id, by int64
		err := row.Scan(&id, &by)
		ids[by] = id
		return err
	}, statement+" RETURNING id, "+column, args...)
	return ids, err
}

// keepRaws keeps the messages of notices and returns their IDs, in the same order.
func (t *tx) keepRaws(all []Notice) (ids []int64, err error) {
	var args []any
	for i := range all {
		p := all[i].pack()
		args = append(args, p.hash[:], p.size, nil, 0, p.kept, p.data)
	}
	known := map[string]int64{}
	err = t.query(func(row rowScanner) error {
		var id int64
		var hash []byte
		err := row.Scan(&id, &hash)
		known[string(hash)] = id
		return err
	}, "INSERT INTO raw_messages (hash, size, bundle_id, place, kept, data) VALUES "+tuples(tuple(6), len(all))+
		" ON CONFLICT (hash) DO NOTHING RETURNING id, hash", args...)
	for i := 0; i < len(all) && err == nil; i++ {
		p := all[i].pack()
		id, ok := known[string(p.hash[:])]
		if !ok { // it is kept already
			id, err = t.keepRaw(p)
		}
		ids = append(ids, id)
	}
	return ids, err
}
