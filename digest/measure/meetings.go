package measure

import (
	"slices"
	"time"
)

// Meetings is the second measure: how often and how regularly people meet, and who comes.
type Meetings struct {
	Frequency   Figure // F: meetings held per month of 30.4375 days; its coverage is the share of them that is confirmed
	Held        Figure
	Unconfirmed Figure // held by their RSVPs alone
	Adherence   Figure // of the meetings that the charter plans, those held at most 3 days away
	Cancelled   Figure // after the first invitation, for each planned one
	Late        Figure // of those, within 24 hours of the start
	GapMedian   Figure // between meetings of a year
	GapMax      Figure
	Drought     Figure // days since the last one by the days of the rhythm; 2 is an alarm
	Regularity  Figure // B: -1 like clockwork, 0 at random, towards 1 in bursts
	Notice      Figure // median time from the first invitation to the start

	Response   Figure // of invitations to meetings that were not cancelled, those answered before the start
	Accepted   Figure
	Show       Figure // S: of those who had accepted, those who came
	WalkIns    Figure // of those who came, those who had not accepted
	Attendance Figure // who came, for each invitation
	Reach      Figure // of the members, those who came to any (guests are counted apart)
	Returning  Figure // of those who came, those who had come before
	FirstTimer Figure

	TimeInclusion Figure            // of members and meetings, those with a start between 8 and 18 o'clock where they are
	Burden        map[string]Figure // by zone: 0 for 9 to 17 o'clock, up to 2 for the night
	Fairness      Figure            // the highest burden less the lowest
	Forecast      Figure            // how many will come to the next one
}

// Parts implements Measure.
func (m Meetings) Parts() []Part {
	parts := []Part{
		{"frequency", m.Frequency}, {"held", m.Held}, {"unconfirmed", m.Unconfirmed}, {"adherence", m.Adherence},
		{"cancelled", m.Cancelled}, {"cancelled_late", m.Late}, {"gap_median", m.GapMedian}, {"gap_max", m.GapMax},
		{"drought", m.Drought}, {"regularity", m.Regularity}, {"notice", m.Notice}, {"rsvp_response", m.Response},
		{"accepted", m.Accepted}, {"show_rate", m.Show}, {"walk_ins", m.WalkIns}, {"attendance_share", m.Attendance},
		{"reach", m.Reach}, {"returning", m.Returning}, {"first_timers", m.FirstTimer}, {"time_inclusion", m.TimeInclusion},
	}
	for _, zone := range sortedKeys(m.Burden) {
		parts = append(parts, Part{"burden " + zone, m.Burden[zone]})
	}
	return append(parts, Part{"time_fairness", m.Fairness}, Part{"forecast", m.Forecast})
}

