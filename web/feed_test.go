package web

import (
	"compress/gzip"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"guildpost/calendar"
	"guildpost/store"
)

// A feedWorld is a world with a calendar, a meeting and a member.
type feedWorld struct {
	*world
	meets *calendar.Calendar
	ada   store.Subscription
	m     store.Meeting
	path  string // of the member's feed
}

func newFeedWorld(t *testing.T) *feedWorld {
	t.Helper()
	w := &feedWorld{world: newWorld(t)}
	w.meets = &calendar.Calendar{DB: w.db, Keys: w.list.Keys, Log: w.list.Log, Now: w.clock, Random: rand.Reader, PublicURL: w.list.PublicURL}
	w.handler.o.Feeds = w.meets
	w.ada = w.join("ada@a.example")
	var err error
	w.m, err = w.meets.Call(t.Context(), w.by(), w.c, calendar.Plan{Title: "Clinic", Starts: w.now.AddDate(0, 0, 7), Zone: "Europe/Berlin", Length: time.Hour})
	w.check(err)
	w.path = w.pathOf(store.Feed{CommunityID: w.c.ID, MemberID: w.ada.MemberID})
	return w
}

func (w *feedWorld) pathOf(owner store.Feed) string {
	w.t.Helper()
	url, _, err := w.meets.FeedOf(w.t.Context(), w.by(), owner)
	w.check(err)
	return strings.TrimPrefix(url, "https://lists.example.org")
}

// fetch gets the feed with a header field.
func (w *feedWorld) fetch(name, value string) *httptest.ResponseRecorder {
	return w.do(request{path: w.path, header: map[string]string{name: value}})
}

func TestFeedFields(t *testing.T) {
	w := newFeedWorld(t)
	got := w.fetch("X", "")
	for name, want := range map[string]string{"Content-Type": "text/calendar; charset=utf-8", "Cache-Control": "private, no-cache", "Vary": "Accept-Encoding",
		"Last-Modified": w.now.UTC().Format(http.TimeFormat), "Content-Disposition": `inline; filename="rust.ics"`, "X-Robots-Tag": "noindex",
		"Referrer-Policy": "no-referrer", "Content-Encoding": ""} {
		if have := got.Header().Get(name); have != want {
			t.Errorf("%s: got %q, want %q", name, have, want)
		}
	}
	if got.Code != http.StatusOK || !strings.Contains(got.Body.String(), "SUMMARY:Clinic") {
		t.Errorf("%d %s", got.Code, got.Body)
	}
	if strings.Contains(w.log.String(), w.path[len("/c/rust/")+6:]) || !strings.Contains(w.log.String(), "/c/rust/") {
		t.Errorf("the log has the secret, or not the path:\n%s", w.log)
	}
}

// TestFeedUnchanged: who has what a feed holds hears so, by ETag or time, and gets it again when it changed.
func TestFeedUnchanged(t *testing.T) {
	w := newFeedWorld(t)
	first := w.fetch("X", "")
	etag, modified := first.Header().Get("ETag"), first.Header().Get("Last-Modified")
	w.later(3 * time.Hour)
	conditions := []struct {
		name, value string
		has         bool
	}{
		{"If-None-Match", etag, true},
		{"If-None-Match", "W/" + etag, true},
		{"If-None-Match", `"x", ` + etag, true},
		{"If-None-Match", strings.TrimSuffix(etag, `"`) + `-gzip"`, true},
		{"If-None-Match", `"x"`, false},
		{"If-None-Match", "", false},
		{"If-Modified-Since", modified, true},
		{"If-Modified-Since", w.now.Add(time.Hour).UTC().Format(http.TimeFormat), true},
		{"If-Modified-Since", w.now.Add(-4 * time.Hour).UTC().Format(http.TimeFormat), false},
		{"If-Modified-Since", "yesterday", false},
	}
	for _, c := range conditions {
		got := w.fetch(c.name, c.value)
		if has := got.Code == http.StatusNotModified; has != c.has || has != (got.Body.Len() == 0) {
			t.Errorf("%s: %s: %d with %d octets", c.name, c.value, got.Code, got.Body.Len())
		}
		if got.Header().Get("ETag") != etag || got.Header().Get("Last-Modified") != modified {
			t.Errorf("%s: %s: it is another one", c.name, c.value)
		}
	}
	// The ETag counts before the time (RFC 9110 13.2.2).
	both := w.do(request{path: w.path, header: map[string]string{"If-None-Match": `"x"`, "If-Modified-Since": modified}})
	if both.Code != http.StatusOK {
		t.Errorf("both: %d", both.Code)
	}
	_, err := w.meets.Cancel(t.Context(), store.Actor{At: w.clock()}, w.m.ID)
	w.check(err)
	for _, c := range conditions[:7] {
		if got := w.fetch(c.name, c.value); got.Code != http.StatusOK || got.Header().Get("Last-Modified") != w.now.UTC().Format(http.TimeFormat) {
			t.Errorf("after a change, %s: %s: %d, %s", c.name, c.value, got.Code, got.Header().Get("Last-Modified"))
		}
	}
}

