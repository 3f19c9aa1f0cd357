package calendar

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"guildpost/mail"
	"guildpost/store"
)

// afterWorld has a facilitator, who is asked, and members who said yes to a meeting that is over.
func afterWorld(t *testing.T, members int) (w *world, o store.Occurrence, all []store.Subscription) {
	t.Helper()
	w = newWorld(t)
	w.Post = func(context.Context, store.Community, mail.Envelope, *mail.Message) error { return nil }
	host, _, err := w.DB.AddMember(ctx, w.by(), w.c.ID, store.NewMember{Address: "host@h.example", Name: "Hella Host", Roles: []store.Role{store.Facilitator}})
	w.check(err)
	all = append(all, host)
	for i := range members {
		all = append(all, w.join(fmt.Sprintf("m%d@m.example", i), fmt.Sprintf("Member %c", 'A'+i%26)))
	}
	m := w.call(w.clinic())
	for _, s := range all {
		_, err := w.Press(ctx, mail.Ticket{Kind: mail.TicketRSVP, Person: s.ID, Object: m.ID}, "accepted")
		w.check(err)
	}
	first, _ := Next(m, w.now, 1)
	w.due(first[0].Add(time.Minute))
	w.due(first[0].Add(time.Hour))
	kept, err := w.DB.Occurrences(ctx, m.ID, 9)
	w.check(err)
	if len(kept) != 1 {
		t.Fatalf("%d dates are kept", len(kept))
	}
	return w, kept[0], all
}

// due moves the clock and does what is due.
func (w *world) due(at time.Time) {
	w.t.Helper()
	w.now = at
	_, err := w.Due(ctx, at)
	w.check(err)
}

// tell answers the mail that asked who came.
func (w *world) tell(o store.Occurrence, who store.Subscription, id, text string) error {
	raw := fmt.Sprintf("From: %s\r\nMessage-ID: <%s@x.example>\r\n\r\n%s\r\n", who.Address, id, strings.ReplaceAll(text, "\n", "\r\n"))
	return w.Answer(ctx, w.c, mail.Envelope{From: who.Address}, mail.Read([]byte(raw)), mail.Ticket{Kind: mail.TicketAttendance, Person: who.ID, Object: o.ID})
}

// TestMinutesPostedOnce: minutes are posted under one Message-ID, also where the daemon is cut off behind the post, and the
// same mail once more is no second report; a refusal is told.
func TestMinutesPostedOnce(t *testing.T) {
	w, o, all := afterWorld(t, 1)
	var posted []string
	broken := true
	w.Post = func(_ context.Context, _ store.Community, env mail.Envelope, m *mail.Message) error {
		if env.Proven != "host@h.example" || m.From[0].String() != "host@h.example" || m.Header.Has("Auto-Submitted") {
			t.Errorf("posted by %q as\n%s", env.Proven, m.Raw)
		}
		if posted = append(posted, m.MessageID); broken {
			return store.Errorf(store.Temporary, "the disk is full")
		}
		return nil
	}
	for range 2 {
		w.check(w.tell(o, all[0], "report", "attended: all\nWe met."))
	}
	if _, err := w.Due(ctx, w.now); err == nil {
		t.Error("what failed is not told")
	}
	broken = false
	w.due(w.now)
	w.due(w.now)
	if len(posted) != 2 || posted[0] != posted[1] {
		t.Errorf("posted as %v", posted)
	}
	echoes := 0
	for _, raw := range w.outbox("host@h.example") {
		if strings.Contains(mail.Read(raw).Text().All, "on their way") {
			echoes++
		}
	}
	if echoes != 2 {
		t.Errorf("the same mail twice was answered as posted %d times", echoes)
	}

	w, o, all = afterWorld(t, 1)
	w.Post = func(context.Context, store.Community, mail.Envelope, *mail.Message) error {
		return store.Errorf(store.Forbidden, "only penguins may post")
	}
	w.check(w.tell(o, all[0], "report", "attended: all\nWe met."))
	before := w.mails("host@h.example")
	w.due(w.now)
	w.due(w.now)
	letters := w.outbox("host@h.example")
	var refused int
	for _, raw := range letters[before:] {
		if strings.Contains(mail.Read(raw).Text().All, "only penguins may post") {
			refused++
		}
	}
	if refused != 1 {
		t.Errorf("the refusal was told %d times", refused)
	}
}

// TestReports: what a mail of the host comes to.
func TestReports(t *testing.T) {
	for _, c := range []struct {
		name, text string
		came       string // subscriptions, "-" for nothing said
		minutes    string
		told       string // a word of the letter that comes back
	}{
		{"all", "attended: all", "1 2 3", "", "Hella Host"},
		{"but", "anwesend: alle außer Member A\n\nEs war gut.", "1 3", "Es war gut.", "Member B"},
		{"none", "attended: none", "", "", "Nobody of those"},
		{"a guest", "attended: none, +zoe@z.example", "", "", "Nobody who was invited is called so: none"},
		{"minutes alone", "Minutes:\nWe met.", "-", "We met.", "on their way"},
		{"minutes below the word", "attended: all\nProtokoll\nWir trafen uns.", "1 2 3", "Wir trafen uns.", "on their way"},
		{"a question", "Who are you?", "-", "", "could not be understood"},
		{"nothing", "", "-", "", "could not be understood"},
		{"a long text by the host is no minutes", strings.Repeat("I wonder. ", 60), "-", "", "could not be understood"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, o, all := afterWorld(t, 2)
			w.check(w.tell(o, all[0], "report", c.text))
			got, err := w.DB.Occurrence(ctx, o.ID)
			w.check(err)
			attended, err := w.DB.Attendances(ctx, o.ID)
			w.check(err)
			came := "-"
			if !got.ToldAt.IsZero() {
				var ids []string
				for _, a := range attended {
					if a.Came && a.Invited {
						ids = append(ids, fmt.Sprint(a.Subscription.ID))
					}
				}
				came = strings.Join(ids, " ")
			}
			if came != c.came || got.Minutes != c.minutes {
				t.Errorf("came %q, minutes %q", came, got.Minutes)
			}
			letters := w.outbox("host@h.example")
			text := strings.Join(strings.Fields(mail.Read(letters[len(letters)-1]).Text().All), " ")
			if !strings.Contains(text, c.told) {
				t.Errorf("the answer does not say %q:\n%s", c.told, text)
			}
		})
	}
}

