package store_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"guildpost/store"
	"guildpost/store/storetest"
)

func found(t *testing.T, db *store.DB, community int64, words ...string) (ids []int64) {
	t.Helper()
	r := store.SearchRequest{Communities: []int64{community}, Limit: 1000}
	for _, word := range words {
		r.All = append(r.All, []store.SearchTerm{{Words: []string{word}}})
	}
	hits, _, err := db.Search(ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range hits {
		ids = append(ids, h.ID)
	}
	return ids
}

// TestUnindex: what was taken out is not found, and nothing else is lost.
func TestUnindex(t *testing.T) {
	storetest.OnBoth(t, func(t *testing.T, db *store.DB) {
		c := storetest.Community(t, db, "rust")
		texts := map[int64]store.PostText{}
		var ids []int64
		for i := range 100 {
			a := storetest.Arrival(c, fmt.Sprint(i))
			a.Date = storetest.Now.Add(-time.Duration(i%7) * time.Hour)
			a.Text = store.PostText{Subject: "weekly meeting", Author: "ann", From: "ann ann example org", To: "rust guild",
				Body: fmt.Sprintf("all of us own%d", i), Files: fmt.Sprintf("file%d pdf", i), Attached: true}
			ids = append(ids, storetest.Accept(t, db, a).PostID)
			hits, _, err := db.Search(ctx, store.SearchRequest{Communities: []int64{c.ID}, All: [][]store.SearchTerm{{{Words: []string{fmt.Sprint("own", i)}}}}})
			if err != nil || len(hits) != 1 {
				t.Fatal(hits, err)
			}
			if i%2 == 0 {
				texts[hits[0].Key.Position] = a.Text
			}
		}
		if got := found(t, db, c.ID, "meeting"); len(got) != 100 {
			t.Fatalf("before: %d", len(got))
		}
		if err := db.Unindex(ctx, texts); err != nil {
			t.Fatal(err)
		}
		check := func() {
			t.Helper()
			for i, id := range ids {
				want := fmt.Sprint([]int64{id})
				if i%2 == 0 {
					want = "[]"
				}
				for _, word := range []string{"own", "file"} {
					if got := fmt.Sprint(found(t, db, c.ID, word+fmt.Sprint(i))); got != want {
						t.Fatalf("%s%d: got %s, want %s", word, i, got, want)
					}
				}
			}
			if got := found(t, db, c.ID, "weekly", "meeting", "ann"); len(got) != 50 {
				t.Errorf("%d are found by what they share", len(got))
			}
		}
		check()
		if err := db.OptimizeSearch(ctx); err != nil {
			t.Fatal(err)
		}
		check()
	})
}

// checkIntegrity: SQLite's own check has nothing to say, about the index of words as well.
func checkIntegrity(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var said string
	if err := db.QueryRow("PRAGMA integrity_check").Scan(&said); err != nil || said != "ok" {
		t.Errorf("integrity_check: %s, %v", said, err)
	}
}

// TestForgottenWords: after OptimizeSearch no word of what was taken out is in the files.
func TestForgottenWords(t *testing.T) {
	path := filepath.Join(t.TempDir(), "guildpost.db")
	db := storetest.OpenWith(t, store.Options{Path: path})
	c := storetest.Community(t, db, "rust")
	const secret = "zanzibarian"
	texts := map[int64]store.PostText{}
	for i := range 40 {
		a := storetest.Arrival(c, fmt.Sprint(i))
		a.Text = store.PostText{Subject: "weekly meeting", From: "ann", Body: fmt.Sprint("all of us ", i)}
		if i == 20 {
			a.Text.Body, a.Text.From = secret, secret
		}
		storetest.Accept(t, db, a)
		if i == 20 {
			hits, _, err := db.Search(ctx, store.SearchRequest{Communities: []int64{c.ID}, All: [][]store.SearchTerm{{{Words: []string{secret}}}}})
			if err != nil || len(hits) != 1 {
				t.Fatal(hits, err)
			}
			texts[hits[0].Key.Position] = a.Text
		}
	}
	if err := db.Unindex(ctx, texts); err != nil {
		t.Fatal(err)
	}
	if err := db.OptimizeSearch(ctx); err != nil {
		t.Fatal(err)
	}
	if got := found(t, db, c.ID, "meeting"); len(got) != 39 {
		t.Errorf("%d are left", len(got))
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	checkIntegrity(t, path)
	// The index shortens a word by what it shares with the one before.
	for _, name := range []string{path, path + "-wal"} {
		b, err := os.ReadFile(name)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		if bytes.Contains(b, []byte("zibarian")) {
			t.Errorf("%s has the word", filepath.Base(name))
		}
	}
}
