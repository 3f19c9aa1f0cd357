package main

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"guildpost/mail"
)

var feedLink = regexp.MustCompile(`https?://[^\s<>"]+/c/[^\s<>"]+\.ics`)

// feedLinks are the feeds that a file names: a mail in its text, or the output of a command; or an address itself.
func feedLinks(ts *testscript.TestScript, file string) []string {
	if strings.Contains(file, "://") {
		return []string{file}
	}
	text := ts.ReadFile(file)
	if strings.HasSuffix(file, ".eml") {
		text = mail.Read([]byte(text)).Text().All
	}
	return feedLink.FindAllString(strings.ReplaceAll(text, " \n", ""), -1)
}

// fetch [-n N] [-header NAME:VALUE] FILE|URL fetches a feed as a calendar program does, the N-th (1) that a file names: with the
// ETag from the last time. It prints the status and what it holds, unfolded. With "!" the status must be 400 or more.
func cmdFetch(ts *testscript.TestScript, neg bool, args []string) {
	n, name, value := 1, "", ""
	for len(args) > 2 && strings.HasPrefix(args[0], "-") {
		switch args[0] {
		case "-n":
			_, err := fmt.Sscan(args[1], &n)
			ts.Check(err)
		case "-header":
			name, value, _ = strings.Cut(args[1], ":")
		default:
			ts.Fatalf("fetch has no flag %s", args[0])
		}
		args = args[2:]
	}
	if len(args) != 1 {
		ts.Fatalf("usage: fetch [-n N] [-header NAME:VALUE] FILE|URL")
	}
	w := worldOf(ts).mail(ts)
	all := feedLinks(ts, args[0])
	if len(all) < n {
		ts.Fatalf("%s names %d feeds", args[0], len(all))
	}
	status, text := w.fetch(ts, all[n-1], name, value)
	fmt.Fprintf(ts.Stdout(), "%d %s\n%s", status, http.StatusText(status), text)
	if neg == (status < 400) {
		ts.Fatalf("fetch: %d %s", status, text)
	}
}

// fetch asks the script's daemon.
func (m *mailWorld) fetch(ts *testscript.TestScript, address, name, value string) (status int, text string) {
	u, err := url.Parse(address)
	ts.Check(err)
	r, err := http.NewRequest(http.MethodGet, "http://"+m.daemon.web.Addr()+u.EscapedPath(), nil)
	ts.Check(err)
	if etag := m.etags[address]; etag != "" {
		r.Header.Set("If-None-Match", etag)
	}
	if name != "" {
		r.Header.Set(name, strings.TrimSpace(value))
	}
	resp, err := webClient.Do(r)
	ts.Check(err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	ts.Check(err)
	if m.etags == nil {
		m.etags = map[string]string{}
	}
	if resp.StatusCode == http.StatusOK {
		m.etags[address] = resp.Header.Get("ETag")
	}
	return resp.StatusCode, strings.NewReplacer("\r\n ", "", "\r", "").Replace(string(body))
}
