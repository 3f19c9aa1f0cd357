package store

import (
	"context"
	"time"
)

// A Holding is how a message is held.
type Holding struct {
	Reason   string                         // why; what it says is the caller's
	RemindAt time.Time                      // when a TaskHold is due; zero for none
	Mails    func(h Hold) ([]Notice, error) // what is sent with it; nil for nothing
}

// TaskHold is the kind of task that reminds of a hold, which is its object. It goes when the hold is decided.
const TaskHold = "hold"

// HoldPost keeps a message for a facilitator to decide, and sends the mails that ask, in one transaction.
func (db *DB) HoldPost(ctx context.Context, a Arrival, how Holding) (Acceptance, error) {
	raw, a := packArrival(a), a.bounded()
	var result Acceptance
	err := db.durable.do(ctx, func(t *tx) (err error) {
		if err = t.lockArchive(a.CommunityID); err != nil {
			return err
		}
		if result, err = t.known(a); err != nil || result.Duplicate {
			return err
		}
		result = Acceptance{}
		result.HoldID, err = t.holdPost(a, raw, how)
		return err
	})
	return result, err
}

func (t *tx) holdPost(a Arrival, raw packedRaw, how Holding) (id int64, err error) {
	h := Hold{CommunityID: a.CommunityID, MessageID: a.MessageID, Sender: a.Sender, From: a.From, Subject: text(a.Subject),
		BodyHash: a.BodyHash, Reason: how.Reason, Since: a.Now, State: Held}
	if h.RawID, err = t.keepRaw(raw); err != nil {
		return 0, err
	}
	h.ID, err = t.insert(`INSERT INTO holds (community_id, raw_id, message_id, body_hash, sender, from_address,
		subject, reason, since, state, decided_by, decided_at, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', 0, '')`,
		h.CommunityID, h.RawID, h.MessageID, h.BodyHash, h.Sender, h.From, h.Subject, h.Reason, micros(h.Since), h.State)
	if err != nil {
		return 0, err
	}
	if !how.RemindAt.IsZero() {
		task := Task{Kind: TaskHold, CommunityID: h.CommunityID, ObjectID: h.ID, DueAt: how.RemindAt}
		if err := t.schedule(task); err != nil {
			return 0, err
		}
	}
	if how.Mails == nil {
		return h.ID, nil
	}
	notices, err := how.Mails(h)
	if err != nil {
		return 0, err
	}
	return h.ID, t.sendNotices(a.Now, notices)
}

// ApproveHold posts what was held, as accepted now, and sends what is given with it. Conflict where the hold was
// decided before. That its Message-ID was used before does not matter: somebody has looked at it.
func (db *DB) ApproveHold(ctx context.Context, by Actor, id int64, a Arrival, notices []Notice) (result Acceptance, err error) {
	raw, a := packArrival(a), a.bounded()
	err = db.durable.do(ctx, func(t *tx) error {
		if err := t.lockArchive(a.CommunityID); err != nil {
			return err
		}
		if err := t.decideHold(by, id, Approved, ""); err != nil {
			return err
		}
		if result, err = t.acceptPost(a, raw); err != nil {
			return err
		}
		result.HoldID = id
		return t.sendNotices(by.At, notices)
	})
	return result, err
}

// EndHold ends a hold without a post: state is Rejected or Expired, note what the author is told. Conflict where it was
// decided before.
func (db *DB) EndHold(ctx context.Context, by Actor, id int64, state HoldState, note string, notices []Notice) error {
	return db.durable.do(ctx, func(t *tx) error {
		if err := t.decideHold(by, id, state, note); err != nil {
			return err
		}
		return t.sendNotices(by.At, notices)
	})
}

var holdActions = map[HoldState]string{Approved: "approve post", Rejected: "reject post", Expired: "expire post"}

