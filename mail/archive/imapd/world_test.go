package imapd

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"guildpost/mail"
	"guildpost/mail/login"
	"guildpost/store"
	"guildpost/store/storetest"
)

var ctx = context.Background()

// A world is a server with a store, and a clock that stands still until it is moved.
type world struct {
	*testing.T
	db     *store.DB
	path   string
	server *Server
	mu     sync.Mutex
	now    time.Time
	log    *strings.Builder
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) wait(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func (w *world) check(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// newWorld starts a server; change may be nil.
func newWorld(t *testing.T, change func(*Options)) *world {
	t.Helper()
	w := &world{T: t, path: filepath.Join(t.TempDir(), "guildpost.db"), now: storetest.Now, log: &strings.Builder{}}
	w.db = storetest.OpenWith(t, store.Options{Path: w.path})
	w.start(change)
	t.Cleanup(func() { w.stop() })
	return w
}

func (w *world) start(change func(*Options)) {
	w.Helper()
	door, err := login.New(w.db, w.clock)
	w.check(err)
	o := Options{DB: w.db, Door: door, Addr: "127.0.0.1:0", Domain: "lists.example.org", Poll: 5 * time.Millisecond, Now: w.clock,
		Log: slog.New(slog.DiscardHandler)}
	if change != nil {
		change(&o)
	}
	w.server, err = New(o)
	w.check(err)
	w.check(w.server.Start())
}

func (w *world) stop() {
	w.Helper()
	stopping, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := w.server.Stop(stopping); err != nil {
		w.Error(err)
	}
}

// member makes somebody a member and returns their subscription.
func (w *world) member(c store.Community, address string) store.Subscription {
	w.Helper()
	s, _, err := w.db.AddMember(ctx, storetest.By(w.clock()), c.ID, store.NewMember{Address: address})
	w.check(err)
	return s
}

// secrets are made once: each costs a hash.
var secrets = sync.OnceValue(func() [2]string {
	secret, _ := mail.NewSecret(rand.Reader)
	kept, _ := mail.HashSecret(ctx, rand.Reader, secret)
	return [2]string{secret, kept}
})

// password makes an app password.
func (w *world) password(s store.Subscription) (password string, id int64) {
	w.Helper()
	p, err := w.db.AddAppPassword(ctx, storetest.By(w.clock()), store.AppPassword{MemberID: s.MemberID, Name: "test", Hash: secrets()[1]})
	w.check(err)
	return mail.AppPassword(p.ID, secrets()[0]), p.ID
}

// post files a message and returns its UID.
func (w *world) post(c store.Community, raw string, date time.Time) uint32 {
	w.Helper()
	raw = strings.ReplaceAll(raw, "\n", "\r\n")
	m := mail.Read([]byte(raw))
	text := m.SearchText()
	a := store.Arrival{CommunityID: c.ID, Raw: []byte(raw), MessageID: m.Identity(m.BodyHash(), c.Domain), BodyHash: m.BodyHash(), References: m.Ancestors(),
		From: m.From[0].String(), FromName: m.From[0].Name, Subject: m.Subject, Date: date, Now: w.clock(),
		Text: store.PostText{Subject: text.Subject, Author: text.Author, From: text.From, To: text.To, Body: text.Body, Files: text.Files}}
	return uint32(storetest.Accept(w, w.db, a).PostID)
}

// say files a short message.
func (w *world) say(c store.Community, from, subject, body string, date time.Time) uint32 {
	w.Helper()
	return w.post(c, fmt.Sprintf("From: %s\nTo: %s\nSubject: %s\nDate: %s\nMessage-ID: <%s@a.example>\n\n%s\n", from, c.Address(), subject,
		date.Format(time.RFC1123Z), strings.ReplaceAll(subject, " ", "."), body), date)
}

// sql changes the database behind the store's back.
func (w *world) sql(statement string) {
	w.Helper()
	db, err := sql.Open("sqlite3", w.path)
	w.check(err)
	defer db.Close()
	_, err = db.Exec(statement)
	w.check(err)
}

// dial connects; what takes longer than a minute fails.
func (w *world) dial(o *imapclient.Options) *imapclient.Client {
	w.Helper()
	conn, err := net.Dial("tcp", w.server.Addr())
	w.check(err)
	w.check(conn.SetDeadline(time.Now().Add(time.Minute)))
	c := imapclient.New(conn, o)
	w.Cleanup(func() { c.Close() })
	return c
}

// login connects as a member.
func (w *world) login(s store.Subscription, o *imapclient.Options) *imapclient.Client {
	w.Helper()
	password, _ := w.password(s)
	c := w.dial(o)
	w.check(c.Login(s.Address, password).Wait())
	return c
}

// selected opens a folder as a member.
func (w *world) selected(s store.Subscription, folder string) *imapclient.Client {
	w.Helper()
	c := w.login(s, nil)
	_, err := c.Select(folder, nil).Wait()
	w.check(err)
	return c
}

// names lists folders.
func (w *world) names(c *imapclient.Client, pattern string, o *imap.ListOptions) string {
	w.Helper()
	all, err := c.List("", pattern, o).Collect()
	w.check(err)
	var names []string
	for _, l := range all {
		names = append(names, l.Mailbox)
	}
	return strings.Join(names, " ")
}

// refused wants that an error is a NO with a code.
func refused(t *testing.T, what string, err error, code imap.ResponseCode) {
	t.Helper()
	var e *imap.Error
	if e, _ = err.(*imap.Error); e == nil || e.Type != imap.StatusResponseTypeNo || e.Code != code {
		t.Errorf("%s: got %v, want NO [%s]", what, err, code)
	}
}
