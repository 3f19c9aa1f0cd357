package templates

import (
	"strconv"
	"time"
)

// Repeats says how a meeting repeats. The zero value is that it does not.
type Repeats struct {
	Every    string // day, week, month, year
	Interval int    // every so many
	Weekdays []time.Weekday
	Nth      int // which of that weekday in the month, -1 the last; 0 for each
	MonthDay int // a day of the month; 0 for none
	Until    time.Time
	Count    int
	Rule     string // RRULE, where the others cannot say it
}

// SayRepeats says in a language how a meeting repeats; "" is that it does not.
func SayRepeats(lang string, r Repeats) string {
	lib, err := library()
	if err != nil {
		return r.Rule
	}
	lang = Language(lang)
	return newSpeaker(lang, lib.says[lang]).repeats(r)
}

// repeats says in words how a meeting repeats: "every 2 weeks on Tuesday, 10 times".
func (s *speaker) repeats(r Repeats) string {
	if r.Rule != "" {
		return r.Rule
	}
	if r.Every == "" {
		return ""
	}
	args := Args{N: r.Interval, M: r.MonthDay, When: r.Until}
	for _, weekday := range r.Weekdays {
		args.Names = append(args.Names, s.nth("date.weekdays", int(weekday)))
	}
	key := "repeat." + r.Every
	switch {
	case r.Nth != 0:
		key, args.Code = "repeat.nth", strconv.Itoa(r.Nth)
	case r.MonthDay != 0:
		key = "repeat.month-day"
	case r.Every == "week" && len(r.Weekdays) == 0:
		key = "repeat.week-only"
	}
	text := s.say.say(key, args)
	if !r.Until.IsZero() {
		text += s.say.say("repeat.until", args)
	}
	if r.Count > 0 {
		args.N = r.Count
		text += s.say.say("repeat.count", args)
	}
	return text
}
