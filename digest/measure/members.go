package measure

import (
	"math"
	"slices"
	"time"
)

// Members is the first measure: how many there are, who comes and who goes.
type Members struct {
	Number      Figure // N, at the window's end
	Deliverable Figure // N_deliv: those whose mail arrives
	NoMail      Figure // those who want none
	Joins       Figure
	Leaves      Figure // all of the next four
	Left        Figure
	BouncedOut  Figure
	Removed     Figure
	Lapsed      Figure
	Growth      Figure // joins less leaves for each member there was
	Churn       Figure // who left or lapsed for each member there was

	Retention map[int]Figure // by months: of those who joined in the window so much earlier, who still are members
	Survival  Figure         // the share of memberships of the last year that last a year, by Kaplan and Meier
	Curve     []Step         // of the same

	Active      Figure // A: members at the end who contributed
	ActiveShare Figure
	New         Figure // whose first contribution ever it was
	Inactive    Figure // whose last contribution was 90 days before
	Units       Figure // units, or else mail domains, of members
	Elephant    Figure // the least number of units that made half of the contributions
	Guests      Figure // who came to a meeting and were no members
	Converted   Figure // guests of the window 90 days earlier who joined within 90 days
}

// Inactivity is after how long somebody counts as inactive; so is the time in which a guest may join.
const Inactivity = 90 * day

// RetentionMonths are the months after which it is looked who stayed.
var RetentionMonths = []int{1, 3, 6, 12}

// Parts implements Measure.
func (m Members) Parts() []Part {
	parts := []Part{
		{"members", m.Number}, {"deliverable", m.Deliverable}, {"no_mail", m.NoMail}, {"joins", m.Joins}, {"leaves", m.Leaves},
		{"left", m.Left}, {"bounced_out", m.BouncedOut}, {"removed", m.Removed}, {"lapsed", m.Lapsed}, {"growth", m.Growth}, {"churn", m.Churn},
	}
	for _, k := range RetentionMonths {
		parts = append(parts, Part{retentionKeys[k], m.Retention[k]})
	}
	return append(parts, Part{"survival_year", m.Survival}, Part{"active", m.Active}, Part{"active_share", m.ActiveShare},
		Part{"new_contributors", m.New}, Part{"went_inactive", m.Inactive}, Part{"units", m.Units}, Part{"elephant_factor", m.Elephant},
		Part{"guests", m.Guests}, Part{"guests_joined", m.Converted})
}

var retentionKeys = map[int]string{1: "retention_1_month", 3: "retention_3_months", 6: "retention_6_months", 12: "retention_12_months"}

// Members computes the first measure.
func (w *World) Members(win Window) Members {
	now, before := w.membersAt(win.To), w.membersAt(win.From)
	m := Members{Number: count(KindMember, w.ids(now))}
	m.Deliverable, m.NoMail = w.delivery(now, win.To)
	w.movements(&m, win, len(w.ids(before)))
	m.Retention = map[int]Figure{}
	for _, k := range RetentionMonths {
		m.Retention[k] = w.retention(win, k, now)
	}
	m.Survival, m.Curve = w.survival(win)
	w.activity(&m, win, now)
	m.Units, m.Elephant = w.spread(win, now)
	m.Guests, m.Converted = w.guests(win)
	return m
}

// membersAt marks who is a member at a time.
func (w *World) membersAt(t time.Time) []bool {
	marked := make([]bool, len(w.persons))
	for i := range w.r.Memberships {
		m := &w.r.Memberships[i]
		if place := w.dense[m.Person]; m.contains(t) && !w.skips(place) {
			marked[place] = true
		}
	}
	return marked
}

func (m *Membership) contains(t time.Time) bool { return Spell{m.From, m.To}.contains(t) }

// isMember says whether somebody is a member at a time.
func (w *World) isMember(id PersonID, t time.Time) bool {
	return slices.ContainsFunc(w.span[id], func(m Membership) bool { return m.contains(t) })
}

