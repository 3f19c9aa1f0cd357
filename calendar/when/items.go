package when

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"guildpost/calendar/itip"
)

// An item is a piece of a text that means something by itself.
type item struct {
	kind     kind
	n, m, y  int
	minutes  int            // of a length
	zone     *time.Location // of a zone
	from, to int            // where it stands in the folded text
	glued    bool           // no space before it
	exact    bool           // an hour that is written so that it can only be meant by 24 hours: 03, 15
}

// kind is what an item is.
type kind string

const (
	kWord      kind = "word"      // means nothing
	kMark      kind = "mark"      // punctuation that means nothing
	kComma     kind = "comma"     //
	kDash      kind = "dash"      //
	kDot       kind = "dot"       // behind a number
	kNumber    kind = "number"    // n
	kDate      kind = "date"      // n day, m month, y year (0 is none)
	kSlash     kind = "slash"     // n/m/y: day and month, in the order of the language
	kClock     kind = "clock"     // n:m
	kPair      kind = "pair"      // n.m: a time, or a date
	kHour      kind = "nh"        // 18h: a time, or a length
	kHourMin   kind = "nhm"       // 18h30: a time, or a length
	kLength    kind = "length"    // minutes
	kZone      kind = "zone"      // zone
	kNoZone    kind = "nozone"    // a distance from UTC that no zone has
	kOr        kind = "or"        //
	kAnd       kind = "and"       //
	kWeekday   kind = "weekday"   // n as time.Weekday
	kWeekdays  kind = "weekdays"  // the same, each week
	kMonth     kind = "month"     // n
	kMonthDay  kind = "monthday"  // n weekday, m month: "mar" in Spanish
	kOrdinal   kind = "ordinal"   // n, -1 is the last
	kSuffix    kind = "suffix"    // of an ordinal number: st, nd
	kRel       kind = "rel"       // n days from today; m is the half of that day, as of type half
	kMorrow    kind = "morrow"    // tomorrow, or the morning where a day stands before it
	kNext      kind = "next"      //
	kComing    kind = "coming"    // the next one, and no other
	kThis      kind = "this"      //
	kWeek      kind = "week"      // n weeks from this one
	kEvery     kind = "every"     //
	kOther     kind = "other"     // every other
	kWorkdays  kind = "workdays"  // Monday to Friday
	kUnit      kind = "unit"      // n as the units below
	kOften     kind = "often"     // n unit, m how many of them: weekly
	kFor       kind = "for"       // a length follows
	kAt        kind = "at"        // a time follows
	kFrom      kind = "from"      // a time follows, or the first date
	kStarting  kind = "starting"  // the first date follows
	kTo        kind = "to"        // the second time of two follows
	kUntil     kind = "until"     // the same, or the last date
	kOclock    kind = "oclock"    //
	kAM        kind = "am"        //
	kPM        kind = "pm"        //
	kFixed     kind = "fixed"     // a time of day: n:m
	kPast      kind = "past"      // n minutes past the hour that follows (in Spanish: that stands before); less than 0 is before it
	kIn        kind = "in"        // a number of days or weeks follows
	kTimes     kind = "times"     // a number stands before it
	kOfMonth   kind = "ofmonth"   // of the month; n is 1 for that of each month
	kNextMonth kind = "nextmonth" //
	kTheDay    kind = "theday"    // a day of the month follows
	kZoneWord  kind = "zoneword"  // a zone stands beside it
	kFiller    kind = "filler"    // means nothing, and may
)

// Units, as n of kUnit.
const (
	unitMinute = iota
	unitHour
	unitDay
	unitWeek
	unitMonth
	unitYear
)

// A form is a piece that is told by its characters, in every language.
type form struct {
	re   *regexp.Regexp
	item func(m []string) (item, bool)
}

var forms = []form{
	{re(`(\d{4})-(\d{1,2})-(\d{1,2})`), isoDate},
	{re(`(\d{4})/(\d{1,2})/(\d{1,2})`), isoDate},
	{re(`(\d{1,2})\. ?(\d{1,2})\.(?:(\d{4}|\d{2})| (\d{4}))?`), func(m []string) (item, bool) { return dayMonth(kDate, m[1], m[2], m[3]+m[4]) }},
	{re(`(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?`), func(m []string) (item, bool) { return dayMonth(kSlash, m[1], m[2], m[3]) }},
	{re(`(\d{1,2})-(\d{1,2})-(\d{4})`), func(m []string) (item, bool) { return dayMonth(kSlash, m[1], m[2], m[3]) }},
	{re(`(\d{1,2}):(\d{2})(?::00)?h?`), clock(kClock)},
	{re(`(\d{1,2}) ?(?:hours?|horas?|hrs?|h|stunden?|std)\.? ?(?:and |und |y )?(\d{1,2}) ?(?:minutes|minuten|minutos|mins?|m)`), hoursMinutes},
	{re(`(\d{1,2})[.,](\d{1,2}) ?(?:hours?|horas?|hrs?|h|stunden?|std)`), decimalHours},
	{re(`\.5 ?(?:hours?|horas?|hrs?|h|stunden?|std)`), func([]string) (item, bool) { return item{kind: kLength, minutes: 30}, true }},
	{re(`(\d{1,2})\.(\d{1,2})`), clock(kPair)},
	{re(`(\d{1,2}) ?h ?(\d{2})`), clock(kHourMin)},
	{re(`(\d{1,2})h(?:s|rs)?()`), clock(kHour)},
	{re(`(?:utc|gmt) ?([+-] ?\d{1,2}(?::?\d{2})?)`), distance},
	{re(`[a-z]+(?:/[a-z_]+(?:-[a-z]+)*(?:[+-]?[0-9]+)?){1,2}`), ianaZone},
	{re(`\d+`), number},
}

