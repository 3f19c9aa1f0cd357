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
	Guest   bool        // the reader is no member
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
	Apart bool      // it takes place for others, and the reader is not invited any more
}

// MeetingAnswered says how an answer in words was understood.
type MeetingAnswered struct {
	For
	Title  string
	Start  time.Time // the next date, in the reader's zone; zero where there is none
	Answer string    // accepted, tentative, declined
	Change Ticket
}

// MeetingPlace says where somebody stands who said yes to a meeting that has room for so many.
type MeetingPlace struct {
	For
	State  string // seated, waiting, offered (a place got free for them), lapsed (they did not take it in time)
	Title  string
	Start  time.Time // in the reader's zone; zero where no date comes
	Place  string    // where, or the link; may be empty
	Line   int       // of who waits: how manieth they are
	Until  time.Time // of an offer, in the reader's zone
	Claim  Ticket    // as well
	Change Ticket
}

// MeetingHelp says why an answer to an invitation was not taken, and how to answer.
type MeetingHelp struct {
	For
	// Kind is unclear, other (it came in the name of Address), date (no date of this meeting), another (of another meeting),
	// cancelled, over, proposal (another time), delegated, unclaimed (no place is offered, or not any more), unproven (nothing shows that it came from the reader).
	Kind    string
	Title   string
	Address string // with other
	Answer  Ticket
}

// MeetingReminder reminds somebody of a date that comes.
type MeetingReminder struct {
	For
	Title   string
	Start   time.Time // in the reader's zone
	Minutes int       // how long it takes
	Place   string    // where, or the link; may be empty
	About   string    // may be empty, and have several lines
	Said    string    // what they have answered: accepted, tentative; "" is nothing yet
	Wanted  []Wish    // what people want from it
	AskWish bool      // they are asked what they want from it
	Answer  Ticket
	Off     Ticket // no more reminders
}

// MeetingNoted says how a message about one date was understood.
type MeetingNoted struct {
	For
	Title  string
	Start  time.Time // in the reader's zone
	Answer string    // accepted, tentative, declined; "" is none
	Whole  bool      // it is for all dates
	Wishes []string  // what they want from it
	Change Ticket
}

// MeetingRollup tells who organises meetings what people have answered, once a day and only when something is new.
type MeetingRollup struct {
	For
	Meetings []RolledMeeting
}

// A RolledMeeting is a meeting of which something is new, by its next date.
type RolledMeeting struct {
	Title    string
	Start    time.Time // in the reader's zone
	Answers  []RolledAnswers
	Accepted int  // how many said yes
	Expected int  // how many of them are expected to come
	Quorum   int  // how many are needed; 0 for any number
	Nobody   bool // nobody is invited
	New      []NewAnswer
	MoreNew  int // further ones, which are not told
	Wanted   []Wish
	Failed   []FailedInvitation
}

// RolledAnswers is who gave an answer.
type RolledAnswers struct {
	Said  string // accepted, tentative, declined, none
	Count int
	Names []string
	More  int // further ones, whose names are not told
}

// A NewAnswer is one that came since the last time.
type NewAnswer struct {
	Name    string
	Answer  string    // accepted, tentative, declined
	Date    time.Time // which date it is for, in the reader's zone; zero for all
	Comment string    // may be empty
}

// A FailedInvitation did not arrive.
type FailedInvitation struct {
	Address string
	Reason  string // what the other side said; may be empty
}

// MeetingQuorum warns that too few may come to a date.
type MeetingQuorum struct {
	For
	Title    string
	Start    time.Time // in the reader's zone
	Quorum   int       // how many are needed
	Accepted int       // how many said yes
	Expected int       // how many of them are expected to come
	Open     int       // how many said maybe, or nothing yet
}

// A Wish is what somebody wants from a meeting.
type Wish struct {
	Text string
	By   string // a name; may be empty
}
