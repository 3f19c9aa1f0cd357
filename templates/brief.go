package templates

import "time"

// Brief is the weekly mail to one facilitator of a community. Lists are cut where they get long; what is left out is in Cut, by
// the name of the list: posts, joins, proposals, untold, actions, owed, new, quiet.
type Brief struct {
	For
	Week       time.Time // a time of the day on which it is sent, in the reader's zone
	Suggestion BriefSuggestion

	Posts     []HeldPost
	Joins     []HeldJoin
	Issue     *BriefIssue
	Report    *BriefReport
	Proposals []BriefProposal
	Untold    []BriefMeeting
	Actions   []BriefAction

	Owed   []BriefThread
	New    []BriefPerson
	Quiet  []BriefPerson
	Hosts  []BriefHost
	Next   BriefMeeting // that a host is looked for
	Alarms []BriefAlarm
	Cut    map[string]int
}

// Waits says whether anything waits for the reader.
func (b Brief) Waits() bool {
	return len(b.Posts)+len(b.Joins)+len(b.Proposals)+len(b.Untold)+len(b.Actions) > 0 || b.Issue != nil || b.Report != nil
}

// A BriefSuggestion is the one thing that is most worth doing this week.
type BriefSuggestion struct {
	Kind   string // newcomer, join, held, drought, question, proposal, attendance, issue, report, greet, host, action, quiet, or alarm: Figure
	Name   string // who it is about
	What   string // a subject or title
	Do     Ticket // that does it, or a mailto that begins it with the address that it goes to
	Figure BriefAlarm
}

// A BriefIssue is a newsletter that waits.
type BriefIssue struct {
	Title                string
	SendAt               time.Time // in the reader's zone
	Hold                 bool      // it goes out only when it is approved
	Approve, Later, Skip Ticket
}

// A BriefReport is a report to sponsors that has not gone out.
type BriefReport struct {
	Month  time.Time // a time in it
	SendAt time.Time // in the reader's zone
	Held   bool
	Hold   Ticket
	Send   Ticket
}

// A BriefProposal is another time that is proposed for a meeting.
type BriefProposal struct {
	Title   string
	When    time.Time // in the reader's zone
	People  int       // who propose it
	Accept  Ticket
	Decline Ticket // of all times that are proposed for this meeting
}

// A BriefMeeting is a date of a meeting.
type BriefMeeting struct {
	Title  string
	Start  time.Time // in the reader's zone
	Answer Ticket    // that takes who came, and the minutes
}

// A BriefAction is what somebody took on and has not done in time.
type BriefAction struct {
	What  string
	Title string // of the meeting that it is from
	Owner string // a name or address; as it was written where nobody is known by it
	Due   time.Time
	Write string // a mailto to the owner; "" where it is not known who that is
}

// A BriefThread waits for its first answer.
type BriefThread struct {
	Subject  string
	From     string // a name or address
	Days     int    // since when
	Newcomer bool
	Reply    string // a mailto that answers in the thread
}

// A BriefPerson is a member.
type BriefPerson struct {
	Name    string // or an address
	Answers []Answer
	Wrote   bool
	Write   string // a mailto
}

// A BriefHost is a member who might host.
type BriefHost struct {
	Name     string
	Came, Of int
	Hosted   time.Time // in the reader's zone; zero where it is not known that they did within a year
	Write    string
}

// A BriefAlarm is one of the alarms, with its figure.
type BriefAlarm struct {
	Kind string // a measure.AlarmKind, with dashes
	N    int    // percent, hours, days, or how many, as the alarm has it

	Figure string // with two decimals, as gravity is told
}
