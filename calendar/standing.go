package calendar

import (
	"guildpost/calendar/itip"
	"guildpost/store"
)

// A standing is what counts of somebody's answers to a meeting.
type standing struct {
	answer store.RSVPAnswer // "" for none
	stale  bool             // it was to another time
}

// standingFor is what counts for a date: the answer to it, else that to the latest date from which on one was given, else that
// to the whole, which is also what "" asks for.
func standingFor(m store.Meeting, key string, answers []store.RSVP) standing {
	found := countingFor(key, answers)
	return standing{found.Answer, found.Answer != "" && (found.Stale || m.Stale(key, found.Sequence))}
}

// countingFor is the answer that counts for a date, or the zero one.
func countingFor(key string, answers []store.RSVP) (found store.RSVP) {
	for _, r := range answers {
		if r.Occurrence == key && !r.Later {
			return r
		}
		if (r.Occurrence == "" || r.Later && r.Occurrence <= key) && r.Occurrence >= found.Occurrence {
			found = r
		}
	}
	return found
}

// partStat is what a calendar is told that its reader has answered: nothing, where that is asked for again.
func (s standing) partStat() itip.PartStat {
	if s.stale {
		return itip.NeedsAction
	}
	return partStat(s.answer)
}

// staleAnswer says whether an answer was to another time than the meeting is at now; one for later dates as well is about all.
func staleAnswer(m store.Meeting, r store.RSVP) bool {
	if r.Later {
		return m.Stale("", r.Sequence)
	}
	return m.Stale(r.Occurrence, r.Sequence)
}
