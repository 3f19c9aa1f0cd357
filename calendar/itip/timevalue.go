package itip

import (
	"fmt"
	"strings"
	"time"
)

// Years that a calendar can mean. Outlook's zones begin in 1601.
const (
	minYear = 1600
	maxYear = 2200
)

// parseClock reads a date or a date and time (RFC 5545 3.3.4, 3.3.5) without its zone. Utc reports that it ends in Z or has an
// offset, date that there is no time of day.
//
// QUIRK: ISO 8601 with hyphens and colons, a space for the T, no seconds, an offset for the Z, fractions of seconds.
func parseClock(s string) (wall time.Time, utc, date bool, err error) {
	bad := fmt.Errorf("%q is no date or time", excerpt(s))
	day, clock := s, ""
	if i := strings.IndexAny(s, "Tt "); i > 0 {
		day, clock = s[:i], s[i+1:]
	} else if utcDay, found := strings.CutSuffix(strings.ToUpper(s), "Z"); found {
		day = utcDay
	}
	day = strings.ReplaceAll(day, "-", "")
	digits, ok := digitsOf(day)
	if !ok || len(day) != 8 {
		return wall, false, false, bad
	}
	year, month, dayOfMonth := digits/10000, digits/100%100, digits%100
	wall = time.Date(year, time.Month(month), dayOfMonth, 0, 0, 0, 0, time.UTC)
	if year < minYear || year > maxYear || wall.Day() != dayOfMonth || int(wall.Month()) != month {
		return wall, false, false, bad
	}
	if clock == "" {
		return wall, false, true, nil
	}
	ofDay, utc, ok := parseTimeOfDay(clock)
	if !ok {
		return wall, false, false, bad
	}
	return wall.Add(ofDay), utc, false, nil
}

// parseTimeOfDay reads 090000, 0900, 09:00:00 and the same with Z or an offset, which is taken off.
func parseTimeOfDay(s string) (ofDay time.Duration, utc, ok bool) {
	s = strings.ToUpper(s)
	var offset time.Duration
	if clock, found := strings.CutSuffix(s, "Z"); found {
		s, utc = clock, true
	} else if i := strings.IndexAny(s, "+-"); i > 0 {
		if offset, ok = parseOffset(s[i:]); !ok {
			return 0, false, false
		}
		s, utc = s[:i], true
	}
	s, _, _ = strings.Cut(strings.ReplaceAll(s, ":", ""), ".")
	n, ok := digitsOf(s)
	switch {
	case !ok:
		return 0, false, false
	case len(s) == 4:
		n *= 100
	case len(s) == 2:
		n *= 10000
	case len(s) == 7 && n%10 == 0: // QUIRK: 2100000, from the examples of RFC 2446
		n /= 10
	case len(s) != 6:
		return 0, false, false
	}
	hour, minute, second := n/10000, n/100%100, n%100
	if hour > 24 || minute > 59 || second > 60 || hour == 24 && n > 240000 {
		return 0, false, false
	}
	second = min(second, 59) // a leap second (3.3.12)
	ofDay = time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(second)*time.Second
	return ofDay - offset, utc, true
}

// parseOffset reads a UTC-OFFSET (RFC 5545 3.3.14), also with colons or without minutes.
func parseOffset(s string) (time.Duration, bool) {
	s = strings.ReplaceAll(strings.TrimSpace(s), ":", "")
	if len(s) < 2 {
		return 0, false
	}
	n, ok := digitsOf(s[1:])
	switch len(s) {
	case 2, 3:
		n *= 10000
	case 4, 5:
		n *= 100
	case 7:
	default:
		return 0, false
	}
	d := time.Duration(n/10000)*time.Hour + time.Duration(n/100%100)*time.Minute + time.Duration(n%100)*time.Second
	if !ok || d > 26*time.Hour || s[0] != '+' && s[0] != '-' {
		return 0, false
	}
	if s[0] == '-' {
		d = -d
	}
	return d, true
}

// digitsOf reads a number of at most nine digits.
func digitsOf(s string) (n int, ok bool) {
	if s == "" || len(s) > 9 {
		return 0, false
	}
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

// formatTime writes a DATE or DATE-TIME; that in UTC has its Z, others have their zone in TZID.
func formatTime(t Time) string {
	switch {
	case t.AllDay:
		return t.Wall.Format("20060102")
	case t.Zone == time.UTC:
		return t.Wall.Format("20060102T150405Z")
	}
	return t.Wall.Format("20060102T150405")
}
