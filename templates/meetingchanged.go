package templates

import "time"

// MeetingChanged says what of a meeting is not as its reader was last told; the calendar object goes with it.
type MeetingChanged struct {
	For
	Title   string
	OneDate bool // it is about one date of a series
	Changes []MeetingChange
	Dates   []time.Time // the next ones as they are now, in the reader's zone; none where it is about one date
	More    bool        // there are further dates
	Minutes int         // how long it takes
	Place   string      // where, or the link; may be empty
	// Answered is what the reader had answered: accepted, tentative, declined; "" for nothing. Where Again is set, that was to
	// another time, and an answer is asked for once more; else it stands.
	Answered string
	Again    bool
	Answer   Ticket
}

// MeetingChange is one thing that has changed.
type MeetingChange struct {
	// Kind is moved (from WasAt to IsAt), length (from WasMinutes to IsMinutes), title, place and zone (from Was to Is; either
	// place may be empty), repeats (it has other dates), ends (IsAt is its last date; zero for a series without end), cancelled
	// (there is no date at WasAt) or back (the date at IsAt takes place after all).
	Kind                  string
	On                    time.Time // the date of a series that it is about; zero for the whole
	Was, Is               string
	WasAt, IsAt           time.Time // in the reader's zone
	WasMinutes, IsMinutes int
}

// MeetingDateCancelled says that one date of a series does not take place.
type MeetingDateCancelled struct {
	For
	Title string
	Date  time.Time // in the reader's zone
	Next  time.Time // the next date that does; zero where there is none
}
