package archive

import (
	"strings"
	"unicode"
)

// A token is a piece of a query as it is written.
type token struct {
	minus  bool
	field  string // lower case, "" for none
	text   string
	quoted bool
	star   bool // behind it
}

// written is the token as it stands in a query.
func (t token) written() string {
	text := t.text
	if t.quoted {
		text = `"` + text + `"`
	}
	if t.star {
		text += "*"
	}
	if t.field != "" {
		text = t.field + ":" + text
	}
	if t.minus {
		text = "-" + text
	}
	return text
}

// quotes are the marks that people's programs make of ".
const quotes = `"“”„‟«»＂`

func isQuote(r rune) bool { return strings.ContainsRune(quotes, r) }

// lex takes a query apart. Whatever is written, it makes something of it.
func lex(text string) (all []token) {
	text = strings.Map(func(r rune) rune {
		switch {
		case r == unicode.ReplacementChar, unicode.IsControl(r) && !unicode.IsSpace(r):
			return -1
		case unicode.IsSpace(r):
			return ' '
		case r == '−', r == '–', r == '‐':
			return '-'
		case isQuote(r):
			return '"'
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	for {
		text = strings.TrimLeft(text, " ")
		if text == "" {
			return all
		}
		var t token
		t, text = nextToken(text)
		if t.text != "" || t.field != "" {
			all = append(all, t)
		}
	}
}

// nextToken takes the first token off a text that begins with one.
func nextToken(text string) (t token, rest string) {
	if strings.HasPrefix(text, "-") {
		t.minus, text = true, text[1:]
	}
	end := strings.IndexAny(text, ` "`)
	if end < 0 {
		end = len(text)
	}
	if colon := strings.IndexByte(text[:end], ':'); colon > 0 && isField(text[:colon]) {
		t.field, text = strings.ToLower(text[:colon]), text[colon+1:]
	}
	if strings.HasPrefix(text, `"`) {
		t.quoted = true
		t.text, text, _ = strings.Cut(text[1:], `"`)
		if strings.HasPrefix(text, "*") {
			t.star, text = true, text[1:]
		}
		t.text = strings.Join(strings.Fields(t.text), " ")
		return t, text
	}
	end = strings.IndexAny(text, ` "`)
	if end < 0 {
		end = len(text)
	}
	t.text, text = text[:end], text[end:]
	if short := strings.TrimRight(t.text, "*"); len(short) < len(t.text) {
		t.text, t.star = short, true
	}
	return t, text
}

// isField says whether a word before a colon is meant as a field: others, such as those of std::vector and https://, are
// words.
func isField(word string) bool {
	_, ok := examples[strings.ToLower(word)]
	return ok
}
