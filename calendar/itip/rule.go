package itip

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Frequency is how often a rule repeats (RFC 5545 3.3.10).
type Frequency string

// The frequencies that meetings have. SECONDLY, MINUTELY and HOURLY are refused: nobody meets that often, and a rule of
// thirty octets would ask for millions of dates.
const (
	Daily   Frequency = "DAILY"
	Weekly  Frequency = "WEEKLY"
	Monthly Frequency = "MONTHLY"
	Yearly  Frequency = "YEARLY"
)

// A Rule says on which dates a meeting repeats (RECUR, RFC 5545 3.3.10). Lists are sorted and have each value once.
type Rule struct {
	Freq      Frequency
	Interval  int          // every so many; at least 1
	Count     int          // how many occurrences, DTSTART the first; 0 for no end by number
	Until     Time         // the last moment at which one may start; the zero Time for no end by date
	WeekStart time.Weekday // Monday unless WKST says otherwise

	ByDay      []RuleDay
	ByMonthDay []int // 1 to 31, or -31 to -1 from the end
	ByMonth    []int
	ByYearDay  []int
	ByWeekNo   []int
	ByHour     []int
	ByMinute   []int
	BySecond   []int
	BySetPos   []int
}

// A RuleDay is an element of BYDAY: a day of the week, and which one of the month or year.
type RuleDay struct {
	Nth     int // 0 for each, -1 for the last
	Weekday time.Weekday
}

// maxTimesADay bounds BYHOUR, BYMINUTE and BYSECOND together; more is a rule below DAILY in other words.
const maxTimesADay = 24

// ParseRule reads the value of an RRULE. The error is a sentence without a full stop that says what cannot be followed.
//
// QUIRK: lower case, a semicolon at the end, spaces behind commas, INTERVAL=0, X- parts, COUNT and UNTIL at once (the earlier
// end counts), "RRULE:" in front.
func ParseRule(s string) (Rule, error) {
	r := Rule{Interval: 1, WeekStart: time.Monday}
	s = strings.ToUpper(strings.Join(strings.Fields(s), ""))
	s = strings.TrimPrefix(s, "RRULE:")
	for part := range strings.SplitSeq(s, ";") {
		name, value, found := strings.Cut(part, "=")
		if !found || value == "" || strings.HasPrefix(name, "X-") {
			if part != "" && !found {
				return Rule{}, fmt.Errorf("%q is no part of a recurrence rule", excerpt(part))
			}
			continue
		}
		if err := r.setPart(name, value); err != nil {
			return Rule{}, err
		}
	}
	return r, r.check()
}

// setPart reads one part of a rule, in upper case.
func (r *Rule) setPart(name, value string) (err error) {
	switch name {
	case "FREQ":
		r.Freq = Frequency(value)
	case "INTERVAL":
		r.Interval, err = ruleNumber(name, value, 0, 10000)
		r.Interval = max(r.Interval, 1)
	case "COUNT":
		r.Count, err = ruleNumber(name, value, 1, 999999999)
	case "UNTIL":
		r.Until, err = parseUntil(value)
	case "WKST":
		var day RuleDay
		day, err = parseRuleDay(value)
		r.WeekStart = day.Weekday
	case "BYDAY":
		err = r.setByDay(value)
	case "RSCALE", "SKIP": // RFC 7529
		if value != "GREGORIAN" && value != "OMIT" {
			err = fmt.Errorf("the recurrence rule counts by %s=%s, which guildpost does not", name, excerpt(value))
		}
	default:
		err = r.setNumbers(name, value)
	}
	return err
}

// setNumbers reads the parts that are lists of numbers.
func (r *Rule) setNumbers(name, value string) error {
	lists := map[string]struct {
		list     *[]int
		from, to int
	}{
		"BYMONTH": {&r.ByMonth, 1, 12}, "BYMONTHDAY": {&r.ByMonthDay, -31, 31}, "BYYEARDAY": {&r.ByYearDay, -366, 366},
		"BYWEEKNO": {&r.ByWeekNo, -53, 53}, "BYHOUR": {&r.ByHour, 0, 23}, "BYMINUTE": {&r.ByMinute, 0, 59},
		"BYSECOND": {&r.BySecond, 0, 60}, "BYSETPOS": {&r.BySetPos, -366, 366},
	}
	l, known := lists[name]
	if !known {
		return fmt.Errorf("the recurrence rule has the part %s, which guildpost does not know", excerpt(name))
	}
	for item := range strings.SplitSeq(value, ",") {
		if item == "" {
			continue
		}
		n, err := ruleNumber(name, item, l.from, l.to)
		if err != nil {
			return err
		}
		if n == 0 && l.from < 0 {
			return fmt.Errorf("%s=%s in the recurrence rule is none that exists", name, excerpt(value))
		}
		*l.list = append(*l.list, n)
	}
	slices.Sort(*l.list)
	*l.list = slices.Compact(*l.list)
	return nil
}

