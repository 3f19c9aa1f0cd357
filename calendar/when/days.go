package when

import (
	"slices"
	"time"
)

// A resolver finds the dates of a draft.
type resolver struct {
	draft
	now  time.Time // in the writer's zone
	zone *time.Location
}

// today is the date where the writer is.
func (r resolver) today() time.Time { return midnight(r.now) }

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

// days are the dates that a draft may mean; ask is that there is no telling which.
func (r resolver) days(times []span) (all []day, ask bool, p *Problem) {
	if r.repeats() {
		return r.series(times)
	}
	dates, ask, p := r.single(times)
	for _, date := range dates {
		all = append(all, day{date: date})
	}
	if r.nth != 0 && r.month == 0 && !r.nextMon && p == nil { // "first Tuesday of the month" is handled as a series
		ask = true
	}
	return all, ask, p
}

func (r resolver) single(times []span) (dates []time.Time, ask bool, p *Problem) {
	switch {
	case len(r.week) > 1:
		return nil, false, &Problem{Kind: ProblemTwo, Words: r.text}
	case r.nth != 0:
		return r.nthDay(times)
	case len(r.dates) > 0:
		return r.named(times)
	case r.dom > 0:
		return r.dayOfMonth()
	case r.hasDays:
		return r.withWeekday([]time.Time{r.today().AddDate(0, 0, r.dayCount())})
	case r.hasWeek && len(r.week) == 1:
		monday := r.today().AddDate(0, 0, -(int(r.today().Weekday())+6)%7+7*r.weeks)
		return []time.Time{monday.AddDate(0, 0, (int(r.week[0])+6)%7)}, false, nil
	case r.hasWeek:
		return nil, false, &Problem{Kind: ProblemDay, Words: r.text}
	}
	return r.weekday(times)
}

func (r resolver) dayCount() int { return r.draft.days }

// weekday is the coming one. "Next" may also be that of the week after, and a weekday said on that day may be today.
func (r resolver) weekday(times []span) (dates []time.Time, ask bool, p *Problem) {
	today := r.today()
	ahead := (int(r.week[0]) - int(today.Weekday()) + 7) % 7
	coming, later := today.AddDate(0, 0, ahead), today.AddDate(0, 0, ahead+7)
	switch {
	case ahead == 0 && (r.next || r.coming || !r.ahead(today, times)):
		return []time.Time{later}, false, nil
	case ahead == 0 && !r.this:
		return []time.Time{coming, later}, false, nil
	case r.next && r.thisWeek(coming):
		return []time.Time{coming, later}, false, nil
	}
	return []time.Time{coming}, false, nil
}

// ahead says whether one of the times is still to come on a day.
func (r resolver) ahead(date time.Time, times []span) bool {
	return slices.ContainsFunc(times, func(t span) bool {
		return inZone(t.on(date), r.zone).After(r.now)
	})
}

// thisWeek says whether a date is in the week of today; where weeks begin on Sunday, and today is one, also those after it are.
func (r resolver) thisWeek(date time.Time) bool {
	y1, w1 := date.ISOWeek()
	y2, w2 := r.today().ISOWeek()
	return y1 == y2 && w1 == w2 || r.lang == "en" && r.today().Weekday() == time.Sunday
}

// named are dates with day and month. The year that is not said is the one in which the date comes next.
func (r resolver) named(times []span) (dates []time.Time, ask bool, p *Problem) {
	var past, wrong []time.Time
	for _, d := range r.dates {
		date, ok := r.dateIn(d)
		switch {
		case !ok:
		case date.Before(r.today()):
			past = append(past, date)
		case len(r.week) == 1 && date.Weekday() != r.week[0]:
			wrong = append(wrong, date)
		default:
			dates = append(dates, date)
		}
	}
	switch {
	case len(dates) > 0:
		return dates, len(dates) > 1, nil
	case len(wrong) > 0:
		return r.withWeekday(wrong)
	case len(past) > 0:
		return nil, false, &Problem{Kind: ProblemPast, Words: r.text, At: inZone(times[0].on(past[0]), r.zone)}
	}
	return nil, false, &Problem{Kind: ProblemNone, Words: r.text}
}

