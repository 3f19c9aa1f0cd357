package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"guildpost/mail"
	"guildpost/store"
)

// An archiveHost is a daemon that serves the archive of two communities, and a member of one of them.
type archiveHost struct {
	t        *testing.T
	dir      string
	addr     string // of IMAP
	port     string
	password string
	posts    []string // raw, of the community rust
}

const archiveReader = "ann@a.example"

// serveArchive starts a daemon with posts of two years in rust, one of them large and one with parts, and one in secret.
func serveArchive(t *testing.T) *archiveHost {
	t.Helper()
	h := &archiveHost{t: t, dir: t.TempDir()}
	environ := []string{"GUILDPOST_DOMAIN=lists.example.org", "GUILDPOST_INBOUND_LMTP=127.0.0.1:0", "GUILDPOST_INBOUND_SMTP=", "GUILDPOST_WEB_LISTEN=",
		"GUILDPOST_WEB_IMAP_LISTEN=127.0.0.1:0", "GUILDPOST_OUTBOUND_SMARTHOST=127.0.0.1:1"}
	config, err := loadConfig("", h.dir, environ)
	h.check(err)
	now := time.Date(2026, 8, 3, 9, 0, 0, 0, time.UTC)
	d, err := newDaemon(t.Context(), daemonOptions{Config: config, Now: func() time.Time { return now }, Resolver: demoResolver{}, Log: slog.New(slog.DiscardHandler)})
	h.check(err)
	h.fill(d.db, now)
	h.check(d.Start(t.Context()))
	t.Cleanup(func() {
		stopping, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		h.check(d.Stop(stopping))
	})
	h.addr = d.imapd.Addr()
	_, h.port, _ = strings.Cut(h.addr, ":")
	var out bytes.Buffer
	a := &app{dir: h.dir, environ: environ, now: func() time.Time { return now }, stdin: strings.NewReader(""), stdout: &out, stderr: os.Stderr}
	if code := a.run(t.Context(), []string{"member", "password", archiveReader}); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	h.password = strings.TrimSpace(out.String())
	return h
}

func (h *archiveHost) check(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *archiveHost) fill(db *store.DB, now time.Time) {
	ctx, by := h.t.Context(), store.Actor{Who: "postmaster", At: now}
	var all [2]store.Community
	for i, name := range []string{"rust", "secret"} {
		c, err := db.CreateCommunity(ctx, by, store.Community{Name: name, Domain: "lists.example.org", Title: name})
		h.check(err)
		all[i] = c
	}
	_, _, err := db.AddMember(ctx, by, all[0].ID, store.NewMember{Address: archiveReader})
	h.check(err)
	large := strings.Repeat(strings.Repeat("large ", 12)+"\r\n", 20_000)
	for i, post := range []struct{ subject, more, body string }{
		{"Borrow checker", "", "It says no.\r\n"},
		{"=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n", "Grüße aus Köln.\r\n"},
		{"Parts", "Content-Type: multipart/mixed; boundary=b\r\n", "--b\r\n\r\ntext\r\n--b\r\nContent-Type: application/pdf; name=plan.pdf\r\n\r\nPDF\r\n--b--\r\n"},
		{"Large", "", large},
		{"Re: Borrow checker", "In-Reply-To: <0@a.example>\r\n", "It says yes.\r\n"},
	} {
		date := time.Date(2024, 12, 29, 12, 0, 0, 0, time.UTC).AddDate(0, 0, i)
		raw := fmt.Sprintf("From: Ada <ada@a.example>\r\nTo: rust@lists.example.org\r\nSubject: %s\r\nDate: %s\r\nMessage-ID: <%d@a.example>\r\n%s\r\n%s",
			post.subject, date.Format(time.RFC1123Z), i, post.more, post.body)
		h.posts = append(h.posts, raw)
		h.file(db, all[0], raw, date, now)
	}
	h.file(db, all[1], "From: eve@e.example\r\nSubject: Nobody knows\r\nMessage-ID: <secret@e.example>\r\n\r\nA secret.\r\n", now, now)
}

