package store

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// killedWith opens a database with n claimed deliveries whose log holds what sent says, as a killed process leaves it.
func killedWith(t *testing.T, n int, sent func(l *outcomeLog, worker int64, claimed []Delivery)) *DB {
	t.Helper()
	ctx, now := t.Context(), time.Date(2026, 8, 3, 9, 0, 0, 0, time.UTC)
	db, err := Open(ctx, Options{Path: filepath.Join(t.TempDir(), "guildpost.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	worker, err := db.JoinWorkers(ctx, now)
	if err != nil {
		t.Fatal(err)
	}
	for range n {
		if err := db.SendNotice(ctx, now, Notice{Recipient: "ada@a.example", Raw: []byte("x")}); err != nil {
			t.Fatal(err)
		}
	}
	claimed, err := db.Claim(ctx, worker, n, now)
	if err != nil || len(claimed) != n {
		t.Fatalf("claimed %d: %v", len(claimed), err)
	}
	log := db.outcomes.Swap(nil)
	close(log.closed) // nobody brings in
	<-log.done
	sent(log, worker, claimed)
	return db
}

func countStates(t *testing.T, db *DB) map[DeliveryState]int {
	t.Helper()
	rows, err := db.QueueList(t.Context(), QueueFilter{States: []DeliveryState{Waiting, Claimed, Sent}})
	if err != nil {
		t.Fatal(err)
	}
	counts := map[DeliveryState]int{}
	for _, r := range rows {
		counts[r.State]++
	}
	return counts
}

func TestOutcomesOfKilledProcess(t *testing.T) {
	now := time.Date(2026, 8, 3, 9, 1, 0, 0, time.UTC)
	add := func(l *outcomeLog, worker int64, ids ...int64) {
		if err := l.add(worker, now, ids); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		name string
		sent func(l *outcomeLog, worker int64, claimed []Delivery)
		want int
	}{
		{"nothing", func(*outcomeLog, int64, []Delivery) {}, 0},
		{"some, one by one", func(l *outcomeLog, w int64, c []Delivery) { add(l, w, c[0].ID); add(l, w, c[2].ID) }, 2},
		{"in both files", func(l *outcomeLog, w int64, c []Delivery) {
			add(l, w, c[0].ID)
			l.current = 1
			add(l, w, c[1].ID, c[2].ID)
		}, 3},
		{"the last line cut off", func(l *outcomeLog, w int64, c []Delivery) {
			add(l, w, c[0].ID, c[1].ID)
			if err := l.files[0].Truncate(2*outcomeSize - 5); err != nil {
				t.Fatal(err)
			}
		}, 1},
		{"of a worker that had lost its claims", func(l *outcomeLog, w int64, c []Delivery) { add(l, w+1, c[0].ID) }, 0},
		{"told twice", func(l *outcomeLog, w int64, c []Delivery) { add(l, w, c[0].ID); l.current = 1; add(l, w, c[0].ID) }, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			db := killedWith(t, 5, test.sent)
			if _, err := db.JoinWorkers(t.Context(), now); err != nil { // the next process
				t.Fatal(err)
			}
			got := countStates(t, db)
			if got[Sent] != test.want || got[Waiting] != 5-test.want || got[Claimed] != 0 {
				t.Errorf("got %v, want %d sent and the others waiting", got, test.want)
			}
			for _, suffix := range []string{".sent-a", ".sent-b"} {
				if info, err := os.Stat(db.path + suffix); err != nil || info.Size() != 0 || info.Mode().Perm() != 0o600 {
					t.Errorf("%s: %v %v", suffix, info, err)
				}
			}
		})
	}
}
