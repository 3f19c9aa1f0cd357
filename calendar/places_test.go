package calendar

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"guildpost/calendar/itip"
	"guildpost/mail"
	"guildpost/store"
)

// placesOf says where people stand: "ada seated, ben waiting 20261208T140000Z".
func (w *world) placesOf(m store.Meeting) string {
	w.t.Helper()
	all, err := w.DB.Places(ctx, m.ID, 0)
	w.check(err)
	var list []string
	for _, p := range all {
		s, err := w.DB.Subscription(ctx, p.SubscriptionID)
		w.check(err)
		name, _, _ := strings.Cut(s.Address, "@")
		list = append(list, strings.TrimSpace(fmt.Sprint(name, " ", p.State, " ", p.Occurrence)))
	}
	return strings.Join(list, ", ")
}

// last is the last mail to an address.
func (w *world) last(address string) *mail.Message {
	w.t.Helper()
	all := w.outbox(address)
	if len(all) == 0 {
		w.t.Fatalf("%s has no mail", address)
	}
	return mail.Read(all[len(all)-1])
}

// TestOfferOfADate: a place that gets free on one date of a series is offered for that date, and taken by accepting it, or by
// yes to the whole.
func TestOfferOfADate(t *testing.T) {
	for _, taken := range []string{"calendar", "words"} {
		w := newWorld(t)
		ada, ben := w.join("ada@a.example", "Ada"), w.join("ben@b.example", "Ben")
		p := w.clinic()
		p.Rule, p.Capacity = "FREQ=WEEKLY;COUNT=5", 1
		m := w.call(p)
		w.press(m, ada, "accepted")
		w.press(m, ben, "accepted")
		starts, _ := Next(m, w.now, 5)
		key := starts[2].UTC().Format("20060102T150405Z")
		w.answerDate(m, ada, key, false, store.Declined)
		_, err := w.Due(ctx, w.now)
		w.check(err)
		offer := w.last("ben@b.example")
		said := ReadMessage(offer)
		if len(said.Objects) != 1 || len(said.Objects[0].Events) != 1 || said.Objects[0].Events[0].RecurrenceID.Key() != key ||
			said.Objects[0].Events[0].Attendees[0].Answer != itip.NeedsAction || said.Objects[0].Method != itip.Request {
			t.Fatalf("the offer is %+v", said.Objects)
		}
		if want := "ada seated, ada absent " + key + ", ben waiting, ben offered " + key; w.placesOf(m) != want {
			t.Fatalf("got %s, want %s", w.placesOf(m), want)
		}
		if !strings.Contains(offer.Text().All, starts[2].In(berlin).Format("2 January 2006, 15:04")) {
			t.Errorf("the offer does not name the date: %s", offer.Text().All)
		}
		w.now = w.now.Add(time.Minute)
		if taken == "calendar" {
			w.answerDate(m, ben, key, false, store.Accepted)
		} else {
			w.check(w.Answer(ctx, w.c, mail.Envelope{From: "ben@b.example"}, textMail("ben@b.example", "Yes"), mail.Ticket{Kind: mail.TicketRSVP, Person: ben.ID, Object: m.ID}))
		}
		if want := "ada seated, ada absent " + key + ", ben waiting, ben seated " + key; w.placesOf(m) != want {
			t.Errorf("by %s: got %s, want %s", taken, w.placesOf(m), want)
		}
	}
}

func textMail(from, text string) *mail.Message {
	return mail.Read([]byte("From: " + from + "\r\nTo: x@lists.example.org\r\nSubject: Re\r\nMessage-ID: <text@a.example>\r\n\r\n" + text + "\r\n"))
}

// TestClaimable: a day to claim a place, or half of the time that is left; nothing once it has begun.
func TestClaimable(t *testing.T) {
	w := newWorld(t)
	p := w.clinic()
	single := w.call(p)
	p.Rule = "FREQ=WEEKLY;COUNT=3"
	series := w.call(p)
	start, _ := Next(single, w.now, 1)
	second := start[0].AddDate(0, 0, 7).UTC().Format("20060102T150405Z")
	for _, c := range []struct {
		name   string
		m      store.Meeting
		date   string
		before time.Duration // before the first date
		want   time.Duration
	}{
		{"a week before", single, "", 7 * 24 * time.Hour, 24 * time.Hour},
		{"a day before", single, "", 24 * time.Hour, 12 * time.Hour},
		{"ten minutes before", single, "", 10 * time.Minute, 5 * time.Minute},
		{"when it begins", single, "", 0, 0},
		{"within", single, "", -time.Minute, 0},
		{"a series, within its first date", series, "", -time.Minute, 24 * time.Hour},
		{"its second date", series, second, -6*24*time.Hour - 20*time.Hour, 2 * time.Hour},
		{"a date that it has not", series, "20300101T000000Z", 0, 0},
		{"a date that is none", series, "tomorrow", 0, 0},
	} {
		now := start[0].Add(-c.before)
		until, ok := claimable(c.m, c.date, now)
		if got := until.Sub(now); ok != (c.want > 0) || ok && got != c.want {
			t.Errorf("%s: got %s, %t; want %s", c.name, got, ok, c.want)
		}
	}
	single.State = store.MeetingCancelled
	if _, ok := claimable(single, "", w.now); ok {
		t.Error("a place in a meeting that is cancelled")
	}
}

