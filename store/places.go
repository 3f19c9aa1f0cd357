package store

import (
	"context"
	"encoding/json"
	"time"
)

// A Place is where somebody stands who said yes to a meeting that has room for so many: to the whole of it, or to one date,
// which counts above the whole. It is made by the answer, and ends with it; who came in first has the lower position.
//
//	yes, and there is room ──▶ seated
//	yes, and there is none ──▶ waiting ──a place gets free──▶ offered ──yes, or a claim──▶ seated
//	                              ▲                              │ its time is over
//	                              └──────────────yes────────── lapsed
//
// An answer to a date and all later ones is one to the whole, as far as places go.
type Place struct {
	MeetingID      int64
	SubscriptionID int64
	Occurrence     string // as RSVP.Occurrence
	State          PlaceState
	Position       int64
	Until          time.Time // of an offer
	Told           bool      // they know
}

// PlaceState is where somebody stands.
type PlaceState string

// The states of a place.
const (
	PlaceSeated  PlaceState = "seated"
	PlaceWaiting PlaceState = "waiting"
	PlaceOffered PlaceState = "offered"
	PlaceLapsed  PlaceState = "lapsed"
	PlaceAbsent  PlaceState = "absent" // who comes to the whole does not come to this date
)

const placeColumns = "p.meeting_id, p.subscription_id, p.occurrence, p.state, p.position, p.until_at, p.told"

func scanPlace(row rowScanner) (p Place, err error) {
	var until int64
	err = row.Scan(&p.MeetingID, &p.SubscriptionID, &p.Occurrence, &p.State, &p.Position, &until, &p.Told)
	p.Until = fromMicros(until)
	return p, err
}

// Places returns where people stand in a meeting with a capacity, in their order: one subscriber, or for 0 all.
func (db *DB) Places(ctx context.Context, meetingID, subscriptionID int64) (all []Place, err error) {
	where, args := "", []any{meetingID}
	if subscriptionID != 0 {
		where, args = " AND p.subscription_id = ?", append(args, subscriptionID)
	}
	err = db.query(ctx, func(row rowScanner) error {
		p, err := scanPlace(row)
		all = append(all, p)
		return err
	}, "SELECT "+placeColumns+" FROM places p WHERE p.meeting_id = ?"+where+" ORDER BY p.position, p.occurrence", args...)
	return all, err
}

// PlaceInLine is the how manieth of those who wait for the same somebody is, from 1; 0 for who does not wait.
func (db *DB) PlaceInLine(ctx context.Context, p Place) (n int, err error) {
	if p.State != PlaceWaiting {
		return 0, nil
	}
	err = db.queryRow(ctx, "", func(row rowScanner) error { return row.Scan(&n) },
		"SELECT COUNT(*) FROM places WHERE meeting_id = ? AND state = 'waiting' AND occurrence = ? AND position <= ?", p.MeetingID, p.Occurrence, p.Position)
	return n, err
}

// A room is what a transaction knows of a meeting that has places.
type room struct {
	meetingID int64
	capacity  int // 0 for no limit
}

// enter lets one transaction at a time give the places of a meeting.
func (t *tx) enter(meetingID int64) (r room, err error) {
	var settings string
	err = t.row("SELECT settings FROM meetings WHERE id = ?"+t.dialect.oneAtATime(), meetingID).Scan(&settings)
	if isNoRows(err) {
		return r, errNoMeeting()
	}
	if err != nil {
		return r, err
	}
	var s MeetingSettings
	err = json.Unmarshal([]byte(settings), &s)
	return room{meetingID, s.Capacity}, err
}

// taken is how many places of the whole, or of a date, are seated or offered, as far as somebody wants to know who does not
// have one of them.
func (t *tx) taken(r room, subscriptionID int64, occurrence string) (n int, err error) {
	if occurrence == "" {
		return t.takenInAll(r, subscriptionID)
	}
	return t.takenOn(r, occurrence)
}

// takenOn is how many come to a date: for that one, or for the whole without another word about it.
func (t *tx) takenOn(r room, occurrence string) (n int, err error) {
	err = t.row(`SELECT COUNT(*) FROM places p WHERE p.meeting_id = ? AND p.state IN ('seated', 'offered') AND (p.occurrence = ? OR p.occurrence = ''
		AND NOT EXISTS (SELECT 1 FROM places x WHERE x.meeting_id = p.meeting_id AND x.subscription_id = p.subscription_id AND x.occurrence = ?))`,
		r.meetingID, occurrence, occurrence).Scan(&n)
	return n, err
}

// takenInAll is how many places are taken on the fullest date of those on which somebody does not stand elsewhere anyhow.
func (t *tx) takenInAll(r room, subscriptionID int64) (most int, err error) {
	if err := t.row("SELECT COUNT(*) FROM places WHERE meeting_id = ? AND state IN ('seated', 'offered') AND occurrence = ''", r.meetingID).Scan(&most); err != nil {
		return 0, err
	}
	dates, err := t.datedPlaces(r)
	if err != nil {
		return 0, err
	}
	for _, date := range dates {
		_, elsewhere, err := t.place(r, subscriptionID, date)
		if err != nil {
			return 0, err
		}
		if elsewhere {
			continue
		}
		n, err := t.takenOn(r, date)
		if err != nil {
			return 0, err
		}
		most = max(most, n)
	}
	return most, nil
}

