package calendar

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"guildpost/calendar/itip"
	"guildpost/mail"
	"guildpost/store"
)

// corpus is where the real files are.
var corpus = filepath.Join("..", "..", "shared", "corpus")

// A corpusRow is a row of the corpus' expected.tsv about an answer.
type corpusRow struct{ who, result, uid, method, date string }

var (
	rowMethod = regexp.MustCompile(`method=(\w+)`)
	rowDate   = regexp.MustCompile(`RECURRENCE-ID(?:;[^:]*)?:(\S+?)(?:;|$)`)
)

// corpusRows are the rows about REPLY, COUNTER and REFRESH, by file.
func corpusRows(t *testing.T) map[string][]corpusRow {
	t.Helper()
	table, err := os.ReadFile(filepath.Join(corpus, "expected.tsv"))
	if err != nil {
		if strings.Contains(os.Getenv("GUILDPOST_TEST_REQUIRE"), "corpus") {
			t.Fatal(err)
		}
		t.Skip("the corpus is not there")
	}
	rows := map[string][]corpusRow{}
	for line := range strings.Lines(string(table)) {
		fields := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		if len(fields) < 5 || !strings.HasPrefix(fields[0], "itip/") {
			continue
		}
		method := rowMethod.FindStringSubmatch(fields[4])
		if method == nil || !itip.Method(strings.ToUpper(method[1])).IsFromAttendee() {
			continue
		}
		r := corpusRow{who: plainAddress(fields[1]), result: strings.ToUpper(fields[2]), uid: fields[3], method: strings.ToUpper(method[1])}
		if date := rowDate.FindStringSubmatch(fields[4]); date != nil {
			r.date = date[1]
		}
		rows[fields[0]] = append(rows[fields[0]], r)
	}
	return rows
}

func plainAddress(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	s, _ = url.PathUnescape(strings.TrimPrefix(s, "mailto:"))
	return s
}

// corpusMessage is a file as a mail; a bare calendar object is sent by whoever answers.
func corpusMessage(t *testing.T, file string, rows []corpusRow) *mail.Message {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(corpus, file))
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasSuffix(file, ".ics") {
		head := fmt.Sprintf("From: %s\r\nMessage-ID: <%s>\r\nMIME-Version: 1.0\r\nContent-Type: text/calendar; charset=utf-8\r\n\r\n",
			mailbox(rows[0].who), filepath.Base(file))
		raw = append([]byte(head), raw...)
	}
	return mail.Read(raw)
}

func mailbox(address string) string {
	if address == "" {
		return "somebody@example.org"
	}
	return address
}

// meetingFor is a meeting that fits what a file answers: its UID, and the dates that it names.
func (w *world) meetingFor(said Said, uid string) store.Meeting {
	w.t.Helper()
	m := store.Meeting{CommunityID: w.c.ID, UID: uid, Title: "Corpus", Zone: "UTC", Length: time.Hour, Starts: time.Date(2026, 3, 10, 16, 0, 0, 0, time.UTC)}
	var dates []itip.Time
	for _, o := range said.Objects {
		for _, e := range o.Events {
			if !e.RecurrenceID.IsZero() && e.UID == uid {
				dates = append(dates, e.RecurrenceID)
			} else if !e.Start.IsZero() && e.UID == uid && len(dates) == 0 {
				m.Starts = e.Start.Instant(time.UTC).AddDate(0, 0, -1)
			}
			m.Sequence = max(m.Sequence, e.Sequence)
		}
	}
	slices.SortFunc(dates, func(a, b itip.Time) int { return a.Instant(time.UTC).Compare(b.Instant(time.UTC)) })
	if len(dates) > 0 {
		m.Rule, m.Starts = "FREQ=DAILY;COUNT=60", dates[0].Wall
		if zone := dates[0].Zone; zone != nil && zone != time.UTC {
			m.Zone = zone.String()
		}
	}
	w.now = m.Starts.AddDate(0, 0, -14)
	m.EndsAt = m.Starts.AddDate(0, 3, 0)
	m, err := w.DB.AddMeeting(ctx, w.by(), m, nil)
	w.check(err)
	return m
}