// TestHelpIsBounded: what is not understood is answered some times a day.
func TestHelpIsBounded(t *testing.T) {
	w, o, all := afterWorld(t, 1)
	before := w.mails("host@h.example")
	for i := range 20 {
		w.check(w.tell(o, all[0], fmt.Sprint(i), "What?"))
	}
	if n := w.mails("host@h.example") - before; n != helpADay {
		t.Errorf("%d were answered", n)
	}
}

// TestAskedOnce: whatever the clock does, and however often the daemon is cut off, each is asked once how it was, in chunks, and
// the host hears once.
func TestAskedOnce(t *testing.T) {
	w, o, all := afterWorld(t, tellAtOnce+30)
	random := rand.New(rand.NewPCG(3, 4))
	now := w.now
	for range 300 {
		w.now = now.Add(time.Duration(random.IntN(120)) * time.Hour)
		cut, cancel := context.WithCancel(ctx)
		if random.IntN(3) == 0 {
			cancel()
		}
		if _, err := w.Due(cut, w.now); err != nil && !errors.Is(err, context.Canceled) && store.KindOf(err) != store.Temporary {
			t.Fatal(err)
		}
		cancel()
	}
	w.due(now.AddDate(0, 0, 10))
	asked, err := w.DB.Attendances(ctx, o.ID)
	w.check(err)
	rows, err := w.DB.QueueList(ctx, store.QueueFilter{Limit: 100_000, States: []store.DeliveryState{store.Waiting, store.Dropped}})
	w.check(err)
	mails := map[string]int{}
	for _, row := range rows {
		mails[row.Recipient]++
	}
	for i, a := range asked {
		want := 2 // the invitation and the question
		if i == 0 {
			want = 4 // and who came, and the summary
		}
		if a.AskedAt.IsZero() || mails[a.Subscription.Address] != want {
			t.Fatalf("%s: asked %v, %d mails, want %d", a.Subscription.Address, a.AskedAt, mails[a.Subscription.Address], want)
		}
	}
	if len(asked) != len(all) {
		t.Errorf("%d of %d are kept", len(asked), len(all))
	}
}

// TestDatesBeginOnce: a series' dates are kept once each with the answers of then, whatever the clock does; a cancelled date
// is kept as that, a meeting that is cancelled leaves one, and long after its end nobody is asked.
func TestDatesBeginOnce(t *testing.T) {
	w := newWorld(t)
	host := w.join("host@h.example", "Host")
	p := w.clinic()
	p.Rule = "FREQ=WEEKLY;COUNT=6"
	m := w.call(p)
	starts := dates(t, m)
	press := func(choice string) {
		_, err := w.Press(ctx, mail.Ticket{Kind: mail.TicketRSVP, Person: host.ID, Object: m.ID}, choice)
		w.check(err)
	}
	press("accepted")
	w.due(starts[0].Add(time.Second))
	press("declined")
	zone := mustZone(t, "Europe/Berlin")
	id := starts[2].UTC().Format("20060102T150405Z")
	m, err := w.DB.Meeting(ctx, m.ID)
	w.check(err)
	m.Changes = append(m.Changes, store.DateChange{Occurrence: id, Cancelled: true, Starts: starts[2].In(zone), Length: time.Hour, Title: m.Title})
	m, err = w.DB.ChangeMeeting(ctx, w.by(), m, w.planned(w.now))
	w.check(err)
	w.due(w.now.Add(time.Minute))
	for _, at := range []time.Time{starts[1].Add(time.Minute), starts[0], starts[3].Add(time.Minute), starts[3].Add(time.Minute)} {
		w.due(at)
	}
	_, err = w.Cancel(ctx, w.by(), m.ID)
	w.check(err)
	w.due(starts[5].Add(30 * 24 * time.Hour))
	kept, err := w.DB.Occurrences(ctx, m.ID, 20)
	w.check(err)
	var got []string
	for _, o := range kept {
		all, err := w.DB.Attendances(ctx, o.ID)
		w.check(err)
		word := fmt.Sprint(slotOf(starts, o.Starts))
		if !o.CancelledAt.IsZero() {
			word += " cancelled"
		}
		for _, a := range all {
			word += " " + string(a.Answer)
		}
		got = append(got, word)
	}
	if want := "4 cancelled, 3 declined, 2 cancelled, 1 declined, 0 accepted"; strings.Join(got, ", ") != want {
		t.Errorf("kept %s, want %s", strings.Join(got, ", "), want)
	}
}

func slotOf(starts []time.Time, at time.Time) int {
	for i, start := range starts {
		if start.Equal(at) {
			return i
		}
	}
	return -1
}
