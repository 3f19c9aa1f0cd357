package calendar

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"guildpost/calendar/when"
	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

// meet sends a mail to NAME-meet@.
func (w *world) meet(from, subject, text string) error {
	w.t.Helper()
	m := mail.Read([]byte(fmt.Sprintf("From: %s\r\nSubject: %s\r\nMessage-ID: <%d@x.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n",
		from, subject, w.now.UnixNano(), strings.ReplaceAll(text, "\n", "\r\n"))))
	return w.Meet(ctx, w.c, mail.Envelope{From: from}, m)
}

// TestMeetFlood: whoever writes in a member's name makes a bounded number of mails to that member, and nothing else.
func TestMeetFlood(t *testing.T) {
	w := newWorld(t)
	w.facilitator("ada@a.example", "Ada")
	w.join("ben@b.example", "Ben")
	refused := 0
	for n := range wishes + 5 {
		err := w.meet("ada@a.example", "Buy now", []string{"tomorrow 15:00 for 1h", "no date at all"}[n%2])
		if err != nil && store.KindOf(err) != store.Forbidden {
			t.Fatal(err)
		}
		if err != nil {
			refused++
		}
	}
	all, err := w.DB.Meetings(ctx, w.c.ID, time.Time{})
	w.check(err)
	if refused != 5 || w.mails("ada@a.example") != wishes || w.mails("ben@b.example") != 0 || len(all) != 0 {
		t.Errorf("%d refused, %d mails to Ada and %d to Ben, %d meetings; want 5, %d, 0 and 0", refused, w.mails("ada@a.example"), w.mails("ben@b.example"), len(all), wishes)
	}
}

// TestWishOnce: a yes that is carried out twice, by mail and page at once or after a crash, calls one meeting.
func TestWishOnce(t *testing.T) {
	w := newWorld(t)
	ada := w.facilitator("ada@a.example", "Ada")
	w.check(w.meet("ada@a.example", "Clinic", "tomorrow 15:00 for 1h"))
	ticket := mail.Ticket{Kind: mail.TicketMeet, Person: ada.ID, Object: 1}
	u, err := w.meetUsed(ctx, ticket)
	w.check(err)
	u.wish.Chosen = 1
	if _, err := w.callWish(ctx, u); err != nil { // and the daemon stops
		t.Fatal(err)
	}
	p, err := w.Press(ctx, ticket, choiceConfirm)
	if err != nil || p.Problem != "" {
		t.Fatal(p, err)
	}
	if p, err = w.Press(ctx, ticket, choiceConfirm); err != nil || p.Problem != "already" {
		t.Errorf("pressed again: %+v, %v", p, err)
	}
	all, err := w.DB.Meetings(ctx, w.c.ID, time.Time{})
	w.check(err)
	if len(all) != 1 || w.mails("ada@a.example") != 2 {
		t.Errorf("%d meetings, %d mails", len(all), w.mails("ada@a.example"))
	}
}

// TestMeetTickets: a ticket decides for its person alone: no other member, nobody who left, and no other community.
func TestMeetTickets(t *testing.T) {
	w := newWorld(t)
	ada, ben := w.facilitator("ada@a.example", "Ada"), w.join("ben@b.example", "Ben")
	w.check(w.meet("ada@a.example", "Clinic", "tomorrow 15:00 for 1h"))
	for _, ticket := range []mail.Ticket{{Person: ben.ID, Object: 1}, {Person: ada.ID, Object: 2}, {Person: 99, Object: 1}} {
		ticket.Kind = mail.TicketMeet
		if _, err := w.Press(ctx, ticket, choiceConfirm); store.KindOf(err) != store.NotFound {
			t.Errorf("%+v: %v", ticket, err)
		}
	}
	if _, err := w.Press(ctx, mail.Ticket{Kind: mail.TicketMeet, Person: ada.ID, Object: 1}, "2"); store.KindOf(err) != store.Invalid {
		t.Errorf("a date that there is not: %v", err)
	}
	w.check(w.DB.EndSubscription(ctx, w.by(), ada.ID, store.Left))
	if _, err := w.Press(ctx, mail.Ticket{Kind: mail.TicketMeet, Person: ada.ID, Object: 1}, choiceConfirm); store.KindOf(err) != store.NotFound {
		t.Errorf("somebody who left: %v", err)
	}
}

// TestHelpExamples: what the help mail shows as an example can be read, in its language.
func TestHelpExamples(t *testing.T) {
	for _, lang := range []string{"en", "de", "es"} {
		text, err := templates.Render(lang, templates.MeetingWishHelp{Kind: string(when.ProblemNothing), Meet: "rust-meet@lists.example.org"})
		if err != nil {
			t.Fatal(err)
		}
		examples := regexp.MustCompile(`(?m)(?:^ {4,}\S.*\n)+`).FindAllString(text.Text, -1)
		if len(examples) != 3 {
			t.Fatalf("%s: %d examples in\n%s", lang, len(examples), text.Text)
		}
		for n, example := range examples {
			m := readMemo("Clinic", example, memoContext(t, lang))
			if want := []int{1, 1, 3}[n]; len(m.Reading.Problems) > 0 || len(m.Reading.Unread) > 0 || len(m.Reading.Options) != want || n < 2 && m.Place == "" {
				t.Errorf("%s: %q is read as %s, with %v unread", lang, example, shownMemo(m), m.Reading.Unread)
			}
		}
	}
}