// dateIn is a date in the year that was said, or the next that has it; false where there is no such date.
func (r resolver) dateIn(d ymd) (time.Time, bool) {
	if d.y != 0 {
		return dateOf(d.y, d.m, d.d)
	}
	for year := r.today().Year(); year <= r.today().Year()+8; year++ {
		if date, ok := dateOf(year, d.m, d.d); ok && !date.Before(r.today()) {
			return date, true
		}
	}
	return time.Time{}, false
}

func dateOf(y, m, d int) (time.Time, bool) {
	date := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	return date, date.Day() == d && int(date.Month()) == m && m >= 1 && m <= 12 && y >= 1900 && y < 2200
}

// withWeekday compares dates with the weekday that was said. Where they differ there is no telling which of them is meant.
func (r resolver) withWeekday(found []time.Time) (dates []time.Time, ask bool, p *Problem) {
	for _, date := range found {
		if len(r.week) != 1 || date.Weekday() == r.week[0] {
			dates = append(dates, date)
		}
	}
	if len(dates) > 0 {
		return dates, len(dates) > 1, nil
	}
	for _, date := range found {
		ahead := (int(r.week[0]) - int(date.Weekday()) + 7) % 7
		if ahead > 3 {
			ahead -= 7
		}
		dates = append(dates, date, date.AddDate(0, 0, ahead))
	}
	return dates, true, nil
}

// dayOfMonth is the next month's day of that number; one whose weekday was said as well is looked for in three months.
func (r resolver) dayOfMonth() (dates []time.Time, ask bool, p *Problem) {
	first := r.firstOfMonth(0)
	if r.nextMon {
		first = r.firstOfMonth(1)
	}
	for month := range 3 {
		at := first.AddDate(0, month, 0)
		date, ok := dateOf(at.Year(), int(at.Month()), r.dom)
		if !ok || date.Before(r.today()) {
			continue
		}
		if dates = append(dates, date); len(r.week) == 0 || date.Weekday() == r.week[0] {
			return []time.Time{date}, false, nil
		}
	}
	if len(dates) == 0 {
		return nil, false, &Problem{Kind: ProblemNone, Words: r.text}
	}
	return r.withWeekday(dates[:1])
}

func (r resolver) firstOfMonth(ahead int) time.Time {
	today := r.today()
	return time.Date(today.Year(), today.Month()+time.Month(ahead), 1, 0, 0, 0, 0, time.UTC)
}

// nthDay is one date: "first Tuesday in December", "first Tuesday of next month".
func (r resolver) nthDay(times []span) (dates []time.Time, ask bool, p *Problem) {
	if len(r.week) != 1 {
		return nil, false, &Problem{Kind: ProblemDay, Words: r.text}
	}
	months := r.monthsAhead()
	for _, month := range months {
		date, ok := nthOf(month, r.week[0], r.nth)
		if ok && !date.Before(r.today()) && r.ahead(date, times) {
			return []time.Time{date}, false, nil
		}
	}
	return nil, false, &Problem{Kind: ProblemNone, Words: r.text}
}

// monthsAhead are the first days of the months in which an nth weekday may be meant.
func (r resolver) monthsAhead() (months []time.Time) {
	switch {
	case r.month != 0 && r.year != 0:
		return []time.Time{time.Date(r.year, time.Month(r.month), 1, 0, 0, 0, 0, time.UTC)}
	case r.month != 0:
		year := r.today().Year()
		return []time.Time{time.Date(year, time.Month(r.month), 1, 0, 0, 0, 0, time.UTC), time.Date(year+1, time.Month(r.month), 1, 0, 0, 0, 0, time.UTC)}
	case r.nextMon:
		return []time.Time{r.firstOfMonth(1)}
	}
	for ahead := range 14 {
		months = append(months, r.firstOfMonth(ahead))
	}
	return months
}

// nthOf is the nth weekday of a month, -1 for the last; false where it has none.
func nthOf(first time.Time, weekday time.Weekday, nth int) (time.Time, bool) {
	if nth < 0 {
		last := first.AddDate(0, 1, -1)
		return last.AddDate(0, 0, -(int(last.Weekday())-int(weekday)+7)%7), true
	}
	date := first.AddDate(0, 0, (int(weekday)-int(first.Weekday())+7)%7+7*(nth-1))
	return date, date.Month() == first.Month()
}
