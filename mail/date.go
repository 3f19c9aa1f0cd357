package mail

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// ParseDate reads the value of a Date field (RFC 5322 3.3, and the obsolete forms of
// 4.3), and what else is sent as such: ctime, ISO 8601, a missing day name, seconds or
// zone (then UTC), zone names, "GMT+0100". It reports false for what is no date, or one
// outside of the years 1970 to 2100. The time keeps the zone that it was written in.
func ParseDate(value string) (time.Time, bool) {
	if len(value) > 200 {
		value = value[:200]
	}
	value = strings.Trim(value, " \t\"'<>")
	if t, ok := parseISO(value); ok {
		return t, plausibleYear(t.Year()) && plausibleZone(t)
	}
	var d dateParts
	if value = stripComments(value); hasSpacedColon(value) {
		value = spacedColon.ReplaceAllString(value, ":")
	}
	for _, token := range strings.FieldsFunc(value, func(r rune) bool { return r == ' ' || r == '\t' || r == ',' }) {
		d.token(token)
	}
	return d.time()
}

// parseISO reads a date whose year comes first.
func parseISO(value string) (time.Time, bool) {
	if value == "" || !isDigit(value[0]) {
		return time.Time{}, false
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "20060102T150405Z"} {
		if t, err := time.Parse(layout, value); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// spacedColon is the obsolete form in which white space stands round a colon.
var spacedColon = regexp.MustCompile(`\s+:\s*|:\s+`)

// hasSpacedColon is a quick look for what spacedColon matches.
func hasSpacedColon(value string) bool {
	const white = " \t\n\f\r"
	for i := range len(value) {
		if value[i] == ':' && (i > 0 && strings.IndexByte(white, value[i-1]) >= 0 || i+1 < len(value) && strings.IndexByte(white, value[i+1]) >= 0) {
			return true
		}
	}
	return false
}

// dateParts collects what the tokens of a date say. Zero means not seen, except for
// the time of day, which has a flag.
type dateParts struct {
	day, month, year  int
	hour, minute, sec int
	offset            int // seconds east of UTC
	clock, zone       bool
}

func (d *dateParts) token(s string) {
	switch {
	case d.clock && d.setZone(s):
	case strings.Contains(s, ":") && isDigit(s[0]):
		d.setClock(s)
	case strings.ContainsAny(s, "-/.") && isDigit(s[0]):
		d.setDate(s)
	case isDigit(s[0]):
		d.setNumber(s)
	case strings.EqualFold(s, "pm") && d.hour < 12:
		d.hour += 12
	case strings.EqualFold(s, "am") && d.hour == 12:
		d.hour = 0
	case d.month == 0:
		d.month = monthNumber(s)
	}
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func (d *dateParts) setClock(s string) {
	parts := strings.Split(s, ":")
	d.hour, d.minute, d.clock = leadingNumber(parts[0]), leadingNumber(parts[1]), true
	if len(parts) > 2 {
		d.sec = leadingNumber(parts[2])
	}
}

// setDate reads 5-Jul-2010, 2010-07-05, 05.07.2010 and 5/7/2010, the last with the
// day first unless it cannot be one.
func (d *dateParts) setDate(s string) {
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == '-' || r == '/' || r == '.' })
	if len(parts) != 3 {
		if len(parts) > 0 {
			d.setNumber(parts[0])
		}
		return
	}
	if len(parts[0]) == 4 {
		parts[0], parts[2] = parts[2], parts[0]
	}
	d.setNumber(parts[0])
	d.setYear(parts[2])
	if d.month = monthNumber(parts[1]); d.month == 0 {
		d.month = leadingNumber(parts[1])
	}
	if d.month > 12 && d.day <= 12 {
		d.day, d.month = d.month, d.day
	}
}

// setNumber takes a bare number for the day, or for the year once there is a day.
func (d *dateParts) setNumber(s string) {
	if len(s) < 3 && d.day == 0 {
		d.day = leadingNumber(s)
	} else if d.year == 0 {
		d.setYear(s)
	}
}

// setYear knows years of two and three digits as RFC 5322 4.3 does.
func (d *dateParts) setYear(s string) {
	d.year = leadingNumber(s)
	switch {
	case len(s) == 2 && d.year < 50:
		d.year += 2000
	case len(s) == 2, len(s) == 3:
		d.year += 1900
	}
}

// zones are the names of RFC 5322 4.3 and the commonest others, in minutes east.
var zones = map[string]int{
	"UT": 0, "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "BST": 60, "WEST": 60, "MET": 60, "CET": 60, "CEST": 120,
	"MEST": 120, "EET": 120, "EEST": 180, "MSK": 180, "IST": 330, "JST": 540, "KST": 540, "AEST": 600, "AEDT": 660,
	"EST": -300, "EDT": -240, "CST": -360, "CDT": -300, "MST": -420, "MDT": -360, "PST": -480, "PDT": -420,
}

// setZone reads +0100, +01:00, GMT+0100 and names, and reports whether s is a zone.
func (d *dateParts) setZone(s string) bool {
	if d.zone {
		return false
	}
	name := strings.ToUpper(s)
	if minutes, known := zones[name]; known {
		d.offset, d.zone = minutes*60, true
		return true
	}
	digits := strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(name, "UTC"), "GMT"), "UT")
	if len(digits) < 3 || digits[0] != '+' && digits[0] != '-' {
		return false
	}
	n := leadingNumber(strings.ReplaceAll(digits[1:], ":", ""))
	if len(digits) <= 3 {
		n *= 100
	}
	if n/100 > 14 || n%100 > 59 {
		n = 0
	}
	d.offset, d.zone = n/100*3600+n%100*60, true
	if digits[0] == '-' {
		d.offset = -d.offset
	}
	return true
}

func (d *dateParts) time() (time.Time, bool) {
	if d.day == 0 || d.month == 0 || d.month > 12 || d.hour > 23 || d.minute > 59 || d.sec > 60 || !plausibleYear(d.year) {
		return time.Time{}, false
	}
	zone := time.UTC
	if d.offset != 0 {
		zone = time.FixedZone("", d.offset)
	}
	t := time.Date(d.year, time.Month(d.month), d.day, d.hour, d.minute, d.sec, 0, zone)
	if t.Day() != d.day && d.sec < 60 {
		return time.Time{}, false
	}
	return t, true
}

// plausibleZone is false for a time that is further from UTC than any on earth.
func plausibleZone(t time.Time) bool {
	_, offset := t.Zone()
	return offset > -15*3600 && offset < 15*3600
}

func plausibleYear(year int) bool { return year >= 1970 && year <= 2100 }

func monthNumber(s string) int {
	if len(s) < 3 {
		return 0
	}
	const names = "janfebmaraprmayjunjulaugsepoctnovdec"
	i := strings.Index(names, strings.ToLower(s[:3]))
	if i < 0 || i%3 != 0 {
		return 0
	}
	return i/3 + 1
}

// leadingNumber reads the digits that s begins with, at most nine.
func leadingNumber(s string) int {
	n := 0
	for n < len(s) && n < 9 && isDigit(s[n]) {
		n++
	}
	value, _ := strconv.Atoi(s[:n])
	return value
}
