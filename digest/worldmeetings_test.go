package digest

import (
	"fmt"
	"slices"
	"time"

	"guildpost/store"
	"guildpost/store/storetest"
)

// A met meeting is what happened at one. People are addresses.
type met struct {
	Start, End, Invited, Cancelled time.Time // Cancelled is zero for never
	Asked                          []string
	Answers                        []metAnswer // one each
	Known                          bool        // somebody said who came
	Came                           []string
	Host, Minutes                  string
	Rated                          map[string]time.Time // when those who were asked how it was answered; zero for never
}

type metAnswer struct {
	Who      string
	At       time.Time
	Accepted bool
}

// meet holds a meeting: some do not take place, at some nobody says who came, and some come who were not asked.
func (l *lifelike) meet(i int) {
	start := l.before(440)
	m := met{Start: start, End: start.Add(time.Duration(1+l.random.IntN(4)) * 30 * time.Minute), Invited: start.Add(-time.Duration(1+l.random.IntN(20*24)) * time.Hour),
		Rated: map[string]time.Time{}}
	if l.random.IntN(8) == 0 {
		m.Cancelled = start.Add(-time.Duration(1+l.random.IntN(48)) * time.Hour)
	}
	for _, s := range l.members {
		if l.random.IntN(2) == 0 {
			continue
		}
		m.Asked = append(m.Asked, s.Address)
		if l.random.IntN(3) > 0 {
			m.Answers = append(m.Answers, metAnswer{s.Address, start.Add(-time.Duration(1+l.random.IntN(30*24)) * time.Minute), l.random.IntN(2) == 0})
		}
	}
	slices.SortStableFunc(m.Answers, func(a, b metAnswer) int { return a.At.Compare(b.At) })
	if m.Cancelled.IsZero() {
		l.comeTo(&m)
	}
	l.keep(i, m)
	l.meetings = append(l.meetings, m)
}

func (l *lifelike) comeTo(m *met) {
	m.Host = l.members[l.random.IntN(10)].Address
	if l.random.IntN(4) == 0 {
		return // nobody says who came
	}
	m.Known = true
	if l.random.IntN(10) == 0 {
		return // nobody came
	}
	for _, a := range m.Answers {
		if a.Accepted == (l.random.IntN(5) > 0) {
			m.Came = append(m.Came, a.Who)
		}
	}
	m.Came = append(m.Came, fmt.Sprintf("guest%d@elsewhere.example", l.random.IntN(5)), "walk-in@elsewhere.example")
	m.Minutes = m.Came[l.random.IntN(len(m.Came))]
	for _, who := range m.Came {
		if at := m.End.Add(time.Duration(1+l.random.IntN(72*60)) * time.Minute); l.random.IntN(3) > 0 && at.Before(storetest.Now) {
			m.Rated[who] = at
		} else if l.random.IntN(2) == 0 {
			m.Rated[who] = time.Time{}
		}
	}
}

// keep files a meeting as the calendar would.
func (l *lifelike) keep(i int, m met) {
	ctx, by := l.t.Context(), storetest.By(m.Invited)
	meeting, err := l.db.AddMeeting(ctx, by, store.Meeting{CommunityID: l.community.ID, UID: fmt.Sprintf("%d@x", i), Title: "Clinic", Starts: m.Start, Zone: "UTC",
		Length: m.End.Sub(m.Start), EndsAt: m.End}, nil)
	l.check(err)
	b := store.Beginning{Occurrence: store.Occurrence{CommunityID: l.community.ID, MeetingID: meeting.ID, Title: "Clinic", Starts: m.Start, Ends: m.End,
		InvitedAt: m.Invited, CancelledAt: m.Cancelled, Host: l.subscription(m.Host)}}
	for _, who := range m.Asked {
		a := store.Attendance{Subscription: store.Subscription{ID: l.subscription(who)}}
		for _, answer := range m.Answers {
			if answer.Who == who {
				a.AnsweredAt, a.Answer = answer.At, map[bool]store.RSVPAnswer{true: store.Accepted, false: store.Tentative}[answer.Accepted]
			}
		}
		b.Invited = append(b.Invited, a)
	}
	l.take("begin", meeting.ID, func(task store.Task) {
		_, err := l.db.BeginOccurrences(ctx, task, time.Time{}, []store.Beginning{b})
		l.check(err)
	})
	all, err := l.db.Occurrences(ctx, meeting.ID, 1)
	l.check(err)
	l.report(all[0].ID, m)
}

func (l *lifelike) report(occurrence int64, m met) {
	ctx := l.t.Context()
	if m.Known {
		r := store.AttendanceReport{OccurrenceID: occurrence, Known: true, Source: "page", By: l.subscription(m.Minutes)}
		for _, who := range m.Came {
			r.Came = append(r.Came, l.subscription(who))
		}
		if m.Minutes != "" {
			r.Minutes = "We met."
		}
		l.check(l.db.RecordAttendance(ctx, m.End, r, nil))
	}
	var asked []int64
	for who := range m.Rated {
		asked = append(asked, l.subscription(who))
	}
	l.take("ask", occurrence, func(task store.Task) {
		_, err := l.db.AskFeedback(ctx, m.End, task, time.Time{}, asked, nil)
		l.check(err)
	})
	for who, at := range m.Rated {
		if !at.IsZero() {
			l.check(l.db.RecordFeedback(ctx, at, store.Feedback{OccurrenceID: occurrence, SubscriptionID: l.subscription(who), Rating: 4, At: at}, nil))
		}
	}
}

// take makes a task and does it.
func (l *lifelike) take(kind string, object int64, do func(store.Task)) {
	task := store.Task{Kind: kind, CommunityID: l.community.ID, ObjectID: object, DueAt: storetest.Now}
	l.check(l.db.Schedule(l.t.Context(), task))
	due, err := l.db.TasksDue(l.t.Context(), kind, storetest.Now)
	l.check(err)
	do(due[0])
}

// subscription is that of an address, which becomes a guest's where there is none; 0 for no address.
func (l *lifelike) subscription(address string) int64 {
	if address == "" {
		return 0
	}
	s, err := l.db.SubscriptionByAddress(l.t.Context(), l.community.ID, address)
	if store.KindOf(err) == store.NotFound && err != nil {
		s, err = l.db.AddGuest(l.t.Context(), storetest.By(storetest.Now), l.community.ID, address, "")
	}
	l.check(err)
	return s.ID
}