// delivery tells of the members at a time whose mail arrives, and who wants none.
func (w *World) delivery(members []bool, t time.Time) (deliverable, noMail Figure) {
	var arrives, none []PersonID
	for _, m := range w.r.Memberships {
		if !m.contains(t) || !members[w.dense[m.Person]] {
			continue
		}
		at := func(s Spell) bool { return s.contains(t) }
		if !slices.ContainsFunc(m.Bounced, at) {
			arrives = append(arrives, m.Person)
		}
		if slices.ContainsFunc(m.NoMail, at) {
			none = append(none, m.Person)
		}
	}
	all := w.ids(members)
	return share(KindMember, arrives, all, NoMembers).asCount(), share(KindMember, none, all, NoMembers).asCount()
}

// asCount is the number of those that a share is of.
func (f Figure) asCount() Figure {
	f.Value, f.Unit, f.Low, f.High = float64(f.K), Count, 0, 0
	return f
}

func (w *World) movements(m *Members, win Window, before int) {
	var joined, gone []PersonID
	ways := map[Ending][]PersonID{}
	for _, one := range w.r.Memberships {
		if w.skips(w.dense[one.Person]) {
			continue
		}
		if win.Contains(one.From) {
			joined = append(joined, one.Person)
		}
		if !one.To.IsZero() && win.Contains(one.To) {
			gone = append(gone, one.Person)
			ways[one.End] = append(ways[one.End], one.Person)
		}
	}
	m.Joins, m.Leaves = count(KindMembership, joined), count(KindMembership, gone)
	m.Left, m.BouncedOut = count(KindMembership, ways[Left]), count(KindMembership, ways[BouncedOut])
	m.Removed, m.Lapsed = count(KindMembership, ways[Removed]), count(KindMembership, ways[Lapsed])
	m.Growth = ratio(len(joined)-len(gone), before, NobodyBefore).traced(KindMembership, append(joined[:len(joined):len(joined)], gone...), nil)
	out := append(ways[Left][:len(ways[Left]):len(ways[Left])], ways[Lapsed]...)
	m.Churn = ratio(len(out), before, NobodyBefore).traced(KindMembership, out, nil)
}

// retention is R_c(k) of those who joined in the window k months earlier.
func (w *World) retention(win Window, k int, now []bool) Figure {
	from, to := win.From.In(win.zone()), win.To.In(win.zone())
	cohort := Window{from.AddDate(0, -k, 0), to.AddDate(0, -k, 0), win.Zone}
	joined := w.joinedIn(cohort)
	var stayed []PersonID
	for _, id := range joined {
		if now[w.dense[id]] {
			stayed = append(stayed, id)
		}
	}
	return share(KindMembership, stayed, joined, NoJoins)
}

// joinedIn are the people whose membership began in a window, each once.
func (w *World) joinedIn(win Window) (all []PersonID) {
	for _, m := range w.r.Memberships {
		if win.Contains(m.From) {
			all = append(all, m.Person)
		}
	}
	return w.keep(all)
}

// A Step of a survival curve: the share of memberships that last longer than so many days.
type Step struct{ Days, Share float64 }

// survival is the Kaplan-Meier estimate over the memberships that began in the year.
func (w *World) survival(win Window) (Figure, []Step) {
	var ended, all []float64
	var who []PersonID
	for _, m := range w.r.Memberships {
		if !win.year().Contains(m.From) || w.skips(w.dense[m.Person]) {
			continue
		}
		end, over := win.To, !m.To.IsZero() && !m.To.After(win.To)
		if over {
			end = m.To
		}
		days := end.Sub(m.From).Hours() / 24
		if all = append(all, days); over {
			ended = append(ended, days)
		}
		who = append(who, m.Person)
	}
	if len(all) == 0 {
		return missing(Ratio, NoJoins), nil
	}
	curve := kaplanMeier(all, ended)
	return number(Ratio, curve[len(curve)-1].Share, KindMembership, who), curve
}

// kaplanMeier takes how long all lasted, and how long those did that ended.
func kaplanMeier(all, ended []float64) []Step {
	slices.Sort(all)
	slices.Sort(ended)
	curve := []Step{{0, 1}}
	for i := 0; i < len(ended); {
		days, events := ended[i], 0
		for ; i < len(ended) && ended[i] == days; i++ {
			events++
		}
		first, _ := slices.BinarySearch(all, days)
		atRisk := len(all) - first
		curve = append(curve, Step{days, curve[len(curve)-1].Share * (1 - float64(events)/float64(atRisk))})
	}
	return curve
}

