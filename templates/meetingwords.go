package templates

import "time"

// A MeetingWish is a meeting as a mail that calls it in words was understood.
type MeetingWish struct {
	Title   string
	Place   string          // where, or the link; may be empty
	About   string          // may be empty, and have several lines
	Options []MeetingOption // one, or several to choose from
	Unread  []string        // what was not understood
}

// A MeetingOption is one date, or one series of dates.
type MeetingOption struct {
	N       int         // its number, from 1; 0 where there is only one
	Start   time.Time   // in the zone in which it keeps its time of day
	Dates   []time.Time // the dates after it, where it repeats
	More    bool        // there are further dates
	Repeats Repeats
	Minutes int
	Zone    string // IANA
	Local   []ZoneTime
	// Assumed, Twice and Season are what the writer may not expect: that it takes an hour, since nothing was said; that the
	// clocks show this time twice; that the abbreviation that was written is that of the other half of the year.
	Assumed bool
	Twice   bool
	Season  string
}

// MeetingEcho says how a mail that calls a meeting was understood, and asks whether that is right.
type MeetingEcho struct {
	For
	// Kind is confirm; either (it can be read in several ways, the first is likely); ask (there is no telling); poll (members
	// choose among the options).
	Kind    string
	Wish    MeetingWish
	Members int  // who will be invited
	Propose bool // the facilitators decide
	Unclear bool // an answer was neither a yes nor a no, nor another date
	Closes  time.Time
	Expires time.Time
	Answer  Ticket
}

// MeetingWishHelp says why a mail could not be read as a call of a meeting, and shows how to write one.
type MeetingWishHelp struct {
	For
	// Kind is nothing, day, time, number, none, past, skipped, zone, two, end, many, unsure (as when.ProblemKind, all about
	// Words), title, long (a text is too long), unclear (an answer), expired (so is the question), refused (only facilitators
	// call meetings here), other (Words).
	Kind   string
	Words  string
	When   time.Time // when that was, with past; zero where that is not known
	Unread []string
	Meet   string // the address to write to
}

// MeetingWishDone says what became of a mail that calls a meeting.
type MeetingWishDone struct {
	For
	// Kind is called, proposed (the facilitators decide), approved, declined (By, Reason), dropped, already
	// (it was decided before).
	Kind    string
	Title   string
	Start   time.Time // the first date, in the reader's zone; zero where the members choose it
	Members int
	By      string
	Reason  string
	Closes  time.Time // of the poll in which the members choose; zero for none
}

// MeetingProposal asks a facilitator whether a member may call a meeting.
type MeetingProposal struct {
	For
	Name    string
	Address string
	Poll    bool
	Wish    MeetingWish
	Members int
	Unclear bool // an answer was neither a yes nor a no
	Expires time.Time
	Answer  Ticket
}
