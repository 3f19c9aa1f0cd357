package store

import (
	"context"
	"encoding/json"
	"strings"
	"time"
)

// An RSVP is somebody's answer to an invitation: for a whole meeting, for one date of it, or for that one and all later
// ones. The last one counts (RFC 5546 2.1.5); the invitation that it answered may be an older one.
type RSVP struct {
	MeetingID      int64
	SubscriptionID int64
	Occurrence     string // as itip.Time.Key has it; "" for the whole
	Later          bool   // and all later dates
	Answer         RSVPAnswer
	Comment        string
	Source         string // "page", "text <ID>", "calendar <ID>" with the Message-ID
	At             time.Time
	Sequence       int       // of what was answered
	Stamp          time.Time // when it was given, by the clock of who gave it
	Stale          bool      // the meeting has changed since
	Delegate       string    // the address of who comes instead, with Declined; "" for nobody
}

// RSVPAnswer is what somebody answered.
type RSVPAnswer string

// The answers.
const (
	Accepted  RSVPAnswer = "accepted"
	Tentative RSVPAnswer = "tentative"
	Declined  RSVPAnswer = "declined"
	// Placeless is nobody's answer: it is what a yes comes to where all places are taken.
	Placeless RSVPAnswer = "waiting"
)

const rsvpColumns = "meeting_id, subscription_id, occurrence, later, answer, comment, source, at, sequence, stamp, stale, delegate"

const rsvpWidth = 12 // columns

func scanRSVP(row rowScanner) (r RSVP, err error) {
	var at, stamp int64
	err = row.Scan(&r.MeetingID, &r.SubscriptionID, &r.Occurrence, &r.Later, &r.Answer, &r.Comment, &r.Source, &at, &r.Sequence, &stamp, &r.Stale, &r.Delegate)
	r.At, r.Stamp = fromMicros(at), fromMicros(stamp)
	return r, err
}

// RSVPs returns the answers to a meeting: of a subscriber, or for 0 of all.
func (db *DB) RSVPs(ctx context.Context, meetingID, subscriptionID int64) (all []RSVP, err error) {
	where, args := "", []any{meetingID}
	if subscriptionID != 0 {
		where, args = " AND subscription_id = ?", append(args, subscriptionID)
	}
	err = db.query(ctx, func(row rowScanner) error {
		r, err := scanRSVP(row)
		all = append(all, r)
		return err
	}, "SELECT "+rsvpColumns+" FROM rsvps WHERE meeting_id = ?"+where+" ORDER BY meeting_id, subscription_id, occurrence, later", args...)
	return all, err
}

// RSVPsOf returns the answers of a subscriber to all meetings.
func (db *DB) RSVPsOf(ctx context.Context, subscriptionID int64) (all []RSVP, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		r, err := scanRSVP(row)
		all = append(all, r)
		return err
	}, "SELECT "+rsvpColumns+" FROM rsvps WHERE subscription_id = ? ORDER BY meeting_id, occurrence, later", subscriptionID)
	return all, err
}

// RSVPsBetween returns the answers to a meeting of the subscribers from the first to the last.
func (db *DB) RSVPsBetween(ctx context.Context, meetingID, first, last int64) (all []RSVP, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		r, err := scanRSVP(row)
		all = append(all, r)
		return err
	}, "SELECT "+rsvpColumns+` FROM rsvps WHERE meeting_id = ? AND subscription_id BETWEEN ? AND ?
		ORDER BY meeting_id, subscription_id, occurrence, later`, meetingID, first, last)
	return all, err
}

