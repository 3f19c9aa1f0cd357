package yeartest

import (
	"fmt"
	"time"
)

// A Meeting is a date on which people met, or were to meet. People are places in Year.People.
type Meeting struct {
	Title      string
	Invited    time.Time
	Start, End time.Time
	Cancelled  time.Time // zero for never
	Asked      []int
	Answers    []Answer // one each, by time
	Known      bool     // somebody said who came
	Came       []int
	Guests     []string // addresses of those who came and are no members
	Host       int      // -1 for nobody
	MinutesBy  int      // as well
	Minutes    string
	Rated      []Rating // of those who were asked how it was
}

// An Answer is one to an invitation.
type Answer struct {
	By       int
	At       time.Time
	Accepted bool
}

// A Rating is how somebody found a meeting; its Value is 0 where they did not say.
type Rating struct {
	By    int
	At    time.Time
	Value int
}

// Chances at meetings, by class where there are three.
var (
	responds = [...]float64{Core: .95, Active: .80, Edge: .30}
	accepts  = [...]float64{Core: .80, Active: .50, Edge: .06}
)

const (
	walksIn    = .005
	attendance = .92 // that somebody says who came
	rates      = .5
)

// noticeDays is how long before a meeting people are invited.
const noticeDays = 10

func (d *drawing) meetings() {
	day := d.From.AddDate(0, 0, (9-int(d.From.Weekday()))%7) // a Tuesday
	for n := 0; day.Before(d.To); n++ {
		start := time.Date(day.Year(), day.Month(), day.Day(), d.Law.Hour, 0, 0, 0, d.Zone)
		d.Meetings = append(d.Meetings, d.meeting(start, fmt.Sprintf("%s: %s", d.Law.Meeting, d.Law.Subjects[n%len(d.Law.Subjects)])))
		day = day.AddDate(0, 0, d.Law.Every)
	}
}

func (d *drawing) meeting(start time.Time, title string) Meeting {
	m := Meeting{Title: title, Start: start.UTC(), End: start.Add(time.Hour).UTC(), Invited: start.AddDate(0, 0, -noticeDays).UTC(), Host: -1, MinutesBy: -1}
	month := d.month(start)
	for i := range d.People {
		if p := &d.People[i]; !p.Sponsor && p.In(m.Invited) && p.In(start) {
			d.invite(&m, i, month)
		}
	}
	if d.chance(d.Law.Cancelled[month]) {
		m.Cancelled = start.Add(-time.Duration(1+d.IntN(59)) * time.Hour).UTC()
		return m
	}
	if m.Host = d.who(start, [...]float64{Core: 1, Active: .3, Edge: 0}, .25, -1); m.Host < 0 {
		m.Host = d.who(start, answerWeights, 1, -1)
	}
	if m.Known = d.chance(attendance); m.Known {
		d.come(&m, month)
		d.rate(&m)
	}
	return m
}

func (d *drawing) invite(m *Meeting, i, month int) {
	m.Asked = append(m.Asked, i)
	class := d.People[i].Class
	if d.chance(responds[class] * d.Law.Responds[month]) {
		hours := d.IntN(noticeDays*24 - 2)
		m.Answers = append(m.Answers, Answer{i, m.Invited.Add(time.Duration(hours)*time.Hour + time.Duration(i)*time.Second), d.chance(accepts[class])})
	}
}

// come draws who came, and who wrote the minutes.
func (d *drawing) come(m *Meeting, month int) {
	said := map[int]bool{}
	for _, a := range m.Answers {
		said[a.By] = a.Accepted
	}
	for _, i := range m.Asked {
		if said[i] && d.chance(d.Law.Shows[month]) || !said[i] && d.chance(walksIn*d.Law.Responds[month]) || i == m.Host {
			m.Came = append(m.Came, i)
		}
	}
	if d.IntN(3) == 0 && len(m.Came) > 3 {
		m.Guests = append(m.Guests, fmt.Sprintf("guest%d@visitors.example", d.IntN(12)))
	}
	if len(m.Came) > 1 && d.chance(d.Law.Followed) {
		m.MinutesBy = m.Came[d.IntN(len(m.Came))]
		m.Minutes = fmt.Sprintf("We were %d. %s went round the table, then each question had a quarter of an hour. What we could not answer goes to the list.",
			len(m.Came)+len(m.Guests), d.People[m.Host].Name)
	}
}

// rate draws what those who came say about it.
func (d *drawing) rate(m *Meeting) {
	for _, i := range m.Came {
		r := Rating{By: i}
		if at := d.within(m.End.Add(time.Hour), 60); d.chance(rates) && at.Before(d.To) {
			r.At, r.Value = at, min(5, d.Law.Rating-1+d.IntN(3))
		}
		m.Rated = append(m.Rated, r)
	}
}
