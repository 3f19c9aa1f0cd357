package store

import "time"

// Moderation is what a community lets through, holds for a facilitator, and refuses. It is a part of Rules: the zero
// value of each field is its default.
type Moderation struct {
	Emergency     bool         `json:"emergency,omitempty"`      // every post is held, but for those of facilitators
	HoldFirst     bool         `json:"hold_first,omitempty"`     // an author's first post is held
	HoldSize      int64        `json:"hold_size,omitempty"`      // bytes; larger posts are held; 0: none are
	MaxRecipients int          `json:"max_recipients,omitempty"` // addresses in To and Cc; posts with more are held; 0: none are
	Implicit      ImplicitRule `json:"implicit,omitempty"`
	PostsPerHour  int          `json:"posts_per_hour,omitempty"` // of one author; more are held; 0: any number

	// "Field: pattern", the pattern in RE2 syntax, without regard to case.
	HeaderHold   []string `json:"header_hold,omitempty"`
	HeaderRefuse []string `json:"header_refuse,omitempty"`

	// Media types ("image/png", "image/*") and ends of file names (".exe").
	AttachmentsDrop   []string `json:"attachments_drop,omitempty"`
	AttachmentsHold   []string `json:"attachments_hold,omitempty"`
	AttachmentsRefuse []string `json:"attachments_refuse,omitempty"`

	SlowThreads []SlowThread `json:"slow_threads,omitempty"`
}

// An ImplicitRule says what happens to posts that name the list address neither in To nor in Cc. Most that strangers send
// are spam; a member may have put it in Bcc.
type ImplicitRule string

// What can happen to them.
const (
	ImplicitAccept ImplicitRule = ""
	ImplicitHold   ImplicitRule = "hold"
	ImplicitRefuse ImplicitRule = "refuse"
)

// A SlowThread lets each author post to a thread once within Every; more is held. It ends by itself.
type SlowThread struct {
	ThreadID int64         `json:"thread"`
	Every    time.Duration `json:"every"`
	Until    time.Time     `json:"until"`
}

// Slowed returns how a thread is slowed down at a time; ok is false where it is not.
func (m Moderation) Slowed(threadID int64, now time.Time) (slow SlowThread, ok bool) {
	for _, slow := range m.SlowThreads {
		if slow.ThreadID == threadID && now.Before(slow.Until) {
			return slow, true
		}
	}
	return SlowThread{}, false
}
