package list_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"guildpost/mail"
	"guildpost/mail/list"
	"guildpost/store"
	"guildpost/store/storetest"
)

// A world is a community with a list service on a real store, and a clock.
type world struct {
	t    *testing.T
	db   *store.DB
	list *list.List
	c    store.Community

	mu    sync.Mutex
	now   time.Time
	mails int
}

type noDNS struct{}

func (noDNS) LookupTXT(_ context.Context, name string) ([]string, error) {
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

// newWorld has the community rust with Fay as its facilitator and Ada, Ben and a reader as members; Ada has posted before.
func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, db: storetest.Open(t), now: storetest.Now}
	key := mail.Key{ID: 1, Secret: make([]byte, 32), Since: w.now.Add(-time.Hour)}
	keys, err := mail.NewKeyring(key)
	w.check(err)
	w.list = &list.List{DB: w.db, Keys: keys, Policy: list.NewDMARC(noDNS{}, w.clock), Log: slog.New(slog.DiscardHandler), Now: w.clock,
		Random: rand.Reader, Hostname: "lists.example.org", MaxMessage: 25_000_000, PublicURL: "https://lists.example.org"}
	w.c, err = w.db.CreateCommunity(t.Context(), w.by(), store.Community{Name: "rust", Domain: "lists.example.org", Title: "Rust Guild"})
	w.check(err)
	w.join("fay@f.example", store.Facilitator)
	w.join("ada@a.example")
	w.join("ben@b.example")
	w.join("reader@r.example")
	w.check(w.post("ada@a.example", "Subject: First\n\nHello."))
	return w
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) by() store.Actor {
	return store.Actor{Who: "postmaster", Via: "test", At: w.clock()}
}

func (w *world) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) join(address string, roles ...store.Role) {
	w.t.Helper()
	_, _, err := w.db.AddMember(w.t.Context(), w.by(), w.c.ID, store.NewMember{Address: address, Roles: roles})
	w.check(err)
}

// rules changes the community.
func (w *world) rules(change func(c *store.Community)) {
	w.t.Helper()
	change(&w.c)
	w.check(w.db.UpdateCommunity(w.t.Context(), w.by(), w.c))
}

// post writes to the list. Text is header fields and a body; From, To and Message-ID are added where they are missing.
func (w *world) post(from, text string) error {
	w.mails++
	head := ""
	for name, value := range map[string]string{"From": from, "To": "rust@lists.example.org", "Message-ID": fmt.Sprintf("<m%d@x.example>", w.mails)} {
		if !strings.Contains("\n"+text, "\n"+name+":") {
			head += name + ": " + value + "\n"
		}
	}
	raw := strings.ReplaceAll(head+text, "\n", "\r\n")
	env := mail.Envelope{From: from, To: []string{"rust@lists.example.org"}, Protocol: "ESMTP", Trusted: true}
	return w.list.Post(w.t.Context(), w.c, env, mail.Read([]byte(raw)))
}

// held are the codes of what waits, oldest first.
func (w *world) held() (codes []string) {
	w.t.Helper()
	holds, err := w.db.Holds(w.t.Context(), w.c.ID, store.Held)
	w.check(err)
	for _, h := range holds {
		codes = append(codes, list.ReasonOf(h).Code)
	}
	return codes
}

// sent delivers all that waits and returns who gets it.
func (w *world) sent() []string {
	w.t.Helper()
	return storetest.Drain(w.t, w.db, w.clock())
}
