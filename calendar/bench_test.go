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

// BenchmarkAfter: a date of 1,000 invited people, half of whom had said yes, begins, ends, and its host says who came.
func BenchmarkAfter(b *testing.B) {
	w := newWorld(b)
	host := w.join("host@h.example", "Hella Host")
	for i := range 1000 {
		w.join(fmt.Sprintf("member%d@m%d.example", i, i%50), fmt.Sprintf("Member Number%d", i))
	}
	for b.Loop() {
		b.StopTimer()
		w.now = w.now.AddDate(0, 0, 30)
		m := w.call(w.clinic())
		for id := host.ID; id < host.ID+1000; id += 2 {
			_, err := w.Press(ctx, mail.Ticket{Kind: mail.TicketRSVP, Person: id, Object: m.ID}, "accepted")
			w.check(err)
		}
		first, _ := Next(m, w.now, 1)
		w.now = first[0].Add(m.Length)
		b.StartTimer()
		_, err := w.Due(ctx, w.now)
		w.check(err)
		kept, err := w.DB.Occurrences(ctx, m.ID, 1)
		w.check(err)
		_, err = w.SetAttendance(ctx, w.by(), kept[0].ID, "all but Number2, Number4, +zoe@z.example")
		w.check(err)
	}
	b.ReportMetric(float64(b.N)*1000/b.Elapsed().Seconds(), "people/s")
}
