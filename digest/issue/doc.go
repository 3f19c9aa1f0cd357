// Package issue is what an issue of a newsletter tells, and how facilitators change it: by answering the draft with the
// changed text. It is pure: languages, the store and mails are elsewhere.
//
// # An issue
//
// An issue has sections, and a section has items. An item is a record of what happened, which is put into words anew for
// each reader, in their language and zone; or it is a text that a facilitator wrote, which everybody reads as it stands.
//
// # The source
//
// Write makes of an issue a text that people can edit, between a line [[[ and a line ]]]:
//
//	[[[ 7.2
//	# Rust Guild in November
//
//	Fourteen of us wrote last month.
//
//	## Worth reading
//
//	- **Lifetimes in async traits** – 14 posts by 6 people
//	]]] 7.2
//
// One block is one item: a paragraph, "- " an item of a list, "> " a quotation, "1. " a step. A blank line ends a block, and so
// does the beginning of the next one; how lines are broken means nothing.
//
// # Reading it again
//
// Read compares what came back with the issue that was written. A block that reads as before is the record that it was,
// wherever it stands now; one that only begins with the same bold words is that record in other words, and keeps what
// belongs to it, such as the answer to a meeting; any other is a text. A heading that is new makes a section, and one that
// was renamed is known by what stands below it. What is missing is left out.
//
// Figures stay: they may stand elsewhere and be commented on, but not be changed nor left out; else a facilitator could
// embellish them. The changes that were understood are returned, and so is what was not done.
//
// Mail programs put "> " before the lines, or do not (Outlook); break long lines where they like; add blank lines; or
// somebody writes the whole text anew above what is quoted. All of that is read.
package issue

import (
	"encoding/json"
	"time"
)

// An Issue is what one issue tells.
type Issue struct {
	Title    string    `json:"title,omitempty"` // a facilitator's; "" is one of our own, in each reader's language
	Sections []Section `json:"sections"`
}

// A Section has a heading.
type Section struct {
	Kind  Kind   `json:"kind"`
	Title string `json:"title,omitempty"` // a facilitator's; "" is the kind's, in each reader's language
	Items []Item `json:"items"`
}

// A Kind says what a section is about.
type Kind string

// The kinds of sections, in the order in which they stand unless somebody moves them.
const (
	Opening   Kind = "opening" // without a heading
	Threads   Kind = "threads"
	Questions Kind = "questions"
	Coming    Kind = "coming"
	Past      Kind = "past"
	Members   Kind = "members"
	Thanked   Kind = "thanked"
	Kept      Kind = "kept"
	Figures   Kind = "figures"
	Free      Kind = "free" // a facilitator's own
)

// An Item is a record, or a text, or a record in a facilitator's words: then Text is set beside it.
type Item struct {
	Text      string     `json:"text,omitempty"` // one block of Markdown
	Summary   *Summary   `json:"summary,omitempty"`
	Thread    *Thread    `json:"thread,omitempty"`
	Meeting   *Meeting   `json:"meeting,omitempty"`
	People    *People    `json:"people,omitempty"`
	Thanks    *Thanks    `json:"thanks,omitempty"`
	Milestone *Milestone `json:"milestone,omitempty"`
	Figure    *Figure    `json:"figure,omitempty"`
}

// isText says that there is no record.
func (it Item) isText() bool {
	return it.Summary == nil && it.Thread == nil && it.Meeting == nil && it.People == nil && it.Thanks == nil && it.Milestone == nil && it.Figure == nil
}

// A Summary is what happened in a few numbers: the opening where nobody writes one.
type Summary struct {
	Posts, Threads, Writers, Joined int
}

// A Thread is one worth reading, a question that is open, or an answer to keep.
type Thread struct {
	ID      int64     `json:"id"`
	Subject string    `json:"subject"`
	Posts   int       `json:"posts"`
	People  int       `json:"people"`
	Thanks  int       `json:"thanks,omitempty"` // that people in it got since it began
	Solved  bool      `json:"solved,omitempty"`
	Since   time.Time `json:"since"`        // of its first post
	By      string    `json:"by,omitempty"` // who asked, where they agreed to be named
	Why     Why       `json:"why,omitempty"`
}

// Why says why a thread is named.
type Why string

// The reasons.
const (
	Worth Why = ""      // many took part
	Waits Why = "waits" // nobody has answered
	Keeps Why = "keeps" // it has an answer that helps others
)

// A Meeting is a date of one: it comes, or was held.
type Meeting struct {
	ID         int64     `json:"id"`
	Occurrence string    `json:"occurrence"` // as itip.Time.Key has it
	Title      string    `json:"title"`
	Starts     time.Time `json:"starts"`
	Minutes    int       `json:"minutes"`
	Place      string    `json:"place,omitempty"`
	Held       bool      `json:"held,omitempty"`     // it is over
	Accepted   int       `json:"accepted,omitempty"` // how many said that they come
	Came       int       `json:"came,omitempty"`     // how many did; 0 where that is not known
	Rating     float64   `json:"rating,omitempty"`   // 1 to 5, of Ratings people; 0 where it was not rated
	Ratings    int       `json:"ratings,omitempty"`
	Thread     int64     `json:"thread,omitempty"` // in which its minutes are; 0 where there are none
}

// People are new members: those who agreed to be named, and how many others there are.
type People struct {
	Names  []string `json:"names,omitempty"`
	Others int      `json:"others,omitempty"`
}

// Thanks are from one member to others.
type Thanks struct {
	To   string   `json:"to"`
	From []string `json:"from,omitempty"`
	Note string   `json:"note,omitempty"`
}

// A Milestone is something that somebody has reached.
type Milestone struct {
	Name string `json:"name"`
	What string `json:"what"` // first-post, hosted, attended, year
	N    int    `json:"n,omitempty"`
}

// A Figure is one of the five measures.
type Figure struct {
	Key    string    `json:"key"` // members, meetings, discussions, engagement, impact
	Value  float64   `json:"value"`
	Share  bool      `json:"share,omitempty"` // Value is one of 1, as are those that it is compared with
	K      int       `json:"k,omitempty"`     // of N, where it is a proportion
	N      int       `json:"n,omitempty"`
	Before *float64  `json:"before,omitempty"` // of the time before; nil where it is not known
	Year   *float64  `json:"year,omitempty"`   // a year ago
	Series []float64 `json:"series,omitempty"` // of a year, month by month, the last one Value: for a chart. -1 is not known
}

// Empty says that there is nothing to tell: figures alone are no news, nor is the opening of nothing.
func (is Issue) Empty() bool {
	for _, s := range is.Sections {
		if len(s.Items) > 0 && s.Kind != Figures && s.Kind != Opening {
			return false
		}
		for _, it := range s.Items {
			if s.Kind == Opening && it.isText() {
				return false
			}
		}
	}
	return true
}

// Marshal writes an issue as the store keeps it.
func (is Issue) Marshal() (string, error) {
	text, err := json.Marshal(is)
	return string(text), err
}

// Unmarshal reads what Marshal wrote.
func Unmarshal(text string) (is Issue, err error) {
	err = json.Unmarshal([]byte(text), &is)
	return is, err
}
