package itip

import (
	"strings"
	"time"
)

// A Method is what an object wants of its reader (RFC 5546 1.4), in upper case; "" where it wants nothing.
type Method string

// The methods of iTIP.
const (
	Publish        Method = "PUBLISH"
	Request        Method = "REQUEST"
	Reply          Method = "REPLY"
	Add            Method = "ADD"
	Cancel         Method = "CANCEL"
	Refresh        Method = "REFRESH"
	Counter        Method = "COUNTER"
	DeclineCounter Method = "DECLINECOUNTER"
)

// IsKnown reports whether RFC 5546 has the method.
func (m Method) IsKnown() bool {
	switch m {
	case Publish, Request, Reply, Add, Cancel, Refresh, Counter, DeclineCounter:
		return true
	}
	return false
}

// IsFromAttendee reports whether attendees send it to the organiser; the others go the other way.
func (m Method) IsFromAttendee() bool { return m == Reply || m == Refresh || m == Counter }

// A PartStat is what an attendee answered (RFC 5545 3.2.12), in upper case; "" where nothing is said, which is as
// NeedsAction.
type PartStat string

// The answers to invitations. Tasks have COMPLETED and IN-PROCESS besides.
const (
	NeedsAction PartStat = "NEEDS-ACTION"
	Accepted    PartStat = "ACCEPTED"
	Declined    PartStat = "DECLINED"
	Tentative   PartStat = "TENTATIVE"
	Delegated   PartStat = "DELEGATED"
)

// A Kind is what a component is about, by its name in RFC 5545.
type Kind string

// The kinds of components. Only events are meetings; the others are read so that it can be said what they are.
const (
	KindEvent    Kind = "VEVENT"
	KindTask     Kind = "VTODO"
	KindJournal  Kind = "VJOURNAL"
	KindFreeBusy Kind = "VFREEBUSY"
)

// An Object is one calendar object (VCALENDAR, RFC 5545 3.4): what a method asks for, about which events.
type Object struct {
	Method   Method
	Declared Method // the method that the mail named, where it is another (Google's new-time proposals)
	ProdID   string // which software wrote it
	Version  string // "2.0"; "1.0" is vCalendar

	Events []Event // in the order in which they stand; an override is an Event with a RecurrenceID
	Others []Event // tasks, journals, free-busy times, with the properties that they share with events

	Problems []string // sentences about what was odd, left out or not understood
}

// An Event is a VEVENT (RFC 5545 3.6.1): a meeting, a repeating meeting, or a changed date of one.
type Event struct {
	Kind     Kind
	UID      string
	Sequence int
	Stamp    time.Time // DTSTAMP in UTC; zero if it has none

	Start    Time
	End      Time     // DTEND (for a task DUE) as written; zero if there is none, see Ends
	Duration Duration // DURATION as written

	Organizer Person
	Attendees []Attendee

	Rules        []Rule // RRULE; nearly always one at most
	RuleProblem  string // why an RRULE cannot be followed; Rules lacks it then, and the event is not what its sender meant
	Dates        []Period
	Exceptions   []Time // EXDATE
	RecurrenceID Time   // which occurrence this is about; zero for the whole
	ThisAndLater bool   // RANGE=THISANDFUTURE: it and all after it

	Summary, Location, Description string // lines end in LF
	Comments                       []string
	Categories                     []string
	URL                            string
	Status                         string // TENTATIVE, CONFIRMED, CANCELLED
	Class                          string // PUBLIC, PRIVATE…
	Transparent                    bool   // takes no time (TRANSP)
	Priority                       int
	Attachments                    []Attachment
	Alarms                         []Alarm
	RequestStatus                  []string // REQUEST-STATUS (3.8.8.3), such as "2.0;Success"
}

// A Person is a calendar user (RFC 5545 3.3.3), above all the organiser.
type Person struct {
	Address string // local@domain as it is meant, without "mailto:"; "" if there is none
	URI     string // what stands there instead of a mail address, such as urn:uuid:…
	Name    string // CN
	SentBy  string // address of who writes on their behalf
	Email   string // the EMAIL parameter (RFC 7986 6.2), where it differs from Address
}

// IsZero reports whether there is nobody.
func (p Person) IsZero() bool { return p == Person{} }

// An Attendee is somebody invited, with what they answered (RFC 5545 3.8.4.1).
type Attendee struct {
	Person
	Answer        PartStat
	Type          string // CUTYPE: INDIVIDUAL, GROUP, RESOURCE, ROOM
	Role          string // CHAIR, REQ-PARTICIPANT…
	RSVP          bool   // an answer is wanted
	DelegatedTo   []string
	DelegatedFrom []string
}

// A Period is an RDATE: when it starts, and when it ends if that is said (VALUE=PERIOD).
type Period struct {
	Start Time
	End   Time
}

// An Attachment is an ATTACH (RFC 5545 3.8.1.1). It is told and never fetched.
type Attachment struct {
	URI  string // "" for one that stands in the object itself, which is not kept
	Type string // FMTTYPE
	Name string // FILENAME (RFC 8607), X-FILENAME
	Size int    // octets of one that stands in the object itself, as encoded
}

// An Alarm is a VALARM (RFC 5545 3.6.6).
type Alarm struct {
	Action      string // DISPLAY, AUDIO, EMAIL
	Trigger     Duration
	FromEnd     bool      // Trigger counts from the end
	At          time.Time // a moment, in place of Trigger
	Description string
}

// Ends returns when the event ends: by DTEND, by DURATION, or as RFC 5545 3.6.1 has it for neither. It is zero if the event
// has no start.
func (e *Event) Ends() Time {
	switch {
	case !e.End.IsZero():
		return e.End
	case e.Start.IsZero():
		return Time{}
	case !e.Duration.IsZero():
		return e.Start.Add(e.Duration)
	case e.Start.AllDay:
		return e.Start.Add(Duration{Days: 1})
	}
	return e.Start
}

// Length returns how long the event takes, such that Start.Add gives its end: DURATION as written, else the exact time
// between DTSTART and DTEND (RFC 5545 3.8.5.3), never less than none.
func (e *Event) Length() Duration {
	if e.End.IsZero() && !e.Duration.IsZero() {
		return e.Duration
	}
	end := e.Ends()
	if e.Start.AllDay && end.AllDay {
		return Duration{Days: max(0, daysBetween(e.Start.Wall, end.Wall))}
	}
	return Duration{Exact: max(0, end.Instant(nil).Sub(e.Start.Instant(nil)))}
}

// Attendee returns the attendee with an address, whatever the case of its letters.
func (e *Event) Attendee(address string) (Attendee, bool) {
	for _, a := range e.Attendees {
		if a.Address != "" && strings.EqualFold(a.Address, address) {
			return a, true
		}
	}
	return Attendee{}, false
}

// IsRecurring reports whether the event has more than one date.
func (e *Event) IsRecurring() bool {
	return len(e.Rules) > 0 || len(e.Dates) > 0 || e.RuleProblem != ""
}
