package store

import (
	"context"
	"strings"
	"time"
)

// A Ban keeps somebody from writing to a community and from joining it, for good or for a time.
type Ban struct {
	ID          int64
	CommunityID int64 // 0 is all communities
	Kind        BanKind
	Value       string // canonical address; member ID in digits; domain
	Reason      string
	Until       time.Time // zero is for good
	Actor       string
	At          time.Time
}

// BanKind says what Value is.
type BanKind string

// The kinds of bans.
const (
	BanAddress BanKind = "address"
	BanPerson  BanKind = "person" // by any of their addresses
	BanDomain  BanKind = "domain" // and those below it
)

const banColumns = "b.id, b.community_id, b.kind, b.value, b.reason, b.until, b.actor, b.at"

func scanBan(row rowScanner) (b Ban, err error) {
	var until, at int64
	err = row.Scan(&b.ID, &b.CommunityID, &b.Kind, &b.Value, &b.Reason, &until, &b.Actor, &at)
	b.Until, b.At = fromMicros(until), fromMicros(at)
	return b, err
}

// AddBan bans, and sends what is given with it. Whoever is banned already has one ban afterwards, with the new end and
// reason.
func (db *DB) AddBan(ctx context.Context, by Actor, b Ban, notices []Notice) (id int64, err error) {
	err = db.durable.do(ctx, func(t *tx) (err error) {
		if id, err = t.keepBan(by, b); err != nil {
			return err
		}
		if err := t.journal(by, entry{community: b.CommunityID, action: "ban", after: string(b.Kind) + " " + b.Value + ": " + text(b.Reason)}); err != nil {
			return err
		}
		return t.sendNotices(by.At, notices)
	})
	return id, err
}

func (t *tx) keepBan(by Actor, b Ban) (id int64, err error) {
	err = t.row("UPDATE bans SET reason = ?, until = ?, actor = ?, at = ? WHERE community_id = ? AND kind = ? AND value = ? RETURNING id",
		text(b.Reason), micros(b.Until), by.Who, micros(by.At), b.CommunityID, b.Kind, b.Value).Scan(&id)
	if !isNoRows(err) {
		return id, err
	}
	return t.insert("INSERT INTO bans (community_id, kind, value, reason, until, actor, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
		b.CommunityID, b.Kind, b.Value, text(b.Reason), micros(b.Until), by.Who, micros(by.At))
}

// LiftBan ends a ban; NotFound where there is none.
func (db *DB) LiftBan(ctx context.Context, by Actor, id int64) error {
	return db.durable.do(ctx, func(t *tx) error {
		b, err := scanBan(t.row("SELECT "+banColumns+" FROM bans b WHERE b.id = ?", id))
		if isNoRows(err) {
			return Errorf(NotFound, "there is no ban %d", id)
		}
		if err != nil {
			return err
		}
		if _, err := t.exec("DELETE FROM bans WHERE id = ?", id); err != nil {
			return err
		}
		return t.journal(by, entry{community: b.CommunityID, action: "lift ban", before: string(b.Kind) + " " + b.Value + ": " + b.Reason})
	})
}

// Ban returns the ban with an ID.
func (db *DB) Ban(ctx context.Context, id int64) (b Ban, err error) {
	err = db.queryRow(ctx, "there is no such ban", func(row rowScanner) (err error) {
		b, err = scanBan(row)
		return err
	}, "SELECT "+banColumns+" FROM bans b WHERE b.id = ?", id)
	return b, err
}

// Bans returns the bans of a community and those of all, oldest first.
func (db *DB) Bans(ctx context.Context, communityID int64) (all []Ban, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		b, err := scanBan(row)
		all = append(all, b)
		return err
	}, "SELECT "+banColumns+" FROM bans b WHERE b.community_id IN (0, ?) ORDER BY b.id", communityID)
	return all, err
}

// BanOf returns the ban that keeps an address out of a community now, nil where there is none: one of the address
// itself, of which a hash is left where it was erased, of the person who has it, or of its domain or one above.
func (db *DB) BanOf(ctx context.Context, now time.Time, communityID int64, address string) (found *Ban, err error) {
	hash, err := db.erasedHash(ctx, address)
	if err != nil {
		return nil, err
	}
	values := []any{communityID, micros(now), address, hash, address}
	where := ""
	domain := address[strings.LastIndexByte(address, '@')+1:]
	for domain != "" {
		where += " OR b.kind = 'domain' AND b.value = ?"
		values = append(values, domain)
		_, domain, _ = strings.Cut(domain, ".")
	}
	err = db.query(ctx, func(row rowScanner) error {
		b, err := scanBan(row)
		found = &b
		return err
	}, "SELECT "+banColumns+` FROM bans b WHERE b.community_id IN (0, ?) AND (b.until = 0 OR b.until > ?) AND (
		b.kind = 'address' AND b.value IN (?, ?)
		OR b.kind = 'person' AND b.value = (SELECT CAST(a.member_id AS TEXT) FROM addresses a WHERE a.address = ?)`+where+
		") ORDER BY CASE WHEN b.until = 0 THEN 0 ELSE 1 END DESC, b.until LIMIT 1", values...)
	return found, err
}

// SubscriptionOf returns a member's subscription in a community; its state may be any.
func (db *DB) SubscriptionOf(ctx context.Context, communityID, memberID int64) (s Subscription, err error) {
	err = db.queryRow(ctx, "that member is not in this community", func(row rowScanner) (err error) {
		s, err = scanSubscription(row)
		return err
	}, "SELECT "+subscriptionColumns+fromSubscriptions+"WHERE s.community_id = ? AND s.member_id = ?", communityID, memberID)
	return s, err
}
