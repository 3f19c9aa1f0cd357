package calendar

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"guildpost/calendar/itip"
	"guildpost/mail"
	"guildpost/store"
)

// A client is somebody's calendar: it does what the mails say, as RFC 5546 has it.
type client struct {
	t    *testing.T
	read int                     // of the mails
	have map[string]*itip.Series // by UID
}

// take reads a mail.
func (c *client) take(raw []byte) {
	c.t.Helper()
	c.read++
	said := ReadMessage(mail.Read(raw))
	if len(said.Objects) != 1 || len(said.Problems) > 0 || len(said.Objects[0].Events) == 0 {
		c.t.Fatalf("mail %d holds %+v", c.read, said)
	}
	o := said.Objects[0]
	whole, uid := o.Events[0].RecurrenceID.IsZero(), o.Events[0].UID
	known := c.have[uid]
	switch {
	case whole && o.Method == itip.Cancel:
		delete(c.have, uid)
	case whole:
		if known != nil && o.Events[0].Sequence <= highest(known) {
			c.t.Errorf("mail %d has SEQUENCE %d, and %d came before: a calendar passes it over", c.read, o.Events[0].Sequence, highest(known))
		}
		c.have[uid] = &itip.SeriesOf(o.Events)[0]
	case known == nil:
		c.t.Errorf("mail %d is about a date of a meeting that is not there", c.read)
	default:
		for _, e := range o.Events {
			c.takeDate(known, o.Method, e)
		}
	}
}

func (c *client) takeDate(series *itip.Series, method itip.Method, e itip.Event) {
	for _, known := range series.Changes {
		if known.RecurrenceID.Equal(e.RecurrenceID) && known.Sequence >= e.Sequence {
			c.t.Errorf("mail %d: a date has SEQUENCE %d, and %d before", c.read, e.Sequence, known.Sequence)
		}
	}
	if method == itip.Cancel {
		e.Status = "CANCELLED"
	}
	series.Changes = append(series.Changes, e)
	var exceptions []itip.Time
	for _, x := range series.Master.Exceptions {
		if !x.Equal(e.RecurrenceID) {
			exceptions = append(exceptions, x)
		}
	}
	series.Master.Exceptions = exceptions
}

func highest(s *itip.Series) (n int) {
	n = s.Master.Sequence
	for _, e := range s.Changes {
		n = max(n, e.Sequence)
	}
	return n
}

// dates are what the calendar shows of a meeting from a time on.
func (c *client) dates(uid string, from time.Time) string {
	if c.have[uid] == nil {
		return ""
	}
	return datesOfSeries(c.have[uid], from)
}

func datesOfSeries(s *itip.Series, from time.Time) string {
	all, _ := s.Between(from, from.AddDate(0, 6, 0), time.UTC)
	var lines []string
	for _, o := range all {
		lines = append(lines, fmt.Sprint(o.Start, " to ", o.End, " at ", o.Event.Location))
	}
	return strings.Join(lines, "\n")
}

// A changing is a world in which a meeting is changed at random.
type changing struct {
	*world
	t       *testing.T
	random  *rand.Rand
	m       store.Meeting // the one that is changed next
	members map[string]store.Subscription
	clients map[string]*client
}

// edit changes something at random; at times the daemon is killed before anybody hears.
func (c *changing) edit() {
	all := c.confirmed()
	if len(all) == 0 {
		return
	}
	c.m = all[c.random.IntN(len(all))]
	var e Edit
	place, length := fmt.Sprint("Room ", c.random.IntN(5)), time.Duration(30+30*c.random.IntN(3))*time.Minute
	starts := c.m.Starts.Add(time.Duration(c.random.IntN(5)-2) * time.Hour)
	rule := []string{"FREQ=WEEKLY;COUNT=10", "FREQ=WEEKLY;COUNT=6", "FREQ=DAILY;COUNT=12", "FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=2;COUNT=5"}[c.random.IntN(5)]
	zone := []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe"}[c.random.IntN(3)]
	title := fmt.Sprint("Clinic ", c.random.IntN(3))
	switch c.random.IntN(12) {
	case 0:
		e.Title = &title
	case 1:
		e.Location = &place
	case 2:
		e.Starts = &starts
	case 3:
		e.Rule = &rule
	case 4:
		e.Zone, e.Length = &zone, &length
	default:
		e = c.dateEdit(place, length)
	}
	var err error
	var is store.Meeting
	switch c.random.IntN(5) {
	case 0, 1:
		is, err = c.Change(ctx, c.by(), c.m, e)
	case 2:
		if is = c.m; e.Occurrence != "" {
			is, _, err = c.Split(ctx, c.by(), c.m, e)
		}
	default:
		if is, err = changed(c.m, e, c.now); err == nil { // and the daemon is killed
			is, err = c.DB.ChangeMeeting(ctx, c.by(), is, nil)
		}
	}
	if kind := store.KindOf(err); err != nil && kind != store.Conflict && kind != store.Invalid {
		c.t.Fatal(err)
	}
	if err == nil {
		c.m = is
	}
}

// confirmed are the meetings that are not cancelled.
func (c *changing) confirmed() (all []store.Meeting) {
	c.t.Helper()
	kept, err := c.DB.Meetings(ctx, c.c.ID, time.Time{})
	c.check(err)
	for _, m := range kept {
		if m.State == store.MeetingConfirmed {
			all = append(all, m)
		}
	}
	return all
}

