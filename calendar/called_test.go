package calendar

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"guildpost/mail"
	"guildpost/store"
)

// callWorld is a world in which mail to the list is by whom it says, and facilitators are believed.
func callWorld(t testing.TB) *world {
	w := newWorld(t)
	w.Author = func(ctx context.Context, c store.Community, _ mail.Envelope, m *mail.Message) (store.Subscription, bool, error) {
		s, err := w.DB.SubscriptionByAddress(ctx, c.ID, m.From[0].String())
		if store.KindOf(err) == store.NotFound {
			err = nil
		}
		return s, true, err
	}
	return w
}

func (w *world) facilitator(address, name string) store.Subscription {
	w.t.Helper()
	s, _, err := w.DB.AddMember(ctx, w.by(), w.c.ID, store.NewMember{Address: address, Name: name, Roles: []store.Role{store.Facilitator}})
	w.check(err)
	return s
}

// An invite is what a calendar sends about a meeting in it.
type invite struct {
	method, uid, stamp string
	sequence           int
	title, start, end  string // start and end on the clocks of Berlin
	more               string // further lines
}

func (i invite) object() string {
	return strings.ReplaceAll(fmt.Sprintf("BEGIN:VCALENDAR\nMETHOD:%s\nBEGIN:VEVENT\nUID:%s\nDTSTAMP:%s\nSEQUENCE:%d\nSUMMARY:%s\nORGANIZER;CN=Ada:mailto:ada@a.example\n"+
		"ATTENDEE;RSVP=TRUE:mailto:rust@lists.example.org\nDTSTART;TZID=Europe/Berlin:%s\nDTEND;TZID=Europe/Berlin:%s\n%sEND:VEVENT\nEND:VCALENDAR\n",
		i.method, i.uid, i.stamp, i.sequence, i.title, i.start, i.end, i.more), "\n", "\r\n")
}

// clinicInvite is the first version of most tests.
func clinicInvite() invite {
	return invite{method: "REQUEST", uid: "theirs@a.example", stamp: "20261123T110000Z", title: "Clinic", start: "20261130T150000", end: "20261130T160000"}
}

func callMessage(from, object string) *mail.Message {
	return mail.Read([]byte("From: " + from + "\r\nTo: rust@lists.example.org\r\nSubject: A meeting\r\nMessage-ID: <m@a.example>\r\n" +
		"MIME-Version: 1.0\r\nContent-Type: text/calendar; charset=utf-8\r\n\r\n" + object))
}

// send hands what a calendar sends to the list.
func (w *world) send(from string, i invite) error {
	w.t.Helper()
	taken, err := w.Called(ctx, w.c, mail.Envelope{From: from}, callMessage(from, i.object()))
	if !taken {
		w.t.Errorf("%+v was left to be posted", i)
	}
	return err
}

// meetings are the meetings of the community, in words.
func (w *world) meetings() (all []string) {
	w.t.Helper()
	meetings, err := w.DB.Meetings(ctx, w.c.ID, w.now.AddDate(-50, 0, 0))
	w.check(err)
	for _, m := range meetings {
		words := fmt.Sprintf("%s %s %s", m.Title, m.Starts.Format("02 15:04"), m.State)
		for _, d := range m.Changes {
			words += fmt.Sprintf(" %s:%v:%s", d.Occurrence, d.Cancelled, d.Starts.Format("02 15:04"))
		}
		all = append(all, words)
	}
	return all
}

