package store

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"testing"
	"time"
)

// A message that is removed leaves nothing in its bundle, and a file goes with the last message that it stood in.
func TestPruneRawFromBundles(t *testing.T) {
	db, err := Open(ctx, Options{Path: filepath.Join(t.TempDir(), "guildpost.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	c, err := db.CreateCommunity(ctx, Actor{Who: "postmaster", At: now}, Community{Name: "rust", Domain: "x.example"})
	if err != nil {
		t.Fatal(err)
	}
	var all []Arrival
	var raws [][]byte
	for i := range 3 {
		raw := fmt.Appendf(nil, "Subject: %d\r\n\r\nsecret-%d\r\n", i, i)
		start := len(raw)
		raw = append(raw, bytes.Repeat([]byte("the same file\r\n"), 3000)...)
		hash := sha256.Sum256(raw)
		all = append(all, Arrival{CommunityID: c.ID, Raw: raw, MessageID: fmt.Sprint(i), BodyHash: hash[:], Date: now, Now: now,
			Attachments: []Attachment{{Part: "2", Hash: hash[:], Start: start, End: len(raw)}}})
		raws = append(raws, raw)
	}
	filed, err := db.ImportPosts(ctx, c.ID, Filing{Posts: all, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	remove := func(i int) {
		t.Helper()
		p, err := db.Post(ctx, filed[i].PostID)
		if err != nil {
			t.Fatal(err)
		}
		err = db.durable.do(ctx, func(tx *tx) error {
			if _, err := tx.exec("DELETE FROM posts WHERE id = ?", p.ID); err != nil {
				return err
			}
			return tx.pruneRaw([]int64{p.RawID})
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Raw(ctx, p.RawID); KindOf(err) != NotFound {
			t.Errorf("the removed message %d: %v", i, err)
		}
	}
	remove(1)
	var size int
	var data []byte
	if err := db.read.QueryRow("SELECT size, data FROM bundles").Scan(&size, &data); err != nil {
		t.Fatal(err)
	}
	plain, err := unpack(data, size)
	if err != nil || bytes.Contains(plain, []byte("secret-1")) || !bytes.Contains(plain, []byte("secret-0")) || len(plain) != size {
		t.Errorf("the bundle holds %q %v", plain, err)
	}
	wantRows(t, db, "SELECT COUNT(*) FROM blobs", 1)
	for _, i := range []int{0, 2} {
		p, err := db.Post(ctx, filed[i].PostID)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := db.Raw(ctx, p.RawID)
		if err != nil || !bytes.Equal(raw, raws[i]) {
			t.Errorf("message %d: %v", i, err)
		}
	}
	remove(0)
	remove(2)
	for _, table := range []string{"bundles", "blobs", "raw_blobs", "raw_messages"} {
		wantRows(t, db, "SELECT COUNT(*) FROM "+table, 0)
	}
}

func wantRows(t *testing.T, db *DB, text string, want int) {
	t.Helper()
	var n int
	if err := db.read.QueryRow(text).Scan(&n); err != nil || n != want {
		t.Errorf("%s: %d %v, want %d", text, n, err, want)
	}
}
