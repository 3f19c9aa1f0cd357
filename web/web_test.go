package web

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guildpost/mail/inbound/port"
	"guildpost/mail/list"
	"guildpost/store"
)

// always are the fields of threats 5.5 that every answer has.
var always = map[string]string{
	"Content-Security-Policy":      "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
	"X-Content-Type-Options":       "nosniff",
	"X-Frame-Options":              "DENY",
	"Referrer-Policy":              "no-referrer",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Strict-Transport-Security":    "max-age=31536000",
	"X-Robots-Tag":                 "noindex",
	"Cache-Control":                "no-store",
}

func TestEveryAnswer(t *testing.T) {
	w := newWorld(t)
	good := "/t/" + w.leaveToken(w.join("ben@b.example"))
	for _, r := range []struct {
		request
		want int
	}{
		{request{path: "/healthz"}, 200},
		{request{path: "/healthz", method: "HEAD"}, 200},
		{request{path: "/healthz", method: "OPTIONS"}, 204},
		{request{path: "/healthz", method: "POST"}, 405},
		{request{path: "/style.css"}, 200},
		{request{path: "/style.css", method: "DELETE"}, 405},
		{request{path: "/"}, 404},
		{request{path: "/robots.txt"}, 404},
		{request{path: "/t"}, 404},
		{request{path: "/t/"}, 404},
		{request{path: "/t/x"}, 404},
		{request{path: "/T/x"}, 404},
		{request{path: good}, 200},
		{request{path: good, method: "OPTIONS"}, 204},
		{request{path: good, method: "PUT"}, 405},
		{request{path: good, method: "POST", body: "x"}, 400},
		{request{path: good, method: "POST", body: oneClickBody}, 200},
		// threats H9
		{request{path: "/../etc/passwd"}, 404},
		{request{path: "/t/../../etc/passwd"}, 404},
		{request{path: "/t/%2e%2e/%2e%2e/etc/passwd"}, 404},
		{request{path: "/t/..%2f..%2fetc%2fpasswd"}, 404},
		{request{path: `/t/..\..\etc\passwd`}, 404},
		{request{path: "/t/%00"}, 404},
		{request{path: "/style.css%00"}, 404},
		{request{path: "/style.css/"}, 404},
		{request{path: "//evil.example/%2f.."}, 404},
		{request{path: "/%5cevil.example"}, 404},
		{request{path: "*"}, 404},
		{request{path: ""}, 404},
		{request{path: "/page/../style.css"}, 404},
	} {
		r.header = map[string]string{"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
		got := w.do(r.request)
		name := r.method + " " + r.path
		if got.Code != r.want {
			t.Errorf("%s: %d, want %d", name, got.Code, r.want)
		}
		for field, want := range always {
			if have := got.Header().Get(field); have != want {
				t.Errorf("%s: %s is %q, want %q", name, field, have, want)
			}
		}
		if strings.Contains(got.Body.String(), "evil") || strings.Contains(strings.Join(got.Header().Values("Location"), ""), "evil") {
			t.Errorf("%s believes the request about our name: %s", name, got.Body)
		}
		if got.Code >= 300 && got.Code < 400 {
			t.Errorf("%s redirects to %s", name, got.Header().Get("Location"))
		}
		if cookie := got.Header().Get("Set-Cookie"); cookie != "" {
			t.Errorf("%s sets a cookie: %s", name, cookie)
		}
	}
}

// TestNothingActive: threats H10, for pages with what strangers wrote.
func TestNothingActive(t *testing.T) {
	hostile := "\"><script>alert(1)</script><img src=x onerror=alert(2)>\u202egpj.exe{{.}}"
	w := newWorld(t)
	stub := stubTickets{show: list.Outcome{Community: store.Community{ID: 1, Name: "x", Domain: "y.example", Title: hostile}, Kind: "hold-reject"}}
	stub.show.About.Name, stub.show.About.Address, stub.show.About.Subject = hostile, hostile, hostile
	stub.show.AskReason = true
	stub.show.Details = append(stub.show.Details, struct{ Label, Value string }{hostile, hostile})
	w.handler.o.Tickets = &stub
	for _, kind := range []string{"hold-reject", "join-approve", "leave", "mute", "join", "nothing"} {
		for _, problem := range []string{"", "already", "expired"} {
			stub.show.Kind, stub.show.Problem = kind, problem
			for _, method := range []string{"GET", "POST"} {
				body := w.do(request{method: method, path: "/t/abc", body: "form=" + formToken("abc", kind)}).Body.String()
				for _, bad := range []string{"<script", "<img", "onerror=alert(2)>", "\u202e", "javascript:", "style="} {
					if strings.Contains(body, bad) {
						t.Errorf("%s %s %s: the page has %q", method, kind, problem, bad)
					}
				}
			}
		}
	}
}

// stubTickets are tickets whose outcome a test says.
type stubTickets struct {
	show list.Outcome
	err  error
	used int
}

func (s *stubTickets) ShowTicket(context.Context, string) (list.Outcome, error) { return s.show, s.err }

func (s *stubTickets) UseTicket(context.Context, string, string) (list.Outcome, error) {
	s.used++
	return s.show, s.err
}

func TestErrors(t *testing.T) {
	for name, test := range map[string]struct {
		err  error
		want int
	}{
		"not found": {store.Errorf(store.NotFound, "no"), 404},
		"forbidden": {store.Errorf(store.Forbidden, "no"), 403},
		"conflict":  {store.Errorf(store.Conflict, "no"), 409},
		"invalid":   {store.Errorf(store.Invalid, "no"), 400},
		"temporary": {store.Errorf(store.Temporary, "later"), 503},
		"unknown":   {errors.New("SELECT secret FROM settings"), 503},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.handler.o.Tickets = &stubTickets{err: test.err}
			for _, method := range []string{"GET", "POST"} {
				got := w.do(request{method: method, path: "/t/abc"})
				if got.Code != test.want || strings.Contains(got.Body.String(), "secret") {
					t.Errorf("%s: %d, want %d: %s", method, got.Code, test.want, got.Body)
				}
			}
		})
	}
}

