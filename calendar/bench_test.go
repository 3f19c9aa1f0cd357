package calendar

import (
	"fmt"
	"testing"

	"guildpost/mail"
	"guildpost/store"
)

// BenchmarkInvite: the invitations of a meeting of 1,000 members, rendered and queued.
func BenchmarkInvite(b *testing.B) {
	w := newWorld(b)
	for i := range 1000 {
		w.join(fmt.Sprintf("member%d@m%d.example", i, i%50), fmt.Sprint("Member ", i))
	}
	for b.Loop() {
		w.call(w.clinic())
	}
	b.ReportMetric(float64(b.N)*1000/b.Elapsed().Seconds(), "invitations/s")
}

// BenchmarkJudge: what it takes to read a REPLY and decide about it, without writing that down.
func BenchmarkJudge(b *testing.B) {
	w := newWorld(b)
	ada := w.join("ada@a.example", "Ada")
	m := w.call(w.clinic())
	raw := replyMail{from: "ada@a.example", attendee: "ada@a.example", answer: "ACCEPTED", uid: m.UID, stamp: w.now}.message().Raw
	ticket := mail.Ticket{Kind: mail.TicketRSVP, Person: ada.ID, Object: m.ID}
	for b.Loop() {
		message := mail.Read(raw)
		a, err := w.answering(ctx, w.c, ticket)
		w.check(err)
		a.message = message
		v, err := w.judge(ctx, a, ReadMessage(message))
		w.check(err)
		if len(v.rsvps) != 1 || v.rsvps[0].Answer != store.Accepted {
			b.Fatalf("%+v", v)
		}
	}
}
