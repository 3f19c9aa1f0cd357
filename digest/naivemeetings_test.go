package digest

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// who is a member's number, or an address.
func (n *naive) who(address string) string {
	if id, ok := n.People[address]; ok {
		return fmt.Sprint(id)
	}
	return address
}

// those are the people of a list who are not left out.
func (n *naive) those(addresses []string) (all []string) {
	for _, a := range addresses {
		if who := n.who(a); !n.without[who] {
			all = append(all, who)
		}
	}
	return all
}

func (m met) accepted() (all []string) {
	for _, a := range m.Answers {
		if a.Accepted {
			all = append(all, a.Who)
		}
	}
	return all
}

// held: not cancelled, and two came, or two had said yes and nobody knows.
func (m met) held() bool {
	return m.Cancelled.IsZero() && (len(m.Came) >= 2 || !m.Known && len(m.accepted()) >= 2)
}

// met calls f for what people did in a time at meetings: come, host, write minutes, say how it was. helped gets who wrote
// minutes; who led is returned.
func (n *naive) met(from, to time.Time, f func(who string, at time.Time), helped map[string]bool) map[string]bool {
	led := map[string]bool{}
	in := func(address string, at time.Time) (string, bool) {
		who := n.who(address)
		return who, address != "" && !n.without[who] && at.After(from) && !at.After(to)
	}
	for _, m := range n.Meetings {
		for _, a := range append([]string{m.Host}, m.Came...) {
			if who, ok := in(a, m.Start); ok {
				f(who, m.Start)
				led[who] = led[who] || a == m.Host && m.held()
			}
		}
		if who, ok := in(m.Minutes, m.End); ok {
			f(who, m.End)
			helped[who] = true
		}
		for a, at := range m.Rated {
			if who, ok := in(a, at); ok {
				f(who, at)
			}
		}
	}
	return led
}

func (n *naive) meetingsIn(from, to time.Time) (all []met) {
	for _, m := range n.Meetings {
		if m.Start.After(from) && !m.Start.After(to) {
			all = append(all, m)
		}
	}
	return all
}

// hoursMet are the hours that people were at meetings.
func (n *naive) hoursMet() (hours float64) {
	for _, m := range n.meetingsIn(n.From, n.To) {
		if m.held() && m.Known {
			hours += float64(len(n.those(m.Came))) * m.End.Sub(m.Start).Hours()
		}
	}
	return hours
}

func median(values []float64) float64 {
	slices.Sort(values)
	if len(values) == 0 {
		return math.NaN()
	}
	return (values[(len(values)-1)/2] + values[len(values)/2]) / 2
}

func over(k, all int) float64 { return float64(k) / float64(all) } // 0/0 is not available

func common(a, b []string) (k int) {
	for _, x := range a {
		if slices.Contains(b, x) {
			k++
		}
	}
	return k
}

func (n *naive) meetingFigures(figures map[string]float64, members map[string]time.Time) {
	var held, unconfirmed, invited, answered, yes, came, yesKnown, both, invitedKnown, returning int
	var notice, gaps []float64
	reached := map[string]bool{}
	for _, m := range n.meetingsIn(n.From, n.To) {
		if !m.Cancelled.IsZero() {
			continue
		}
		asked, accepted, present := n.those(m.Asked), n.those(m.accepted()), n.those(m.Came)
		notice = append(notice, m.Start.Sub(m.Invited).Hours()/24)
		invited, yes = invited+len(asked), yes+len(accepted)
		for _, a := range m.Answers {
			answered += len(n.those([]string{a.Who}))
		}
		if !m.held() {
			continue
		}
		if held++; !m.Known {
			unconfirmed++
			continue
		}
		came, yesKnown, both, invitedKnown = came+len(present), yesKnown+len(accepted), both+common(present, accepted), invitedKnown+len(asked)
		for _, who := range present {
			if n.cameBefore(who, m.Start) {
				returning++
			}
			if _, is := members[who]; is {
				reached[who] = true
			}
		}
	}
	var last time.Time
	for _, m := range n.meetingsIn(n.To.Add(-365*24*time.Hour), n.To) {
		if m.held() {
			if !last.IsZero() {
				gaps = append(gaps, m.Start.Sub(last).Hours()/24)
			}
			last = m.Start
		}
	}
	days := 0.0
	for at := n.From; at.Before(n.To); at = at.In(n.zone).AddDate(0, 0, 1) {
		days++
	}
	figures["meetings.held"], figures["meetings.unconfirmed"] = float64(held), float64(unconfirmed)
	figures["meetings.frequency"] = float64(held) * 30.4375 / days
	figures["meetings.rsvp_response"], figures["meetings.accepted"] = over(answered, invited), over(yes, invited)
	figures["meetings.show_rate"], figures["meetings.walk_ins"] = over(both, yesKnown), over(came-both, came)
	figures["meetings.attendance_share"], figures["meetings.returning"] = over(came, invitedKnown), over(returning, came)
	figures["meetings.reach"], figures["meetings.notice"] = over(len(reached), len(members)), median(notice)
	figures["meetings.gap_median"] = median(gaps)
}

func (n *naive) cameBefore(who string, t time.Time) bool {
	for _, m := range n.Meetings {
		if m.Start.Before(t) && m.held() && slices.Contains(n.those(m.Came), who) {
			return true
		}
	}
	return false
}
