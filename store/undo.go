package store

import (
	"context"
	"encoding/json"
	"time"
)

// subscriptionState is what subscriptionText wrote.
type subscriptionState struct {
	Address      string            `json:"address"`
	Name         string            `json:"name"`
	State        SubscriptionState `json:"state"`
	Delivery     DeliveryMode      `json:"delivery"`
	Vacation     time.Time         `json:"vacation_until,omitzero"`
	OwnCopies    bool              `json:"own_copies"`
	NoReminders  bool              `json:"no_reminders,omitempty"`
	Newsletter   NewsletterWish    `json:"newsletter,omitempty"`
	NoBrief      bool              `json:"no_brief,omitempty"`
	NoThanks     bool              `json:"no_thanks,omitempty"`
	Roles        []Role            `json:"roles,omitempty"`
	Language     string            `json:"language,omitempty"`
	Timezone     string            `json:"timezone,omitempty"`
	Named        bool              `json:"named,omitempty"`
	DigestFormat DigestFormat      `json:"digest_format,omitempty"`
	DigestHour   int               `json:"digest_hour"`
}

// JournalEntry returns one change.
func (db *DB) JournalEntry(ctx context.Context, id int64) (e JournalEntry, err error) {
	err = db.queryRow(ctx, "there is no such change in the journal", func(row rowScanner) (err error) {
		e, err = scanJournal(row)
		return err
	}, "SELECT "+journalColumns+" FROM journal WHERE id = ?", id)
	return e, err
}

// Undo takes a change back: a membership, a community's rules. What was changed since in the same thing stays in the
// way: Conflict. Invalid where that kind of change cannot be taken back.
func (db *DB) Undo(ctx context.Context, by Actor, id int64, notices []Notice) (e JournalEntry, err error) {
	err = db.durable.do(ctx, func(t *tx) error {
		if e, err = scanJournal(t.row("SELECT "+journalColumns+" FROM journal WHERE id = ?", id)); isNoRows(err) {
			return Errorf(NotFound, "there is no change %d in the journal", id)
		} else if err != nil {
			return err
		}
		if err := t.undo(by, e); err != nil {
			return err
		}
		return t.sendNotices(by.At, notices)
	})
	return e, err
}

func (t *tx) undo(by Actor, e JournalEntry) error {
	switch e.Action {
	case "join", "leave", "remove", "ban", "suspend", "change membership":
		return t.undoMembership(by, e)
	case "change community":
		return t.undoCommunity(by, e)
	case "mute thread", "follow thread", "unmute thread":
		return t.undoThreadMode(by, e)
	case "merge threads", "split thread", "title thread", "solve thread", "open thread", "label thread", "unlabel thread":
		return t.undoThread(by, e)
	}
	return Errorf(Invalid, "the change %q cannot be taken back", e.Action)
}

func (t *tx) undoMembership(by Actor, e JournalEntry) error {
	now, err := scanSubscription(t.row("SELECT "+subscriptionColumns+fromSubscriptions+
		"WHERE s.community_id = ? AND s.member_id = ?", e.CommunityID, e.MemberID))
	if isNoRows(err) {
		return Errorf(NotFound, "that membership is gone")
	}
	if err != nil {
		return err
	}
	if subscriptionText(now) != e.After {
		return Errorf(Conflict, "it was changed again since then")
	}
	after := now
	if e.Before == "" { // a first join
		after.State = Left
		return t.updateSubscription(by, now, after)
	}
	var was subscriptionState
	if err := json.Unmarshal([]byte(e.Before), &was); err != nil {
		return err
	}
	after.Address, after.Name, after.State, after.Delivery = was.Address, was.Name, was.State, was.Delivery
	after.VacationUntil, after.OwnCopies, after.NoReminders, after.Newsletter, after.NoBrief, after.Roles = was.Vacation, was.OwnCopies, was.NoReminders, was.Newsletter, was.NoBrief, was.Roles
	after.NoThanks = was.NoThanks
	after.Language, after.Timezone, after.Named = was.Language, was.Timezone, was.Named
	after.DigestFormat, after.DigestHour = was.DigestFormat, was.DigestHour
	return t.updateSubscription(by, now, after)
}

func (t *tx) undoCommunity(by Actor, e JournalEntry) error {
	now, err := scanCommunity(t.row("SELECT "+communityColumns+" FROM communities WHERE id = ?", e.CommunityID))
	if err != nil {
		return err
	}
	if communityText(now) != e.After {
		return Errorf(Conflict, "it was changed again since then")
	}
	var was struct {
		Title  string `json:"title"`
		Closed bool   `json:"closed"`
		Rules
	}
	if err := json.Unmarshal([]byte(e.Before), &was); err != nil {
		return err
	}
	rules, err := json.Marshal(was.Rules)
	if err != nil {
		return err
	}
	if _, err := t.exec("UPDATE communities SET title = ?, closed = ?, rules = ? WHERE id = ?",
		was.Title, was.Closed, string(rules), e.CommunityID); err != nil {
		return err
	}
	if now.Timezone != was.Timezone {
		if err := t.replanBriefs(e.CommunityID); err != nil {
			return err
		}
	}
	return t.journal(by, entry{community: e.CommunityID, action: "change community", before: e.After, after: e.Before})
}
