package calendar

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"guildpost/mail"
	"guildpost/store"
)

// counter is a COUNTER with some lines about the time.
func counter(m store.Meeting, stamp time.Time, lines ...string) *mail.Message {
	return mail.Read([]byte("From: ada@a.example\r\nMessage-ID: <" + stamp.Format("150405.000000") + "@a.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/calendar; method=COUNTER\r\n\r\n" +
		"BEGIN:VCALENDAR\r\nMETHOD:COUNTER\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:" + m.UID + "\r\nDTSTAMP:" + stamp.Format("20060102T150405Z") + "\r\n" +
		strings.Join(lines, "\r\n") + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"))
}

// newAugust is a world in which the clinic is on 10 August 2026.
func newAugust(t *testing.T) *world {
	w := newWorld(t)
	w.now = time.Date(2026, 8, 3, 9, 0, 0, 0, time.UTC)
	return w
}

// proposedFor are the proposals for a meeting, one a word.
func (w *world) proposedFor(m store.Meeting) string {
	w.t.Helper()
	all, err := w.DB.Proposals(ctx, m.ID)
	w.check(err)
	var words []string
	for _, p := range all {
		words = append(words, strings.TrimSpace(fmt.Sprint(p.Starts.Format("02T1504"), "+", int(p.Length.Minutes()), " ", p.Occurrence, " ", p.Place, " ", p.State)))
	}
	return strings.Join(words, ", ")
}

func (w *world) facilitate(s store.Subscription) store.Subscription {
	w.t.Helper()
	s.Roles = []store.Role{store.Facilitator}
	w.check(w.DB.UpdateSubscription(ctx, w.by(), s))
	return s
}

// TestProposals: what a COUNTER proposes, and what is no proposal. The meeting is on the 10th at 13:00 UTC, 15:00 in Berlin.
func TestProposals(t *testing.T) {
	const attendee = "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:ada@a.example"
	for _, c := range []struct {
		name, rule, lines, want string
		told                    string // a word of the letter that comes back
	}{
		{"in UTC", "", "DTSTART:20260811T130000Z|DTEND:20260811T143000Z|" + attendee, "11T1300+90   open", "passed on"},
		{"in a zone", "", "DTSTART;TZID=Europe/Berlin:20260811T150000|DURATION:PT45M|" + attendee, "11T1300+45   open", "passed on"},
		{"by the meeting's clock", "", "DTSTART:20260811T150000|" + attendee, "11T1300+60   open", "passed on"},
		{"another place", "", "DTSTART:20260810T130000Z|DTEND:20260810T140000Z|LOCATION:Room 4|" + attendee, "10T1300+60  Room 4 open", "passed on"},
		{"nobody is named", "", "DTSTART:20260811T130000Z", "11T1300+60   open", "passed on"},
		{"one date", "FREQ=WEEKLY;COUNT=3", "RECURRENCE-ID:20260817T130000Z|DTSTART:20260818T130000Z|" + attendee, "18T1300+60 20260817T130000Z  open", "passed on"},
		{"a whole series", "FREQ=WEEKLY;COUNT=3", "DTSTART:20260811T130000Z|" + attendee, "11T1300+60   open", "passed on"},
		{"as it is", "", "DTSTART:20260810T130000Z|LOCATION:|" + attendee, "", "understood"},
		{"as it is, with an answer", "", "DTSTART:20260810T130000Z|ATTENDEE;PARTSTAT=DECLINED:mailto:ada@a.example", "", ""},
		{"a whole day", "", "DTSTART;VALUE=DATE:20260811|" + attendee, "", "cannot be passed on"},
		{"no time", "", "SUMMARY:x|" + attendee, "", "cannot be passed on"},
		{"what is over", "", "DTSTART:20260801T130000Z|" + attendee, "", "cannot be passed on"},
		{"an end that is none", "", "DTSTART:20260811T130000Z|DTEND:20260811T120000Z|" + attendee, "11T1300+60   open", "passed on"},
		{"a zone that nobody knows", "", "DTSTART;TZID=Mars/Olympus:20260811T130000|" + attendee, "", "cannot be passed on"},
		{"no such date", "FREQ=WEEKLY;COUNT=3", "RECURRENCE-ID:20260818T130000Z|DTSTART:20260819T130000Z|" + attendee, "", "date on which"},
		{"another member's", "", "DTSTART:20260811T130000Z|ATTENDEE;PARTSTAT=TENTATIVE:mailto:ben@b.example", "", "another address"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newAugust(t)
			ada, _ := w.join("ada@a.example", "Ada"), w.join("ben@b.example", "Ben")
			p := w.clinic()
			p.Rule = c.rule
			m := w.call(p)
			before := len(w.outbox("ada@a.example"))
			w.check(w.Answer(ctx, w.c, mail.Envelope{From: "ada@a.example"}, counter(m, w.now, strings.Split(c.lines, "|")...),
				mail.Ticket{Kind: mail.TicketRSVP, Person: ada.ID, Object: m.ID}))
			if got := w.proposedFor(m); got != c.want {
				t.Errorf("proposed %q, want %q", got, c.want)
			}
			letters := w.outbox("ada@a.example")[before:]
			if len(letters) != count(c.told != "") {
				t.Fatalf("%d letters", len(letters))
			}
			if c.told != "" && !strings.Contains(strings.ReplaceAll(mail.Read(letters[0]).Text().All+mail.Read(letters[0]).Subject, "\n", " "), c.told) &&
				!strings.Contains(mail.Read(letters[0]).Subject, "Passed on") {
				t.Errorf("the letter does not say %q:\n%s", c.told, mail.Read(letters[0]).Text().All)
			}
		})
	}
}

// TestProposalsFull: what one person can propose for a meeting in a day is limited, and so are the mails to who decides.
func TestProposalsFull(t *testing.T) {
	w := newAugust(t)
	ada := w.join("ada@a.example", "Ada")
	w.facilitate(w.join("fay@f.example", "Fay"))
	m := w.call(w.clinic())
	for i := range 50 {
		at := time.Date(2026, 8, 11, 8, i, 0, 0, time.UTC)
		w.check(w.Answer(ctx, w.c, mail.Envelope{From: "ada@a.example"}, counter(m, w.now.Add(time.Duration(i)*time.Second), "DTSTART:"+at.Format("20060102T150405Z")),
			mail.Ticket{Kind: mail.TicketRSVP, Person: ada.ID, Object: m.ID}))
	}
	all, err := w.DB.Proposals(ctx, m.ID)
	w.check(err)
	if open := ProposedTimes(all); len(all) != proposalsADay || len(open) != 1 || w.mails("fay@f.example") != 2 {
		t.Errorf("%d proposals, %d open, %d mails to who decides", len(all), len(open), w.mails("fay@f.example"))
	}
}

// TestWhoDecides: a ticket about a proposal is good in the hand of who decides, as long as they do; and once.
func TestWhoDecides(t *testing.T) {
	w := newAugust(t)
	ada, fay, gus := w.join("ada@a.example", "Ada"), w.facilitate(w.join("fay@f.example", "Fay")), w.facilitate(w.join("gus@g.example", "Gus"))
	caller := w.join("cal@c.example", "Cal")
	m, err := w.Call(ctx, store.Actor{Who: "cal@c.example", Via: "test", At: w.now}, w.c, w.clinic())
	w.check(err)
	w.check(w.Answer(ctx, w.c, mail.Envelope{From: "ada@a.example"}, counter(m, w.now, "DTSTART:20260811T130000Z"), mail.Ticket{Kind: mail.TicketRSVP, Person: ada.ID, Object: m.ID}))
	for _, address := range []string{"fay@f.example", "gus@g.example", "cal@c.example"} {
		if w.mails(address) != 2 {
			t.Errorf("%s has %d mails", address, w.mails(address))
		}
	}
	accept := func(s store.Subscription) mail.Ticket {
		return mail.Ticket{Kind: mail.TicketProposalAccept, Person: s.ID, Object: 1}
	}
	if _, err := w.Show(ctx, accept(ada)); store.KindOf(err) != store.NotFound {
		t.Errorf("who proposes decides: %v", err)
	}
	gus.Roles = nil
	w.check(w.DB.UpdateSubscription(ctx, w.by(), gus))
	if _, err := w.Press(ctx, accept(gus), ""); store.KindOf(err) != store.NotFound {
		t.Errorf("who was a facilitator decides: %v", err)
	}
	if got := w.proposedFor(m); got != "11T1300+60   open" {
		t.Errorf("it was decided: %s", got)
	}
	page, err := w.Press(ctx, accept(caller), "")
	w.check(err)
	again, err := w.Press(ctx, mail.Ticket{Kind: mail.TicketProposalDecline, Person: fay.ID, Object: 1}, "too late")
	w.check(err)
	if got := w.proposedFor(m); page.Problem != "" || again.Problem != "already" || got != "11T1300+60   accepted" {
		t.Errorf("%q, then %q; %s", page.Problem, again.Problem, got)
	}
	m, err = w.DB.Meeting(ctx, m.ID)
	w.check(err)
	if next, _ := Next(m, w.now, 1); !next[0].Equal(time.Date(2026, 8, 11, 13, 0, 0, 0, time.UTC)) || m.Sequence != 1 {
		t.Errorf("the meeting is at %v, SEQUENCE %d", next, m.Sequence)
	}
	if w.mails("ada@a.example") != 3 { // the invitation, that it was passed on, the change
		t.Errorf("Ada has %d mails", w.mails("ada@a.example"))
	}
}

// TestDeclineCounter: byte by byte what the calendar of who proposed gets.
func TestDeclineCounter(t *testing.T) {
	w := newAugust(t)
	ada, fay := w.join("ada@a.example", "Ada"), w.facilitate(w.join("fay@f.example", "Fay"))
	p := w.clinic()
	p.Rule = "FREQ=WEEKLY;COUNT=3"
	m := w.call(p)
	w.check(w.Answer(ctx, w.c, mail.Envelope{From: "ada@a.example"}, counter(m, w.now, "RECURRENCE-ID:20260817T130000Z", "DTSTART:20260818T130000Z"),
		mail.Ticket{Kind: mail.TicketRSVP, Person: ada.ID, Object: m.ID}))
	_, err := w.Press(ctx, mail.Ticket{Kind: mail.TicketProposalDecline, Person: fay.ID, Object: 1}, "The room is taken,\r\nsorry; \x07bye")
	w.check(err)
	letters := w.outbox("ada@a.example")
	golden(t, "declinecounter.eml", letters[len(letters)-1])
	if got := w.proposedFor(m); got != "18T1300+60 20260817T130000Z  declined" {
		t.Error(got)
	}
}

// TestProposalForNoDate: a date that was cancelled meanwhile is not brought back by a proposal.
func TestProposalForNoDate(t *testing.T) {
	w := newAugust(t)
	ada, fay := w.join("ada@a.example", "Ada"), w.facilitate(w.join("fay@f.example", "Fay"))
	p := w.clinic()
	p.Rule = "FREQ=WEEKLY;COUNT=3"
	m := w.call(p)
	w.check(w.Answer(ctx, w.c, mail.Envelope{From: "ada@a.example"}, counter(m, w.now, "RECURRENCE-ID:20260817T130000Z", "DTSTART:20260818T130000Z"),
		mail.Ticket{Kind: mail.TicketRSVP, Person: ada.ID, Object: m.ID}))
	_, err := w.Change(ctx, w.by(), m, Edit{Occurrence: "20260817T130000Z", Cancel: true})
	w.check(err)
	page, err := w.Press(ctx, mail.Ticket{Kind: mail.TicketProposalAccept, Person: fay.ID, Object: 1}, "")
	if err != nil || page.Problem != "expired" || w.proposedFor(m) != "18T1300+60 20260817T130000Z  open" {
		t.Errorf("%+v, %v; %s", page, err, w.proposedFor(m))
	}
	_, err = w.Press(ctx, mail.Ticket{Kind: mail.TicketProposalDecline, Person: fay.ID, Object: 1}, "")
	w.check(err)
	if got := w.proposedFor(m); got != "18T1300+60 20260817T130000Z  declined" {
		t.Error(got)
	}
}
