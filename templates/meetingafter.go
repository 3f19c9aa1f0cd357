package templates

import "time"

// MeetingOver asks whoever hosted a meeting, or takes its minutes, who came.
type MeetingOver struct {
	For
	Title    string
	Start    time.Time // in the reader's zone
	Yes      []string  // who had said that they come
	YesMore  int       // and how many more
	Maybe    []string
	Silent   int    // how many others were invited
	Notes    bool   // the reader takes the minutes; somebody else hosted
	Hosts    string // who hosted, with Notes; may be empty
	Word     string // "attended", in the reader's language
	Example  string // a name for the example
	Unclear  bool   // an answer came that says neither who came nor anything else
	Fairness []FairnessLine
	Better   time.Time // a start that would be fairer, in the reader's zone; zero where there is none
	Answer   Ticket
}

// A FairnessLine says at what hours a group of members is asked to meetings.
type FairnessLine struct {
	Zone    string // where they are
	Members int
	Night   int // percent of the meetings of a year that were at night for them, or early or late
}

// MeetingReported says what was understood of who came to a meeting, and of its minutes.
type MeetingReported struct {
	For
	Title     string
	Start     time.Time // in the reader's zone
	Known     bool      // it was said who came
	Came      []string
	CameMore  int
	Guests    []string
	Ambiguous []string // names that several people have
	Unknown   []string // names that nobody has who was invited
	Minutes   string   // posted; already, where there were some before; refused; "" for none
	Refused   string   // why, with refused
	Files     []string // that came with the minutes and were not posted
	Actions   []ActionLine
	Answer    Ticket
}

// An ActionLine is something to do.
type ActionLine struct {
	Owner string // as it was written; "" for nobody
	What  string
	Due   time.Time // zero for no date
	// Problem is owner (nobody, or not only one, is called so), date (none, or it cannot be read), both, or "" for none.
	Problem string
}

// MeetingFeedback asks somebody who was at a meeting how it was.
type MeetingFeedback struct {
	For
	Title   string
	Start   time.Time // in the reader's zone
	Unclear bool      // an answer came that was not understood
	Answer  Ticket
}

// MeetingFeedbackSummary tells the host how people found a meeting.
type MeetingFeedbackSummary struct {
	For
	Title    string
	Start    time.Time // in the reader's zone
	Asked    int
	Answers  int
	Few      bool // too few to be shown
	Mean     string
	Counts   []FeedbackCount // 5 first
	Comments []string        // in no order
}

// A FeedbackCount is how many gave a rating.
type FeedbackCount struct{ Rating, N int }

// ActionDue reminds somebody of what they took on.
type ActionDue struct {
	For
	Title   string // of the meeting
	What    string
	Due     time.Time // the day
	Unclear bool      // an answer came that was not understood
	Answer  Ticket
}

// ActionNoted says how an answer about an action was understood.
type ActionNoted struct {
	For
	Title  string // of the meeting
	What   string
	Done   bool
	Due    time.Time // the new day
	Answer Ticket
}
