package when

import "time"

// readDate: a date with day and month.
func (p *parser) readDate() int {
	dates, n := p.date(0)
	if n == 0 {
		return 0
	}
	if p.d.count > 0 && len(dates) == 0 {
		return 0
	}
	p.setDates(dates, p.f.original(p.items[p.at].from, p.items[p.at+n-1].to))
	return n
}

func (p *parser) setDates(dates []ymd, words string) {
	if len(p.d.dates) > 0 && !sameDates(p.d.dates, dates) {
		p.d.problem(ProblemTwo, words)
		return
	}
	p.d.dates = dates
}

func sameDates(a, b []ymd) bool {
	for i := range min(len(a), len(b)) {
		if a[i].m != b[i].m || a[i].d != b[i].d {
			return false
		}
	}
	return len(a) == len(b)
}

// date reads a date from that many items ahead, in all ways in which it can be read.
func (p *parser) date(start int) (dates []ymd, n int) {
	it := p.peek(start)
	switch it.kind {
	case kDate:
		return []ymd{{it.y, it.m, it.n}}, 1
	case kSlash:
		return p.v.slashDate(it), 1
	case kMonth, kMonthDay:
		month := it.n
		if it.kind == kMonthDay {
			return nil, 0
		}
		day := p.peek(start + 1)
		if day.kind != kNumber || day.n > 31 || p.is(start+2, kOclock, kAM, kPM, kUnit, kMonth) {
			return nil, 0
		}
		n = p.skip(start+2, kSuffix, kDot)
		year, more := p.year(n)
		return []ymd{{year, month, day.n}}, n + more - start
	case kNumber, kOrdinal:
		return p.dayThenMonth(start)
	case kTheDay:
		if dates, n = p.dayThenMonth(start + 1); n > 0 {
			n++
		}
		return dates, n
	}
	return nil, 0
}

// dayThenMonth: "1st of December 2026", "1. Dezember", "1 de diciembre de 2026".
func (p *parser) dayThenMonth(start int) (dates []ymd, n int) {
	day := p.peek(start)
	if day.kind != kNumber && (day.kind != kOrdinal || day.n < 1) || day.n > 31 {
		return nil, 0
	}
	n = p.skip(start+1, kSuffix, kDot)
	n = p.skip(n, kFrom, kMark)
	month := p.peek(n)
	switch month.kind {
	case kMonth:
	case kMonthDay:
		month.n = month.m
	default:
		return nil, 0
	}
	n = p.skip(n+1, kDot)
	year, more := p.year(n)
	return []ymd{{year, month.n, day.n}}, n + more - start
}

// year reads a year of four digits.
func (p *parser) year(start int) (year, n int) {
	of := p.skip(start, kFrom)
	if it := p.peek(of); it.kind == kNumber && it.n >= 1900 && it.n < 2200 {
		return it.n, of + 1 - start
	}
	return 0, 0
}

// slashDate is 3/4/2026 by the custom of a language: English has two.
func (v *vocabulary) slashDate(it item) []ymd {
	dayFirst, monthFirst := ymd{it.y, it.m, it.n}, ymd{it.y, it.n, it.m}
	switch {
	case it.m > 12 || it.n > 12 && !v.dayFirst() && it.m > 12:
		return []ymd{monthFirst}
	case v.dayFirst() || it.n > 12 || it.n == it.m:
		return []ymd{dayFirst}
	}
	return []ymd{dayFirst, monthFirst}
}

// readDayOfMonth: "the 15th", "am 15.", "el 15", "Thursday 26".
func (p *parser) readDayOfMonth() int {
	start := p.skip(0, kTheDay)
	it := p.peek(start)
	marked := start > 0 && p.v.lang == "es" || p.is(start+1, kSuffix, kDot)
	if it.kind == kOrdinal && it.n > 0 && (p.d.monthly || p.is(start+1, kOfMonth)) { // the first of the month
		marked = true
	} else if it.kind != kNumber || it.n < 1 || it.n > 31 {
		return 0
	}
	if !marked && p.last != kWeekday && p.last != kMonthDay || p.d.dom > 0 || len(p.d.dates) > 0 {
		return 0
	}
	p.d.dom = it.n
	return p.skip(start+1, kSuffix, kDot)
}

// readDays: today, tomorrow.
func (p *parser) readDays() int {
	it := p.peek(0)
	switch {
	case it.kind == kRel:
		if it.m != 0 {
			p.half = half(it.m)
		}
		return p.setDays(it.n, 1)
	case it.kind == kMorrow && p.last != kWeekday && p.last != kRel:
		return p.setDays(1, 1)
	}
	return 0
}

func (p *parser) setDays(days, n int) int {
	if p.d.hasDays && p.d.days != days {
		p.d.problem(ProblemTwo, p.words(p.peek(0)))
	}
	p.d.days, p.d.hasDays = days, true
	return n
}

// readIn: "in two weeks", "in 10 days".
func (p *parser) readIn() int {
	if !p.is(0, kIn) || !p.is(1, kNumber) || !p.is(2, kUnit) {
		return 0
	}
	switch n := p.peek(1).n; p.peek(2).n {
	case unitDay:
		return p.setDays(n, 3)
	case unitWeek:
		p.d.weeks, p.d.hasWeek = n, true
		return 3
	}
	return 0
}

// readWeekdays: "Thursday", "Tuesdays and Thursdays".
func (p *parser) readWeekdays() int {
	if p.is(0, kMonthDay) { // "mar" before a number, or alone
		p.addWeekday(p.peek(0))
		return 1
	}
	if !p.is(0, kWeekday, kWeekdays) {
		return 0
	}
	p.addWeekday(p.peek(0))
	n := 1
	for p.is(p.skip(n, kAnd), kWeekday, kWeekdays) && (p.is(n, kAnd) || p.d.every) {
		n = p.skip(n, kAnd)
		p.addWeekday(p.peek(n))
		n++
	}
	if p.is(n, kDot) {
		n++
	}
	return n
}

func (p *parser) addWeekday(it item) {
	if it.kind == kWeekdays {
		p.d.every = true
		if p.d.freq == 0 {
			p.setOften(unitWeek, 1)
		}
	}
	for _, known := range p.d.week {
		if known == time.Weekday(it.n) {
			return
		}
	}
	p.d.week = append(p.d.week, time.Weekday(it.n))
}
