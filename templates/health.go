package templates

import "time"

// Suspended tells a member, once a week for a month, that mail to them fails.
type Suspended struct {
	For
	Address    string
	Since      time.Time
	Diagnostic string // what their mail server said last; may be empty
	Return     Ticket
	Last       bool // there will be no further mail about this
}

// SuspendedReport tells facilitators about members that could not be reached for a month.
type SuspendedReport struct {
	For
	Members []Unreachable
}

// Unreachable is a member whose subscription is suspended.
type Unreachable struct {
	Name       string
	Address    string
	Since      time.Time
	Diagnostic string
}

// Returned says that a suspended subscription is active again.
type Returned struct {
	For
	Address  string
	Delivery string
}

// MassFailure tells the postmaster that many copies of a post failed at once, or a domain as a whole. Nobody was suspended.
type MassFailure struct {
	For
	Subject   string
	MessageID string // without brackets
	Copies    int    // of the post, or of those to Domain
	Failed    int
	Domain    string   // that failed as a whole; empty: failures are spread
	Replies   []string // samples of what servers said
	Since     time.Time
}

// AbuseReport tells the postmaster that somebody reported a post as spam. Their subscription is suspended.
type AbuseReport struct {
	For
	Address  string // of the subscription
	Reporter string // who sent the report, usually a mail provider
	Subject  string // of the reported mail
	Received time.Time
}

// Trouble tells the postmaster of something that needs a hand.
type Trouble struct {
	For
	Title string // a few words
	Text  string // what is wrong and what to do; may have several lines
}
