package store

import (
	"context"
	"encoding/json"
	"errors"
)

// A ThreadMode is what a subscriber wants of one thread, whatever they want of all others.
type ThreadMode string

// The modes of a thread. Muted ones are not sent; followed ones are sent as they are written, whatever the delivery is.
const (
	ThreadAsOthers ThreadMode = ""
	ThreadMuted    ThreadMode = "muted"
	ThreadFollowed ThreadMode = "followed"
)

// threadModeState is what the journal keeps of a thread's mode.
type threadModeState struct {
	Subscription int64      `json:"subscription"`
	Thread       int64      `json:"thread"`
	Subject      string     `json:"subject,omitempty"`
	Mode         ThreadMode `json:"mode,omitempty"`
}

func (s threadModeState) text() string {
	b, err := json.Marshal(s)
	if err != nil {
		return ""
	}
	return string(b)
}

// threadModeActions are the journal's words.
var threadModeActions = map[ThreadMode]string{ThreadAsOthers: "unmute thread", ThreadMuted: "mute thread", ThreadFollowed: "follow thread"}

// SetThreadMode keeps what a subscriber wants of a thread and sends what mails makes; the ID of the journal's entry is what
// an undo ticket names. Changed is false where it was so already. NotFound where the thread is not one of their community.
func (db *DB) SetThreadMode(ctx context.Context, by Actor, subscriptionID, threadID int64, mode ThreadMode,
	mails func(journal int64) ([]Notice, error)) (changed bool, err error) {
	err = db.durable.do(ctx, func(t *tx) error {
		changed = false
		s, err := t.subscriptionToChange(subscriptionID)
		if err != nil {
			return err
		}
		journal, err := t.changeThreadMode(by, s, threadID, mode)
		if err != nil || journal == 0 {
			return err
		}
		changed = true
		return t.sendMade(by.At, journal, mails)
	})
	return changed, err
}

// changeThreadMode returns the ID of the journal's entry, 0 where nothing changed.
func (t *tx) changeThreadMode(by Actor, s Subscription, threadID int64, mode ThreadMode) (journal int64, err error) {
	var subject string
	err = t.row("SELECT subject FROM threads WHERE id = ? AND community_id = ?", threadID, s.CommunityID).Scan(&subject)
	if isNoRows(err) {
		return 0, Errorf(NotFound, "there is no such thread")
	}
	if err != nil {
		return 0, err
	}
	before, err := t.threadMode(s.ID, threadID)
	if err != nil || before == mode {
		return 0, err
	}
	if err := t.digestThread(s, threadID, before, mode); err != nil {
		return 0, err
	}
	if err := t.keepThreadMode(s.ID, threadID, mode); err != nil {
		return 0, err
	}
	state := threadModeState{Subscription: s.ID, Thread: threadID, Subject: subject, Mode: before}
	e := entry{community: s.CommunityID, member: s.MemberID, action: threadModeActions[mode], before: state.text()}
	state.Mode = mode
	e.after = state.text()
	if err := t.journal(by, e); err != nil {
		return 0, err
	}
	err = t.row("SELECT MAX(id) FROM journal WHERE member_id = ?", s.MemberID).Scan(&journal)
	return journal, err
}

func (t *tx) threadMode(subscriptionID, threadID int64) (mode ThreadMode, err error) {
	err = t.row("SELECT mode FROM thread_modes WHERE subscription_id = ? AND thread_id = ?", subscriptionID, threadID).Scan(&mode)
	if isNoRows(err) {
		return ThreadAsOthers, nil
	}
	return mode, err
}

func (t *tx) keepThreadMode(subscriptionID, threadID int64, mode ThreadMode) error {
	if mode == ThreadAsOthers {
		_, err := t.exec("DELETE FROM thread_modes WHERE subscription_id = ? AND thread_id = ?", subscriptionID, threadID)
		return err
	}
	_, err := t.exec(`INSERT INTO thread_modes (subscription_id, thread_id, mode) VALUES (?, ?, ?)
		ON CONFLICT (subscription_id, thread_id) DO UPDATE SET mode = excluded.mode`, subscriptionID, threadID, mode)
	return err
}

// undoThreadMode takes a change of a thread's mode back.
func (t *tx) undoThreadMode(by Actor, e JournalEntry) error {
	var was, is threadModeState
	if err := errors.Join(json.Unmarshal([]byte(e.Before), &was), json.Unmarshal([]byte(e.After), &is)); err != nil {
		return err
	}
	now, err := t.threadMode(is.Subscription, is.Thread)
	if err != nil {
		return err
	}
	if now != is.Mode {
		return Errorf(Conflict, "it was changed again since then")
	}
	s, err := t.subscriptionToChange(is.Subscription)
	if err != nil {
		return err
	}
	_, err = t.changeThreadMode(by, s, is.Thread, was.Mode)
	return err
}

// moveThreadModes keeps what subscribers want of a thread that becomes part of another; what they want of that one counts.
func (t *tx) moveThreadModes(from, into int64) error {
	_, err := t.exec(`INSERT INTO thread_modes (subscription_id, thread_id, mode)
		SELECT subscription_id, CAST(? AS BIGINT), mode FROM thread_modes WHERE thread_id = ? ON CONFLICT DO NOTHING`, into, from)
	return err
}

// ThreadModes returns the threads of a subscriber that have a mode of their own.
func (db *DB) ThreadModes(ctx context.Context, subscriptionID int64) (modes map[int64]ThreadMode, err error) {
	modes = map[int64]ThreadMode{}
	return modes, db.query(ctx, scanThreadModes(modes), threadModesQuery, subscriptionID)
}

func (t *tx) threadModes(subscriptionID int64) (modes map[int64]ThreadMode, err error) {
	modes = map[int64]ThreadMode{}
	return modes, t.query(scanThreadModes(modes), threadModesQuery, subscriptionID)
}

const threadModesQuery = "SELECT thread_id, mode FROM thread_modes WHERE subscription_id = ?"

func scanThreadModes(modes map[int64]ThreadMode) func(rowScanner) error {
	return func(row rowScanner) error {
		var id int64
		var mode ThreadMode
		err := row.Scan(&id, &mode)
		modes[id] = mode
		return err
	}
}
