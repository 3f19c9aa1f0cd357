package main

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// webServer is a network in which one program answers everywhere.
func webServer(t *testing.T, status int, text string) (dial func(context.Context, string, string) (net.Conn, error), address string) {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/healthz" {
			t.Errorf("check asks for %s", r.URL)
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(text))
	}))
	t.Cleanup(s.Close)
	address = s.Listener.Addr().String()
	return func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "tcp", address)
	}, address
}

func TestCheckWeb(t *testing.T) {
	for name, test := range map[string]struct {
		status      int
		text        string
		want, says  string
		public      string
		wantsPublic string
	}{
		"guildpost":               {200, "ok\n", "ok", "is in use by guildpost", "http://lists.example.org", "leads to guildpost"},
		"guildpost, not well":     {503, "unavailable\n", "FAIL", "not well", "http://lists.example.org", "leads to guildpost"},
		"another program":         {200, "<html>It works!</html>", "FAIL", "another program", "https://lists.example.org", ""},
		"another that is missing": {404, "ok\n", "FAIL", "another program", "http://lists.example.org", "is not https"},
	} {
		t.Run(name, func(t *testing.T) {
			a, c := testApp(t)
			dial, address := webServer(t, test.status, test.text)
			a.net.dial = dial
			got := a.checkListener(t.Context(), c, "web.listen", address)
			if got.Result != test.want || !strings.Contains(got.Text, test.says) {
				t.Errorf("got %+v, want %s with %q", got, test.want, test.says)
			}
			c.PublicURL = test.public
			var all []string
			for _, f := range a.checkPublicURL(t.Context(), c) {
				all = append(all, f.Text)
			}
			if text := strings.Join(all, "\n"); !strings.Contains(text, test.wantsPublic) || test.wantsPublic == "" && text != "" {
				t.Errorf("public_url: got %q, want %q", text, test.wantsPublic)
			}
		})
	}
}

func TestCheckWebMail(t *testing.T) {
	a, c := testApp(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Write([]byte("220 mail.example.org ESMTP\r\n"))
			defer conn.Close()
		}
	}()
	a.net.dial = (&net.Dialer{}).DialContext
	c.Web.Listen = l.Addr().String()
	got := a.checkListener(t.Context(), c, "web.listen", l.Addr().String())
	if got.Result != "FAIL" || !strings.Contains(got.Text, "does not speak HTTP") {
		t.Errorf("a mail server there: %+v", got)
	}
	if found := a.checkPublicURL(t.Context(), c); len(found) != 0 {
		t.Errorf("where nothing runs: %+v", found)
	}
}
