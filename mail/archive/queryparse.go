package archive

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Limits of a query. Nobody writes as much by hand, and each word costs.
const (
	maxQuery = 1000 // octets
	maxTerms = 32
)

// Asking is who asks: what dates mean to them.
type Asking struct {
	Now  time.Time
	Zone *time.Location
}

// A parser reads one query.
type parser struct {
	Asking
	Query
	terms int
	or    bool // the token before was OR
}

// ParseQuery reads a query. Its error is a *QueryError, which says what to write instead.
func ParseQuery(text string, asking Asking) (Query, error) {
	if len(text) > maxQuery {
		return Query{}, queryError("long", strconv.Itoa(maxQuery), "")
	}
	p := parser{Asking: asking}
	tokens := lex(text)
	for i, t := range tokens {
		if err := p.token(t, i+1 < len(tokens)); err != nil {
			return Query{}, err
		}
	}
	return p.Query, p.check(tokens)
}

func (p *parser) token(t token, more bool) error {
	switch {
	case t.written() == "OR" && more:
		if len(p.All) == 0 {
			return queryError("or", "", "clippy OR rustfmt")
		}
		p.or = true
		return nil
	case t.field == "":
		return p.term(t)
	case t.text == "":
		return queryError("empty", t.field+":", t.field+":"+examples[t.field])
	}
	if termFields[t.field] == "" && t.star {
		t.text, t.star = t.text+"*", false
	}
	if t.minus && termFields[t.field] == "" {
		return queryError("minus", t.written(), strings.TrimPrefix(t.written(), "-"))
	}
	if p.or && termFields[t.field] == "" {
		return queryError("or", t.written(), "clippy OR rustfmt")
	}
	return p.field(t)
}

func (p *parser) field(t token) error {
	switch t.field {
	case "list":
		return p.list(t)
	case "after", "since":
		return p.day(t, &p.After)
	case "before":
		return p.day(t, &p.Before)
	case "has":
		return p.has(t)
	case "is":
		return p.is(t)
	case "in":
		return p.in(t)
	}
	return p.term(t)
}

// examples are what can stand before a colon, and values for it.
var examples = map[string]string{"from": "ann", "to": "ann", "subject": "review", "list": "rust", "after": "2026-03-05", "since": "2026-03-05",
	"before": "2026-03-05", "has": "attachment", "is": "solved", "in": "12"}

// term adds a word or phrase. One in which there is nothing to look for, such as "&" or a lone "-", is passed over.
func (p *parser) term(t token) error {
	term := Term{Field: t.field, Text: t.text, Prefix: t.star}
	words := term.words()
	if len(words) == 0 {
		if t.field != "" || t.quoted {
			return queryError("no-word", t.written(), "")
		}
		return nil
	}
	if last := words[len(words)-1]; t.star && len(words) == 1 && len(last) < minPrefix {
		return queryError("prefix", t.written(), "")
	}
	if field := misspelled(t); field != "" {
		return queryError("field", t.text, field)
	}
	if p.terms++; p.terms > maxTerms {
		return queryError("many", strconv.Itoa(maxTerms), "")
	}
	switch {
	case t.minus && p.or:
		return queryError("or", t.written(), "clippy OR rustfmt")
	case t.minus:
		p.None = append(p.None, term)
	case p.or:
		last := len(p.All) - 1
		p.All[last] = append(p.All[last], term)
	default:
		p.All = append(p.All, []Term{term})
	}
	p.or = false
	return nil
}

// minPrefix is how much of a word there has to be before *, in octets: less matches most words there are.
const minPrefix = 2

// misspelled is the field that was meant by "form:ann", "" where none was.
func misspelled(t token) string {
	word, value, ok := strings.Cut(t.text, ":")
	if t.quoted || t.field != "" || !ok || value == "" || strings.HasPrefix(value, ":") || strings.HasPrefix(value, "//") {
		return ""
	}
	for field := range examples {
		if len(field) > 3 && isSlip(strings.ToLower(word), field) {
			return field + ":" + value
		}
	}
	return ""
}

// isSlip says whether a word is another but for one letter that is missing, too much, wrong, or changed places with the
// next.
func isSlip(word, meant string) bool {
	start := 0
	for start < min(len(word), len(meant)) && word[start] == meant[start] {
		start++
	}
	word, meant = word[start:], meant[start:]
	end := 0
	for end < min(len(word), len(meant)) && word[len(word)-1-end] == meant[len(meant)-1-end] {
		end++
	}
	word, meant = word[:len(word)-end], meant[:len(meant)-end]
	turned := len(word) == 2 && len(meant) == 2 && word[0] == meant[1] && word[1] == meant[0]
	return turned || len(word) <= 1 && len(meant) <= 1
}

func (p *parser) list(t token) error {
	if !slices.Contains(p.Lists, strings.ToLower(t.text)) {
		p.Lists = append(p.Lists, strings.ToLower(t.text))
	}
	return nil
}

func (p *parser) has(t token) error {
	switch strings.ToLower(t.text) {
	case "attachment", "attachments", "file", "files":
		p.HasFiles = true
		return nil
	}
	return queryError("has", t.written(), "has:attachment")
}

func (p *parser) is(t token) error {
	if !strings.EqualFold(t.text, "solved") {
		return queryError("is", t.written(), "is:solved")
	}
	p.Solved = true
	return nil
}

// in is the thread by its number; in:thread:12 is how some write it.
func (p *parser) in(t token) error {
	text := strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(t.text), "thread:"), "#")
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n <= 0 || n == math.MaxInt64 {
		return queryError("in", t.written(), "in:12")
	}
	if p.Thread != 0 && p.Thread != n {
		return queryError("two", "in:"+threadText(p.Thread)+" "+t.written(), "in:"+threadText(n))
	}
	p.Thread = n
	return nil
}

// check looks at the query as a whole.
func (p *parser) check(tokens []token) error {
	switch {
	case p.or:
		return queryError("or", "", "clippy OR rustfmt")
	case !p.After.Start.IsZero() && !p.Before.Start.IsZero() && !p.After.Start.Before(p.Before.Start):
		return queryError("never", "after:"+p.After.Text+" before:"+p.Before.Text, "after:"+p.Before.Text+" before:"+p.After.Text)
	case p.Query.String() == "" && len(tokens) > 0:
		return queryError("no-word", tokens[0].written(), "")
	case p.Query.String() == "":
		return queryError("nothing", "", "")
	}
	return nil
}

func threadText(n int64) string { return strconv.FormatInt(n, 10) }
