package store

import (
	"context"
	"time"
)

// A Call is a meeting in somebody's own calendar to which they invited a list address. What that calendar sends later is
// about the same one: it is known by its UID and whose calendar it is, so that nobody changes what another one called.
//
//	proposed ──▶ called: the community's own meeting has MeetingUID ──▶ proposed again, with a change
//	   │
//	   ├──▶ declined, by a facilitator
//	   ├──▶ withdrawn, by who proposed it
//	   └──▶ expired: nobody decided
type Call struct {
	ID             int64
	CommunityID    int64
	UID            string // in the calendar of who called
	Address        string // whose calendar it is, canonical
	Name           string
	SubscriptionID int64 // 0 for who is no member
	MeetingUID     string
	State          CallState
	Payload        string // JSON: what is asked for, and what came before
	AskedAt        time.Time
	ExpiresAt      time.Time // of a proposal
	DecidedBy      string
	DecidedAt      time.Time
	Revision       int // rises with each write
}

// CallState is where a call stands.
type CallState string

// The states of a call.
const (
	CallProposed  CallState = "proposed"
	CallCalled    CallState = "called"
	CallDeclined  CallState = "declined"
	CallWithdrawn CallState = "withdrawn"
	CallExpired   CallState = "expired"
)

const callColumns = `id, community_id, uid, address, name, subscription_id, meeting_uid, state, payload, asked_at, expires_at, decided_by,
	decided_at, revision`

func scanCall(row rowScanner) (c Call, err error) {
	var asked, expires, decided int64
	err = row.Scan(&c.ID, &c.CommunityID, &c.UID, &c.Address, &c.Name, &c.SubscriptionID, &c.MeetingUID, &c.State, &c.Payload, &asked, &expires,
		&c.DecidedBy, &decided, &c.Revision)
	c.AskedAt, c.ExpiresAt, c.DecidedAt = fromMicros(asked), fromMicros(expires), fromMicros(decided)
	return c, err
}

// KeepCall keeps a call: a new one, or one as it is now. What is asked of people anew gets another ID, so that their answer to
// what was asked before is none to this. Mails makes what is sent with it; nil is nothing. Conflict where somebody else has
// written it since it was read.
func (db *DB) KeepCall(ctx context.Context, c Call, anew bool, mails func(Call) ([]Notice, error)) (Call, error) {
	before := c.Revision
	c.Revision++
	err := db.durable.do(ctx, func(t *tx) error {
		if err := t.keepCall(&c, before, anew); err != nil || mails == nil {
			return err
		}
		notices, err := mails(c)
		if err != nil {
			return err
		}
		return t.sendNotices(c.AskedAt, notices)
	})
	return c, err
}

func (t *tx) keepCall(c *Call, before int, anew bool) (err error) {
	if c.ID != 0 && !anew {
		n, err := t.exec(`UPDATE calls SET name = ?, subscription_id = ?, meeting_uid = ?, state = ?, payload = ?, asked_at = ?, expires_at = ?,
			decided_by = ?, decided_at = ?, revision = ? WHERE id = ? AND revision = ?`, text(c.Name), c.SubscriptionID, c.MeetingUID, c.State,
			text(c.Payload), micros(c.AskedAt), micros(c.ExpiresAt), text(c.DecidedBy), micros(c.DecidedAt), c.Revision, c.ID, before)
		return orChangedCall(n, err)
	}
	if c.ID != 0 {
		if err := orChangedCall(t.exec("DELETE FROM calls WHERE id = ? AND revision = ?", c.ID, before)); err != nil {
			return err
		}
	}
	n, err := t.exec("INSERT INTO calls ("+callColumns[len("id, "):]+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (community_id, uid, address) DO NOTHING`, c.CommunityID, text(c.UID), c.Address, text(c.Name), c.SubscriptionID, c.MeetingUID,
		c.State, text(c.Payload), micros(c.AskedAt), micros(c.ExpiresAt), text(c.DecidedBy), micros(c.DecidedAt), c.Revision)
	if err := orChangedCall(n, err); err != nil {
		return err
	}
	return t.row("SELECT id FROM calls WHERE community_id = ? AND uid = ? AND address = ?", c.CommunityID, text(c.UID), c.Address).Scan(&c.ID)
}

func orChangedCall(n int64, err error) error {
	if err == nil && n == 0 {
		return Errorf(Conflict, "another mail about this meeting came at the same time; try again")
	}
	return err
}

// Call returns the call with an ID.
func (db *DB) Call(ctx context.Context, id int64) (c Call, err error) {
	err = db.queryRow(ctx, "there is no such call of a meeting", func(row rowScanner) (err error) {
		c, err = scanCall(row)
		return err
	}, "SELECT "+callColumns+" FROM calls WHERE id = ?", id)
	return c, err
}

// Calls returns those of a UID in a community: nearly always one, for it is random.
func (db *DB) Calls(ctx context.Context, communityID int64, uid string) (all []Call, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		c, err := scanCall(row)
		all = append(all, c)
		return err
	}, "SELECT "+callColumns+" FROM calls WHERE community_id = ? AND uid = ? ORDER BY id LIMIT 100", communityID, text(uid))
	return all, err
}

// CallsToExpire returns the proposals whose time is over, at most 100.
func (db *DB) CallsToExpire(ctx context.Context, now time.Time) (all []Call, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		c, err := scanCall(row)
		all = append(all, c)
		return err
	}, "SELECT "+callColumns+" FROM calls WHERE state = 'proposed' AND expires_at <= ? ORDER BY expires_at LIMIT 100", micros(now))
	return all, err
}

// DecideCall ends a proposal, once, and sends what is given with it. Conflict where it was decided before.
func (db *DB) DecideCall(ctx context.Context, by Actor, id int64, to CallState, notices []Notice) error {
	return db.durable.do(ctx, func(t *tx) error {
		n, err := t.exec("UPDATE calls SET state = ?, decided_by = ?, decided_at = ?, revision = revision + 1 WHERE id = ? AND state = ?",
			to, text(by.Who), micros(by.At), id, CallProposed)
		if err == nil && n == 0 {
			err = Errorf(Conflict, "this was decided already")
		}
		if err != nil {
			return err
		}
		return t.sendNotices(by.At, notices)
	})
}