func re(s string) *regexp.Regexp { return regexp.MustCompile(`^(?:` + s + `)`) }

func atoi(s string) int {
	n, _ := strconv.Atoi(s) // digits only, and few: else 0, which is no day and no month
	return n
}

func isoDate(m []string) (item, bool) {
	return item{kind: kDate, y: atoi(m[1]), m: atoi(m[2]), n: atoi(m[3])}, true
}

func dayMonth(k kind, day, month, year string) (item, bool) {
	i := item{kind: k, n: atoi(day), m: atoi(month), y: atoi(year)}
	if len(year) == 2 {
		i.y += 2000
	}
	return i, k != kDate || i.m <= 12 // 15.30. is a time at the end of a sentence
}

func clock(k kind) func(m []string) (item, bool) {
	return func(m []string) (item, bool) {
		i := item{kind: k, n: atoi(m[1]), m: atoi(m[2]), exact: m[1][0] == '0' || atoi(m[1]) > 12}
		return i, k != kPair || len(m[2]) == 2 || i.m <= 12
	}
}

func hoursMinutes(m []string) (item, bool) {
	return item{kind: kLength, minutes: 60*atoi(m[1]) + atoi(m[2])}, atoi(m[2]) < 60
}

func decimalHours(m []string) (item, bool) {
	part := atoi(m[2]) * 60
	for range len(m[2]) {
		part /= 10
	}
	if m[2] == "33" || m[2] == "75" || m[2] == "25" {
		part = (atoi(m[2])*60 + 50) / 100
	}
	return item{kind: kLength, minutes: 60*atoi(m[1]) + part}, true
}

// distance is UTC+2. IANA has a zone for each whole hour, of the opposite sign; another distance is none that calendars know.
func distance(m []string) (item, bool) {
	sign, digits := m[1][0], strings.TrimLeft(m[1][1:], " ")
	hours, minutes, _ := strings.Cut(digits, ":")
	if minutes == "" && len(hours) > 2 {
		hours, minutes = hours[:len(hours)-2], hours[len(hours)-2:]
	}
	name := "Etc/GMT" + map[byte]string{'+': "-", '-': "+"}[sign] + strconv.Itoa(atoi(hours))
	zone, ok := itip.Zone(name)
	if !ok || atoi(minutes) != 0 {
		return item{kind: kNoZone}, true
	}
	return item{kind: kZone, zone: zone}, true
}

func ianaZone(m []string) (item, bool) {
	zone, ok := itip.Zone(m[0])
	return item{kind: kZone, zone: zone}, ok
}

func number(m []string) (item, bool) {
	return item{kind: kNumber, n: atoi(m[0]), exact: m[0][0] == '0' || atoi(m[0]) > 12}, len(m[0]) <= 4
}

// items takes a text apart.
func (v *vocabulary) items(f folded) (all []item) {
	for at := 0; at < len(f.text); {
		if f.text[at] == ' ' || f.text[at] == '\n' {
			at++
			continue
		}
		i := v.item(f.text[at:])
		i.from, i.to = at, at+i.to
		i.glued = at > 0 && f.text[at-1] != ' '
		all, at = append(all, i), i.to
	}
	return all
}

// item is the first one of a text; to is its length.
func (v *vocabulary) item(text string) item {
	for _, f := range forms {
		m := f.re.FindStringSubmatch(text)
		if m == nil || cutsWord(text, len(m[0])) {
			continue
		}
		if i, ok := f.item(m); ok {
			i.to = len(m[0])
			if i.kind == kDate && strings.HasPrefix(text[i.to:], "t") && isDigit((text + "tt")[i.to+1]) { // 2026-12-01T18:00
				i.to++
			}
			return i
		}
	}
	if i, ok := v.phrase(text); ok {
		return i
	}
	r, size := utf8.DecodeRuneInString(text)
	switch {
	case isDigit(text[0]):
		return item{kind: kWord, to: digits(text)}
	case isWord(r):
		return item{kind: kWord, to: wordEnd(text)}
	}
	if k, ok := marks[r]; ok {
		return item{kind: k, to: size}
	}
	return item{kind: kMark, to: size}
}

var marks = map[rune]kind{'-': kDash, ',': kComma, '.': kDot, ';': kOr, '|': kOr, '&': kAnd, '+': kAnd}

// cutsWord says whether a piece of that length would end within a word or a number.
func cutsWord(text string, end int) bool {
	if end == 0 || end >= len(text) {
		return false
	}
	last, _ := utf8.DecodeLastRuneInString(text[:end])
	next, _ := utf8.DecodeRuneInString(text[end:])
	if isDigit(text[end-1]) {
		return next < utf8.RuneSelf && isDigit(byte(next)) || next == ':' && isDigit(text[end-1]) && strings.Contains(text[:end], ".")
	}
	return isWord(last) && isWord(next)
}

func digits(text string) (n int) {
	for n < len(text) && isDigit(text[n]) {
		n++
	}
	return n
}

func wordEnd(text string) int {
	for i, r := range text {
		if !isWord(r) {
			return i
		}
	}
	return len(text)
}