func sortedKeys(m map[string]Figure) (keys []string) {
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// Meetings computes the second measure.
func (w *World) Meetings(win Window) Meetings {
	if len(w.r.Occurrences) == 0 {
		return noMeetings()
	}
	held := w.held(win)
	var m Meetings
	w.frequency(&m, win, held)
	w.plan(&m, win)
	w.gaps(&m, win)
	w.rsvps(&m, w.started(win))
	w.attendance(&m, win, held)
	w.inclusion(&m, held)
	m.Forecast = w.forecast(win.To)
	return m
}

// noMeetings is what is told where none are recorded at all.
func noMeetings() Meetings {
	none := func(u Unit) Figure { return missing(u, NoMeetings) }
	return Meetings{
		Frequency: none(PerMonth), Held: none(Count), Unconfirmed: none(Count), Adherence: none(Share), Cancelled: none(Ratio), Late: none(Ratio),
		GapMedian: none(Days), GapMax: none(Days), Drought: none(Ratio), Regularity: none(Coefficient), Notice: none(Days),
		Response: none(Share), Accepted: none(Share), Show: none(Share), WalkIns: none(Share), Attendance: none(Ratio), Reach: none(Share),
		Returning: none(Share), FirstTimer: none(Share), TimeInclusion: none(Share), Fairness: none(Ratio), Forecast: none(Count),
	}
}

func (w *World) frequency(m *Meetings, win Window, held []occurrence) {
	var doubtful []int64
	for _, o := range held {
		if !o.AttendanceKnown {
			doubtful = append(doubtful, o.ID)
		}
	}
	ids := occurrenceIDs(held)
	m.Held, m.Unconfirmed = count(KindOccurrence, ids), count(KindOccurrence, doubtful)
	m.Frequency = number(PerMonth, float64(len(held))*30.4375/win.Days(), KindOccurrence, ids).covered(len(held)-len(doubtful), len(held))
}

func (w *World) plan(m *Meetings, win Window) {
	planned := w.plannedIn(win)
	near := w.held(Window{win.From.Add(-moved), win.To.Add(moved), win.Zone})
	m.Adherence = proportion(keptPlans(planned, near), len(planned), NoPlan).traced(KindOccurrence, occurrenceIDs(near), nil)
	var cancelled, late []int64
	for _, o := range w.occurrences {
		if o.Cancelled.IsZero() || o.FirstRequest.IsZero() || o.Cancelled.Before(o.FirstRequest) || !win.Contains(o.Start) {
			continue
		}
		cancelled = append(cancelled, o.ID)
		if o.Start.Sub(o.Cancelled) <= day {
			late = append(late, o.ID)
		}
	}
	m.Cancelled = ratio(len(cancelled), len(planned), NoPlan).traced(KindOccurrence, cancelled, nil)
	m.Late = ratio(len(late), len(planned), NoPlan).traced(KindOccurrence, late, nil)
}

func (w *World) gaps(m *Meetings, win Window) {
	held := w.held(win.year())
	ids, gaps := occurrenceIDs(held), daysBetween(starts(held))
	m.GapMedian = finite(Days, Quantile(gaps, 0.5), TooFewGaps, KindOccurrence, ids)
	m.GapMax = finite(Days, Quantile(gaps, 1), TooFewGaps, KindOccurrence, ids)
	m.Regularity = missing(Coefficient, TooFewGaps)
	if len(gaps) >= 3 {
		m.Regularity = finite(Coefficient, Burstiness(gaps), TooFewGaps, KindOccurrence, ids)
	}
	m.Drought = w.drought(win, held, gaps)
}

// drought measures by the charter's rhythm; where that is not known, by the community's habit.
func (w *World) drought(win Window, held []occurrence, gaps []float64) Figure {
	if planned := daysBetween(w.plannedIn(win.year())); len(planned) > 0 {
		gaps = planned
	}
	switch rhythm := Quantile(gaps, 0.5); {
	case len(held) == 0:
		return missing(Ratio, NoneHeld)
	case len(gaps) == 0 || rhythm == 0:
		return missing(Ratio, NoPlan)
	default:
		last := held[len(held)-1]
		return number(Ratio, win.To.Sub(last.Start).Hours()/24/rhythm, KindOccurrence, []int64{last.ID})
	}
}

func (w *World) rsvps(m *Meetings, started []occurrence) {
	var notice []float64
	var invited, answered, accepted int
	for _, o := range started {
		if !o.FirstRequest.IsZero() {
			notice = append(notice, o.Start.Sub(o.FirstRequest).Hours()/24)
		}
		invited, answered, accepted = invited+len(o.invited), answered+len(o.answered), accepted+len(o.accepted)
	}
	ids := occurrenceIDs(started)
	m.Notice = finite(Days, Quantile(notice, 0.5), NoInvitations, KindOccurrence, ids)
	m.Response = proportion(answered, invited, NoInvitations).traced(KindOccurrence, ids, nil)
	m.Accepted = proportion(accepted, invited, NoInvitations).traced(KindOccurrence, ids, nil)
}

func (w *World) attendance(m *Meetings, win Window, held []occurrence) {
	known := recorded(held)
	var came, accepted, both, invited, returning int
	reached := make([]bool, len(w.persons))
	for _, o := range known {
		came, accepted, invited = came+len(o.attended), accepted+len(o.accepted), invited+len(o.invited)
		both += overlap(o.attended, o.accepted)
		for _, id := range o.attended {
			if w.attendedBefore(id, o.Start) {
				returning++
			}
			if place, ok := w.known(id); ok && w.isMember(id, win.To) {
				reached[place] = true
			}
		}
	}
	ids := occurrenceIDs(known)
	as := func(f Figure) Figure { return f.traced(KindOccurrence, ids, nil).covered(len(known), len(held)) }
	m.Show = as(proportion(both, accepted, NoAcceptances))
	m.WalkIns = as(proportion(came-both, came, NoAttendance))
	m.Attendance = as(ratio(came, invited, NoInvitations))
	m.Returning = as(proportion(returning, came, NoAttendance))
	m.FirstTimer = as(proportion(came-returning, came, NoAttendance))
	m.Reach = share(KindMember, w.ids(reached), w.ids(w.membersAt(win.To)), NoMembers).covered(len(known), len(held))
}

// A ShowRecord is how often somebody accepted a meeting of which it is known who came, and how often they came then.
type ShowRecord struct{ Accepts, Shows int }

// Chance is how probable it is that they come to a meeting that they accepted: (1+shows)/(2+accepts), the mean of a Beta(1,1)
// prior with that evidence.
func (r ShowRecord) Chance() float64 { return float64(1+r.Shows) / float64(2+r.Accepts) }

// forecast expects of each who accepted the next meeting what they did before.
func (w *World) forecast(now time.Time) Figure {
	next := slices.IndexFunc(w.occurrences, func(o occurrence) bool { return o.Start.After(now) && o.Cancelled.IsZero() })
	if next < 0 {
		return missing(Count, NoComing)
	}
	o := w.occurrences[next]
	records := map[PersonID]ShowRecord{}
	for _, past := range recorded(w.occurrences[:next]) {
		if past.Start.After(now) || !past.isHeld {
			continue
		}
		for _, id := range past.accepted {
			r := records[id]
			r.Accepts++
			if slices.Contains(past.attended, id) {
				r.Shows++
			}
			records[id] = r
		}
	}
	expected := 0.0
	for _, id := range o.accepted {
		expected += records[id].Chance()
	}
	return number(Count, expected, KindOccurrence, []int64{o.ID})
}
