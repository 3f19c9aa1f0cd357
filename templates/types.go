package templates

import "time"

// A Community is what texts say of one. The zero Community is the installation itself, in mails that concern no community.
type Community struct {
	Title   string // for people: "Rust Guild"
	Address string // the list address
	Name    string // its local part: "rust"
	Domain  string
	Colour  string // "#RRGGBB"; "" or anything else is DefaultColour
	Purpose string // a sentence; may be empty
}

// Label is the title, or what else there is to call it.
func (c Community) Label() string {
	for _, s := range []string{c.Title, c.Name, c.Domain} {
		if cleanInline(s) != "" {
			return s
		}
	}
	return "guildpost"
}

// Function returns the address of a function: "owner" gives rust-owner@lists.example.org.
func (c Community) Function(function string) string { return c.Name + "-" + function + "@" + c.Domain }

// A footerLine is an address that helps, with what it is good for.
type footerLine struct{ Label, Address string }

func (c Community) footer(say catalogue) []footerLine {
	if c.Name == "" {
		return nil
	}
	return []footerLine{
		{say["mail.help"].text, c.Function("help")},
		{say["mail.facilitators"].text, c.Function("owner")},
	}
}

// For is in every mail: whose it is and to whom.
type For struct {
	Community Community
	Recipient string // name of who gets the mail; may be empty
}

func (f For) community() Community { return f.Community }

// A Ticket is an address and a link that do one thing. The URL is empty where there are no web pages. Neither may be
// longer than fits a line (ticket addresses are at most 64 octets before the @).
type Ticket struct {
	Address string
	URL     string
}

// A Person is somebody in a list.
type Person struct {
	Name    string // may be empty
	Address string // may be empty
	Role    string // a store.Role, or ""
	Topic   string // what an expert answers in; may be empty
}

// An Answer is what an applicant said to a question of the membership criteria.
type Answer struct {
	Question string
	Text     string // may have several lines; "" is no answer
}

// A Setting is one of a subscription's.
type Setting struct {
	Key   string // name, language, timezone, delivery, digest-format, digest-hour, own-copies, vacation, news; others are shown as they are
	Value string // of delivery: each, daily, weekly, monthly, none; of switches: on, off; else as it is
}

// A Meeting is one that comes.
type Meeting struct {
	Title string
	Start time.Time // in the zone it is to be shown in
	Place string    // where, or the link; may be empty
}

// A Link is something to read.
type Link struct {
	Title string // may be empty
	URL   string // http or https; others are shown as text
}

// A Reason says why a post is held. See the codes.
type Reason struct {
	Code   string // one of the Reason constants, or "" where Detail is a sentence
	Detail string // what exactly: the type of an attachment, the header field; or a sentence
}

// The codes of reasons. Each has its sentence in every language, with the detail where there is one.
const (
	ReasonNonMember  = "non-member"  // detail: none
	ReasonFirstPost  = "first-post"  // detail: none
	ReasonAnnounce   = "announce"    // only facilitators post here
	ReasonEmergency  = "emergency"   // everything is held for now
	ReasonSize       = "size"        // detail: how big, "31 MB"
	ReasonRecipients = "recipients"  // detail: how many
	ReasonImplicit   = "implicit"    // the list address stands in neither To nor Cc
	ReasonHeader     = "header"      // detail: the field that a rule of the community matched
	ReasonAttachment = "attachment"  // detail: its name or type
	ReasonAuthorPace = "author-pace" // the author's cool-down
	ReasonThreadPace = "thread-pace" // the thread's cool-down
	ReasonTimeOut    = "time-out"    // the author may not post for a while
	ReasonUnreadable = "unreadable"  // its format is broken
	ReasonUnproven   = "unproven"    // it claims to be a facilitator's and does not prove it
	ReasonCommand    = "command"     // it looks like a command that went to the list address
	ReasonReview     = "review"      // a facilitator wants to see this author's posts first
	ReasonRepeated   = "repeated"    // its Message-ID was used before
)

// Reasons returns all codes.
func Reasons() []string {
	return []string{ReasonNonMember, ReasonFirstPost, ReasonAnnounce, ReasonEmergency, ReasonSize, ReasonRecipients,
		ReasonImplicit, ReasonHeader, ReasonAttachment, ReasonAuthorPace, ReasonThreadPace, ReasonTimeOut, ReasonUnreadable,
		ReasonUnproven, ReasonCommand, ReasonReview, ReasonRepeated}
}
