package caldav

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/xml"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	ical "github.com/emersion/go-ical"
	"github.com/emersion/go-webdav"
	client "github.com/emersion/go-webdav/caldav"

	"guildpost/calendar"
	"guildpost/mail"
	"guildpost/mail/login"
	"guildpost/store"
	"guildpost/store/storetest"
)

// A world is two communities with their calendars, served.
type world struct {
	t        *testing.T
	db       *store.DB
	meets    *calendar.Calendar
	rust     store.Community
	ada      store.Subscription
	password string
	server   *httptest.Server
	private  bool
	now      time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, db: storetest.Open(t), now: storetest.Now, private: true}
	keys, err := mail.NewKeyring(mail.Key{ID: 1, Secret: bytes.Repeat([]byte{3}, 32), Since: w.now.AddDate(0, -1, 0)})
	w.check(err)
	log := slog.New(slog.DiscardHandler)
	w.meets = &calendar.Calendar{DB: w.db, Keys: keys, Log: log, Now: func() time.Time { return w.now }, Random: rand.Reader, PublicURL: "https://lists.example.org"}
	door, err := login.New(w.db, func() time.Time { return w.now })
	w.check(err)
	w.rust = storetest.Community(t, w.db, "rust")
	w.ada = w.join(w.rust, "ada@a.example")
	w.password = w.passwordOf(w.ada)
	w.server = httptest.NewServer(New(Options{Meets: w.meets, Door: door, Log: log, Client: func(*http.Request) string { return "192.0.2.1" },
		Private: func(*http.Request) bool { return w.private }}))
	t.Cleanup(w.server.Close)
	return w
}

func (w *world) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) by() store.Actor { return store.Actor{Who: "postmaster", Via: "test", At: w.now} }

func (w *world) join(c store.Community, address string) store.Subscription {
	w.t.Helper()
	s, _, err := w.db.AddMember(w.t.Context(), w.by(), c.ID, store.NewMember{Address: address})
	w.check(err)
	return s
}

func (w *world) passwordOf(s store.Subscription) string {
	w.t.Helper()
	secret, err := mail.NewSecret(rand.Reader)
	w.check(err)
	hash, err := mail.HashSecret(w.t.Context(), rand.Reader, secret)
	w.check(err)
	p, err := w.db.AddAppPassword(w.t.Context(), w.by(), store.AppPassword{MemberID: s.MemberID, Hash: hash})
	w.check(err)
	return mail.AppPassword(p.ID, secret)
}

func (w *world) call(c store.Community, title, rule string, days int) store.Meeting {
	w.t.Helper()
	m, err := w.meets.Call(w.t.Context(), w.by(), c, calendar.Plan{Title: title, Starts: time.Date(2026, 11, 23+days, 15, 0, 0, 0, time.UTC), Zone: "Europe/Berlin",
		Length: time.Hour, Rule: rule})
	w.check(err)
	return m
}

// client is go-webdav's, which another program may use as well.
func (w *world) client(s store.Subscription, password string) *client.Client {
	w.t.Helper()
	c, err := client.NewClient(webdav.HTTPClientWithBasicAuth(w.server.Client(), s.Address, password), w.server.URL+Prefix)
	w.check(err)
	return c
}

// do makes a request as Ada.
func (w *world) do(method, path, body string, header ...string) *http.Response {
	w.t.Helper()
	r, err := http.NewRequest(method, w.server.URL+path, strings.NewReader(body))
	w.check(err)
	r.SetBasicAuth(w.ada.Address, w.password)
	r.Header.Set("Content-Type", "application/xml")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	plain := *w.server.Client()
	plain.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := plain.Do(r)
	w.check(err)
	w.t.Cleanup(func() { resp.Body.Close() })
	return resp
}

