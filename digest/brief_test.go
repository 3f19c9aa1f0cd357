package digest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/store/storetest"
	"guildpost/templates"
)

// briefTime is a Monday, at eight in UTC.
var briefTime = time.Date(2026, 11, 30, 8, 0, 0, 0, time.UTC)

// TestNextBrief: a brief is due on Mondays at eight on the reader's clock, across changes of the clocks, and not while they are away.
func TestNextBrief(t *testing.T) {
	at := func(text string) time.Time {
		made, err := time.Parse("2006-01-02 15:04", text)
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	tests := []struct{ name, zone, after, away, want string }{
		{"from a Wednesday", "UTC", "2026-11-25 12:00", "", "2026-11-30 08:00"},
		{"just before", "UTC", "2026-11-30 07:59", "", "2026-11-30 08:00"},
		{"at that time it is the next one", "UTC", "2026-11-30 08:00", "", "2026-12-07 08:00"},
		{"west of here", "America/Lima", "2026-11-30 12:00", "", "2026-11-30 13:00"},
		{"where it is Monday before here", "Pacific/Auckland", "2026-11-29 12:00", "", "2026-11-29 19:00"},
		{"before the clocks change", "Europe/Berlin", "2026-10-20 12:00", "", "2026-10-26 07:00"},
		{"and after it", "Europe/Berlin", "2026-10-19 12:00", "2026-10-27 00:00", "2026-11-02 07:00"},
		{"in summer", "Europe/Berlin", "2026-10-16 12:00", "", "2026-10-19 06:00"},
		{"away until the middle of a week", "UTC", "2026-11-25 12:00", "2026-12-02 00:00", "2026-12-07 08:00"},
	}
	for _, test := range tests {
		zone, err := time.LoadLocation(test.zone)
		if err != nil {
			t.Fatal(err)
		}
		var s store.Subscription
		if test.away != "" {
			s.VacationUntil = at(test.away)
		}
		if got := nextBrief(s, at(test.after), zone); !got.Equal(at(test.want)) {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
}

// briefing is a community that Ada and Ben facilitate, where Eve is new and waits for an answer.
func briefing(t *testing.T) (*month, *Briefs) {
	t.Helper()
	m := newMonth(t, "Ada", "Ben", "Cid")
	for _, name := range []string{"Ada", "Ben"} {
		s := m.subs[name]
		s.Roles = []store.Role{store.Facilitator}
		m.check(m.n.DB.UpdateSubscription(context.Background(), storetest.By(briefTime.AddDate(-1, 0, 0)), s))
		m.subs[name] = s
	}
	m.join("Eve", briefTime.AddDate(0, 0, -5))
	m.write("Eve", "Who has used proptest?", "And how was it?", "", briefTime.AddDate(0, 0, -4))
	return m, NewBriefs(m.n)
}

// due runs what is due at a time, again and again, and wants so many mails of the first run and none of the second.
func (m *month) due(b *Briefs, now time.Time, want int) {
	m.t.Helper()
	m.n.Now = func() time.Time { return now }
	for i, n := range []int{want, 0} {
		if got, err := b.Due(context.Background(), now); err != nil || got != n {
			m.t.Fatalf("call %d at %s: %d mails, %v; want %d", i, now, got, err, n)
		}
	}
}

// TestBriefOnce: each facilitator gets one brief a week, though Due is called again and again; after weeks the latest, once.
func TestBriefOnce(t *testing.T) {
	m, b := briefing(t)
	m.due(b, briefTime.AddDate(0, 0, -3), 0) // its time is found out
	m.due(b, briefTime.Add(-time.Minute), 0)
	m.due(b, briefTime, 2)
	m.due(b, briefTime.AddDate(0, 0, 1), 0)
	m.write("Cid", "Which linter?", "I ask.", "", briefTime.AddDate(0, 0, 30))
	m.due(b, briefTime.AddDate(0, 0, 33), 2)
	ada := m.subs["Ada"]
	ada.VacationUntil = briefTime.AddDate(0, 0, 36)
	m.check(m.n.DB.UpdateSubscription(context.Background(), storetest.By(briefTime), ada))
	m.due(b, briefTime.AddDate(0, 0, 35), 1) // Ben's
	m.write("Cid", "Which formatter?", "I ask.", "", briefTime.AddDate(0, 0, 38))
	m.due(b, briefTime.AddDate(0, 0, 42), 2)
	m.c.NoBrief = true
	m.check(m.n.DB.UpdateCommunity(context.Background(), storetest.By(briefTime), m.c))
	m.write("Cid", "Which editor?", "I ask.", "", briefTime.AddDate(0, 0, 45))
	m.due(b, briefTime.AddDate(0, 0, 49), 0)
}

// TestBriefInterrupted: a run that is cut, wherever that is, leaves each facilitator with one brief once it is gone on with.
func TestBriefInterrupted(t *testing.T) {
	m, b := briefing(t)
	m.due(b, briefTime.AddDate(0, 0, -1), 0)
	storetest.Drain(t, m.n.DB, briefTime) // the copies of posts
	m.n.Now = func() time.Time { return briefTime }
	interrupted := 0
	for cut := range 40 {
		ctx, cancel := context.WithCancel(context.Background())
		after := &countedContext{Context: ctx, cancel: cancel}
		after.left.Store(int64(cut * 3))
		_, err := b.Due(after, briefTime)
		if err != nil && !errors.Is(err, context.Canceled) && !strings.Contains(err.Error(), "interrupted") {
			t.Fatalf("cut %d: %v", cut, err)
		}
		if err != nil {
			interrupted++
		}
		cancel()
	}
	if _, err := b.Due(context.Background(), briefTime); err != nil {
		t.Fatal(err)
	}
	if got := storetest.Drain(t, m.n.DB, briefTime); len(got) != 2 || interrupted < 5 {
		t.Errorf("after %d interruptions %d copies are sent: %v", interrupted, len(got), got)
	}
}

// A countedContext is cancelled when it has been asked for its end so many times.
type countedContext struct {
	context.Context
	left   atomic.Int64
	cancel func()
}

func (c *countedContext) Done() <-chan struct{} {
	if c.left.Add(-1) < 0 {
		c.cancel()
	}
	return c.Context.Done()
}

// TestBriefFits: a community where more waits than anybody could read gives a brief that Gmail does not cut.
func TestBriefFits(t *testing.T) {
	m, b := briefing(t)
	long := strings.Repeat("A very long question that goes on and on, ", 6)
	for i := range 60 {
		m.write(fmt.Sprintf("Guest %d", i), fmt.Sprintf("%d %s", i, long), "How?", "", briefTime.AddDate(0, 0, -5))
		_, err := m.n.DB.HoldPost(context.Background(), store.Arrival{CommunityID: m.c.ID, Raw: []byte("From: x@x.example\r\n\r\n"), MessageID: fmt.Sprintf("h%d", i),
			BodyHash: []byte{byte(i)}, From: "x@x.example", Subject: fmt.Sprintf("%d %s", i, long), Now: briefTime.AddDate(0, 0, -1)}, store.Holding{Reason: "non-member"})
		m.check(err)
		address := fmt.Sprintf("zoe%d@z.example", i)
		r, err := m.n.DB.Ask(context.Background(), store.Request{CommunityID: m.c.ID, Kind: store.RequestJoin, Address: address, State: store.Confirmed,
			Payload: fmt.Sprintf(`{"name":"Zoë %d","answers":[{"Question":"%s?","Text":"%s"}]}`, i, long, strings.Repeat(long, 20)), AskedAt: briefTime.AddDate(0, 0, -2),
			ExpiresAt: briefTime.AddDate(0, 1, 0)}, func(int64) ([]store.Notice, error) { return nil, nil })
		m.check(err)
		if i < 30 {
			m.check(m.n.DB.Decide(context.Background(), storetest.By(briefTime), r.ID, r.State, store.RequestDone, "", nil))
			m.joinAs(address, briefTime.AddDate(0, 0, -2))
		}
	}
	m.n.Now = func() time.Time { return briefTime }
	for _, lang := range templates.Languages() {
		ada := m.subs["Ada"]
		ada.Language = lang
		raw, page, err := b.Preview(context.Background(), m.c, ada)
		m.check(err)
		if len(page) > 100_000 || len(raw) > 150_000 {
			t.Errorf("%s: the HTML has %d octets, the mail %d", lang, len(page), len(raw))
		}
		t.Logf("%s: the HTML has %d octets, the mail %d", lang, len(page), len(raw))
		text := strings.Join(strings.Fields(mail.Read(raw).Text().All), " ")
		if n := map[string]string{"en": "And 48 more posts wait.", "de": "Und 48 weitere Beiträge warten.", "es": "Y 48 mensajes más esperan."}[lang]; !strings.Contains(text, n) {
			t.Errorf("%s: there is no %q:\n%s", lang, n, text)
		}
	}
}

// joinAs lets somebody in by an address alone.
func (m *month) joinAs(address string, at time.Time) {
	m.t.Helper()
	_, _, err := m.n.DB.AddMember(context.Background(), storetest.By(at), m.c.ID, store.NewMember{Address: address})
	m.check(err)
}

// TestSuggestion: what is suggested is the most important of what there is, and something whenever anything is told.
func TestSuggestion(t *testing.T) {
	link := "mailto:x@x.example"
	all := templates.Brief{
		Owed:      []templates.BriefThread{{From: "Dana", Reply: link}, {From: "Eve", Newcomer: true, Reply: link}},
		Joins:     []templates.HeldJoin{{Address: "zoe@z.example"}},
		Posts:     []templates.HeldPost{{Subject: "A job"}},
		Alarms:    []templates.BriefAlarm{{Kind: "slow"}, {Kind: "drought", N: 3}},
		Proposals: []templates.BriefProposal{{Title: "Clinic"}},
		Untold:    []templates.BriefMeeting{{Title: "Clinic"}},
		Issue:     &templates.BriefIssue{},
		New:       []templates.BriefPerson{{Name: "Finn", Wrote: true}, {Name: "Gil", Write: link}},
		Hosts:     []templates.BriefHost{{Name: "Cid", Write: link}},
		Actions:   []templates.BriefAction{{What: "Book the room"}},
		Quiet:     []templates.BriefPerson{{Name: "Hal", Write: link}},
		Report:    &templates.BriefReport{},
	}
	steps := []struct {
		kind, name string
		without    func(*templates.Brief)
	}{
		{"newcomer", "Eve", func(b *templates.Brief) { b.Owed = b.Owed[:1] }},
		{"join", "zoe@z.example", func(b *templates.Brief) { b.Joins = nil }},
		{"held", "", func(b *templates.Brief) { b.Posts = nil }},
		{"drought", "", func(b *templates.Brief) { b.Alarms = b.Alarms[:1] }},
		{"question", "Dana", func(b *templates.Brief) { b.Owed = nil }},
		{"proposal", "", func(b *templates.Brief) { b.Proposals = nil }},
		{"attendance", "", func(b *templates.Brief) { b.Untold = nil }},
		{"issue", "", func(b *templates.Brief) { b.Issue = nil }},
		{"greet", "Gil", func(b *templates.Brief) { b.New = nil }},
		{"host", "Cid", func(b *templates.Brief) { b.Hosts = nil }},
		{"action", "", func(b *templates.Brief) { b.Actions = nil }},
		{"quiet", "Hal", func(b *templates.Brief) { b.Quiet = nil }},
		{"report", "", func(b *templates.Brief) { b.Report = nil }},
		{"alarm", "", func(b *templates.Brief) { b.Alarms = nil }},
		{"", "", func(*templates.Brief) {}},
	}
	for _, step := range steps {
		if got := suggestion(all); got.Kind != step.kind || got.Name != step.name {
			t.Errorf("%s about %q is suggested, want %s about %q", got.Kind, got.Name, step.kind, step.name)
		}
		step.without(&all)
	}
}
