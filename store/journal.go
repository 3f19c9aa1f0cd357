package store

import (
	"context"
	"time"
)

// A JournalEntry is one change: who, when, how, from what to what.
type JournalEntry struct {
	ID          int64
	At          time.Time
	CommunityID int64
	MemberID    int64
	Actor       Actor
	Action      string
	Before      string
	After       string
}

// entry is a change that is about to be written down.
type entry struct {
	community, member     int64
	action, before, after string
}

func (t *tx) journal(by Actor, e entry) error {
	_, err := t.exec(`INSERT INTO journal (at, community_id, member_id, actor, via, action, before_state, after_state)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		micros(by.At), e.community, e.member, by.Who, by.Via, e.action, e.before, e.after)
	return err
}

const journalColumns = "id, at, community_id, member_id, actor, via, action, before_state, after_state"

func scanJournal(row rowScanner) (e JournalEntry, err error) {
	var at int64
	err = row.Scan(&e.ID, &at, &e.CommunityID, &e.MemberID, &e.Actor.Who, &e.Actor.Via, &e.Action, &e.Before, &e.After)
	e.At, e.Actor.At = fromMicros(at), fromMicros(at)
	return e, err
}

// Journal returns the newest changes of a community, or of all for 0, newest first.
func (db *DB) Journal(ctx context.Context, communityID int64, limit int) (all []JournalEntry, err error) {
	where, args := " ", []any{}
	if communityID != 0 {
		where, args = " WHERE community_id = ? ", append(args, communityID)
	}
	err = db.query(ctx, func(row rowScanner) error {
		e, err := scanJournal(row)
		all = append(all, e)
		return err
	}, "SELECT "+journalColumns+" FROM journal"+where+"ORDER BY id DESC LIMIT ?", append(args, limit)...)
	return all, err
}
