package archive

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"guildpost/mail"
)

// Bounds of snippets.
const (
	snippetLength = 160     // characters
	snippetReads  = 1 << 18 // octets of a text that are looked at
	snippetFinds  = 1000    // places in it that are weighed
)

// A Snippet is a piece of a text that shows what was found there, as it was written, on one line.
type Snippet struct {
	Text  string
	Marks []Mark // of what was found, in order
}

// A Mark is a stretch of a snippet, in octets.
type Mark struct{ Start, End int }

// Marked writes the snippet with marks around what was found.
func (s Snippet) Marked(open, end string) string {
	var b strings.Builder
	at := 0
	for _, m := range s.Marks {
		b.WriteString(s.Text[at:m.Start] + open + s.Text[m.Start:m.End] + end)
		at = m.End
	}
	return b.String() + s.Text[at:]
}

// snippet finds the piece of a text that shows the most of what was looked for; its beginning where it shows nothing, as
// that was found in the subject or elsewhere.
func snippet(text string, terms []Term) Snippet {
	if len(text) > snippetReads {
		text = strings.ToValidUTF8(text[:snippetReads], "")
	}
	spans, text := mail.WordSpans(text)
	finds := findTerms(spans, terms)
	from, to := bestWindow(text, finds)
	from, to = widen(text, spans, from, to)
	return cutSnippet(text, finds, from, to)
}

// A find is where a term stands in a text.
type find struct{ term, start, end int }

func findTerms(spans []mail.WordSpan, terms []Term) (finds []find) {
	for n, term := range terms {
		words := term.words()
		if len(words) == 0 {
			continue
		}
		before := len(finds)
		for i := 0; i+len(words) <= len(spans) && len(finds)-before < snippetFinds; i++ {
			if startsWith(spans[i:], words, term.Prefix) {
				finds = append(finds, find{n, spans[i].Start, spans[i+len(words)-1].End})
			}
		}
	}
	slices.SortFunc(finds, func(a, b find) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end)) })
	return finds
}

func startsWith(spans []mail.WordSpan, words []string, prefix bool) bool {
	last := len(words) - 1
	for i, word := range words {
		have := spans[i].Word
		if have != word && !(prefix && i == last && strings.HasPrefix(have, word)) {
			return false
		}
	}
	return true
}

// bestWindow is the stretch, not longer than a snippet, that shows the most terms; the first of those.
func bestWindow(text string, finds []find) (from, to int) {
	best := 0
	for i, first := range finds {
		shown := map[int]bool{}
		end := first.end
		for _, f := range finds[i:] {
			if f.end > first.end && utf8.RuneCountInString(text[first.start:f.end]) > snippetLength {
				break
			}
			shown[f.term] = true
			end = max(end, f.end)
		}
		if len(shown) > best {
			best, from, to = len(shown), first.start, end
		}
	}
	return from, to
}

// widen gives a stretch what room there is, a third of it in front, up to the bounds of words.
func widen(text string, spans []mail.WordSpan, from, to int) (int, int) {
	room := snippetLength - utf8.RuneCountInString(text[from:to])
	start := backward(text, from, room/3)
	room -= utf8.RuneCountInString(text[start:from])
	end := forward(text, to, room)
	start = backward(text, start, room-utf8.RuneCountInString(text[to:end]))
	// What stands between words goes with the word before; half a word is left out.
	for i := range spans {
		if spans[i].Start < start && spans[i].End > start {
			start = min(from, spans[i].End)
		}
		if spans[i].Start < end && spans[i].End > end {
			end = max(to, spans[i].Start)
		}
	}
	return start, end
}

// backward and forward are n characters from a place, or as far as the text goes.
func backward(text string, at, n int) int {
	for ; n > 0 && at > 0; n-- {
		_, size := utf8.DecodeLastRuneInString(text[:at])
		at -= size
	}
	return at
}

func forward(text string, at, n int) int {
	for ; n > 0 && at < len(text); n-- {
		_, size := utf8.DecodeRuneInString(text[at:])
		at += size
	}
	return at
}

// cutSnippet makes one line of a stretch, with dots where it was cut, and the marks of what is in it.
func cutSnippet(text string, finds []find, from, to int) (s Snippet) {
	var b strings.Builder
	if strings.TrimSpace(text[:from]) != "" {
		b.WriteString("… ")
	}
	begin := b.Len()
	places := make([]int, 0, to-from+1) // of each octet of the text in the snippet
	gap := false
	for i, r := range text[from:to] {
		if gap = gap || unicode.IsSpace(r); !unicode.IsSpace(r) {
			if gap && b.Len() > begin {
				b.WriteByte(' ')
			}
			gap = false
		}
		for len(places) <= i {
			places = append(places, b.Len())
		}
		if !unicode.IsSpace(r) {
			b.WriteRune(r)
		}
	}
	for len(places) <= to-from {
		places = append(places, b.Len())
	}
	for _, f := range finds {
		if f.start >= from && f.end <= to {
			s.mark(places[f.start-from], places[f.end-from])
		}
	}
	if strings.TrimSpace(text[to:]) != "" {
		b.WriteString(" …")
	}
	s.Text = b.String()
	return s
}

// mark adds a mark; those that overlap are one.
func (s *Snippet) mark(start, end int) {
	if n := len(s.Marks); n > 0 && start <= s.Marks[n-1].End {
		s.Marks[n-1].End = max(s.Marks[n-1].End, end)
		return
	}
	s.Marks = append(s.Marks, Mark{start, end})
}
