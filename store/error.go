package store

import (
	"errors"
	"fmt"
	"strings"
)

// Kind says what a program should do about an error; the error's text says it to a person.
type Kind int

// The kinds of errors. Each edge translates them once: inbound to an SMTP reply, web to a status, cmd to an
// exit code.
const (
	Internal  Kind = iota // not meant for the outside; a mail peer is told to try again
	Invalid               // what was given cannot be right, now or later
	NotFound              // it does not exist
	Conflict              // it cannot be done in the present state
	Forbidden             // the one who asks may not
	Temporary             // it may work later
	TooLarge              // it is over a size limit
)

// An Error has a kind for the program and a sentence for the person.
type Error struct {
	Kind   Kind
	Text   string // a sentence: what is wrong, where, what to do
	Status string // the enhanced mail status code (RFC 3463) where the kind's own is too coarse, or ""
	Err    error  // what it came from, or nil; not for the outside
}

// WithStatus sets the enhanced mail status code, such as "5.4.6".
func (e *Error) WithStatus(status string) *Error {
	e.Status = status
	return e
}

// Errorf makes an Error. A format that ends in ": %w" keeps a cause: Error tells it, Text does not.
func Errorf(kind Kind, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	e := &Error{Kind: kind, Text: err.Error(), Err: errors.Unwrap(err)}
	if e.Err != nil {
		e.Text = strings.TrimSuffix(e.Text, ": "+e.Err.Error())
	}
	return e
}

func (e *Error) Error() string {
	if e.Err == nil {
		return e.Text
	}
	return e.Text + ": " + e.Err.Error()
}

func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the kind of the nearest Error in err's chain, and Internal where there is none.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// Sentence returns what a person may be told about err: the text of the nearest Error, or a sentence that gives
// nothing away.
func Sentence(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Text
	}
	return "something went wrong here; the log says what"
}
