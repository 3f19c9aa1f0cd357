package calendar

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/store/storetest"
)

var (
	clockSeed  = flag.Uint64("clock.seed", 20261125, "of TestRandomClock")
	clockJumps = flag.Int("clock.jumps", 1000, "of TestRandomClock")
)

// TestRandomClock: the clock jumps a thousand times, forwards and back, while meetings are called, dates are moved and
// cancelled, people answer, and the daemon is restarted and killed. A plain model says after each time who must have been
// reminded of what: each date once for a moment, the last one alone, and nothing else.
func TestRandomClock(t *testing.T) {
	long(t)
	storetest.OnBoth(t, func(t *testing.T, db *store.DB) {
		c := newClockWorld(t, db)
		for step := range *clockJumps {
			c.step(step)
			if t.Failed() {
				t.Fatalf("after %d jumps of the clock, with -clock.seed %d", step, *clockSeed)
			}
		}
		t.Logf("%d reminders of %d dates, %d of them late; %d kills, %d restarts, %d times back", c.sent, len(c.log), c.late, c.kills, c.restarts, c.back)
		if c.sent < *clockJumps/2 || c.kills == 0 || c.restarts == 0 || c.late == 0 {
			t.Error("too little happened for this to say something")
		}
	})
}

// A clockWorld is a world with a model of its meetings.
type clockWorld struct {
	*world
	random   *rand.Rand
	members  []store.Subscription
	meetings []*clockMeeting
	declined map[string]bool // "address title key"
	answered map[string]time.Time
	log      map[string][]time.Time
	seen     int64 // the last delivery that was looked at

	sent, late, kills, restarts, back int
}

// A clockMeeting is a meeting as the model has it.
type clockMeeting struct {
	id    int64
	title string
	zone  *time.Location
	dates []*clockDate
}

type clockDate struct {
	key       string
	wall      time.Time
	cancelled bool
	moved     bool
}

func (d *clockDate) start(zone *time.Location) time.Time {
	w := d.wall
	return time.Date(w.Year(), w.Month(), w.Day(), w.Hour(), w.Minute(), 0, 0, zone)
}

func newClockWorld(t *testing.T, db *store.DB) *clockWorld {
	c := &clockWorld{world: newWorldOn(t, db), random: rand.New(rand.NewPCG(*clockSeed, 1)), declined: map[string]bool{}, answered: map[string]time.Time{}, log: map[string][]time.Time{}}
	c.c.Timezone = "UTC"
	c.check(db.UpdateCommunity(ctx, c.by(), c.c))
	for _, name := range []string{"ada", "ben", "cid", "dan"} {
		c.members = append(c.members, c.join(name+"@a.example", ""))
	}
	c.series("weekly", "Europe/Berlin", 9, 7)
	c.series("often", "America/New_York", 20, 3)
	return c
}

// series calls a meeting that repeats for ever.
func (c *clockWorld) series(title, zone string, hour, days int) {
	first := time.Date(c.now.Year(), c.now.Month(), c.now.Day()+3, hour, 30, 0, 0, time.UTC)
	m := c.call(Plan{Title: title, Starts: first, Zone: zone, Length: time.Hour, Rule: fmt.Sprintf("FREQ=DAILY;INTERVAL=%d", days)})
	model := &clockMeeting{id: m.ID, title: title}
	model.zone, _ = time.LoadLocation(zone)
	for n := range 1000 / days * 2 {
		d := &clockDate{wall: first.AddDate(0, 0, n*days)}
		d.key = d.start(model.zone).UTC().Format(keyLayout)
		model.dates = append(model.dates, d)
	}
	c.meetings = append(c.meetings, model)
}

// step moves the clock, lets something happen, does what is due, and compares with the model.
func (c *clockWorld) step(n int) {
	c.now = c.now.Add(c.jump())
	switch c.random.IntN(8) {
	case 0:
		c.changeDate()
	case 1:
		c.decline()
	case 2:
		c.single(n)
	}
	switch c.random.IntN(10) {
	case 0:
		c.kill()
	case 1, 2:
		c.restart()
	}
	_, err := c.Due(ctx, c.now)
	c.check(err)
	c.compare(true)
}

func (c *clockWorld) jump() time.Duration {
	hours := func(from, to int) time.Duration {
		return time.Duration(from)*time.Hour + time.Duration(c.random.Int64N(int64(time.Duration(to-from)*time.Hour)))
	}
	switch n := c.random.IntN(20); {
	case n < 9:
		return hours(0, 3)
	case n < 16:
		return hours(3, 40)
	case n < 17:
		return hours(40, 240)
	}
	c.back++
	return -hours(0, 60)
}

