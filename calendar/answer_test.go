package calendar

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"guildpost/mail"
	"guildpost/store"
)

// A replyMail is the REPLY of somebody's calendar.
type replyMail struct {
	from, attendee, name, answer, uid, date string
	sequence                                int
	stamp                                   time.Time
}

func (r replyMail) message() *mail.Message {
	lines := []string{"From: " + r.from, "Message-ID: <" + r.stamp.Format("150405.000") + "." + r.answer + "@x.example>", "MIME-Version: 1.0",
		"Content-Type: text/calendar; method=REPLY", "", "BEGIN:VCALENDAR", "METHOD:REPLY", "VERSION:2.0", "BEGIN:VEVENT", "UID:" + r.uid,
		"DTSTAMP:" + r.stamp.Format("20060102T150405Z"), fmt.Sprint("SEQUENCE:", r.sequence)}
	if r.attendee != "" {
		lines = append(lines, "ATTENDEE;PARTSTAT="+r.answer+";CN=\""+r.name+"\":mailto:"+r.attendee)
	}
	if r.date != "" {
		lines = append(lines, "RECURRENCE-ID:"+r.date)
	}
	return mail.Read([]byte(strings.Join(append(lines, "END:VEVENT", "END:VCALENDAR", ""), "\r\n")))
}

