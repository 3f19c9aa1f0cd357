package store

import (
	"context"
	"time"
)

// A Request waits for somebody's word. Whoever asked for something that a forged mail could ask for as well is asked
// back; a facilitator decides where the community wants that. A request takes effect once, when its state changes.
type Request struct {
	ID          int64
	CommunityID int64
	Kind        RequestKind
	Address     string // whose word it waits for, canonical
	Payload     string // JSON, by kind
	State       RequestState
	AskedAt     time.Time
	ExpiresAt   time.Time
	DecidedBy   string
	DecidedAt   time.Time
}

// RequestKind says what is asked.
type RequestKind string

// The kinds of requests.
const (
	RequestJoin     RequestKind = "join"     // the address wants to join
	RequestInvite   RequestKind = "invite"   // a member or facilitator invited the address
	RequestLeave    RequestKind = "leave"    // somebody asked in the address's name to leave
	RequestCommands RequestKind = "commands" // commands came in the address's name
	RequestAlias    RequestKind = "alias"    // an answer to an invitation came in the address's name: is it the invited person's?
	RequestGuest    RequestKind = "guest"    // the same: may they come? A facilitator decides
	RequestMeeting  RequestKind = "meeting"  // a mail of the address calls a meeting in words
)

// RequestState is where a request stands: Asked, then (where a facilitator decides) Confirmed, then one of the others.
type RequestState string

// The states of a request.
const (
	Asked           RequestState = "asked"
	Confirmed       RequestState = "confirmed" // the address confirmed; a facilitator decides
	RequestDone     RequestState = "done"
	RequestDeclined RequestState = "declined"
	RequestExpired  RequestState = "expired"
)

const requestColumns = "id, community_id, kind, address, payload, state, asked_at, expires_at, decided_by, decided_at"

func scanRequest(row rowScanner) (r Request, err error) {
	var asked, expires, decided int64
	err = row.Scan(&r.ID, &r.CommunityID, &r.Kind, &r.Address, &r.Payload, &r.State, &asked, &expires, &r.DecidedBy, &decided)
	r.AskedAt, r.ExpiresAt, r.DecidedAt = fromMicros(asked), fromMicros(expires), fromMicros(decided)
	return r, err
}

// Ask makes a request, together with the mail that asks for the word; mails makes it from the request's ID.
func (db *DB) Ask(ctx context.Context, r Request, mails func(id int64) ([]Notice, error)) (Request, error) {
	err := db.durable.do(ctx, func(t *tx) error { return t.ask(&r, mails) })
	return r, err
}

// AskOnce is Ask, unless once was reached: then nobody is asked, and asked is false.
func (db *DB) AskOnce(ctx context.Context, once Limit, r Request, mails func(id int64) ([]Notice, error)) (made Request, asked bool, err error) {
	err = db.durable.do(ctx, func(t *tx) error {
		reached, err := t.allow(r.AskedAt, []Limit{once})
		if asked = reached == nil; err != nil || !asked {
			return err
		}
		made = r
		return t.ask(&made, mails)
	})
	return made, asked, err
}

func (t *tx) ask(r *Request, mails func(id int64) ([]Notice, error)) (err error) {
	r.State = Asked
	r.ID, err = t.insert(`INSERT INTO requests (community_id, kind, address, payload, state, asked_at, expires_at, decided_by,
		decided_at) VALUES (?, ?, ?, ?, ?, ?, ?, '', 0)`, r.CommunityID, r.Kind, r.Address, text(r.Payload), r.State,
		micros(r.AskedAt), micros(r.ExpiresAt))
	if err != nil {
		return err
	}
	return t.sendMade(r.AskedAt, r.ID, mails)
}

func (t *tx) sendMade(now time.Time, id int64, mails func(id int64) ([]Notice, error)) error {
	if mails == nil {
		return nil
	}
	notices, err := mails(id)
	if err != nil {
		return err
	}
	return t.sendNotices(now, notices)
}

