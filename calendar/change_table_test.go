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

func ptr[T any](value T) *T { return &value }

// change changes a meeting as it is now.
func (w *world) change(m store.Meeting, e Edit) store.Meeting {
	w.t.Helper()
	m, err := w.DB.Meeting(ctx, m.ID)
	w.check(err)
	w.now = w.now.Add(time.Minute)
	m, err = w.Change(ctx, w.by(), m, e)
	w.check(err)
	return m
}

// weekly is a series of ten weeks, and the keys of its dates.
func (w *world) weekly() (store.Meeting, []string) {
	w.t.Helper()
	p := w.clinic()
	p.Rule, p.Location = "FREQ=WEEKLY;COUNT=10", "Room 3"
	m := w.call(p)
	var keys []string
	all, _ := Next(m, w.now, 10)
	for _, at := range all {
		keys = append(keys, at.Format("20060102T150405Z"))
	}
	return m, keys
}

// TestGoldenChanges: what goes out about a change is, byte for byte, what was looked at.
func TestGoldenChanges(t *testing.T) {
	w := newWorld(t)
	w.join("ada@a.example", "Ada Lovelace")
	m, keys := w.weekly()
	last := func() []byte {
		all := w.outbox("ada@a.example")
		return all[len(all)-1]
	}
	w.change(m, Edit{Occurrence: keys[1], Starts: ptr(m.Starts.AddDate(0, 0, 8).Add(90 * time.Minute)), Length: ptr(30 * time.Minute)})
	golden(t, "change-date.eml", last())
	w.change(m, Edit{Occurrence: keys[2], Cancel: true})
	golden(t, "cancel-date.eml", last())
	w.change(m, Edit{Location: ptr("Room 4, second floor"), Title: ptr("Clinic")})
	golden(t, "change-series.eml", last())
	w.change(m, Edit{Cancel: true})
	golden(t, "cancel-series.eml", last())
	single := w.call(w.clinic())
	w.change(single, Edit{Starts: ptr(single.Starts.Add(time.Hour))})
	golden(t, "change.eml", last())
	if got := len(w.outbox("ada@a.example")); got != 7 {
		t.Errorf("%d mails, want 7", got)
	}
}

