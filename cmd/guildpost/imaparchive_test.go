package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"guildpost/mail/mailtest"
	"guildpost/store"
)

// A pastMail is what lies in a mailbox at Dovecot: messages of the past, of which each second one does not say when it was
// written.
type pastMail struct {
	n     int
	first time.Time
}

var oldList = pastMail{n: 320, first: time.Date(2011, 5, 2, 8, 30, 0, 0, time.UTC)}

func (h pastMail) id(i int) string { return fmt.Sprintf("old-%d@example.org", i) }

func (h pastMail) date(i int) time.Time { return h.first.Add(time.Duration(i) * 6 * time.Hour) }

// message is the i-th; it answers the one before it.
func (h pastMail) message(i int) string {
	head := fmt.Sprintf("Message-ID: <%s>\nFrom: Member %d <member%d@example.org>\nSubject: Old %d\n", h.id(i), i%7, i%7, i/10)
	if i%2 == 0 {
		head += "Date: " + h.date(i).Format(time.RFC1123Z) + "\n"
	}
	if i%10 > 0 {
		head += "In-Reply-To: <" + h.id(i-1) + ">\n"
	}
	return head + fmt.Sprintf("\nThis is message %d of the old list.\n", i)
}

// put fills a user's INBOX with it; files are as old as what they hold, which is where Dovecot has INTERNALDATE from.
func (h pastMail) put(d *dovecot, who string) {
	d.t.Helper()
	d.fill(who, h.n, h.message)
	folder := filepath.Join(d.dir, "mail", who, "cur")
	entries, err := os.ReadDir(folder)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, entry := range entries {
		var seconds, i int
		if _, err := fmt.Sscanf(entry.Name(), "%d.M%06dP1", &seconds, &i); err != nil {
			d.t.Fatal(err)
		}
		if err := os.Chtimes(filepath.Join(folder, entry.Name()), h.date(i), h.date(i)); err != nil {
			d.t.Fatal(err)
		}
	}
}

// renew makes new mail of n messages, which no client has heard of.
func (d *dovecot) renew(who string, n int) {
	d.t.Helper()
	folder := filepath.Join(d.dir, "mail", who)
	entries, err := os.ReadDir(filepath.Join(folder, "cur"))
	if err != nil {
		d.t.Fatal(err)
	}
	for _, entry := range entries[:n] {
		name, _, _ := strings.Cut(entry.Name(), ":")
		if err := os.Rename(filepath.Join(folder, "cur", entry.Name()), filepath.Join(folder, "new", name)); err != nil {
			d.t.Fatal(err)
		}
	}
}

// isIn wants each message once among the posts of a community, with its date.
func (h pastMail) isIn(t *testing.T, db *store.DB, community int64) {
	t.Helper()
	posts, err := db.ExportPosts(t.Context(), community, store.ExportFilter{Limit: 10 * h.n})
	if err != nil {
		t.Fatal(err)
	}
	dates := map[string]time.Time{}
	for _, p := range posts {
		dates[p.MessageID] = p.Date
	}
	if len(posts) != h.n || len(dates) != h.n {
		t.Fatalf("%d posts with %d Message-IDs, want %d", len(posts), len(dates), h.n)
	}
	for i := range h.n {
		if got := dates[h.id(i)]; !got.Equal(h.date(i)) {
			t.Fatalf("post %d is of %v, want %v", i, got, h.date(i))
		}
	}
	if _, threads, err := db.ArchiveSize(t.Context(), community); err != nil || threads != int64(h.n/10) {
		t.Errorf("%d threads, %v; want %d", threads, err, h.n/10)
	}
}

// TestDovecotArchives: what lies in a mailbox of mode archive is in the community's archive with its dates, and nobody is
// mailed; neither a restart nor another UIDVALIDITY brings anything twice, and what comes later is added.
func TestDovecotArchives(t *testing.T) {
	d := startDovecot(t, "maildir")
	oldList.put(d, "old")
	w := newFaultWorld(t, 5, mailtest.Faults{}, imapTable(d.addr, "old", "mode = \"archive\"\ncommunity = \"rust\""))
	c := w.process.fill(w.members)
	look := func() {
		w.process.start()
		w.awaitFetched(d, "old", 30*time.Second)
		if code := w.process.signal(syscall.SIGTERM); code != 0 {
			t.Errorf("exit code %d", code)
		}
	}
	look()
	db := w.process.open()
	defer db.Close()
	oldList.isIn(t, db, c.ID)
	look()
	oldList.isIn(t, db, c.ID)
	d.doveadm("mailbox", "update", "--uid-validity", "4000000000", "-u", "old", "INBOX")
	look()
	oldList.isIn(t, db, c.ID)
	appendTo(t, d.client("old"), strings.ReplaceAll("Message-ID: <new@example.org>\nFrom: new@example.org\n\nnew\n", "\n", "\r\n"))
	look()
	posts, err := db.ExportPosts(t.Context(), c.ID, store.ExportFilter{Limit: 2 * oldList.n})
	if err != nil || !slices.ContainsFunc(posts, func(p store.Post) bool { return p.MessageID == "new@example.org" }) {
		t.Errorf("%d posts, %v: what came later is not there", len(posts), err)
	}
	if sent := w.sink.Stats().Recipients; sent != 0 {
		t.Errorf("%d people were mailed", sent)
	}
	if rows, err := db.QueueList(t.Context(), store.QueueFilter{Limit: 5}); err != nil || len(rows) > 0 {
		t.Errorf("in the queue are %v, %v", rows, err)
	}
}
