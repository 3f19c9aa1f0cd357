package templates

import "time"

// MeetingInvite invites somebody to a meeting; the calendar object goes with it.
type MeetingInvite struct {
	For
	Title   string
	Dates   []time.Time // the next ones, in the reader's zone
	More    bool        // there are further dates
	Minutes int         // how long it takes
	Place   string      // where, or the link; may be empty
	About   string      // may be empty, and have several lines
	Caller  string      // who called it from their calendar; may be empty
	Follows bool        // it takes the place of the later dates of another meeting
	// Answered is what the reader has answered: accepted, tentative, declined; "" for nothing.
	Answered string
	Answer   Ticket
}

// MeetingCancelled says that a meeting does not take place, or that it is none of the reader's any more.
type MeetingCancelled struct {
	For
	Title string
	Start time.Time // the next date, in the reader's zone; zero where there is none
	Left  bool      // the reader is no member any more, and the meeting takes place
}

// MeetingAnswered says how an answer in words was understood.
type MeetingAnswered struct {
	For
	Title  string
	Start  time.Time // the next date, in the reader's zone; zero where there is none
	Answer string    // accepted, tentative, declined
	Change Ticket
}

// MeetingHelp says why an answer to an invitation was not taken, and how to answer.
type MeetingHelp struct {
	For
	// Kind is unclear, other (it came in the name of Address), date (no date of this meeting), another (of another meeting),
	// cancelled, over, proposal (another time), delegated, unproven (nothing shows that it came from the reader).
	Kind    string
	Title   string
	Address string // with other
	Answer  Ticket
}