// TestClaimTicket: it claims what is offered, says so when there is nothing, and a no leaves the place to the next at once.
func TestClaimTicket(t *testing.T) {
	w := newWorld(t)
	ada, ben, cid := w.join("ada@a.example", "Ada"), w.join("ben@b.example", "Ben"), w.join("cid@c.example", "Cid")
	p := w.clinic()
	p.Capacity = 1
	m := w.call(p)
	for _, s := range []store.Subscription{ada, ben, cid} {
		w.press(m, s, "accepted")
	}
	ticket := func(s store.Subscription) mail.Ticket {
		return mail.Ticket{Kind: mail.TicketPlace, Person: s.ID, Object: m.ID}
	}
	page, err := w.Show(ctx, ticket(ben))
	w.check(err)
	if page.Problem != "expired" {
		t.Errorf("before it is offered: %+v", page)
	}
	w.now = w.now.Add(time.Minute)
	w.press(m, ada, "declined")
	if page, err = w.Show(ctx, ticket(ben)); err != nil || page.Problem != "" || page.Kind != "place" {
		t.Errorf("when it is offered: %+v, %v", page, err)
	}
	w.now = w.now.Add(time.Minute)
	w.check(w.Answer(ctx, w.c, mail.Envelope{From: "ben@b.example"}, textMail("ben@b.example", "No, sorry"), ticket(ben)))
	if want := "cid offered"; w.placesOf(m) != want {
		t.Errorf("Ben says no: got %s, want %s", w.placesOf(m), want)
	}
	w.now = w.now.Add(time.Minute)
	w.check(w.Answer(ctx, w.c, mail.Envelope{From: "cid@c.example"}, textMail("cid@c.example", "Hooray!"), ticket(cid)))
	if want := "cid seated"; w.placesOf(m) != want {
		t.Errorf("Cid says anything: got %s, want %s", w.placesOf(m), want)
	}
	mails := w.mails("ben@b.example")
	w.check(w.Answer(ctx, w.c, mail.Envelope{From: "ben@b.example"}, textMail("ben@b.example", "Yes after all"), ticket(ben)))
	if w.mails("ben@b.example") != mails+1 || !strings.Contains(w.last("ben@b.example").Text().All, "No place is free for you now") {
		t.Errorf("too late: %s", w.last("ben@b.example").Text().All)
	}
	if page, err = w.Press(ctx, ticket(ben), ""); err != nil || page.Problem != "expired" {
		t.Errorf("the button, too late: %+v, %v", page, err)
	}
}

// TestCapacityLater: a meeting that is full by a limit set later throws nobody out; who leaves the community frees a place.
func TestCapacityLater(t *testing.T) {
	w := newWorld(t)
	ada, ben, cid := w.join("ada@a.example", "Ada"), w.join("ben@b.example", "Ben"), w.join("cid@c.example", "Cid")
	m := w.call(w.clinic())
	w.press(m, ben, "accepted")
	w.now = w.now.Add(time.Minute)
	w.press(m, ada, "accepted")
	m, err := w.SetCapacity(ctx, w.by(), m, 1)
	w.check(err)
	w.press(m, cid, "accepted")
	if want := "ben seated, ada seated, cid waiting"; w.placesOf(m) != want {
		t.Errorf("got %s, want %s", w.placesOf(m), want)
	}
	for _, s := range []store.Subscription{ben, ada} {
		w.check(w.DB.EndSubscription(ctx, w.by(), s.ID, store.Left))
	}
	_, err = w.Due(ctx, w.now)
	w.check(err)
	if want := "cid offered"; w.placesOf(m) != want {
		t.Errorf("those who had places left: got %s, want %s", w.placesOf(m), want)
	}
	for _, wrong := range []int{-1, maxCapacity + 1} {
		if _, err := w.SetCapacity(ctx, w.by(), m, wrong); store.KindOf(err) != store.Invalid {
			t.Errorf("%d: %v", wrong, err)
		}
	}
	m, err = w.SetCapacity(ctx, w.by(), m, 0)
	w.check(err)
	if err := w.GivePlace(ctx, w.by(), m, cid, ""); store.KindOf(err) != store.Conflict {
		t.Errorf("a place where there is room for all: %v", err)
	}
}
