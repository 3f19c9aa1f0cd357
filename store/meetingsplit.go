package store

import (
	"context"
	"slices"
	"time"
)

// SplitMeeting keeps a meeting as it is without its later dates, and a new one that has them. Answers go over as carry says,
// which is called with all of one person's; those of the first stay. Conflict where somebody else has changed the meeting
// since it was read.
func (db *DB) SplitMeeting(ctx context.Context, by Actor, first, later Meeting, carry func([]RSVP) []RSVP, plan func(Meeting) []Task) (Meeting, Meeting, error) {
	later.State, later.Actor, later.CreatedAt = MeetingConfirmed, by.Who, by.At
	err := db.durable.do(ctx, func(t *tx) (err error) {
		if first.ChangedAt, err = t.changeMeeting(by, first, plan); err != nil {
			return err
		}
		if later, err = t.addMeeting(by, later, plan); err != nil {
			return err
		}
		from, err := firstKeyOf(later)
		if err != nil {
			return err
		}
		if err := t.carryPlaces(first.ID, later.ID, from); err != nil {
			return err
		}
		if _, err := t.exec("UPDATE wishes SET meeting_id = ? WHERE meeting_id = ? AND occurrence >= ?", later.ID, first.ID, from); err != nil {
			return err
		}
		return t.carryRSVPs(first.ID, later.ID, carry)
	})
	if err == nil {
		first.Revision++
	}
	return first, later, err
}

// firstKeyOf is what the dates of a meeting have as RSVP.Occurrence at the earliest: its first may be at another hour of its day
// than before.
func firstKeyOf(m Meeting) (string, error) {
	zone, err := time.LoadLocation(m.Zone)
	s := m.Starts
	if err != nil {
		return "", err
	}
	return time.Date(s.Year(), s.Month(), s.Day(), 0, 0, 0, 0, zone).UTC().Format("20060102T150405Z"), nil
}

// carryPlaces lets everybody stand in the later meeting where they stood in the first: for the whole, and for its dates, which
// the first has no more. A place that was offered is offered anew: to claim it is an answer to the meeting that offers it.
func (t *tx) carryPlaces(from, to int64, first string) error {
	_, err := t.exec(`INSERT INTO places (meeting_id, subscription_id, occurrence, state, position, until_at, told)
		SELECT ?, subscription_id, occurrence, CASE WHEN state = 'offered' THEN 'waiting' ELSE state END, position, 0, told OR state = 'offered'
		FROM places WHERE meeting_id = ? AND (occurrence = '' OR occurrence >= ?)`, to, from, first)
	if err != nil {
		return err
	}
	_, err = t.exec("DELETE FROM places WHERE meeting_id = ? AND occurrence >= ?", from, first)
	return err
}

func (t *tx) carryRSVPs(from, to int64, carry func([]RSVP) []RSVP) error {
	var all, carried []RSVP
	err := t.query(func(row rowScanner) error {
		r, err := scanRSVP(row)
		all = append(all, r)
		return err
	}, "SELECT "+rsvpColumns+" FROM rsvps WHERE meeting_id = ? ORDER BY meeting_id, subscription_id, occurrence, later", from)
	if err != nil {
		return err
	}
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n].SubscriptionID == all[0].SubscriptionID {
			n++
		}
		carried, all = append(carried, carry(all[:n:n])...), all[n:]
	}
	for chunk := range slices.Chunk(carried, noticesAtOnce) {
		var args []any
		for _, r := range chunk {
			r.MeetingID = to
			args = append(args, r.values()...)
		}
		if _, err := t.exec("INSERT INTO rsvps ("+rsvpColumns+") VALUES "+tuples(tuple(rsvpWidth), len(chunk)), args...); err != nil {
			return err
		}
	}
	return nil
}
