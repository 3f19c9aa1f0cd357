package store

import (
	"time"
)

// A Community is a group with a list address. It is made and closed by the postmaster (guildpost cop) and changed
// by its facilitators; a closed one keeps its archive and takes no posts.
type Community struct {
	ID        int64
	Name      string // the local part of the list address, canonical: "rust"
	Domain    string // canonical: "lists.example.org"
	Title     string // for people: "Rust Guild"
	Closed    bool
	CreatedAt time.Time
	Rules
}

// Address returns the list address.
func (c Community) Address() string { return c.Name + "@" + c.Domain }

// FunctionAddress returns the address of one of the community's functions: "owner" gives rust-owner@….
func (c Community) FunctionAddress(function string) string {
	return c.Name + "-" + function + "@" + c.Domain
}

// ListID returns the identifier of RFC 2919, without brackets.
func (c Community) ListID() string { return c.Name + "." + c.Domain }

// Rules is what a community has chosen. The zero value of each field is its default, so that a new rule needs no
// migration: Rules are one JSON text in the database.
type Rules struct {
	Purpose       string    `json:"purpose,omitempty"`
	Colour        string    `json:"colour,omitempty"` // of its mails and pages, "#RRGGBB"; "" is the default
	Charter       Charter   `json:"charter,omitzero"`
	Language      string    `json:"language,omitempty"` // BCP 47; "" is the installation's
	Timezone      string    `json:"timezone,omitempty"` // IANA; "" is the installation's
	Join          JoinRule  `json:"join,omitempty"`
	NonMembers    PostRule  `json:"non_members,omitempty"` // what happens to posts of people who are no members
	ReplyTo       ReplyTo   `json:"reply_to,omitempty"`
	DMARC         DMARCMode `json:"dmarc,omitempty"`
	SubjectTag    string    `json:"subject_tag,omitempty"`    // "" is none; e.g. "[Rust Guild]"
	Footer        string    `json:"footer,omitempty"`         // "" is none
	MaxMessage    int64     `json:"max_message,omitempty"`    // bytes; 0 is the installation's
	OnlyAnnounce  bool      `json:"only_announce,omitempty"`  // only facilitators may post; others are held
	MeetingCalls  CallRule  `json:"meeting_calls,omitempty"`  // what happens to meetings that others than facilitators call from their calendars
	Retention     string    `json:"retention,omitempty"`      // how long posts stay: "5y", "18m", "90d"; "" is for good
	MeetingGuests GuestRule `json:"meeting_guests,omitempty"` // who is not invited and answers with somebody's invitation
	Reminders     string    `json:"reminders,omitempty"`      // when people are reminded of meetings: as calendar.ParseReminders has it
	Moderation
	Bouncing
	Visibility
	NewsletterRules
	NoReport bool `json:"no_report,omitempty"` // its sponsors get no report
	NoBrief  bool `json:"no_brief,omitempty"`  // its facilitators get no weekly brief
}

// A GuestRule says what becomes of people who answer, or are to come, with an invitation that was somebody else's.
type GuestRule string

// What becomes of them.
const (
	GuestsAsk    GuestRule = ""       // the facilitators are asked
	GuestsCome   GuestRule = "guest"  // they are invited as guests
	GuestsRefuse GuestRule = "refuse" // only who is invited comes
)

// A Charter is what a community has agreed on; each part may be missing. New members read it in their welcome mail.
type Charter struct {
	Text         string   `json:"text,omitempty"`
	Goals        []string `json:"goals,omitempty"`
	Audience     string   `json:"audience,omitempty"`
	Benefits     string   `json:"benefits,omitempty"`
	Expectations string   `json:"expectations,omitempty"`
	Resources    []string `json:"resources,omitempty"` // links
	Measures     string   `json:"measures,omitempty"`
	Recognition  string   `json:"recognition,omitempty"`
	Learning     string   `json:"learning,omitempty"`
	Questions    []string `json:"questions,omitempty"` // membership criteria, asked of who wants to join
}

// A JoinRule says how one becomes a member.
type JoinRule string