// TestCallsInAnyOrder: whatever order the mails of one calendar arrive in, and however often, the last version counts.
func TestCallsInAnyOrder(t *testing.T) {
	versions := []invite{clinicInvite()}
	for n, start := range []string{"20261130T170000", "20261201T170000", "20261201T090000", "20261201T090000"} {
		next := versions[n]
		next.stamp, next.start, next.end = fmt.Sprintf("20261123T11%02d00Z", n+1), start, start[:9]+"180000"
		if n%2 == 0 { // some calendars count, others only date
			next.sequence++
		}
		next.title = fmt.Sprint("Clinic ", n+1)
		versions = append(versions, next)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for round := range 12 {
		w := callWorld(t)
		w.facilitator("ada@a.example", "Ada")
		order := random.Perm(len(versions))
		for _, n := range append(order, order[0], order[1]) {
			w.check(w.send("ada@a.example", versions[n]))
		}
		if got := fmt.Sprint(w.meetings()); got != "[Clinic 4 01 09:00 confirmed]" {
			t.Fatalf("round %d in the order %v: %s", round, order, got)
		}
		cancel := versions[len(versions)-1]
		cancel.method, cancel.stamp = "CANCEL", "20261123T115900Z"
		w.check(w.send("ada@a.example", cancel))
		w.check(w.send("ada@a.example", versions[order[0]]))
		if got := fmt.Sprint(w.meetings()); got != "[Clinic 4 01 09:00 cancelled]" {
			t.Fatalf("cancelled: %s", got)
		}
	}
}

// TestCallOvertaken: a cancellation that overtakes its invitation counts.
func TestCallOvertaken(t *testing.T) {
	w := callWorld(t)
	w.facilitator("ada@a.example", "Ada")
	first := clinicInvite()
	cancel := first
	cancel.method, cancel.sequence = "CANCEL", 1
	w.check(w.send("ada@a.example", cancel))
	w.check(w.send("ada@a.example", first))
	if got := w.meetings(); len(got) > 0 {
		t.Errorf("an overtaken invitation called %q", got)
	}
	again := first
	again.sequence, again.stamp = 2, "20261123T115900Z"
	w.check(w.send("ada@a.example", again))
	if got := fmt.Sprint(w.meetings()); got != "[Clinic 30 15:00 confirmed]" {
		t.Errorf("called again: %s", got)
	}
}

// TestCallCutOff: where the daemon was killed in the middle the mail comes again, and everybody hears once.
func TestCallCutOff(t *testing.T) {
	for steps := range 4 {
		t.Run(fmt.Sprint(steps), func(t *testing.T) {
			w := callWorld(t)
			ada, first := w.facilitator("ada@a.example", "Ada"), clinicInvite()
			w.join("ben@b.example", "Ben")
			message := callMessage("ada@a.example", first.object())
			objects, _ := callsIn(message, ReadMessage(message))
			reader := askingReader{list: w.c.Address(), author: "ada@a.example", received: w.now}
			asked, _ := reader.read(objects[0].Events, false)
			f, _, err := w.following(ctx, callMail{community: w.c, message: message, author: ada, address: "ada@a.example", trusted: true, by: w.by()}, asked)
			w.check(err)
			for _, step := range []func() error{
				func() error { _, err := w.prepare(ctx, &f); return err },
				func() error { _, err := w.makeCalled(ctx, &f); return err },
				func() error { return w.finish(ctx, &f, "called") },
			}[:steps] {
				w.check(step())
			}
			w.check(w.send("ada@a.example", first))
			w.check(w.send("ada@a.example", first))
			if got := fmt.Sprint(w.meetings()); got != "[Clinic 30 15:00 confirmed]" {
				t.Errorf("meetings: %s", got)
			}
			if adas, bens := len(w.outbox("ada@a.example")), len(w.outbox("ben@b.example")); adas != 1 || bens != 1 {
				t.Errorf("Ada got %d mails, Ben %d", adas, bens)
			}
		})
	}
}

// TestCallsForged: what anybody can know changes nothing: neither the UID that members have, nor that of the caller in another
// name.
func TestCallsForged(t *testing.T) {
	w := callWorld(t)
	w.facilitator("ada@a.example", "Ada")
	w.facilitator("eve@e.example", "Eve")
	w.join("ben@b.example", "Ben")
	w.check(w.send("ada@a.example", clinicInvite()))
	meetings, err := w.DB.Meetings(ctx, w.c.ID, w.now)
	w.check(err)
	before := fmt.Sprint(w.meetings())
	for _, from := range []string{"ada@a.example", "eve@e.example", "ben@b.example", "zoe@z.example"} {
		for _, method := range []string{"REQUEST", "CANCEL", "ADD", "PUBLISH", "DECLINECOUNTER"} {
			for _, uid := range []string{meetings[0].UID, "theirs@a.example"} {
				forged := clinicInvite()
				forged.method, forged.uid, forged.sequence, forged.stamp, forged.start = method, uid, 9, "20261123T115900Z", "20261130T080000"
				if from == "ada@a.example" && uid == "theirs@a.example" {
					continue // it is hers
				}
				_ = w.send(from, forged)
				if after := fmt.Sprint(w.meetings()); after != before {
					t.Fatalf("%s of %s from %s: %s, before %s", method, uid, from, after, before)
				}
			}
		}
	}
}
