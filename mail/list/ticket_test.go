package list

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"guildpost/mail"
	"guildpost/store"
)

// TestWrongTickets: what is no ticket is answered with help once a day, and beyond that nothing is written down about it.
func TestWrongTickets(t *testing.T) {
	w := newClub(t, store.Rules{})
	wrong := func(from, token string) {
		t.Helper()
		env, m := w.write(from, "", "Yes, please")
		w.check(w.Ticket(t.Context(), w.community, env, m, token))
	}
	bad := w.Keys.Seal(mail.Ticket{Kind: mail.TicketLeave, Person: 7, Object: 99}) // of a community that is not there
	for _, token := range []string{"k3q7zj2m5xw4ra6tn8vbc2dh", "", strings.Repeat("a", 200), bad} {
		w.now = w.now.Add(25 * time.Hour)
		wrong("zoe@z.example", token)
		if got := w.sent(); len(got) != 1 || got[0].to != "zoe@z.example" || !strings.Contains(got[0].Subject, "did not work") {
			t.Errorf("%q is answered with %v", token, got)
		}
	}
	left := func() string {
		limits, err := w.DB.Limits(t.Context(), "")
		w.check(err)
		journal, err := w.DB.Journal(t.Context(), 0, 1000)
		w.check(err)
		return fmt.Sprintln(w.everything(), limits, journal)
	}
	before := left()
	for i := range 50 {
		wrong("zoe@z.example", fmt.Sprintf("aaaaaaaaaa%d", i))
	}
	if after := left(); after != before {
		t.Errorf("fifty more on the same day left this behind:\n%s\nbefore:\n%s", after, before)
	}
	w.now = w.now.Add(2 * time.Hour)
	for i := range 2 * helpedAnHour {
		wrong(fmt.Sprintf("x%d@flood.example", i), "aaaaaaaaaa")
	}
	if got := w.sent(); len(got) != helpedAnHour {
		t.Errorf("%d who may be forged were helped within an hour, want %d", len(got), helpedAnHour)
	}
	w.now = w.now.Add(2 * time.Hour)
	wrong("mia@m.example", "aaaaaaaaaa")
	if got := w.sent(); len(got) != 1 {
		t.Errorf("an hour later %d were helped", len(got))
	}
}

// TestButtons: what mail programs send by themselves for their reader leaves; what else comes from machines does nothing.
func TestButtons(t *testing.T) {
	const auto = "Auto-Submitted: auto-replied\r\n"
	for _, test := range []struct {
		name, header string
		kind         mail.TicketKind
		null         bool
		want         store.SubscriptionState
	}{
		{"a button", auto + "X-Apple-Unsubscribe: true\r\nSubject: unsubscribe\r\n", mail.TicketLeave, false, store.Left},
		{"a button of another program", auto, mail.TicketLeave, false, store.Left},
		{"a report with the null sender", auto, mail.TicketLeave, true, store.Active},
		{"a report", "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\nSubject: Undelivered Mail Returned to Sender\r\n", mail.TicketLeave, false, store.Active},
		{"another list", "List-Id: <other.example>\r\nPrecedence: list\r\n", mail.TicketLeave, false, store.Active},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newClub(t, store.Rules{})
			s := w.member("eva@e.example", "Eva")
			token := w.Keys.Seal(mail.Ticket{Kind: test.kind, Person: s.ID, Object: w.community.ID})
			env, m := w.write("eva@e.example", test.header, "unsubscribe")
			if test.null {
				env.From = ""
			}
			w.check(w.Ticket(t.Context(), w.community, env, m, token))
			if got := w.state("eva@e.example"); got != test.want {
				t.Errorf("she is %s, want %s", got, test.want)
			}
		})
	}
}
