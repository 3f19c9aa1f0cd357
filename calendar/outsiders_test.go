package calendar

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"guildpost/mail"
	"guildpost/store"
)

// TestGuestRules: somebody who is not invited answers with Ada's invitation, under each rule of the community, proven to be who
// they say or not. Ada's answer is as it was in each case.
func TestGuestRules(t *testing.T) {
	for _, rule := range []store.GuestRule{store.GuestsAsk, store.GuestsCome, store.GuestsRefuse} {
		for _, proven := range []bool{false, true} {
			for _, facilitator := range []bool{false, true} {
				for _, banned := range []bool{false, true} {
					w := newWorld(t)
					w.c.MeetingGuests = rule
					w.check(w.DB.UpdateCommunity(ctx, w.by(), w.c))
					ada := w.join("ada@a.example", "Ada")
					if facilitator {
						fay := w.join("fay@f.example", "Fay")
						fay.Roles = []store.Role{store.Facilitator}
						w.check(w.DB.UpdateSubscription(ctx, w.by(), fay))
					}
					if banned {
						_, err := w.DB.AddBan(ctx, w.by(), store.Ban{CommunityID: w.c.ID, Kind: store.BanDomain, Value: "z.example"}, nil)
						w.check(err)
					}
					w.Proven = func(mail.Envelope, *mail.Message, string) bool { return proven }
					m := w.call(w.clinic())
					ticket := mail.Ticket{Kind: mail.TicketRSVP, Person: ada.ID, Object: m.ID}
					_, err := w.Press(ctx, ticket, "tentative")
					w.check(err)
					r := replyMail{from: "zoe@z.example", attendee: "zoe@z.example", name: "Zoe", answer: "ACCEPTED", uid: m.UID, stamp: w.now}
					for range 3 { // it comes again
						w.check(w.Answer(ctx, w.c, mail.Envelope{From: "zoe@z.example"}, r.message(), ticket))
					}
					guest := rule == store.GuestsCome && !banned
					want := "1:tentative"
					if guest {
						want += fmt.Sprintf(" %d:accepted", 2+count(facilitator))
					}
					name := fmt.Sprintf("rule %q, proven %v, facilitator %v, banned %v", rule, proven, facilitator, banned)
					if got := w.answered(m); got != want {
						t.Errorf("%s: %q, want %q", name, got, want)
					}
					mails := fmt.Sprint(w.mails("ada@a.example"), w.mails("fay@f.example"), w.mails("zoe@z.example"))
					wantMails := fmt.Sprint(2, count(facilitator)+count(facilitator && rule == store.GuestsAsk && !banned),
						count(guest)+count(rule == store.GuestsRefuse && proven))
					if mails != wantMails {
						t.Errorf("%s: mails %s, want %s", name, mails, wantMails)
					}
				}
			}
		}
	}
}

func count(is bool) int {
	if is {
		return 1
	}
	return 0
}

// TestNoReflector: nobody makes us write to any number of strangers, whatever stands in the answers to one invitation.
func TestNoReflector(t *testing.T) {
	w := newWorld(t)
	w.c.MeetingGuests = store.GuestsCome
	w.check(w.DB.UpdateCommunity(ctx, w.by(), w.c))
	ada := w.join("ada@a.example", "Ada")
	m := w.call(w.clinic())
	ticket := mail.Ticket{Kind: mail.TicketRSVP, Person: ada.ID, Object: m.ID}
	var written []string
	for i := range 40 {
		address := fmt.Sprintf("victim%d@v.example", i)
		r := replyMail{from: "ada@a.example", attendee: address, answer: "ACCEPTED", uid: m.UID, stamp: w.now.Add(time.Duration(i) * time.Second)}
		w.check(w.Answer(ctx, w.c, mail.Envelope{From: "ada@a.example"}, r.message(), ticket))
		if w.mails(address) > 0 {
			written = append(written, address)
		}
	}
	if len(written) != outsidersADay {
		t.Errorf("%d strangers got mail in a day: %v", len(written), written)
	}
	// One address that many name.
	n := 0
	for i := range 8 {
		m := w.call(w.clinic())
		s := w.join(fmt.Sprintf("m%d@m.example", i), "")
		_, err := w.Due(ctx, w.now)
		w.check(err)
		r := replyMail{from: s.Address, attendee: "one@v.example", answer: "ACCEPTED", uid: m.UID, stamp: w.now}
		w.check(w.Answer(ctx, w.c, mail.Envelope{From: s.Address}, r.message(), mail.Ticket{Kind: mail.TicketRSVP, Person: s.ID, Object: m.ID}))
		n = w.mails("one@v.example")
	}
	if n != invitedElsewhereAs {
		t.Errorf("one address got %d mails", n)
	}
}

