package main

import (
	"bytes"
	"database/sql"
	"errors"
	"math/rand/v2"
	"net/textproto"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3"

	"guildpost/mail/mailtest"
)

// A smallDisk is a tmpfs for the data folder of a daemon, with a file that fills it.
type smallDisk struct {
	t   *testing.T
	dir string
}

func newSmallDisk(t *testing.T, dir, size string) *smallDisk {
	t.Helper()
	needRoot(t, "tmpfs")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	needPeer(t, "tmpfs", syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size+",mode=0700") == nil)
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	return &smallDisk{t, dir}
}

// fill leaves no more than the given room, in bytes.
func (d *smallDisk) fill(room int64) {
	d.t.Helper()
	f, err := os.OpenFile(filepath.Join(d.dir, "filler"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		d.t.Fatal(err)
	}
	defer f.Close()
	page := bytes.Repeat([]byte{1}, 4096)
	for err == nil && d.free() > room {
		_, err = f.Write(page)
	}
	if err != nil && !errors.Is(err, syscall.ENOSPC) {
		d.t.Fatal(err)
	}
}

func (d *smallDisk) free() int64 {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(d.dir, &fs); err != nil {
		d.t.Fatal(err)
	}
	return int64(fs.Bavail) * fs.Bsize
}

func (d *smallDisk) clear() {
	if err := os.Remove(filepath.Join(d.dir, "filler")); err != nil {
		d.t.Fatal(err)
	}
}

// A faultClient posts one message after the other and knows what got 250.
type faultClient struct {
	w *faultWorld
	*sender
}

func (w *faultWorld) client(lmtp bool) *faultClient {
	w.t.Helper()
	s := &sender{in: w.in, lmtp: lmtp, life: &life{w.process.lmtp, w.process.smtp}}
	if err := s.dial(); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { s.nc.Close() })
	return &faultClient{w, s}
}

// post posts once and returns the reply that decided.
func (c *faultClient) post(n int) (code int, id string) {
	c.w.t.Helper()
	id, body, message := faultPost(n)
	code, err := c.send(id, body, message)
	if err != nil {
		c.w.t.Fatal(err)
	}
	if code == 250 {
		c.w.in.took(id)
	}
	return code, id
}

// TestDiskFull: on a full disk nothing gets 250, nothing is lost or damaged, and it goes on when there is room.
func TestDiskFull(t *testing.T) {
	w := newFaultWorld(t, 20, mailtest.Faults{Slow: 5 * time.Millisecond}, "connections = 2")
	disk := newSmallDisk(t, filepath.Join(w.process.dir, "data"), "32M")
	w.process.fill(w.members)
	w.in = newInjector(t, 0)
	w.process.start()
	n := 0
	expect := func(c *faultClient, posts int, codes ...int) {
		t.Helper()
		for range posts {
			code, id := c.post(n)
			n++
			if !slices.Contains(codes, code) {
				t.Errorf("%s got %d with %d bytes free, want %d", id, code, disk.free(), codes)
			}
		}
	}
	smtp, lmtp := w.client(false), w.client(true)
	expect(smtp, 10, 250)
	expect(lmtp, 10, 250)
	disk.fill(15_000_000) // less than what the daemon keeps free
	expect(smtp, 10, 451, 452)
	expect(lmtp, 10, 451, 452)
	disk.clear()
	expect(smtp, 10, 250)

	fullWithin(t, w, disk)
	expect(smtp, 10, 451, 452)
	expect(lmtp, 10, 451, 452)
	disk.clear()
	expect(smtp, 10, 250)
	expect(lmtp, 10, 250)

	w.drain(20 * time.Second)
	if repeats := w.check(); repeats > 0 {
		t.Errorf("%d repeats", repeats)
	}
	if code := w.process.signal(syscall.SIGTERM); code != 0 {
		t.Errorf("exit code %d", code)
	}
	integrity(t, filepath.Join(disk.dir, "guildpost.db"))
}

// fullWithin fills the disk to the last byte while messages are half sent, and copies of others are on their way: now
// it is the database that finds out.
func fullWithin(t *testing.T, w *faultWorld, disk *smallDisk) {
	t.Helper()
	big, small := w.client(false), w.client(true)
	for _, c := range []*faultClient{big, small} {
		if code, err := openData(c.conn, "rust"); code != 354 || err != nil {
			t.Fatalf("DATA got %d, %v", code, err)
		}
	}
	disk.fill(0)
	message := incompressible(6_000_000)
	if code := finishData(t, big.conn, message); code != 451 && code != 452 {
		t.Errorf("a post of 6 MB got %d on a full disk", code)
	}
	// A small one may find room in what the database has already.
	id, body, text := faultPost(9999)
	w.in.begin(id, body)
	switch code := finishData(t, small.conn, text); code {
	case 250:
		w.in.took(id)
	case 451, 452:
	default:
		t.Errorf("a small post got %d on a full disk", code)
	}
}

func finishData(t *testing.T, c *textproto.Conn, message string) (code int) {
	t.Helper()
	dots := c.DotWriter()
	if _, err := dots.Write([]byte(message)); err != nil {
		t.Fatal(err)
	}
	if err := dots.Close(); err != nil {
		t.Fatal(err)
	}
	code, _, err := readReply(c)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// incompressible is a post of about n bytes that takes about as much in the database.
func incompressible(n int) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	random := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	b.WriteString("Message-ID: <big@example.org>\r\nFrom: Member 0 <member0@example.org>\r\nTo: rust@lists.example.org\r\n" +
		"Subject: Big\r\nDate: Mon, 3 Aug 2026 09:00:00 +0000\r\nContent-Transfer-Encoding: base64\r\n\r\n")
	for b.Len() < n {
		for range 76 {
			b.WriteByte(letters[random.IntN(len(letters))])
		}
		b.WriteString("\r\n")
	}
	return b.String()
}

// integrity lets SQLite look for damage.
func integrity(t *testing.T, file string) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var found string
	if err := db.QueryRow("PRAGMA integrity_check").Scan(&found); err != nil || found != "ok" {
		t.Errorf("integrity_check: %s, %v", found, err)
	}
}
