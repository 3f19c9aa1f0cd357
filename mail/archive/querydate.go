package archive

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// day reads one end of the time.
func (p *parser) day(t token, into *Day) error {
	start, ok := p.parseDay(strings.ToLower(t.text))
	if !ok {
		return queryError("date", t.written(), "")
	}
	day := Day{Text: strings.ToLower(t.text), Start: start}
	if into.Text != "" && into.Text != day.Text {
		return queryError("two", t.field+":"+into.Text+" "+t.written(), t.written())
	}
	*into = day
	return nil
}

var (
	dayForm = regexp.MustCompile(`^(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?$`)
	agoForm = regexp.MustCompile(`^(\d{1,4})([dwmy])$`)
)

// parseDay reads a date as the beginning of that day, month or year where the asker is; 30d is the beginning of the day
// thirty days ago.
func (p *parser) parseDay(text string) (start time.Time, ok bool) {
	now := p.Now.In(p.Zone)
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, p.Zone)
	switch text {
	case "today":
		return today, true
	case "yesterday":
		return today.AddDate(0, 0, -1), true
	}
	if m := agoForm.FindStringSubmatch(text); m != nil {
		n, err := strconv.Atoi(m[1])
		return ago(today, n, m[2]), err == nil && n < now.Year()
	}
	m := dayForm.FindStringSubmatch(text)
	if m == nil {
		return start, false
	}
	year, month, day := number(m[1]), 1, 1
	if m[2] != "" {
		month = number(m[2])
	}
	if m[3] != "" {
		day = number(m[3])
	}
	start = time.Date(year, time.Month(month), day, 0, 0, 0, 0, p.Zone)
	return start, year > 0 && start.Year() == year && start.Month() == time.Month(month) && start.Day() == day
}

// ago is a day before another.
func ago(day time.Time, n int, unit string) time.Time {
	switch unit {
	case "y":
		return day.AddDate(-n, 0, 0)
	case "m":
		return day.AddDate(0, -n, 0)
	case "w":
		return day.AddDate(0, 0, -7*n)
	}
	return day.AddDate(0, 0, -n)
}

// number is the value of digits, 0 for none.
func number(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return n
}
