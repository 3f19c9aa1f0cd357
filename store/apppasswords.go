package store

import (
	"context"
	"time"
)

// An AppPassword lets a program read the archive in a member's name. Its owner makes it by mail, or the postmaster by
// command; it is never changed, and ends when it is revoked, or with its owner.
type AppPassword struct {
	ID        int64
	MemberID  int64
	Name      string // what its owner calls it: "my laptop"
	Hash      string // as mail.HashPassword makes it
	CreatedAt time.Time
	UsedAt    time.Time // to the day; zero for never
}

// MaxAppPasswords is how many one member may have: a few for each device.
const MaxAppPasswords = 20

const appPasswordColumns = "p.id, p.member_id, p.name, p.hash, p.created_at, p.used_at"

func scanAppPassword(row rowScanner) (p AppPassword, err error) {
	var created, used int64
	err = row.Scan(&p.ID, &p.MemberID, &p.Name, &p.Hash, &created, &used)
	p.CreatedAt, p.UsedAt = fromMicros(created), fromMicros(used)
	return p, err
}

// AddAppPassword keeps a password from MemberID, Name and Hash; Conflict where the member has too many.
func (db *DB) AddAppPassword(ctx context.Context, by Actor, p AppPassword) (AppPassword, error) {
	p.CreatedAt = by.At
	err := db.durable.do(ctx, func(t *tx) error {
		if err := t.lockMember(p.MemberID); err != nil {
			return err
		}
		var n int
		if err := t.row("SELECT COUNT(*) FROM app_passwords WHERE member_id = ?", p.MemberID).Scan(&n); err != nil {
			return err
		}
		if n >= MaxAppPasswords {
			return Errorf(Conflict, "there are %d app passwords already; revoke one that is not used any more", n)
		}
		var err error
		p.ID, err = t.insert("INSERT INTO app_passwords (member_id, name, hash, created_at, used_at) VALUES (?, ?, ?, ?, 0)",
			p.MemberID, text(p.Name), p.Hash, micros(p.CreatedAt))
		if err != nil {
			return err
		}
		return t.journal(by, entry{member: p.MemberID, action: "make app password", after: text(p.Name)})
	})
	return p, err
}

// lockMember lets one transaction at a time change what belongs to a member; NotFound where there is none.
func (t *tx) lockMember(memberID int64) error {
	var id int64
	err := t.row("SELECT id FROM members WHERE id = ?"+t.dialect.oneAtATime(), memberID).Scan(&id)
	if isNoRows(err) {
		return Errorf(NotFound, "that member is gone")
	}
	return err
}

// AppPasswords returns the passwords of a member, oldest first.
func (db *DB) AppPasswords(ctx context.Context, memberID int64) (all []AppPassword, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		p, err := scanAppPassword(row)
		all = append(all, p)
		return err
	}, "SELECT "+appPasswordColumns+" FROM app_passwords p WHERE p.member_id = ? ORDER BY p.id", memberID)
	return all, err
}

// AppPassword returns the password with an ID, if it belongs to the person who has the address; else NotFound.
func (db *DB) AppPassword(ctx context.Context, address string, id int64) (p AppPassword, err error) {
	err = db.queryRow(ctx, "there is no such app password", func(row rowScanner) (err error) {
		p, err = scanAppPassword(row)
		return err
	}, "SELECT "+appPasswordColumns+` FROM app_passwords p JOIN addresses a ON a.member_id = p.member_id
		WHERE p.id = ? AND a.address = ?`, id, address)
	return p, err
}

// AppPasswordHolds says whether a password is still one: it was not revoked.
func (db *DB) AppPasswordHolds(ctx context.Context, id int64) (holds bool, err error) {
	err = db.queryRow(ctx, "", func(row rowScanner) error { return row.Scan(&holds) },
		"SELECT EXISTS (SELECT 1 FROM app_passwords WHERE id = ?)", id)
	return holds, err
}

// UseAppPassword notes that a password was used today.
func (db *DB) UseAppPassword(ctx context.Context, id int64, now time.Time) error {
	return db.relaxed.do(ctx, func(t *tx) error {
		_, err := t.exec("UPDATE app_passwords SET used_at = ? WHERE id = ?", micros(now.UTC().Truncate(24*time.Hour)), id)
		return err
	})
}

// RevokeAppPassword ends a password of a member; NotFound where they have none with that ID.
func (db *DB) RevokeAppPassword(ctx context.Context, by Actor, memberID, id int64) error {
	return db.durable.do(ctx, func(t *tx) error {
		var name string
		err := t.row("DELETE FROM app_passwords WHERE id = ? AND member_id = ? RETURNING name", id, memberID).Scan(&name)
		if isNoRows(err) {
			return Errorf(NotFound, "there is no app password %d", id)
		}
		if err != nil {
			return err
		}
		return t.journal(by, entry{member: memberID, action: "revoke app password", before: name})
	})
}
