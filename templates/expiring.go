package templates

import "time"

// Expiring tells facilitators that posts will be deleted for their age, before that happens for the first time.
type Expiring struct {
	For
	Rule   string    // as it is set: "retention=5y"
	Posts  int       // that there are
	Before time.Time // they were accepted
	On     time.Time // when they are deleted
	Stop   string    // the command that ends it
	Keep   string    // the command that keeps a copy
}
