package list

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"guildpost/mail"
	"guildpost/mail/bounce"
	"guildpost/store"
	"guildpost/store/storetest"
)

// A bounceWorld is a community whose mail fails.
type bounceWorld struct {
	*List
	t   testing.TB
	now time.Time
	c   store.Community
	all []store.Subscription
}

func newBounceWorld(t testing.TB, db *store.DB, members int) *bounceWorld {
	t.Helper()
	w := &bounceWorld{t: t, now: storetest.Now, c: storetest.Community(t, db, "rust")}
	keys, err := mail.NewKeyring(mail.Key{ID: 1, Secret: bytes.Repeat([]byte{1}, 32), Since: w.now.Add(-time.Hour)})
	w.check(err)
	w.List = &List{DB: db, Keys: keys, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return w.now }, Random: rand.Reader,
		PublicURL: "https://lists.example.org", Hostname: "lists.example.org", Postmaster: "root@pm.example"}
	var some []store.NewMember
	for i := range members {
		some = append(some, store.NewMember{Address: fmt.Sprintf("m%d@d%d.example", i, i)})
	}
	_, err = db.ImportMembers(t.Context(), storetest.By(w.now.Add(-time.Hour)), w.c.ID, some)
	w.check(err)
	w.all = storetest.Subscriptions(t, db, w.c)
	return w
}

func (w *bounceWorld) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// post delivers a post and returns its deliveries by subscription.
func (w *bounceWorld) post(id string) map[int64]int64 {
	w.t.Helper()
	a := storetest.Arrival(w.c, id)
	a.Now = w.now
	storetest.Accept(w.t, w.DB, a)
	storetest.Drain(w.t, w.DB, w.now)
	rows, err := w.DB.QueueList(w.t.Context(), store.QueueFilter{MessageID: a.MessageID, States: []store.DeliveryState{store.Sent}})
	w.check(err)
	sent := map[int64]int64{}
	for _, r := range rows {
		sent[r.SubscriptionID] = r.ID
	}
	return sent
}

func (w *bounceWorld) token(s store.Subscription, delivery int64) string {
	return w.Keys.Seal(mail.Ticket{Kind: mail.TicketBounce, Person: s.ID, Object: delivery})
}

func (w *bounceWorld) bounce(token, raw string) error {
	return w.Bounce(w.t.Context(), w.c, mail.Envelope{Protocol: "ESMTP"}, mail.Read([]byte(strings.ReplaceAll(raw, "\n", "\r\n"))), token)
}

func (w *bounceWorld) health(s store.Subscription) store.Health {
	w.t.Helper()
	h, err := w.DB.HealthOf(w.t.Context(), s.Address, w.now.AddDate(0, 0, -90))
	w.check(err)
	return h
}

func (w *bounceWorld) state(s store.Subscription) store.SubscriptionState {
	w.t.Helper()
	got, err := w.DB.Subscription(w.t.Context(), s.ID)
	w.check(err)
	return got.State
}

// mails delivers what waits, and returns to whom it goes.
func (w *bounceWorld) mails() []string {
	w.t.Helper()
	return storetest.Drain(w.t, w.DB, w.now)
}

// report is a delivery status notification.
func report(recipient, action, status, reply, more string) string {
	return "From: MAILER-DAEMON@mx.example\nTo: x@lists.example.org\nSubject: Undelivered Mail Returned to Sender\nAuto-Submitted: auto-replied\n" +
		"MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nIt could not be delivered.\n\n" +
		"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; " + recipient + "\nAction: " + action +
		"\nStatus: " + status + "\nDiagnostic-Code: smtp; " + reply + "\n\n--b\nContent-Type: text/rfc822-headers\n\n" + more + "\n--b--\n"
}

func deadReport(recipient string) string {
	return report(recipient, "failed", "5.1.1", "550 5.1.1 no such user", "Subject: x")
}

