package store

import (
	"strings"
	"testing"
	"time"
)

// TestPlansOfThreadModes: the fan-out looks at modes only where a thread has any, and then at one row each.
func TestPlansOfThreadModes(t *testing.T) {
	db, r := openRecorded(t)
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	useEverything(t, db)
	by := Actor{Who: "postmaster", At: now}
	c, err := db.CommunityByName(ctx, "rust")
	if err != nil {
		t.Fatal(err)
	}
	s, err := db.SubscriptionByAddress(ctx, c.ID, "2@x.example")
	if err != nil {
		t.Fatal(err)
	}
	threads, err := db.Threads(ctx, c.ID, 1)
	if err != nil || len(threads) == 0 {
		t.Fatal(threads, err)
	}
	for text := range r.texts {
		if strings.Contains(text, "INSERT INTO deliveries") && strings.Contains(text, "thread_modes") {
			t.Errorf("a thread without modes: %s", text)
		}
	}
	clear(r.texts)
	steps := []func() error{
		func() error { _, err := db.SetThreadMode(ctx, by, s.ID, threads[0].ID, ThreadMuted, nil); return err },
		func() error {
			posts, err := db.ThreadPosts(ctx, threads[0].ID)
			if err == nil {
				_, err = db.AcceptPost(ctx, Arrival{CommunityID: c.ID, MessageID: "answer", BodyHash: []byte("b"), Now: now, References: []string{posts[0].MessageID}})
			}
			return err
		},
		func() error { _, err := db.Expand(ctx, now); return err },
		func() error { _, err := db.ThreadModes(ctx, s.ID); return err },
		func() error { _, err := db.ThreadsSince(ctx, c.ID, now, 10); return err },
		func() error { _, err := db.ThreadsBySubject(ctx, c.ID, "s", 10); return err },
		func() error { _, _, err := db.ThreadsLike(ctx, c.ID, "s", 0, 10); return err },
		func() error { _, err := db.MemberCount(ctx, c.ID); return err },
		func() error { _, err := db.MembersPage(ctx, c.ID, 0, 10); return err },
		func() error { _, err := db.SubscriptionsOf(ctx, s.Address); return err },
		func() error { _, err := db.PostCount(ctx, c.ID, now, now); return err },
		func() error { _, err := db.MemberJournal(ctx, c.ID, s.MemberID, 10); return err },
		func() error { _, err := db.ThanksSince(ctx, c.ID, now); return err },
	}
	for i, step := range steps {
		if err := step(); err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
	}
	looked := false
	for text, n := range r.texts {
		if !strings.HasPrefix(strings.TrimSpace(text), "SELECT") && !strings.Contains(text, "INSERT INTO deliveries") {
			continue
		}
		looked = looked || strings.Contains(text, "INSERT INTO deliveries") && strings.Contains(text, "thread_modes")
		for _, step := range explainPlan(t, db, text, n) {
			if reason := slow(text, step); reason != "" || strings.HasPrefix(step, "SCAN o") {
				t.Errorf("%s: %s\n%s", reason, step, text)
			}
		}
	}
	if !looked {
		t.Error("the modes of a thread that has some were not looked at")
	}
}
