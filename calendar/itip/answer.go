package itip

import (
	"cmp"
	"strings"
	"time"
)

// An Answer is what a REPLY says of one attendee and one meeting or date (RFC 5546 3.2.3).
type Answer struct {
	UID          string
	Occurrence   Time // which date it is about; zero for the whole meeting
	ThisAndLater bool // it and all after it

	Attendee      Person   // whose answer it claims to be; zero where the object names nobody
	PartStat      PartStat // "" where the object does not say
	DelegatedTo   []string // who comes instead, with Delegated
	DelegatedFrom []string
	Comment       string

	Sequence int       // of the invitation that was answered
	Stamp    time.Time // when the answer was given, as its sender's clock has it
}

// Answers returns the answers of a REPLY, each attendee of each event in order; those of other objects are none. An event
// without an ATTENDEE gives one Answer of nobody.
//
// QUIRK: one REPLY answers the series and changed dates at once (Zimbra, Nextcloud); a delegation lists both people; rooms of
// Grommunio list none. Who really sent it is for the caller to know.
func (o *Object) Answers() (answers []Answer) {
	if o.Method != Reply {
		return nil
	}
	for i := range o.Events {
		e := &o.Events[i]
		for _, a := range e.attendeesOrNobody() {
			answers = append(answers, Answer{
				UID: e.UID, Occurrence: e.RecurrenceID, ThisAndLater: e.ThisAndLater,
				Attendee: a.Person, PartStat: a.Answer, DelegatedTo: a.DelegatedTo, DelegatedFrom: a.DelegatedFrom,
				Comment: strings.Join(e.Comments, "\n"), Sequence: e.Sequence, Stamp: e.Stamp,
			})
		}
	}
	return answers
}

func (e *Event) attendeesOrNobody() []Attendee {
	if len(e.Attendees) == 0 {
		return []Attendee{{}}
	}
	return e.Attendees
}

// A Proposal is what a COUNTER proposes (RFC 5546 3.2.7): the event as somebody would like it.
type Proposal struct {
	UID        string
	Occurrence Time      // which date it is about; zero for the whole meeting
	Proposer   Person    // zero where the object does not show who of several attendees proposes
	Event      Event     // with the proposed Start, Ends, Location…
	Comment    string    // why
	Sequence   int       // of the invitation that was answered
	Stamp      time.Time // when it was proposed
}

// Proposals returns what a COUNTER proposes; other objects propose nothing. The proposer is the only attendee, or the only
// one who answered.
func (o *Object) Proposals() (proposals []Proposal) {
	if o.Method != Counter {
		return nil
	}
	for i := range o.Events {
		e := &o.Events[i]
		proposals = append(proposals, Proposal{UID: e.UID, Occurrence: e.RecurrenceID, Proposer: e.onlySpeaker(), Event: *e,
			Comment: strings.Join(e.Comments, "\n"), Sequence: e.Sequence, Stamp: e.Stamp})
	}
	return proposals
}

// onlySpeaker returns who alone can have sent what attendees send.
func (e *Event) onlySpeaker() Person {
	if len(e.Attendees) == 1 {
		return e.Attendees[0].Person
	}
	var speakers []Person
	for _, a := range e.Attendees {
		if a.Answer != "" && a.Answer != NeedsAction {
			speakers = append(speakers, a.Person)
		}
	}
	if len(speakers) == 1 {
		return speakers[0]
	}
	return Person{}
}

// A RefreshRequest asks for the latest version of a meeting (RFC 5546 3.2.6).
type RefreshRequest struct {
	UID        string
	Occurrence Time
	Attendee   Person // zero where the object does not show it
}

// RefreshRequests returns what a REFRESH asks for; other objects ask for nothing.
func (o *Object) RefreshRequests() (requests []RefreshRequest) {
	if o.Method != Refresh {
		return nil
	}
	for i := range o.Events {
		e := &o.Events[i]
		requests = append(requests, RefreshRequest{e.UID, e.RecurrenceID, e.onlySpeaker()})
	}
	return requests
}

// maxAhead is how far the clock of a sender may be ahead.
const maxAhead = 24 * time.Hour

// Bounded returns the answer as it may be compared with others: a Stamp that is missing, or more than a day ahead of when it
// was received, is that time, and a Sequence beyond the meeting's own is the meeting's. Else one forged or wrong clock would
// keep all later answers out.
func (a Answer) Bounded(received time.Time, sequence int) Answer {
	if a.Stamp.IsZero() || a.Stamp.After(received.Add(maxAhead)) {
		a.Stamp = received.UTC().Truncate(time.Second)
	}
	a.Sequence = min(a.Sequence, sequence)
	return a
}

// CompareAnswers orders two answers of one attendee about one date: the greater counts (RFC 5546 2.1.5: by SEQUENCE, then by
// DTSTAMP). Two that differ although both are the same are ordered by what they say, so that the order in which they arrive
// never matters; 0 means that the second says nothing new.
func CompareAnswers(a, b Answer) int {
	return cmp.Or(
		cmp.Compare(a.Sequence, b.Sequence), a.Stamp.Compare(b.Stamp),
		cmp.Compare(a.PartStat, b.PartStat), cmp.Compare(a.Comment, b.Comment),
		cmp.Compare(strings.Join(a.DelegatedTo, " "), strings.Join(b.DelegatedTo, " ")),
		cmp.Compare(strings.Join(a.DelegatedFrom, " "), strings.Join(b.DelegatedFrom, " ")),
		cmp.Compare(a.Attendee.Address, b.Attendee.Address), cmp.Compare(a.Attendee.Name, b.Attendee.Name),
	)
}