// TestBounceTickets: only the ticket says whose failure it is, and none but a whole one counts.
func TestBounceTickets(t *testing.T) {
	db := storetest.Open(t)
	w := newBounceWorld(t, db, 3)
	other := storetest.Community(t, db, "go")
	others := storetest.Members(t, db, other, 1)
	good := w.token(w.all[0], 0)
	for name, test := range map[string]struct {
		token string
		want  store.Kind // of the refusal, 0 for none
	}{
		"another kind of ticket":     {w.Keys.Seal(mail.Ticket{Kind: mail.TicketLeave, Person: w.all[0].ID, Object: w.c.ID}), store.NotFound},
		"of another community":       {w.token(others[0], 0), store.NotFound},
		"of nobody":                  {w.token(store.Subscription{ID: 999}, 0), 0},
		"cut":                        {good[:len(good)-1], store.NotFound},
		"a letter changed":           {"b" + good[1:], store.NotFound},
		"made up":                    {"aaaaaaaaaaaaaaaaaaaa", store.NotFound},
		"of a time that is over":     {w.Keys.Seal(mail.Ticket{Kind: mail.TicketBounce, Person: w.all[0].ID, Expires: w.now.Add(-48 * time.Hour)}), 0},
		"none, and no shared copies": {"", 0},
	} {
		t.Run(name, func(t *testing.T) {
			err := w.bounce(test.token, deadReport(w.all[0].Address))
			if test.want == 0 && err != nil || test.want != 0 && (err == nil || store.KindOf(err) != test.want) {
				t.Errorf("got %v, want kind %d", err, test.want)
			}
		})
	}
	if h := w.health(w.all[0]); h.Days != 0 {
		t.Errorf("something was counted: %+v", h)
	}
	w.check(w.bounce(strings.ToUpper(good), deadReport("somebody@else.example")))
	if h := w.health(w.all[0]); h.HardDays != 1 {
		t.Errorf("a good ticket was not counted: %+v", h)
	}
	if to := w.mails(); len(to) > 0 {
		t.Errorf("mail went to %v", to)
	}
}

// TestForgedBounces: threats B11.
func TestForgedBounces(t *testing.T) {
	w := newBounceWorld(t, storetest.Open(t), 2)
	good := w.token(w.all[0], 1)
	raw := deadReport(w.all[0].Address)
	alphabet := "abcdefghijklmnopqrstuvwxyz234567"
	for i := range 10_000 {
		at := i % len(good)
		forged := good[:at] + string(alphabet[(strings.IndexByte(alphabet, good[at])+1+i/len(good)%31)%32]) + good[at+1:]
		if err := w.bounce(forged, raw); store.KindOf(err) != store.NotFound || err == nil {
			t.Fatalf("forged ticket %d was answered with %v", i, err)
		}
	}
	if h := w.health(w.all[0]); h.Last.ID != 0 {
		t.Errorf("something was kept: %+v", h)
	}
	if to := w.mails(); len(to) > 0 {
		t.Errorf("mail went to %v", to)
	}
}

