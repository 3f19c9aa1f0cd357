package when

import (
	"slices"
	"time"
)

// A parser reads the items of one option, each rule as many as it understands.
type parser struct {
	v     *vocabulary
	f     folded
	home  *time.Location // of the writer
	items []item
	at    int
	d     draft
	last  kind // what was understood before
	half  half // said by itself: "Thursday morning at 9"
}

// rules are tried in their order; each returns how many items it took, 0 for none.
var rules = []func(p *parser) int{
	(*parser).readLength, (*parser).readUntil, (*parser).readTimes, (*parser).readDate, (*parser).readNth, (*parser).readEvery,
	(*parser).readCount, (*parser).readIn, (*parser).readDays, (*parser).readWeekdays, (*parser).readHalf, (*parser).readPending,
	(*parser).readDayOfMonth, (*parser).readFlag, (*parser).readZone,
}

// parse reads the items of one option.
func (v *vocabulary) parse(f folded, all []item, home *time.Location) draft {
	p := &parser{v: v, f: f, home: home, d: draft{lang: v.lang}}
	if len(all) > 0 {
		p.d.text = f.original(all[0].from, all[len(all)-1].to)
	}
	for i, it := range all {
		behindNumber := i > 0 && it.glued && all[i-1].kind == kNumber
		if it.kind != kFiller && it.kind != kMark && it.kind != kComma && (it.kind != kDot || behindNumber) {
			p.items = append(p.items, it)
		}
	}
	for p.at < len(p.items) {
		p.step()
	}
	p.finish()
	return p.d
}

func (p *parser) step() {
	for _, rule := range rules {
		if n := rule(p); n > 0 {
			p.last = p.items[p.at+n-1].kind
			p.at += n
			p.d.signs += n
			return
		}
	}
	it := p.items[p.at]
	p.at++
	last := p.last
	p.last = it.kind
	switch it.kind {
	case kNumber, kDate, kSlash, kClock, kPair, kHour, kHourMin:
		if it.kind == kNumber && last == kWord && len(p.d.unread) > 0 { // Room 3
			p.d.unread[len(p.d.unread)-1] += " " + p.words(it)
			return
		}
		p.d.problem(ProblemNumber, p.words(it))
	case kWord:
		p.d.unread = append(p.d.unread, p.words(it))
		if isDigit(p.f.text[it.from]) {
			p.d.problem(ProblemNumber, p.words(it))
		}
	case kNoZone:
		p.d.problem(ProblemZone, p.words(it))
	case kDash, kDot, kAt, kFrom, kTo, kAnd, kTheDay, kFor, kIn, kSuffix: // small words, which are nothing by themselves
	default:
		p.d.unread = append(p.d.unread, p.words(it))
	}
}

func (p *parser) words(it item) string { return p.f.original(it.from, it.to) }

// peek is the item that many ahead.
func (p *parser) peek(n int) item {
	if i := p.at + n; i >= 0 && i < len(p.items) {
		return p.items[i]
	}
	return item{}
}

func (p *parser) is(n int, kinds ...kind) bool { return slices.Contains(kinds, p.peek(n).kind) }

// skip goes past items of some kinds.
func (p *parser) skip(n int, kinds ...kind) int {
	for p.is(n, kinds...) {
		n++
	}
	return n
}

// readLength: "for 1h", "90 minutes", "1 hour 30", "durante 1:30".
func (p *parser) readLength() int {
	n := 0
	said := p.is(0, kFor)
	if said {
		n = p.skip(0, kFor)
	}
	it := p.peek(n)
	minutes := 0
	switch {
	case it.kind == kLength:
		minutes = it.minutes
	case it.kind == kNumber && p.is(n+1, kLength) && p.peek(n+1).minutes == 90: // 1 "hora y media"
		minutes = it.n*60 + 30
		n++
	case it.kind == kHour && (said || p.is(n+1, kLength)), (it.kind == kHourMin || it.kind == kClock) && said:
		minutes = it.n*60 + it.m
	case it.kind == kNumber && p.is(n+1, kUnit):
		unit := p.peek(n + 1).n
		if unit > unitHour && !(said && unit <= unitWeek) {
			return 0
		}
		minutes = it.n * unitMinutes[unit]
		n++
		n, minutes = p.furtherMinutes(n, unit, minutes)
	default:
		return 0
	}
	p.setLength(time.Duration(minutes)*time.Minute, p.words(it))
	return n + 1
}

