package calendar

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"

	"guildpost/mail"
	"guildpost/store"
)

// TestRollups: while people answer at any time and the daemon is restarted, stands still and runs twice at once, each
// organiser hears of each answer once, and gets one mail a day at most, not before their morning.
func TestRollups(t *testing.T) {
	long(t)
	w := newWorld(t)
	random := rand.New(rand.NewPCG(1, 2))
	organisers := map[string]*time.Location{"ada@a.example": nil, "fay@f.example": nil}
	for address, zone := range map[string]string{"ada@a.example": "Europe/Berlin", "fay@f.example": "America/New_York"} {
		s := w.join(address, "")
		s.Timezone, s.Roles, s.NoReminders = zone, []store.Role{store.Facilitator}, true
		w.check(w.DB.UpdateSubscription(ctx, w.by(), s))
		organisers[address], _ = time.LoadLocation(zone)
	}
	var members []store.Subscription
	for n := range 5 {
		s := w.join(fmt.Sprintf("m%d@a.example", n), "")
		s.NoReminders = true
		w.check(w.DB.UpdateSubscription(ctx, w.by(), s))
		members = append(members, s)
	}
	plan := w.clinic()
	plan.Rule = "FREQ=DAILY"
	m := w.call(plan)
	answered, begin := 0, w.now
	for range 400 {
		w.now = w.now.Add(time.Duration(random.Int64N(int64(9 * time.Hour))))
		if random.IntN(30) == 0 {
			w.now = w.now.Add(50 * time.Hour)
		}
		if random.IntN(3) == 0 {
			date := m.Starts.AddDate(0, 0, 200+answered).Add(-2 * time.Hour).Format(keyLayout)
			i := w.invitation(m, members[answered%len(members)])
			_, err := w.DB.RecordRSVPs(ctx, w.now, i, []store.RSVP{{Occurrence: date, Answer: store.Accepted, Comment: fmt.Sprintf("answer-%d.", answered), At: w.now}},
				func(_, _ store.RSVP) bool { return true }, nil)
			w.check(err)
			answered++
		}
		other := *w.Calendar
		other.lastDue, other.Random = 0, rand.NewChaCha8([32]byte{1})
		errs := make(chan error, 2)
		for _, k := range []*Calendar{w.Calendar, &other} {
			go func() {
				_, err := k.Due(ctx, w.now)
				errs <- err
			}()
		}
		w.check(<-errs)
		w.check(<-errs)
	}
	for address, zone := range organisers {
		checkRollups(t, w, address, zone, answered, begin)
	}
}

var toldAnswer = regexp.MustCompile(`answer-\d+\.`)

func checkRollups(t *testing.T, w *world, address string, zone *time.Location, answered int, begin time.Time) {
	told, mails := map[string]int{}, 0
	var last time.Time
	for _, raw := range w.outbox(address) {
		message := mail.Read(raw)
		if !strings.HasPrefix(message.Subject, "Who comes") {
			continue
		}
		mails++
		at := message.Date.In(zone)
		if morning := lastMorning(zone, at, 0); !last.IsZero() && !last.Before(morning) {
			t.Errorf("%s got two mails between two mornings, at %s and %s", address, last, at)
		}
		last = at
		for _, one := range toldAnswer.FindAllString(message.Text().All, -1) {
			told[one]++
		}
	}
	missing := 0
	for n := range answered {
		if count := told[fmt.Sprintf("answer-%d.", n)]; count > 1 {
			t.Errorf("%s heard of answer %d %d times", address, n, count)
		} else if count == 0 {
			missing++
		}
	}
	if missing > 10 || mails < answered/4 {
		t.Errorf("%s did not hear of %d of %d answers, in %d mails; want all but the last few", address, missing, answered, mails)
	}
	t.Logf("%s heard of %d answers in %d mails within %d days", address, len(told), mails, int(w.now.Sub(begin).Hours()/24))
}