// answered are the answers to a meeting, one a word.
func (w *world) answered(m store.Meeting) string {
	w.t.Helper()
	all, err := w.DB.RSVPs(ctx, m.ID, 0)
	w.check(err)
	var words []string
	for _, r := range all {
		word := fmt.Sprint(r.SubscriptionID, ":", string(r.Answer))
		if r.Occurrence != "" {
			word += "@" + r.Occurrence
		}
		if r.Stale {
			word += "!"
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

// TestTruthTable: who may change which answer, for every combination of ticket, author, attendee and proof.
func TestTruthTable(t *testing.T) {
	const (
		none, adas, another = "none", "Ada's", "Ben's"
	)
	w, rows, asked := newWorld(t), 0, false
	ada, ben := w.join("ada@a.example", "Ada Lovelace"), w.join("ben@b.example", "Ben")
	for _, ticket := range []string{none, adas, another} {
		for _, from := range []string{"ada@a.example", "ben@b.example", "zoe@z.example"} {
			for _, attendee := range []string{"ada@a.example", "ADA+cal@a.example", "ada.l@a.example", "ben@b.example", "zoe@z.example"} {
				for _, proven := range []bool{false, true} {
					rows++
					w.Proven = func(_ mail.Envelope, m *mail.Message, address string) bool {
						return proven && m.From[0].String() == address
					}
					m := w.call(w.clinic())
					before := w.mails("ada@a.example") + w.mails("ben@b.example")
					r := replyMail{from: from, attendee: attendee, name: "Ada Lovelace", answer: "ACCEPTED", uid: m.UID, stamp: w.now}
					if attendee == "zoe@z.example" {
						r.name = "Zoe"
					}
					env := mail.Envelope{From: from}
					whose := map[string]store.Subscription{adas: ada, another: ben}[ticket]
					var err error
					if ticket == none {
						var taken bool
						if taken, err = w.Posted(ctx, w.c, env, r.message()); !taken {
							t.Fatalf("%+v would be posted", r)
						}
						whose = map[string]store.Subscription{"ada@a.example": ada, "ben@b.example": ben}[from]
					} else {
						w.check(w.Answer(ctx, w.c, env, r.message(), mail.Ticket{Kind: mail.TicketRSVP, Person: whose.ID, Object: m.ID}))
					}
					isAda := strings.Contains(strings.ToLower(attendee), "ada")
					may := ticket != none || proven
					want := ""
					if may && (whose.ID == ada.ID && isAda || whose.ID == ben.ID && attendee == "ben@b.example") {
						want = fmt.Sprint(whose.ID, ":accepted")
					}
					name := fmt.Sprintf("ticket %s, from %s, attendee %s, proven %v", ticket, from, attendee, proven)
					if got := w.answered(m); got != want {
						t.Errorf("%s: %q, want %q", name, got, want)
					}
					// What changed nothing was refused, or the invited person heard; nobody else did.
					told := w.mails("ada@a.example") + w.mails("ben@b.example") - before
					wantTold := want == "" && whose.ID != 0
					if want != "" && attendee == "ada.l@a.example" && !asked { // whether that is hers she is asked once
						wantTold, asked = true, true
					}
					if (told == 1) != wantTold || (err != nil) != (whose.ID == 0) || w.mails("zoe@z.example") > 0 {
						t.Errorf("%s: %d letters and %v", name, told, err)
					}
				}
			}
		}
	}
	if rows != 90 {
		t.Errorf("%d rows", rows)
	}
}

// TestAnyOrder: a set of answers, repeated and in whatever order, ends in one state.
func TestAnyOrder(t *testing.T) {
	w := newWorld(t)
	ada := w.join("ada@a.example", "Ada")
	p := w.clinic()
	p.Rule = "FREQ=WEEKLY;COUNT=4"
	for round := range 25 {
		m := w.call(p)
		second := dates(t, m)[1].Format("20060102T150405Z")
		var set []replyMail
		for i, answer := range []string{"ACCEPTED", "DECLINED", "TENTATIVE", "ACCEPTED", "DECLINED"} {
			r := replyMail{from: "ada@a.example", attendee: "ada@a.example", answer: answer, uid: m.UID, stamp: w.now.Add(time.Duration(i/2) * time.Second)}
			set = append(set, r)
			r.date, r.stamp = second, w.now.Add(time.Duration(4-i)*time.Second)
			set = append(set, r)
		}
		set = append(set, set[0], set[3])
		rand.New(rand.NewPCG(1, uint64(round))).Shuffle(len(set), func(i, j int) { set[i], set[j] = set[j], set[i] })
		for _, r := range set {
			w.check(w.Answer(ctx, w.c, mail.Envelope{From: "ada@a.example"}, r.message(), mail.Ticket{Kind: mail.TicketRSVP, Person: ada.ID, Object: m.ID}))
		}
		if got, want := w.answered(m), "1:declined 1:accepted@"+second; got != want {
			t.Fatalf("round %d: %q, want %q", round, got, want)
		}
	}
}

// TestNewer: a thousand orders of answers that are close to each other leave the same one.
func TestNewer(t *testing.T) {
	var set []store.RSVP
	for _, answer := range []store.RSVPAnswer{store.Accepted, store.Tentative, store.Declined} {
		for sequence := range 2 {
			for second := range 2 {
				at := time.Unix(int64(second), 0)
				set = append(set, store.RSVP{Answer: answer, Sequence: sequence, Stamp: at}, store.RSVP{Answer: answer, Sequence: sequence, Stamp: at, Comment: "x"})
			}
		}
	}
	set = append(set, set...)
	var want store.RSVP
	for round := range 1000 {
		rand.New(rand.NewPCG(2, uint64(round))).Shuffle(len(set), func(i, j int) { set[i], set[j] = set[j], set[i] })
		last := set[0]
		for _, r := range set[1:] {
			if newer(last, r) {
				last = r
			}
		}
		if round == 0 {
			want = last
		}
		if last != want || last.Sequence != 1 || last.Stamp.Unix() != 1 {
			t.Fatalf("round %d: %+v, want %+v", round, last, want)
		}
	}
}

// dates are the dates of a meeting.
func dates(t *testing.T, m store.Meeting) []time.Time {
	t.Helper()
	all, _ := Next(m, time.Time{}, 10)
	if len(all) < 2 {
		t.Fatalf("the meeting has the dates %v", all)
	}
	return all
}

// TestAnswers: what a message to a ticket comes to.
func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		name   string
		raw    string // instead of a reply
		change func(w *world, r *replyMail)
		want   string
		told   string // a word of the letter that comes back, "" for none
	}{
		{name: "accepted", change: func(*world, *replyMail) {}, want: "1:accepted"},
		{name: "in lower case", change: func(_ *world, r *replyMail) { r.answer = "tentative" }, want: "1:tentative"},
		{name: "a higher sequence than ours is ours", change: func(_ *world, r *replyMail) { r.sequence = 99 }, want: "1:accepted"},
		{name: "a clock a year ahead", change: func(w *world, r *replyMail) { r.stamp = w.now.AddDate(1, 0, 0) }, want: "1:accepted"},
		{name: "the date of a single meeting", change: func(w *world, r *replyMail) {
			r.date = w.clinic().Starts.Add(-time.Hour).Format("20060102T150405Z")
		}, want: "1:accepted"},
		{name: "another date", change: func(_ *world, r *replyMail) { r.date = "20300101T000000Z" }, told: "date on which"},
		{name: "another meeting", change: func(_ *world, r *replyMail) { r.uid = "x@y" }, told: "another meeting"},
		{name: "delegated", change: func(_ *world, r *replyMail) { r.answer = "DELEGATED" }, told: "passed on"},
		{name: "no answer", change: func(_ *world, r *replyMail) { r.answer = "NEEDS-ACTION" }, told: "understood"},
		{name: "nobody", change: func(_ *world, r *replyMail) { r.attendee = "" }, told: "understood"},
		{name: "in words", raw: "From: ada@a.example\r\n\r\nVielleicht\r\n", want: "1:tentative", told: "noted for this meeting"},
		{name: "words that are none", raw: "From: ada@a.example\r\n\r\nWhere is it?\r\n", told: "understood"},
		{name: "a broken object", raw: "From: ada@a.example\r\nContent-Type: text/calendar; method=REPLY\r\n\r\nBEGIN:VCALENDAR\r\n", told: "understood"},
		{name: "nobody, and the subject says what", raw: "From: ada@a.example\r\nSubject: Accepted: Clinic\r\nContent-Type: text/calendar; method=REPLY\r\n\r\nBEGIN:VCALENDAR\r\n" +
			"METHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20260101T000000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", want: "1:accepted"},
		{name: "in UTF-16", raw: "From: ada@a.example\r\nContent-Type: text/calendar; method=REPLY; charset=utf-16\r\nContent-Transfer-Encoding: base64\r\n\r\n{utf16}\r\n", want: "1:declined"},
		{name: "a later one of two objects, another's first", raw: "From: ada@a.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" +
			part("Content-Type: text/calendar; method=REPLY", "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:{uid}\r\nATTENDEE;PARTSTAT=TENTATIVE:mailto:ada@a.example\r\nDTSTAMP:20260101T000000Z\r\nEND:VEVENT\r\nEND:VCALENDAR") +
			part("Content-Type: application/ics; name=a.ics", "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:{uid}\r\nATTENDEE;PARTSTAT=DECLINED:mailto:ada@a.example\r\nDTSTAMP:20260102T000000Z\r\nEND:VEVENT\r\nEND:VCALENDAR") + "--x--\r\n", want: "1:declined"},
		{name: "a vacation answer", raw: "From: ada@a.example\r\nAuto-Submitted: auto-replied\r\n\r\nNo\r\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			ada := w.join("ada@a.example", "Ada")
			m := w.call(w.clinic())
			r := replyMail{from: "ada@a.example", attendee: "ada@a.example", answer: "ACCEPTED", uid: m.UID, stamp: w.now}
			declined := strings.ReplaceAll(strings.Replace(reply, "ACCEPTED:mailto:ada@example.com", "DECLINED:mailto:ada@a.example", 1), "UID:1", "UID:"+m.UID)
			message := mail.Read([]byte(strings.NewReplacer("{uid}", m.UID, "{utf16}", base64.StdEncoding.EncodeToString(utf16Text(declined))).Replace(c.raw)))
			if c.raw == "" {
				c.change(w, &r)
				message = r.message()
			}
			w.check(w.Answer(ctx, w.c, mail.Envelope{From: "ada@a.example"}, message, mail.Ticket{Kind: mail.TicketRSVP, Person: ada.ID, Object: m.ID}))
			if got := w.answered(m); got != c.want {
				t.Errorf("answers %q, want %q", got, c.want)
			}
			letters := w.outbox("ada@a.example")[1:]
			if (len(letters) == 1) != (c.told != "") {
				t.Fatalf("%d letters", len(letters))
			}
			if c.told != "" && !strings.Contains(strings.ReplaceAll(mail.Read(letters[0]).Text().All, "\n", " "), c.told) {
				t.Errorf("the letter does not say %q:\n%s", c.told, mail.Read(letters[0]).Text().All)
			}
		})
	}
}

