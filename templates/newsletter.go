package templates

import (
	"regexp"
	"time"
)

// Newsletter is an issue as one reader gets it.
type Newsletter struct {
	For
	Title    string
	Sections []NewsSection
	Leave    Ticket
	Off      Ticket // no more newsletter; the zero Ticket where it is nobody's own copy
	Read     string // the link of its page; "" where there are no pages
	OnPage   bool   // it is that page, which has no tickets: people pass its address on
}

// A NewsSection has a heading, but for the opening.
type NewsSection struct {
	Heading string
	Parts   []NewsPart
	Closing Prose // what holds for all parts; may be empty
}

// A NewsPart is one or several blocks, with what belongs to them.
type NewsPart struct {
	Body    Prose
	Picture Picture // says no more than Body does
	Coming  bool    // it is a date that the reader may answer
	Answer  string  // the reader's, to a meeting that comes: accepted, tentative, declined; "" for none, or for no meeting
	Respond Ticket
}

// A Picture is an image within the mail.
type Picture struct {
	CID           string // its Content-ID, without brackets; "" for no picture
	Alt           string // the same in words
	Width, Height int    // as it is shown, in CSS pixels
}

// NewsletterDraft shows a facilitator what will go out, and asks.
type NewsletterDraft struct {
	For
	Title   string
	SendAt  time.Time // in the reader's zone
	Readers int
	Hold    bool   // unanswered it does not go out
	State   string // drafted, approved
	Source  string // the text between its marks
	By      string // who changed it; "" where it is new
	Changes []NewsChange
	Notes   int // how many notes of facilitators are in it
	Approve Ticket
	Later   Ticket // a week
	Skip    Ticket
}

// A NewsChange is one thing that was understood of a changed text.
type NewsChange struct {
	What    string // title, added, removed, reworded, moved, section, no-section, renamed, restored
	Section string // its heading; "" is the opening
	Text    string
}

// NewsletterAnswered says what became of a facilitator's word about an issue.
type NewsletterAnswered struct {
	For
	// Kind is approved, postponed, skipped, unchanged (the answer's text was that of the draft), changed (by By meanwhile, and what
	// was said was about what it was), sending, sent, overdue (skipped, as the next one was drafted), unreadable (no text of it was
	// found in the answer), nothing-left, too-long.
	Kind   string
	Title  string
	By     string    // who did it; "" is the reader, or nobody
	When   time.Time // when it goes or went out, in the reader's zone; or when it was skipped
	Source string    // the text as it is, with changed and unreadable
}

// NewsletterNoted says that a note will be in the next issue, or asks whether it is the reader's.
type NewsletterNoted struct {
	For
	Title   string
	Note    string
	Next    time.Time // when the next issue goes out; zero where none is planned
	Confirm Ticket    // nothing shows that the note is the reader's: this does
	Done    bool
}

// NewsletterOff says that the reader, who stays a member, gets no more newsletter.
type NewsletterOff struct {
	For
	Posts   bool // they get posts
	Undo    Ticket
	Expires time.Time // of the undo
	Leave   Ticket
}

// NewsletterUnsent tells facilitators that an issue's time has come, and nobody has approved it.
type NewsletterUnsent struct {
	For
	Title   string
	Approve Ticket
	Later   Ticket
	Skip    Ticket
}

// cidForm is what we make for Content-IDs.
var cidForm = regexp.MustCompile(`^[A-Za-z0-9._-]+(@[A-Za-z0-9.-]+)?$`)