func (t *tx) sendNotices(now time.Time, notices []Notice) error {
	for _, n := range notices {
		if err := t.sendNotice(now, n, packRaw(n.Raw)); err != nil {
			return err
		}
	}
	return nil
}

// Request returns the request with an ID.
func (db *DB) Request(ctx context.Context, id int64) (r Request, err error) {
	err = db.queryRow(ctx, "there is no such request", func(row rowScanner) (err error) {
		r, err = scanRequest(row)
		return err
	}, "SELECT "+requestColumns+" FROM requests WHERE id = ?", id)
	return r, err
}

// OpenRequests returns the requests that wait in a community (0 is all), oldest first: for an address, or "" for all.
func (db *DB) OpenRequests(ctx context.Context, communityID int64, address string) (all []Request, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		r, err := scanRequest(row)
		all = append(all, r)
		return err
	}, "SELECT "+requestColumns+` FROM requests WHERE state IN ('asked', 'confirmed')
		AND (CAST(? AS BIGINT) = 0 OR community_id = ?) AND (CAST(? AS TEXT) = '' OR address = ?) ORDER BY id LIMIT 1000`,
		communityID, communityID, address, address)
	return all, err
}

// Application returns the last request by which an address became a member of a community; NotFound where it joined without.
func (db *DB) Application(ctx context.Context, communityID int64, address string) (r Request, err error) {
	err = db.queryRow(ctx, "they became a member without a request", func(row rowScanner) (err error) {
		r, err = scanRequest(row)
		return err
	}, "SELECT "+requestColumns+` FROM requests WHERE community_id = ? AND address = ? AND kind IN ('join', 'invite') AND state = 'done'
		ORDER BY id DESC LIMIT 1`, communityID, address)
	return r, err
}

// AmendRequest changes what a request that waits says; nobody else changes it in between. Conflict where it was decided.
func (db *DB) AmendRequest(ctx context.Context, id int64, change func(payload string) (string, error)) error {
	return db.durable.do(ctx, func(t *tx) error {
		// An update that changes nothing, since it locks the row in both databases.
		var payload string
		err := t.row("UPDATE requests SET state = state WHERE id = ? AND state = 'asked' RETURNING payload", id).Scan(&payload)
		if isNoRows(err) {
			return Errorf(Conflict, "this was decided already")
		}
		if err != nil {
			return err
		}
		if payload, err = change(payload); err != nil {
			return err
		}
		_, err = t.exec("UPDATE requests SET payload = ? WHERE id = ?", text(payload), id)
		return err
	})
}

// WasDeclined says whether a request of a kind about an address was declined.
func (db *DB) WasDeclined(ctx context.Context, communityID int64, kind RequestKind, address string) (is bool, err error) {
	err = db.queryRow(ctx, "", func(row rowScanner) error { return row.Scan(&is) },
		"SELECT EXISTS (SELECT 1 FROM requests WHERE community_id = ? AND address = ? AND kind = ? AND state = 'declined')", communityID, address, kind)
	return is, err
}

// Decide moves a request from one state to another, once; payload "" leaves it. Conflict with the state that it is in
// where it is not in from any more.
func (db *DB) Decide(ctx context.Context, by Actor, id int64, from, to RequestState, payload string, notices []Notice) error {
	return db.durable.do(ctx, func(t *tx) error {
		if err := t.decide(by, id, from, to, payload); err != nil {
			return err
		}
		return t.sendNotices(by.At, notices)
	})
}

func (t *tx) decide(by Actor, id int64, from, to RequestState, payload string) error {
	n, err := t.exec(`UPDATE requests SET state = ?, decided_by = ?, decided_at = ?,
		payload = CASE WHEN CAST(? AS TEXT) = '' THEN payload ELSE ? END WHERE id = ? AND state = ?`,
		to, by.Who, micros(by.At), text(payload), text(payload), id, from)
	if err == nil && n == 0 {
		return Errorf(Conflict, "this was decided already")
	}
	return err
}