// TestDiscovery: a client finds its calendars, one for each community, and what is in them.
func TestDiscovery(t *testing.T) {
	w := newWorld(t)
	other := storetest.Community(t, w.db, "go")
	w.join(other, w.ada.Address)
	storetest.Community(t, w.db, "secret")
	w.call(w.rust, "Clinic", "", 7)
	series := w.call(w.rust, "Reading hour", "FREQ=WEEKLY;COUNT=5", 8)
	c, ctx := w.client(w.ada, w.password), w.t.Context()
	principal, err := c.FindCurrentUserPrincipal(ctx)
	w.check(err)
	home, err := c.FindCalendarHomeSet(ctx, principal)
	w.check(err)
	calendars, err := c.FindCalendars(ctx, home)
	w.check(err)
	if len(calendars) != 2 || calendars[0].Name != w.rust.Title || !strings.HasSuffix(calendars[0].Path, "/calendars/rust@lists.example.org/") {
		t.Fatalf("the calendars are %+v", calendars)
	}
	all, err := c.QueryCalendar(ctx, calendars[0].Path, query(time.Time{}, time.Time{}))
	w.check(err)
	if titles := titlesOf(all); titles != "Clinic, Reading hour" {
		t.Errorf("there are %s", titles)
	}
	got, err := c.MultiGetCalendar(ctx, calendars[0].Path, &client.CalendarMultiGet{Paths: []string{all[1].Path}, CompRequest: whole})
	w.check(err)
	if len(got) != 1 || got[0].ETag != all[1].ETag || titlesOf(got) != "Reading hour" {
		t.Errorf("by name: %+v", got)
	}
	one, err := c.GetCalendarObject(ctx, all[1].Path)
	w.check(err)
	set, err := one.Data.Events()[0].RecurrenceSet(time.UTC)
	w.check(err)
	want, _ := calendar.Next(series, w.now, 10)
	if times := set.All(); one.ETag != all[1].ETag || !slices.EqualFunc(times, want, time.Time.Equal) {
		t.Errorf("its dates are %v, want %v; its ETag %s, and in the list %s", times, want, one.ETag, all[1].ETag)
	}
}

var whole = client.CalendarCompRequest{Name: "VCALENDAR", AllProps: true, AllComps: true}

func query(from, until time.Time) *client.CalendarQuery {
	return &client.CalendarQuery{CompRequest: whole, CompFilter: client.CompFilter{Name: "VCALENDAR", Comps: []client.CompFilter{{Name: "VEVENT", Start: from, End: until}}}}
}

func titlesOf(all []client.CalendarObject) string {
	var titles []string
	for _, o := range all {
		title, _ := o.Data.Events()[0].Props.Text(ical.PropSummary)
		titles = append(titles, title)
	}
	return strings.Join(titles, ", ")
}

