package calendar

import (
	"slices"
	"time"

	"guildpost/store"
)

// A difference is in what a meeting is not as somebody was last told. Only what a calendar must know makes one: time, place
// and dates. A text is no reason for a mail; where there is another one, it is told besides.
type difference struct {
	was, is store.Meeting
	whole   bool // all dates differ in something
	// carried is the meeting as it is, with the changes of single dates as they were: it differs from is in what changed about
	// single dates alone.
	carried store.Meeting
	keys    []string // those dates, in order
}

// differenceOf compares two versions of a meeting, for people who look at them at a time: what is over is nobody's business.
func differenceOf(was, is store.Meeting, now time.Time) difference {
	d := difference{was: was, is: is, whole: material(was, is), carried: is}
	d.carried.Changes = refittedAll(was, is)
	for _, key := range changedKeys(d.carried, is) {
		before, known := dateAt(d.carried, key)
		after, _ := dateAt(is, key)
		if known && after.materialTo(before) && !(before.overBy(is.Zone, now) && after.overBy(is.Zone, now)) {
			d.keys = append(d.keys, key)
		}
	}
	return d
}

// changedKeys are the dates that have a change of their own in one of two versions.
func changedKeys(a, b store.Meeting) (keys []string) {
	for _, d := range slices.Concat(a.Changes, b.Changes) {
		keys = append(keys, d.Occurrence)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// dateAt is a date of a meeting, with its change.
func dateAt(m store.Meeting, key string) (date, bool) {
	id, ok := dateWithKey(m, key)
	if !ok {
		return date{}, false
	}
	d, _ := dateChange(m, id)
	return d, true
}

// none says that there is nothing to tell.
func (d difference) none() bool { return !d.whole && len(d.keys) == 0 }

// one is the only date that differs, where nothing else does: it is told alone, so that nothing else in a calendar is touched.
// Several go with the whole, since one object has one method, and some dates may be cancelled and others not.
func (d difference) one() (date, bool) {
	if d.whole || len(d.keys) != 1 {
		return date{}, false
	}
	return dateAt(d.is, d.keys[0])
}
