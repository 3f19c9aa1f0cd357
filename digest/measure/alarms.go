package measure

import "time"

// An Alarm is something that the facilitators should look at; the sponsor hears of it only after a fortnight.
type Alarm struct {
	Kind  AlarmKind
	Value float64 // of the figure that gave it
	From  Trace   // what is wrong
}

// An AlarmKind says what is wrong.
type AlarmKind string

// The alarms.
const (
	AlarmDrought      AlarmKind = "drought"               // twice the rhythm without a meeting
	AlarmUnanswered   AlarmKind = "unanswered"            // AR below one half, two windows running
	AlarmSlow         AlarmKind = "slow"                  // the median first answer takes more than 72 hours
	AlarmOneAuthor    AlarmKind = "one_author"            // CAF is 1
	AlarmGravity      AlarmKind = "gravity"               // below 0, two windows running
	AlarmResponse     AlarmKind = "rsvp_response"         // below .3
	AlarmShow         AlarmKind = "show_rate"             // below .5
	AlarmUnmeasured   AlarmKind = "unmeasured"            // an initiative that nobody has read for 100 days
	AlarmNewcomer     AlarmKind = "newcomer"              // waits for an answer for 48 hours
	AlarmFacilitators AlarmKind = "facilitators_share"    // more than half of the posts
	AlarmReview       AlarmKind = "charter_review"        // is overdue
	alarmLooksBack              = NewcomerHorizon + 7*day // how old an unanswered thread of a newcomer may be to still be told of
)

// SponsorWaits is how long an alarm must last before the sponsor hears of it.
const SponsorWaits = 14 * day

// alarmRules are those that look at figures alone, of a window and of the one before.
var alarmRules = []struct {
	kind AlarmKind
	of   func(Measures) Figure
	bad  func(float64) bool
	both bool // in both windows
}{
	{AlarmDrought, func(m Measures) Figure { return m.Meetings.Drought }, func(v float64) bool { return v >= 2 }, false},
	{AlarmUnanswered, func(m Measures) Figure { return m.Discussions.Answered }, func(v float64) bool { return v < .5 }, true},
	{AlarmSlow, func(m Measures) Figure { return m.Discussions.FirstAnswer }, func(v float64) bool { return v > 72 }, false},
	{AlarmOneAuthor, func(m Measures) Figure { return m.Discussions.Absence }, func(v float64) bool { return v == 1 }, false},
	{AlarmGravity, func(m Measures) Figure { return m.Engagement.Gravity }, func(v float64) bool { return v < 0 }, true},
	{AlarmResponse, func(m Measures) Figure { return m.Meetings.Response }, func(v float64) bool { return v < .3 }, false},
	{AlarmShow, func(m Measures) Figure { return m.Meetings.Show }, func(v float64) bool { return v < .5 }, false},
	{AlarmUnmeasured, func(m Measures) Figure { return m.Impact.Unmeasured }, func(v float64) bool { return v > 0 }, false},
	{AlarmFacilitators, func(m Measures) Figure { return m.Discussions.ByFacilitators }, func(v float64) bool { return v > .5 }, false},
}

// Alarms are what is wrong at the end of a window, given the measures of the window before it. A figure that is not
// available gives none.
func (w *World) Alarms(now, before Measures) (all []Alarm) {
	for _, rule := range alarmRules {
		f, g := rule.of(now), rule.of(before)
		if f.Available() && rule.bad(f.Value) && (!rule.both || g.Available() && rule.bad(g.Value)) {
			all = append(all, Alarm{rule.kind, f.Value, f.From})
		}
	}
	if waiting := w.newcomersWaiting(now.Window.To); len(waiting) > 0 {
		all = append(all, Alarm{AlarmNewcomer, float64(len(waiting)), Trace{Kind: KindThread, Counted: waiting}})
	}
	if due := w.r.ReviewDue; !due.IsZero() && due.Before(now.Window.To) {
		all = append(all, Alarm{Kind: AlarmReview, Value: now.Window.To.Sub(due).Hours() / 24})
	}
	return all
}

// newcomersWaiting are threads that newcomers began in the week that ended 48 hours ago and that nobody has answered.
func (w *World) newcomersWaiting(now time.Time) []int64 {
	var waiting []*threadIndex
	for _, t := range w.unanswered(now) {
		if w.isNewcomer(t) {
			waiting = append(waiting, t)
		}
	}
	return w.rootIDs(waiting)
}

// Lasting are the alarms that were given a fortnight ago as well: those that the sponsor hears of.
func Lasting(now, fortnightAgo []Alarm) (all []Alarm) {
	for _, a := range now {
		for _, b := range fortnightAgo {
			if a.Kind == b.Kind {
				all = append(all, a)
			}
		}
	}
	return all
}
