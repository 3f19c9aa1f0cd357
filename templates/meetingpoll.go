package templates

import "time"

// A PollDate is one of the dates of a poll.
type PollDate struct {
	N       int
	When    time.Time // in the reader's zone
	Minutes int
	Answer  string // what the reader has said so far, as of kind "answer"; "" for nothing
}

// MeetingPoll asks a member which of several dates suits them. The dates go with it as holds.
type MeetingPoll struct {
	For
	Title  string
	Place  string // may be empty
	About  string // may be empty, and have several lines
	Dates  []PollDate
	Closes time.Time // in the reader's zone
	Again  bool      // it is a reminder: they have not voted, and the poll closes soon
	Answer Ticket
}

// MeetingPollAnswered says how a vote was understood, or why it was not.
type MeetingPollAnswered struct {
	For
	// Kind is noted, unclear, other (it came in the name of Address), closed.
	Kind    string
	Title   string
	Address string
	Dates   []PollDate
	Closes  time.Time
	Answer  Ticket
}

// A PollTally is what the members said of one date.
type PollTally struct {
	N      int
	When   time.Time // in the reader's zone
	Yes    int
	Maybe  int
	No     int
	Night  int  // for how many members it is between ten in the evening and seven in the morning
	Chosen bool // it became the meeting
}

// MeetingPollTally tells a facilitator how a poll stands.
type MeetingPollTally struct {
	For
	// Kind is open (it has begun), asked (the facilitator wanted to know), soon (it closes within a day), tie (its time is over,
	// and there is no telling which date is best), closed, none (closed, and no meeting is called).
	Kind   string
	Title  string
	Dates  []PollTally
	Asked  int
	Voted  int
	Closes time.Time
	Close  Ticket
}

// MeetingPollClosed tells a member which date of a poll was chosen. The holds of the others are cancelled with it.
type MeetingPollClosed struct {
	For
	Title  string
	Chosen time.Time // in the reader's zone; zero where there is no meeting
	Answer string    // what the reader said of it, as of kind "answer"; "" for nothing
	Others []time.Time
}