// RecordRSVPs keeps answers of one subscriber, and sends what is given with it. Of two to the same date that which newer
// prefers stays; it is called with what is there and what came. Changed is how many were new. NotFound where they are not
// invited any more.
func (db *DB) RecordRSVPs(ctx context.Context, now time.Time, i Invitation, all []RSVP, newer func(have, got RSVP) bool,
	notices []Notice) (changed int, err error) {
	err = db.durable.do(ctx, func(t *tx) error {
		changed = 0
		if err := t.lockInvitation(i); err != nil {
			return err
		}
		for _, r := range all {
			r.MeetingID, r.SubscriptionID = i.MeetingID, i.Subscription.ID
			kept, err := t.recordRSVP(r, newer)
			if err != nil {
				return err
			}
			if !kept {
				continue
			}
			changed++
			if err := t.seatAnswer(now, r); err != nil {
				return err
			}
		}
		return t.sendNotices(now, notices)
	})
	return changed, err
}

// seatAnswer gives places where there are not any number of them. Who answered in words hears of theirs in any case.
func (t *tx) seatAnswer(now time.Time, r RSVP) error {
	var settings string
	if err := t.row("SELECT settings FROM meetings WHERE id = ?", r.MeetingID).Scan(&settings); err != nil {
		return err
	}
	var s MeetingSettings
	if err := json.Unmarshal([]byte(settings), &s); err != nil || s.Capacity == 0 {
		return err
	}
	here, err := t.enter(r.MeetingID)
	if err != nil {
		return err
	}
	return t.seat(now, here, r, !strings.HasPrefix(r.Source, "text"))
}

func (t *tx) recordRSVP(r RSVP, newer func(have, got RSVP) bool) (kept bool, err error) {
	have, err := scanRSVP(t.row("SELECT "+rsvpColumns+" FROM rsvps WHERE meeting_id = ? AND subscription_id = ? AND occurrence = ? AND later = ?",
		r.MeetingID, r.SubscriptionID, r.Occurrence, r.Later))
	switch {
	case err == nil && !newer(have, r):
		return false, nil
	case err != nil && !isNoRows(err):
		return false, err
	}
	_, err = t.exec("INSERT INTO rsvps ("+rsvpColumns+") VALUES "+tuple(rsvpWidth)+`
		ON CONFLICT (meeting_id, subscription_id, occurrence, later) DO UPDATE SET answer = excluded.answer, comment = excluded.comment,
			source = excluded.source, at = excluded.at, sequence = excluded.sequence, stamp = excluded.stamp, stale = excluded.stale,
			delegate = excluded.delegate`,
		r.values()...)
	return err == nil, err
}

// values are those of rsvpColumns.
func (r RSVP) values() []any {
	return []any{r.MeetingID, r.SubscriptionID, r.Occurrence, r.Later, r.Answer, text(r.Comment), text(r.Source), micros(r.At), r.Sequence,
		micros(r.Stamp), r.Stale, text(r.Delegate)}
}

// lockInvitation lets the answers of one person come one after the other, also where there is none yet.
func (t *tx) lockInvitation(i Invitation) error {
	var state InvitationState
	err := t.row("SELECT state FROM invitations WHERE meeting_id = ? AND subscription_id = ?"+t.dialect.forUpdate(),
		i.MeetingID, i.Subscription.ID).Scan(&state)
	if isNoRows(err) || err == nil && state != Invited {
		return Errorf(NotFound, "they are not invited to this meeting")
	}
	return err
}

// ForgetRSVPs removes what a message answered for somebody who says that it was not theirs.
func (db *DB) ForgetRSVPs(ctx context.Context, meetingID, subscriptionID int64, source string) error {
	return db.durable.do(ctx, func(t *tx) error {
		_, err := t.exec(`DELETE FROM places WHERE meeting_id = ? AND subscription_id = ? AND occurrence IN (SELECT r.occurrence FROM rsvps r
			WHERE r.meeting_id = ? AND r.subscription_id = ? AND r.source = ?)`, meetingID, subscriptionID, meetingID, subscriptionID, text(source))
		if err == nil {
			_, err = t.exec("DELETE FROM rsvps WHERE meeting_id = ? AND subscription_id = ? AND source = ?", meetingID, subscriptionID, text(source))
		}
		return err
	})
}
