package store

import "context"

// ClaimAddress makes an address one of a person's, who has said that it is. One that had been a guest of communities is no
// person of their own then: what they answered goes. Conflict where it is a member's.
func (db *DB) ClaimAddress(ctx context.Context, by Actor, communityID, memberID int64, address string) error {
	return db.durable.do(ctx, func(t *tx) error {
		var owner int64
		err := t.row("SELECT member_id FROM addresses WHERE address = ?", address).Scan(&owner)
		switch {
		case err == nil && owner == memberID:
			return nil
		case err == nil:
			err = t.dissolveGuest(owner, memberID, address)
		case isNoRows(err):
			err = nil
		}
		if err != nil {
			return err
		}
		if err := t.giveAddress(memberID, address); err != nil {
			return err
		}
		return t.journal(by, entry{community: communityID, member: memberID, action: "add address", after: address})
	})
}

// dissolveGuest removes somebody who is nothing but a guest; what they posted is the other person's.
func (t *tx) dissolveGuest(guest, memberID int64, address string) error {
	var member bool
	if err := t.row("SELECT EXISTS (SELECT 1 FROM subscriptions WHERE member_id = ? AND state <> ?)", guest, Guest).Scan(&member); err != nil {
		return err
	}
	if member {
		return Errorf(Conflict, "%s belongs to another member", address)
	}
	if _, err := t.exec("UPDATE posts SET member_id = ? WHERE member_id = ? AND member_id <> 0", memberID, guest); err != nil {
		return err
	}
	_, err := t.exec("DELETE FROM members WHERE id = ?", guest)
	return err
}