func TestFeedGzip(t *testing.T) {
	w := newFeedWorld(t)
	plain := w.fetch("X", "")
	for accept, packed := range map[string]bool{"gzip": true, "deflate, gzip;q=0.5": true, "GZIP": true, "gzip;q=0": false, "identity": false, "": false, "xgzip": false} {
		got := w.fetch("Accept-Encoding", accept)
		if (got.Header().Get("Content-Encoding") == "gzip") != packed {
			t.Errorf("%s: %s", accept, got.Header().Get("Content-Encoding"))
			continue
		}
		if !packed {
			continue
		}
		z, err := gzip.NewReader(got.Body)
		w.check(err)
		text, err := io.ReadAll(z)
		w.check(err)
		if string(text) != plain.Body.String() || got.Header().Get("ETag") == plain.Header().Get("ETag") {
			t.Errorf("%s: ETag %s, %s", accept, got.Header().Get("ETag"), text)
		}
	}
}

// TestFeedAlike: what was revoked, what never was, and what nobody may read any more, look the same.
func TestFeedAlike(t *testing.T) {
	w := newFeedWorld(t)
	ben := w.join("ben@b.example")
	own := w.pathOf(store.Feed{CommunityID: w.c.ID})
	bens := w.pathOf(store.Feed{MemberID: ben.MemberID})
	w.check(w.db.RevokeFeed(t.Context(), w.by(), w.c.ID, 0))
	w.check(w.db.EndSubscription(t.Context(), w.by(), ben.ID, store.Left))
	never := "/c/rust/" + strings.Repeat("a", 26) + ".ics"
	want := w.do(request{path: never})
	if want.Code != http.StatusNotFound {
		t.Fatalf("a feed that never was: %d", want.Code)
	}
	for _, path := range []string{own, bens, strings.Replace(w.path, "rust", "go", 1), strings.TrimSuffix(w.path, ".ics"), strings.Replace(w.path, "/rust", "", 1),
		"/c/", "/c/.ics", "/c//x.ics", "/c/rust/.ics", "/c/rust/../" + w.path, "/c/rust/%2e.ics"} {
		got := w.do(request{path: path})
		if got.Code != want.Code || got.Body.String() != want.Body.String() || fmt.Sprint(got.Header()) != fmt.Sprint(want.Header()) {
			t.Errorf("%s: %d %v %s", path, got.Code, got.Header(), got.Body)
		}
	}
	for method, want := range map[string]int{http.MethodHead: 200, http.MethodOptions: 204, http.MethodPost: 405, "PROPFIND": 405, http.MethodPut: 405} {
		if got := w.do(request{method: method, path: w.path}); got.Code != want {
			t.Errorf("%s: %d, want %d", method, got.Code, want)
		}
	}
}

// TestFeedGuessing: who tries 10,000 secrets soon tries in vain, and keeps nobody else from their feed, nor from pages; who asks
// for what was theirs once does not guess.
func TestFeedGuessing(t *testing.T) {
	w := newFeedWorld(t)
	old := w.pathOf(store.Feed{MemberID: w.ada.MemberID})
	w.check(w.db.RevokeFeed(t.Context(), w.by(), 0, w.ada.MemberID))
	for range 100 {
		if got := w.do(request{path: old}); got.Code != http.StatusNotFound {
			t.Fatalf("what was revoked: %d", got.Code)
		}
	}
	looked := 0
	for i := range 10_000 {
		if got := w.do(request{path: fmt.Sprintf("/c/rust/%s.ics", strings.Repeat(string(rune('a'+i%26)), 20+i%7))}); got.Code == http.StatusNotFound {
			looked++
		}
	}
	if looked != guessesAnHour {
		t.Errorf("%d guesses were looked at, want %d", looked, guessesAnHour)
	}
	if got := w.do(request{path: w.path}); got.Code != http.StatusTooManyRequests || got.Header().Get("Retry-After") == "" {
		t.Errorf("from there: %d", got.Code)
	}
	if got := w.do(request{path: w.path, from: "203.0.113.9:1"}); got.Code != http.StatusOK {
		t.Errorf("from elsewhere: %d", got.Code)
	}
	if got := w.do(request{path: "/t/" + w.leaveToken(w.ada)}); got.Code != http.StatusOK {
		t.Errorf("a page: %d", got.Code)
	}
	w.later(time.Hour)
	if got := w.do(request{path: w.path}); got.Code != http.StatusOK {
		t.Errorf("an hour later: %d", got.Code)
	}
}
