package archive

import (
	"strings"
	"time"

	"guildpost/mail"
	"guildpost/store"
)

// The language of searches. What is written is found in the subject, the name of the author, the text (without what it
// quotes) and the names of files, whatever its case and accents:
//
//	borrow checker          both words, anywhere
//	"borrow checker"        one behind the other; foo.bar and a-b are phrases by themselves
//	lint*                   words that begin so
//	clippy OR rustfmt       one of them
//	-macro                  not this word
//	from: to: subject:      in this field: a word, or a phrase in quotation marks
//	list:rust               in this community, or one of several
//	after: before:          from a day on, and until the day before: 2026, 2026-03, 2026-03-05, 30d, 6w, 3m, 1y
//	has:attachment          with files
//	is:solved               in threads that are solved
//	in:12                   in the thread 12

// A Query is what somebody searches for.
type Query struct {
	All           [][]Term // of each group, one
	None          []Term
	Lists         []string // names or addresses of communities; none is all that may be searched
	Thread        int64    // 0 is any
	Solved        bool
	HasFiles      bool
	After, Before Day
}

// A Term is a word or phrase that is looked for.
type Term struct {
	Field  string // one of fields, "" is anywhere
	Text   string // as it was written, on one line, without quotation marks
	Prefix bool   // what begins so
}

// A Day is a date of a query: how it was written, and when that begins.
type Day struct {
	Text  string
	Start time.Time
}

// termFields are the fields of terms, as the store knows them.
var termFields = map[string]store.SearchField{"": store.Anywhere, "subject": store.InSubject, "from": store.InFrom, "to": store.InTo}

// String is the query as it is written best. Read again, it is the same query.
func (q Query) String() string {
	var parts []string
	for _, group := range q.All {
		for i, term := range group {
			if i > 0 {
				parts = append(parts, "OR")
			}
			parts = append(parts, term.String())
		}
	}
	for _, term := range q.None {
		parts = append(parts, "-"+term.String())
	}
	for _, list := range q.Lists {
		parts = append(parts, "list:"+quoted(list))
	}
	for _, word := range []struct {
		field, value string
		have         bool
	}{
		{"after:", q.After.Text, q.After.Text != ""}, {"before:", q.Before.Text, q.Before.Text != ""},
		{"has:", "attachment", q.HasFiles}, {"is:", "solved", q.Solved}, {"in:", threadText(q.Thread), q.Thread != 0},
	} {
		if word.have {
			parts = append(parts, word.field+word.value)
		}
	}
	return strings.Join(parts, " ")
}

// String is the term as it is written best.
func (t Term) String() string {
	text := quoted(t.Text)
	if t.Prefix {
		text += "*"
	}
	if t.Field != "" {
		text = t.Field + ":" + text
	}
	return text
}

// quoted puts a text into quotation marks where it would be read as something else without.
func quoted(text string) string {
	if text != "" && text != "OR" && text[0] != '-' && !strings.ContainsAny(text, " :*") {
		return text
	}
	return `"` + text + `"`
}

// words are what a term looks for, folded.
func (t Term) words() []string { return strings.Fields(mail.FoldWords(t.Text)) }

// term is what the store is asked.
func (t Term) term() store.SearchTerm {
	return store.SearchTerm{Field: termFields[t.Field], Words: t.words(), Prefix: t.Prefix}
}

// Request is what the store is asked. What may be searched is for the caller to say.
func (q Query) Request() store.SearchRequest {
	r := store.SearchRequest{Thread: q.Thread, Solved: q.Solved, From: q.After.Start, Until: q.Before.Start}
	for _, group := range q.All {
		terms := make([]store.SearchTerm, len(group))
		for i, t := range group {
			terms[i] = t.term()
		}
		r.All = append(r.All, terms)
	}
	for _, t := range q.None {
		r.None = append(r.None, t.term())
	}
	if q.HasFiles {
		r.All = append(r.All, []store.SearchTerm{store.HasFiles})
	}
	return r
}

// Terms are the terms whose words a snippet shows.
func (q Query) Terms() (all []Term) {
	for _, group := range q.All {
		for _, t := range group {
			if t.Field == "" {
				all = append(all, t)
			}
		}
	}
	return all
}
