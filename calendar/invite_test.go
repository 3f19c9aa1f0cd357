package calendar

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"guildpost/calendar/itip"
	"guildpost/mail"
	"guildpost/store"
)

// TestGoldenMessages: what goes out is, byte for byte, what was looked at.
func TestGoldenMessages(t *testing.T) {
	w := newWorld(t)
	ada := w.join("ada@a.example", "Ada Lovelace")
	single := w.call(w.clinic())
	series := w.clinic()
	series.Rule, series.Location = "FREQ=WEEKLY;COUNT=10", ""
	w.call(series)
	out := w.outbox("ada@a.example")
	if len(out) != 2 {
		t.Fatalf("%d mails went out, want 2", len(out))
	}
	golden(t, "request.eml", out[0])
	golden(t, "request-series.eml", out[1])
	w.now = w.now.Add(time.Hour)
	_, err := w.Cancel(ctx, w.by(), single.ID)
	w.check(err)
	golden(t, "cancel.eml", w.outbox("ada@a.example")[2])
	w.check(w.DB.EndSubscription(ctx, w.by(), ada.ID, store.Left))
	_, err = w.Due(ctx, w.now)
	w.check(err)
	golden(t, "cancel-left.eml", w.outbox("ada@a.example")[3])
}

// TestRequestAgrees: METHOD and the part's method agree, the attached file is the same, and it is about the reader alone.
func TestRequestAgrees(t *testing.T) {
	w := newWorld(t)
	w.join("ada@a.example", "Ada \"the first\" Lovelace, née Byron")
	w.join("ben@b.example", "")
	m := w.call(w.clinic())
	for _, address := range []string{"ada@a.example", "ben@b.example"} {
		message := mail.Read(w.outbox(address)[0])
		var parts [][]byte
		message.Root.Walk(func(p *mail.Part) bool {
			if p.Type == "text/calendar" || p.Type == "application/ics" {
				parts = append(parts, p.Content(itip.MaxSize))
			}
			return true
		})
		if len(parts) != 2 || !bytes.Equal(parts[0], parts[1]) {
			t.Fatalf("%s: the calendar parts are %q", address, parts)
		}
		said := ReadMessage(message)
		if len(said.Objects) != 1 || len(said.Problems) > 0 {
			t.Fatalf("%s: %+v", address, said)
		}
		e := said.Objects[0].Events[0]
		if len(e.Attendees) != 1 || e.Attendees[0].Address != address || !e.Attendees[0].RSVP || said.Objects[0].Method != itip.Request {
			t.Errorf("%s: the attendees are %+v", address, e.Attendees)
		}
		if e.Organizer.Address != message.From[0].String() || e.Organizer.Email != "rust@lists.example.org" || e.UID != m.UID {
			t.Errorf("%s: organiser %+v, From %v", address, e.Organizer, message.From)
		}
	}
}

// TestCutOff: what was cut off between two transactions is gone on with, by several daemons at once, and nobody hears twice.
func TestCutOff(t *testing.T) {
	w := newWorld(t)
	const members = 5
	for n := range members {
		w.join(fmt.Sprintf("m%d@a.example", n), "")
	}
	plan, err := w.clinic().meeting(w.now)
	w.check(err)
	plan.CommunityID, plan.UID = w.c.ID, "one@lists.example.org"
	m, err := w.DB.AddMeeting(ctx, w.by(), plan, nil)
	w.check(err)
	some, err := w.DB.NotInvited(ctx, m, 0, 2)
	w.check(err)
	_, err = w.tellSome(m, []store.Invitation{{MeetingID: m.ID, Subscription: some[0]}, {MeetingID: m.ID, Subscription: some[1]}})
	w.check(err)
	other := *w.Calendar
	other.Random = rand.NewChaCha8([32]byte{1})
	errs := make(chan error, 2)
	for _, k := range []*Calendar{w.Calendar, &other} {
		go func() {
			_, err := k.Due(ctx, w.now)
			errs <- err
		}()
	}
	w.check(errors.Join(<-errs, <-errs))
	for n := range members {
		if got := w.mails(fmt.Sprintf("m%d@a.example", n)); got != 1 {
			t.Errorf("member %d got %d mails, want 1", n, got)
		}
	}
}

