package web

import (
	"bytes"
	"context"
	"fmt"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"guildpost/mail"
	"guildpost/mail/list"
	"guildpost/store"
)

// tickets makes one of each kind, for things that wait for it.
func (w *world) tickets() map[string]string {
	w.t.Helper()
	ctx := w.t.Context()
	fay := w.join("fay@f.example", store.Facilitator)
	ben, eve, dan := w.join("ben@b.example"), w.join("eve@e.example"), w.join("dan@d.example")
	w.check(w.list.Join(ctx, w.c, list.Application{Address: "new@n.example", Source: "n.example"}))
	open, err := w.db.OpenRequests(ctx, w.c.ID, "")
	w.check(err)
	_, err = w.db.Suspend(ctx, store.Actor{Who: "guildpost", Via: "bounces", At: w.clock()}, eve.ID, nil, nil, nil)
	w.check(err)
	gone := w.join("gone@g.example")
	_, err = w.db.End(ctx, w.by(), gone.ID, store.Left, nil)
	w.check(err)
	journal, err := w.db.Journal(ctx, w.c.ID, 1)
	w.check(err)
	raw := "From: stranger@s.example\r\nTo: rust@lists.example.org\r\nSubject: Held\r\nMessage-ID: <held@s.example>\r\n\r\nHello.\r\n"
	w.check(w.list.Post(ctx, w.c, mail.Envelope{From: "stranger@s.example", Protocol: "ESMTP"}, mail.Read([]byte(raw))))
	held, err := w.db.Holds(ctx, w.c.ID, store.Held)
	w.check(err)
	w.check(w.list.Post(ctx, w.c, mail.Envelope{From: "ben@b.example", Protocol: "ESMTP"}, mail.Read([]byte(
		"From: ben@b.example\r\nTo: rust@lists.example.org\r\nSubject: Posted\r\nMessage-ID: <posted@b.example>\r\n\r\nHello.\r\n"))))
	if len(open) != 1 || len(held) != 1 || len(journal) != 1 {
		w.t.Fatalf("%d requests, %d holds", len(open), len(held))
	}
	posts, err := w.db.PostsByMessageID(ctx, "posted@b.example")
	w.check(err)
	until := w.clock().Add(72 * time.Hour)
	return map[string]string{
		"confirm": w.token(mail.Ticket{Kind: mail.TicketConfirm, Object: open[0].ID, Expires: until}),
		"leave":   w.leaveToken(ben),
		"undo":    w.token(mail.Ticket{Kind: mail.TicketUndo, Person: gone.ID, Object: journal[0].ID, Expires: until}),
		"return":  w.token(mail.Ticket{Kind: mail.TicketReturn, Person: eve.ID, Object: eve.ID}),
		"approve": w.token(mail.Ticket{Kind: mail.TicketHoldApprove, Person: fay.ID, Object: held[0].ID, Expires: until}),
		"reject":  w.token(mail.Ticket{Kind: mail.TicketHoldReject, Person: fay.ID, Object: held[0].ID, Expires: until}),
		"receipt": w.token(mail.Ticket{Kind: mail.TicketReceipt, Person: ben.ID, Object: posts[0].ID}),
		"mute":    w.token(mail.Ticket{Kind: mail.TicketMute, Person: dan.ID, Object: posts[0].ThreadID}),
		"follow":  w.token(mail.Ticket{Kind: mail.TicketFollow, Person: dan.ID, Object: posts[0].ThreadID}),
	}
}