// TestDelegates: both people of a delegation in one REPLY, in either order; more people than anybody sends; a delegate who is
// the invited person.
func TestDelegates(t *testing.T) {
	event := func(uid string, attendees ...string) *mail.Message {
		return mail.Read([]byte("From: ada@a.example\r\nMessage-ID: <1@a.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/calendar; method=REPLY\r\n\r\n" +
			"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:" + uid + "\r\nDTSTAMP:20260803T090000Z\r\nATTENDEE" +
			strings.Join(attendees, "\r\nATTENDEE") + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"))
	}
	sends := `;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:zoe@z.example":mailto:ada@a.example`
	comes := `;PARTSTAT=ACCEPTED;DELEGATED-FROM="mailto:ada@a.example":mailto:zoe@z.example`
	var many []string
	for i := range 30 {
		many = append(many, fmt.Sprintf(`"mailto:d%d@d.example"`, i))
	}
	for _, c := range []struct {
		name      string
		attendees []string
		want      string
		guests    int
	}{
		{"both", []string{sends, comes}, "1:declined 2:accepted", 1},
		{"in the other order", []string{comes, sends}, "1:declined 2:accepted", 1},
		{"the delegate alone", []string{comes}, "2:accepted", 1},
		{"to herself", []string{`;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:ADA@a.example":mailto:ada@a.example`}, "", 0},
		{"to many", []string{";PARTSTAT=DELEGATED;DELEGATED-TO=" + strings.Join(many, ",") + ":mailto:ada@a.example"}, "1:declined", maxOutsiders},
		{"a list of attendees", []string{`;PARTSTAT=ACCEPTED:mailto:ada@a.example`, `;PARTSTAT=ACCEPTED:mailto:zoe@z.example`}, "1:accepted", 0},
	} {
		w := newWorld(t)
		w.c.MeetingGuests = store.GuestsCome
		w.check(w.DB.UpdateCommunity(ctx, w.by(), w.c))
		ada := w.join("ada@a.example", "Ada")
		m := w.call(w.clinic())
		w.check(w.Answer(ctx, w.c, mail.Envelope{From: "ada@a.example"}, event(m.UID, c.attendees...), mail.Ticket{Kind: mail.TicketRSVP, Person: ada.ID, Object: m.ID}))
		if got := w.answered(m); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		all, err := w.DB.Invitations(ctx, m.ID, 0, 100)
		w.check(err)
		if len(all) != 1+c.guests {
			t.Errorf("%s: %d guests", c.name, len(all)-1)
		}
	}
}

// TestRobots: what mail systems and programs send to the ticket of an invitation answers nothing, also with our own object in it.
func TestRobots(t *testing.T) {
	w := newWorld(t)
	ada := w.join("ada@a.example", "Ada")
	m := w.call(w.clinic())
	ticket := mail.Ticket{Kind: mail.TicketRSVP, Person: ada.ID, Object: m.ID}
	invitation := string(w.outbox("ada@a.example")[0])
	answer := string(replyMail{from: "ada@a.example", attendee: "ada@a.example", answer: "ACCEPTED", uid: m.UID, stamp: w.now}.message().Raw)
	dsn := func(inside string) string {
		return "From: MAILER-DAEMON@a.example\r\nSubject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\n" +
			"Content-Type: multipart/report; report-type=delivery-status; boundary=r\r\n\r\n--r\r\nContent-Type: text/plain\r\n\r\nNo such user.\r\n" +
			"--r\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.a.example\r\n\r\nFinal-Recipient: rfc822; ada@a.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n" +
			"--r\r\nContent-Type: message/rfc822\r\n\r\n" + inside + "\r\n--r--\r\n"
	}
	for name, raw := range map[string]string{
		"a bounce of the invitation": dsn(invitation), "a bounce with an answer in it": dsn(answer),
		"a vacation answer":  "From: ada@a.example\r\nAuto-Submitted: auto-replied\r\nSubject: Out of office: yes\r\n\r\nYes\r\n",
		"a read receipt":     "From: ada@a.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=disposition-notification; boundary=r\r\n\r\n--r\r\nContent-Type: text/plain\r\n\r\nYes\r\n--r--\r\n",
		"out of office, old": "From: ada@a.example\r\nPrecedence: auto_reply\r\nX-Autoreply: yes\r\n\r\nYes\r\n",
	} {
		before := w.mails("ada@a.example")
		w.check(w.Answer(ctx, w.c, mail.Envelope{From: ""}, mail.Read([]byte(raw)), ticket))
		if got := w.answered(m); got != "" || w.mails("ada@a.example") != before {
			t.Errorf("%s: answers %q, %d letters", name, got, w.mails("ada@a.example")-before)
		}
	}
	// Forwarded by a person, the answer in it is nobody's; they are helped.
	forwarded := "From: ada@a.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=r\r\n\r\n--r\r\nContent-Type: text/plain\r\n\r\nLook at this.\r\n" +
		"--r\r\nContent-Type: message/rfc822\r\n\r\n" + answer + "\r\n--r--\r\n"
	w.check(w.Answer(ctx, w.c, mail.Envelope{From: "ada@a.example"}, mail.Read([]byte(forwarded)), ticket))
	if got, letters := w.answered(m), w.outbox("ada@a.example"); got != "" || len(letters) != 2 || !slices.Contains(strings.Fields(mail.Read(letters[1]).Text().All), "understood.") {
		t.Errorf("forwarded: answers %q, %d letters", got, len(letters))
	}
}