// TestCorpusAnswered: every file of the corpus that answers an invitation, sent to the ticket of each attendee that its rows
// name, is recorded as the row says, or answered with help; and nothing is recorded for anybody else.
func TestCorpusAnswered(t *testing.T) {
	long(t)
	all := corpusRows(t)
	outcomes := map[string]int{}
	for _, file := range slices.Sorted(maps.Keys(all)) {
		rows := all[file]
		for _, who := range attendees(rows) {
			t.Run(filepath.Base(file)+" "+who, func(t *testing.T) {
				outcome := checkAnswered(t, file, rows, who)
				outcomes[outcome]++
			})
		}
	}
	t.Logf("%d files: %v", len(all), outcomes)
	if len(all) < 45 || outcomes["recorded"] < 40 || outcomes["proposed"] < 3 {
		t.Errorf("%d files: %v", len(all), outcomes)
	}
}

func attendees(rows []corpusRow) (all []string) {
	for _, r := range rows {
		if !slices.Contains(all, r.who) {
			all = append(all, r.who)
		}
	}
	return all
}

// checkAnswered sends a file to the ticket of one attendee, and says what came of it.
func checkAnswered(t *testing.T, file string, rows []corpusRow, who string) (outcome string) {
	w := newWorld(t)
	message := corpusMessage(t, file, rows)
	said := ReadMessage(message)
	member := w.join(mailbox(who), "")
	other := w.join("other@o.example", "Other")
	m := w.meetingFor(said, cmp.Or(rows[0].uid, "none@example.org"))
	if _, err := w.Due(ctx, w.now); err != nil {
		t.Fatal(err)
	}
	before := w.mails(member.Address)
	w.check(w.Answer(ctx, w.c, mail.Envelope{From: mailbox(who)}, message, mail.Ticket{Kind: mail.TicketRSVP, Person: member.ID, Object: m.ID}))
	rsvps, err := w.DB.RSVPs(ctx, m.ID, 0)
	w.check(err)
	proposals, err := w.DB.Proposals(ctx, m.ID)
	w.check(err)
	letters := w.mails(member.Address) - before
	if w.mails(other.Address) != 1 {
		t.Error("somebody else got mail")
	}
	checkRows(t, m, rows, who, member, rsvps, proposals)
	switch {
	case len(proposals) > 0:
		return "proposed"
	case len(rsvps) > 0:
		return "recorded"
	case letters > 0:
		return "helped"
	}
	t.Error("the file was neither recorded nor answered with help")
	return "lost"
}

// checkRows compares what was kept with the rows of one attendee.
func checkRows(t *testing.T, m store.Meeting, rows []corpusRow, who string, member store.Subscription, rsvps []store.RSVP, proposals []store.Proposal) {
	t.Helper()
	got := map[string]string{}
	for _, r := range rsvps {
		if r.SubscriptionID != member.ID {
			t.Errorf("recorded for somebody else: %+v", r)
		}
		got[r.Occurrence] = string(partStat(r.Answer))
		if r.Delegate != "" {
			got[r.Occurrence] = string(itip.Delegated)
		}
	}
	left := maps.Clone(got)
	for _, r := range rows {
		if r.who != who || r.uid != m.UID || isTask(m.UID) || !slices.Contains([]string{"ACCEPTED", "TENTATIVE", "DECLINED", "DELEGATED"}, r.result) {
			continue
		}
		key := rowKey(t, m, r.date)
		if left[key] != r.result && r.date == "" { // the table does not say of all rows which date they are about
			for date, answer := range left {
				if answer == r.result {
					key = date
				}
			}
		}
		if left[key] != r.result {
			t.Errorf("recorded %v, want %q to be %s", got, r.date, r.result)
		}
		delete(left, key)
	}
	if len(left) > 0 && who != "" { // where nobody is named the ticket says who, and the subject what
		t.Errorf("recorded %v besides", left)
	}
	if proposes := rows[0].method == "COUNTER" && !isTask(m.UID); proposes != (len(proposals) > 0) {
		t.Errorf("%d proposals", len(proposals))
	}
}

// isTask: some rows are about VTODO, which no invitation of ours asks for.
func isTask(uid string) bool { return strings.HasSuffix(uid, "-00@example.com") }

// rowKey is the date of a row as answers have it. The table has what stands in the file, in the zone of the meeting or in UTC.
func rowKey(t *testing.T, m store.Meeting, date string) string {
	t.Helper()
	if date == "" {
		return ""
	}
	zone, err := time.LoadLocation(m.Zone)
	if err != nil {
		t.Fatal(err)
	}
	if at, err := time.Parse("20060102T150405Z", date); err == nil {
		return itip.At(at, time.UTC).Key()
	}
	at, err := time.ParseInLocation("20060102T150405", date, zone)
	if err != nil {
		t.Fatal(err)
	}
	return itip.At(at, time.UTC).Key()
}