// TestLookingChangesNothing: threats H3, for every link of every mail, with everything but POST.
func TestLookingChangesNothing(t *testing.T) {
	w := newWorld(t)
	tokens := w.tickets()
	paths := links(w.mails())
	for _, token := range tokens {
		if path := "/t/" + token; !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
	}
	if len(paths) < len(tokens)+3 {
		t.Errorf("only %d links in the mails: %v", len(paths), paths)
	}
	before := w.state()
	for _, path := range paths {
		for _, method := range []string{"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "get"} {
			body := ""
			if method != "GET" && method != "HEAD" {
				body = oneClickBody
			}
			got := w.do(request{method: method, path: path, body: body})
			want := map[string]int{"GET": 200, "HEAD": 200, "OPTIONS": 204}[method]
			if want == 0 {
				want = 405
			}
			if got.Code != want {
				t.Errorf("%s %s: %d, want %d", method, path, got.Code, want)
			}
			if method == "GET" && got.Header().Get("Content-Type") != "text/html; charset=utf-8" {
				t.Errorf("%s is %s", path, got.Header().Get("Content-Type"))
			}
		}
	}
	if after := w.state(); after != before {
		t.Errorf("something changed:\n%s\n%s", before, after)
	}
}

// TestButtons: the button of each page does what the page said, and once.
func TestButtons(t *testing.T) {
	w := newWorld(t)
	tokens := w.tickets()
	for _, name := range []string{"confirm", "receipt", "leave", "undo", "return", "reject", "mute", "follow"} {
		t.Run(name, func(t *testing.T) {
			before := w.state()
			got := w.button(tokens[name])
			if got.Code != 200 || !strings.Contains(got.Body.String(), "Done") {
				t.Fatalf("%d %s", got.Code, got.Body)
			}
			if w.state() == before {
				t.Error("nothing changed")
			}
			again := w.button(tokens[name])
			if again.Code != 200 && again.Code != 409 && again.Code != 403 { // a page that says what is has no button
				t.Errorf("again: %d", again.Code)
			}
		})
	}
	if got := w.button(tokens["approve"]); got.Code == 200 && strings.Contains(got.Body.String(), "on its way") {
		t.Error("what was rejected was approved")
	}
}

// TestOneClick: RFC 8058, as mail programs and their servers do it: threats H4.
func TestOneClick(t *testing.T) {
	var parts bytes.Buffer
	m := multipart.NewWriter(&parts)
	if m.WriteField("List-Unsubscribe", "One-Click") != nil || m.Close() != nil {
		t.Fatal("multipart")
	}
	for name, test := range map[string]struct {
		body   string
		header map[string]string
		want   int
	}{
		"as it should be":            {oneClickBody, nil, 200},
		"multipart":                  {parts.String(), map[string]string{"Content-Type": m.FormDataContentType()}, 200},
		"no type":                    {oneClickBody, map[string]string{"Content-Type": ""}, 200},
		"another type":               {oneClickBody, map[string]string{"Content-Type": "text/plain"}, 200},
		"a type that is none":        {oneClickBody, map[string]string{"Content-Type": ";;="}, 200},
		"from another site":          {oneClickBody, map[string]string{"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"}, 200},
		"a line end behind it":       {oneClickBody + "\r\n", nil, 200},
		"with more":                  {oneClickBody + "&x=y", nil, 200},
		"nothing":                    {"", nil, 400},
		"something else":             {"List-Unsubscribe=Two-Clicks", nil, 400},
		"another field":              {"unsubscribe=One-Click", nil, 400},
		"broken":                     {"%zz", nil, 400},
		"multipart without boundary": {parts.String(), map[string]string{"Content-Type": "multipart/form-data"}, 400},
		"multipart that breaks off":  {parts.String()[:30], map[string]string{"Content-Type": m.FormDataContentType()}, 400},
		"very long":                  {oneClickBody + "&x=" + strings.Repeat("y", 70_000), nil, 413},
		"many fields":                {oneClickBody + strings.Repeat("&x=y", 64), nil, 400},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			s := w.join("ben@b.example")
			for _, token := range []string{w.leaveToken(s), strings.ToUpper(w.leaveToken(s))} { // twice
				got := w.do(request{method: "POST", path: "/t/" + token, body: test.body, header: test.header})
				if got.Code != test.want {
					t.Errorf("status %d, want %d", got.Code, test.want)
				}
				if got.Header().Get("Set-Cookie") != "" || got.Header().Get("Location") != "" {
					t.Errorf("a cookie or a redirect: %v", got.Header())
				}
			}
			s, err := w.db.Subscription(t.Context(), s.ID)
			w.check(err)
			if left := s.State == store.Left; left != (test.want == 200) {
				t.Errorf("the subscription is %s", s.State)
			}
		})
	}
}

