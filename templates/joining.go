package templates

import "time"

// ConfirmJoin asks the owner of an address whether they want to join. A plain reply or the ticket confirms.
type ConfirmJoin struct {
	For
	Address   string // which is to get the mail
	Asked     time.Time
	By        string   // who asked, if it was somebody else
	Questions []string // of the membership criteria, to be answered in the reply
	Approve   bool     // a facilitator decides afterwards
	Confirm   Ticket
	Expires   time.Time
}

// ConfirmLeave asks whether a member really wants to leave, where the sender was not proven.
type ConfirmLeave struct {
	For
	Address string
	Guest   bool // the reader is invited to meetings, and is no member
	Asked   time.Time
	Confirm Ticket
	Expires time.Time
}

// ConfirmCommand asks whether commands really came from this person.
type ConfirmCommand struct {
	For
	Commands []string // as they were written
	Asked    time.Time
	Confirm  Ticket
	Expires  time.Time
}

// AlreadyMember answers who asked to join and is a member.
type AlreadyMember struct {
	For
	Address  string
	Since    time.Time
	Delivery string // as Setting.Value
	Leave    Ticket
}

// JoinPending tells an applicant that the facilitators decide now.
type JoinPending struct {
	For
	Address string
}

// JoinRequest asks the facilitators whether somebody may join. What is written to the decline ticket is passed on.
type JoinRequest struct {
	For
	ReplyApproves bool // a plain reply to this mail is one to Approve
	Unclear       bool // this answers a reply that was neither a yes nor a no
	Name          string
	Address       string
	Asked         time.Time
	Answers       []Answer
	Approve       Ticket
	Decline       Ticket
}

// JoinDeclined tells an applicant that they cannot join.
type JoinDeclined struct {
	For
	By     string // the facilitator; may be empty
	Reason string // may be empty
}

// Welcome greets a new member with the answers of the charter, as far as they are known. The purpose is the community's.
type Welcome struct {
	For
	Address      string // where the mail goes
	Delivery     string // as Setting.Value
	OnlyAnnounce bool   // only facilitators post
	Goals        []string
	Audience     string // who it is for
	Benefits     string
	Expectations string
	Team         []Person
	Resources    []Link
	Measures     string // how success is measured
	Recognition  string
	Learning     string
	Meetings     []Meeting
	Charter      bool    // there is one to be asked for
	Named        *Ticket // agrees to be named in newsletters; nil for who has
	Leave        Ticket
}

// Invitation asks somebody from outside to join. A plain reply accepts.
type Invitation struct {
	For
	By        string // who invites
	ByAddress string
	Note      string // what they say; may be empty
	Questions []string
	Approve   bool // a facilitator decides afterwards
	Accept    Ticket
	Expires   time.Time
}

// Left says that a membership has ended at the member's wish.
type Left struct {
	For
	Address string
	Guest   bool // the reader was invited to meetings, and was no member
	Undo    Ticket
	Expires time.Time // of the undo
}

// NotAMember answers who asked for something that only members can, and is none.
type NotAMember struct {
	For
	Address string // that the mail came from
	Leave   bool   // they wanted to leave
}

// Removed tells somebody that a facilitator ended their membership.
type Removed struct {
	For
	By     string // may be empty
	Reason string // may be empty
}

// Restored tells somebody that a facilitator brought their membership back.
type Restored struct {
	For
	Address  string
	By       string // may be empty
	Delivery string
}

// BannedNotice tells somebody that they may not post or join, and until when.
type BannedNotice struct {
	For
	Until  time.Time // zero: no end is set
	Reason string    // may be empty
}

// NewMember tells facilitators that somebody joined.
type NewMember struct {
	For
	Name    string
	Address string
	Since   time.Time
	By      string // who invited, added or approved them; may be empty
	Members int    // how many there are now
}

// LeftMember tells facilitators that somebody left or was removed.
type LeftMember struct {
	For
	Name    string
	Address string
	When    time.Time
	By      string // who removed them; empty: they left
	Members int
}
