package store

import (
	"context"
	"slices"
	"time"
)

// An Invitation is what somebody was last told of a meeting. It is made when they are invited, follows the meeting's
// changes, and ends with it, or when they leave the community; who comes back is invited again.
type Invitation struct {
	MeetingID    int64
	Token        string // of the ticket at which answers come back; stays the same
	State        InvitationState
	Sequence     int // of the meeting, when it was last sent
	Revision     int // of the meeting, likewise
	SentAt       time.Time
	Subscription Subscription // as it is now
}

// InvitationState says what was last sent.
type InvitationState string

// The states of an invitation.
const (
	Invited   InvitationState = "invited"
	Uninvited InvitationState = "cancelled"
)

const invitationColumns = subscriptionColumns + ", i.meeting_id, i.token, i.state, i.sequence, i.revision, i.sent_at"

const fromInvitations = " FROM invitations i JOIN subscriptions s ON s.id = i.subscription_id JOIN members m ON m.id = s.member_id "

func scanInvitation(row rowScanner) (i Invitation, err error) {
	var sent int64
	i.Subscription, err = scanSubscription(scannerWith{row, []any{&i.MeetingID, &i.Token, &i.State, &i.Sequence, &i.Revision, &sent}})
	i.SentAt = fromMicros(sent)
	return i, err
}

// scannerWith scans further columns of a row into more.
type scannerWith struct {
	row  rowScanner
	more []any
}

// Scan implements rowScanner.
func (s scannerWith) Scan(dest ...any) error { return s.row.Scan(append(dest, s.more...)...) }

// Invitation returns what a subscriber was told of a meeting.
func (db *DB) Invitation(ctx context.Context, meetingID, subscriptionID int64) (i Invitation, err error) {
	err = db.queryRow(ctx, "they are not invited to this meeting", func(row rowScanner) (err error) {
		i, err = scanInvitation(row)
		return err
	}, "SELECT "+invitationColumns+fromInvitations+"WHERE i.meeting_id = ? AND i.subscription_id = ?", meetingID, subscriptionID)
	return i, err
}

// Invitations returns those of a meeting by subscription behind one, at most limit.
func (db *DB) Invitations(ctx context.Context, meetingID, after int64, limit int) ([]Invitation, error) {
	return db.invitations(ctx, "WHERE i.meeting_id = ? AND i.subscription_id > ? ORDER BY i.subscription_id LIMIT ?", meetingID, after, limit)
}

// Invited is how many people are invited to a meeting.
func (db *DB) Invited(ctx context.Context, meetingID int64) (n int, err error) {
	err = db.queryRow(ctx, "", func(row rowScanner) error { return row.Scan(&n) },
		"SELECT COUNT(*) FROM invitations WHERE meeting_id = ? AND state = 'invited'", meetingID)
	return n, err
}

// InvitationsOf returns what a subscriber was last told of each meeting, by the meeting's ID.
func (db *DB) InvitationsOf(ctx context.Context, subscriptionID int64) (states map[int64]InvitationState, err error) {
	states = map[int64]InvitationState{}
	err = db.query(ctx, func(row rowScanner) error {
		var id int64
		var state InvitationState
		err := row.Scan(&id, &state)
		states[id] = state
		return err
	}, "SELECT meeting_id, state FROM invitations WHERE subscription_id = ?", subscriptionID)
	return states, err
}

// Outdated returns invitations of people who must hear: the meeting has changed or was cancelled since, or they do not belong
// to its audience any more, or are no members. Those to whom mail fails hear when it does not any more.
func (db *DB) Outdated(ctx context.Context, m Meeting, limit int) ([]Invitation, error) {
	belongs, args := m.Settings.Audience.condition(db.dialect)
	return db.invitations(ctx, `WHERE i.meeting_id = ? AND i.state = 'invited'
		AND (i.sequence < ? AND s.state <> 'suspended' OR s.state IN ('left', 'removed', 'banned') OR NOT `+belongs+`)
		ORDER BY i.subscription_id LIMIT ?`, append(append([]any{m.ID, m.Sequence}, args...), limit)...)
}

func (db *DB) invitations(ctx context.Context, where string, args ...any) (all []Invitation, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		i, err := scanInvitation(row)
		all = append(all, i)
		return err
	}, "SELECT "+invitationColumns+fromInvitations+where, args...)
	return all, err
}

// NotInvited returns those of the meeting's audience who have no invitation, active members and guests, by subscription behind
// one. Who is away is among them: their calendar is what they come back to.
func (db *DB) NotInvited(ctx context.Context, m Meeting, after int64, limit int) (all []Subscription, err error) {
	belongs, args := m.Settings.Audience.condition(db.dialect)
	err = db.query(ctx, func(row rowScanner) error {
		s, err := scanSubscription(row)
		all = append(all, s)
		return err
	}, "SELECT "+subscriptionColumns+fromSubscriptions+`WHERE s.community_id = ? AND s.id > ? AND s.state IN ('active', 'guest')
		AND NOT EXISTS (SELECT 1 FROM invitations i WHERE i.meeting_id = ? AND i.subscription_id = s.id AND i.state = 'invited')
		AND `+belongs+` ORDER BY s.id LIMIT ?`, append(append([]any{m.CommunityID, after, m.ID}, args...), limit)...)
	return all, err
}

// A Telling is an invitation as it will be, and the mail that makes it so. The mail has no Raw where there is nothing to say.
type Telling struct {
	Invitation Invitation
	Notice     Notice
}

// Tell keeps invitations and sends their mails, in one transaction. Who was told that already, by another daemon, gets no
// second mail. Conflict where the meeting is not what the mails say any more.
func (db *DB) Tell(ctx context.Context, now time.Time, m Meeting, all []Telling) (told int, err error) {
	for i := range all {
		if all[i].Notice.Raw != nil {
			all[i].Notice.pack()
		}
	}
	err = db.durable.do(ctx, func(t *tx) error {
		told = 0
		if err := t.unchanged(m); err != nil {
			return err
		}
		kept, err := t.keepInvitations(now, all)
		if err != nil {
			return err
		}
		var notices []Notice
		for _, one := range all {
			if kept[one.Invitation.Subscription.ID] {
				if told++; one.Notice.Raw != nil {
					notices = append(notices, one.Notice)
				}
			}
		}
		return t.sendMany(now, notices)
	})
	return told, err
}

// keepInvitations keeps what is new of invitations, and returns the subscriptions whose it was.
func (t *tx) keepInvitations(now time.Time, all []Telling) (kept map[int64]bool, err error) {
	kept = map[int64]bool{}
	for chunk := range slices.Chunk(all, noticesAtOnce) {
		var args []any
		for _, one := range chunk {
			i := one.Invitation
			args = append(args, i.MeetingID, i.Subscription.ID, i.Subscription.Address, i.Token, i.State, i.Sequence, i.Revision, micros(now))
		}
		var ids []int64
		err := t.query(scanIDs(&ids), `INSERT INTO invitations (meeting_id, subscription_id, address, token, state, sequence, revision, sent_at)
			VALUES `+tuples(tuple(8), len(chunk))+`
			ON CONFLICT (meeting_id, subscription_id) DO UPDATE SET address = excluded.address, token = excluded.token, state = excluded.state,
				sequence = excluded.sequence, revision = excluded.revision, sent_at = excluded.sent_at
			WHERE invitations.state <> excluded.state OR invitations.sequence < excluded.sequence
			RETURNING subscription_id`, args...)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			kept[id] = true
		}
	}
	return kept, nil
}
