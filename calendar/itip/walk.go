package itip

import (
	"slices"
	"time"
)

// A budget bounds the work of one expansion. It counts steps rather than time, so that the same rule always ends the same
// way; a step is a day or a period that was looked at, or an occurrence made, and takes far less than a microsecond.
type budget struct{ steps int }

// maxSteps is some ten milliseconds of work: 270 years of days are looked at in half of it.
const maxSteps = 200_000

// take reports whether there is anything left.
func (b *budget) take(n int) bool {
	b.steps -= n
	return b.steps >= 0
}

// A walker goes through the occurrences of one rule by wall clock. It looks at the days of one period after another (a
// year, month, week or day), so that a rule that never matches costs as much as one that does.
type walker struct {
	rule   Rule
	start  time.Time // wall clock of DTSTART
	budget *budget

	period time.Time   // first day of the period that is looked at next
	times  []int       // seconds of the day at which occurrences start
	buffer []time.Time // what is left of the period before
	given  int         // how many occurrences there were
	begun  bool
}

// walk starts at a wall clock, which is the first occurrence whether the rule names it or not (RFC 5545 3.8.5.3).
func (r Rule) walk(start time.Time, b *budget) *walker {
	w := &walker{rule: r.completed(start), start: start, budget: b}
	w.times = timesOfDay(r, start)
	switch day := midnight(start); r.Freq {
	case Yearly:
		w.period = time.Date(day.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
	case Monthly:
		w.period = time.Date(day.Year(), day.Month(), 1, 0, 0, 0, 0, time.UTC)
	case Weekly:
		w.period = day.AddDate(0, 0, -daysSince(r.WeekStart, day.Weekday()))
	default:
		w.period = day
	}
	return w
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

// daysSince counts the days from a day of the week to the next that is to.
func daysSince(from, to time.Weekday) int { return (int(to) - int(from) + 7) % 7 }

// completed takes from DTSTART what the rule leaves open (RFC 5545 3.3.10).
func (r Rule) completed(start time.Time) Rule {
	dayGiven := len(r.ByDay) > 0 || len(r.ByMonthDay) > 0 || len(r.ByYearDay) > 0
	weekday := []RuleDay{{0, start.Weekday()}}
	switch {
	case r.Freq == Weekly && !dayGiven, r.Freq == Yearly && len(r.ByWeekNo) > 0 && !dayGiven:
		r.ByDay = weekday
	case r.Freq == Monthly && !dayGiven:
		r.ByMonthDay = []int{start.Day()}
	case r.Freq == Yearly && !dayGiven:
		r.ByMonthDay = []int{start.Day()}
		if len(r.ByMonth) == 0 {
			r.ByMonth = []int{int(start.Month())}
		}
	}
	return r
}

// timesOfDay returns the seconds of the day, in order.
func timesOfDay(r Rule, start time.Time) (times []int) {
	hour, minute, second := start.Clock()
	orStart := func(list []int, value int) []int {
		if len(list) == 0 {
			return []int{value}
		}
		return list
	}
	for _, h := range orStart(r.ByHour, hour) {
		for _, m := range orStart(r.ByMinute, minute) {
			for _, s := range orStart(r.BySecond, second) {
				times = append(times, h*3600+m*60+min(s, 59))
			}
		}
	}
	slices.Sort(times)
	return slices.Compact(times)
}

// skipTo passes over periods that end before a wall clock. It may only be used where nothing counts occurrences.
func (w *walker) skipTo(t time.Time) {
	if w.rule.Count > 0 || !t.After(w.period) || len(w.buffer) > 0 {
		return
	}
	n := 0
	switch w.rule.Freq {
	case Yearly:
		n = t.Year() - w.period.Year()
	case Monthly:
		n = (t.Year()-w.period.Year())*12 + int(t.Month()) - int(w.period.Month())
	case Weekly:
		n = daysBetween(w.period, t) / 7
	default:
		n = daysBetween(w.period, t)
	}
	if n = (n - 1) / w.rule.Interval; n > 0 {
		w.advance(n)
		w.begun = true
	}
}

// daysBetween counts whole days; a time.Duration would end after 292 years.
func daysBetween(a, b time.Time) int { return int((b.Unix() - a.Unix()) / 86400) }

// advance moves on by n intervals.
func (w *walker) advance(n int) {
	n *= w.rule.Interval
	switch w.rule.Freq {
	case Yearly:
		w.period = w.period.AddDate(n, 0, 0)
	case Monthly:
		w.period = w.period.AddDate(0, n, 0)
	case Weekly:
		w.period = w.period.AddDate(0, 0, 7*n)
	default:
		w.period = w.period.AddDate(0, 0, n)
	}
}

// next returns the next wall clock; false when there is none, or the budget is spent.
func (w *walker) next() (time.Time, bool) {
	if w.rule.Count > 0 && w.given >= w.rule.Count {
		return time.Time{}, false
	}
	if !w.begun {
		w.begun = true
		w.given++
		return w.start, w.budget.take(1)
	}
	for {
		for len(w.buffer) > 0 {
			t := w.buffer[0]
			w.buffer = w.buffer[1:]
			if t.After(w.start) {
				w.given++
				return t, true
			}
		}
		if w.period.Year() > maxYear || !w.fill() {
			return time.Time{}, false
		}
		w.advance(1)
	}
}

// fill makes the occurrences of the current period.
func (w *walker) fill() bool {
	w.buffer = w.buffer[:0]
	if w.rule.Freq != Yearly || len(w.rule.ByMonth) == 0 {
		if !w.fillDays(w.period, w.length()) {
			return false
		}
	} else { // only the months that are named, since that is what most yearly rules are
		for _, month := range w.rule.ByMonth {
			first := time.Date(w.period.Year(), time.Month(month), 1, 0, 0, 0, 0, time.UTC)
			if !w.fillDays(first, monthLength(first.Year(), first.Month())) {
				return false
			}
		}
	}
	w.buffer = atPositions(w.buffer, w.rule.BySetPos)
	return true
}

// length is how many days the current period has.
func (w *walker) length() int {
	switch w.rule.Freq {
	case Yearly:
		return yearLength(w.period.Year())
	case Monthly:
		return monthLength(w.period.Year(), w.period.Month())
	case Weekly:
		return 7
	}
	return 1
}

// fillDays adds the occurrences on some days.
func (w *walker) fillDays(day time.Time, count int) bool {
	if !w.budget.take(1 + count) {
		return false
	}
	for range count {
		if w.rule.matches(day) {
			for _, seconds := range w.times {
				w.buffer = append(w.buffer, day.Add(time.Duration(seconds)*time.Second))
			}
		}
		day = day.Add(24 * time.Hour)
	}
	return w.budget.take(len(w.buffer))
}

// atPositions applies BYSETPOS to the occurrences of a period.
func atPositions(all []time.Time, positions []int) []time.Time {
	if len(positions) == 0 {
		return all
	}
	var picked []time.Time
	for i, t := range all {
		if slices.Contains(positions, i+1) || slices.Contains(positions, i-len(all)) {
			picked = append(picked, t)
		}
	}
	return picked
}
