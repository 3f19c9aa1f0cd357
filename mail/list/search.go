package list

import (
	"context"
	"errors"
	"time"

	"guildpost/store"
)

// A Searcher finds posts by their words: package archive does, which this one does not know.
type Searcher interface {
	// Find returns the hits of a page. An error that has a Reason is the asker's: see QueryError in package archive.
	Find(ctx context.Context, s Search) (found []FoundPost, more bool, err error)
}

// A Search is what somebody looks for.
type Search struct {
	Query       string
	Communities []store.Community // that may be searched
	Now         time.Time
	Zone        *time.Location // of who asks
	Skip, Limit int            // hits
}

// A FoundPost is a hit.
type FoundPost struct {
	store.Post
	Community store.Community
	Thread    string // the subject of its thread
	Snippet   string // one line, "" for none
}

// A reason is what is wrong with a query: a code, what was written, what to write instead.
type reason interface {
	error
	Reason() (code, value, instead string)
}

func reasonOf(err error) (r reason, ok bool) {
	ok = errors.As(err, &r)
	return r, ok
}