// decideHold is who was first: one statement moves the hold out of Held.
func (t *tx) decideHold(by Actor, id int64, state HoldState, note string) error {
	var community int64
	var messageID string
	err := t.row(`UPDATE holds SET state = ?, decided_by = ?, decided_at = ?, note = ? WHERE id = ? AND state = 'held'
		RETURNING community_id, message_id`, state, by.Who, micros(by.At), text(note), id).Scan(&community, &messageID)
	if isNoRows(err) {
		return Errorf(Conflict, "the held post %d was decided already", id)
	}
	if err != nil {
		return err
	}
	if _, err := t.exec("DELETE FROM schedule WHERE kind = ? AND community_id = ? AND object_id = ?", TaskHold, community, id); err != nil {
		return err
	}
	return t.journal(by, entry{community: community, action: holdActions[state], before: messageID, after: text(note)})
}

const holdColumns = `id, community_id, raw_id, message_id, body_hash, sender, from_address, subject, reason, since, state, decided_by,
	decided_at, note`

func scanHold(row rowScanner) (h Hold, err error) {
	var since, decided int64
	err = row.Scan(&h.ID, &h.CommunityID, &h.RawID, &h.MessageID, &h.BodyHash, &h.Sender, &h.From, &h.Subject, &h.Reason, &since,
		&h.State, &h.DecidedBy, &decided, &h.Note)
	h.Since, h.DecidedAt = fromMicros(since), fromMicros(decided)
	return h, err
}

// Hold returns the hold with an ID.
func (db *DB) Hold(ctx context.Context, id int64) (h Hold, err error) {
	err = db.queryRow(ctx, "there is no such held post", func(row rowScanner) (err error) {
		h, err = scanHold(row)
		return err
	}, "SELECT "+holdColumns+" FROM holds WHERE id = ?", id)
	return h, err
}

// Holds returns the holds of a community in a state, oldest first.
func (db *DB) Holds(ctx context.Context, communityID int64, state HoldState) (all []Hold, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		h, err := scanHold(row)
		all = append(all, h)
		return err
	}, "SELECT "+holdColumns+" FROM holds WHERE community_id = ? AND state = ? ORDER BY since, id", communityID, state)
	return all, err
}

// HoldsExpired returns the holds of a community whose time ran out after a time, oldest first, at most 1,000.
func (db *DB) HoldsExpired(ctx context.Context, communityID int64, after time.Time) (all []Hold, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		h, err := scanHold(row)
		all = append(all, h)
		return err
	}, "SELECT "+holdColumns+" FROM holds WHERE community_id = ? AND state = 'expired' AND decided_at > ? ORDER BY since, id LIMIT 1000",
		communityID, micros(after))
	return all, err
}

// HeldFrom counts the posts of an author that wait in a community.
func (db *DB) HeldFrom(ctx context.Context, communityID int64, from string) (n int, err error) {
	err = db.queryRow(ctx, "", func(row rowScanner) error { return row.Scan(&n) },
		"SELECT COUNT(*) FROM holds WHERE community_id = ? AND state = 'held' AND from_address = ?", communityID, from)
	return n, err
}

// Undecided returns the communities where posts or requests to join wait for a facilitator.
func (db *DB) Undecided(ctx context.Context) (communities []int64, err error) {
	err = db.query(ctx, scanIDs(&communities), `SELECT community_id FROM holds WHERE state = 'held'
		UNION SELECT community_id FROM requests WHERE state = 'confirmed' ORDER BY 1`)
	return communities, err
}

// UndecidedRequests returns the requests to join that wait for a facilitator, oldest first.
func (db *DB) UndecidedRequests(ctx context.Context, communityID int64, limit int) (all []Request, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		r, err := scanRequest(row)
		all = append(all, r)
		return err
	}, "SELECT "+requestColumns+` FROM requests WHERE community_id = ? AND state = 'confirmed' AND kind IN ('join', 'invite')
		ORDER BY id LIMIT ?`, communityID, limit)
	return all, err
}

// RequestsExpired returns the requests to join that waited for a facilitator until their time ran out, after a time,
// oldest first, at most 1,000.
func (db *DB) RequestsExpired(ctx context.Context, communityID int64, after time.Time) (all []Request, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		r, err := scanRequest(row)
		all = append(all, r)
		return err
	}, "SELECT "+requestColumns+` FROM requests WHERE community_id = ? AND state = 'expired' AND kind IN ('join', 'invite')
		AND decided_by <> '' AND decided_at > ? ORDER BY id LIMIT 1000`, communityID, micros(after))
	return all, err
}