var unitMinutes = []int{unitMinute: 1, unitHour: 60, unitDay: 24 * 60, unitWeek: 7 * 24 * 60}

// furtherMinutes reads what stands behind a number of hours: "and 30 minutes", "y media".
func (p *parser) furtherMinutes(n, unit, minutes int) (int, int) {
	if unit != unitHour {
		return n, minutes
	}
	if p.v.lang == "es" && p.is(n+1, kPast) && p.peek(n+1).n > 0 {
		return n + 1, minutes + p.peek(n+1).n
	}
	more := p.skip(n+1, kAnd)
	if p.is(more, kNumber) && p.is(more+1, kUnit) && p.peek(more+1).n == unitMinute {
		return more + 1, minutes + p.peek(more).n
	}
	return n, minutes
}

func (p *parser) setLength(length time.Duration, words string) {
	switch {
	case p.d.length != 0 && p.d.length != length:
		p.d.problem(ProblemTwo, words)
	case length <= 0 || length > longest:
		p.d.problem(ProblemEnd, words)
	default:
		p.d.length = length
	}
}

// readHalf: a part of the day by itself.
func (p *parser) readHalf() int {
	switch p.peek(0).kind {
	case kAM:
		p.half = morning
	case kPM:
		p.half = evening
	case kMorrow:
		if p.last != kWeekday && p.last != kRel {
			return 0
		}
		p.half = morning
	default:
		return 0
	}
	return 1
}

// readPending: "18h", or "1.12", which only the rest can tell.
func (p *parser) readPending() int {
	if !p.is(0, kHour, kHourMin, kPair) {
		return 0
	}
	p.d.pending = append(p.d.pending, p.peek(0))
	return 1
}

func (p *parser) readFlag() int {
	it := p.peek(0)
	switch it.kind {
	case kNext:
		p.d.next = true
	case kComing:
		p.d.coming = true
	case kThis:
		p.d.this = true
	case kWeek:
		p.d.weeks, p.d.hasWeek = it.n, true
	case kOfMonth:
		p.d.monthly, p.d.ofMonth = true, true
		p.d.every = p.d.every || it.n == 1
	case kNextMonth:
		p.d.nextMon = true
	case kStarting:
	case kOften:
		p.setOften(it.n, it.m)
	case kWorkdays:
		p.d.every = true
		p.setOften(unitWeek, 1)
		p.d.week = []time.Weekday{1, 2, 3, 4, 5}
	case kZoneWord:
		p.d.zoneWord = p.words(it)
	default:
		return 0
	}
	return 1
}

// finish settles what was left open.
func (p *parser) finish() {
	d := &p.d
	for _, it := range d.pending {
		p.settle(it)
	}
	if d.start.set && d.start.half == noHalf && p.half != noHalf {
		d.start.half = p.half
		if d.end.set && d.end.half == noHalf {
			d.end.half = p.half
		}
	}
	if d.start.half == morning && d.start.h > 12 {
		d.problem(ProblemNone, d.text)
	}
	if d.zoneWord != "" && d.zone == nil && len(d.unread) > 0 { // a zone that we do not know
		d.problem(ProblemZone, d.unread[len(d.unread)-1])
	}
}

// settle decides what an hour or a pair is, by what is missing.
func (p *parser) settle(it item) {
	d := &p.d
	hasTime, hasDate := d.start.set, d.hasDay()
	switch {
	case it.kind != kPair && !hasTime:
		p.setTime(clockTime{h: it.n, m: it.m, exact: true, set: true}, clockTime{}, p.words(it))
	case it.kind != kPair:
		p.setLength(time.Duration(it.n*60+it.m)*time.Minute, p.words(it))
	case !hasDate && (hasTime || len(d.pending) > 1):
		p.setDates([]ymd{{0, it.m, it.n}}, p.words(it))
	case hasDate && !hasTime:
		p.setTime(clockTime{h: it.n, m: it.m, exact: it.exact, set: true}, clockTime{}, p.words(it))
	default:
		d.problem(ProblemNumber, p.words(it))
	}
}
