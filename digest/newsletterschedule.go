package digest

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"guildpost/calendar/itip"
	"guildpost/store"
)

// A Schedule says when a newsletter goes out: on the dates of a rule, at a time of day.
type Schedule struct {
	Rule itip.Rule
	At   time.Duration // since midnight
}

// usualHour is when a newsletter goes out whose schedule names no hour.
const usualHour = 8 * time.Hour

var scheduleForm = regexp.MustCompile(`^(.*?)(?:\s+(?:at\s+)?(\d{1,2}):(\d{2}))?$`)

// ParseSchedule reads a schedule in words, "first Tuesday 08:00", or as a rule, "FREQ=MONTHLY;BYDAY=1TU 08:00". The error is
// Invalid, with a sentence.
func ParseSchedule(text string) (s Schedule, err error) {
	m := scheduleForm.FindStringSubmatch(strings.Join(strings.Fields(text), " "))
	s.At = usualHour
	if m[2] != "" {
		hour, _ := strconv.Atoi(m[2])
		minute, _ := strconv.Atoi(m[3])
		if s.At = time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute; hour > 23 || minute > 59 {
			return s, store.Errorf(store.Invalid, "%s:%s is no time of day: write 08:00", m[2], m[3])
		}
	}
	rule := m[1]
	if !strings.Contains(rule, "=") {
		if rule = wordsToRule(strings.ToLower(m[1])); rule == "" {
			return s, store.Errorf(store.Invalid, `%q is no schedule: write "first Tuesday 08:00", "every second Monday 09:00", "15th 08:00" or a rule such as "FREQ=MONTHLY;BYDAY=1TU 08:00"`, text)
		}
	}
	if s.Rule, err = itip.ParseRule(rule); err != nil {
		return s, store.Errorf(store.Invalid, "the rule %q cannot be followed: %w", rule, err)
	}
	if !slices.Contains([]itip.Frequency{itip.Weekly, itip.Monthly, itip.Yearly}, s.Rule.Freq) || len(s.Rule.ByHour)+len(s.Rule.ByMinute)+len(s.Rule.BySecond) > 0 {
		return s, store.Errorf(store.Invalid, "a newsletter goes out once a week at most, and its hour stands behind the rule: FREQ=WEEKLY;BYDAY=MO 08:00")
	}
	if s.Rule.Count > 0 || !s.Rule.Until.IsZero() {
		return s, store.Errorf(store.Invalid, "a newsletter's rule has no end: leave COUNT and UNTIL away")
	}
	return s, nil
}

var (
	ordinals = map[string]string{"first": "1", "1st": "1", "second": "2", "2nd": "2", "third": "3", "3rd": "3", "fourth": "4", "4th": "4", "last": "-1"}
	weekdays = map[string]string{"monday": "MO", "tuesday": "TU", "wednesday": "WE", "thursday": "TH", "friday": "FR", "saturday": "SA", "sunday": "SU"}
	dayForm  = regexp.MustCompile(`^(?:day |the )?(\d{1,2})(?:st|nd|rd|th)?$`)
)

// wordsToRule reads "first and third tuesday", "every monday", "every second monday", "15th"; "" is that it is none of these.
func wordsToRule(text string) string {
	text = strings.TrimSuffix(strings.TrimSuffix(text, " of the month"), " of every month")
	if m := dayForm.FindStringSubmatch(text); m != nil {
		if n, _ := strconv.Atoi(m[1]); n >= 1 && n <= 28 { // later ones are missing in some months
			return "FREQ=MONTHLY;BYMONTHDAY=" + m[1]
		}
		return ""
	}
	words := strings.Fields(strings.ReplaceAll(text, " and ", " "))
	if len(words) < 2 {
		return ""
	}
	day, ok := weekdays[words[len(words)-1]]
	if !ok {
		return ""
	}
	switch words = words[:len(words)-1]; {
	case words[0] == "every" && len(words) == 1:
		return "FREQ=WEEKLY;BYDAY=" + day
	case words[0] == "every" && len(words) == 2 && (words[1] == "second" || words[1] == "other"):
		return "FREQ=WEEKLY;INTERVAL=2;BYDAY=" + day
	}
	var days []string
	for _, word := range words {
		n, ok := ordinals[word]
		if !ok {
			return ""
		}
		days = append(days, n+day)
	}
	return "FREQ=MONTHLY;BYDAY=" + strings.Join(days, ",")
}

// epoch is a Monday before all newsletters: every second week counts from it.
var epoch = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

// dates are the times of a schedule, in a zone, from one up to another, at most 1,000.
func (s Schedule) dates(from, to time.Time, zone *time.Location) (all []time.Time) {
	wall := epoch.Add(s.At)
	start := itip.Time{Wall: wall, Zone: zone}
	series := itip.Series{Master: itip.Event{Kind: itip.KindEvent, UID: "newsletter", Start: start, End: start, Rules: []itip.Rule{s.Rule}}}
	found, _ := series.Between(from, to, time.UTC) // what there is comes with the error
	first := start.Instant(time.UTC)
	for _, o := range found {
		if at := o.Start.Instant(time.UTC); !at.Equal(first) && !at.Before(from) && at.Before(to) { // the first is that of the epoch, whatever the rule says
			all = append(all, at)
		}
	}
	return all
}

// Next returns the first time of a schedule that lies behind one.
func (s Schedule) Next(after time.Time, zone *time.Location) (time.Time, bool) {
	all := s.dates(after.Add(time.Microsecond), after.AddDate(4, 0, 0), zone)
	if len(all) == 0 {
		return time.Time{}, false
	}
	return all[0], true
}

// last returns the last time of a schedule from one up to and with another; false where there is none.
func (s Schedule) last(from, until time.Time, zone *time.Location) (time.Time, bool) {
	all := s.dates(from, until.Add(time.Microsecond), zone)
	if len(all) == 0 {
		return time.Time{}, false
	}
	return all[len(all)-1], true
}

// isWeekly says that issues are closer to each other than months.
func (s Schedule) isWeekly() bool {
	return s.Rule.Freq == itip.Weekly || len(s.Rule.ByDay)+len(s.Rule.ByMonthDay) > 1
}
