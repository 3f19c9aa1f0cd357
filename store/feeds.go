package store

import (
	"context"
	"crypto/sha256"
	"time"
)

// A Feed is an address at which a calendar program fetches meetings: those of a community, those of one member in it, or
// those of one member in all their communities. Who has its secret can read it. It is made when it is asked for first, and
// ends when it is revoked, or with its owner.
//
// The secret is kept as it is, since it is shown again: who can read the database reads the meetings there.
type Feed struct {
	ID          int64
	CommunityID int64 // 0 for all communities of the member
	MemberID    int64 // 0 for the community's own
	Secret      string
	CreatedAt   time.Time
	RevokedAt   time.Time // zero while it is good
	ETag        string    // of what it held when it was fetched last, "" for never
	ChangedAt   time.Time // when it was seen first that it holds that
	UsedAt      time.Time // to the day; zero for never
}

const feedColumns = "f.id, f.community_id, f.member_id, f.secret, f.created_at, f.revoked_at, f.etag, f.changed_at, f.used_at"

func scanFeed(row rowScanner) (f Feed, err error) {
	var created, revoked, changed, used int64
	err = row.Scan(&f.ID, &f.CommunityID, &f.MemberID, &f.Secret, &created, &revoked, &f.ETag, &changed, &used)
	f.CreatedAt, f.RevokedAt, f.ChangedAt, f.UsedAt = fromMicros(created), fromMicros(revoked), fromMicros(changed), fromMicros(used)
	return f, err
}

// hashFeed is what a feed is found by: how long looking takes tells nothing about a secret.
func hashFeed(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// FirstFeed returns the feed of a community, a member or both; where there is none that is good, it is made with that secret.
// NotFound where the member is gone.
func (db *DB) FirstFeed(ctx context.Context, by Actor, f Feed) (kept Feed, err error) {
	err = db.durable.do(ctx, func(t *tx) error {
		if err := t.lockFeed(f); err != nil {
			return err
		}
		kept, err = scanFeed(t.row("SELECT "+feedColumns+" FROM feeds f WHERE f.community_id = ? AND f.member_id = ? AND f.revoked_at = 0",
			f.CommunityID, f.MemberID))
		if !isNoRows(err) {
			return err
		}
		kept, err = t.insertFeed(by, f)
		return err
	})
	return kept, err
}

// lockFeed lets one transaction at a time make or revoke a feed.
func (t *tx) lockFeed(f Feed) error {
	if f.MemberID != 0 {
		return t.lockMember(f.MemberID)
	}
	var id int64
	err := t.row("SELECT id FROM communities WHERE id = ?"+t.dialect.oneAtATime(), f.CommunityID).Scan(&id)
	if isNoRows(err) {
		return Errorf(NotFound, "that community is gone")
	}
	return err
}

func (t *tx) insertFeed(by Actor, f Feed) (Feed, error) {
	f.CreatedAt = by.At
	id, err := t.insert(`INSERT INTO feeds (community_id, member_id, hash, secret, created_at, revoked_at, etag, changed_at, used_at)
		VALUES (?, ?, ?, ?, ?, 0, '', 0, 0)`, f.CommunityID, f.MemberID, hashFeed(f.Secret), f.Secret, micros(f.CreatedAt))
	if err != nil {
		return f, err
	}
	f.ID = id
	return f, t.journal(by, entry{community: f.CommunityID, member: f.MemberID, action: "make feed"})
}

// FindFeed returns the feed that is good of a community, a member or both; NotFound where there is none.
func (db *DB) FindFeed(ctx context.Context, communityID, memberID int64) (Feed, error) {
	return db.feed(ctx, "there is no such feed", "f.community_id = ? AND f.member_id = ? AND f.revoked_at = 0", communityID, memberID)
}

// FeedBySecret returns the feed with a secret, also a revoked one; NotFound where there never was one.
func (db *DB) FeedBySecret(ctx context.Context, secret string) (Feed, error) {
	return db.feed(ctx, "there is no such feed", "f.hash = ?", hashFeed(secret))
}

func (db *DB) feed(ctx context.Context, missing, where string, args ...any) (f Feed, err error) {
	err = db.queryRow(ctx, missing, func(row rowScanner) (err error) {
		f, err = scanFeed(row)
		return err
	}, "SELECT "+feedColumns+" FROM feeds f WHERE "+where, args...)
	return f, err
}

// RevokeFeed ends the feed of a community, a member or both; NotFound where there is none that is good. What fetches it gets
// nothing any more, and is known: it does not guess.
func (db *DB) RevokeFeed(ctx context.Context, by Actor, communityID, memberID int64) error {
	return db.durable.do(ctx, func(t *tx) error {
		n, err := t.exec("UPDATE feeds SET revoked_at = ?, secret = '' WHERE community_id = ? AND member_id = ? AND revoked_at = 0",
			micros(by.At), communityID, memberID)
		if err == nil && n == 0 {
			err = Errorf(NotFound, "there is no such feed")
		}
		if err != nil {
			return err
		}
		return t.journal(by, entry{community: communityID, member: memberID, action: "revoke feed"})
	})
}

// FetchedFeed notes what a feed held when it was fetched, and on which day; it writes only where that is news.
func (db *DB) FetchedFeed(ctx context.Context, f Feed, etag string, now time.Time) (Feed, error) {
	today := now.UTC().Truncate(24 * time.Hour)
	if f.ETag == etag && !f.UsedAt.Before(today) {
		return f, nil
	}
	if f.ETag != etag {
		f.ETag, f.ChangedAt = etag, now
	}
	f.UsedAt = today
	err := db.relaxed.do(ctx, func(t *tx) error {
		_, err := t.exec("UPDATE feeds SET etag = ?, changed_at = ?, used_at = ? WHERE id = ?", f.ETag, micros(f.ChangedAt), micros(f.UsedAt), f.ID)
		return err
	})
	return f, err
}