// TestOneClickElsewhere: what is no List-Unsubscribe is not done by one click.
func TestOneClickElsewhere(t *testing.T) {
	w := newWorld(t)
	tokens := w.tickets()
	before := w.state()
	for name, token := range tokens {
		if name == "leave" {
			continue
		}
		if got := w.do(request{method: "POST", path: "/t/" + token, body: oneClickBody}); got.Code != 400 {
			t.Errorf("%s: %d, want 400", name, got.Code)
		}
	}
	if w.state() != before {
		t.Error("something changed")
	}
}

// TestAtOnce: 50 clicks at the same time are one change, one entry of the journal, one mail.
func TestAtOnce(t *testing.T) {
	w := newWorld(t)
	tokens := w.tickets()
	w.mails()
	for _, name := range []string{"leave", "confirm", "return", "approve"} {
		t.Run(name, func(t *testing.T) {
			journal, err := w.db.Journal(t.Context(), 0, 1000)
			w.check(err)
			r := request{method: "POST", path: "/t/" + tokens[name], body: w.form(tokens[name])}
			if name == "leave" {
				r.body = oneClickBody
			}
			codes := make([]int, 50)
			var all sync.WaitGroup
			for i := range codes {
				all.Go(func() { codes[i] = w.do(r).Code })
			}
			all.Wait()
			for _, code := range codes {
				if code != 200 && !(code == 409 && name == "approve") {
					t.Errorf("status %d", code)
				}
			}
			after, err := w.db.Journal(t.Context(), 0, 1000)
			w.check(err)
			wantEntries := map[string]int{"approve": len(after) - len(journal)}[name]
			if name != "approve" {
				wantEntries = 1
			}
			if n := len(after) - len(journal); n != wantEntries || n > 1 {
				t.Errorf("%d entries in the journal, want %d", n, wantEntries)
			}
			if name == "approve" {
				posts, err := w.db.PostsByMessageID(t.Context(), "held@s.example")
				w.check(err)
				if len(posts) != 1 {
					t.Errorf("%d posts, want 1", len(posts))
				}
			}
		})
	}
}

