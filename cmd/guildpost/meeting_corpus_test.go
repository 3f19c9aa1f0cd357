package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"guildpost/calendar"
	"guildpost/calendar/itip"
	"guildpost/mail"
	"guildpost/mail/mailtest"
	"guildpost/store"
)

// A corpusHost is a daemon to which the corpus is delivered. Each message has communities of its own, so that nothing that
// another one said is known there.
type corpusHost struct {
	t      *testing.T
	daemon *Daemon
	sink   *mailtest.Sink
	log    *bytes.Buffer
	now    time.Time
	n      int // communities so far
}

// serveCorpus starts a daemon by a clock that shows a time before all meetings of the corpus.
func serveCorpus(t *testing.T) *corpusHost {
	t.Helper()
	h := &corpusHost{t: t, log: &bytes.Buffer{}, now: time.Date(1996, 1, 1, 9, 0, 0, 0, time.UTC)}
	var err error
	h.sink, err = mailtest.Start(mailtest.Options{Keep: mailtest.KeepData, Lint: true})
	h.check(err)
	t.Cleanup(func() { h.sink.Close() })
	config, err := loadConfig("", t.TempDir(), []string{"GUILDPOST_DOMAIN=lists.example.org", "GUILDPOST_INBOUND_LMTP=127.0.0.1:0", "GUILDPOST_INBOUND_SMTP=",
		"GUILDPOST_WEB_LISTEN=", "GUILDPOST_OUTBOUND_SMARTHOST=" + h.sink.Addr(), "GUILDPOST_OUTBOUND_TLS=none"})
	h.check(err)
	h.daemon, err = newDaemon(t.Context(), daemonOptions{Config: config, Now: func() time.Time { return h.now }, Resolver: demoResolver{},
		Log: slog.New(slog.NewJSONHandler(&lockedWriter{w: h.log}, nil))})
	h.check(err)
	h.check(h.daemon.Start(t.Context()))
	t.Cleanup(func() {
		stopping, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		h.check(h.daemon.Stop(stopping))
	})
	return h
}

