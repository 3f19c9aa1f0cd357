package store

import (
	"context"
	"time"
)

const isMember = "s.state IN ('active', 'suspended')"

// MemberCount returns how many members a community has.
func (db *DB) MemberCount(ctx context.Context, communityID int64) (n int, err error) {
	err = db.queryRow(ctx, "", func(row rowScanner) error { return row.Scan(&n) },
		"SELECT COUNT(*) FROM subscriptions s WHERE s.community_id = ? AND "+isMember, communityID)
	return n, err
}

// MembersPage returns members of a community in the order in which they first joined, behind the first skip.
func (db *DB) MembersPage(ctx context.Context, communityID int64, skip, limit int) (page []Subscription, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		s, err := scanSubscription(row)
		page = append(page, s)
		return err
	}, "SELECT "+subscriptionColumns+fromSubscriptions+"WHERE s.community_id = ? AND "+isMember+" ORDER BY s.id LIMIT ? OFFSET ?",
		communityID, limit, skip)
	return page, err
}

// SubscriptionsOf returns the memberships, in all communities, of the person who has an address, by community.
func (db *DB) SubscriptionsOf(ctx context.Context, address string) (all []Subscription, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		s, err := scanSubscription(row)
		all = append(all, s)
		return err
	}, "SELECT "+subscriptionColumns+fromSubscriptions+"JOIN addresses a ON a.member_id = s.member_id WHERE a.address = ? AND "+isMember+
		" ORDER BY s.community_id", address)
	return all, err
}

// MembershipsOf returns all subscriptions of a member, those that ended and those as a guest too, by community.
func (db *DB) MembershipsOf(ctx context.Context, memberID int64) (all []Subscription, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		s, err := scanSubscription(row)
		all = append(all, s)
		return err
	}, "SELECT "+subscriptionColumns+fromSubscriptions+"WHERE s.member_id = ? ORDER BY s.community_id", memberID)
	return all, err
}

// A PostCount is how much was written in a time.
type PostCount struct{ Posts, Threads int }

// PostCount counts the posts that were accepted from one time until before another, and the threads that they are in.
func (db *DB) PostCount(ctx context.Context, communityID int64, from, to time.Time) (n PostCount, err error) {
	err = db.queryRow(ctx, "", func(row rowScanner) error { return row.Scan(&n.Posts, &n.Threads) },
		"SELECT COUNT(*), COUNT(DISTINCT thread_id) FROM posts WHERE community_id = ? AND accepted_at >= ? AND accepted_at < ?",
		communityID, micros(from), micros(to))
	return n, err
}

// MemberJournal returns the newest changes that concern a person in a community, newest first.
func (db *DB) MemberJournal(ctx context.Context, communityID, memberID int64, limit int) (all []JournalEntry, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		e, err := scanJournal(row)
		all = append(all, e)
		return err
	}, "SELECT "+journalColumns+" FROM journal WHERE member_id = ? AND community_id = ? ORDER BY id DESC LIMIT ?",
		memberID, communityID, limit)
	return all, err
}

// SendNotices queues mails of our own, all or none, unless once was reached: then nothing is sent, and sent is false. It
// is for what a mail server may hand over twice.
func (db *DB) SendNotices(ctx context.Context, now time.Time, once Limit, notices []Notice) (sent bool, err error) {
	err = db.durable.do(ctx, func(t *tx) error {
		reached, err := t.allow(now, []Limit{once})
		if sent = reached == nil; err != nil || !sent {
			return err
		}
		return t.sendNotices(now, notices)
	})
	return sent, err
}

// A ZoneCount is how many members have set a time zone; "" is those who have set none.
type ZoneCount struct {
	Zone    string
	Members int
}

// MemberZones returns the time zones of the active members of a community, those of most members first.
func (db *DB) MemberZones(ctx context.Context, communityID int64) (all []ZoneCount, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		var z ZoneCount
		err := row.Scan(&z.Zone, &z.Members)
		all = append(all, z)
		return err
	}, `SELECT m.timezone, COUNT(*)`+fromSubscriptions+`WHERE s.community_id = ? AND s.state = 'active' GROUP BY m.timezone
		ORDER BY COUNT(*) DESC, m.timezone`, communityID)
	return all, err
}
