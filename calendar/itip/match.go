package itip

import (
	"slices"
	"time"
)

// Names reports whether the BYxxx parts of the rule name a day, BYSETPOS aside; without any they name every day.
func (r *Rule) Names(day time.Time) bool { return r.matches(day) }

// matches reports whether a day is one that the rule names. Within a period all BYxxx parts limit each other, which for
// days is the same as the expanding that RFC 5545 3.3.10 describes.
func (r *Rule) matches(day time.Time) bool {
	if len(r.ByMonth) > 0 && !slices.Contains(r.ByMonth, int(day.Month())) {
		return false
	}
	return matchesNumber(r.ByMonthDay, day.Day(), monthLength(day.Year(), day.Month())) &&
		matchesNumber(r.ByYearDay, day.YearDay(), yearLength(day.Year())) &&
		r.matchesWeekday(day) && r.matchesWeek(day)
}

// matchesNumber looks for the n-th of so many in a list that may count from the end.
func matchesNumber(list []int, n, of int) bool {
	return len(list) == 0 || slices.Contains(list, n) || slices.Contains(list, n-of-1)
}

// matchesWeekday looks at BYDAY. A number counts within the month for MONTHLY and for YEARLY with BYMONTH, within the year
// for YEARLY alone; elsewhere RFC 5545 forbids it and it is passed over.
func (r *Rule) matchesWeekday(day time.Time) bool {
	if len(r.ByDay) == 0 {
		return true
	}
	n, of := day.Day(), monthLength(day.Year(), day.Month())
	if r.Freq == Yearly && len(r.ByMonth) == 0 {
		n, of = day.YearDay(), yearLength(day.Year())
	}
	numbered := r.Freq == Monthly || r.Freq == Yearly && len(r.ByWeekNo) == 0
	for _, wanted := range r.ByDay {
		if wanted.Weekday != day.Weekday() {
			continue
		}
		if wanted.Nth == 0 || !numbered || wanted.Nth == (n-1)/7+1 || wanted.Nth == -((of-n)/7+1) {
			return true
		}
	}
	return false
}

// matchesWeek looks at BYWEEKNO: weeks of ISO 8601, but beginning on WKST.
func (r *Rule) matchesWeek(day time.Time) bool {
	if len(r.ByWeekNo) == 0 || r.Freq != Yearly {
		return true
	}
	// The middle of the week says to which year it belongs.
	middle := day.AddDate(0, 0, 3-daysSince(r.WeekStart, day.Weekday()))
	week := (middle.YearDay()-1)/7 + 1
	last := (yearLength(middle.Year())-middle.YearDay())/7 + week
	return matchesNumber(r.ByWeekNo, week, last)
}

func yearLength(year int) int {
	if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
		return 366
	}
	return 365
}

func monthLength(year int, month time.Month) int {
	switch month {
	case time.February:
		return yearLength(year) - 337
	case time.April, time.June, time.September, time.November:
		return 30
	}
	return 31
}
