package main

import (
	"context"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"guildpost/mail"
	"guildpost/store"
)

// webAnswer is what a page answered.
type webAnswer struct {
	status int
	body   string
}

func (a webAnswer) String() string {
	return fmt.Sprintf("%d %s\n%s\n", a.status, http.StatusText(a.status), strings.TrimSpace(mail.HTMLText(a.body)))
}

var webClient = &http.Client{Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// request asks the script's daemon for the path of an address; the host of links in mails is not that of the test.
func (m *mailWorld) request(ts *testscript.TestScript, method, address string, header map[string]string, body string) webAnswer {
	u, err := url.Parse(address)
	ts.Check(err)
	r, err := http.NewRequest(method, "http://"+m.daemon.web.Addr()+u.EscapedPath(), strings.NewReader(body))
	ts.Check(err)
	for name, value := range header {
		r.Header.Set(name, value)
	}
	resp, err := webClient.Do(r)
	ts.Check(err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	ts.Check(err)
	for _, name := range []string{"Set-Cookie", "Location"} {
		if resp.Header.Get(name) != "" {
			ts.Fatalf("the page %s answers with %s: %s", u.Path, name, resp.Header.Get(name))
		}
	}
	return webAnswer{resp.StatusCode, string(text)}
}

var (
	ticketLink = regexp.MustCompile(`https?://[^\s<>"]+/t/[A-Za-z2-7]+`)
	issueLink  = regexp.MustCompile(`https?://[^\s<>"]+/n/[A-Za-z2-7]+`)
)

// links are the ticket pages that a file links to: those of a mail in its text, in their order, or an address or path itself.
func links(ts *testscript.TestScript, file string) []string { return linksOf(ts, file, ticketLink) }

func linksOf(ts *testscript.TestScript, file string, form *regexp.Regexp) []string {
	if strings.Contains(file, "://") || strings.HasPrefix(file, "/") {
		return []string{file}
	}
	m := mail.Read([]byte(ts.ReadFile(file)))
	text := m.Text().All
	var all []string
	for _, link := range form.FindAllString(strings.ReplaceAll(text, " \n", ""), -1) {
		if len(all) == 0 || all[len(all)-1] != link {
			all = append(all, link)
		}
	}
	return all
}

// get [-header NAME:VALUE] [-method METHOD] [-issue 1] URL|PATH|FILE asks for a page, or the first that a mail links to (with -issue
// that of a newsletter; the page is kept as page.html), and prints its status and text. With "!" the status must be 400 or more. Nothing may change by it.
func cmdGet(ts *testscript.TestScript, neg bool, args []string) {
	method, header, form := http.MethodGet, map[string]string{}, ticketLink
	for len(args) > 2 && strings.HasPrefix(args[0], "-") {
		switch args[0] {
		case "-header":
			name, value, _ := strings.Cut(args[1], ":")
			header[name] = strings.TrimSpace(value)
		case "-issue":
			form = issueLink
		case "-method":
			method = args[1]
		default:
			ts.Fatalf("get has no flag %s", args[0])
		}
		args = args[2:]
	}
	if len(args) != 1 {
		ts.Fatalf("usage: get [-header NAME:VALUE] [-method METHOD] URL|PATH|FILE")
	}
	w := worldOf(ts).mail(ts)
	all := linksOf(ts, args[0], form)
	if len(all) == 0 {
		ts.Fatalf("%s links to no page", args[0])
	}
	before := w.state(ts)
	answer := w.request(ts, method, all[0], header, "")
	w.unchanged(ts, before, method)
	if form == issueLink {
		ts.Check(os.WriteFile(ts.MkAbs("page.html"), []byte(answer.body), 0o644))
	}
	fmt.Fprint(ts.Stdout(), answer)
	if neg == (answer.status < 400) {
		ts.Fatalf("get: %s", answer)
	}
}

var (
	formAction = regexp.MustCompile(`<form method="post" action="([^"]*)">`)
	formField  = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)
)

// click [-reason TEXT] [-choice CHOICE] [-tick LABEL]... [-n N] URL|FILE opens a page, or the N-th that a mail links to (1), and presses its button, with what
// is ticked there already, and each LABEL the other way round; click -unsubscribe FILE does as mail programs do (RFC 8058). What the page says is printed. With "!" it must not work.
func cmdClick(ts *testscript.TestScript, neg bool, args []string) {
	reason, choice, n, oneClick := "", "", 1, false
	var ticks []string
	for len(args) > 1 && strings.HasPrefix(args[0], "-") {
		switch {
		case args[0] == "-unsubscribe":
			oneClick, args = true, args[1:]
			continue
		case args[0] == "-reason" && len(args) > 2:
			reason = args[1]
		case args[0] == "-choice" && len(args) > 2:
			choice = args[1]
		case args[0] == "-tick" && len(args) > 2:
			ticks = append(ticks, args[1])
		case args[0] == "-n" && len(args) > 2:
			var err error
			n, err = strconv.Atoi(args[1])
			ts.Check(err)
		}
		args = args[2:]
	}
	if len(args) != 1 {
		ts.Fatalf("usage: click [-reason TEXT] [-n N] URL|FILE; click -unsubscribe FILE")
	}
	w := worldOf(ts).mail(ts)
	var answer webAnswer
	if oneClick {
		answer = w.oneClick(ts, args[0])
	} else {
		all := links(ts, args[0])
		if len(all) < n {
			ts.Fatalf("%s has %d links to pages: %v", args[0], len(all), all)
		}
		answer = w.click(ts, all[n-1], reason, choice, ticks...)
	}
	fmt.Fprint(ts.Stdout(), answer)
	if neg == (answer.status < 400) {
		ts.Fatalf("click: %s\n%s", answer, w.log)
	}
}

func (m *mailWorld) click(ts *testscript.TestScript, link, reason, choice string, ticks ...string) webAnswer {
	before := m.state(ts)
	page := m.request(ts, http.MethodGet, link, nil, "")
	m.unchanged(ts, before, http.MethodGet)
	form := formAction.FindStringSubmatch(page.body)
	if form == nil {
		return page
	}
	fmt.Fprint(ts.Stdout(), page)
	fields := url.Values{}
	for _, field := range formField.FindAllStringSubmatch(page.body, -1) {
		fields.Set(html.UnescapeString(field[1]), html.UnescapeString(field[2]))
	}
	if reason != "" {
		if !strings.Contains(page.body, `name="reason"`) {
			ts.Fatalf("the page asks for no reason: %s", page)
		}
		fields.Set("reason", reason)
	}
	if choice != "" {
		if !strings.Contains(page.body, `name="choice" value="`+choice+`"`) {
			ts.Fatalf("the page has no button for %s: %s", choice, page)
		}
		fields.Set("choice", choice)
	}
	fields["tick"] = ticked(page.body, ticks)
	// As a browser does, for a page that sends no referrer.
	return m.request(ts, http.MethodPost, html.UnescapeString(form[1]), map[string]string{
		"Content-Type": "application/x-www-form-urlencoded", "Origin": "null", "Sec-Fetch-Site": "same-origin"}, fields.Encode())
}

var formTick = regexp.MustCompile(`<input type="checkbox" id="\w+" name="tick" value="([^"]*)"( checked)?> <label [^>]*>([^<]*)</label>`)

// ticked are the values of a page's list that are ticked once some labels are turned.
func ticked(page string, turned []string) (values []string) {
	for _, tick := range formTick.FindAllStringSubmatch(page, -1) {
		if (tick[2] != "") != slices.Contains(turned, html.UnescapeString(tick[3])) {
			values = append(values, tick[1])
		}
	}
	return values
}

func (m *mailWorld) oneClick(ts *testscript.TestScript, file string) webAnswer {
	h, _ := mail.SplitHeader([]byte(ts.ReadFile(file)))
	link := ticketLink.FindString(h.Get("List-Unsubscribe"))
	if link == "" || h.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" {
		ts.Fatalf("%s cannot be unsubscribed from by one click", file)
	}
	return m.request(ts, http.MethodPost, link, map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, "List-Unsubscribe=One-Click")
}

// state is what must not change by looking at a page.
func (m *mailWorld) state(ts *testscript.TestScript) string {
	m.settle(ts)
	ctx := context.Background()
	journal, err := m.daemon.db.Journal(ctx, 0, 1)
	ts.Check(err)
	open, err := m.daemon.db.OpenRequests(ctx, 0, "")
	ts.Check(err)
	tasks, err := m.daemon.db.Due(ctx, m.world.clock().AddDate(1, 0, 0))
	ts.Check(err)
	queue, err := m.daemon.db.QueueList(ctx, store.QueueFilter{})
	ts.Check(err)
	return fmt.Sprint(journal, open, tasks, queue, len(m.sink.Received()))
}

func (m *mailWorld) unchanged(ts *testscript.TestScript, before, method string) {
	if after := m.state(ts); after != before {
		ts.Fatalf("%s changed something:\n%s\n%s", method, before, after)
	}
}