// JoinByRequest subscribes the address of a request and ends the request, in one transaction; mails makes what is
// then sent. Conflict where the request was decided already.
func (db *DB) JoinByRequest(ctx context.Context, by Actor, r Request, m NewMember,
	mails func(s Subscription) ([]Notice, error)) (s Subscription, err error) {
	err = db.durable.do(ctx, func(t *tx) error {
		if err := t.decide(by, r.ID, r.State, RequestDone, ""); err != nil {
			return err
		}
		s, err = t.join(by, r.CommunityID, m, mails)
		return err
	})
	return s, err
}

// Join subscribes somebody at once and sends what mails makes of it.
func (db *DB) Join(ctx context.Context, by Actor, communityID int64, m NewMember,
	mails func(s Subscription) ([]Notice, error)) (s Subscription, err error) {
	err = db.durable.do(ctx, func(t *tx) error {
		s, err = t.join(by, communityID, m, mails)
		return err
	})
	return s, err
}

func (t *tx) join(by Actor, communityID int64, m NewMember, mails func(s Subscription) ([]Notice, error)) (Subscription, error) {
	if _, err := t.subscribe(by, communityID, m); err != nil {
		return Subscription{}, err
	}
	s, err := t.subscriptionByAddress(communityID, m.Address)
	if err != nil {
		return s, err
	}
	notices, err := mails(s)
	if err != nil {
		return s, err
	}
	return s, t.sendNotices(by.At, notices)
}

// End ends a membership as EndSubscription does, and sends what mails makes; the ID of the journal's entry is what an
// undo ticket names. Changed is false where it was in that state already.
func (db *DB) End(ctx context.Context, by Actor, id int64, state SubscriptionState,
	mails func(journal int64) ([]Notice, error)) (changed bool, err error) {
	err = db.durable.do(ctx, func(t *tx) error {
		changed = false
		before, err := t.subscriptionToChange(id)
		if err != nil || before.State == state {
			return err
		}
		after := before
		after.State = state
		changed = true
		return t.changeAndTell(by, before, after, mails)
	})
	return changed, err
}

// changeAndTell changes a subscription and sends the mails about it, which are made from the row of the journal.
func (t *tx) changeAndTell(by Actor, before, after Subscription, mails func(journal int64) ([]Notice, error)) error {
	if err := t.updateSubscription(by, before, after); err != nil {
		return err
	}
	var journal int64
	if err := t.row("SELECT MAX(id) FROM journal WHERE member_id = ?", before.MemberID).Scan(&journal); err != nil {
		return err
	}
	return t.sendMade(by.At, journal, mails)
}

// StopNewsletter ends the newsletter for a subscription, which stays, and sends mails as End does. Changed is false where it was
// off already.
func (db *DB) StopNewsletter(ctx context.Context, by Actor, id int64, mails func(journal int64) ([]Notice, error)) (changed bool, err error) {
	err = db.durable.do(ctx, func(t *tx) error {
		changed = false
		before, err := t.subscriptionToChange(id)
		if err != nil || before.Newsletter == NewsletterNever {
			return err
		}
		after := before
		after.Newsletter = NewsletterNever
		changed = true
		return t.changeAndTell(by, before, after, mails)
	})
	return changed, err
}

// ExpireRequests ends the requests whose time is over, and returns them.
func (db *DB) ExpireRequests(ctx context.Context, now time.Time) (ended []Request, err error) {
	err = db.durable.do(ctx, func(t *tx) error {
		ended = ended[:0]
		return t.query(func(row rowScanner) error {
			r, err := scanRequest(row)
			ended = append(ended, r)
			return err
		}, `UPDATE requests SET state = 'expired', decided_at = ? WHERE state IN ('asked', 'confirmed') AND expires_at <= ?
			RETURNING `+requestColumns, micros(now), micros(now))
	})
	return ended, err
}
