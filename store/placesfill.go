package store

import (
	"context"
	"time"
)

// FillPlaces lets the time of offers run out, and offers the places that are free to those who wait, in their order. Claim
// says until when a place of the whole, or of a date, can be claimed; not ok is that it is too late. Changed is how many
// stand elsewhere now: they are to be told.
func (db *DB) FillPlaces(ctx context.Context, now time.Time, meetingID int64, claim func(occurrence string) (until time.Time, ok bool)) (changed int, err error) {
	err = db.durable.do(ctx, func(t *tx) error {
		r, err := t.enter(meetingID)
		if err != nil {
			return err
		}
		f := filling{t, r, claim, 0}
		err = f.fill(now)
		changed = f.changed
		return err
	})
	return changed, err
}

// A filling is one FillPlaces.
type filling struct {
	*tx
	room    room
	claim   func(occurrence string) (time.Time, bool)
	changed int
}

func (f *filling) fill(now time.Time) error {
	if err := f.endOffers(now); err != nil {
		return err
	}
	if f.room.capacity == 0 {
		return f.seatAll()
	}
	dates, err := f.datedPlaces(f.room)
	if err != nil {
		return err
	}
	for _, occurrence := range append([]string{""}, dates...) {
		if err := f.offer(occurrence); err != nil {
			return err
		}
	}
	return nil
}

// endOffers ends those that were not taken, and the places of people who are invited no more.
func (f *filling) endOffers(now time.Time) error {
	_, err := f.exec(`DELETE FROM places WHERE meeting_id = ? AND EXISTS (SELECT 1 FROM invitations i
		WHERE i.meeting_id = places.meeting_id AND i.subscription_id = places.subscription_id AND i.state <> 'invited')`, f.room.meetingID)
	if err != nil {
		return err
	}
	n, err := f.exec("UPDATE places SET state = 'lapsed', until_at = 0, told = FALSE WHERE meeting_id = ? AND state = 'offered' AND until_at <= ?",
		f.room.meetingID, micros(now))
	f.changed += int(n)
	return err
}

// seatAll is for a meeting that has room for all again.
func (f *filling) seatAll() error {
	n, err := f.exec("UPDATE places SET state = 'seated', until_at = 0, told = FALSE WHERE meeting_id = ? AND state IN ('waiting', 'offered')", f.room.meetingID)
	f.changed += int(n)
	return err
}

// offer offers the free places of the whole, or of a date.
func (f *filling) offer(occurrence string) error {
	until, ok := f.claim(occurrence)
	if !ok {
		return nil
	}
	for {
		p, found, err := f.firstWaiting(occurrence)
		if err != nil || !found {
			return err
		}
		taken, err := f.taken(f.room, p.SubscriptionID, occurrence)
		if err != nil || taken >= f.room.capacity {
			return err
		}
		p.Occurrence, p.State, p.Until, p.Told = occurrence, PlaceOffered, until, false
		if err := f.keepPlace(p); err != nil {
			return err
		}
		f.changed++
	}
}

// firstWaiting is who waits longest for the whole, or for a date: for that one, or for the whole without another word about it.
func (f *filling) firstWaiting(occurrence string) (p Place, found bool, err error) {
	p, err = scanPlace(f.row("SELECT "+placeColumns+` FROM places p WHERE p.meeting_id = ? AND p.state = 'waiting' AND (p.occurrence = ? OR p.occurrence = ''
		AND NOT EXISTS (SELECT 1 FROM places x WHERE x.meeting_id = p.meeting_id AND x.subscription_id = p.subscription_id AND x.occurrence = ?))
		ORDER BY p.position LIMIT 1`, f.room.meetingID, occurrence, occurrence))
	if isNoRows(err) {
		return p, false, nil
	}
	return p, err == nil, err
}

// AdoptPlaces gives a place to everybody who has said yes before a meeting had a capacity: nobody loses one by that.
func (db *DB) AdoptPlaces(ctx context.Context, meetingID int64) error {
	return db.durable.do(ctx, func(t *tx) error {
		r, err := t.enter(meetingID)
		if err != nil {
			return err
		}
		var all []RSVP
		err = t.query(func(row rowScanner) error {
			a, err := scanRSVP(row)
			all = append(all, a)
			return err
		}, "SELECT "+rsvpColumns+" FROM rsvps WHERE meeting_id = ? ORDER BY at, subscription_id, occurrence", meetingID)
		if err != nil {
			return err
		}
		everybody := room{r.meetingID, 0}
		for _, answer := range all {
			if err := t.seat(answer.At, everybody, answer, true); err != nil {
				return err
			}
		}
		return nil
	})
}