// TestWrongTickets: a ticket of another community or a person who is not invited is answered with help, by the list.
func TestWrongTickets(t *testing.T) {
	w := newWorld(t)
	ada := w.join("ada@a.example", "Ada")
	m := w.call(w.clinic())
	other, err := w.DB.CreateCommunity(ctx, w.by(), store.Community{Name: "go", Domain: "lists.example.org", Title: "Go"})
	w.check(err)
	message := mail.Read([]byte("From: ada@a.example\r\n\r\nyes\r\n"))
	w.check(w.Answer(ctx, other, mail.Envelope{From: "ada@a.example"}, message, mail.Ticket{Person: ada.ID, Object: m.ID}))
	w.check(w.Answer(ctx, w.c, mail.Envelope{From: "ada@a.example"}, message, mail.Ticket{Person: 99, Object: m.ID}))
	if got := w.answered(m); w.help != 2 || got != "" {
		t.Errorf("%d were helped, answers %q", w.help, got)
	}
}

// TestOwnWordCounts: a button or words count above what a calendar whose clock is ahead has sent before, and so does what it
// sends later.
func TestOwnWordCounts(t *testing.T) {
	w := newWorld(t)
	ada := w.join("ada@a.example", "Ada")
	m := w.call(w.clinic())
	ticket := mail.Ticket{Kind: mail.TicketRSVP, Person: ada.ID, Object: m.ID}
	ahead := replyMail{from: "ada@a.example", attendee: "ada@a.example", answer: "ACCEPTED", uid: m.UID, stamp: w.now.Add(20 * time.Hour)}
	w.check(w.Answer(ctx, w.c, mail.Envelope{From: "ada@a.example"}, ahead.message(), ticket))
	page, err := w.Press(ctx, ticket, "declined")
	w.check(err)
	w.check(w.Answer(ctx, w.c, mail.Envelope{From: "ada@a.example"}, ahead.message(), ticket)) // it comes again
	if got := w.answered(m); got != "1:declined" || page.About.Code != string(store.Declined) {
		t.Errorf("answers %q, the page says %q", got, page.About.Code)
	}
	if _, err := w.Press(ctx, ticket, "perhaps"); store.KindOf(err) != store.Invalid {
		t.Errorf("a button that there is not: %v", err)
	}
}
