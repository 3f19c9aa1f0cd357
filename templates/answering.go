package templates

import "time"

// MeetingProposed tells somebody that the time which they proposed was passed on to who decides.
type MeetingProposed struct {
	For
	Title   string
	When    time.Time // the proposed time, in the reader's zone
	Minutes int
	Place   string // the proposed place, "" where it stays
	Answer  Ticket // of their invitation
}

// MeetingProposals tells who decides about a meeting which other times are proposed. A plain reply with "no" declines them
// all; with "yes" it takes the one that there is.
type MeetingProposals struct {
	For
	Title   string
	Start   time.Time // the next date as it is, in the reader's zone; zero where there is none
	Times   []ProposedTime
	More    int // how many further times are proposed, by fewer people
	Decline Ticket
}

// A ProposedTime is a time that is proposed, by however many people.
type ProposedTime struct {
	When     time.Time // in the reader's zone
	Date     time.Time // the date of a series that it is for, in the reader's zone; zero for the whole meeting
	Minutes  int
	Place    string // the proposed place, "" where it stays
	People   int
	By       []string // their names
	Others   int      // how many more than By
	Comments []string
	Zones    []ZoneTime
	Accept   Ticket
}

// A ZoneTime is what the clocks of some people show.
type ZoneTime struct {
	When   time.Time
	People int
	Night  bool
}

// MeetingKept tells somebody who proposed another time that the meeting stays as it is; the calendar object goes with it.
type MeetingKept struct {
	For
	Title  string
	Start  time.Time // the next date, in the reader's zone; zero where there is none
	When   time.Time // the proposed time, in the reader's zone
	Reason string    // may be empty, and have several lines
	Answer Ticket    // of their invitation
}

// MeetingAlias asks somebody whether the address that answered for them is theirs.
type MeetingAlias struct {
	For
	Title   string
	Address string
	Answer  string // accepted, tentative, declined
	Yes     Ticket // a reply with "yes" or "no" does the same
}

// MeetingStranger tells somebody that another person answered with their invitation, or what became of that; their own answer
// is as it was. A plain reply reaches the facilitators.
type MeetingStranger struct {
	For
	Policy  string // guest (they are invited), ask (the facilitators are asked), refuse; then allowed or declined by them
	Title   string
	Name    string // may be empty
	Address string
	Instead bool   // the reader sends them in their place
	Reason  string // with declined; may be empty, and have several lines
	Answer  Ticket // of the reader's invitation
	Own     Ticket // says that the address is the reader's own; not with allowed and declined
}

// MeetingGuest asks who decides about a meeting whether somebody may come who was not invited.
type MeetingGuest struct {
	For
	Title     string
	Start     time.Time // the next date, in the reader's zone; zero where there is none
	Name      string    // may be empty
	Address   string
	By        string // whose invitation it was; may be empty
	ByAddress string
	Instead   bool   // in their place
	Answer    string // accepted, tentative, declined; "" for none yet
	Yes       Ticket // a reply with "yes" or "no" does the same
}

// MeetingRefused tells somebody who was not invited that only who is invited can come.
type MeetingRefused struct {
	For
	Title string
}

// MeetingDecided says what came of a mail that decided something about a meeting.
type MeetingDecided struct {
	For
	// Kind is proposal-accepted, proposals-declined, alias-yes, alias-no, alias-taken (it is another member's), guest-yes, guest-no,
	// already, expired, unclear.
	Kind    string
	Title   string
	Address string    // with alias and guest
	When    time.Time // with proposal-accepted, in the reader's zone
	Again   Ticket    // with unclear
}
