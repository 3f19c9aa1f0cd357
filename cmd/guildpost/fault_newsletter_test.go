package main

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"guildpost/digest/issue"
	"guildpost/mail/mailtest"
	"guildpost/store"
)

// TestKilledNewsletter kills the daemon while it makes the copies of a newsletter, again and again: in the end each reader has one.
func TestKilledNewsletter(t *testing.T) {
	members, kills := 2000, 4
	if required("kill") {
		members, kills = 10_000, 20
	}
	p := newProcess(t, faultSink(t, mailtest.Faults{}).Addr(), "")
	c := p.fill(members)
	i := newsletterDue(t, p, c)
	db := p.open()
	defer db.Close()
	before := 0
	for kill := range kills {
		p.launch()
		awaitNewsletter(t, p, db, i, func(at store.Newsletter) bool { return at.Readers > before || at.State == store.NewsletterSent })
		<-time.After(time.Duration(rand.IntN(100)) * time.Millisecond) // somewhere between two pages
		p.kill()
		at := awaitNewsletter(t, p, db, i, func(store.Newsletter) bool { return true })
		t.Logf("kill %d: %s, %d copies", kill, at.State, at.Readers)
		before = at.Readers
	}
	p.start()
	awaitNewsletter(t, p, db, i, func(at store.Newsletter) bool { return at.State == store.NewsletterSent })
	rows, err := db.QueueList(t.Context(), store.QueueFilter{Limit: 3 * members, States: []store.DeliveryState{store.Waiting, store.Claimed, store.Deferred, store.Sent, store.Failed, store.Dropped}})
	if err != nil {
		t.Fatal(err)
	}
	copies := map[string]int{}
	for _, row := range rows {
		copies[row.Recipient]++
	}
	for n := range members {
		if address := fmt.Sprintf("member%d@example.org", n); copies[address] != 1 {
			t.Errorf("%s has %d copies", address, copies[address])
		}
	}
	if len(rows) != members {
		t.Errorf("%d copies were queued for %d members", len(rows), members)
	}
}

// awaitNewsletter waits until an issue is as it should be.
func awaitNewsletter(t *testing.T, p *process, db *store.DB, id int64, is func(store.Newsletter) bool) store.Newsletter {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(time.Minute); ; <-tick.C {
		at, err := db.Newsletter(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if is(at) {
			return at
		}
		if time.Now().After(end) {
			t.Fatalf("it goes no further: %+v\n%s", at, p.remarks())
		}
	}
}

// newsletterDue makes an issue whose time has come.
func newsletterDue(t *testing.T, p *process, c store.Community) int64 {
	t.Helper()
	db := p.open()
	defer db.Close()
	content, err := issue.Issue{Sections: []issue.Section{{Kind: issue.Opening, Items: issue.Blocks("What a month.")}}}.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	i, err := db.DraftNewsletter(t.Context(), store.Actor{Who: "test", At: now}, store.NewsletterDraft{Issue: store.Newsletter{CommunityID: c.ID, PlannedAt: now,
		From: now.AddDate(0, -1, 0), Until: now, SendAt: now, Content: content}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return i.ID
}
