package templates

import "time"

// HeldAuthor tells an author, once, that a post waits.
type HeldAuthor struct {
	For
	Subject string // of the post, in this and the following types
	Reason  Reason
	Since   time.Time
	Days    int // until it is answered in any case
}

// HeldFacilitator asks a facilitator about one held post. The post is attached.
type HeldFacilitator struct {
	For
	From    string // name of the author; may be empty
	Address string // of the author
	Subject string
	Reason  Reason
	Since   time.Time
	Text    string // what is new in the post; its first lines are shown
	Again   bool   // it was asked before
	Unclear bool   // this answers a reply that was neither a yes nor a no
	Expires time.Time
	Approve Ticket
	Reject  Ticket // what is written to it is passed on
	// ReplyApproves says that a plain reply to this mail is one to Approve.
	ReplyApproves bool
}

// HeldDigest is the daily list of what waits, and of what waited until its time was over.
type HeldDigest struct {
	For
	Posts []HeldPost
	Joins []HeldJoin
	More  int // posts beyond those listed

	EndedPosts []HeldPost // nobody decided about them in time; without tickets
	EndedJoins []HeldJoin
	EndedMore  int // posts and joins beyond those listed
}

// A HeldPost is one of the posts that wait.
type HeldPost struct {
	From    string
	Address string
	Subject string
	Reason  Reason
	Since   time.Time
	Approve Ticket
	Reject  Ticket
}

// A HeldJoin is one of the people who wait to join.
type HeldJoin struct {
	Name    string
	Address string
	Since   time.Time
	Approve Ticket
	Decline Ticket
}

// HoldAlready answers a facilitator who came second.
type HoldAlready struct {
	For
	Subject  string
	From     string // who wrote it; may be empty
	By       string // who decided; empty: nobody did, its time ran out
	Approved bool
	When     time.Time
}

// HoldDone answers a facilitator who decided.
type HoldDone struct {
	For
	Subject  string
	From     string
	Approved bool
	Reason   string // that was passed on to the author; may be empty
}

// HoldRejected tells an author that a post was not accepted.
type HoldRejected struct {
	For
	Subject string
	By      string // may be empty
	Reason  string // may be empty
}

// HoldExpired tells an author that nobody decided about a post in time.
type HoldExpired struct {
	For
	Subject string
	Days    int
}

// Receipt tells an author or facilitator what became of a post.
type Receipt struct {
	For
	Subject   string
	Accepted  time.Time
	Total     int // recipients
	Delivered int
	Waiting   []Failure // Reason is the last reply
	Refused   []Failure
	InDoubt   []Failure // sent, and the connection broke before the answer
	Unlisted  int       // failures beyond those listed
}

// A Failure is a recipient that a message did not reach, or not yet.
type Failure struct {
	Recipient string
	Reason    string // what the mail server said, or a sentence
}

// NotDelivered tells a sender that guildpost did not take a message for some or all of its recipients, where no server could.
type NotDelivered struct {
	For
	Subject  string // "" where it may not be theirs
	Nobody   bool   // nobody got it
	Failures []Failure
}