func (h *corpusHost) check(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// community makes one with a member, and with a facilitator who has an address.
func (h *corpusHost) community(facilitator string) store.Community {
	h.t.Helper()
	by := store.Actor{Who: "postmaster", Via: "test", At: h.now}
	h.n++
	c, err := h.daemon.db.CreateCommunity(h.t.Context(), by, store.Community{Name: fmt.Sprintf("c%d", h.n), Domain: "lists.example.org", Title: "Rust Guild"})
	h.check(err)
	_, _, err = h.daemon.db.AddMember(h.t.Context(), by, c.ID, store.NewMember{Address: "ben@b.example", Name: "Ben"})
	h.check(err)
	_, _, err = h.daemon.db.AddMember(h.t.Context(), by, c.ID, store.NewMember{Address: facilitator, Name: "Ada", Roles: []store.Role{store.Facilitator}})
	h.check(err)
	return c
}

// deliver hands a message over for an address, and returns the refusal, "" for none.
func (h *corpusHost) deliver(from, to string, raw []byte) string {
	h.t.Helper()
	conn, err := net.Dial("tcp", h.daemon.inbound.Addr("lmtp"))
	h.check(err)
	c := smtp.NewClientLMTP(conn)
	defer c.Close()
	h.check(c.Mail(from, nil))
	h.check(c.Rcpt(to, nil))
	w, err := c.Data()
	h.check(err)
	_, err = w.Write(raw)
	h.check(err)
	if _, err = w.CloseWithLMTPResponse(); err == nil {
		return ""
	}
	text := replyText(err)
	if !strings.HasPrefix(text, "55") {
		h.t.Errorf("%s: %s", to, text)
	}
	return text
}

// logged are what the log says of a community, in words.
var logged = map[string]func(line map[string]any) string{
	"a calendar called a meeting":                     func(l map[string]any) string { return fmt.Sprint(l["what"]) },
	"a calendar's meeting waits for the facilitators": func(map[string]any) string { return "proposed" },
	"a calendar's meeting was not called":             func(l map[string]any) string { return fmt.Sprint("helped: ", l["problem"]) },
	"a calendar said nothing new about its meeting":   func(map[string]any) string { return "known" },
	"post accepted": func(map[string]any) string { return "posted" },
	"post held":     func(map[string]any) string { return "held" },
	"a robot's answer to a ticket was passed over": func(map[string]any) string { return "robot" },
	"an invitation was answered": func(l map[string]any) string {
		if problem := fmt.Sprint(l["problem"]); problem != "" {
			return "helped: " + problem
		}
		return "recorded"
	},
}

// outcomes are what the log says, by list address.
func (h *corpusHost) outcomes() map[string][]string {
	all := map[string][]string{}
	for line := range bytes.Lines(h.log.Bytes()) {
		var l map[string]any
		h.check(json.Unmarshal(line, &l))
		if l["level"] == "ERROR" {
			h.t.Errorf("the daemon says: %s", line)
		}
		if say := logged[fmt.Sprint(l["msg"])]; say != nil {
			address := fmt.Sprint(l["community"])
			if what := say(l); !slices.Contains(all[address], what) {
				all[address] = append(all[address], what)
			}
		}
	}
	return all
}

// refusals are the refusals in short.
var refusals = []struct{ pattern, short string }{
	{`is not a member of`, "refused: no member"},
	{`this answers an invitation`, "refused: answer of a stranger"},
	{`asks for something in people's calendars`, "refused: no meeting"},
	{`this is not posted to .* because`, "refused: robot"},
	{`a post needs an? .*author`, "refused: no author"},
	{`From address .* cannot be answered`, "refused: no author"},
	{`mail loop`, "refused: loop"},
}

func shortRefusal(text string) string {
	for _, r := range refusals {
		if regexp.MustCompile(r.pattern).MatchString(text) {
			return r.short
		}
	}
	return "refused: " + text
}

// A corpusCase is a file of the corpus and where it is delivered.
type corpusCase struct {
	file   string
	lists  [3]string // of a stranger, of its author as a facilitator, to the ticket of an invitation
	refuse [3]string
}

// corpusMail is a file as a mail; what is a calendar object alone becomes one.
func corpusMail(raw []byte) (message []byte, from string) {
	if bytes.HasPrefix(bytes.TrimLeft(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf")), " \r\n\t"), []byte("BEGIN:")) {
		raw = append([]byte("From: ada@a.example\r\nTo: rust@lists.example.org\r\nSubject: A meeting\r\nMessage-ID: <1@a.example>\r\nMIME-Version: 1.0\r\n"+
			"Content-Type: text/calendar; charset=utf-8\r\n\r\n"), raw...)
	}
	raw = mail.CanonicalCRLF(raw)
	m := mail.Read(raw)
	if len(m.From) == 1 {
		if address, err := mail.Canonical(m.From[0].String()); err == nil {
			return raw, address
		}
	}
	return raw, "ada@a.example"
}

// TestCorpusDelivered: each calendar message of the corpus ends in a defined outcome: from a stranger, from a facilitator, and
// as an answer to a ticket. None is lost, none takes the daemon down, and nothing that it says is in anybody's calendar in
// another name than ours. The table of outcomes is testdata/itip-outcomes.txt.
func TestCorpusDelivered(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join(root, "..", "shared", "corpus", "itip", "*"))
	needPeer(t, "corpus", len(files) > 0)
	h := serveCorpus(t)
	var cases []corpusCase
	for _, file := range files {
		raw, err := os.ReadFile(file)
		h.check(err)
		cases = append(cases, h.deliverCase(filepath.Base(file), raw))
	}
	awaitIdle(t, h.daemon)
	outcomes := h.outcomes()
	var table strings.Builder
	for _, one := range cases {
		fmt.Fprintf(&table, "%s\n", one.row(t, outcomes))
	}
	h.checkSent()
	compareTable(t, filepath.Join("testdata", "itip-outcomes.txt"), table.String())
}

func (h *corpusHost) deliverCase(file string, raw []byte) corpusCase {
	h.t.Helper()
	one := corpusCase{file: file}
	message, from := corpusMail(raw)
	for i, facilitator := range []string{"eve@e.example", from} {
		c := h.community(facilitator)
		one.lists[i] = c.Address()
		one.refuse[i] = h.deliver("sender@example.com", c.Address(), message)
	}
	said := calendar.ReadMessage(mail.Read(message))
	if !slices.ContainsFunc(said.Objects, func(o itip.Object) bool { return o.Method.IsFromAttendee() || o.Declared.IsFromAttendee() }) {
		return one
	}
	c := h.community("eve@e.example")
	one.lists[2] = c.Address()
	one.refuse[2] = h.deliver("sender@example.com", h.ticket(c), message)
	return one
}

// ticket is the address of Ben's invitation to a meeting.
func (h *corpusHost) ticket(c store.Community) string {
	h.t.Helper()
	m, err := h.daemon.meets.Call(h.t.Context(), store.Actor{Who: "eve@e.example", At: h.now}, c, calendar.Plan{Title: "Clinic", Zone: "UTC", Starts: h.now.AddDate(0, 0, 7), Length: time.Hour})
	h.check(err)
	all, err := h.daemon.db.Invitations(h.t.Context(), m.ID, 0, 10)
	h.check(err)
	return mail.TicketAddress(c.Name, c.Domain, all[0].Token)
}

// row is the row of the table. What nothing was said of was lost.
func (one corpusCase) row(t *testing.T, outcomes map[string][]string) string {
	cells := []string{one.file}
	for i, list := range one.lists {
		cell := strings.Join(outcomes[list], ", ")
		if one.refuse[i] != "" {
			cell = strings.TrimPrefix(cell+", "+shortRefusal(one.refuse[i]), ", ")
		}
		if cell == "" && list != "" {
			t.Errorf("%s was lost on its way to %s", one.file, list)
		}
		if list == "" {
			cell = "-"
		}
		cells = append(cells, cell)
	}
	return strings.Join(cells, " | ")
}

// checkSent looks at each mail that went out: who invites or cancels in it is guildpost, who answers is the list.
func (h *corpusHost) checkSent() {
	h.t.Helper()
	ours := func(address string) bool { return strings.HasSuffix(address, "@lists.example.org") }
	for _, r := range h.sink.Received() {
		m := mail.Read(r.Data)
		for _, o := range calendar.ReadMessage(m).Objects {
			for _, e := range o.Events {
				switch o.Method {
				case itip.Publish, "":
				case itip.Reply:
					if len(e.Attendees) != 1 || !ours(e.Attendees[0].Address) {
						h.t.Errorf("%s answers for %+v: %s", r.MessageID, e.Attendees, m.Subject)
					}
				default:
					if !ours(e.Organizer.Address) {
						h.t.Errorf("%s is a %s of %+v: %s", r.MessageID, o.Method, e.Organizer, m.Subject)
					}
				}
			}
		}
	}
	if n := len(h.sink.Received()); n < 100 {
		h.t.Errorf("only %d mails went out", n)
	}
	h.t.Logf("%d communities, %d mails", h.n, len(h.sink.Received()))
}

// compareTable compares with a file that -update writes anew.
func compareTable(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	wanted := strings.Split(string(want), "\n")
	for i, line := range strings.Split(got, "\n") {
		if i >= len(wanted) || wanted[i] != line {
			t.Errorf("%s:%d: got %q", file, i+1, line)
		}
	}
}
