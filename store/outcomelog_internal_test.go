package store

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var testNow = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// claimedNotices queues n notices and claims them.
func claimedNotices(t *testing.T, db *DB, n int) (worker int64, ids []int64) {
	t.Helper()
	for i := range n {
		if err := db.SendNotice(ctx, testNow, Notice{Recipient: fmt.Sprintf("%d@x.example", i), Raw: []byte("x")}); err != nil {
			t.Fatal(err)
		}
	}
	worker, err := db.JoinWorkers(ctx, testNow)
	if err != nil {
		t.Fatal(err)
	}
	claimed, err := db.Claim(ctx, worker, n, testNow)
	if err != nil || len(claimed) != n {
		t.Fatalf("claimed %d, want %d: %v", len(claimed), n, err)
	}
	for _, d := range claimed {
		ids = append(ids, d.ID)
	}
	return worker, ids
}

func sentAll(ids []int64) (all []Outcome) {
	for _, id := range ids {
		all = append(all, Outcome{DeliveryID: id, State: Sent})
	}
	return all
}

func deliveryStates(t *testing.T, db *DB) string {
	t.Helper()
	rows, err := db.QueueList(ctx, QueueFilter{States: []DeliveryState{Waiting, Claimed, Deferred, Sent, Failed, Dropped}})
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, r := range rows {
		words = append(words, r.State.String())
	}
	return strings.Join(words, " ")
}

// killed copies a database's files as they would be found after the process was killed, which it was while nothing
// could be committed any more; spoil may change what is in the log.
func killed(t *testing.T, db *DB, spoil func(log []byte) []byte) string {
	t.Helper()
	folder := t.TempDir()
	for _, end := range []string{"", "-wal", ".sent-a", ".sent-b"} {
		data, err := os.ReadFile(db.path + end)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(end, ".sent") && len(data) > 0 {
			data = spoil(data)
		}
		if err := os.WriteFile(filepath.Join(folder, "guildpost.db"+end), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(folder, "guildpost.db")
}

func TestKilledAfterSending(t *testing.T) {
	tests := []struct {
		name  string
		spoil func(log []byte) []byte
		want  string
	}{
		{"whole", func(log []byte) []byte { return log }, "sent sent sent waiting"},
		{"the last line cut off", func(log []byte) []byte { return log[:len(log)-5] }, "sent sent waiting waiting"},
		{"the last line spoilt", func(log []byte) []byte { log[len(log)-10]++; return log }, "sent sent waiting waiting"},
		{"noise after it", func(log []byte) []byte { return append(log, noise(100)...) }, "sent sent sent waiting"},
		{"said twice", func(log []byte) []byte { return append(log, log...) }, "sent sent sent waiting"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			db := openTest(t)
			worker, ids := claimedNotices(t, db, 4)
			db.relaxed.lock.Lock()
			err := db.RecordOutcomes(ctx, worker, testNow, sentAll(ids[:3]))
			path := killed(t, db, test.spoil)
			db.relaxed.lock.Unlock()
			if err != nil {
				t.Fatal(err)
			}
			after, err := Open(ctx, Options{Path: path})
			if err != nil {
				t.Fatal(err)
			}
			defer after.Close()
			if _, err := after.JoinWorkers(ctx, testNow); err != nil {
				t.Fatal(err)
			}
			if got := deliveryStates(t, after); got != test.want {
				t.Errorf("after the start: %s, want %s", got, test.want)
			}
		})
	}
}

// What cannot be written to the log goes to the database at once.
func TestLogCannotBeWritten(t *testing.T) {
	db := openTest(t)
	worker, ids := claimedNotices(t, db, 4)
	if err := db.RecordOutcomes(ctx, worker, testNow, sentAll(ids[:1])); err != nil {
		t.Fatal(err)
	}
	if err := db.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	log := db.outcomes.Load()
	for i := range log.files {
		log.files[i].Close()
	}
	if err := db.RecordOutcomes(ctx, worker, testNow, sentAll(ids[1:3])); err != nil {
		t.Errorf("with a log that cannot be written: %v", err)
	}
	if got, want := deliveryStates(t, db), "sent sent sent claimed"; got != want {
		t.Errorf("states: %s, want %s", got, want)
	}
}

// Outcomes stay in the log while the database cannot be written, and reach it afterwards.
func TestLogOutlastsTheDatabase(t *testing.T) {
	db := openTest(t)
	worker, ids := claimedNotices(t, db, 20)
	db.relaxed.lock.Lock()
	err := db.RecordOutcomes(ctx, worker, testNow, sentAll(ids[:10]))
	setBroken(db, Errorf(Temporary, "out of order"))
	db.relaxed.lock.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Settle(ctx); err == nil {
		t.Error("the outcomes were brought into a database that cannot be written")
	}
	setBroken(db, nil)
	if err := db.RecordOutcomes(ctx, worker, testNow, sentAll(ids[10:])); err != nil {
		t.Fatal(err)
	}
	if err := db.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(deliveryStates(t, db), "sent"); got != len(ids) {
		t.Errorf("%d of %d are sent", got, len(ids))
	}
	for _, f := range db.outcomes.Load().files {
		if info, err := f.Stat(); err != nil || info.Size() != 0 {
			t.Errorf("%s has %d bytes left, %v", f.Name(), info.Size(), err)
		}
	}
}

func setBroken(db *DB, err error) {
	db.brokenMu.Lock()
	defer db.brokenMu.Unlock()
	db.broken = err
}
