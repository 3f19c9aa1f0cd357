package templates

import "time"

// Digest is the readable form of the posts that were gathered for somebody.
type Digest struct {
	For
	Rhythm   string // as store.DeliveryMode: daily, weekly, monthly; "each" for the last one, when posts come one by one from now on
	Posts    int
	Threads  []DigestThread
	Meetings []DigestMeeting
}

// A DigestThread is a thread with its new posts.
type DigestThread struct {
	Number  int // by which commands know it
	Subject string
	Posts   []DigestPost
}

// A DigestPost is one of them.
type DigestPost struct {
	From    string // may be empty
	Address string
	Date    time.Time // in the reader's zone
	Text    string    // what is new in it, lines in LF
	More    int       // characters that are left out at its end
	Files   string    // names of what is attached
	Reply   string    // a link that begins an answer
}

// A DigestMeeting is a meeting that comes.
type DigestMeeting struct {
	Title  string
	Start  time.Time // in the reader's zone
	Place  string
	Answer string // the reader's, "" for none yet
}