// GivePlace gives somebody who is invited a place, whether one is free or not: a facilitator's word. NotFound where they are
// not invited, Conflict where they have one.
func (db *DB) GivePlace(ctx context.Context, by Actor, m Meeting, s Subscription, occurrence string) error {
	return db.durable.do(ctx, func(t *tx) error {
		r, err := t.enter(m.ID)
		if err != nil {
			return err
		}
		var invited bool
		err = t.row("SELECT EXISTS (SELECT 1 FROM invitations WHERE meeting_id = ? AND subscription_id = ? AND state = 'invited')", m.ID, s.ID).Scan(&invited)
		if err == nil && !invited {
			err = Errorf(NotFound, "%s is not invited to this meeting", s.Address)
		}
		if err != nil {
			return err
		}
		p, found, err := t.place(r, s.ID, occurrence)
		switch {
		case err != nil:
			return err
		case found && p.State == PlaceSeated:
			return Errorf(Conflict, "%s has a place already", s.Address)
		case !found:
			if p.Position, err = t.nextPosition(r); err != nil {
				return err
			}
		}
		p.State, p.Until, p.Told = PlaceSeated, time.Time{}, false
		if err := t.keepPlace(p); err != nil {
			return err
		}
		return t.journal(by, entry{community: m.CommunityID, member: s.MemberID, action: "give place", after: m.UID})
	})
}

// MeetingsToSeat returns meetings that take place and in which somebody waits, was offered a place for too long, or does not
// know yet where they stand.
func (db *DB) MeetingsToSeat(ctx context.Context, now time.Time) (all []Meeting, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		m, err := scanMeeting(row)
		all = append(all, m)
		return err
	}, "SELECT "+meetingColumns+` FROM meetings m WHERE m.ends_at > ? AND m.state = 'confirmed'
		AND (EXISTS (SELECT 1 FROM places p WHERE p.meeting_id = m.id AND p.state = 'waiting')
			OR EXISTS (SELECT 1 FROM places p WHERE p.meeting_id = m.id AND p.state = 'offered' AND p.until_at <= ?)
			OR EXISTS (SELECT 1 FROM places p WHERE p.meeting_id = m.id AND NOT p.told)) ORDER BY m.id`, micros(now), micros(now))
	return all, err
}

// UntoldPlaces returns people who do not know yet where they stand in a meeting, in their order, at most limit.
func (db *DB) UntoldPlaces(ctx context.Context, meetingID int64, limit int) (all []Place, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		p, err := scanPlace(row)
		all = append(all, p)
		return err
	}, "SELECT "+placeColumns+" FROM places p WHERE p.meeting_id = ? AND NOT p.told ORDER BY p.position, p.occurrence LIMIT ?", meetingID, limit)
	return all, err
}

// A PlaceTelling is where somebody stands, and the mail that says so.
type PlaceTelling struct {
	Place  Place
	Notice Notice
}

// TellPlaces sends mails that say where people stand, in one transaction. Who stands elsewhere by now, or was told, gets none.
func (db *DB) TellPlaces(ctx context.Context, now time.Time, all []PlaceTelling) (told int, err error) {
	packed := make([]packedRaw, len(all))
	for i, one := range all {
		packed[i] = packRaw(one.Notice.Raw)
	}
	err = db.durable.do(ctx, func(t *tx) error {
		told = 0
		for i, one := range all {
			p := one.Place
			n, err := t.exec(`UPDATE places SET told = TRUE WHERE meeting_id = ? AND subscription_id = ? AND occurrence = ? AND state = ? AND position = ?
				AND until_at = ? AND NOT told`, p.MeetingID, p.SubscriptionID, p.Occurrence, p.State, p.Position, micros(p.Until))
			if err == nil && n > 0 {
				told++
				err = t.sendNotice(now, one.Notice, packed[i])
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	return told, err
}