// TestMovedBack: an answer stands again once the meeting is back at the time at which it was given.
func TestMovedBack(t *testing.T) {
	w := newWorld(t)
	ada := w.join("ada@a.example", "Ada")
	m, keys := w.weekly()
	press := func(choice string) {
		t.Helper()
		_, err := w.Press(ctx, mail.Ticket{Kind: mail.TicketRSVP, Person: ada.ID, Object: m.ID}, choice)
		w.check(err)
	}
	want := func(what, want string) {
		t.Helper()
		if got := w.answered(m); got != want {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	press("accepted")
	w.change(m, Edit{Starts: ptr(m.Starts.Add(time.Hour))})
	want("moved", "1:accepted!")
	w.change(m, Edit{Starts: &m.Starts, Location: ptr("Room 9")})
	want("moved back", "1:accepted")
	all := w.outbox("ada@a.example")
	if last := string(all[len(all)-1]); !strings.Contains(last, "PARTSTAT=3DACCEPTED") {
		t.Errorf("the mail asks again:\n%s", last)
	}
	w.change(m, Edit{Rule: ptr("FREQ=WEEKLY;COUNT=20")})
	want("longer", "1:accepted")
	w.change(m, Edit{Occurrence: keys[1], Starts: ptr(m.Starts.AddDate(0, 0, 8))})
	want("one date", "1:accepted")
	m, err := w.DB.Meeting(ctx, m.ID)
	w.check(err)
	answers, err := w.DB.RSVPs(ctx, m.ID, 0)
	w.check(err)
	for key, want := range map[string]standing{"": {"accepted", false}, keys[0]: {"accepted", false}, keys[1]: {"accepted", true}} {
		if got := standingFor(m, key, answers); got != want {
			t.Errorf("the answer that counts for %q: %+v, want %+v", key, got, want)
		}
	}
	w.change(m, Edit{Rule: ptr("FREQ=WEEKLY;INTERVAL=2;COUNT=5")})
	want("other dates", "1:accepted!")
}

// TestStandingFor: of several answers the one that is most about a date counts.
func TestStandingFor(t *testing.T) {
	answers := []store.RSVP{{Answer: "accepted"}, {Occurrence: "2", Later: true, Answer: "declined"}, {Occurrence: "3", Answer: "tentative"},
		{Occurrence: "4", Later: true, Answer: "accepted"}, {Occurrence: "4", Answer: "declined"}}
	for key, want := range map[string]store.RSVPAnswer{"": "accepted", "1": "accepted", "2": "declined", "3": "tentative", "35": "declined", "4": "declined", "5": "accepted"} {
		if got := standingFor(store.Meeting{}, key, answers).answer; got != want {
			t.Errorf("%q: %s, want %s", key, got, want)
		}
	}
	if got := standingFor(store.Meeting{}, "1", nil); got != (standing{}) {
		t.Errorf("without answers: %+v", got)
	}
}

// TestRefitted: what becomes of a date's own change when the whole meeting changes.
func TestRefitted(t *testing.T) {
	w := newWorld(t)
	m, keys := w.weekly()
	moved := m.Starts.AddDate(0, 0, 8)
	m = w.change(m, Edit{Occurrence: keys[1], Starts: &moved})
	m = w.change(m, Edit{Occurrence: keys[2], Location: ptr("Hall")})
	m = w.change(m, Edit{Occurrence: keys[3], Cancel: true})
	text := func(m store.Meeting) string {
		var words []string
		for _, d := range m.Changes {
			words = append(words, fmt.Sprint(d.Occurrence[6:11], " ", d.Starts.Format("02T15"), " ", d.Location, " ", d.Title, " ", d.Cancelled))
		}
		return strings.Join(words, "; ")
	}
	for _, c := range []struct {
		name, want, dropped string
		edit                Edit
	}{
		{"another place", "07T14 08T15 Room 4 T false; 14T14 14T15 Hall T false; 21T14 21T15 Room 4 T true", "", Edit{Location: ptr("Room 4"), Title: ptr("T")}},
		{"an hour later", "07T15 08T15 Room 3 T false; 14T15 14T16 Hall T false; 21T15 21T16 Room 3 T true", "", Edit{Starts: ptr(m.Starts.Add(time.Hour)), Title: ptr("T")}},
		{"fewer dates", "07T14 08T15 Room 3 T false", keys[2] + " " + keys[3], Edit{Rule: ptr("FREQ=WEEKLY;COUNT=2"), Title: ptr("T")}},
		{"another day of the week", "", keys[1] + " " + keys[2] + " " + keys[3], Edit{Starts: ptr(m.Starts.AddDate(0, 0, 1)), Title: ptr("T")}},
		{"one date", "", keys[1] + " " + keys[2] + " " + keys[3], Edit{Rule: ptr(""), Title: ptr("T")}},
	} {
		is, err := changed(m, c.edit, w.now)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := text(is); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if got := strings.Join(Dropped(m, is), " "); got != c.dropped {
			t.Errorf("%s: dropped %q, want %q", c.name, got, c.dropped)
		}
	}
}

// TestDateBack: a date that was cancelled takes place again.
func TestDateBack(t *testing.T) {
	w := newWorld(t)
	w.join("ada@a.example", "Ada")
	m, keys := w.weekly()
	m = w.change(m, Edit{Occurrence: keys[1], Cancel: true})
	m = w.change(m, Edit{Occurrence: keys[1], Starts: ptr(StartOf(m, keys[1]))})
	all := w.outbox("ada@a.example")
	if got := mail.Read(all[len(all)-1]).Text().All; !strings.Contains(got, "It takes place after all: Monday, 7 December 2026, 15:00") {
		t.Errorf("the mail says\n%s", got)
	}
	if dates, _ := Next(m, w.now, 10); len(dates) != 10 {
		t.Errorf("the dates are %v", dates)
	}
}

// TestSeveralAreOne: what is changed before anybody hears is one mail, and what is changed back none.
func TestSeveralAreOne(t *testing.T) {
	w := newWorld(t)
	w.join("ada@a.example", "Ada")
	m, keys := w.weekly()
	quietly := func(e Edit) {
		t.Helper()
		is, err := changed(m, e, w.now)
		w.check(err)
		m, err = w.DB.ChangeMeeting(ctx, w.by(), is, nil)
		w.check(err)
	}
	quietly(Edit{Location: ptr("Room 4")})
	quietly(Edit{Occurrence: keys[1], Cancel: true})
	quietly(Edit{Occurrence: keys[2], Location: ptr("Hall")})
	_, err := w.Due(ctx, w.now)
	w.check(err)
	all := w.outbox("ada@a.example")
	if len(all) != 2 {
		t.Fatalf("%d mails, want 2", len(all))
	}
	text := mail.Read(all[1]).Text().All
	for _, want := range []string{"New place: Room 4, not Room 3", "Cancelled: Monday, 7 December 2026", "Monday, 14 December 2026, 15:00 CET (UTC+1): New place: Hall, not Room 4"} {
		if !strings.Contains(strings.ReplaceAll(text, "\n    ", " "), want) {
			t.Errorf("it does not say %q:\n%s", want, text)
		}
	}
	quietly(Edit{Location: ptr("Room 5")})
	quietly(Edit{Location: ptr("Room 4")})
	_, err = w.Due(ctx, w.now)
	w.check(err)
	if got := w.mails("ada@a.example"); got != 2 {
		t.Errorf("%d mails after a change that was taken back, want 2", got)
	}
}

// TestUnfitStart: a start that the rule does not name is refused, unless the rule is given with it.
func TestUnfitStart(t *testing.T) {
	w := newWorld(t)
	for _, rule := range []string{"FREQ=WEEKLY;BYDAY=MO", "FREQ=MONTHLY;BYDAY=-1MO", "FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=30"} {
		p := w.clinic() // a Monday, the last of November
		p.Rule = rule
		m := w.call(p)
		if _, err := w.Change(ctx, w.by(), m, Edit{Starts: ptr(m.Starts.AddDate(0, 0, 1))}); store.KindOf(err) != store.Invalid || err == nil {
			t.Errorf("%s: %v", rule, err)
		}
		w.change(m, Edit{Starts: ptr(m.Starts.Add(time.Hour))})
		w.change(m, Edit{Starts: ptr(m.Starts.AddDate(0, 0, 1)), Rule: ptr("FREQ=WEEKLY;BYDAY=TU")})
	}
}

// TestSuspendedHearsOnce: of all that changed while mail failed, in one mail.
func TestSuspendedHearsOnce(t *testing.T) {
	w := newWorld(t)
	ada := w.join("ada@a.example", "Ada")
	m, keys := w.weekly()
	w.check(w.DB.EndSubscription(ctx, w.by(), ada.ID, store.Suspended))
	w.change(m, Edit{Occurrence: keys[1], Cancel: true})
	w.change(m, Edit{Location: ptr("Room 4")})
	w.change(m, Edit{Starts: ptr(m.Starts.Add(time.Hour))})
	if got := w.mails("ada@a.example"); got != 1 {
		t.Errorf("%d mails while it is suspended, want 1", got)
	}
	w.join("ada@a.example", "Ada")
	_, err := w.Due(ctx, w.now)
	w.check(err)
	all := w.outbox("ada@a.example")
	if len(all) != 2 {
		t.Fatalf("%d mails afterwards, want 2", len(all))
	}
	text := strings.ReplaceAll(mail.Read(all[1]).Text().All, "\n    ", " ")
	for _, want := range []string{"New time: Monday, 30 November 2026, 16:00", "New place: Room 4, not Room 3", "Cancelled: Monday, 7 December 2026, 16:00"} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not say %q:\n%s", want, text)
		}
	}
}