// Who may join.
const (
	JoinConfirm JoinRule = ""        // who proves the address
	JoinApprove JoinRule = "approve" // who proves the address and is approved by a facilitator
	JoinOpen    JoinRule = "open"    // anyone, at once (for closed networks, where From can be trusted)
)

// A PostRule says what happens to a post that is not simply accepted.
type PostRule string

// What can happen to a post by somebody who is no member.
const (
	PostRefuse PostRule = "" // refused at the SMTP door, with a text that helps
	PostHold   PostRule = "hold"
	PostAccept PostRule = "accept"
)

// A CallRule says who calls meetings from their own calendar, beside the facilitators.
type CallRule string

// What happens when others invite the list address.
const (
	CallsPropose CallRule = ""       // the facilitators are asked
	CallsAllow   CallRule = "allow"  // members call meetings as facilitators do
	CallsRefuse  CallRule = "refuse" // refused at the SMTP door
)

// ReplyTo says where a plain reply to a post goes.
type ReplyTo string

// The Reply-To policies.
const (
	ReplyToAuthor ReplyTo = ""
	ReplyToList   ReplyTo = "list"
	ReplyToBoth   ReplyTo = "both"
)

// DMARCMode says when From is rewritten to the list address (RFC 7960 4.1.3).
type DMARCMode string

// When From is rewritten.
const (
	DMARCAuto   DMARCMode = "" // when the author's domain publishes p=quarantine or p=reject
	DMARCAlways DMARCMode = "always"
	DMARCNever  DMARCMode = "never"
)

// A Member is a person, with one or more addresses. Made when somebody first joins any community; ends by erasure.
type Member struct {
	ID        int64
	Name      string
	Language  string // BCP 47, "" is the community's
	Timezone  string // IANA, "" is the community's
	Addresses []string
	CreatedAt time.Time
}

// A Subscription is a member's membership in one community, with its delivery settings. It is never deleted by
// leaving: its state changes, so that coming back finds the settings again.
type Subscription struct {
	ID            int64
	CommunityID   int64
	MemberID      int64
	Name          string // the member's, as are the next three
	Language      string // BCP 47, "" is the community's
	Timezone      string // IANA, "" is the community's
	Named         bool   // agrees to be named in newsletters
	Address       string // where this community's mail goes, canonical
	State         SubscriptionState
	Delivery      DeliveryMode
	VacationUntil time.Time // zero: none; delivery of every kind waits until then
	OwnCopies     bool      // whether the author gets their own posts
	NoReminders   bool      // of meetings
	Newsletter    NewsletterWish
	NoBrief       bool      // no weekly brief, of one who facilitates
	NoThanks      bool      // no mail when somebody thanks them
	Roles         []Role    // beyond member
	Since         time.Time // of the present membership
	Epoch         int64     // rises with each end of a membership: tickets of an earlier one are void
	DigestFormat  DigestFormat
	DigestHour    int // on their clocks, 0 to 23
}

// Has says whether the subscription grants a role.
func (s Subscription) Has(r Role) bool {
	for _, have := range s.Roles {
		if have == r {
			return true
		}
	}
	return false
}

// SubscriptionState is where a membership stands.
type SubscriptionState string

// The states of a subscription. Only Active ones get mail.
const (
	Active    SubscriptionState = "active"
	Pending   SubscriptionState = "pending"   // asked for, waiting for confirmation or approval
	Suspended SubscriptionState = "suspended" // mail to the address fails
	Left      SubscriptionState = "left"
	Removed   SubscriptionState = "removed"
	Banned    SubscriptionState = "banned"
	Guest     SubscriptionState = "guest" // no member: invited to meetings, by address
)

// DeliveryMode is how a subscription gets posts.
type DeliveryMode string

// The ways of delivery.
const (
	Each    DeliveryMode = "each"
	Daily   DeliveryMode = "daily"
	Weekly  DeliveryMode = "weekly"
	Monthly DeliveryMode = "monthly"
	None    DeliveryMode = "none"
)

