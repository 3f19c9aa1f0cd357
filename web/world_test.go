package web

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"guildpost/mail"
	"guildpost/mail/list"
	"guildpost/store"
	"guildpost/store/storetest"
)

// A world is a community with its pages.
type world struct {
	t       testing.TB
	db      *store.DB
	list    *list.List
	c       store.Community
	handler *Handler
	log     *lockedBuffer

	mu  sync.Mutex
	now time.Time
}

// lockedBuffer lets requests at once write into one log.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

type noDNS struct{}

func (noDNS) LookupTXT(context.Context, string) ([]string, error) { return nil, nil }

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, db: storetest.Open(t), now: storetest.Now, log: &lockedBuffer{}}
	keys, err := mail.NewKeyring(mail.Key{ID: 1, Secret: bytes.Repeat([]byte{3}, 32), Since: w.now.AddDate(0, -1, 0)})
	w.check(err)
	log := slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	w.list = &list.List{DB: w.db, Keys: keys, Policy: list.NewDMARC(noDNS{}, w.clock), Log: log, Now: w.clock, Random: rand.Reader,
		PublicURL: "https://lists.example.org", Hostname: "lists.example.org", MaxMessage: 1 << 20}
	w.c, err = w.db.CreateCommunity(t.Context(), w.by(), store.Community{Name: "rust", Domain: "lists.example.org", Title: "Rust Guild",
		Rules: store.Rules{NonMembers: store.PostHold}})
	w.check(err)
	w.handler, err = New(Options{Tickets: w.list, PublicURL: "https://lists.example.org", Language: "en", Help: "guildpost@lists.example.org",
		Now: w.clock, Log: log})
	w.check(err)
	return w
}

func (w *world) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) later(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func (w *world) by() store.Actor {
	return store.Actor{Who: "postmaster", Via: "test", At: w.clock().Add(-time.Hour)}
}

func (w *world) join(address string, roles ...store.Role) store.Subscription {
	w.t.Helper()
	s, _, err := w.db.AddMember(w.t.Context(), w.by(), w.c.ID, store.NewMember{Address: address, Roles: roles})
	w.check(err)
	return s
}

func (w *world) token(t mail.Ticket) string { return w.list.Keys.Seal(t) }

func (w *world) leaveToken(s store.Subscription) string {
	return w.token(mail.Ticket{Kind: mail.TicketLeave, Person: s.ID, Object: w.c.ID})
}

// a request to make; the zero values are a GET by a browser of somebody.
type request struct {
	method, path, body string
	from               string // address and port
	header             map[string]string
}

func (w *world) do(r request) *httptest.ResponseRecorder {
	return do(w.handler, r)
}

func do(h http.Handler, r request) *httptest.ResponseRecorder {
	if r.method == "" {
		r.method = http.MethodGet
	}
	req := httptest.NewRequest(r.method, "https://lists.example.org/", strings.NewReader(r.body))
	u, err := url.Parse("https://lists.example.org" + r.path)
	if err != nil {
		req.URL.Path = r.path // as no browser would send it
	} else {
		req.URL = u
	}
	req.RemoteAddr = "198.51.100.7:4711"
	if r.from != "" {
		req.RemoteAddr = r.from
	}
	if r.method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, value := range r.header {
		req.Header.Set(name, value)
	}
	if host := r.header["Host"]; host != "" {
		req.Host = host
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, req)
	return rec
}

const oneClickBody = "List-Unsubscribe=One-Click"

var formField = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)

// form is what the button of a page sends; "" where the page has none.
func (w *world) form(token string) string {
	page := w.do(request{path: "/t/" + token}).Body.String()
	fields := url.Values{}
	for _, f := range formField.FindAllStringSubmatch(page, -1) {
		fields.Set(html.UnescapeString(f[1]), html.UnescapeString(f[2]))
	}
	return fields.Encode()
}

// button presses the button of a page as a browser does.
func (w *world) button(token string) *httptest.ResponseRecorder {
	return w.do(request{method: "POST", path: "/t/" + token, body: w.form(token), header: map[string]string{"Origin": "https://lists.example.org"}})
}

// state is all that a page could change.
func (w *world) state() string {
	w.t.Helper()
	ctx := w.t.Context()
	journal, err := w.db.Journal(ctx, 0, 1000)
	w.check(err)
	open, err := w.db.OpenRequests(ctx, 0, "")
	w.check(err)
	tasks, err := w.db.Due(ctx, w.clock().AddDate(9, 0, 0))
	w.check(err)
	queue, err := w.db.QueueList(ctx, store.QueueFilter{States: []store.DeliveryState{store.Waiting, store.Claimed, store.Deferred, store.Sent, store.Failed, store.Dropped}})
	w.check(err)
	held, err := w.db.Holds(ctx, w.c.ID, store.Held)
	w.check(err)
	limits, err := w.db.Limits(ctx, "")
	w.check(err)
	for _, s := range storetest.Subscriptions(w.t, w.db, w.c) {
		modes, err := w.db.ThreadModes(ctx, s.ID)
		w.check(err)
		journal = append(journal, store.JournalEntry{After: fmt.Sprint(modes)})
	}
	return fmt.Sprintln(journal) + fmt.Sprintln(open) + fmt.Sprintln(tasks) + fmt.Sprintln(queue) + fmt.Sprintln(held) + fmt.Sprintln(limits)
}

// mails delivers what waits and returns the messages.
func (w *world) mails() (all []*mail.Message) {
	w.t.Helper()
	ctx := w.t.Context()
	storetest.Drain(w.t, w.db, w.clock())
	rows, err := w.db.QueueList(ctx, store.QueueFilter{States: []store.DeliveryState{store.Sent}})
	w.check(err)
	for _, r := range rows {
		d, err := w.db.Dispatch(ctx, r.DispatchID)
		w.check(err)
		copied, err := w.list.Compose(ctx, d, false)
		w.check(err)
		var raw []byte
		if copied.Head != nil {
			raw = copied.Head(raw, r.SubscriptionID)
		}
		all = append(all, mail.Read(append(raw, copied.Message...)))
	}
	return all
}

var webLink = regexp.MustCompile(`https?://[^\s<>"]+`)

// links are the paths of all links in mails, in text, HTML and header.
func links(mails []*mail.Message) (paths []string) {
	for _, m := range mails {
		text := m.Header.Get("List-Unsubscribe")
		m.Root.Walk(func(p *mail.Part) bool {
			if p.IsText() {
				part, _ := p.Text(1 << 20)
				text += "\n" + html.UnescapeString(part)
			}
			return true
		})
		for _, link := range webLink.FindAllString(strings.ReplaceAll(text, " \n", ""), -1) {
			if u, err := url.Parse(link); err == nil && u.Host == "lists.example.org" && !slices.Contains(paths, u.Path) {
				paths = append(paths, u.Path)
			}
		}
	}
	return paths
}
