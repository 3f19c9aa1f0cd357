package store

import (
	"context"
	"time"
)

// A NewsletterNote is something that a facilitator wants in the next issue.
type NewsletterNote struct {
	ID             int64
	CommunityID    int64
	SubscriptionID int64 // whose it is
	MessageID      string
	Title, Note    string
	At             time.Time
	Open           bool // nothing shows yet that it is theirs: it is in no issue
}

// What stands in newsletter_notes.newsletter_id where no issue has the note yet.
const (
	noteWaits = 0
	noteOpen  = -1 // until it is confirmed
)

const noteColumns = "id, community_id, subscription_id, message_id, title, note, at, newsletter_id"

func scanNote(row rowScanner) (n NewsletterNote, err error) {
	var at, in int64
	err = row.Scan(&n.ID, &n.CommunityID, &n.SubscriptionID, &n.MessageID, &n.Title, &n.Note, &at, &in)
	n.At, n.Open = fromMicros(at), in == noteOpen
	return n, err
}

// AddNewsletterNote keeps a note, and sends the mails about it, which are made from its ID. A message that comes again makes
// no second one; then added is false.
func (db *DB) AddNewsletterNote(ctx context.Context, note NewsletterNote, mails func(id int64) ([]Notice, error)) (added bool, err error) {
	in := noteWaits
	if note.Open {
		in = noteOpen
	}
	err = db.durable.do(ctx, func(t *tx) error {
		var id int64
		err := t.row(`INSERT INTO newsletter_notes (community_id, subscription_id, message_id, title, note, at, newsletter_id)
			VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (community_id, message_id) DO NOTHING RETURNING id`,
			note.CommunityID, note.SubscriptionID, key(note.MessageID), text(note.Title), text(note.Note), micros(note.At), in).Scan(&id)
		if added = err == nil; isNoRows(err) {
			return nil
		}
		if err != nil {
			return err
		}
		return t.sendMade(note.At, id, mails)
	})
	return added, err
}

// NewsletterNote returns the note with an ID.
func (db *DB) NewsletterNote(ctx context.Context, id int64) (n NewsletterNote, err error) {
	err = db.queryRow(ctx, "there is no such note", func(row rowScanner) (err error) {
		n, err = scanNote(row)
		return err
	}, "SELECT "+noteColumns+" FROM newsletter_notes WHERE id = ?", id)
	return n, err
}

// ConfirmNewsletterNote takes a note that was open, once, and sends mails.
func (db *DB) ConfirmNewsletterNote(ctx context.Context, by Actor, id int64, notices []Notice) error {
	return db.durable.do(ctx, func(t *tx) error {
		n, err := t.exec("UPDATE newsletter_notes SET newsletter_id = ? WHERE id = ? AND newsletter_id = ?", noteWaits, id, noteOpen)
		if err != nil || n == 0 {
			return err
		}
		return t.sendNotices(by.At, notices)
	})
}

// NewsletterNotes returns the notes for the next issue of a community, in their order.
func (db *DB) NewsletterNotes(ctx context.Context, communityID int64) (all []NewsletterNote, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		n, err := scanNote(row)
		all = append(all, n)
		return err
	}, "SELECT "+noteColumns+` FROM newsletter_notes WHERE community_id = ? AND newsletter_id = 0 ORDER BY id LIMIT 200`, communityID)
	return all, err
}
