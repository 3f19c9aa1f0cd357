package when

import "time"

// A draft is what the words of one option say, before it is known which date that is.
type draft struct {
	text  string
	lang  string
	signs int

	dates   []ymd // what may be the date; several where its order is not known
	dom     int   // a day of a month that is not named
	days    int   // from today
	hasDays bool
	weeks   int // from this week
	hasWeek bool
	next    bool // "next": of this week or of the one after
	coming  bool
	this    bool
	week    []time.Weekday // the weekdays, in the order in which they were named
	nth     int            // which of its weekdays in a month
	month   int            // of the nth weekday; 0 is none
	year    int            // of month
	nextMon bool

	every    bool // it repeats
	monthly  bool
	ofMonth  bool // "of the month" stands there
	freq     int  // a unit; 0 is none
	interval int
	doubtful bool // "every second Tuesday": of two weeks, or of the month
	count    int
	until    ymd

	start, end clockTime
	length     time.Duration
	pending    []item // hours and pairs, which may be a time, a length or a date
	zone       *time.Location
	season     string // an abbreviation that may be of the other half of the year
	zoneWord   string

	unread   []string
	problems []Problem
}

// A ymd is a date; y is 0 where the year is not said, m is 0 where there is no date.
type ymd struct{ y, m, d int }

// A clockTime is a time of day.
type clockTime struct {
	h, m  int
	half  half
	exact bool // by 24 hours
	set   bool
}

// half is the half of the day that was said.
type half int

const (
	noHalf half = iota
	morning
	evening
)

func (d *draft) problem(k ProblemKind, words string) {
	d.problems = append(d.problems, Problem{Kind: k, Words: words})
}

// repeats says whether the draft is of a series.
func (d *draft) repeats() bool {
	return d.every || d.monthly || d.freq != 0 || d.count > 0 || d.until.m > 0
}

// hasDay says whether a day is said, in whatever way.
func (d *draft) hasDay() bool {
	return len(d.dates) > 0 || d.dom > 0 || d.hasDays || len(d.week) > 0 || d.freq == unitDay || d.repeats() && d.freq != 0
}
