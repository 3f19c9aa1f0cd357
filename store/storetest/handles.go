package storetest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"guildpost/store"
)

// A Place is an empty database that can be opened more than once.
type Place struct {
	Options store.Options
	Exec    func(t *testing.T, statement string) // runs a statement beside the store
}

// RunPlace runs the cases that open one database several times. place returns an empty database that is gone
// after the test.
func RunPlace(t *testing.T, place func(t *testing.T) Place) {
	cases := []struct {
		name string
		run  func(t *testing.T, p Place)
	}{
		{"a database is there after it was closed", reopen},
		{"eight processes that start at once make one schema", migrateAtOnce},
		{"a database of a newer guildpost is refused with a sentence", newerSchema},
		{"a database that is open for reading refuses every write", readOnly},
		{"a database without a schema is not read", readOnlyEmpty},
		{"two processes write at once", writeAtOnce},
		{"two processes deliver one queue: each delivery is claimed once", deliverAtOnce},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { c.run(t, place(t)) })
	}
}

func reopen(t *testing.T, p Place) {
	db, err := store.Open(ctx, p.Options)
	check(t, err)
	c := Community(t, db, "rust")
	Members(t, db, c, 3)
	Accept(t, db, Arrival(c, "one"))
	_, err = db.Expand(ctx, Now)
	check(t, err)
	check(t, db.Close())
	db = OpenWith(t, p.Options)
	equal(t, "deliveries", len(Drain(t, db, Now)), 3)
	have, know, err := db.SchemaVersion(ctx)
	check(t, err)
	equal(t, "schema", have, know)
}

func migrateAtOnce(t *testing.T, p Place) {
	atOnce(8, func(i int) {
		db, err := store.Open(ctx, p.Options)
		if err != nil {
			t.Error(err)
			return
		}
		if err := db.SetSetting(ctx, fmt.Sprint(i), "here"); err != nil {
			t.Error(err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	db := OpenWith(t, p.Options)
	for i := range 8 {
		_, err := db.Setting(ctx, fmt.Sprint(i))
		check(t, err)
	}
}

func newerSchema(t *testing.T, p Place) {
	db, err := store.Open(ctx, p.Options)
	check(t, err)
	check(t, db.Close())
	p.Exec(t, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, true)")
	for _, readOnly := range []bool{false, true} {
		p.Options.ReadOnly = readOnly
		db, err := store.Open(ctx, p.Options)
		wantKind(t, "opening it", err, store.Conflict)
		if err == nil {
			check(t, db.Close())
		} else if text := store.Sentence(err); !strings.Contains(text, "newer guildpost") || !strings.Contains(text, "999") {
			t.Errorf("the sentence does not say what is wrong: %s", text)
		}
	}
}

func readOnly(t *testing.T, p Place) {
	writer := OpenWith(t, p.Options)
	c := Community(t, writer, "rust")
	s := Members(t, writer, c, 3)[0]
	check(t, writer.SetSetting(ctx, "name", "value"))
	p.Options.ReadOnly = true
	db := OpenWith(t, p.Options)
	got, err := db.Setting(ctx, "name")
	check(t, err)
	equal(t, "what it reads", got, "value")
	equal(t, "members", len(Subscriptions(t, db, c)), 3)
	wantKind(t, "a setting", db.SetSetting(ctx, "name", "other"), store.Forbidden)
	wantKind(t, "leaving", db.EndSubscription(ctx, By(Now), s.ID, store.Left), store.Forbidden)
	_, err = db.AcceptPost(ctx, Arrival(c, "one"))
	wantKind(t, "a post", err, store.Forbidden)
	_, err = db.Expand(ctx, Now)
	wantKind(t, "expanding", err, store.Forbidden)
	check(t, writer.SetSetting(ctx, "name", "new"))
	got, err = db.Setting(ctx, "name")
	check(t, err)
	equal(t, "it sees what others write", got, "new")
}

func readOnlyEmpty(t *testing.T, p Place) {
	p.Options.ReadOnly = true
	db, err := store.Open(ctx, p.Options)
	if err == nil {
		check(t, db.Close())
	}
	if kind := store.KindOf(err); kind != store.Conflict && kind != store.NotFound {
		t.Errorf("opening it: %v, want a conflict, or that it is not there", err)
	}
}

func writeAtOnce(t *testing.T, p Place) {
	handles := []*store.DB{OpenWith(t, p.Options), OpenWith(t, p.Options)}
	c := Community(t, handles[0], "rust")
	atOnce(8, func(i int) {
		db := handles[i%2]
		for k := range 25 {
			if _, err := db.AcceptPost(ctx, filing{id: fmt.Sprint(i, k), refs: "root"}.arrival(c)); err != nil {
				t.Error(err)
			}
			if _, err := db.Expand(ctx, Now); err != nil {
				t.Error(err)
			}
		}
	})
	all := checkThreads(t, handles[0], c)
	equal(t, "threads", len(all), 1)
	equal(t, "posts", all[0].Posts, 200)
}

// deliverAtOnce: on SQLite there is one worker, and the other handle only expands, as a command could.
func deliverAtOnce(t *testing.T, p Place) {
	const posts, members = 4, 2500
	handles := []*store.DB{OpenWith(t, p.Options), OpenWith(t, p.Options)}
	c := big(t, handles[0], "rust", members)
	for i := range posts {
		Accept(t, handles[0], Arrival(c, fmt.Sprint(i)))
	}
	workers := handles
	if !handles[0].Shared() {
		workers = handles[:1]
	}
	all := slices.Concat(serveAll(t, workers, posts*members)...)
	slices.Sort(all)
	equal(t, "claims", len(all), posts*members)
	equal(t, "different deliveries", len(slices.Compact(all)), posts*members)
	equal(t, "nothing is left", len(queue(t, handles[1], store.QueueFilter{})), 0)
}

// serveAll delivers with two claimers a handle until want deliveries are done, and returns what each claimed.
func serveAll(t *testing.T, handles []*store.DB, want int) (claims [][]int64) {
	t.Helper()
	workers := make([]int64, len(handles))
	for i, db := range handles {
		var err error
		workers[i], err = db.JoinWorkers(ctx, Now)
		check(t, err)
	}
	claims = make([][]int64, 2*len(handles))
	var mu sync.Mutex
	done := 0
	atOnce(len(claims), func(i int) {
		db, worker := handles[i%len(handles)], workers[i%len(handles)]
		for finished := false; !finished; {
			claimed, err := step(db, worker)
			if err != nil {
				t.Error(err)
				return
			}
			for _, d := range claimed {
				claims[i] = append(claims[i], d.ID)
			}
			mu.Lock()
			done += len(claimed)
			finished = done >= want
			mu.Unlock()
		}
	})
	return claims
}

func step(db *store.DB, worker int64) (claimed []store.Delivery, err error) {
	if _, err = db.Expand(ctx, Now); err != nil {
		return nil, err
	}
	if claimed, err = db.Claim(ctx, worker, 100, Now); err != nil {
		return nil, err
	}
	return claimed, recordOutcomes(db, worker, Now, outcomes(claimed, store.Sent))
}
