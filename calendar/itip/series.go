package itip

import (
	"cmp"
	"slices"
	"time"
)

// MaxOccurrences is how many occurrences one expansion gives.
const MaxOccurrences = 1000

// A Series is a meeting with all its dates: the event that repeats, and the overrides of single dates.
type Series struct {
	Master  Event
	Changes []Event // events with a RecurrenceID, in any order; of two for one date that with the higher Sequence and Stamp counts
}

// An Occurrence is one date of a meeting.
type Occurrence struct {
	ID    Time // when it would have started, which names it (RECURRENCE-ID); Start for a meeting that does not repeat
	Start Time
	End   Time
	Event *Event // whose summary, place and so on count on that date: the Master's or a change's
}

// SeriesOf puts the events of an object together that have the same UID, in the order in which the UIDs come. Where there are
// only overrides the Master is an event without a start, and only they are occurrences.
func SeriesOf(events []Event) (all []Series) {
	index := map[string]int{}
	for _, e := range events {
		i, known := index[e.UID]
		if !known {
			i = len(all)
			index[e.UID] = i
			all = append(all, Series{Master: Event{Kind: e.Kind, UID: e.UID}})
		}
		if s := &all[i]; !e.RecurrenceID.IsZero() {
			s.Changes = append(s.Changes, e)
		} else if s.Master.Start.IsZero() || compareRevision(&e, &s.Master) > 0 {
			s.Master = e
		}
	}
	return all
}

// compareRevision orders versions of an event (RFC 5546 2.1.5).
func compareRevision(a, b *Event) int {
	return cmp.Or(cmp.Compare(a.Sequence, b.Sequence), a.Stamp.Compare(b.Stamp))
}

// Between returns the occurrences that start in a span of time, the end of which is not part of it, in order. Dates without a
// time and floating times are taken to be in the zone home.
//
// The error is a *LimitError when there are more than MaxOccurrences, or when the rule asks for more work than it is worth;
// what was found comes with it.
func (s *Series) Between(from, to time.Time, home *time.Location) ([]Occurrence, error) {
	return s.expand(from, to, MaxOccurrences, home)
}

// Next returns the first n occurrences that start at a time or later. It is otherwise like Between.
func (s *Series) Next(from time.Time, n int, home *time.Location) ([]Occurrence, error) {
	found, err := s.expand(from, time.Date(maxYear+1, 1, 1, 0, 0, 0, 0, time.UTC), min(n, MaxOccurrences), home)
	if len(found) >= n {
		return found[:n], nil
	}
	return found, err
}

// Last returns the last occurrence; false for a series that has no end, or none within the limits.
func (s *Series) Last(home *time.Location) (Occurrence, bool) {
	if slices.ContainsFunc(s.Master.Rules, func(r Rule) bool { return r.Count == 0 && r.Until.IsZero() }) {
		return Occurrence{}, false
	}
	all, err := s.expand(time.Time{}, time.Date(maxYear+1, 1, 1, 0, 0, 0, 0, time.UTC), MaxOccurrences, home)
	if err != nil || len(all) == 0 {
		return Occurrence{}, false
	}
	return all[len(all)-1], true
}

// expand finds at most so many occurrences.
func (s *Series) expand(from, to time.Time, most int, home *time.Location) ([]Occurrence, error) {
	o := s.overrides(home)
	exceptions := datesOf(s.Master.Exceptions, home)
	starts, err := s.Master.starts(from.Add(-o.reach), to.Add(o.reach), most+len(o.changes)+len(s.Master.Exceptions)+1, home)
	var found []foundOccurrence
	keep := func(occurrence Occurrence) {
		at := occurrence.Start.Instant(home)
		if !at.Before(from) && at.Before(to) && occurrence.Event.Status != "CANCELLED" {
			found = append(found, foundOccurrence{occurrence, at})
		}
	}
	for _, p := range starts {
		if !exceptions.has(p.Start, p.at) && !o.dates.has(p.Start, p.at) {
			keep(s.occurrence(p, o))
		}
	}
	for i, change := range o.changes {
		if id := change.RecurrenceID; !exceptions.has(id, o.at[i]) && !change.Start.IsZero() {
			keep(Occurrence{id, change.Start, change.Ends(), change})
		}
	}
	return inOrder(found, most, err)
}

// A foundOccurrence knows its moment, since asking a zone costs more than the rest.
type foundOccurrence struct {
	Occurrence
	at time.Time
}

func inOrder(found []foundOccurrence, most int, err error) ([]Occurrence, error) {
	slices.SortStableFunc(found, func(a, b foundOccurrence) int { return a.at.Compare(b.at) })
	if len(found) > most {
		found, err = found[:most], &LimitError{"occurrences", most}
	}
	list := make([]Occurrence, len(found))
	for i := range found {
		list[i] = found[i].Occurrence
	}
	return list, err
}

// occurrence makes the occurrence of a start that has no override of its own: as the master has it, or as the last override
// for this and later dates (RFC 5545 3.2.13), which moves it as far as it moved its own date.
func (s *Series) occurrence(p start, o overrides) Occurrence {
	occurrence := Occurrence{ID: p.Start, Start: p.Start, End: p.End, Event: &s.Master}
	for i, change := range o.changes {
		if change.ThisAndLater && !o.at[i].After(p.at) {
			occurrence.Event = change
		}
	}
	if e := occurrence.Event; e != &s.Master && !e.Start.IsZero() {
		occurrence.Start = shifted(p.Start, e.RecurrenceID, e.Start)
		occurrence.End = Time{}
	}
	if occurrence.End.IsZero() {
		occurrence.End = occurrence.Start.Add(occurrence.Event.Length())
	}
	return occurrence
}

// shifted moves a time as far on the wall as from is from to, onto the clocks of to.
func shifted(t, from, to Time) Time {
	if from.Zone != nil && to.Zone != nil {
		from, t = from.In(to.Zone), t.In(to.Zone)
	}
	by := to.Wall.Sub(from.Wall)
	if by.Abs() > maxShift {
		by = 0
	}
	t.Wall, t.Zone, t.AllDay = t.Wall.Add(by), to.Zone, to.AllDay
	return t
}