// TestTimeRange: what lies at least partly in a span of time, by all of its dates (RFC 4791 9.9).
func TestTimeRange(t *testing.T) {
	w := newWorld(t)
	w.call(w.rust, "Clinic", "", 7)                          // 30 November, 14:00 to 15:00 UTC
	w.call(w.rust, "Series", "FREQ=WEEKLY;COUNT=5", 8)       // from 1 December
	w.call(w.rust, "Endless", "FREQ=MONTHLY;BYDAY=1MO", 14)  // from 7 December
	w.call(w.rust, "Never again", "FREQ=YEARLY;COUNT=1", 40) // 2 January
	gone := w.call(w.rust, "Cancelled", "", 7)
	_, err := w.meets.Cancel(t.Context(), w.by(), gone.ID)
	w.check(err)
	c, path := w.client(w.ada, w.password), fmt.Sprintf("%s%d/calendars/rust@lists.example.org/", Prefix, w.ada.MemberID)
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 11, day, hour, minute, 0, 0, time.UTC) }
	for _, q := range []struct {
		name        string
		from, until time.Time
		want        string
	}{
		{"all", time.Time{}, time.Time{}, "Clinic, Series, Endless, Never again, Cancelled"},
		{"before all", at(1, 0, 0), at(30, 14, 0), ""},
		{"its first minute", at(30, 13, 0), at(30, 14, 1), "Clinic, Cancelled"},
		{"within", at(30, 14, 20), at(30, 14, 40), "Clinic, Cancelled"},
		{"its last minute", at(30, 14, 59), at(30, 16, 0), "Clinic, Cancelled"},
		{"its end", at(30, 15, 0), at(30, 16, 0), ""},
		{"a later date of a series", at(36, 0, 0), at(39, 0, 0), "Series, Endless"},
		{"open at the end", at(60, 0, 0), time.Time{}, "Endless, Never again"},
		{"far away", at(3000, 0, 0), at(3040, 0, 0), "Endless"},
	} {
		got, err := c.QueryCalendar(t.Context(), path, query(q.from, q.until))
		w.check(err)
		if titles := titlesOf(got); titles != q.want {
			t.Errorf("%s: got %q, want %q", q.name, titles, q.want)
		}
	}
	byTitle := `<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><D:getetag/></D:prop><C:filter><C:comp-filter name="VCALENDAR">
		<C:comp-filter name="VEVENT"><C:prop-filter name="SUMMARY"><C:text-match>less</C:text-match></C:prop-filter></C:comp-filter></C:comp-filter></C:filter></C:calendar-query>`
	resp := w.do("REPORT", path, byTitle)
	text, err := io.ReadAll(resp.Body)
	w.check(err)
	if n := bytes.Count(text, []byte("<href")); n != 1 || resp.StatusCode != http.StatusMultiStatus {
		t.Errorf("by title: %d meetings, %s\n%s", n, resp.Status, text)
	}
	// What would be understood wrong is refused.
	if resp := w.do("REPORT", path, strings.Replace(byTitle, "<C:text-match>", `<C:text-match negate-condition="yes">`, 1)); resp.StatusCode != http.StatusForbidden {
		t.Errorf("a filter the other way round: %s", resp.Status)
	}
}

// TestETags: that of a meeting changes with what the member sees of it, and no other does.
func TestETags(t *testing.T) {
	w := newWorld(t)
	ben := w.join(w.rust, "ben@b.example")
	clinic, other := w.call(w.rust, "Clinic", "", 7), w.call(w.rust, "Other", "", 9)
	tags := func() string {
		t.Helper()
		resp := w.do("PROPFIND", fmt.Sprintf("%s%d/calendars/rust@lists.example.org", Prefix, w.ada.MemberID),
			`<?xml version="1.0"?><propfind xmlns="DAV:"><prop><getetag/></prop></propfind>`, "Depth", "1")
		var status struct {
			Responses []struct {
				Href string `xml:"href"`
				Tag  string `xml:"propstat>prop>getetag"`
			} `xml:"response"`
		}
		w.check(xml.NewDecoder(resp.Body).Decode(&status))
		var b strings.Builder
		for _, r := range status.Responses {
			if strings.HasSuffix(r.Href, ".ics") {
				fmt.Fprintln(&b, r.Href, r.Tag)
			}
		}
		return b.String()
	}
	before := tags()
	if strings.Count(before, "\n") != 2 {
		t.Fatalf("there are %s", before)
	}
	press := func(m store.Meeting, s store.Subscription, answer string) {
		_, err := w.meets.Press(t.Context(), mail.Ticket{Kind: mail.TicketRSVP, Person: s.ID, Object: m.ID}, answer)
		w.check(err)
	}
	press(clinic, ben, "accepted")
	w.now = w.now.Add(time.Hour)
	if after := tags(); after != before {
		t.Errorf("another's answer: %s, before %s", after, before)
	}
	press(other, w.ada, "accepted")
	after := tags()
	if first, _, _ := strings.Cut(after, "\n"); after == before || !strings.HasPrefix(before, first) {
		t.Errorf("an answer: %s, before %s", after, before)
	}
	href, tag, _ := strings.Cut(strings.SplitN(after, "\n", 2)[0], " ")
	if resp := w.do("GET", href, "", "If-None-Match", tag); resp.StatusCode != http.StatusNotModified {
		t.Errorf("what the client has: %s", resp.Status)
	}
}

