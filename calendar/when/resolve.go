package when

import (
	"slices"
	"time"
)

// A day is a date that a draft may mean, and the rule by which it repeats.
type day struct {
	date time.Time // midnight, in UTC
	rule rule
}

// A rule is how a draft repeats, before its zone is known.
type rule struct {
	text  string // RRULE without its end; "" for none
	count int
	until ymd
}

// resolve finds the moments that a draft may mean.
func (d draft) resolve(c Context) (Option, []Problem) {
	o := Option{Text: d.text}
	if len(d.problems) > 0 {
		return o, d.problems
	}
	switch {
	case !d.hasDay() && !d.start.set:
		return o, []Problem{{Kind: ProblemNothing, Words: d.text}}
	case !d.hasDay():
		return o, []Problem{{Kind: ProblemDay, Words: d.text}}
	case !d.start.set:
		return o, []Problem{{Kind: ProblemTime, Words: d.text}}
	}
	times, askTime, p := d.times()
	if p != nil {
		return o, []Problem{*p}
	}
	zone := d.zone
	if zone == nil {
		zone = c.Zone
	}
	r := resolver{draft: d, now: c.Now, zone: zone}
	days, askDay, p := r.days(times)
	if p != nil {
		return o, []Problem{*p}
	}
	problems := r.choices(&o, days, times)
	o.Ask = len(o.Choices) > 1 && (askTime || askDay)
	if len(o.Choices) > 0 {
		return o, nil
	}
	return o, problems
}

// choices are all days with all times; problems are why there is none.
func (r resolver) choices(o *Option, days []day, times []span) (problems []Problem) {
	for _, day := range days {
		for _, t := range times {
			choice, p := r.choice(day, t)
			if p != nil {
				problems = append(problems, *p)
			} else if !slices.ContainsFunc(o.Choices, choice.same) {
				o.Choices = append(o.Choices, choice)
			}
		}
	}
	if len(problems) > 1 {
		problems = problems[:1]
	}
	return problems
}

func (c Choice) same(other Choice) bool {
	return c.Instant().Equal(other.Instant()) && c.Length == other.Length && c.Rule == other.Rule
}

// A span is a time of day and how long it takes; length 0 is that it was not said.
type span struct {
	h, m   int
	length time.Duration
}

// on is a time of day on a date.
func (t span) on(date time.Time) time.Time { return date.Add(time.Duration(t.h*60+t.m) * time.Minute) }

// times are what the times of a draft may mean; ask is that there is no telling.
func (d draft) times() (all []span, ask bool, p *Problem) {
	hours, ask := d.start.hours()
	if !d.end.set {
		for _, h := range hours {
			all = append(all, span{h: h, m: d.start.m, length: d.length})
		}
		return all, ask, nil
	}
	if d.end.half != noHalf && d.start.half == noHalf && d.start.h <= 12 && !d.start.exact {
		hours, ask = d.start.before(d.end), false
	}
	for _, h := range hours {
		if length, ok := d.lengthFrom(h); ok {
			all = append(all, span{h: h, m: d.start.m, length: length})
		}
	}
	switch {
	case len(all) == 0:
		return nil, false, &Problem{Kind: ProblemEnd, Words: d.text}
	case d.length != 0 && all[0].length != d.length:
		return nil, false, &Problem{Kind: ProblemTwo, Words: d.text}
	}
	return all, ask && len(all) > 1, nil
}

// before gives the hour of a start whose half of the day only its end says: 3-4 pm, 11-1 pm.
func (t clockTime) before(end clockTime) []int {
	hours, _ := end.hours()
	last := hours[0]*60 + end.m
	for _, h := range []int{t.h%12 + 12, t.h % 12} {
		if h*60+t.m < last {
			return []int{h}
		}
	}
	return []int{t.h%12 + 12} // 11-1 am
}

// lengthFrom is from an hour to the end that was said: the first one that comes within half a day.
func (d draft) lengthFrom(h int) (time.Duration, bool) {
	ends, _ := d.end.hours()
	best := time.Duration(0)
	for _, end := range ends {
		length := time.Duration(end*60+d.end.m-h*60-d.start.m) * time.Minute
		if length <= 0 {
			length += 24 * time.Hour
		}
		if length <= 14*time.Hour && (best == 0 || length < best) {
			best = length
		}
	}
	return best, best > 0
}

// choice is a day at a time.
func (r resolver) choice(day day, t span) (Choice, *Problem) {
	wall := t.on(day.date)
	c := Choice{Starts: wall, Zone: r.zone, Length: t.length}
	switch n := timesShown(wall, r.zone); {
	case n == 0:
		return c, &Problem{Kind: ProblemSkipped, Words: r.text}
	case n > 1:
		c.Notes = append(c.Notes, Note{Kind: NoteTwice})
	}
	if !c.Instant().After(r.now) {
		return c, &Problem{Kind: ProblemPast, Words: r.text, At: c.Instant()}
	}
	if c.Length == 0 {
		c.Length = assumedLength
		c.Notes = append(c.Notes, Note{Kind: NoteLength})
	}
	if name, _ := c.Instant().Zone(); r.season != "" && name != r.season && day.rule.text == "" {
		c.Notes = append(c.Notes, Note{Kind: NoteSeason, Words: r.season})
	}
	var ok bool
	if c.Rule, ok = day.rule.write(wall, r.zone, r.now); !ok {
		return c, &Problem{Kind: ProblemEnd, Words: r.text}
	}
	return c, nil
}

// timesShown is how often the clocks of a zone show a time: once, or at a change of the clocks twice or never.
func timesShown(wall time.Time, zone *time.Location) (n int) {
	seen := map[int64]bool{}
	for _, near := range []time.Duration{-26 * time.Hour, 26 * time.Hour} {
		_, offset := wall.Add(near).In(zone).Zone()
		at := wall.Add(-time.Duration(offset) * time.Second)
		if shown := at.In(zone); shown.Day() == wall.Day() && shown.Hour() == wall.Hour() && shown.Minute() == wall.Minute() && !seen[at.Unix()] {
			seen[at.Unix()] = true
			n++
		}
	}
	return n
}