// TestToldOnce: however often Due runs, each hears once; the ticket stays the same when the key
// is a new one.
func TestToldOnce(t *testing.T) {
	w := newWorld(t)
	ada := w.join("ada@a.example", "Ada")
	m := w.call(w.clinic())
	token := w.invitation(m, ada).Token
	w.check(w.Keys.Replace(mail.Key{ID: 1, Secret: bytes.Repeat([]byte{3}, 32), Since: w.now.AddDate(0, -1, 0)},
		mail.Key{ID: 2, Secret: bytes.Repeat([]byte{4}, 32), Since: w.now}))
	ben := w.join("ben@b.example", "Ben")
	for range 3 {
		_, err := w.Due(ctx, w.now)
		w.check(err)
	}
	if got := fmt.Sprint(len(w.outbox("ada@a.example")), len(w.outbox("ben@b.example"))); got != "1 1" {
		t.Errorf("mails: %s, want 1 1", got)
	}
	w.check(w.DB.EndSubscription(ctx, w.by(), ben.ID, store.Left))
	_, err := w.Due(ctx, w.now)
	w.check(err)
	w.join("ben@b.example", "Ben")
	_, err = w.Due(ctx, w.now)
	w.check(err)
	if got := len(w.outbox("ben@b.example")); got != 3 {
		t.Errorf("who left and came back got %d mails, want 3", got)
	}
	_, err = w.Cancel(ctx, w.by(), m.ID)
	w.check(err)
	if got := w.invitation(m, ada); got.Token != token || got.State != store.Uninvited || got.Sequence != 1 {
		t.Errorf("after the end: %+v, the token was %s", got, token)
	}
	if all := w.outbox("ada@a.example"); len(all) != 2 || !strings.Contains(string(all[1]), "METHOD:CANCEL") {
		t.Errorf("%d mails in all", len(all))
	}
}

// TestSuspendedHearsLater: no mail goes to an address at which it fails; when it works again they hear.
func TestSuspendedHearsLater(t *testing.T) {
	w := newWorld(t)
	ada := w.join("ada@a.example", "Ada")
	m := w.call(w.clinic())
	w.check(w.DB.EndSubscription(ctx, w.by(), ada.ID, store.Suspended))
	_, err := w.Cancel(ctx, w.by(), m.ID)
	w.check(err)
	if got := len(w.outbox("ada@a.example")); got != 1 {
		t.Errorf("%d mails while it is suspended, want 1", got)
	}
	w.join("ada@a.example", "Ada")
	_, err = w.Due(ctx, w.now)
	w.check(err)
	if got := len(w.outbox("ada@a.example")); got != 2 {
		t.Errorf("%d mails afterwards, want 2", got)
	}
}

// TestPlans: what cannot be a meeting is refused in words.
func TestPlans(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		name, want string
		change     func(*Plan)
	}{
		{"as it is", "", func(*Plan) {}},
		{"without end", "", func(p *Plan) { p.Rule = "FREQ=MONTHLY;BYDAY=-1FR" }},
		{"no title", "needs a title", func(p *Plan) { p.Title = " " }},
		{"a second line in the title", "control character", func(p *Plan) { p.Title = "a\nb" }},
		{"a long title", "the most", func(p *Plan) { p.Title = strings.Repeat("x", 300) }},
		{"a bell in the description", "control character", func(p *Plan) { p.Description = "a\ab" }},
		{"no zone", "no time zone", func(p *Plan) { p.Zone = "" }},
		{"another zone", "no time zone", func(p *Plan) { p.Zone = "W. Europe" }},
		{"no time at all", "between a minute", func(p *Plan) { p.Length = 0 }},
		{"each second", "cannot be followed", func(p *Plan) { p.Rule = "FREQ=SECONDLY" }},
		{"yesterday", "over by now", func(p *Plan) { p.Starts = p.Starts.AddDate(0, 0, -8) }},
		{"a series of the past", "over by now", func(p *Plan) { p.Starts, p.Rule = p.Starts.AddDate(-1, 0, 0), "FREQ=DAILY;COUNT=3" }},
		{"a series that goes on", "", func(p *Plan) { p.Starts, p.Rule = p.Starts.AddDate(-1, 0, 0), "FREQ=WEEKLY" }},
	} {
		p := w.clinic()
		c.change(&p)
		_, err := p.meeting(w.now)
		if got := fmt.Sprint(err); c.want == "" && err != nil || c.want != "" && (!strings.Contains(got, c.want) || store.KindOf(err) != store.Invalid) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}