// single calls a meeting of one date that is soon.
func (c *clockWorld) single(n int) {
	starts := c.now.Add(time.Duration(c.random.IntN(72*60)+5) * time.Minute).Truncate(time.Minute)
	title := fmt.Sprintf("single %d", n)
	m := c.call(Plan{Title: title, Starts: starts, Zone: "UTC", Length: time.Hour})
	c.meetings = append(c.meetings, &clockMeeting{id: m.ID, title: title, zone: time.UTC, dates: []*clockDate{{wall: starts}}})
	c.compare(true) // what a call tells
}

// pick is one of the next dates.
func (c *clockWorld) pick() (m *clockMeeting, d *clockDate) {
	m = c.meetings[c.random.IntN(len(c.meetings))]
	if c.random.IntN(2) == 0 {
		m = c.meetings[c.random.IntN(2)]
	}
	next := slices.IndexFunc(m.dates, func(d *clockDate) bool { return d.start(m.zone).After(c.now) })
	if next < 0 {
		return nil, nil
	}
	return m, m.dates[min(next+c.random.IntN(2), len(m.dates)-1)]
}

// changeDate moves a date, or cancels it.
func (c *clockWorld) changeDate() {
	model, d := c.pick()
	if d == nil || d.cancelled {
		return
	}
	m, err := c.DB.Meeting(ctx, model.id)
	c.check(err)
	d.moved, d.wall = true, d.wall.Add(time.Duration(c.random.IntN(48*60)-12*60)*time.Minute)
	m.Sequence++
	if m.Rule == "" {
		m.Starts, m.EndsAt = d.wall, d.wall.Add(time.Hour)
	} else {
		d.cancelled = c.random.IntN(3) == 0
		m.Changes = nil
		for _, d := range model.dates {
			if d.moved {
				m.Changes = append(m.Changes, store.DateChange{Occurrence: d.key, Cancelled: d.cancelled, Starts: d.wall, Length: time.Hour, Title: m.Title, Sequence: m.Sequence})
			}
		}
	}
	_, err = c.DB.ChangeMeeting(ctx, c.by(), m, c.planned(c.now))
	c.check(err)
}

// decline lets somebody say that they do not come to a date, or that they do.
func (c *clockWorld) decline() {
	model, d := c.pick()
	if d == nil {
		return
	}
	s := c.members[c.random.IntN(len(c.members))]
	name := s.Address + " " + model.title + " " + d.key
	answer := store.Declined
	if c.declined[name] {
		answer = store.Accepted
	}
	i, err := c.DB.Invitation(ctx, model.id, s.ID)
	c.check(err)
	_, err = c.DB.RecordRSVPs(ctx, c.now, i, []store.RSVP{{Occurrence: d.key, Answer: answer, Source: "page", At: c.now, Stamp: c.now}},
		func(_, _ store.RSVP) bool { return true }, nil)
	c.check(err)
	c.declined[name], c.answered[name] = answer == store.Declined, c.now
}

// kill lets what is due begin, and ends it somewhere.
func (c *clockWorld) kill() {
	c.kills++
	cut, cancel := context.WithCancel(ctx)
	defer cancel()
	whole := c.Calendar.Random
	c.Calendar.Random = &cutReader{whole, c.random.IntN(20), cancel}
	_, _ = c.Due(cut, c.now) // it fails, or was faster
	c.Calendar.Random = whole
	c.compare(false)
	c.restart()
}

// A cutReader cancels at some time.
type cutReader struct {
	io.Reader
	left   int
	cancel func()
}

func (r *cutReader) Read(p []byte) (int, error) {
	if r.left--; r.left < 0 {
		r.cancel()
	}
	return r.Reader.Read(p)
}

// restart makes a new calendar on the same database.
func (c *clockWorld) restart() {
	c.restarts++
	again := *c.Calendar
	again.lastDue = 0
	c.Calendar = &again
}

// compare looks at the reminders that were made. What the model wants must be there if all was done; what is there must be
// wanted.
func (c *clockWorld) compare(all bool) {
	c.t.Helper()
	got := c.reminders()
	want := c.wanted()
	for _, one := range got {
		if !slices.Contains(want, one) {
			c.t.Errorf("at %s: %q was not to go; what was sent of it: %v", c.now.Format(time.DateTime), one, c.log[one])
		}
		c.log[one] = append(c.log[one], c.now)
	}
	slices.Sort(got)
	if twice := len(got) - len(slices.Compact(got)); twice > 0 {
		c.t.Errorf("at %s: %d reminders went twice", c.now.Format(time.DateTime), twice)
	}
	for _, one := range want {
		if all && !slices.Contains(got, one) {
			c.t.Errorf("at %s: %q did not go; what was sent of it before: %v", c.now.Format(time.DateTime), one, c.log[one])
		}
	}
	c.sent += len(got)
}

