package when

import (
	"fmt"
	"strings"
	"time"
)

// frequencies are the units of RRULE.
var frequencies = map[int]string{unitDay: "DAILY", unitWeek: "WEEKLY", unitMonth: "MONTHLY", unitYear: "YEARLY"}

var weekdayCodes = []string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}

// series are the first dates and the rules of a draft that repeats.
func (r resolver) series(times []span) (all []day, ask bool, p *Problem) {
	switch {
	case r.nth != 0:
		return r.monthlyNth(times)
	case r.dom > 0:
		return r.monthlyDay(times)
	case r.freq == unitWeek && len(r.week) > 0:
		return r.weekly(times)
	case r.freq == unitDay && len(r.week) > 0 && r.interval%7 == 0: // every 14 days, on Tuesdays
		r.freq, r.interval = unitWeek, r.interval/7
		return r.weekly(times)
	case r.freq == unitDay && len(r.week) > 0:
		return nil, false, &Problem{Kind: ProblemTwo, Words: r.text}
	case r.freq == unitDay:
		return r.from(r.rule("FREQ=DAILY", r.interval), times, func(time.Time) bool { return true })
	case r.freq == 0 && len(r.week) == 1 && len(r.dates) == 0: // "Tuesday 18:00 until 31 March", "Tuesday 18:00, ten times"
		r.freq, r.interval = unitWeek, 1
		return r.weekly(times)
	}
	return r.byDate(times)
}

// byDate repeats from a date that was said: "every two weeks from 1 December", "yearly on 1 December".
func (r resolver) byDate(times []span) (all []day, ask bool, p *Problem) {
	if r.freq == 0 && r.monthly {
		r.freq, r.interval = unitMonth, 1
	}
	if r.freq == 0 {
		return nil, false, &Problem{Kind: ProblemDay, Words: r.text}
	}
	if len(r.dates) == 0 && !r.hasDays && !(r.hasWeek && len(r.week) == 1) && len(r.week) != 1 {
		return nil, false, &Problem{Kind: ProblemDay, Words: r.text}
	}
	dates, ask, p := r.single(times)
	for _, date := range dates {
		all = append(all, day{date, r.rule("FREQ="+frequencies[r.freq], r.interval)})
	}
	return all, ask, p
}

func (r resolver) rule(text string, interval int) rule {
	if interval > 1 {
		text = strings.Replace(text, ";", fmt.Sprintf(";INTERVAL=%d;", interval), 1)
		if !strings.Contains(text, "INTERVAL") {
			text += fmt.Sprintf(";INTERVAL=%d", interval)
		}
	}
	return rule{text: text, count: r.count, until: r.until}
}

// weekly: on some days of the week.
func (r resolver) weekly(times []span) (all []day, ask bool, p *Problem) {
	var codes []string
	for _, weekday := range []time.Weekday{1, 2, 3, 4, 5, 6, 0} {
		if r.on(weekday) {
			codes = append(codes, weekdayCodes[weekday])
		}
	}
	return r.from(r.rule("FREQ=WEEKLY;BYDAY="+strings.Join(codes, ","), r.interval), times, func(date time.Time) bool { return r.on(date.Weekday()) })
}

func (r resolver) on(weekday time.Weekday) bool {
	for _, w := range r.week {
		if w == weekday {
			return true
		}
	}
	return false
}

// monthlyNth: "first Tuesday of the month". It may also be one date where "every" is not said, and "every second Tuesday"
// may be that of every other week.
func (r resolver) monthlyNth(times []span) (all []day, ask bool, p *Problem) {
	if len(r.week) != 1 || r.month != 0 {
		return nil, false, &Problem{Kind: ProblemTwo, Words: r.text}
	}
	if r.doubtful && r.monthlySaid() {
		r.doubtful = false
	}
	interval := 1
	if r.freq == unitMonth {
		interval = r.interval
	}
	monthly := r.rule(fmt.Sprintf("FREQ=MONTHLY;BYDAY=%d%s", r.nth, weekdayCodes[r.week[0]]), interval)
	all, ask, p = r.from(monthly, times, func(date time.Time) bool {
		nth, ok := nthOf(date.AddDate(0, 0, 1-date.Day()), r.week[0], r.nth)
		return ok && nth.Equal(date)
	})
	switch {
	case p != nil:
	case r.doubtful:
		r.interval = 2
		others, _, _ := r.weekly(times)
		return append(others, all...), true, nil
	case !r.every && r.freq == 0 && r.count == 0 && r.until.m == 0:
		all = append(all, day{date: all[0].date})
	}
	return all, ask, p
}

// monthlySaid says whether the month is named beside "every second".
func (r resolver) monthlySaid() bool { return r.ofMonth || r.freq == unitMonth }

// monthlyDay: "monthly on the 15th". A day that not every month has is refused: calendars leave those months out.
func (r resolver) monthlyDay(times []span) (all []day, ask bool, p *Problem) {
	if len(r.week) > 0 || r.freq != 0 && r.freq != unitMonth {
		return nil, false, &Problem{Kind: ProblemTwo, Words: r.text}
	}
	if r.dom > 28 {
		return nil, false, &Problem{Kind: ProblemNone, Words: r.text}
	}
	return r.from(r.rule(fmt.Sprintf("FREQ=MONTHLY;BYMONTHDAY=%d", r.dom), max(r.interval, 1)), times, func(date time.Time) bool { return date.Day() == r.dom })
}

// from finds the first date of a rule: from the date that was said, or from today, where the time is still to come.
func (r resolver) from(rule rule, times []span, is func(time.Time) bool) (all []day, ask bool, p *Problem) {
	starts := []time.Time{r.today()}
	switch {
	case len(r.dates) > 0:
		r.week = nil // it is that of the series, not of the date
		if starts, ask, p = r.named(times); p != nil {
			return nil, false, p
		}
	case r.hasDays:
		starts[0] = starts[0].AddDate(0, 0, r.dayCount())
	case r.hasWeek:
		starts[0] = starts[0].AddDate(0, 0, -(int(starts[0].Weekday())+6)%7+7*r.weeks)
	}
	for _, start := range starts {
		for ahead := range 370 {
			date := start.AddDate(0, 0, ahead)
			if is(date) && r.ahead(date, times) {
				all = append(all, day{date, rule})
				break
			}
		}
	}
	if len(all) == 0 {
		return nil, false, &Problem{Kind: ProblemNone, Words: r.text}
	}
	return all, ask, nil
}

// write is the RRULE of a series whose first date is known; false where it ends before that.
func (r rule) write(first time.Time, zone *time.Location, now time.Time) (string, bool) {
	text := r.text
	if text == "" {
		return "", true
	}
	if r.until.m > 0 {
		year := r.until.y
		if year == 0 {
			year = first.Year()
			if date, ok := dateOf(year, r.until.m, r.until.d); ok && date.Before(midnight(first)) {
				year++
			}
		}
		last, ok := dateOf(year, r.until.m, r.until.d)
		if !ok || last.Before(midnight(first)) {
			return "", false
		}
		end := inZone(last.Add(24*time.Hour-time.Second), zone).UTC()
		text += ";UNTIL=" + end.Format("20060102T150405Z")
	}
	if r.count > 0 {
		text += fmt.Sprintf(";COUNT=%d", r.count)
	}
	return text, r.until.m == 0 || r.count == 0
}