func (c *changing) dateEdit(place string, length time.Duration) (e Edit) {
	all, _ := (&itip.Series{Master: must(seriesOf(store.Meeting{UID: "x", Starts: c.m.Starts, Zone: c.m.Zone, Rule: c.m.Rule, Length: c.m.Length})).Master}).
		Next(c.now, 8, time.UTC)
	if len(all) == 0 {
		return e
	}
	o := all[c.random.IntN(len(all))]
	e.Occurrence = o.ID.Key()
	starts := o.ID.Wall.Add(time.Duration(c.random.IntN(100)-20) * time.Hour)
	switch c.random.IntN(4) {
	case 0:
		e.Cancel = true
	case 1:
		e.Location = &place
	case 2:
		e.Starts, e.Length = &starts, &length
	case 3:
		back := o.ID.Wall
		e.Starts = &back
	}
	return e
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// cutOff tells some, and the daemon is killed.
func (c *changing) cutOff() {
	all, err := c.DB.Outdated(ctx, c.m, 1+c.random.IntN(2))
	c.check(err)
	if len(all) > 0 {
		_, err = c.tellSome(c.m, all)
		c.check(err)
	}
}

// joinOrLeave changes who is there.
func (c *changing) joinOrLeave() {
	address := fmt.Sprintf("m%d@a.example", c.random.IntN(4))
	if s, there := c.members[address]; there {
		c.check(c.DB.EndSubscription(ctx, c.by(), s.ID, store.Left))
		delete(c.members, address)
	} else {
		c.members[address] = c.join(address, "")
	}
}

func (c *changing) answer() {
	for _, s := range c.members {
		i, err := c.DB.Invitation(ctx, c.m.ID, s.ID)
		if err != nil || i.State != store.Invited {
			continue
		}
		r := replyMail{from: s.Address, attendee: s.Address, answer: []string{"ACCEPTED", "DECLINED", "TENTATIVE"}[c.random.IntN(3)], uid: c.m.UID,
			stamp: c.now, sequence: i.Sequence}
		if next, _ := Next(c.m, c.now, 5); len(next) > 0 && c.random.IntN(2) == 0 {
			r.date = next[c.random.IntN(len(next))].Format("20060102T150405Z")
		}
		c.check(c.Answer(ctx, c.c, mail.Envelope{From: s.Address}, r.message(), mail.Ticket{Kind: mail.TicketRSVP, Person: s.ID, Object: c.m.ID}))
		return
	}
}

// deliver brings everybody their mails.
func (c *changing) deliver() {
	for n := range 4 {
		address := fmt.Sprintf("m%d@a.example", n)
		if c.clients[address] == nil {
			c.clients[address] = &client{t: c.t, have: map[string]*itip.Series{}}
		}
		for _, raw := range c.outbox(address)[c.clients[address].read:] {
			if strings.Contains(string(raw), "text/calendar") {
				c.clients[address].take(raw)
			} else {
				c.clients[address].read++ // help
			}
		}
	}
}

// TestAnyChanges: whatever is changed, in whatever order people join, leave and answer and the daemon is killed: in the end
// every calendar shows the meeting as it is, and no answer counts for a time at which it was not given.
func TestAnyChanges(t *testing.T) {
	long(t)
	for seed := range uint64(60) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			w := newWorld(t)
			c := &changing{world: w, t: t, random: rand.New(rand.NewPCG(seed, 1)), members: map[string]store.Subscription{}, clients: map[string]*client{}}
			p := w.clinic()
			p.Rule = "FREQ=WEEKLY;COUNT=10"
			c.members["m0@a.example"], c.members["m1@a.example"] = w.join("m0@a.example", ""), w.join("m1@a.example", "")
			c.m = w.call(p)
			for range 25 {
				[]func(){c.edit, c.edit, c.edit, c.cutOff, c.joinOrLeave, c.answer, c.answer, c.deliver, func() { w.now = w.now.Add(9 * time.Hour) }}[c.random.IntN(9)]()
			}
			c.settled()
		})
	}
}

// settled tells what is to be told and looks at every calendar.
func (c *changing) settled() {
	c.t.Helper()
	for range 2 {
		_, err := c.Due(ctx, c.now)
		c.check(err)
	}
	c.deliver()
	all, err := c.DB.Meetings(ctx, c.c.ID, time.Time{})
	c.check(err)
	for _, m := range all {
		c.compare(m)
	}
}

// compare looks at what everybody sees of a meeting.
func (c *changing) compare(m store.Meeting) {
	c.t.Helper()
	series, err := seriesOf(m)
	c.check(err)
	shown := datesOfSeries(&series, c.now)
	if m.State == store.MeetingCancelled {
		shown = ""
	}
	for address, client := range c.clients {
		want := ""
		if _, member := c.members[address]; member {
			want = shown
		}
		if got := client.dates(m.UID, c.now); got != want {
			c.t.Errorf("%s sees of meeting %d\n%s\nwant\n%s", address, m.ID, got, want)
		}
	}
	answers, err := c.DB.RSVPs(ctx, m.ID, 0)
	c.check(err)
	for _, r := range answers {
		if r.Stale != staleAnswer(m, r) {
			c.t.Errorf("the answer %+v is not as stale as it is: %+v", r, m.Times)
		}
	}
}
