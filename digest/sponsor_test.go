package digest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"guildpost/digest/measure"
	"guildpost/mail"
	"guildpost/store"
	"guildpost/store/storetest"
)

// reportTime is when the report on October is shown.
var reportTime = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)

// TestReportTimes: a report is shown on the first working day after its month, and goes out two days later, on a working day.
func TestReportTimes(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name         string
		month        int
		shown, sends string
	}{
		{"a Tuesday", 202608, "2026-09-01 09:00 CEST", "2026-09-03 09:00 CEST"},
		{"a Sunday", 202610, "2026-11-02 09:00 CET", "2026-11-04 09:00 CET"},
		{"a Saturday", 202607, "2026-08-03 09:00 CEST", "2026-08-05 09:00 CEST"},
		{"a Thursday: not on a Saturday", 202609, "2026-10-01 09:00 CEST", "2026-10-05 09:00 CEST"},
		{"a Friday: not on a Sunday", 202512, "2026-01-01 09:00 CET", "2026-01-05 09:00 CET"},
		{"at the end of a year", 202612, "2027-01-01 09:00 CET", "2027-01-04 09:00 CET"},
	}
	for _, test := range tests {
		w := monthWindow(test.month, berlin)
		shown := draftTime(w)
		got := []string{shown.Format("2006-01-02 15:04 MST"), sendTime(shown, berlin).Format("2006-01-02 15:04 MST")}
		if want := []string{test.shown, test.sends}; fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: got %q, want %q", test.name, got, want)
		}
		for now, month := range map[time.Time]int{shown: test.month, shown.Add(-time.Minute): monthNumber(w.Before())} {
			if got := monthNumber(lastReported(now, berlin)); got != month {
				t.Errorf("%s: at %s the latest report is on %d, want %d", test.name, now, got, month)
			}
		}
	}
	late := time.Date(2026, 9, 1, 15, 0, 0, 0, berlin)
	if got := sendTime(late, berlin).Format("2006-01-02 15:04"); got != "2026-09-04 09:00" {
		t.Errorf("shown late it goes out at %s", got)
	}
}

// reporting is a community in October 2026, with a facilitator and sponsors who speak different languages.
func reporting(t *testing.T) (*month, *Reports, []store.Subscription) {
	t.Helper()
	m := newMonth(t, "Ada", "Ben", "Cid", "Dana", "eve")
	m.c.Colour = "#B7410E"
	m.check(m.n.DB.UpdateCommunity(context.Background(), storetest.By(reportTime), m.c))
	var sponsors []store.Subscription
	for i, lang := range []string{"en", "de", "es"} {
		name := fmt.Sprintf("Sue %d", i+1)
		m.join(name, reportTime.AddDate(-1, 0, 0))
		s := m.subs[name]
		s.Language, s.Roles, s.Delivery = lang, []store.Role{store.Sponsor}, store.None
		m.check(m.n.DB.UpdateSubscription(context.Background(), storetest.By(reportTime), s))
		sponsors = append(sponsors, s)
	}
	ada := m.subs["Ada"]
	ada.Roles = []store.Role{store.Facilitator}
	m.check(m.n.DB.UpdateSubscription(context.Background(), storetest.By(reportTime), ada))
	return m, NewReports(m.n), sponsors
}

// TestReport: what a sponsor reads of a lively month and of one that fades, in each language.
func TestReport(t *testing.T) {
	for _, world := range []struct {
		name string
		live func(m *month)
	}{
		{"alive", func(m *month) {
			for back := range 8 {
				at := reportTime.AddDate(0, -back, -25)
				m.thread(fmt.Sprintf("Thread %d", back), at, "Ada", "Ben", "Cid", "Dana")
				m.thread(fmt.Sprintf("Question %d", back), at.AddDate(0, 0, 3), "eve", "Ben", "Ada")
			}
		}},
		{"fading", func(m *month) {
			m.thread("Long ago", reportTime.AddDate(0, -5, 0), "Ben", "Ada")
			for back := range 2 {
				m.thread(fmt.Sprintf("Alone %d", back), reportTime.AddDate(0, -back, -20), "Ada")
				m.thread(fmt.Sprintf("Alone again %d", back), reportTime.AddDate(0, -back, -17), "Ada")
			}
		}},
	} {
		t.Run(world.name, func(t *testing.T) {
			m, r, sponsors := reporting(t)
			world.live(m)
			w := measure.LastMonth(reportTime, time.UTC)
			for _, s := range sponsors {
				raw, page, err := r.Preview(context.Background(), m.c, w, s)
				m.check(err)
				read := mail.Read(raw)
				name := "report." + world.name + "." + s.Language
				goldenFile(t, name+".txt", "Subject: "+read.Subject+"\n\n"+read.Text().All+"\n")
				goldenFile(t, name+".html", htmlOf(raw))
				for _, other := range []string{"Ben", "Cid", "Dana", "eve@"} {
					if strings.Contains(page, other) {
						t.Errorf("%s is named in %s", other, name)
					}
				}
			}
		})
	}
}

// TestReportOnce: a report goes out once to each sponsor, with its charts and its table, though Due is called again and again.
func TestReportOnce(t *testing.T) {
	m, r, sponsors := reporting(t)
	m.thread("Proptest", reportTime.AddDate(0, 0, -20), "Ada", "Ben")
	at := reportTime
	due := func(now time.Time, want int) {
		t.Helper()
		m.n.Now = func() time.Time { return now }
		for i, n := range []int{want, 0} {
			if got, err := r.Due(context.Background(), now); err != nil || got != n {
				t.Fatalf("call %d at %s: %d mails, %v; want %d", i, now, got, err, n)
			}
		}
	}
	due(at.AddDate(0, 0, -3), 0)
	due(at.Add(-time.Minute), 0)
	due(at, 1)
	due(at.AddDate(0, 0, 2).Add(-time.Minute), 0)
	m.check(m.n.DB.UpdateCommunity(context.Background(), storetest.By(at), m.c))
	due(at.AddDate(0, 0, 2), len(sponsors))
	due(at.AddDate(0, 3, 2), 1) // the latest of three months, once
	known, err := m.n.DB.Report(context.Background(), m.c.ID, 202610)
	m.check(err)
	if known.State != store.ReportSent || known.Readers != len(sponsors) {
		t.Errorf("the report is %s to %d", known.State, known.Readers)
	}
	if _, err := r.SendNow(context.Background(), storetest.By(at), m.c, monthWindow(202610, time.UTC)); store.KindOf(err) != store.Conflict {
		t.Errorf("sending it again: %v", err)
	}
}

// TestReportTwoDaemons: of two who do at once what is due, one drafts a report, and one sends it.
func TestReportTwoDaemons(t *testing.T) {
	m, r, sponsors := reporting(t)
	m.n.Now = func() time.Time { return reportTime }
	if _, err := r.Due(context.Background(), reportTime.AddDate(0, 0, -3)); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		at   time.Time
		want int
	}{{reportTime, 1}, {reportTime.AddDate(0, 0, 2), len(sponsors)}} {
		counts, errs := make([]int, 4), make([]error, 4)
		var all sync.WaitGroup
		for i := range counts {
			all.Go(func() { counts[i], errs[i] = NewReports(m.n).Due(context.Background(), step.at) })
		}
		all.Wait()
		sum := 0
		for i, n := range counts {
			sum += n
			if errs[i] != nil {
				t.Error(errs[i])
			}
		}
		if sum != step.want {
			t.Errorf("at %s %d mails were made (%v), want %d", step.at, sum, counts, step.want)
		}
	}
}
