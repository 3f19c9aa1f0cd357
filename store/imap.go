package store

import (
	"context"
	"time"
)

// An IMAPMailbox is a mailbox on another server that mail is fetched from, and how far that has come. IMAPMailbox makes it,
// the watcher that holds it moves it on.
type IMAPMailbox struct {
	ID          int64
	Account     string // user and server
	Name        string
	UIDValidity uint32 // 0 where it was never opened
	HistoryTo   uint32 // the last UID that was there when it was opened first under this UIDValidity
	LastUID     uint32 // each up to it is done with, or is an IMAPOpen
}

// An IMAPState says what is to be done with a message of a mailbox.
type IMAPState int

// The states of an IMAPOpen. The order matters: what is before IMAPGivenUp is worked at.
const (
	IMAPRetry   IMAPState = iota // it could not be handled and is tried again
	IMAPAfter                    // it is handled, and is to be marked, moved or deleted
	IMAPProblem                  // it cannot be handled; that is to be marked and told
	IMAPGivenUp                  // it was marked and told, and stays
)

// An IMAPOpen is a message of a mailbox with which something is still to be done, or nothing can be.
type IMAPOpen struct {
	UID    uint32
	State  IMAPState
	Tries  int
	Since  time.Time // of the first try
	NextAt time.Time
	Reason string
}

// An IMAPStep is what has become of some messages of a mailbox.
type IMAPStep struct {
	LastUID uint32     // the mailbox is looked through up to here; 0 leaves it
	Open    []IMAPOpen // replaces what was known of these UIDs
	Closed  []uint32   // nothing is to be done with these any more
	Handled [][]byte   // hashes by which what was handled is known again
	Now     time.Time
}

// IMAPMailbox returns a mailbox, and makes it where it is new.
func (db *DB) IMAPMailbox(ctx context.Context, account, name string) (m IMAPMailbox, err error) {
	m.Account, m.Name = account, name
	err = db.durable.do(ctx, func(t *tx) error {
		return t.row(`INSERT INTO imap_mailboxes (account, mailbox, uid_validity, history_to, last_uid, holder, held_until)
			VALUES (?, ?, 0, 0, 0, '', 0)
			ON CONFLICT (account, mailbox) DO UPDATE SET uid_validity = imap_mailboxes.uid_validity
			RETURNING id, uid_validity, history_to, last_uid`, account, name).Scan(&m.ID, &m.UIDValidity, &m.HistoryTo, &m.LastUID)
	})
	return m, err
}

// HoldIMAP keeps a mailbox for one daemon until a time, or says that another one has it. One daemon alone serves a database
// that is not Shared, so there it gets the mailbox from whoever had it before.
func (db *DB) HoldIMAP(ctx context.Context, mailboxID int64, holder string, now, until time.Time) (held bool, err error) {
	err = db.relaxed.do(ctx, func(t *tx) error {
		n, err := t.exec("UPDATE imap_mailboxes SET holder = ?, held_until = ? WHERE id = ? AND (holder = ? OR held_until < ? OR ?)",
			holder, micros(until), mailboxID, holder, micros(now), !db.Shared())
		held = n == 1
		return err
	})
	return held, err
}

// ReleaseIMAP lets others have a mailbox at once.
func (db *DB) ReleaseIMAP(ctx context.Context, mailboxID int64, holder string) error {
	return db.relaxed.do(ctx, func(t *tx) error {
		_, err := t.exec("UPDATE imap_mailboxes SET held_until = 0 WHERE id = ? AND holder = ?", mailboxID, holder)
		return err
	})
}

// RenewIMAP begins a mailbox anew under another UIDVALIDITY: all UIDs that were known mean nothing any more. HistoryTo is the
// last UID that is there already.
func (db *DB) RenewIMAP(ctx context.Context, mailboxID int64, uidValidity, historyTo uint32) error {
	return db.durable.do(ctx, func(t *tx) error {
		if _, err := t.exec("DELETE FROM imap_open WHERE mailbox_id = ?", mailboxID); err != nil {
			return err
		}
		_, err := t.exec("UPDATE imap_mailboxes SET uid_validity = ?, history_to = ?, last_uid = 0 WHERE id = ?",
			int64(uidValidity), int64(historyTo), mailboxID)
		return err
	})
}

