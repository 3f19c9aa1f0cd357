package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"guildpost/mail/inbound/imapwatch"
	"guildpost/store"
)

func TestIMAPSource(t *testing.T) {
	for _, test := range []struct {
		source, server, user, folder string
		tls                          imapwatch.TLSMode
		err                          string
	}{
		{source: "imaps://lists@imap.example.org/INBOX", server: "imap.example.org:993", user: "lists", folder: "INBOX", tls: imapwatch.ImplicitTLS},
		{source: "imap://lists@imap.example.org/INBOX", server: "imap.example.org:143", user: "lists", folder: "INBOX", tls: imapwatch.StartTLS},
		{source: "imap://lists@127.0.0.1:1143/INBOX", server: "127.0.0.1:1143", user: "lists", folder: "INBOX", tls: imapwatch.NoTLS},
		{source: "imap://lists@localhost/INBOX", server: "localhost:143", user: "lists", folder: "INBOX", tls: imapwatch.NoTLS},
		{source: "imap://lists@[::1]/INBOX", server: "[::1]:143", user: "lists", folder: "INBOX", tls: imapwatch.NoTLS},
		{source: "imap://lists@127.0.0.1.example.org/INBOX", server: "127.0.0.1.example.org:143", user: "lists", folder: "INBOX", tls: imapwatch.StartTLS},
		{source: "imaps://lists@example.org@imap.example.org:1993/Lists/Rust", server: "imap.example.org:1993", user: "lists@example.org", folder: "Lists/Rust", tls: imapwatch.ImplicitTLS},
		{source: "imaps://lists%40example.org@imap.example.org/A%2FB%20c#d?e", server: "imap.example.org:993", user: "lists@example.org", folder: "A/B c#d?e", tls: imapwatch.ImplicitTLS},
		{source: "imaps://lists@imap.example.org/Grüße", server: "imap.example.org:993", user: "lists", folder: "Grüße", tls: imapwatch.ImplicitTLS},
		{source: "imaps://imap.example.org/INBOX", err: "say who logs in"},
		{source: "imaps://%zz@imap.example.org/INBOX", err: "say who logs in"},
		{source: "imaps://lists@imap.example.org", err: "say which folder"},
		{source: "imaps://lists@imap.example.org/", err: "say which folder"},
		{source: "imaps://lists@imap.example.org/100%", err: "written %25"},
		{source: "imaps://lists:s3cret@imap.example.org/INBOX", err: "does not belong into the arguments"},
		{source: "imaps://lists@/INBOX", err: "host:port"},
		{source: "imaps://lists@imap.example.org:99999/INBOX", err: "host:port"},
	} {
		m, err := imapSource(test.source)
		if test.err != "" {
			if err == nil || !strings.Contains(err.Error(), test.err) || strings.Contains(err.Error(), "s3cret") {
				t.Errorf("%s: got %v, want %q", test.source, err, test.err)
			}
			continue
		}
		if err != nil || m.Server != test.server || m.Username != test.user || m.Name != test.folder || m.TLS != test.tls {
			t.Errorf("%s: got %+v, %v", test.source, m, err)
		}
	}
}

// A limitedConn ends the context when so many octets have come over all connections.
type limitedConn struct {
	net.Conn
	left *atomic.Int64
	end  context.CancelFunc
}

func (c limitedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if c.left.Add(-int64(n)) < 0 {
		c.end()
	}
	return n, err
}

// importIMAP runs archive import of the server's INBOX, which is interrupted after so many octets.
func importIMAP(t *testing.T, dir, addr string, octets int64) (code int, stdout, stderr string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	left := &atomic.Int64{}
	left.Store(octets)
	var out, said bytes.Buffer
	a := &app{
		dir: dir, environ: []string{imapPasswordVariable + "=secret"}, now: time.Now, stdin: strings.NewReader(""), stdout: &out, stderr: &said,
		net: network{resolve: noDNS{}, text: demoResolver{}, dial: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
			return limitedConn{conn, left, cancel}, err
		}},
	}
	code = a.run(ctx, []string{"archive", "import", "rust", "imap://lists@" + addr + "/INBOX"})
	return code, out.String(), said.String()
}

