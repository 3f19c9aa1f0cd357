package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"guildpost/store"
)

// replyMail is the answer of somebody's Outlook to an invitation.
func replyMail(n int, ticket, uid string) string {
	object := fmt.Sprintf("BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nPRODID:Microsoft Exchange Server 2010\r\nVERSION:2.0\r\nBEGIN:VTIMEZONE\r\n"+
		"TZID:W. Europe Standard Time\r\nBEGIN:STANDARD\r\nDTSTART:16010101T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\n"+
		"RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10\r\nEND:STANDARD\r\nBEGIN:DAYLIGHT\r\nDTSTART:16010101T020000\r\nTZOFFSETFROM:+0100\r\n"+
		"TZOFFSETTO:+0200\r\nRRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\n"+
		"ATTENDEE;PARTSTAT=ACCEPTED;CN=Member %[1]d:mailto:member%[1]d@example.org\r\nCOMMENT;LANGUAGE=de-DE:\\n\r\nUID:%[2]s\r\n"+
		"SUMMARY;LANGUAGE=de-DE:Zugesagt: Clinic\r\nDTSTART;TZID=W. Europe Standard Time:20300810T150000\r\nDTEND;TZID=W. Europe Standard Time:20300810T160000\r\n"+
		"CLASS:PUBLIC\r\nPRIORITY:5\r\nDTSTAMP:20260803T090000Z\r\nTRANSP:OPAQUE\r\nSTATUS:CONFIRMED\r\nSEQUENCE:0\r\nLOCATION;LANGUAGE=de-DE:Room 3\r\n"+
		"X-MICROSOFT-CDO-APPT-SEQUENCE:0\r\nX-MICROSOFT-CDO-BUSYSTATUS:BUSY\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", n, uid)
	return fmt.Sprintf("From: Member %[1]d <member%[1]d@example.org>\r\nTo: Rust Guild <rust+t.%[2]s@lists.example.org>\r\nSubject: Zugesagt: Clinic\r\n"+
		"Date: Mon, 3 Aug 2026 09:00:00 +0000\r\nMessage-ID: <reply-%[1]d@example.org>\r\nMIME-Version: 1.0\r\n"+
		"Content-Type: multipart/alternative; boundary=\"_000_x_\"\r\n\r\n--_000_x_\r\nContent-Type: text/plain; charset=\"us-ascii\"\r\n\r\n\r\n"+
		"--_000_x_\r\nContent-Type: text/calendar; charset=\"utf-8\"; method=REPLY\r\nContent-Transfer-Encoding: 8bit\r\n\r\n%[3]s\r\n--_000_x_--\r\n", n, ticket, object)
}

// answer sends the answer of a member over LMTP.
func (c *client) answer(n int, ticket, uid string) {
	c.say("MAIL FROM:<member%d@example.org>\r\nRCPT TO:<rust+t.%s@lists.example.org>\r\nDATA", n, ticket)
	c.want(250)
	c.want(250)
	c.want(354)
	if _, err := c.W.WriteString(replyMail(n, ticket, uid)); err != nil {
		c.t.Error(err)
	}
	c.say(".")
	c.want(250)
}

// callMeeting calls a meeting of n members in a daemon that does not run yet, and returns each one's ticket, by number.
func callMeeting(b *testing.B, p *process, n int) (m store.Meeting, tickets []string) {
	p.command("meeting", "add", "rust", "--title", "Clinic", "--start", "2030-08-10 15:00", "--timezone", "Europe/Berlin")
	db := p.open()
	defer db.Close()
	m, err := db.Meeting(b.Context(), 1)
	if err != nil {
		b.Fatal(err)
	}
	tickets = make([]string, n)
	for after, found := int64(0), 0; found < n; {
		page, err := db.Invitations(b.Context(), m.ID, after, 1000)
		if err != nil || len(page) == 0 {
			b.Fatalf("%d of %d are invited: %v", found, n, err)
		}
		for _, i := range page {
			var number int
			if _, err := fmt.Sscanf(i.Subscription.Address, "member%d@example.org", &number); err != nil {
				b.Fatal(err)
			}
			tickets[number], after = i.Token, i.Subscription.ID
			found++
		}
	}
	return m, tickets
}

// cpu is how much processor time the daemon has used so far.
func (p *process) cpu() time.Duration {
	p.t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		p.t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), ") ") // behind the program's name
	fields := strings.Fields(rest)
	user, userErr := strconv.Atoi(fields[11])
	system, systemErr := strconv.Atoi(fields[12])
	if err := errors.Join(userErr, systemErr); err != nil {
		p.t.Fatal(err)
	}
	const ticks = 100 // a second, as Linux has it towards programs
	return time.Duration(user+system) * time.Second / ticks
}

// BenchmarkReplies: 10,000 members accept a meeting in Outlook, their REPLYs come over LMTP on 20 connections, and each is
// recorded when its sender hears 250.
func BenchmarkReplies(b *testing.B) {
	const members, connections = 10_000, 20
	for range b.N {
		sink := benchSink(b)
		p := newProcess(b, sink.Addr(), "")
		p.fill(members)
		m, tickets := callMeeting(b, p, members)
		p.start()
		if err := sink.Wait(b.Context(), members); err != nil { // the invitations are out
			b.Fatal(err)
		}
		var all sync.WaitGroup
		var next atomic.Int64
		cpu, began := p.cpu(), time.Now()
		for range connections {
			c := dialClient(b, p.lmtp, "LHLO")
			all.Go(func() {
				defer c.Close()
				for n := next.Add(1); n <= members; n = next.Add(1) {
					c.answer(int(n-1), tickets[n-1], m.UID)
				}
			})
		}
		all.Wait()
		took, used := time.Since(began), p.cpu()-cpu
		checkAllAccepted(b, p, m, members)
		_, peak := p.memory()
		p.signal(syscall.SIGTERM)
		if n := sink.Stats().Recipients; n != members {
			b.Errorf("%d mails were made by the answers", int(n)-members)
		}
		b.ReportMetric(members/took.Seconds(), "replies/s")
		b.ReportMetric(float64(used.Microseconds())/members, "cpu-µs/reply")
		b.ReportMetric(float64(peak)/1e6, "MB-peak")
	}
	b.ReportMetric(0, "ns/op")
}

func checkAllAccepted(b *testing.B, p *process, m store.Meeting, members int) {
	db := p.open()
	defer db.Close()
	all, err := db.RSVPs(b.Context(), m.ID, 0)
	if err != nil {
		b.Fatal(err)
	}
	accepted := map[int64]bool{}
	for _, r := range all {
		accepted[r.SubscriptionID] = r.Answer == store.Accepted
	}
	if len(accepted) != members || len(all) != members {
		b.Fatalf("%d answers of %d members, want %d", len(all), len(accepted), members)
	}
}
