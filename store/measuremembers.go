package store

import (
	"context"
	"encoding/json"
	"time"
)

// A MembershipChange is one change of a subscription as the journal has it: what it was before, and what after.
type MembershipChange struct {
	JournalID     int64
	MemberID      int64
	At            time.Time
	Before, After MembershipState // the zero value is: there was none
	Via           string          // as Actor.Via
}

// A MembershipState is what the journal keeps of a subscription, as far as the measures need it.
type MembershipState struct {
	State    SubscriptionState `json:"state"`
	Delivery DeliveryMode      `json:"delivery"`
	Roles    []Role            `json:"roles"`
}

// MembershipChanges calls each for the changes of a community's subscriptions after a time, the latest first.
func (db *DB) MembershipChanges(ctx context.Context, communityID int64, after time.Time, each func(MembershipChange)) error {
	return db.query(ctx, func(row rowScanner) error {
		var c MembershipChange
		var at int64
		var before, now string
		if err := row.Scan(&c.JournalID, &c.MemberID, &at, &c.Via, &before, &now); err != nil {
			return err
		}
		c.At, c.Before, c.After = fromMicros(at), readMembershipState(before), readMembershipState(now)
		each(c)
		return nil
	}, `SELECT id, member_id, at, via, before_state, after_state FROM journal WHERE community_id = ? AND at > ? AND member_id <> 0
		AND action IN ('join', 'leave', 'remove', 'ban', 'suspend', 'change membership') ORDER BY at DESC, id DESC`, communityID, micros(after))
}

// readMembershipState reads what subscriptionText wrote; what cannot be read was no membership.
func readMembershipState(text string) (s MembershipState) {
	if text == "" || json.Unmarshal([]byte(text), &s) != nil {
		return MembershipState{}
	}
	return s
}

// SubscriptionsAlive calls each for a community's subscriptions that were a membership at any time after one: those that are
// now, and those that changed since.
func (db *DB) SubscriptionsAlive(ctx context.Context, communityID int64, after time.Time, each func(Subscription)) error {
	return db.query(ctx, func(row rowScanner) error {
		s, err := scanSubscription(row)
		each(s)
		return err
	}, "SELECT "+subscriptionColumns+fromSubscriptions+`WHERE s.community_id = ? AND (s.state IN ('active', 'suspended')
		OR s.member_id IN (SELECT j.member_id FROM journal j WHERE j.community_id = ? AND j.at > ?)) ORDER BY s.id`,
		communityID, communityID, micros(after))
}

// An ArchiveState says whether anything that the measures are computed from has changed: all of it is a new post, is
// written down in the journal, of the community or of all, or is about a meeting that has begun.
type ArchiveState struct {
	LastPost, Posts                         int64 // when the last ones were accepted, and how many: an import has one time for all
	LastChange, LastChangeOfAll, LastThanks int64
	Meetings                                int64 // as occurrences.revision
}

// ArchiveState returns that of a community.
func (db *DB) ArchiveState(ctx context.Context, communityID int64) (s ArchiveState, err error) {
	err = db.queryRow(ctx, "there is no such community", func(row rowScanner) error {
		return row.Scan(&s.LastPost, &s.Posts, &s.LastChange, &s.LastChangeOfAll, &s.LastThanks, &s.Meetings)
	}, `SELECT COALESCE((SELECT MAX(accepted_at) FROM posts WHERE community_id = ?), 0),
		(SELECT COUNT(*) FROM posts WHERE community_id = ? AND accepted_at = (SELECT MAX(accepted_at) FROM posts WHERE community_id = ?)),
		COALESCE((SELECT MAX(id) FROM journal WHERE community_id = ?), 0), COALESCE((SELECT MAX(id) FROM journal WHERE community_id = 0), 0),
		COALESCE((SELECT MAX(at) FROM thanks WHERE community_id = ?), 0), COALESCE((SELECT MAX(revision) FROM occurrences WHERE community_id = ?), 0)`,
		communityID, communityID, communityID, communityID, communityID, communityID)
	return s, err
}
