package itip

import (
	"strings"
	"time"
)

// Answers keeps of any number of answers, in whatever order and however often they arrive, those that count.
type Answers map[AnswerKey]Answer

// An AnswerKey is what only one answer can be about.
type AnswerKey struct {
	UID          string
	Attendee     string // address in lower case
	Occurrence   string // see Time.Key; "" for the whole meeting
	ThisAndLater bool
}

// Key returns what the answer is about.
func (a Answer) Key() AnswerKey {
	return AnswerKey{a.UID, strings.ToLower(a.Attendee.Address), a.Occurrence.Key(), a.ThisAndLater}
}

// Record takes an answer in, and reports whether that changed anything. Answers of nobody, and those that answer nothing,
// are not taken in.
func (all Answers) Record(a Answer) bool {
	if a.Attendee.Address == "" || a.PartStat == "" || a.PartStat == NeedsAction {
		return false
	}
	key := a.Key()
	if before, known := all[key]; known && CompareAnswers(a, before) <= 0 {
		return false
	}
	all[key] = a
	return true
}

// For returns what an attendee answered for a date: that date's answer, else that of the latest date from which on one was
// given, else that for the whole meeting, which is also what the zero Time asks for.
func (all Answers) For(uid, attendee string, occurrence Time) (Answer, bool) {
	key := AnswerKey{UID: uid, Attendee: strings.ToLower(attendee)}
	found, known := all[key]
	if occurrence.IsZero() {
		return found, known
	}
	key.Occurrence = occurrence.Key()
	if single, ok := all[key]; ok {
		return single, true
	}
	at, since := occurrence.Instant(nil), time.Time{}
	for k, a := range all {
		begins := a.Occurrence.Instant(nil)
		if k.UID == uid && k.Attendee == key.Attendee && k.ThisAndLater && !begins.After(at) && (since.IsZero() || begins.After(since)) {
			found, known, since = a, true, begins
		}
	}
	return found, known
}

// Key returns the time as a text that is the same for the same moment in whatever zone, such as 20260329T070000Z; dates and
// floating times are without the Z.
func (t Time) Key() string {
	if t.IsZero() {
		return ""
	}
	if t.Zone != nil {
		t = t.In(time.UTC)
	}
	return formatTime(t)
}
