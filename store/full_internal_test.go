package store

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// noise is n bytes that cannot be compressed.
func noise(n int) []byte {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func testArrival(t *testing.T, db *DB, id string, size int) Arrival {
	t.Helper()
	c, err := db.CommunityByName(ctx, "rust")
	if KindOf(err) == NotFound {
		c, err = db.CreateCommunity(ctx, Actor{}, Community{Name: "rust", Domain: "x.example"})
	}
	if err != nil {
		t.Fatal(err)
	}
	return Arrival{CommunityID: c.ID, MessageID: id, Raw: append(noise(size), id...), BodyHash: []byte(id)}
}

// limitPages gives the database room for so many more pages, on both connections that write.
func limitPages(t *testing.T, db *DB, more int) {
	t.Helper()
	var have int
	if err := db.read.QueryRow("PRAGMA page_count").Scan(&have); err != nil {
		t.Fatal(err)
	}
	for _, w := range []*writer{db.durable, db.relaxed} {
		if _, err := w.pool.Exec(fmt.Sprintf("PRAGMA max_page_count = %d", have+more)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestNoRoom(t *testing.T) {
	db := openTest(t)
	small := testArrival(t, db, "small", 10)
	limitPages(t, db, 20)
	for i := range 3 {
		_, err := db.AcceptPost(ctx, testArrival(t, db, fmt.Sprint("large", i), 1<<20))
		if KindOf(err) != Temporary {
			t.Fatalf("a post without room: %v, want temporary", err)
		}
	}
	wantPosts(t, db, 0)
	if _, err := db.AcceptPost(ctx, small); err != nil {
		t.Errorf("a post that has room: %v", err)
	}
	limitPages(t, db, 1<<20)
	if _, err := db.AcceptPost(ctx, testArrival(t, db, "large", 1<<20)); err != nil {
		t.Errorf("after there was room again: %v", err)
	}
	wantPosts(t, db, 2)
	if err := db.failed(); err != nil {
		t.Errorf("a full disk counts as a broken one: %v", err)
	}
}

func wantPosts(t *testing.T, db *DB, want int) {
	t.Helper()
	var got int
	if err := db.read.QueryRow("SELECT COUNT(*) FROM posts").Scan(&got); err != nil {
		t.Fatal(err)
	}
	if got != want {
		t.Errorf("%d posts are there, want %d", got, want)
	}
}

func TestNoRoomForANeighbour(t *testing.T) {
	bubble(t, func(t *testing.T, db *DB) {
		limitPages(t, db, 20)
		large := func(t *tx) error {
			_, err := t.exec("INSERT INTO raw_messages (hash, size, place, kept, data) VALUES ('', 0, 0, 0, ?)", noise(1<<20))
			return err
		}
		errs := inOneGroup(t, db.durable, []func(*tx) error{set("a"), large, set("b"), large, set("c")})
		for i, err := range errs {
			if full := i == 1 || i == 3; full != (KindOf(err) == Temporary) || !full && err != nil {
				// The order in which they come is not fixed, but the large ones are.
				t.Errorf("transaction %d: %v", i, err)
			}
		}
		wantSettings(t, db, 3)
	})
}

// TestFullDisk fills a file system of 4 MB.
func TestFullDisk(t *testing.T) {
	skip := t.Skipf
	if strings.Contains(os.Getenv("GUILDPOST_TEST_REQUIRE"), "tmpfs") {
		skip = t.Fatalf
	}
	if runtime.GOOS != "linux" || os.Getuid() != 0 {
		skip("only root on Linux can mount a small file system")
	}
	folder := t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=4m"); err != nil {
		skip("a small file system cannot be mounted: %v", err)
	}
	defer syscall.Unmount(folder, syscall.MNT_DETACH)
	db, err := Open(ctx, Options{Path: filepath.Join(folder, "guildpost.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ballast := filepath.Join(folder, "ballast")
	if err := os.WriteFile(ballast, bytes.Repeat([]byte{1}, 2<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	accepted := fillUp(t, db)
	if accepted == 0 || accepted == 1000 {
		t.Fatalf("%d posts were accepted before the disk was full", accepted)
	}
	for i := range 5 {
		if _, err := db.AcceptPost(ctx, testArrival(t, db, fmt.Sprint("full", i), 50_000)); KindOf(err) != Temporary {
			t.Errorf("a post to a full disk: %v, want temporary", err)
		}
	}
	wantPosts(t, db, accepted)
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		if _, err := db.AcceptPost(ctx, testArrival(t, db, fmt.Sprint("room", i), 50_000)); err != nil {
			t.Errorf("after there was room again: %v", err)
		}
	}
	wantPosts(t, db, accepted+5)
}

// fillUp accepts posts until one is refused, and returns how many were accepted.
func fillUp(t *testing.T, db *DB) int {
	t.Helper()
	for i := range 1000 {
		_, err := db.AcceptPost(ctx, testArrival(t, db, fmt.Sprint(i), 50_000))
		if err != nil {
			if KindOf(err) != Temporary {
				t.Errorf("post %d: %v, want temporary", i, err)
			}
			return i
		}
	}
	return 1000
}