func ruleNumber(name, value string, from, to int) (int, error) {
	n, err := strconv.Atoi(value)
	if err != nil || n < from || n > to {
		return 0, fmt.Errorf("%s=%s in the recurrence rule is not a number from %d to %d", name, excerpt(value), from, to)
	}
	return n, nil
}

func parseUntil(value string) (Time, error) {
	wall, utc, date, err := parseClock(value)
	if err != nil {
		return Time{}, fmt.Errorf("UNTIL=%s in the recurrence rule is no date", excerpt(value))
	}
	until := Time{Wall: wall, AllDay: date}
	if utc {
		until.Zone = time.UTC
	}
	return until, nil
}

var weekdayNames = [7]string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}

func (r *Rule) setByDay(value string) error {
	for item := range strings.SplitSeq(value, ",") {
		if item == "" {
			continue
		}
		day, err := parseRuleDay(item)
		if err != nil {
			return err
		}
		if !slices.Contains(r.ByDay, day) {
			r.ByDay = append(r.ByDay, day)
		}
	}
	slices.SortFunc(r.ByDay, func(a, b RuleDay) int { return (int(a.Weekday)-int(b.Weekday))*1000 + a.Nth - b.Nth })
	return nil
}

// parseRuleDay reads MO, 1MO, +1MO, -1SU.
func parseRuleDay(s string) (RuleDay, error) {
	bad := fmt.Errorf("%q in the recurrence rule is no day of the week", excerpt(s))
	if len(s) < 2 {
		return RuleDay{}, bad
	}
	weekday := slices.Index(weekdayNames[:], s[len(s)-2:])
	nth := 0
	if number := s[:len(s)-2]; number != "" {
		var err error
		if nth, err = strconv.Atoi(number); err != nil || nth == 0 || nth < -53 || nth > 53 {
			return RuleDay{}, bad
		}
	}
	if weekday < 0 {
		return RuleDay{}, bad
	}
	return RuleDay{nth, time.Weekday(weekday)}, nil
}

// check refuses what guildpost does not follow.
func (r Rule) check() error {
	switch r.Freq {
	case Daily, Weekly, Monthly, Yearly:
	case "HOURLY", "MINUTELY", "SECONDLY":
		return fmt.Errorf("the meeting repeats %s; guildpost knows daily, weekly, monthly and yearly meetings", strings.ToLower(string(r.Freq)))
	case "":
		return fmt.Errorf("the recurrence rule does not say how often: FREQ is missing")
	default:
		return fmt.Errorf("FREQ=%s in the recurrence rule is not known", excerpt(string(r.Freq)))
	}
	if times := max(len(r.ByHour), 1) * max(len(r.ByMinute), 1) * max(len(r.BySecond), 1); times > maxTimesADay {
		return fmt.Errorf("the recurrence rule asks for %d times a day, of which guildpost takes %d", times, maxTimesADay)
	}
	return nil
}

// String writes the value of an RRULE.
func (r Rule) String() string {
	var b strings.Builder
	b.WriteString("FREQ=" + string(r.Freq))
	if r.Interval > 1 {
		fmt.Fprintf(&b, ";INTERVAL=%d", r.Interval)
	}
	if r.Count > 0 {
		fmt.Fprintf(&b, ";COUNT=%d", r.Count)
	}
	if !r.Until.IsZero() {
		b.WriteString(";UNTIL=" + formatTime(r.Until))
	}
	writeNumbers(&b, "BYMONTH", r.ByMonth)
	writeNumbers(&b, "BYWEEKNO", r.ByWeekNo)
	writeNumbers(&b, "BYYEARDAY", r.ByYearDay)
	writeNumbers(&b, "BYMONTHDAY", r.ByMonthDay)
	for i, day := range r.ByDay {
		b.WriteString([]string{";BYDAY=", ","}[min(i, 1)])
		if day.Nth != 0 {
			b.WriteString(strconv.Itoa(day.Nth))
		}
		b.WriteString(weekdayNames[day.Weekday])
	}
	writeNumbers(&b, "BYHOUR", r.ByHour)
	writeNumbers(&b, "BYMINUTE", r.ByMinute)
	writeNumbers(&b, "BYSECOND", r.BySecond)
	writeNumbers(&b, "BYSETPOS", r.BySetPos)
	if r.WeekStart != time.Monday {
		b.WriteString(";WKST=" + weekdayNames[r.WeekStart])
	}
	return b.String()
}

func writeNumbers(b *strings.Builder, name string, list []int) {
	for i, n := range list {
		if i == 0 {
			b.WriteString(";" + name + "=")
		} else {
			b.WriteByte(',')
		}
		b.WriteString(strconv.Itoa(n))
	}
}
