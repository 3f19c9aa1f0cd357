package templates

import "time"

// A MeetingReading is how an invitation from somebody's calendar was understood.
type MeetingReading struct {
	Title   string
	Dates   []time.Time // the next ones, in the reader's zone; none where only single dates change
	More    bool        // there are further dates
	Minutes int         // how long it takes
	Place   string      // may be empty
	About   string      // may be empty, and have several lines
	Zone    string      // in which it keeps its time of day
	Changes []MeetingDate
}

// A MeetingDate is a date of a meeting that differs from the rest.
type MeetingDate struct {
	Was       time.Time // zero where that is not known
	Starts    time.Time // zero where it does not take place
	Cancelled bool
	Later     bool // and all dates after it
}

// MeetingCallAnswer tells whoever invited the list address from their calendar what became of it.
type MeetingCallAnswer struct {
	For
	// Kind is called, changed, cancelled, known (it says what was known), proposed (the facilitators decide), approved (By),
	// declined (By, Reason), expired (nobody decided).
	Kind      string
	Reading   MeetingReading
	By        string
	Reason    string
	Guests    []string // whom the calendar invited itself
	Twice     []string // those of them who are members
	Shortened bool     // texts were too long
}

// MeetingCallHelp tells them why it cannot be a meeting of the community, and what to do.
type MeetingCallHelp struct {
	For
	// Kind is rule, zone (both with Value), floating (no zone), all-day, dates (single dates by RDATE or ADD), start, length
	// (none), long, over, title, date (no date of the meeting: Value), another (Value called it), own (a meeting of the
	// community), unknown (not called here), ended (cancelled here), later (all dates from one on, without end), many, limit, other (Value).
	Kind  string
	Value string
	Title string
}

// MeetingCallAsked asks a facilitator about what somebody's calendar asks for.
type MeetingCallAsked struct {
	For
	Kind      string // new, change, cancel
	From      string // who asks, by name
	Address   string
	Unproven  bool   // says to be a facilitator, and does not prove it
	Stranger  bool   // is no member
	Organizer string // whose calendar it is, where that is another
	Reading   MeetingReading
	Guests    []string // whom the calendar invited itself
	Expires   time.Time
	Unclear   bool // an answer was neither a yes nor a no
	Approve   Ticket
	Decline   Ticket
}

// MeetingCallDecided answers a facilitator who decided.
type MeetingCallDecided struct {
	For
	Title    string
	From     string
	Approved bool
	Already  bool   // before, by somebody else, or it has run out
	By       string // who did, with Already; "" for nobody
	Reason   string
}

// MeetingChangedHere tells whoever called a meeting from their calendar that it was changed or cancelled elsewhere: their
// calendar is theirs, so they have to do it there, too.
type MeetingChangedHere struct {
	For
	Cancelled bool
	Title     string
	Dates     []time.Time // the next ones, in the reader's zone
	Place     string      // may be empty
}
