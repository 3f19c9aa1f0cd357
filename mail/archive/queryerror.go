package archive

import (
	"strings"

	"guildpost/store"
)

// A QueryError says what of a query cannot be understood, and what to write instead. Package list says it in the language
// of the asker by its code.
type QueryError struct {
	Code    string // what is wrong: a key of queryErrors
	Value   string // what was written, or a limit
	Instead string // what could be written
}

func queryError(code, value, instead string) error { return &QueryError{code, value, instead} }

// Reason is what is wrong with the query: a code, what was written, what to write instead.
func (e *QueryError) Reason() (code, value, instead string) { return e.Code, e.Value, e.Instead }

// queryErrors are the sentences in English.
var queryErrors = map[string]string{
	"long":    "a search has at most %1 characters",
	"many":    "a search has at most %1 words and phrases",
	"nothing": "there is nothing to search for: write some words",
	"no-word": "there is no letter and no digit to search for in %1",
	"empty":   "there is nothing behind %1: write for example %2",
	"prefix":  "%1 is too short: write at least two letters before *",
	"field":   `%1 begins with no field that is known: write %2, or "%1" if that is the text to find`,
	"date":    "%1 is not a date: write 2026, 2026-03, 2026-03-05, or 30d (6w, 3m, 1y) for that long ago",
	"has":     "%1 is not known: write %2 for posts with files",
	"is":      "%1 is not known: write %2 for threads that are solved",
	"in":      "%1 is not the number of a thread: write for example %2",
	"two":     "%1 cannot both be: write one, for example %2",
	"never":   "there is no time in %1: did you mean %2?",
	"minus":   "%1 cannot be left out of a search: only words can, such as -macro or -from:ann",
	"list":    "%1 is no community that you can search: there are %2",
	"or":      "OR stands between two words or phrases, for example %2",
}

// Error is what is wrong, in English.
func (e *QueryError) Error() string {
	return strings.NewReplacer("%1", e.Value, "%2", e.Instead).Replace(queryErrors[e.Code])
}

// Unwrap gives it a kind: what cannot be understood is invalid.
func (e *QueryError) Unwrap() error { return store.Errorf(store.Invalid, "%s", e.Error()) }
