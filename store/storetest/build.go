package storetest

import (
	"context"
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"guildpost/store"
)

// Now is when the tests take place, unless they say otherwise.
var Now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

var ctx = context.Background()

// By is the postmaster at a time.
func By(at time.Time) store.Actor { return store.Actor{Who: "postmaster", Via: "command", At: at} }

// Community makes the community NAME@lists.example.org.
func Community(t testing.TB, db *store.DB, name string) store.Community {
	t.Helper()
	c, err := db.CreateCommunity(ctx, By(Now.Add(-time.Hour)), store.Community{Name: name, Domain: "lists.example.org",
		Title: "The " + name + " guild"})
	check(t, err)
	return c
}

// Address returns the address of the n-th member that Members makes.
func Address(c store.Community, n int) string {
	return fmt.Sprintf("%s-%05d@members.example", c.Name, n)
}

// Members subscribes n people an hour before Now, and returns their subscriptions in their order.
func Members(t testing.TB, db *store.DB, c store.Community, n int) []store.Subscription {
	t.Helper()
	all := make([]store.NewMember, n)
	for i := range all {
		all[i] = store.NewMember{Address: Address(c, i), Name: fmt.Sprintf("Member %d", i)}
	}
	_, err := db.ImportMembers(ctx, By(Now.Add(-time.Hour)), c.ID, all)
	check(t, err)
	return Subscriptions(t, db, c)
}

// Subscriptions returns all of a community's subscriptions.
func Subscriptions(t testing.TB, db *store.DB, c store.Community) (all []store.Subscription) {
	t.Helper()
	f := store.SubscriptionFilter{}
	for {
		page, err := db.Subscriptions(ctx, c.ID, f)
		check(t, err)
		if len(page) == 0 {
			return all
		}
		all = append(all, page...)
		f.After = page[len(page)-1].ID
	}
}

// Arrival is a message to a community, from somebody who is no member, which arrives at Now. Its Message-ID is
// ID@example.org, and so its body differs from any other's.
func Arrival(c store.Community, id string) store.Arrival {
	body := "This is " + id + ".\r\n"
	hash := sha256.Sum256([]byte(body))
	return store.Arrival{
		CommunityID: c.ID, MessageID: id + "@example.org", BodyHash: hash[:],
		Raw:    []byte("From: Ann <ann@example.org>\r\nSubject: About " + id + "\r\nMessage-ID: <" + id + "@example.org>\r\n\r\n" + body),
		Sender: "ann@example.org", From: "ann@example.org", FromName: "Ann", Subject: "About " + id, SubjectBase: "about " + id,
		Date: Now.Add(-time.Minute), Now: Now,
	}
}

// Accept accepts a message that has to be accepted.
func Accept(t testing.TB, db *store.DB, a store.Arrival) store.Acceptance {
	t.Helper()
	got, err := db.AcceptPost(ctx, a)
	check(t, err)
	if got.PostID == 0 || got.Duplicate || got.Conflict {
		t.Fatalf("AcceptPost(%s) = %+v, want a new post", a.MessageID, got)
	}
	return got
}

// Drain delivers everything that waits at a time, and returns the recipients in the order of their claims.
func Drain(t testing.TB, db *store.DB, now time.Time) (recipients []string) {
	t.Helper()
	for _, d := range deliver(t, db, now) {
		recipients = append(recipients, d.Recipient)
	}
	return recipients
}

// deliver is Drain, with all that is known of the deliveries.
func deliver(t testing.TB, db *store.DB, now time.Time) (all []store.Delivery) {
	t.Helper()
	worker, err := db.JoinWorkers(ctx, now)
	check(t, err)
	defer func() { check(t, db.LeaveWorkers(ctx, worker)) }()
	for {
		made, err := db.Expand(ctx, now)
		check(t, err)
		claimed, err := db.Claim(ctx, worker, 500, now)
		check(t, err)
		all = append(all, claimed...)
		check(t, recordOutcomes(db, worker, now, outcomes(claimed, store.Sent)))
		if made == 0 && len(claimed) == 0 {
			return all
		}
	}
}

func outcomes(claimed []store.Delivery, state store.DeliveryState) []store.Outcome {
	all := make([]store.Outcome, len(claimed))
	for i, d := range claimed {
		all[i] = store.Outcome{DeliveryID: d.ID, State: state}
	}
	return all
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantKind(t testing.TB, what string, err error, want store.Kind) {
	t.Helper()
	if err == nil || store.KindOf(err) != want {
		t.Errorf("%s: error %v of kind %d, want kind %d", what, err, store.KindOf(err), want)
	}
}

func equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// atOnce runs fn n times at once and waits.
func atOnce(n int, fn func(i int)) {
	done := make(chan struct{})
	for i := range n {
		go func() {
			defer func() { done <- struct{}{} }()
			fn(i)
		}()
	}
	for range n {
		<-done
	}
}

// recordOutcomes records, and waits until the database shows it.
func recordOutcomes(db *store.DB, worker int64, now time.Time, all []store.Outcome) error {
	if err := db.RecordOutcomes(ctx, worker, now, all); err != nil {
		return err
	}
	return db.Settle(ctx)
}