func TestHealth(t *testing.T) {
	w := newWorld(t)
	if got := w.do(request{path: "/healthz"}); got.Code != 200 || got.Body.String() != "ok\n" {
		t.Errorf("got %d %q", got.Code, got.Body)
	}
	w.handler.o.Healthy = func(ctx context.Context) error {
		<-ctx.Done()
		return ctx.Err()
	}
	began := time.Now()
	if got := w.do(request{path: "/healthz"}); got.Code != 503 || got.Body.String() != "unavailable\n" {
		t.Errorf("got %d %q", got.Code, got.Body)
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("it took %s", took)
	}
}

func TestLanguages(t *testing.T) {
	w := newWorld(t)
	path := "/t/" + w.leaveToken(w.join("ben@b.example"))
	for accept, want := range map[string]string{
		"": "en", "de": "de", "es-MX": "es", "DE-at": "de", "fr": "en", "fr, es;q=0.3, de;q=0.4": "de", "de;q=0, es;q=0.1": "es",
		"de;q=2": "en", "de;q=x": "en", "*": "en", "en;q=0.5, de;q=0.5": "en", ";;;,,,": "en", "../../etc/passwd": "en",
		strings.Repeat("fr,", 30) + "de": "en", // nobody reads that many
	} {
		got := w.do(request{path: path, header: map[string]string{"Accept-Language": accept}})
		if have := got.Header().Get("Content-Language"); have != want || !strings.Contains(got.Body.String(), `<html lang="`+want+`">`) {
			t.Errorf("%q: %s, want %s", accept, have, want)
		}
	}
	w.c.Language = "es"
	w.check(w.db.UpdateCommunity(t.Context(), w.by(), w.c))
	if got := w.do(request{path: path, header: map[string]string{"Accept-Language": "fr"}}); got.Header().Get("Content-Language") != "es" {
		t.Errorf("the community's language: %s", got.Header().Get("Content-Language"))
	}
}

