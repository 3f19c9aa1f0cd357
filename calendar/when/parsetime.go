package when

// readTimes: a time, or two.
func (p *parser) readTimes() int {
	first, n, marked := p.time(0)
	if n == 0 {
		return 0
	}
	from := p.is(0, kFrom)
	var last clockTime
	if p.is(n, kDash, kTo, kUntil) || from && p.is(n, kAnd) {
		t, more, alsoMarked := p.time(n + 1)
		hours := p.is(n-1, kHour, kHourMin) || more > 0 && p.is(n+more, kHour, kHourMin)
		if more > 0 && (marked || alsoMarked || from || hours) {
			last, n, marked = t, n+1+more, true
		}
	}
	if !marked {
		return 0
	}
	p.setTime(first, last, p.f.original(p.items[p.at].from, p.items[p.at+n-1].to))
	return n
}

// time reads a time of day from that many items ahead; marked says that it cannot be anything else.
func (p *parser) time(start int) (t clockTime, n int, marked bool) {
	n = p.skip(start, kAt, kFrom)
	marked = n > start && p.is(n-1, kAt)
	it := p.peek(n)
	switch it.kind {
	case kFixed:
		return clockTime{h: it.n, m: it.m, exact: true, set: true}, n + 1 - start, true
	case kPast:
		hour := p.peek(n + 1)
		if p.v.lang == "es" || hour.kind != kNumber || hour.n > 24 {
			return t, 0, false
		}
		t = clockTime{h: hour.n, exact: hour.exact, set: true}.plus(it.n)
		n, marked = n+2, true
	case kClock:
		t, n, marked = clockTime{h: it.n, m: it.m, exact: it.exact, set: true}, n+1, true
	case kPair, kHour, kHourMin:
		if it.kind != kPair && !marked && p.d.start.set {
			return t, 0, false
		}
		t, n = clockTime{h: it.n, m: it.m, exact: it.exact || it.kind != kPair, set: true}, n+1
		marked = marked || it.kind == kHourMin && p.is(n, kDash, kTo)
	case kNumber:
		if it.n > 24 || p.isNoHour(n+1) && !(marked && p.isUnit(n+1, unitHour)) {
			return t, 0, false
		}
		t, n = clockTime{h: it.n, exact: it.exact, set: true}, n+1
		if p.v.lang == "es" && p.is(n, kPast) {
			t, n, marked = t.plus(p.peek(n).n), n+1, true
		}
	default:
		return t, 0, false
	}
	n, marked = p.behindTime(&t, n, marked)
	return t, n - start, marked
}

// isNoHour says whether what stands behind a number makes it something else than an hour.
func (p *parser) isNoHour(n int) bool {
	if p.is(n, kDot) {
		return !p.is(n+1, kOclock)
	}
	of := p.skip(n, kFrom)
	return p.is(n, kSuffix, kUnit, kWeekdays, kTimes) || p.is(of, kMonth, kMonthDay)
}

// behindTime reads "Uhr", minutes, and the half of the day.
func (p *parser) behindTime(t *clockTime, n int, marked bool) (int, bool) {
	if p.is(n, kDot) {
		n++
	}
	if p.is(n, kOclock) {
		n, marked = n+1, true
		if p.is(n, kNumber) && p.peek(n).n < 60 && t.m == 0 && !p.isNoHour(n+1) && !p.is(n+1, kOclock, kAM, kPM) { // 18 Uhr 30
			t.m, n = p.peek(n).n, n+1
		}
	}
	if p.isUnit(n, unitHour) && (p.peek(n).glued || marked) && p.v.lang != "en" { // 15:00h, a las 18 horas
		n++
	}
	switch {
	case p.is(n, kAM):
		t.half = morning
	case p.is(n, kPM):
		t.half = evening
	default:
		return n, marked
	}
	n++
	if p.is(n, kPM) && t.half == evening || p.is(n, kAM) && t.half == morning { // "10 pm at night"
		n++
	}
	return n, true
}

func (p *parser) isUnit(n, unit int) bool { return p.is(n, kUnit) && p.peek(n).n == unit }

// plus moves a time by minutes.
func (t clockTime) plus(minutes int) clockTime {
	total := t.h*60 + t.m + minutes
	if total < 0 {
		total += 12 * 60
	}
	t.h, t.m = total/60, total%60
	return t
}

func (p *parser) setTime(first, last clockTime, words string) {
	d := &p.d
	switch {
	case !first.possible() || last.set && !last.possible():
		d.problem(ProblemNone, words)
	case d.start.set && !last.set && first == d.start:
	case d.start.set && !d.end.set && !last.set && p.is(-1, kTo, kUntil, kDash):
		d.end = first
	case d.start.set:
		d.problem(ProblemTwo, words)
	default:
		d.start, d.end = first, last
	}
}

func (t clockTime) possible() bool {
	if t.half != noHalf && t.h > 12 { // 15 Uhr nachmittags
		return t.half == evening && t.h < 24 && t.m < 60
	}
	return t.h < 24 && t.m < 60 || t.h == 24 && t.m == 0
}

// hours are what a time may mean by 24 hours, the likelier first; ask is that there is no telling.
func (t clockTime) hours() (all []int, ask bool) {
	switch {
	case t.half == evening && t.h < 12:
		return []int{t.h + 12}, false
	case t.half == morning && t.h == 12:
		return []int{0}, false
	case t.half != noHalf || t.exact || t.h == 0 || t.h >= 7:
		return []int{t.h % 24}, false
	}
	return []int{t.h + 12, t.h}, true
}