// datedPlaces are the dates for which somebody stands elsewhere than for the whole.
func (t *tx) datedPlaces(r room) (dates []string, err error) {
	err = t.query(func(row rowScanner) error {
		var date string
		err := row.Scan(&date)
		dates = append(dates, date)
		return err
	}, "SELECT DISTINCT occurrence FROM places WHERE meeting_id = ? AND occurrence <> '' ORDER BY occurrence", r.meetingID)
	return dates, err
}

// hasRoom says whether somebody new gets a place: one is free, and nobody waits for it.
func (t *tx) hasRoom(r room, subscriptionID int64, occurrence string) (bool, error) {
	if r.capacity == 0 {
		return true, nil
	}
	var waiting bool
	err := t.row("SELECT EXISTS (SELECT 1 FROM places WHERE meeting_id = ? AND state = 'waiting' AND (? = '' OR occurrence IN ('', ?)))",
		r.meetingID, occurrence, occurrence).Scan(&waiting)
	if err != nil || waiting {
		return false, err
	}
	n, err := t.taken(r, subscriptionID, occurrence)
	return n < r.capacity, err
}

func (t *tx) place(r room, subscriptionID int64, occurrence string) (p Place, found bool, err error) {
	p, err = scanPlace(t.row("SELECT "+placeColumns+" FROM places p WHERE p.meeting_id = ? AND p.subscription_id = ? AND p.occurrence = ?",
		r.meetingID, subscriptionID, occurrence))
	if isNoRows(err) {
		return Place{MeetingID: r.meetingID, SubscriptionID: subscriptionID, Occurrence: occurrence}, false, nil
	}
	return p, err == nil, err
}

func (t *tx) keepPlace(p Place) error {
	_, err := t.exec(`INSERT INTO places (meeting_id, subscription_id, occurrence, state, position, until_at, told) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (meeting_id, subscription_id, occurrence) DO UPDATE SET state = excluded.state, position = excluded.position, until_at = excluded.until_at,
			told = excluded.told`,
		p.MeetingID, p.SubscriptionID, p.Occurrence, p.State, p.Position, micros(p.Until), p.Told)
	return err
}

func (t *tx) nextPosition(r room) (n int64, err error) {
	err = t.row("SELECT COALESCE(MAX(position), 0) + 1 FROM places WHERE meeting_id = ?", r.meetingID).Scan(&n)
	return n, err
}

// seat gives somebody the place that their answer asks for, or a place in the line. A place that gets free is not given to
// anybody yet: see FillPlaces. Told says that whoever has a place at once need not hear that.
func (t *tx) seat(now time.Time, r room, answer RSVP, told bool) error {
	occurrence := answer.Occurrence
	if answer.Later {
		occurrence = ""
	}
	p, found, err := t.place(r, answer.SubscriptionID, occurrence)
	if err != nil {
		return err
	}
	if answer.Answer != Accepted {
		return t.standUp(r, p)
	}
	if occurrence == "" {
		if err := t.claimDates(now, r, p.SubscriptionID, told); err != nil {
			return err
		}
	}
	switch {
	case found && (p.State == PlaceSeated || p.State == PlaceWaiting):
		return nil
	case found && p.State == PlaceOffered && now.Before(p.Until):
		p.State, p.Until, p.Told = PlaceSeated, time.Time{}, told
		return t.keepPlace(p)
	case !found && occurrence != "":
		whole, seated, err := t.place(r, answer.SubscriptionID, "")
		if err != nil || seated && whole.State == PlaceSeated {
			return err
		}
	}
	return t.sitDown(r, p, told)
}

// claimDates takes the offers of single dates of somebody who says yes to the whole.
func (t *tx) claimDates(now time.Time, r room, subscriptionID int64, told bool) error {
	_, err := t.exec(`UPDATE places SET state = 'seated', until_at = 0, told = ? WHERE meeting_id = ? AND subscription_id = ? AND occurrence <> ''
		AND state = 'offered' AND until_at > ?`, told, r.meetingID, subscriptionID, micros(now))
	return err
}

// sitDown is for who comes in.
func (t *tx) sitDown(r room, p Place, told bool) error {
	free, err := t.hasRoom(r, p.SubscriptionID, p.Occurrence)
	if err != nil {
		return err
	}
	if p.Position, err = t.nextPosition(r); err != nil {
		return err
	}
	p.State, p.Until, p.Told = PlaceWaiting, time.Time{}, false
	if free {
		p.State, p.Told = PlaceSeated, told
	}
	return t.keepPlace(p)
}

// standUp is for who does not come: to the whole, or to a date of it, to which they else would come.
func (t *tx) standUp(r room, p Place) error {
	if p.Occurrence != "" {
		whole, comes, err := t.place(r, p.SubscriptionID, "")
		if err != nil {
			return err
		}
		if comes {
			p.State, p.Position, p.Until, p.Told = PlaceAbsent, whole.Position, time.Time{}, true
			return t.keepPlace(p)
		}
	}
	_, err := t.exec("DELETE FROM places WHERE meeting_id = ? AND subscription_id = ? AND occurrence = ?", p.MeetingID, p.SubscriptionID, p.Occurrence)
	return err
}