func TestGuesses(t *testing.T) {
	w := newWorld(t)
	good := "/t/" + w.leaveToken(w.join("ben@b.example"))
	look := func(from, forwarded string) int {
		r := request{path: good, from: from}
		if forwarded != "" {
			r.header = map[string]string{"X-Forwarded-For": forwarded}
		}
		return w.do(r).Code
	}
	guess := func(from, forwarded string, n int) {
		for range n {
			r := request{path: "/t/aaaaaaaaaaaaaaaaaaaaaaaa", from: from, header: map[string]string{}}
			if forwarded != "" {
				r.header["X-Forwarded-For"] = forwarded
			}
			w.do(r)
		}
	}
	want := func(what string, got, want int) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %d, want %d", what, got, want)
		}
	}
	guess("192.0.2.1:1", "", 19)
	want("after 19", look("192.0.2.1:2", ""), 200)
	guess("192.0.2.1:3", "", 1)
	want("after 20", look("192.0.2.1:4", ""), 404)
	want("one click", w.do(request{method: "POST", path: good, body: oneClickBody, from: "192.0.2.1:4"}).Code, 404)
	want("health", w.do(request{path: "/healthz", from: "192.0.2.1:4"}).Code, 200)
	want("somebody else", look("192.0.2.2:1", ""), 200)
	want("who is not believed", look("192.0.2.1:1", "192.0.2.9"), 404)
	w.later(59 * time.Minute)
	want("59 minutes later", look("192.0.2.1:1", ""), 404)
	w.later(time.Minute)
	want("an hour later", look("192.0.2.1:1", ""), 200)

	guess("[2001:db8::1]:1", "", 20)
	want("the same network", look("[2001:db8::ffff:2]:1", ""), 404)
	want("another network", look("[2001:db8:0:1::1]:1", ""), 200)

	guess("127.0.0.1:1", "10.0.0.1, 198.51.100.9", 20)
	want("through a proxy", look("127.0.0.1:2", "198.51.100.9"), 404)
	want("another through it", look("127.0.0.1:2", "198.51.100.9, 198.51.100.8"), 200)
	guess("@", "198.51.100.10", 20)
	want("through a socket", look("@", "198.51.100.10"), 404)
	want("another through it", look("@", "198.51.100.11"), 200)
	guess("127.0.0.1:1", "nonsense", 20)
	want("a proxy that talks nonsense", look("127.0.0.1:1", ""), 404)
}

func TestGuessesAreBounded(t *testing.T) {
	var g guesses
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 3 * guessesTracked {
		g.add(string(rune('a'+i%26))+time.Duration(i).String(), now.Add(time.Duration(i)*time.Second))
		if len(g.by) > guessesTracked {
			t.Fatalf("%d addresses are kept", len(g.by))
		}
	}
}

// TestLog: threats 5.3: no log has a ticket.
func TestLog(t *testing.T) {
	w := newWorld(t)
	token := w.leaveToken(w.join("ben@b.example"))
	w.do(request{path: "/t/" + token})
	w.do(request{method: "POST", path: "/t/" + token, body: oneClickBody})
	w.do(request{path: "/t/" + token + "x"})
	w.handler.o.Tickets = &stubTickets{err: errors.New("the store is on fire")}
	w.do(request{method: "POST", path: "/t/" + token, body: "reason=secret"})
	log := w.log.String()
	if strings.Contains(log, token[:7]) || !strings.Contains(log, "/t/"+token[:6]) {
		t.Errorf("the log has too much or too little: %s", log)
	}
	if strings.Contains(log, "secret") {
		t.Errorf("the log has what somebody wrote: %s", log)
	}
}

