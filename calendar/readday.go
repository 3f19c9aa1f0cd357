package calendar

import (
	"strconv"
	"strings"
	"time"
)

// dayMonths are the months, by all that they are called in the languages that we speak, without a stop.
var dayMonths = func() map[string]time.Month {
	all := map[string]time.Month{}
	for i, names := range []string{
		"january jan januar enero ene", "february feb februar febrero", "march mar marz maerz mrz marzo", "april apr abril abr", "may mai mayo",
		"june jun juni junio", "july jul juli julio", "august aug agosto ago", "september sep sept septiembre setiembre", "october oct oktober okt octubre",
		"november nov noviembre", "december dec dezember dez diciembre dic",
	} {
		for name := range strings.FieldsSeq(names) {
			all[name] = time.Month(i + 1)
		}
	}
	return all
}()

// ReadDay reads a day as people write it: 2026-12-10, 10.12.2026, 10.12., 10/12/2026, "10 December", "December 10, 2026",
// "10. Dezember", "10 de diciembre de 2026". Without a year it is the next one from a time on, that day included. False is that
// it is no day, or that it may be two: in English 10/12 is October to some.
func ReadDay(text, language string, from time.Time) (day time.Time, ok bool) {
	text = strings.ToLower(strings.Trim(strings.TrimSpace(text), ",;"))
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return day, day.Year() > 1900
	}
	if parts := strings.Split(text, "."); len(parts) == 3 && strings.IndexFunc(text, func(r rune) bool { return r != '.' && (r < '0' || r > '9') }) < 0 {
		return dayOfNumbers(parts[0], parts[1], parts[2], from)
	}
	if parts := strings.Split(text, "/"); len(parts) == 2 || len(parts) == 3 {
		return slashedDay(append(parts, "")[:3], language, from)
	}
	return wordedDay(text, from)
}

// slashedDay reads 10/12/2026: the day stands first but where English is written, which has it both ways.
func slashedDay(parts []string, language string, from time.Time) (time.Time, bool) {
	a, errA := strconv.Atoi(parts[0])
	b, errB := strconv.Atoi(parts[1])
	if errA != nil || errB != nil {
		return time.Time{}, false
	}
	switch english := strings.HasPrefix(strings.ToLower(language), "en"); {
	case english && a <= 12 && b <= 12 && a != b:
		return time.Time{}, false
	case english && b > 12:
		parts[0], parts[1] = parts[1], parts[0]
	}
	return dayOfNumbers(parts[0], parts[1], parts[2], from)
}

func dayOfNumbers(day, month, year string, from time.Time) (time.Time, bool) {
	m, err := strconv.Atoi(month)
	if err != nil {
		return time.Time{}, false
	}
	return dayOfYear(day, time.Month(m), year, from)
}

// dayOfYear makes a day; the year may be missing, or have two digits.
func dayOfYear(day string, month time.Month, year string, from time.Time) (time.Time, bool) {
	d, err := strconv.Atoi(day)
	if err != nil || len(day) > 2 || len(year) != 0 && len(year) != 2 && len(year) != 4 {
		return time.Time{}, false
	}
	y := from.Year()
	if year != "" {
		if y, err = strconv.Atoi(year); err != nil {
			return time.Time{}, false
		}
		if len(year) == 2 {
			y += 2000
		}
	}
	at := time.Date(y, month, d, 0, 0, 0, 0, time.UTC)
	if at.Day() != d || at.Month() != month || at.Year() < 1900 {
		return time.Time{}, false
	}
	if begin := time.Date(from.Year(), from.Month(), from.Day(), 0, 0, 0, 0, time.UTC); year == "" && at.Before(begin) {
		at = time.Date(y+1, month, d, 0, 0, 0, 0, time.UTC)
	}
	return at, at.Day() == d
}

// wordedDay reads a day with the name of its month, with or without the weekday.
func wordedDay(text string, from time.Time) (time.Time, bool) {
	var day, year string
	var month time.Month
	for word := range strings.FieldsSeq(plain(text)) {
		number := strings.TrimRight(word, "abcdefghijklmnopqrstuvwxyz")
		suffix := word[len(number):]
		switch {
		case number == "" && dayMonths[word] != 0 && month == 0:
			month = dayMonths[word]
		case number == "" && (word == "de" || word == "del" || word == "of" || word == "the"):
		case number != "" && len(number) <= 2 && day == "" && (suffix == "" || suffix == "st" || suffix == "nd" || suffix == "rd" || suffix == "th"):
			day = number
		case len(number) == 4 && suffix == "" && year == "":
			year = number
		default:
			return time.Time{}, false
		}
	}
	if day == "" || month == 0 {
		return time.Time{}, false
	}
	return dayOfYear(day, month, year, from)
}