// StepIMAP notes what has become of some messages. It comes after what was promised about them was committed, and may be
// lost in a power cut without harm: then they are looked at once more, and known again.
func (db *DB) StepIMAP(ctx context.Context, mailboxID int64, step IMAPStep) error {
	return db.relaxed.do(ctx, func(t *tx) error {
		for _, hash := range step.Handled {
			if _, err := t.exec("INSERT INTO imap_handled (hash, at) VALUES (?, ?) ON CONFLICT (hash) DO UPDATE SET at = excluded.at",
				hash, micros(step.Now)); err != nil {
				return err
			}
		}
		if len(step.Closed) > 0 {
			uids := make([]int64, len(step.Closed))
			for i, uid := range step.Closed {
				uids[i] = int64(uid)
			}
			if _, err := t.exec("DELETE FROM imap_open WHERE mailbox_id = ? AND "+t.dialect.in("uid"), mailboxID, t.dialect.idList(uids)); err != nil {
				return err
			}
		}
		for _, open := range step.Open {
			if err := t.openIMAP(mailboxID, open); err != nil {
				return err
			}
		}
		if step.LastUID == 0 {
			return nil
		}
		_, err := t.exec("UPDATE imap_mailboxes SET last_uid = ? WHERE id = ? AND last_uid < ?", int64(step.LastUID), mailboxID, int64(step.LastUID))
		return err
	})
}

func (t *tx) openIMAP(mailboxID int64, open IMAPOpen) error {
	_, err := t.exec(`INSERT INTO imap_open (mailbox_id, uid, state, tries, since, next_at, reason) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (mailbox_id, uid) DO UPDATE SET state = excluded.state, tries = excluded.tries, since = excluded.since,
		next_at = excluded.next_at, reason = excluded.reason`,
		mailboxID, int64(open.UID), int(open.State), open.Tries, micros(open.Since), micros(open.NextAt), open.Reason)
	return err
}

// IMAPDue returns what is to be done with messages of a mailbox until a time, soonest first, at most limit.
func (db *DB) IMAPDue(ctx context.Context, mailboxID int64, until time.Time, limit int) (all []IMAPOpen, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		var open IMAPOpen
		var since, next int64
		err := row.Scan(&open.UID, &open.State, &open.Tries, &since, &next, &open.Reason)
		open.Since, open.NextAt = fromMicros(since), fromMicros(next)
		all = append(all, open)
		return err
	}, "SELECT uid, state, tries, since, next_at, reason FROM imap_open WHERE mailbox_id = ? AND state < 3 AND next_at <= ? ORDER BY next_at, uid LIMIT ?",
		mailboxID, micros(until), limit)
	return all, err
}

// IMAPNext returns when the next message of a mailbox is to be tried again; the zero time where none is.
func (db *DB) IMAPNext(ctx context.Context, mailboxID int64) (at time.Time, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		var next int64
		err := row.Scan(&next)
		at = fromMicros(next)
		return err
	}, "SELECT next_at FROM imap_open WHERE mailbox_id = ? AND state < 3 ORDER BY next_at LIMIT 1", mailboxID)
	return at, err
}

// IMAPHandled says whether what has a hash was handled before, under whatever UID.
func (db *DB) IMAPHandled(ctx context.Context, hash []byte) (handled bool, err error) {
	err = db.query(ctx, func(row rowScanner) error {
		var one int
		handled = true
		return row.Scan(&one)
	}, "SELECT 1 FROM imap_handled WHERE hash = ?", hash)
	return handled, err
}

// ForgetIMAP removes the hashes of what was handled before a time.
func (db *DB) ForgetIMAP(ctx context.Context, before time.Time) error {
	return db.relaxed.do(ctx, func(t *tx) error {
		_, err := t.exec("DELETE FROM imap_handled WHERE at < ?", micros(before))
		return err
	})
}
