package templates

import "time"

// TicketExpired answers a ticket whose time is over.
type TicketExpired struct {
	For
	Kind    string    // of ticket: join, invitation, leave, command, undo, hold, join-request, return; others get general advice
	Expired time.Time // may be zero
}

// TicketWrong answers a ticket that never was one, or was damaged on the way.
type TicketWrong struct {
	For
	Address string // that the mail was sent to
}

// UndoDone says what was taken back.
type UndoDone struct {
	For
	By      string   // who did it, if not the recipient
	Changes []string // sentences
}

// Help explains the addresses and commands. Without a community it is the installation's.
type Help struct {
	For
	Member      bool   // the recipient is one
	Facilitator bool   // the recipient is one
	Passwords   bool   // the archive can be read with a mail program
	Feeds       bool   // a calendar program can fetch the meetings
	Address     string // of the installation: guildpost@…
	Lost        bool   // what brought this help was not understood
	Unknown     string // the line that was not; empty where it may be a stranger's words
	Suggestion  string // the nearest command; may be empty
}

// Info tells what a community is.
type Info struct {
	For
	Type         string // professional, technology, interest, geographic, or ""
	Since        time.Time
	Members      int
	Join         string // open, confirm, approve
	Facilitators []Person
	Meetings     []Meeting
	Charter      bool
}

// Charter is the community's charter, on request, to new members, and when it changes.
type Charter struct {
	For
	Version int
	Changed time.Time
	By      string    // who changed it; may be empty
	New     bool      // it is mailed because it changed
	Text    string    // as written
	Review  time.Time // when it is due; may be zero
}

// CommandResults answers a mail with commands.
type CommandResults struct {
	For
	Results []CommandResult
	Skipped int // lines beyond the limit
	Limit   int
}

// A CommandResult is what became of a line.
type CommandResult struct {
	Line       string // as written
	Done       bool
	Text       string   // what was done, or why not. See Say
	Suggestion string   // the nearest command, where the line was not understood; may be empty
	Lines      []string // what was found, an item each
}

// MemberList is a page of the members.
type MemberList struct {
	For
	Query   string // what was looked for; empty: all
	Members []Person
	First   int    // number of the first shown, from 1
	Total   int    // how many match
	Next    string // the command that gives the next page; empty on the last
}

// Communities answers lists and which.
type Communities struct {
	For
	Address     string // of the installation
	Mine        bool   // those that the recipient is in, else all that are open to see
	Communities []CommunityLine
}

// A CommunityLine is a community in a list.
type CommunityLine struct {
	Community
	Delivery string // of the recipient's subscription; may be empty
}

// SettingsChanged says what the settings are now, after a change.
type SettingsChanged struct {
	For
	By      string    // who changed them, if not the recipient
	Changes []Setting // what is new
}

// RoleGranted tells somebody that they have a role now.
type RoleGranted struct {
	For
	Role string // a store.Role
	By   string // may be empty
}

// RoleRevoked tells somebody that they do not have a role any more.
type RoleRevoked struct {
	For
	Role string
	By   string // may be empty
}

// ThreadMuted says that a thread is not sent any more.
type ThreadMuted struct {
	For
	Subject string
	Undo    Ticket
}

// ThreadFollowed says that a thread is sent at once.
type ThreadFollowed struct {
	For
	Subject string
	Undo    Ticket
}