// NewsletterWish is whether a subscription gets the newsletter.
type NewsletterWish string

// What members wish.
const (
	NewsletterWithPosts NewsletterWish = ""     // who gets posts in some way gets it, too
	NewsletterAlways    NewsletterWish = "only" // also who gets no posts
	NewsletterNever     NewsletterWish = "off"
)

// Deliver changes how posts come. The newsletter stays off where it was; who had it without posts said so of their mail as a whole, so
// that this is over: who then wants no mail gets none.
func (s *Subscription) Deliver(mode DeliveryMode) {
	s.Delivery = mode
	if s.Newsletter == NewsletterAlways {
		s.Newsletter = NewsletterWithPosts
	}
}

// SetNewsletter changes whether the newsletter comes, by a word of NewsletterWords, and says whether it is one. Only turns the posts off.
func (s *Subscription) SetNewsletter(word string) bool {
	switch {
	case word == "only":
		s.Delivery, s.Newsletter = None, NewsletterAlways
	case word == "off":
		s.Newsletter = NewsletterNever
	case word == "on" && s.Delivery == None:
		s.Newsletter = NewsletterAlways
	case word == "on":
		s.Newsletter = NewsletterWithPosts
	default:
		return false
	}
	return true
}

// NewsletterWord is what SetNewsletter takes for what there is: on, off or only.
func (s Subscription) NewsletterWord() string {
	switch {
	case s.Newsletter == NewsletterNever, s.Newsletter == NewsletterWithPosts && s.Delivery == None:
		return "off"
	case s.Delivery == None:
		return "only"
	}
	return "on"
}

// NewsletterWords are what SetNewsletter knows.
func NewsletterWords() []string { return []string{"on", "off", "only"} }

// DefaultDigestHour is when digests come to those who have not chosen another hour.
const DefaultDigestHour = 7

// DigestFormat is how a digest is written.
type DigestFormat string

// The formats of a digest.
const (
	DigestReadable DigestFormat = ""      // text and HTML: what is new, in its threads
	DigestMIME     DigestFormat = "mime"  // the posts as they are (RFC 2046 5.1.5)
	DigestPlain    DigestFormat = "plain" // text alone (RFC 1153)
)

// A Role is what a member may do beyond being one.
type Role string

// The roles of domain.md.
const (
	Facilitator Role = "facilitator"
	Sponsor     Role = "sponsor"
	Expert      Role = "expert"
	Mentor      Role = "mentor"
)

// A Post is a message accepted for the list.
type Post struct {
	ID          int64
	CommunityID int64
	ThreadID    int64
	RawID       int64
	MemberID    int64  // of the author, 0 where they are no member
	MessageID   string // without brackets
	From        string // canonical address
	FromName    string
	Subject     string    // decoded
	Date        time.Time // the author's Date field, or AcceptedAt where it cannot be right
	AcceptedAt  time.Time
	Size        int64
	Position    int64 // in the archive: by community and date
	Erased      bool  // a stub: what it said, and who said it, was erased
}

// A Thread is posts that answer each other.
type Thread struct {
	ID           int64
	CommunityID  int64
	Subject      string
	Posts        int
	Participants int
	FirstAt      time.Time
	LastAt       time.Time
	Solved       bool
	Titled       bool     // Subject is a title that somebody gave it, not its first post's
	Labels       []string // sorted
}

// A Hold is a message waiting for a facilitator.
type Hold struct {
	ID          int64
	CommunityID int64
	RawID       int64
	MessageID   string
	Sender      string // envelope sender
	From        string
	Subject     string
	BodyHash    []byte // as Arrival.BodyHash
	Reason      string // as Holding.Reason
	Since       time.Time
	State       HoldState
	DecidedBy   string // a facilitator's address
	DecidedAt   time.Time
	Note        string // the reason that the author was told
}

// HoldState is where a hold stands.
type HoldState string

// The states of a hold.
const (
	Held     HoldState = "held"
	Approved HoldState = "approved"
	Rejected HoldState = "rejected"
	Expired  HoldState = "expired"
)