func (h *archiveHost) file(db *store.DB, c store.Community, raw string, date, now time.Time) {
	h.t.Helper()
	_, err := db.AcceptPost(h.t.Context(), arrivalOf(c, raw, date, now))
	h.check(err)
}

// run runs a client, and returns what it wrote.
func (h *archiveHost) run(name string, args ...string) string {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = h.dir
	cmd.Env = append(os.Environ(), "HOME="+h.dir, "TERM=dumb")
	out, err := cmd.CombinedOutput()
	if err != nil {
		h.t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}

// wantPosts wants that a Maildir has the posts, byte for byte but for line ends, and nothing else.
func (h *archiveHost) wantPosts(maildir string, want []string) {
	h.t.Helper()
	var got []string
	for _, folder := range []string{"new", "cur"} {
		files, err := filepath.Glob(filepath.Join(maildir, folder, "*"))
		h.check(err)
		for _, file := range files {
			text, err := os.ReadFile(file)
			h.check(err)
			got = append(got, dropOwn(strings.ReplaceAll(string(text), "\r\n", "\n")))
		}
	}
	want = slices.Clone(want)
	for i := range want {
		want[i] = strings.ReplaceAll(want[i], "\r\n", "\n")
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		h.t.Errorf("%s has %d messages, want %d: %.300q", maildir, len(got), len(want), got)
	}
}

var ownField = regexp.MustCompile(`(?m)^(X-TUID|Content-Length|Lines): .*\n`)

// dropOwn takes out the fields that mbsync and neomutt put in.
func dropOwn(text string) string { return ownField.ReplaceAllString(text, "") }

// TestMbsync mirrors the archive into Maildirs, twice: the second time nothing comes, and marks go up.
func TestMbsync(t *testing.T) {
	program := needProgram(t, "mbsync", "mbsync")
	h := serveArchive(t)
	config := fmt.Sprintf(`IMAPAccount a
Host 127.0.0.1
Port %s
User %s
Pass %s
SSLType None
AuthMechs LOGIN

IMAPStore far
Account a

MaildirStore near
Path %[4]s/mail/
Inbox %[4]s/inbox
SubFolders Verbatim

Channel c
Far :far:
Near :near:
Patterns *
Create Near
Sync Pull Push Flags New
SyncState *
`, h.port, archiveReader, h.password, h.dir)
	writeFile(t, filepath.Join(h.dir, "mbsyncrc"), config)
	h.check(os.MkdirAll(filepath.Join(h.dir, "mail"), 0o700))
	h.run(program, "-c", "mbsyncrc", "-a")
	h.wantPosts(filepath.Join(h.dir, "mail", "rust"), h.posts)
	h.wantPosts(filepath.Join(h.dir, "mail", "rust", "2024"), h.posts[:3])
	h.wantPosts(filepath.Join(h.dir, "mail", "rust", "2025"), h.posts[3:])
	if _, err := os.Stat(filepath.Join(h.dir, "mail", "secret")); err == nil {
		t.Error("the private community is there")
	}
	first, err := filepath.Glob(filepath.Join(h.dir, "mail", "rust", "*", "*U=1*"))
	if err != nil || len(first) != 1 {
		t.Fatalf("the first message is %v %v", first, err)
	}
	name := strings.TrimSuffix(filepath.Base(first[0]), ":2,") + ":2,FS"
	h.check(os.Rename(first[0], filepath.Join(h.dir, "mail", "rust", "cur", name)))
	out := h.run(program, "-V", "-c", "mbsyncrc", "c:rust")
	h.wantPosts(filepath.Join(h.dir, "mail", "rust"), h.posts)
	if !strings.Contains(h.curl("/rust", "UID FETCH 1 FLAGS"), `\Flagged \Seen`) {
		t.Errorf("the marks did not go up:\n%s", out)
	}
}

// curl sends one command to a folder.
func (h *archiveHost) curl(path, command string) string {
	h.t.Helper()
	args := []string{"--silent", "--show-error", "--user", archiveReader + ":" + h.password, "imap://" + h.addr + path}
	if command != "" {
		args = append(args, "--request", command)
	}
	return h.run("curl", args...)
}

// TestCurlIMAP lists, reads a message and a part of one, and searches.
func TestCurlIMAP(t *testing.T) {
	needProgram(t, "curl", "curl")
	h := serveArchive(t)
	if got, want := h.curl("/", `LIST "" *`), "* LIST (\\HasNoChildren) \"/\" INBOX\r\n* LIST (\\HasChildren) \"/\" \"rust\"\r\n"+
		"* LIST (\\HasNoChildren) \"/\" \"rust/2024\"\r\n* LIST (\\HasNoChildren) \"/\" \"rust/2025\"\r\n"; got != want {
		t.Errorf("LIST: got %q, want %q", got, want)
	}
	if got := h.curl("/", `LSUB "" *`); strings.Contains(got, "2024") || !strings.Contains(got, `"rust"`) {
		t.Errorf("LSUB: got %q", got)
	}
	for uid, want := range h.posts {
		if got := h.curl(fmt.Sprintf("/rust;UID=%d", uid+1), ""); got != want {
			t.Errorf("message %d: got %d bytes, want %d", uid+1, len(got), len(want))
		}
	}
	if got := h.curl("/rust;UID=3;SECTION=2", ""); got != "PDF" {
		t.Errorf("a part: got %q", got)
	}
	if got := h.curl("/rust?TEXT%20borrow", ""); got != "* SEARCH 1 5\r\n" {
		t.Errorf("SEARCH: got %q", got)
	}
	if got := h.curl("/", "STATUS rust (MESSAGES RECENT UIDNEXT UNSEEN)"); got != "* STATUS \"rust\" (MESSAGES 5 UIDNEXT 6 UNSEEN 0 RECENT 0)\r\n" {
		t.Errorf("STATUS: got %q", got)
	}
	wrong := exec.Command("curl", "--silent", "--user", archiveReader+":1-wrong", "imap://"+h.addr+"/rust")
	if out, err := wrong.CombinedOutput(); err == nil || wrong.ProcessState.ExitCode() != 67 {
		t.Errorf("a wrong password: %v %s", err, out)
	}
}

// TestNeomutt opens a folder, limits it by a search on the server, tags what is left and copies it into a Maildir.
func TestNeomutt(t *testing.T) {
	program := needProgram(t, "neomutt", "neomutt")
	h := serveArchive(t)
	config := fmt.Sprintf(`set imap_user = %q
set imap_pass = %q
set imap_authenticators = "login"
set ssl_starttls = no
set ssl_force_tls = no
set folder = "imap://%s/"
set spoolfile = "+rust"
set mbox_type = Maildir
set confirmappend = no
set confirmcreate = no
set delete = yes
set quit = yes
set copy = no
set header_cache = ""
set sort = threads
`, archiveReader, h.password, h.addr)
	writeFile(t, filepath.Join(h.dir, "muttrc"), config)
	keys := fmt.Sprintf(`push "<limit>=b says<enter><tag-pattern>.<enter><tag-prefix><copy-message><kill-line>%s/copied<enter><clear-flag>N<set-flag>!<quit>"`, h.dir)
	h.run("script", "-qec", fmt.Sprintf("%s -n -F muttrc -e '%s'", program, keys), "/dev/null")
	h.wantPosts(filepath.Join(h.dir, "copied"), []string{h.posts[0], h.posts[4]})
}

// arrivalOf is a message as the list files it.
func arrivalOf(c store.Community, raw string, date, now time.Time) store.Arrival {
	m := mail.Read([]byte(raw))
	text := m.SearchText()
	return store.Arrival{CommunityID: c.ID, Raw: []byte(raw), MessageID: m.MessageID, BodyHash: m.BodyHash(), References: m.Ancestors(),
		From: m.From[0].String(), FromName: m.From[0].Name, Subject: m.Subject, Date: date, Now: now,
		Text: store.PostText{Subject: text.Subject, Author: text.Author, From: text.From, To: text.To, Body: text.Body, Files: text.Files}}
}
