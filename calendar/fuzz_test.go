package calendar

import (
	"os"
	"path/filepath"
	"testing"

	"guildpost/mail"
	"guildpost/store"
)

// FuzzAnswer: whatever comes to the ticket of one person's invitation, no other member's answer changes, nobody but who is
// invited, asked or made a guest gets mail, and strangers get no more than a few.
func FuzzAnswer(f *testing.F) {
	files, _ := filepath.Glob(filepath.Join(corpus, "itip", "*.ics"))
	for _, file := range files[:min(len(files), 60)] {
		if raw, err := os.ReadFile(file); err == nil {
			f.Add(string(raw), uint8(len(file)))
		}
	}
	for _, lines := range []string{"PARTSTAT=ACCEPTED:mailto:ada@a.example", "PARTSTAT=ACCEPTED;CN=Ada:mailto:x@a.example", "PARTSTAT=DECLINED:mailto:ben@b.example",
		`PARTSTAT=DELEGATED;DELEGATED-TO="mailto:zoe@z.example":mailto:ada@a.example`, "PARTSTAT=TENTATIVE;CN=Zoe:mailto:zoe@z.example"} {
		for i, method := range []string{"REPLY", "COUNTER", "REFRESH"} {
			f.Add("BEGIN:VCALENDAR\r\nMETHOD:"+method+"\r\nBEGIN:VEVENT\r\nUID:one@x\r\nDTSTAMP:20260803T090000Z\r\nDTSTART:20260811T130000Z\r\nATTENDEE;"+lines+
				"\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", uint8(i))
		}
	}
	w := newWorld(f)
	ada, ben := w.join("ada@a.example", "Ada"), w.join("ben@b.example", "Ben")
	fay := w.join("fay@f.example", "Fay")
	fay.Roles = []store.Role{store.Facilitator}
	w.check(w.DB.UpdateSubscription(ctx, w.by(), fay))
	m := store.Meeting{CommunityID: w.c.ID, UID: "one@x", Title: "Clinic", Starts: w.now.AddDate(0, 0, 7), Zone: "Europe/Berlin", Length: 3600e9, Rule: "FREQ=DAILY;COUNT=30",
		EndsAt: w.now.AddDate(0, 2, 0)}
	m, err := w.DB.AddMeeting(ctx, w.by(), m, nil)
	w.check(err)
	_, err = w.Due(ctx, w.now)
	w.check(err)
	f.Fuzz(func(t *testing.T, object string, rule uint8) {
		w := *w
		w.t = t
		c := w.c
		c.MeetingGuests = []store.GuestRule{store.GuestsAsk, store.GuestsCome, store.GuestsRefuse}[rule%3]
		message := mail.Read([]byte("From: ada@a.example\r\nMessage-ID: <1@a.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/calendar; charset=utf-8\r\n\r\n" + object))
		if err := w.Answer(ctx, c, mail.Envelope{From: "ada@a.example"}, message, mail.Ticket{Kind: mail.TicketRSVP, Person: ada.ID, Object: m.ID}); err != nil {
			t.Fatal(err)
		}
		rsvps, err := w.DB.RSVPs(ctx, m.ID, 0)
		w.check(err)
		for _, r := range rsvps {
			s, err := w.DB.Subscription(ctx, r.SubscriptionID)
			if err != nil || r.SubscriptionID != ada.ID && s.State != store.Guest {
				t.Errorf("answered for %s: %+v, %v", s.Address, r, err)
			}
		}
		if n := w.mails(ben.Address); n != 1 {
			t.Errorf("%s got %d mails", ben.Address, n)
		}
	})
}