func TestBest(t *testing.T) {
	now := time.Date(2026, 8, 3, 9, 0, 0, 0, time.UTC)
	tally := func(number, hours, yes, maybe, no int) Tally {
		return Tally{Option: store.PollOption{Number: number}, Start: now.Add(time.Duration(hours) * time.Hour), Yes: yes, Maybe: maybe, No: no}
	}
	for _, c := range []struct {
		name string
		all  []Tally
		want string
	}{
		{"more yes", []Tally{tally(1, 1, 2, 9, 0), tally(2, 2, 3, 0, 5)}, "[2]"},
		{"then more maybe", []Tally{tally(1, 1, 3, 0, 0), tally(2, 2, 3, 1, 5)}, "[2]"},
		{"then fewer no", []Tally{tally(1, 1, 3, 1, 2), tally(2, 2, 3, 1, 1)}, "[2]"},
		{"a tie, the earliest first", []Tally{tally(1, 9, 3, 1, 2), tally(2, 2, 3, 1, 2), tally(3, 5, 1, 0, 0)}, "[2 1]"},
		{"not what is over", []Tally{tally(1, -1, 9, 0, 0), tally(2, 2, 1, 0, 0)}, "[2]"},
		{"nobody could come", []Tally{tally(1, 1, 0, 0, 4), tally(2, 2, 0, 0, 0)}, "[]"},
	} {
		numbers := []int{}
		for _, top := range best(c.all, now) {
			numbers = append(numbers, top.Option.Number)
		}
		if got := fmt.Sprint(numbers); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

func TestPollCloses(t *testing.T) {
	now := time.Date(2026, 8, 3, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct{ first, want time.Duration }{
		{30 * 24 * time.Hour, pollLife}, {8 * 24 * time.Hour, 5 * 24 * time.Hour}, {3 * 24 * time.Hour, 36 * time.Hour}, {2 * time.Hour, time.Hour},
	} {
		w := wish{Dates: []wishDate{{Starts: now.Add(c.first + time.Hour), Zone: "UTC"}, {Starts: now.Add(c.first), Zone: "UTC"}}}
		if got := w.closes(now).Sub(now); got != c.want {
			t.Errorf("the first date is in %s: it closes in %s, want %s", c.first, got, c.want)
		}
	}
}

// TestHolds: what a poll sends, byte by byte, and what cancels it.
func TestHolds(t *testing.T) {
	w := newWorld(t)
	ada := w.facilitator("ada@a.example", "Ada")
	w.check(w.meet("ada@a.example", "Clinic; part 2", "Mon 7 Dec 2026 15:00 or Tue 8 Dec 2026 10:00, for 90 minutes, Berlin time\nRoom 3\n\nBring code."))
	if _, err := w.Press(ctx, mail.Ticket{Kind: mail.TicketMeet, Person: ada.ID, Object: 1}, choiceConfirm); err != nil {
		t.Fatal(err)
	}
	box := w.outbox("ada@a.example")
	golden(t, "poll.eml", box[1])
	p, err := w.DB.Poll(ctx, 1)
	w.check(err)
	if _, err := w.ClosePoll(ctx, w.by(), p, 2); err != nil {
		t.Fatal(err)
	}
	box = w.outbox("ada@a.example")
	request, cancel := ReadMessage(mail.Read(box[1])), ReadMessage(mail.Read(box[len(box)-1]))
	if len(request.Objects) != 2 || len(cancel.Objects) != 1 || len(request.Problems)+len(cancel.Problems) != 0 {
		t.Fatalf("the poll holds %d objects, its end %d: %v %v", len(request.Objects), len(cancel.Objects), request.Problems, cancel.Problems)
	}
	hold, gone := request.Objects[0].Events[0], cancel.Objects[0].Events[0]
	if hold.UID != gone.UID || hold.Status != "TENTATIVE" || hold.Transparent || gone.Sequence <= hold.Sequence || hold.Organizer.Address != gone.Organizer.Address {
		t.Errorf("the hold %+v\nis cancelled by %+v", hold, gone)
	}
	invitation := func() []byte {
		for _, raw := range box {
			if bytes.Contains(raw, []byte("Subject: Invitation: ")) {
				return raw
			}
		}
		t.Fatal("there is no invitation")
		return nil
	}()
	winner := ReadMessage(mail.Read(invitation)).Objects[0].Events[0]
	if hold = request.Objects[1].Events[0]; winner.UID != hold.UID || winner.Organizer.Address != hold.Organizer.Address || winner.Sequence <= hold.Sequence || !winner.Start.Equal(hold.Start) {
		t.Errorf("the hold %+v\nbecame %+v", hold, winner)
	}
}

// TestPollOfClosedCommunity: a poll ends without a meeting where the community was closed meanwhile.
func TestPollOfClosedCommunity(t *testing.T) {
	w := newWorld(t)
	ada := w.facilitator("ada@a.example", "Ada")
	w.check(w.meet("ada@a.example", "Clinic", "Mon 7 Dec 2026 15:00 or Tue 8 Dec 2026 10:00"))
	if _, err := w.Press(ctx, mail.Ticket{Kind: mail.TicketMeet, Person: ada.ID, Object: 1}, choiceConfirm); err != nil {
		t.Fatal(err)
	}
	w.c.Closed = true
	w.check(w.DB.UpdateCommunity(ctx, w.by(), w.c))
	p, err := w.DB.Poll(ctx, 1)
	w.check(err)
	if _, err := w.ClosePoll(ctx, w.by(), p, 1); store.KindOf(err) != store.Conflict {
		t.Errorf("a meeting of a closed community: %v", err)
	}
	w.now = w.now.AddDate(0, 0, 10)
	_, err = w.Due(ctx, w.now)
	w.check(err)
	if p, err = w.DB.Poll(ctx, 1); err != nil || p.State != store.PollClosed || p.Chosen != 0 {
		t.Errorf("the poll is %s with %d: %v", p.State, p.Chosen, err)
	}
}