func TestPublicURL(t *testing.T) {
	for _, bad := range []string{"", "lists.example.org", "://", "/x", "https://"} {
		if _, err := New(Options{PublicURL: bad}); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

func TestServer(t *testing.T) {
	w := newWorld(t)
	log := slog.New(slog.NewTextHandler(w.log, nil))
	socket := filepath.Join(t.TempDir(), "web.sock")
	for _, addr := range []string{"127.0.0.1:0", "unix:" + socket} {
		s := NewServer(addr, w.handler, log)
		w.check(s.Stop(t.Context()))
		w.check(s.Start())
		client := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
			if path, ok := strings.CutPrefix(s.Addr(), "unix:"); ok {
				return net.Dial("unix", path)
			}
			return net.Dial("tcp", s.Addr())
		}}}
		resp, err := client.Get("http://x/healthz")
		w.check(err)
		resp.Body.Close()
		if resp.StatusCode != 200 {
			t.Errorf("%s: %s", addr, resp.Status)
		}
		if NewServer(s.Addr(), w.handler, log).Start() == nil {
			t.Errorf("%s was taken twice", addr)
		}
		client.CloseIdleConnections()
		w.check(s.Stop(t.Context()))
		w.check(s.Stop(t.Context()))
		if _, err := client.Get("http://x/healthz"); err == nil {
			t.Errorf("%s answers after Stop", addr)
		}
	}
	if _, err := os.Stat(socket); err == nil {
		t.Error("the socket was left behind")
	}
	// What a killed daemon left behind is replaced, and a file of somebody's is not.
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: socket, Net: "unix"})
	w.check(err)
	l.SetUnlinkOnClose(false)
	l.Close()
	s := NewServer("unix:"+socket, w.handler, log)
	w.check(s.Start())
	if info, err := os.Stat(socket); err != nil || info.Mode().Perm() != port.Mode {
		t.Errorf("the socket's mode: %v %v", info, err)
	}
	w.check(s.Stop(t.Context()))
	file := filepath.Join(t.TempDir(), "file")
	w.check(os.WriteFile(file, []byte("x"), 0o600))
	if NewServer("unix:"+file, w.handler, log).Start() == nil {
		t.Error("a file was taken for a socket")
	}
}

// TestStopCuts: what does not end is cut.
func TestStopCuts(t *testing.T) {
	entered := make(chan struct{})
	s := NewServer("127.0.0.1:0", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(entered)
		<-r.Context().Done()
	}), slog.New(slog.DiscardHandler))
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	go http.Get("http://" + s.Addr() + "/") //nolint
	<-entered
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Stop(ctx); err == nil {
		t.Error("a request that does not end did not matter")
	}
}

// FuzzRequest: whatever comes, nothing is done but by a POST with one click or the page's form, and every answer is safe.
func FuzzRequest(f *testing.F) {
	for _, seed := range []request{
		{method: "GET", path: "/t/abc"}, {method: "POST", path: "/t/abc", body: oneClickBody}, {method: "POST", path: "/t/abc", body: "form=" + formToken("abc", "leave")},
		{method: "POST", path: "/t/abc", body: "--b\r\nContent-Disposition: form-data; name=form\r\n\r\nx\r\n--b--\r\n"}, {method: "HEAD", path: "/../x"},
	} {
		f.Add(seed.method, seed.path, seed.body, "multipart/form-data; boundary=b", "de;q=0.5")
	}
	stub := &stubTickets{show: list.Outcome{Kind: "leave"}}
	h, err := New(Options{Tickets: stub, PublicURL: "https://lists.example.org", Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, method, path, body, contentType, accept string) {
		if method == "" || strings.ContainsFunc(method, func(r rune) bool { return (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') }) {
			return
		}
		h.guesses = guesses{}
		stub.used = 0
		got := do(h, request{method: method, path: path, body: body, header: map[string]string{"Content-Type": contentType, "Accept-Language": accept}})
		if got.Code >= 500 || got.Header().Get("Content-Security-Policy") == "" {
			t.Errorf("%d %v", got.Code, got.Header())
		}
		meant := method == http.MethodPost && (strings.Contains(body, "Unsubscribe") || strings.Contains(body, formToken("abc", "leave")) || strings.Contains(body, "%"))
		if stub.used > 0 && !meant {
			t.Errorf("%s %q %q did something", method, path, body)
		}
	})
}