func (w *World) activity(m *Members, win Window, now []bool) {
	contributed := w.contributors(win)
	var active, fresh []PersonID
	for place, did := range contributed {
		if did && now[place] {
			active = append(active, w.persons[place].ID)
		}
		if did && win.Contains(w.first[place]) {
			fresh = append(fresh, w.persons[place].ID)
		}
	}
	m.Active = count(KindMember, active)
	m.ActiveShare = share(KindMember, active, m.Number.From.Counted, NoMembers)
	m.New = count(KindMember, fresh)
	m.Inactive = count(KindMember, w.wentInactive(win))
}

// wentInactive are those whose last contribution before the window's end lies 90 days before a time in it.
func (w *World) wentInactive(win Window) (all []PersonID) {
	since := w.contributors(Window{win.To.Add(-Inactivity), win.To, win.Zone})
	for place, did := range w.contributors(win.Back(Inactivity)) {
		if did && !since[place] {
			all = append(all, w.persons[place].ID)
		}
	}
	return all
}

// spread counts units, and those that half of the contributions come from.
func (w *World) spread(win Window, now []bool) (units, elephant Figure) {
	made := map[string]float64{}
	of := map[string]bool{}
	known := 0
	for place, is := range now {
		if unit := w.persons[place].Unit; is && unit != "" {
			of[unit] = true
			known++
		}
	}
	contributors := make([]bool, len(w.persons))
	total, named := 0, 0
	w.each(win, func(place int32, _ time.Time) {
		total++
		if unit := w.persons[place].Unit; unit != "" {
			made[unit]++
			named++
			contributors[place] = true
		}
	})
	members := w.ids(now)
	units = Figure{Value: float64(len(of)), N: len(members), Coverage: 1, Unit: Count, From: Trace{Kind: KindMember, Counted: members}}.covered(known, len(members))
	if named == 0 {
		return units, missing(Count, NoContributions)
	}
	elephant = Figure{Value: float64(ElephantFactor(values(made))), N: len(made), Coverage: 1, Unit: Count,
		From: Trace{Kind: KindMember, Counted: w.ids(contributors)}}
	return units, elephant.covered(named, total)
}

func values(m map[string]float64) (all []float64) {
	for _, v := range m {
		all = append(all, v)
	}
	return all
}

// guests are the people who came and were no members, and how many of those of 90 days ago joined since.
func (w *World) guests(win Window) (guests, converted Figure) {
	if len(w.r.Occurrences) == 0 {
		return missing(Count, NoMeetings), missing(Share, NoMeetings)
	}
	came := w.guestsOf(win)
	earlier := w.guestsOf(win.Back(Inactivity))
	var joined, then []PersonID
	for id, at := range earlier {
		then = append(then, id)
		if w.joinedBetween(id, at, at.Add(Inactivity)) {
			joined = append(joined, id)
		}
	}
	slices.Sort(then)
	slices.Sort(joined)
	var now []PersonID
	for id := range came {
		now = append(now, id)
	}
	slices.Sort(now)
	return count(KindMember, now), share(KindMember, joined, then, NoGuests)
}

func (w *World) joinedBetween(id PersonID, from, to time.Time) bool {
	return slices.ContainsFunc(w.span[id], func(m Membership) bool { return m.From.After(from) && !m.From.After(to) })
}

// guestsOf are those who came to a meeting in the window as guests, and when first.
func (w *World) guestsOf(win Window) map[PersonID]time.Time {
	guests := map[PersonID]time.Time{}
	for _, o := range w.held(win) {
		for _, id := range o.attended {
			if _, known := guests[id]; !known && !w.isMember(id, o.Start) {
				guests[id] = o.Start
			}
		}
	}
	return guests
}

// finite is a number as a figure, or why it is none.
func finite(unit Unit, value float64, why Why, kind Kind, ids []int64) Figure {
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return missing(unit, why)
	}
	return number(unit, value, kind, ids)
}
