package calendar

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"guildpost/calendar/itip"
	"guildpost/mail"
)

// TestCallsHostile: what is made to take a calendar down is answered or refused in bounded time, and calls nothing; what is harmless once
// its excess is left out is called.
func TestCallsHostile(t *testing.T) {
	times := "DTSTART;TZID=Europe/Berlin:20261130T150000\r\nDTEND;TZID=Europe/Berlin:20261130T160000\r\n"
	event := func(more string) string {
		return "BEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20261123T110000Z\r\nORGANIZER:mailto:ada@a.example\r\nSUMMARY:Clinic\r\n" + times + more + "END:VEVENT\r\n"
	}
	var events strings.Builder
	for n := range 10_000 {
		fmt.Fprintf(&events, "BEGIN:VEVENT\r\nUID:%d\r\n%sEND:VEVENT\r\n", n, times)
	}
	inputs := map[string]string{
		"10,000 events":          events.String(),
		"100,000 RDATEs":         event("RDATE:" + strings.Repeat("20261204T150000Z,", 100_000) + "20261205T150000Z\r\n"),
		"100,000 EXDATEs":        event("RRULE:FREQ=DAILY\r\nEXDATE:" + strings.Repeat("20261204T150000Z,", 100_000) + "20261205T150000Z\r\n"),
		"harmless: parameters":   event("ATTENDEE" + strings.Repeat(";X=1", 100_000) + ":mailto:rust@lists.example.org\r\n"),
		"100,000 attendees":      event(strings.Repeat("ATTENDEE:mailto:zoe@z.example\r\n", 100_000)),
		"deep":                   strings.Repeat("BEGIN:VEVENT\r\n", 50_000),
		"a rule of the second":   event("RRULE:FREQ=SECONDLY\r\n"),
		"hours by the day":       event("RRULE:FREQ=DAILY;BYHOUR=" + numbers(0, 23) + ";BYMINUTE=" + numbers(0, 59) + "\r\n"),
		"harmless: no other day": event("RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\r\n"),
		"many cancelled at once": event("RRULE:FREQ=DAILY;COUNT=900\r\n" + exdates(900)),
	}
	for name, input := range inputs {
		w := callWorld(t)
		w.facilitator("ada@a.example", "Ada")
		began := time.Now()
		taken, err := w.Called(ctx, w.c, mail.Envelope{From: "ada@a.example"}, callMessage("ada@a.example", "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\n"+input+"END:VCALENDAR\r\n"))
		if took := time.Since(began); took > 5*time.Second { // far beyond, on a machine that does much else
			t.Errorf("%s took %s", name, took)
		}
		if answered := len(w.outbox("ada@a.example")); !taken || err == nil && answered != 1 || err != nil && answered != 0 {
			t.Errorf("%s: taken %v, %d mails, %v", name, taken, answered, err)
		}
		if got := w.meetings(); len(got) > 0 && !strings.HasPrefix(name, "harmless") {
			t.Errorf("%s called %q", name, got)
		}
	}
}

func numbers(from, to int) string {
	var all []string
	for n := from; n <= to; n++ {
		all = append(all, fmt.Sprint(n))
	}
	return strings.Join(all, ",")
}

func exdates(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "EXDATE;TZID=Europe/Berlin:%s\r\n", time.Date(2026, 11, 30+i, 15, 0, 0, 0, time.UTC).Format("20060102T150405"))
	}
	return b.String()
}