// TestReadOnly: nothing can be written, and nothing that is sent is read.
func TestReadOnly(t *testing.T) {
	w := newWorld(t)
	m := w.call(w.rust, "Clinic", "", 7)
	home := fmt.Sprintf("%s%d/calendars/", Prefix, w.ada.MemberID)
	object := fmt.Sprintf("%srust@lists.example.org/%d.ics", home, m.ID)
	for _, c := range [][2]string{{"PUT", object}, {"PUT", home + "rust@lists.example.org/new.ics"}, {"DELETE", object}, {"DELETE", home + "rust@lists.example.org/"},
		{"MKCALENDAR", home + "mine/"}, {"MKCOL", home + "mine/"}, {"PROPPATCH", home + "rust@lists.example.org/"}, {"COPY", object}, {"MOVE", object}, {"POST", home}, {"LOCK", object}} {
		resp := w.do(c[0], c[1], "BEGIN:VCALENDAR\r\nDTSTART;TZID=X\r\n", "Destination", home+"x", "Content-Type", "text/calendar")
		if path := c[1]; resp.StatusCode != http.StatusForbidden && !strings.HasSuffix(path, "new.ics") {
			t.Errorf("%s %s: %s", c[0], path, resp.Status)
		}
	}
	if now, err := w.db.Meeting(t.Context(), m.ID); err != nil || now.Revision != m.Revision || now.State != store.MeetingConfirmed {
		t.Errorf("the meeting is %+v, %v", now, err)
	}
	resp := w.do("OPTIONS", home, "")
	if allow := resp.Header.Get("Allow"); strings.Contains(allow, "PUT") || !strings.Contains(resp.Header.Get("DAV"), "calendar-access") {
		t.Errorf("allowed is %s", allow)
	}
	if resp := w.do("PROPFIND", WellKnown, ""); resp.StatusCode != http.StatusMovedPermanently || resp.Header.Get("Location") != Prefix {
		t.Errorf("the well-known address: %s %s", resp.Status, resp.Header.Get("Location"))
	}
}

// TestOwnAlone: each sees their own, and only while they are members.
func TestOwnAlone(t *testing.T) {
	w := newWorld(t)
	ben := w.join(w.rust, "ben@b.example")
	hidden := storetest.Community(t, w.db, "hidden")
	cid := w.join(hidden, "cid@c.example")
	m := w.call(hidden, "Secret", "", 7)
	own := w.call(w.rust, "Clinic", "", 7)
	propfind := `<?xml version="1.0"?><propfind xmlns="DAV:"><allprop/></propfind>`
	for _, path := range []string{
		fmt.Sprintf("%s%d/", Prefix, ben.MemberID), fmt.Sprintf("%s%d/calendars/rust@lists.example.org/", Prefix, ben.MemberID),
		fmt.Sprintf("%s%d/calendars/hidden@lists.example.org/", Prefix, w.ada.MemberID), fmt.Sprintf("%s%d/calendars/hidden@lists.example.org/%d.ics", Prefix, w.ada.MemberID, m.ID),
		fmt.Sprintf("%s%d/calendars/rust@lists.example.org/%d.ics", Prefix, w.ada.MemberID, m.ID), fmt.Sprintf("%s%d/calendars/rust@lists.example.org/0%d.ics", Prefix, w.ada.MemberID, own.ID),
		Prefix + "x/", Prefix + "../dav/", fmt.Sprintf("%s%d/other/", Prefix, w.ada.MemberID), fmt.Sprintf("%s%d/calendars/rust@lists.example.org/1.ics/2", Prefix, w.ada.MemberID),
	} {
		for _, method := range []string{"PROPFIND", "GET"} {
			if resp := w.do(method, path, propfind, "Depth", "0"); resp.StatusCode != http.StatusNotFound {
				t.Errorf("%s %s: %s", method, path, resp.Status)
			}
		}
	}
	clients := w.client(cid, w.passwordOf(cid))
	home := fmt.Sprintf("%s%d/calendars/", Prefix, cid.MemberID)
	if all, err := clients.FindCalendars(t.Context(), home); err != nil || len(all) != 1 {
		t.Errorf("Cid has %+v, %v", all, err)
	}
	w.check(w.db.EndSubscription(t.Context(), w.by(), cid.ID, store.Left))
	if all, err := clients.FindCalendars(t.Context(), home); err != nil || len(all) != 0 {
		t.Errorf("who has left has %+v, %v", all, err)
	}
	// All there is at once, as a client asks that has never been here.
	if resp := w.do("PROPFIND", fmt.Sprintf("%s%d/", Prefix, w.ada.MemberID), propfind, "Depth", "infinity"); resp.StatusCode != http.StatusMultiStatus {
		t.Errorf("all at once: %s", resp.Status)
	}
}