// TestSplitAtNext: where no date of the first is left to come, everybody hears all the same that it has ended, and nobody is
// invited to it any more.
func TestSplitAtNext(t *testing.T) {
	w := newWorld(t)
	w.join("ada@a.example", "Ada")
	m, keys := w.weekly()
	w.now = w.now.AddDate(0, 0, 8)
	first, later, err := w.Split(ctx, w.by(), m, Edit{Occurrence: keys[1], Location: ptr("Hall")})
	w.check(err)
	ada := &client{t: t, have: map[string]*itip.Series{}}
	for _, raw := range w.outbox("ada@a.example") {
		ada.take(raw)
	}
	if got := ada.dates(m.UID, w.now); ada.read != 3 || got != "" {
		t.Errorf("after %d mails the first shows\n%s", ada.read, got)
	}
	if got := strings.Count(ada.dates(later.UID, w.now), "Hall"); got != 9 {
		t.Errorf("the later one shows %d dates, want 9", got)
	}
	w.join("ben@b.example", "Ben")
	_, err = w.Due(ctx, w.now)
	w.check(err)
	if got := w.mails("ben@b.example"); got != 1 {
		t.Errorf("who joins gets %d mails, want 1", got)
	}
	for _, key := range keys[:2] {
		if _, _, err = w.Split(ctx, w.by(), first, Edit{Occurrence: key, Location: ptr("x")}); err == nil {
			t.Errorf("what is over, or moved on, was split at %s", key)
		}
	}
}