// TestIMAPImportResumes: an import from a mailbox that was interrupted goes on where it was; where something in front is
// missing meanwhile, it begins again, and nothing is lost.
func TestIMAPImportResumes(t *testing.T) {
	for _, test := range []struct {
		name    string
		removed bool
	}{{"the same", false}, {"one was removed", true}} {
		t.Run(test.name, func(t *testing.T) {
			m, err := startMailboxServer()
			if err != nil {
				t.Fatal(err)
			}
			defer m.server.Close()
			const n = 3500 // the importer takes a thousand at a time
			for i := range n {
				if err := m.append(oldList.message(i), oldList.date(i)); err != nil {
					t.Fatal(err)
				}
			}
			dir := t.TempDir()
			if code, _, stderr := outcome(t, dir, "cop", "add", "rust"); code != 0 {
				t.Fatal(stderr)
			}
			code, _, stderr := importIMAP(t, dir, m.addr, 900_000)
			if code == 0 || !strings.Contains(stderr, "interrupted") || !strings.Contains(stderr, "facilitators alone see the archive") {
				t.Fatalf("exit code %d\n%s", code, stderr)
			}
			filed := postsOf(t, dir)
			if filed == 0 || filed == n || filed%1000 != 0 {
				t.Fatalf("%d posts were filed before it was interrupted", filed)
			}
			want := fmt.Sprintf("passed over %d messages that were filed before\nread %d messages: added %d, duplicates 0, bad 0\n", filed, n-filed, n-filed)
			if test.removed {
				if err := m.remove("INBOX"); err != nil {
					t.Fatal(err)
				}
				want = fmt.Sprintf("read %d messages: added %d, duplicates %d, bad 0\n", n-1, n-filed, filed-1)
			}
			code, stdout, stderr := importIMAP(t, dir, m.addr, 1<<40)
			if code != 0 || !strings.HasPrefix(stdout, want) {
				t.Errorf("exit code %d\n%s%s; want\n%s", code, stdout, stderr, want)
			}
			if got := postsOf(t, dir); got != n {
				t.Errorf("%d posts, want %d", got, n)
			}
		})
	}
}

func postsOf(t *testing.T, dir string) int {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{Path: filepath.Join(dir, "guildpost-data", "guildpost.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	c, err := db.CommunityByName(t.Context(), "rust")
	if err != nil {
		t.Fatal(err)
	}
	posts, err := db.ExportPosts(t.Context(), c.ID, store.ExportFilter{Limit: 100_000})
	if err != nil {
		t.Fatal(err)
	}
	return len(posts)
}

// TestDovecotImport: a folder at Dovecot is imported by the command, with its dates, and is as it was: also what had not
// been seen by anybody is still new.
func TestDovecotImport(t *testing.T) {
	d := startDovecot(t, "maildir")
	oldList.put(d, "lists")
	d.renew("lists", 100)
	before := files(t, filepath.Join(d.dir, "mail", "lists"))
	dir := t.TempDir()
	if code, _, stderr := outcome(t, dir, "cop", "add", "rust"); code != 0 {
		t.Fatal(stderr)
	}
	code, stdout, stderr := importIMAP(t, dir, d.addr, 1<<40)
	if want := fmt.Sprintf("read %d messages: added %d, duplicates 0, bad 0\n", oldList.n, oldList.n); code != 0 || !strings.HasPrefix(stdout, want) {
		t.Fatalf("exit code %d\n%s%s; want\n%s\n%s", code, stdout, stderr, want, d.log())
	}
	db, err := store.Open(t.Context(), store.Options{Path: filepath.Join(dir, "guildpost-data", "guildpost.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	c, err := db.CommunityByName(t.Context(), "rust")
	if err != nil {
		t.Fatal(err)
	}
	oldList.isIn(t, db, c.ID)
	if after := files(t, filepath.Join(d.dir, "mail", "lists")); !slices.Equal(before, after) {
		t.Errorf("the Maildir has changed: it had %d messages, and has %d", len(before), len(after))
	}
	status, err := d.client("lists").Status("INBOX", &imap.StatusOptions{NumUnseen: true}).Wait()
	if err != nil || int(*status.NumUnseen) != oldList.n {
		t.Errorf("%+v, %v: want %d messages that nobody has seen", status, err, oldList.n)
	}
}

// files are the names of the messages in a Maildir, which hold their flags.
func files(t *testing.T, maildir string) (names []string) {
	t.Helper()
	for _, part := range []string{"new", "cur"} {
		entries, err := os.ReadDir(filepath.Join(maildir, part))
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			names = append(names, part+"/"+entry.Name())
		}
	}
	return names
}