// TestDoor: no password where somebody can listen, and none that is wrong.
func TestDoor(t *testing.T) {
	w := newWorld(t)
	path := fmt.Sprintf("%s%d/", Prefix, w.ada.MemberID)
	right := w.password
	try := func() int { return w.do("GET", path, "").StatusCode }
	if got := try(); got != http.StatusNotFound { // it is no meeting
		t.Errorf("with the right password: %d", got)
	}
	w.password = "1-wrong"
	for range login.TriesAccount {
		resp := w.do("PROPFIND", path, "")
		if resp.StatusCode != http.StatusUnauthorized || !strings.HasPrefix(resp.Header.Get("WWW-Authenticate"), "Basic ") {
			t.Fatalf("with a wrong password: %s", resp.Status)
		}
	}
	if got := try(); got != http.StatusTooManyRequests {
		t.Errorf("with one more: %d", got)
	}
	w.password = right
	if got := try(); got != http.StatusNotFound {
		t.Errorf("one that was right before: %d", got)
	}
	w.private = false
	if got := try(); got != http.StatusForbidden {
		t.Errorf("in the clear: %d", got)
	}
	w.private = true
	all, err := w.db.AppPasswords(t.Context(), w.ada.MemberID)
	w.check(err)
	w.check(w.db.RevokeAppPassword(t.Context(), w.by(), w.ada.MemberID, all[0].ID))
	w.now = w.now.Add(login.TriesWithin)
	if got := try(); got != http.StatusUnauthorized {
		t.Errorf("revoked: %d", got)
	}
}

// TestOddRequests end in an answer, and soon.
func TestOddRequests(t *testing.T) {
	w := newWorld(t)
	w.call(w.rust, "Clinic", "FREQ=DAILY", 7)
	path := fmt.Sprintf("%s%d/calendars/rust@lists.example.org/", Prefix, w.ada.MemberID)
	for name, body := range map[string]string{
		"nothing": "", "no XML": "<", "deep": strings.Repeat("<a>", 20_000), "large": strings.Repeat("<a/>", maxRequest/4+1),
		"sync-collection":  `<sync-collection xmlns="DAV:"><sync-token/><prop><getetag/></prop></sync-collection>`,
		"no filter":        `<calendar-query xmlns="urn:ietf:params:xml:ns:caldav"/>`,
		"nobody's objects": `<calendar-multiget xmlns="urn:ietf:params:xml:ns:caldav" xmlns:D="DAV:"><D:prop><D:getetag/><calendar-data/></D:prop><D:href>/etc/passwd</D:href><D:href>%00</D:href></calendar-multiget>`,
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		resp := w.do("REPORT", path, body)
		cancel()
		if resp.StatusCode < 200 || resp.StatusCode >= 500 || ctx.Err() == context.DeadlineExceeded {
			t.Errorf("%s: %s", name, resp.Status)
		}
	}
}
