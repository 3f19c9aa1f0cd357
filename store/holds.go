package store

import "context"

// HoldPost keeps a message for a facilitator to decide.
func (db *DB) HoldPost(ctx context.Context, a Arrival, reason string) (Acceptance, error) {
	raw, a := packRaw(a.Raw), a.bounded()
	var result Acceptance
	err := db.durable.do(ctx, func(t *tx) (err error) {
		if err = t.lockArchive(a.CommunityID); err != nil {
			return err
		}
		if result, err = t.known(a); err != nil || result.Duplicate {
			return err
		}
		rawID, err := t.keepRaw(raw)
		if err != nil {
			return err
		}
		result = Acceptance{}
		result.HoldID, err = t.insert(`INSERT INTO holds (community_id, raw_id, message_id, body_hash, sender, from_address,
			subject, reason, since, state, decided_by, decided_at, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', 0, '')`,
			a.CommunityID, rawID, a.MessageID, a.BodyHash, a.Sender, a.From, text(a.Subject), reason, micros(a.Now), Held)
		return err
	})
	return result, err
}

const holdColumns = `id, community_id, raw_id, message_id, sender, from_address, subject, reason, since, state, decided_by,
	decided_at, note`

func scanHold(row rowScanner) (h Hold, err error) {
	var since, decided int64
	err = row.Scan(&h.ID, &h.CommunityID, &h.RawID, &h.MessageID, &h.Sender, &h.From, &h.Subject, &h.Reason, &since, &h.State,
		&h.DecidedBy, &decided, &h.Note)
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