// wanted are the reminders that are due now: "address title, date".
func (c *clockWorld) wanted() (all []string) {
	for _, m := range c.meetings {
		for _, d := range m.dates {
			start := d.start(m.zone)
			if d.cancelled || !start.After(c.now) || start.Sub(c.now) > 26*time.Hour {
				continue
			}
			before := *d
			before.wall = d.wall.AddDate(0, 0, -1)
			moment := before.start(m.zone) // a day before it is the same time of day
			if moment.After(c.now) {
				continue
			}
			if hour := start.Add(-time.Hour); !hour.After(c.now) {
				moment = hour
			}
			for _, s := range c.members {
				name := s.Address + " " + m.title + ", " + start.UTC().Format("Monday, 2 January 2006, 15:04") + " UTC"
				about := s.Address + " " + m.title + " " + d.key
				if !c.declined[about] && !c.since(c.answered[about], moment) && !c.told(m, s, moment) && c.unsent(name, start, moment) {
					if all = append(all, name); c.now.Sub(moment) > time.Hour {
						c.late++
					}
				}
			}
		}
	}
	return all
}

// told says whether somebody heard of a meeting since a moment.
func (c *clockWorld) told(m *clockMeeting, s store.Subscription, moment time.Time) bool {
	return c.since(c.invitation(store.Meeting{ID: m.id}, s).SentAt, moment)
}

// since says whether something was between a moment and now; what lies ahead was before the clock was set back.
func (c *clockWorld) since(at, moment time.Time) bool { return !at.Before(moment) && !at.After(c.now) }

// unsent says that neither this reminder nor the later one has gone. What has gone at a time was for the last moment of then.
func (c *clockWorld) unsent(name string, start, moment time.Time) bool {
	for _, at := range c.log[name] {
		was := start.Add(-24 * time.Hour)
		if hour := start.Add(-time.Hour); !hour.After(at) {
			was = hour
		}
		if start.Sub(moment) <= time.Hour && was.Equal(start.Add(-24*time.Hour)) {
			continue // the day before; now it is the hour
		}
		return false
	}
	return true
}

// reminders are those that were made since it was called last.
func (c *clockWorld) reminders() (all []string) {
	rows, err := c.DB.QueueList(ctx, store.QueueFilter{After: c.seen})
	c.check(err)
	for _, row := range rows {
		c.seen = row.ID
		d, err := c.DB.Dispatch(ctx, row.DispatchID)
		c.check(err)
		raw, err := c.DB.Raw(ctx, d.RawID)
		c.check(err)
		if about, ok := strings.CutPrefix(mail.Read(raw).Subject, "Reminder: "); ok {
			all = append(all, row.Recipient+" "+about)
		}
	}
	return all
}

// TestKilledWhileReminding: what was cut off between two transactions is gone on with, by two daemons at once, and each person
// gets one.
func TestKilledWhileReminding(t *testing.T) {
	storetest.OnBoth(t, func(t *testing.T, db *store.DB) {
		w := newWorldOn(t, db)
		const members = 2*tellAtOnce + 50
		for n := range members {
			w.join(fmt.Sprintf("m%d@a.example", n), "")
		}
		m := w.call(w.clinic())
		w.now = m.EndsAt.Add(-time.Hour - 30*time.Minute)
		cut, cancel := context.WithCancel(ctx)
		whole := w.Calendar.Random
		w.Calendar.Random = &cutReader{whole, tellAtOnce + 10, cancel}
		if _, err := w.Due(cut, w.now); err == nil {
			t.Fatal("nothing was cut off")
		}
		w.Calendar.Random = whole
		rows, err := db.QueueList(ctx, store.QueueFilter{Limit: 10 * members})
		w.check(err)
		if got := len(rows); got != members+tellAtOnce {
			t.Fatalf("%d mails, want the invitations and %d reminders", got, tellAtOnce)
		}
		other := *w.Calendar
		other.Random = rand.NewChaCha8([32]byte{1})
		errs := make(chan error, 2)
		for _, k := range []*Calendar{w.Calendar, &other} {
			go func() {
				_, err := k.Due(ctx, w.now)
				errs <- err
			}()
		}
		w.check(<-errs)
		w.check(<-errs)
		rows, err = db.QueueList(ctx, store.QueueFilter{Limit: 10 * members})
		w.check(err)
		each := map[string]int{}
		for _, row := range rows {
			each[row.Recipient]++
		}
		for address, n := range each {
			if n != 2 {
				t.Errorf("%s got %d mails, want an invitation and a reminder", address, n)
			}
		}
		if len(each) != members {
			t.Errorf("%d got mail, want %d", len(each), members)
		}
	})
}
