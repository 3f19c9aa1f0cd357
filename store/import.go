package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// ImportResult counts what became of the members given to ImportMembers.
type ImportResult struct{ Added, Changed, Unchanged int }

// importChunk is how many members one statement takes: each has up to 8 placeholders, and PostgreSQL allows 65,535.
const importChunk = 500

// ImportMembers subscribes many in one transaction. Those whose address is new, which are most in a first import, take four
// statements for each 500 of them.
func (db *DB) ImportMembers(ctx context.Context, by Actor, communityID int64, all []NewMember) (ImportResult, error) {
	var result ImportResult
	err := db.durable.do(ctx, func(t *tx) error {
		result = ImportResult{}
		for chunk := range slices.Chunk(all, importChunk) {
			if err := t.importChunk(by, communityID, chunk, &result); err != nil {
				return err
			}
		}
		return nil
	})
	return result, err
}

func (t *tx) importChunk(by Actor, communityID int64, all []NewMember, result *ImportResult) error {
	known, err := t.knownAddresses(all)
	if err != nil {
		return err
	}
	var fresh, others []NewMember
	for _, m := range all {
		if known[m.Address] {
			others = append(others, m)
			continue
		}
		known[m.Address] = true // if it comes again in this chunk, it is known by then
		fresh = append(fresh, m)
	}
	if err := t.subscribeFresh(by, communityID, fresh); err != nil {
		return err
	}
	result.Added += len(fresh)
	for _, m := range others {
		how, err := t.subscribe(by, communityID, m)
		if err != nil {
			return fmt.Errorf("importing %s: %w", m.Address, err)
		}
		result.count(how)
	}
	return nil
}

func (r *ImportResult) count(how int) {
	switch how {
	case memberAdded:
		r.Added++
	case memberChanged:
		r.Changed++
	default:
		r.Unchanged++
	}
}

// knownAddresses returns those of the addresses that belong to somebody.
func (t *tx) knownAddresses(all []NewMember) (map[string]bool, error) {
	known := map[string]bool{}
	args := make([]any, len(all))
	for i, m := range all {
		args[i] = m.Address
	}
	err := t.query(func(row rowScanner) error {
		var address string
		err := row.Scan(&address)
		known[address] = true
		return err
	}, "SELECT address FROM addresses WHERE address IN "+tuple(len(all)), args...)
	return known, err
}

// subscribeFresh makes people whose addresses nobody has, and their subscriptions.
func (t *tx) subscribeFresh(by Actor, communityID int64, all []NewMember) error {
	if len(all) == 0 {
		return nil
	}
	ids, err := t.insertMembers(by.At, all)
	if err != nil {
		return err
	}
	var addresses, subscriptions, journal []any
	for i, m := range all {
		s := Subscription{CommunityID: communityID, MemberID: ids[i], Name: m.Name, Address: m.Address, State: Active,
			Delivery: Each, OwnCopies: true, Since: by.At, DigestHour: DefaultDigestHour}
		m.applyTo(&s)
		addresses = append(addresses, m.Address, ids[i])
		subscriptions = append(subscriptions, communityID, ids[i], s.Address, s.State, s.Delivery, s.OwnCopies, joinRoles(s.Roles), micros(s.Since))
		journal = append(journal, micros(by.At), communityID, ids[i], by.Who, by.Via, subscriptionText(s))
	}
	if _, err := t.exec("INSERT INTO addresses (address, member_id) VALUES "+tuples("(?, ?)", len(all)), addresses...); err != nil {
		return err
	}
	if _, err := t.exec(`INSERT INTO subscriptions (community_id, member_id, address, state, delivery, vacation_until, own_copies,
		roles, since, epoch) VALUES `+tuples("(?, ?, ?, ?, ?, 0, ?, ?, ?, 0)", len(all)), subscriptions...); err != nil {
		return err
	}
	if err := t.beginDigests(communityID, ids); err != nil {
		return err
	}
	if err := t.beginBriefs(communityID, ids); err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO journal (at, community_id, member_id, actor, via, action, before_state, after_state) VALUES `+
		tuples("(?, ?, ?, ?, ?, 'join', '', ?)", len(all)), journal...)
	return err
}

// insertMembers makes people and returns their IDs in the order of all. Both databases number the rows of one INSERT in
// their order, but promise no order of RETURNING.
func (t *tx) insertMembers(at time.Time, all []NewMember) (ids []int64, err error) {
	var args []any
	for _, m := range all {
		args = append(args, text(m.Name), false, micros(at))
	}
	err = t.query(scanIDs(&ids), "INSERT INTO members (name, language, timezone, named, created_at) VALUES "+
		tuples("(?, '', '', ?, ?)", len(all))+" RETURNING id", args...)
	slices.Sort(ids)
	return ids, err
}

// tuples is one tuple n times; tuple is n placeholders.
func tuples(one string, n int) string { return strings.TrimSuffix(strings.Repeat(one+", ", n), ", ") }

func tuple(n int) string { return "(" + tuples("?", n) + ")" }
