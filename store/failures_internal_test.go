package store

import (
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestPlansOfFailures: a bounce costs the same, however many members, deliveries and failures there are.
func TestPlansOfFailures(t *testing.T) {
	db, r := openRecorded(t)
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	useEverything(t, db)
	s, err := db.SubscriptionByAddress(ctx, 1, "2@x.example")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := db.QueueList(ctx, QueueFilter{DispatchID: 1})
	if err != nil || len(rows) == 0 {
		t.Fatal(rows, err)
	}
	clear(r.texts)
	f := Failure{Address: s.Address, At: now, Hard: true, SubscriptionID: s.ID, DeliveryID: rows[0].ID}
	may := MayBeMass{Copies: 10, Addresses: 3, Wait: time.Hour}
	by := Actor{Who: "guildpost", At: now}
	steps := []func() error{
		func() error { _, err := db.RecordFailure(ctx, f, may); return err },
		func() error { _, err := db.NoteFailure(ctx, f, may); return err },
		func() error { _, err := db.HealthOf(ctx, s.Address, now); return err },
		func() error { _, err := db.SubscriptionsAt(ctx, s.Address); return err },
		func() error { _, err := db.DispatchFailures(ctx, 1); return err },
		func() error { _, err := db.FailedEarlier(ctx, 1); return err },
		func() error { _, _, _, err := db.DispatchCopies(ctx, 1, []string{"x.example"}); return err },
		func() error { _, err := db.DeliveryOfPost(ctx, 1, s.ID); return err },
		func() error { _, err := db.SuspendedBy(ctx, s); return err },
		func() error { _, err := db.Suspend(ctx, by, s.ID, []string{"x"}, nil, nil); return err },
		func() error { _, err := db.TasksDue(ctx, TaskAge, now.AddDate(1, 0, 0)); return err },
		func() error { return db.ForgetFailures(ctx, s.Address) },
	}
	for i, step := range steps {
		if err := step(); err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
	}
	whole := regexp.MustCompile(`^SCAN failures\b`)
	for text, n := range r.texts {
		if !regexp.MustCompile(`^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)`).MatchString(text) {
			continue
		}
		for _, step := range explainPlan(t, db, text, n) {
			if reason := slow(text, step); reason != "" || whole.MatchString(step) {
				t.Errorf("%s %s: %s", reason, step, strings.TrimSpace(text))
			}
		}
	}
}
