package when

// readEvery: "every Tuesday", "every two weeks", "every second Tuesday of the month".
func (p *parser) readEvery() int {
	n := 1
	interval := 0
	switch {
	case p.is(0, kOther):
		interval = 2
	case !p.is(0, kEvery):
		return 0
	}
	n = p.skip(n, kTheDay)
	it := p.peek(n)
	if interval == 0 && (it.kind == kNumber || it.kind == kOrdinal) {
		after := p.skip(n+1, kSuffix, kDot)
		isNth := it.kind == kOrdinal || after > n+1
		switch {
		case p.is(after, kUnit) && it.n > 0:
			interval, n = it.n, after
		case isNth && p.is(after, kWeekday, kWeekdays):
			p.setEveryNth(it.n)
			return after
		case isNth && it.n > 0: // every 15th
			p.d.every, p.d.monthly, p.d.dom = true, true, it.n
			return after
		default:
			return 0
		}
	}
	interval = max(interval, 1)
	switch {
	case p.is(n, kUnit) && p.peek(n).n >= unitDay:
		p.d.every = true
		p.setOften(p.peek(n).n, interval)
		return n + 1
	case p.is(n, kWeekday, kWeekdays, kMonthDay):
		p.d.every = true
		p.setOften(unitWeek, interval)
		return n
	}
	return 0
}

// setEveryNth: "every first Tuesday" is of the month; "every second" may also be every other.
func (p *parser) setEveryNth(nth int) {
	p.d.every, p.d.monthly, p.d.nth = true, true, nth
	p.d.doubtful = nth == 2
}

func (p *parser) setOften(freq, interval int) {
	if p.v.lang == "es" && freq == unitDay && interval == 15 { // "cada 15 días" are two weeks
		freq, interval = unitWeek, 2
	}
	if p.d.freq != 0 && (p.d.freq != freq || p.d.interval != interval) {
		if p.d.freq == unitWeek && p.d.interval == 1 && freq == unitWeek || freq == unitWeek && p.d.freq == unitWeek && interval == 1 {
			p.d.interval = max(p.d.interval, interval)
			return
		}
		if p.d.freq == unitDay && p.d.interval%7 == 0 && freq == unitWeek {
			return
		}
		p.d.problem(ProblemTwo, p.words(p.peek(0)))
		return
	}
	p.d.freq, p.d.interval = freq, interval
}

// readNth: "first Tuesday of the month", "1. Dienstag", "last Friday in December".
func (p *parser) readNth() int {
	start := p.skip(0, kTheDay)
	it := p.peek(start)
	after := p.skip(start+1, kSuffix, kDot)
	if it.kind != kOrdinal && (it.kind != kNumber || after == start+1) || it.n > 5 || it.n == 0 || !p.is(after, kWeekday, kWeekdays) {
		return 0
	}
	p.d.nth = it.n
	if p.is(after, kWeekdays) {
		p.d.every, p.d.monthly = true, true
		p.d.week = append(p.d.week, weekdayOf(p.peek(after)))
	} else {
		p.addWeekday(p.peek(after))
	}
	n := after + 1
	in := p.skip(n, kIn, kFrom, kTheDay)
	if p.is(in, kMonth) {
		p.d.month = p.peek(in).n
		year, more := p.year(in + 1)
		p.d.year = year
		return in + 1 + more
	}
	return n
}

// readCount: "10 times".
func (p *parser) readCount() int {
	if !p.is(0, kNumber) || !p.is(1, kTimes) || p.peek(0).n < 1 {
		return 0
	}
	p.d.count = p.peek(0).n
	return 2
}

// readUntil: "until 31 March".
func (p *parser) readUntil() int {
	if !p.is(0, kUntil, kTo) {
		return 0
	}
	start := p.skip(1, kTheDay)
	dates, n := p.date(start)
	if n == 0 {
		return 0
	}
	if len(dates) != 1 || p.d.until.m > 0 {
		p.d.problem(ProblemUnsure, p.f.original(p.items[p.at].from, p.items[p.at+start+n-1].to))
	}
	p.d.until = dates[0]
	return start + n
}