// TestOrigins: threats H7, for each kind of ticket.
func TestOrigins(t *testing.T) {
	w := newWorld(t)
	tokens := w.tickets()
	before := w.state()
	for name, token := range tokens {
		form := w.form(token)
		if form == "" {
			t.Errorf("the page of %s has no form", name)
		}
		for what, test := range map[string]struct {
			body   string
			header map[string]string
			want   int
		}{
			"no origin, no form":       {"", nil, 403},
			"no origin, another form":  {"form=aaaaaaaaaaaaaaaa", nil, 403},
			"a foreign origin":         {form, map[string]string{"Origin": "https://evil.example"}, 403},
			"the origin null":          {form, map[string]string{"Origin": "null"}, 403},
			"a subdomain":              {form, map[string]string{"Origin": "https://x.lists.example.org"}, 403},
			"cross-site":               {form, map[string]string{"Sec-Fetch-Site": "cross-site"}, 403},
			"same-site":                {form, map[string]string{"Sec-Fetch-Site": "same-site"}, 403},
			"cross-site with our name": {form, map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example", "Host": "evil.example"}, 403},
		} {
			want := test.want
			if name == "leave" && what == "no origin, no form" {
				want = 400 // RFC 8058: a wrong body
			}
			if got := w.do(request{method: "POST", path: "/t/" + token, body: test.body, header: test.header}); got.Code != want {
				t.Errorf("%s, %s: %d, want %d", name, what, got.Code, want)
			}
		}
	}
	if w.state() != before {
		t.Error("something changed")
	}
	for i, header := range []map[string]string{nil, {"Origin": "https://lists.example.org"}, {"Origin": "null", "Sec-Fetch-Site": "same-origin"},
		{"Origin": "https://lists.example.org", "Host": "127.0.0.1:8080"}} {
		s := w.join(fmt.Sprintf("m%d@m.example", i))
		token := w.leaveToken(s)
		if got := w.do(request{method: "POST", path: "/t/" + token, body: w.form(token), header: header}); got.Code != 200 {
			t.Errorf("from the page itself, %v: %d", header, got.Code)
		}
	}
}

// TestPlainHTTP: browsers say less there.
func TestPlainHTTP(t *testing.T) {
	w := newWorld(t)
	var err error
	w.handler, err = New(Options{Tickets: w.list, PublicURL: "http://lists.lan:8080", Now: w.clock, Log: w.handler.o.Log})
	w.check(err)
	token := w.leaveToken(w.join("ben@b.example"))
	form := w.form(token)
	for _, origin := range []string{"http://evil.example", "https://lists.lan:8080"} {
		if got := w.do(request{method: "POST", path: "/t/" + token, body: form, header: map[string]string{"Origin": origin, "Host": "x"}}); got.Code != 403 {
			t.Errorf("%s: %d", origin, got.Code)
		}
	}
	got := w.do(request{method: "POST", path: "/t/" + token, body: form, header: map[string]string{"Origin": "null"}})
	if got.Code != 200 {
		t.Errorf("the page itself: %d", got.Code)
	}
	if got.Header().Get("Strict-Transport-Security") != "" {
		t.Error("HSTS over plain HTTP")
	}
}

// TestForgedTickets: threats H5.
func TestForgedTickets(t *testing.T) {
	w := newWorld(t)
	good := w.leaveToken(w.join("ben@b.example"))
	other := w.token(mail.Ticket{Kind: mail.TicketBounce, Person: 1, Object: 1})
	before := w.state()
	const alphabet = "abcdefghijklmnopqrstuvwxyz234567"
	tokens := []string{"", " ", good + "a", good[:len(good)-1], good[1:], good + good, other, strings.Repeat("a", 65), strings.Repeat("a", 60_000),
		good + "/", "/" + good, good + "%00", good + "?x", "../t/" + good, strings.ReplaceAll(good, good[:1], "1"), "é" + good}
	for i := range 10_000 {
		at := i % len(good)
		next := (strings.IndexByte(alphabet, good[at]) + 1 + i/len(good)%31) % 32
		tokens = append(tokens, good[:at]+alphabet[next:next+1]+good[at+1:])
	}
	for i, token := range tokens {
		path := "/t/" + token
		if strings.HasSuffix(token, "?x") {
			path = "/t/" + good + "%3Fx"
		}
		from := fmt.Sprintf("203.0.%d.%d:1", i/250%250, i%250)
		got := w.do(request{method: "POST", path: path, body: oneClickBody, from: from})
		if got.Code != http.StatusNotFound {
			t.Fatalf("%q: %d", token, got.Code)
		}
	}
	if w.state() != before {
		t.Error("something changed")
	}
	w.later(24 * time.Hour)
	if got := w.do(request{method: "POST", path: "/t/" + good, body: oneClickBody}); got.Code != 200 {
		t.Errorf("the good one: %d", got.Code)
	}
}

// TestFullDisk: nothing is promised that could not be kept.
func TestFullDisk(t *testing.T) {
	w := newWorld(t)
	token := w.leaveToken(w.join("ben@b.example"))
	before := w.state()
	w.handler.o.Accepting = func(context.Context) error { return store.Errorf(store.Temporary, "the disk is full") }
	if got := w.do(request{method: "POST", path: "/t/" + token, body: oneClickBody}); got.Code != 503 {
		t.Errorf("status %d, want 503", got.Code)
	}
	if got := w.do(request{path: "/t/" + token}); got.Code != 200 {
		t.Errorf("looking: status %d", got.Code)
	}
	if w.state() != before {
		t.Error("something changed")
	}
}