func TestVerdict(t *testing.T) {
	r := func(recipient string, class bounce.Class, action string) bounce.Result {
		return bounce.Result{Recipient: recipient, Class: class, Action: action}
	}
	for name, test := range map[string]struct {
		results []bounce.Result
		want    string // class, or "" where nothing counts
	}{
		"nothing":                             {nil, ""},
		"the address":                         {[]bounce.Result{r("Ben@B.example", bounce.Hard, "failed")}, "hard"},
		"where it was sent on to":             {[]bounce.Result{r("x@y.example", bounce.Hard, "failed")}, "hard"},
		"behind a forward, by its original":   {[]bounce.Result{{Recipient: "x@y.example", Original: "ben@b.example", Class: bounce.Soft}, r("z@y.example", bounce.Hard, "failed")}, "soft"},
		"the address among others":            {[]bounce.Result{r("x@y.example", bounce.Soft, "failed"), r("ben@b.example", bounce.Hard, "failed")}, "hard"},
		"the least of others":                 {[]bounce.Result{r("x@y.example", bounce.Hard, "failed"), r("z@y.example", bounce.Soft, "failed")}, "soft"},
		"some of others arrived":              {[]bounce.Result{r("x@y.example", bounce.Hard, "failed"), r("z@y.example", bounce.None, "delivered")}, "soft"},
		"delayed":                             {[]bounce.Result{r("ben@b.example", bounce.Soft, "delayed")}, ""},
		"delivered":                           {[]bounce.Result{r("ben@b.example", bounce.None, "delivered")}, ""},
		"delayed for one, failed for another": {[]bounce.Result{r("x@y.example", bounce.Soft, "delayed"), r("z@y.example", bounce.Hard, "failed")}, "hard"},
	} {
		t.Run(name, func(t *testing.T) {
			got := ""
			if worst, ok := verdict(test.results, "ben@b.example"); ok {
				got = worst.Class.String()
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestFindMass(t *testing.T) {
	failures := func(minutes int, addresses ...string) (all []store.Failure) {
		for i, a := range addresses {
			all = append(all, store.Failure{Address: a, DeliveryID: int64(len(a)*1000 + int(a[0])), At: storetest.Now.Add(time.Duration(i*minutes) * time.Minute)})
		}
		return all
	}
	dead := map[string]int{"a@a": massDays, "b@a": massDays, "c@a": massDays, "b@b": massDays, "c@c": massDays + 4, "d@d": massDays - 1}
	for name, test := range map[string]struct {
		failures []store.Failure
		copies   int
		to       map[string]int
		want     string
		earlier  map[string]int
	}{
		"a third, dead for days":                {failures(1, "a@a", "b@b", "c@c"), 13, nil, "", dead},
		"a third, and one new":                  {failures(1, "a@a", "b@b", "c@c", "e@e"), 13, nil, "", dead},
		"a third, and three new":                {failures(1, "a@a", "b@b", "c@c", "d@d", "e@e", "f@f"), 13, nil, "whole", dead},
		"so few are living":                     {failures(1, "a@a", "b@b", "c@c", "d@d", "e@e", "f@f"), 12, nil, "", dead},
		"the way out is shut":                   {failures(1, "a@a", "b@b", "c@c", "d@d", "e@e", "f@f", "g@g", "h@h", "i@i"), 11, nil, "whole", map[string]int{"a@a": 9, "b@b": 9, "c@c": 9, "d@d": 9, "e@e": 9, "f@f": 9, "g@g": 9, "h@h": 9, "i@i": 9}},
		"a domain, dead for days":               {failures(10, "a@a", "b@a", "c@a"), 100, map[string]int{"a": 3}, "", dead},
		"a domain, where one was well":          {failures(10, "a@a", "b@a", "e@a"), 100, map[string]int{"a": 3}, "a", dead},
		"a fifth":                               {failures(1, "a@a", "b@b"), 10, nil, "", nil},
		"more than a fifth":                     {failures(1, "a@a", "b@b", "c@c"), 10, nil, "whole", nil},
		"more than a fifth of few":              {failures(1, "a@a", "b@b", "c@c"), 9, nil, "", nil},
		"one that failed twice is one":          {failures(1, "a@a", "b@b", "a@a"), 10, nil, "", nil},
		"a domain":                              {failures(10, "a@a", "b@a", "c@a"), 100, map[string]int{"a": 3}, "a", nil},
		"a domain but for one":                  {failures(10, "a@a", "b@a", "c@a"), 100, map[string]int{"a": 4}, "", nil},
		"two are no domain":                     {failures(10, "a@a", "b@a"), 100, map[string]int{"a": 2}, "", nil},
		"a domain, slowly":                      {failures(31, "a@a", "b@a", "c@a"), 100, map[string]int{"a": 3}, "", nil},
		"one bounces again later":               {failures(20, "a@a", "b@a", "c@a", "a@a", "a@a"), 100, map[string]int{"a": 3}, "a", nil},
		"deliveries that are not there anymore": {failures(1, "a@a", "b@a", "c@a"), 0, map[string]int{"a": 0}, "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			m := findMass(test.failures, test.copies, test.to, test.earlier)
			got := strings.Join(m.domains, " ")
			if m.whole {
				got = "whole"
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestSuspends: on how many days what fails, by the rules.
func TestSuspends(t *testing.T) {
	for name, test := range map[string]struct {
		days   string // one letter a day: h(ard), s(oft), anything else
		within int
		want   string // the same, with X where the subscription is suspended
	}{
		"three days in a row":        {days: "hhhh", want: "hhX"},
		"two weeks":                  {days: "h......h.....h", want: "h......h.....X"},
		"a day more":                 {days: "h......h......h.", want: "h......h......h."},
		"in fewer days":              {days: "h......h.....h", within: 10, want: "h......h.....h"},
		"soft ones":                  {days: "sssssss", want: "ssssssX"},
		"soft ones over three weeks": {days: "s.s.s.s.s.s.s", want: "s.s.s.s.s.s.X"},
		"soft ones over more":        {days: "s...s...s...s...s...s...s", want: "s...s...s...s...s...s...s"},
		"both":                       {days: "hshssss", want: "hshsssX"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newBounceWorld(t, storetest.Open(t), 1)
			if test.within != 0 {
				w.c.BounceWithin = test.within
				w.check(w.DB.UpdateCommunity(t.Context(), storetest.By(w.now), w.c))
			}
			got := ""
			for _, day := range test.days {
				switch day {
				case 'h':
					w.check(w.bounce(w.token(w.all[0], 0), deadReport(w.all[0].Address)))
				case 's':
					w.check(w.bounce(w.token(w.all[0], 0), report(w.all[0].Address, "failed", "5.2.2", "552 5.2.2 mailbox full", "Subject: x")))
				}
				if w.state(w.all[0]) == store.Suspended {
					got += "X"
					break
				}
				got += string(day)
				w.now = w.now.Add(24 * time.Hour)
			}
			if got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
			if suspended := strings.HasSuffix(got, "X"); suspended != (len(w.mails()) == 1) {
				t.Errorf("suspended %t, but the mails say otherwise", suspended)
			}
		})
	}
}

// TestJoiningAnew: what failed before somebody came back does not count again.
func TestJoiningAnew(t *testing.T) {
	w := newBounceWorld(t, storetest.Open(t), 1)
	s := w.all[0]
	for range 3 {
		w.now = w.now.Add(24 * time.Hour)
		w.check(w.bounce(w.token(s, 0), deadReport(s.Address)))
	}
	w.now = w.now.Add(time.Hour)
	_, _, err := w.DB.AddMember(t.Context(), storetest.By(w.now), w.c.ID, store.NewMember{Address: s.Address})
	w.check(err)
	w.now = w.now.Add(time.Hour)
	w.check(w.bounce(w.token(s, 0), deadReport(s.Address)))
	if got := w.state(s); got != store.Active {
		t.Errorf("after one failure: %s", got)
	}
}

func TestFailed(t *testing.T) {
	for name, test := range map[string]struct {
		reply string
		whole bool
		want  string
	}{
		"no such user":              {reply: "550 5.1.1 no such user", want: "hard"},
		"full":                      {reply: "552 5.2.2 mailbox full", want: "soft"},
		"put off for five days":     {reply: "450 4.2.0 greylisted (tried for 5 days)", want: "soft"},
		"the message is to blame":   {reply: "554 5.6.0 not wanted", whole: true},
		"the smarthost is away":     {reply: "the connection was lost (tried for 5 days)"},
		"the smarthost says so":     {reply: "421 4.3.2 shutting down (tried for 5 days)"},
		"the smarthost is broken":   {reply: "451 4.3.0 queue file write error (tried for 5 days)"},
		"no SMTPUTF8":               {reply: "553 5.6.7 this address needs SMTPUTF8, which the smarthost lacks"},
		"who are you":               {reply: "530 5.7.0 authentication required"},
		"something that is no code": {reply: "5x0 what"},
		"nothing":                   {},
	} {
		t.Run(name, func(t *testing.T) {
			w := newBounceWorld(t, storetest.Open(t), 1)
			s := w.all[0]
			sent := w.post("one")
			w.Failed(t.Context(), FailedDelivery{ID: sent[s.ID], SubscriptionID: s.ID, Recipient: s.Address, Reply: test.reply, Whole: test.whole})
			w.Failed(t.Context(), FailedDelivery{ID: 99, Recipient: "stranger@x.example", Reply: test.reply})
			h := w.health(s)
			got := ""
			switch {
			case h.HardDays == 1:
				got = "hard"
			case h.SoftDays == 1:
				got = "soft"
			}
			if got != test.want || h.Last.Reason != test.reply && got != "" {
				t.Errorf("got %q %+v, want %q", got, h, test.want)
			}
		})
	}
}

// TestRefused: the author and the postmaster hear, and a mail about a mail is not written.
func TestRefused(t *testing.T) {
	w := newBounceWorld(t, storetest.Open(t), 2)
	a := storetest.Arrival(w.c, "one")
	a.From, a.MemberID = w.all[0].Address, w.all[0].MemberID
	post := storetest.Accept(t, w.DB, a)
	stranger := storetest.Accept(t, w.DB, storetest.Arrival(w.c, "two"))
	w.mails()
	for name, test := range map[string]struct {
		d    store.Dispatch
		want []string
	}{
		"a post":                   {store.Dispatch{Kind: store.DispatchPost, CommunityID: w.c.ID, PostID: post.PostID}, []string{w.all[0].Address, "root@pm.example"}},
		"a post by no member":      {store.Dispatch{Kind: store.DispatchPost, CommunityID: w.c.ID, PostID: stranger.PostID}, []string{"root@pm.example"}},
		"a mail of our own":        {store.Dispatch{Kind: store.DispatchNotice, CommunityID: w.c.ID}, nil},
		"a post that is not there": {store.Dispatch{Kind: store.DispatchPost, CommunityID: w.c.ID, PostID: 99}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w.Refused(t.Context(), test.d, "554 5.6.0 not wanted")
			got := w.mails()
			slices.Sort(got)
			if !slices.Equal(got, test.want) {
				t.Errorf("mails to %v, want %v", got, test.want)
			}
		})
	}
}

// TestSharedBounces: without a ticket, a report of a post that the member was sent counts as soft.
func TestSharedBounces(t *testing.T) {
	w := newBounceWorld(t, storetest.Open(t), 3)
	w.SharedCopies = true
	w.post("one")
	for name, test := range map[string]struct {
		raw  string
		soft int
	}{
		"a post of ours":       {report(w.all[0].Address, "failed", "5.1.1", "550 5.1.1 no such user", "Message-ID: <one@example.org>"), 1},
		"a post of somebody's": {report(w.all[1].Address, "failed", "5.1.1", "550 5.1.1 no such user", "Message-ID: <two@example.org>\nList-Id: <rust.lists.example.org>"), 0},
		"no post":              {report(w.all[1].Address, "failed", "5.1.1", "550 5.1.1 no such user", "List-Id: <rust.lists.example.org>"), 0},
		"a stranger":           {report("stranger@x.example", "failed", "5.1.1", "550 5.1.1 no such user", "Message-ID: <one@example.org>"), 0},
		"a delay":              {report(w.all[2].Address, "delayed", "4.4.1", "connection timed out", "Message-ID: <one@example.org>"), 0},
	} {
		t.Run(name, func(t *testing.T) {
			w.check(w.bounce("", test.raw))
			soft := 0
			for _, s := range w.all {
				h := w.health(s)
				soft += h.SoftDays
				if h.HardDays > 0 {
					t.Errorf("%s failed hard", s.Address)
				}
			}
			if name == "a post of ours" && soft != test.soft {
				t.Errorf("%d soft failures, want %d", soft, test.soft)
			}
		})
	}
	total := 0
	for _, s := range w.all {
		total += w.health(s).SoftDays
	}
	if total != 1 {
		t.Errorf("%d failures in the end, want 1", total)
	}
	if to := w.mails(); len(to) > 0 {
		t.Errorf("mail went to %v", to)
	}
}

// TestReports: not every feedback report is a complaint.
func TestReports(t *testing.T) {
	feedback := func(kind string) string {
		return "From: fbl@provider.example\nSubject: report\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\n\n" +
			"--b\n\nA report.\n\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: " + kind + "\nUser-Agent: x/1\nVersion: 1\nOriginal-Rcpt-To: ben@b.example\n\n" +
			"--b\nContent-Type: text/rfc822-headers\n\nSubject: hello\n\n--b--\n"
	}
	for kind, want := range map[string]store.SubscriptionState{
		"abuse": store.Suspended, "fraud": store.Suspended, "opt-out": store.Suspended, "not-spam": store.Active, "auth-failure": store.Active,
	} {
		t.Run(kind, func(t *testing.T) {
			w := newBounceWorld(t, storetest.Open(t), 1)
			w.check(w.bounce(w.token(w.all[0], 0), feedback(kind)))
			w.check(w.bounce(w.token(w.all[0], 0), feedback(kind)))
			if got := w.state(w.all[0]); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			if got := w.mails(); len(got) > 1 || len(got) == 1 && (got[0] != "root@pm.example" || want == store.Active) {
				t.Errorf("mail went to %v", got)
			}
			w.now = w.now.AddDate(0, 2, 0)
			_, err := w.Due(t.Context(), w.now)
			w.check(err)
			if got := w.mails(); len(got) > 0 {
				t.Errorf("later mail went to %v", got)
			}
		})
	}
}