// TestCallsCarryNothing: of a caller's object only what was read goes out: no attachment, no address, nothing that fetches or
// runs, and no text that ends its property.
func TestCallsCarryNothing(t *testing.T) {
	w := callWorld(t)
	w.facilitator("ada@a.example", `Ada "the first"`)
	w.join("ben@b.example", `Ben; CUTYPE="ROOM"`)
	i := clinicInvite()
	i.title = `Clinic\nATTENDEE:mailto:zoe@z.example\, \"all\"\; RSVP=TRUE`
	i.more = "ATTACH:http://127.0.0.1:1/secret\r\nATTACH;FMTTYPE=text/html;ENCODING=BASE64;VALUE=BINARY:PHNjcmlwdD4=\r\nCONFERENCE;VALUE=URI:javascript:alert(1)\r\n" +
		"URL:file:///etc/passwd\r\nX-ALT-DESC;FMTTYPE=text/html:<script>alert(1)</script>\r\nLOCATION:<img src=http://127.0.0.1:1/x>\r\n" +
		"DESCRIPTION:One\\nEND:VEVENT\\nBEGIN:VALARM\r\nBEGIN:VALARM\r\nACTION:PROCEDURE\r\nATTACH:ftp://127.0.0.1/run\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\n"
	w.check(w.send("ada@a.example", i))
	raw := w.outbox("ben@b.example")
	if len(raw) != 1 {
		t.Fatalf("Ben got %d mails", len(raw))
	}
	said := ReadMessage(mail.Read(raw[0]))
	if len(said.Objects) != 1 || len(said.Objects[0].Events) != 1 || len(said.Problems) > 0 {
		t.Fatalf("%+v", said)
	}
	e := said.Objects[0].Events[0]
	if len(e.Attachments) > 0 || e.URL != "" || len(e.Attendees) != 1 || e.Attendees[0].Address != "ben@b.example" ||
		len(e.Alarms) != 1 || e.Alarms[0].Action != "DISPLAY" || e.Alarms[0].Description != e.Summary { // the one alarm is ours
		t.Errorf("the invitation has %+v", e)
	}
	if e.Summary != `Clinic ATTENDEE:mailto:zoe@z.example, "all"; RSVP=TRUE` || e.Description != "One\nEND:VEVENT\nBEGIN:VALARM" {
		t.Errorf("its texts are %q and %q", e.Summary, e.Description)
	}
	html := ""
	mail.Read(raw[0]).Root.Walk(func(p *mail.Part) bool {
		if p.Type == "text/html" {
			html, _ = p.Text(1 << 20)
		}
		return true
	})
	for _, bad := range []string{"javascript:", "file:///", "<script", "PROCEDURE", "ATTACH"} {
		if strings.Contains(string(raw[0]), bad) {
			t.Errorf("the invitation holds %q", bad)
		}
	}
	if html == "" || strings.Contains(html, "<img") || !strings.Contains(html, "&lt;img") {
		t.Errorf("its HTML says %s", html)
	}
}

// FuzzAsked: whatever an invitation asks for is a meeting that can be written and read back, or a reason why not, in bounded time;
// and its texts have no control characters.
func FuzzAsked(f *testing.F) {
	f.Add([]byte(clinicInvite().object()), false)
	files, _ := filepath.Glob(filepath.Join("..", "..", "shared", "corpus", "itip", "*.ics"))
	for _, file := range files {
		if raw, err := os.ReadFile(file); err == nil {
			f.Add(raw, bytes.Contains(raw, []byte("CANCEL")))
		}
	}
	now := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, data []byte, cancel bool) {
		began := time.Now()
		defer func() {
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("it took %s", took)
			}
		}()
		objects, _ := itip.Read(data, itip.Hint{})
		for _, o := range objects {
			if len(o.Events) == 0 {
				continue
			}
			r := askingReader{list: "rust@lists.example.org", author: "ada@a.example", subject: "s", home: time.UTC, received: now}
			asked, wrong := r.read(o.Events, cancel)
			if wrong == nil {
				checkAsked(t, asked, now)
			}
		}
	})
}

func checkAsked(t *testing.T, a asking, now time.Time) {
	t.Helper()
	for _, text := range []string{a.Title, strings.ReplaceAll(fmt.Sprint(a.Whole), "\n", "")} {
		if strings.ContainsFunc(text, unicode.IsControl) {
			t.Fatalf("%q", text)
		}
	}
	for _, one := range append(a.singles(), a) {
		if one.Whole == nil {
			continue
		}
		m, wrong := one.planned(now)
		if wrong != nil {
			continue
		}
		if m, wrong = one.differing(m, now); wrong != nil {
			continue
		}
		series, err := seriesOf(m)
		if err != nil {
			t.Fatal(err)
		}
		series.Master.UID, series.Master.Stamp = "1", now
		raw, err := itip.Write(itip.Object{Method: itip.Request, Events: []itip.Event{series.Master}})
		if err != nil {
			t.Fatalf("%+v: %v", one, err)
		}
		if back, err := itip.Read(raw, itip.Hint{}); err != nil || len(back) != 1 || back[0].Events[0].Summary != m.Title || !back[0].Events[0].Start.Equal(series.Master.Start) {
			t.Fatalf("%v %+v", err, back)
		}
	}
}
