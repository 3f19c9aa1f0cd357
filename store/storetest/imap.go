package storetest

import (
	"fmt"
	"testing"
	"time"

	"guildpost/store"
)

var imapCases = []testCase{
	{"a mailbox is made once and moves on", imapMailbox},
	{"another UIDVALIDITY begins anew", imapRenewed},
	{"open messages come when they are due", imapOpen},
	{"what was handled is known until it is forgotten", imapHandled},
	{"one daemon has a mailbox", imapHeld},
}

func mailbox(t *testing.T, db *store.DB) store.IMAPMailbox {
	t.Helper()
	m, err := db.IMAPMailbox(ctx, "lists@imap.example.org:993", "INBOX")
	check(t, err)
	return m
}

func imapMailbox(t *testing.T, db *store.DB) {
	ids := make([]int64, 8)
	atOnce(len(ids), func(i int) {
		m, err := db.IMAPMailbox(ctx, "lists@imap.example.org:993", "INBOX")
		if err != nil {
			t.Error(err)
		}
		ids[i] = m.ID
	})
	for _, id := range ids {
		equal(t, "the mailbox", id, ids[0])
	}
	other, err := db.IMAPMailbox(ctx, "lists@imap.example.org:993", "Archive")
	check(t, err)
	if other.ID == ids[0] {
		t.Error("two mailboxes are one")
	}
	check(t, db.RenewIMAP(ctx, ids[0], 4294967295, 4294967294))
	check(t, db.StepIMAP(ctx, ids[0], store.IMAPStep{LastUID: 4294967290, Now: Now}))
	check(t, db.StepIMAP(ctx, ids[0], store.IMAPStep{LastUID: 17, Now: Now}))
	m := mailbox(t, db)
	equal(t, "UIDVALIDITY", m.UIDValidity, uint32(4294967295))
	equal(t, "it never goes back", m.LastUID, uint32(4294967290))
	equal(t, "history", m.HistoryTo, uint32(4294967294))
}

func imapRenewed(t *testing.T, db *store.DB) {
	m := mailbox(t, db)
	check(t, db.RenewIMAP(ctx, m.ID, 1, 20))
	check(t, db.StepIMAP(ctx, m.ID, store.IMAPStep{LastUID: 20, Now: Now, Handled: [][]byte{[]byte("hash")},
		Open: []store.IMAPOpen{{UID: 7, State: store.IMAPGivenUp}, {UID: 8, Since: Now, NextAt: Now}}}))
	check(t, db.RenewIMAP(ctx, m.ID, 2, 0))
	m = mailbox(t, db)
	equal(t, "UIDVALIDITY", m.UIDValidity, uint32(2))
	equal(t, "last UID", m.LastUID, uint32(0))
	due, err := db.IMAPDue(ctx, m.ID, Now.Add(time.Hour), 100)
	check(t, err)
	equal(t, "open", len(due), 0)
	known, err := db.IMAPHandled(ctx, []byte("hash"))
	check(t, err)
	equal(t, "what was handled stays known", known, true)
}

func imapOpen(t *testing.T, db *store.DB) {
	m := mailbox(t, db)
	next, err := db.IMAPNext(ctx, m.ID)
	check(t, err)
	equal(t, "nothing is due", next.IsZero(), true)
	check(t, db.StepIMAP(ctx, m.ID, store.IMAPStep{Now: Now, Open: []store.IMAPOpen{
		{UID: 1, State: store.IMAPRetry, Tries: 2, Since: Now, NextAt: Now.Add(time.Minute), Reason: "the database is busy"},
		{UID: 2, State: store.IMAPAfter, Since: Now, NextAt: Now},
		{UID: 3, State: store.IMAPProblem, Since: Now, NextAt: Now, Reason: "zu groß\x00"},
		{UID: 4, State: store.IMAPGivenUp, Since: Now, NextAt: Now},
	}}))
	uids := func(until time.Time, limit int) (s string) {
		due, err := db.IMAPDue(ctx, m.ID, until, limit)
		check(t, err)
		for _, open := range due {
			s += fmt.Sprintf("%d:%d:%d ", open.UID, open.State, open.Tries)
		}
		return s
	}
	equal(t, "due now", uids(Now, 10), "2:1:0 3:2:0 ")
	equal(t, "the first", uids(Now, 1), "2:1:0 ")
	check(t, db.StepIMAP(ctx, m.ID, store.IMAPStep{Now: Now, Closed: []uint32{2, 99},
		Open: []store.IMAPOpen{{UID: 3, State: store.IMAPGivenUp, Since: Now, NextAt: Now}}}))
	equal(t, "then", uids(Now, 10), "")
	equal(t, "later", uids(Now.Add(time.Hour), 10), "1:0:2 ")
	next, err = db.IMAPNext(ctx, m.ID)
	check(t, err)
	equal(t, "next", next, Now.Add(time.Minute))
}

func imapHandled(t *testing.T, db *store.DB) {
	m := mailbox(t, db)
	check(t, db.StepIMAP(ctx, m.ID, store.IMAPStep{Now: Now, Handled: [][]byte{{0, 1}, {0, 2}}}))
	check(t, db.StepIMAP(ctx, m.ID, store.IMAPStep{Now: Now.Add(time.Hour), Handled: [][]byte{{0, 2}}}))
	check(t, db.ForgetIMAP(ctx, Now.Add(time.Minute)))
	for hash, want := range map[byte]bool{1: false, 2: true, 3: false} {
		got, err := db.IMAPHandled(ctx, []byte{0, hash})
		check(t, err)
		equal(t, fmt.Sprint("hash ", hash), got, want)
	}
}

func imapHeld(t *testing.T, db *store.DB) {
	m := mailbox(t, db)
	hold := func(holder string, at time.Time) bool {
		held, err := db.HoldIMAP(ctx, m.ID, holder, at, at.Add(time.Minute))
		check(t, err)
		return held
	}
	equal(t, "one", hold("one", Now), true)
	equal(t, "one again", hold("one", Now.Add(time.Second)), true)
	equal(t, "two, while one has it", hold("two", Now.Add(2*time.Second)), !db.Shared())
	equal(t, "two, when one is gone", hold("two", Now.Add(time.Hour)), true)
	check(t, db.ReleaseIMAP(ctx, m.ID, "one"))
	check(t, db.ReleaseIMAP(ctx, m.ID, "two"))
	equal(t, "one, when two let go", hold("one", Now.Add(time.Hour)), true)
}
