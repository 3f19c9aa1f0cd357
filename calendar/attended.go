package calendar

import (
	"strings"
	"unicode"
)

// Attended is a line that says who came to a meeting, as it was written: "attended: all but Ben Okafor, +zoe@z.example".
type Attended struct {
	All   bool     // those who had said yes
	But   []string // but not these; with All alone
	Names []string // these, who are invited
	Plus  []string // and these, written with a plus: addresses of guests, or names of people who are invited
}

// maxAttended is how many names a line may hold: nobody writes more by hand.
const maxAttended = 1000

// The words of the line, in each language that we speak.
var (
	attendedWords = plainSet("attended, attendees, attendance, present, came, anwesend, anwesende, teilgenommen, dabei, asistieron, asistio, asistentes, asistencia, presentes")
	allWords      = plainSet("all, everyone, everybody, all of them, alle, todos, todas")
	noneWords     = plainSet("none, nobody, no one, noone, keiner, keine, niemand, nadie, ninguno, ninguna")
	butWords      = plainSet("but, but not, except, except for, without, aber nicht, ausser, bis auf, ohne, menos, excepto, salvo, sin")
	andWords      = plainSet("and, und, y, e")
)

func plainSet(words string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.SplitSeq(words, ",") {
		set[plain(word)] = true
	}
	return set
}

// ReadAttended finds the line that says who came, and what stands below it: the minutes. It is the first line that begins
// with the word and a colon; or the very first line, where that is "all", "all but …" or "none" and nothing else. A line that
// ends with a comma goes on in the next. False is that there is no such line: then rest is the whole text.
func ReadAttended(text string) (a Attended, rest string, ok bool) {
	lines := strings.Split(text, "\n")
	for i := range lines {
		said, is := attendedLine(lines[i], i == 0 || strings.TrimSpace(strings.Join(lines[:i], "")) == "")
		if !is {
			continue
		}
		for strings.HasSuffix(said, ",") && i+1 < len(lines) {
			i++
			said = strings.TrimSpace(said + " " + strings.TrimSpace(lines[i]))
		}
		return parseAttended(said), strings.TrimSpace(strings.Join(lines[i+1:], "\n")), true
	}
	return a, strings.TrimSpace(text), false
}

// attendedLine is what a line says about who came; false where it says nothing of the kind.
func attendedLine(line string, first bool) (said string, ok bool) {
	line = strings.TrimLeft(strings.TrimSpace(line), "*_ ")
	if word, said, found := strings.Cut(line, ":"); found && attendedWords[plain(word)] {
		return strings.TrimSpace(strings.TrimLeft(said, "*_ ")), true
	}
	if !first {
		return "", false
	}
	bare := strings.TrimRight(line, " .!")
	_, rest, all := cutWord(bare, allWords)
	_, _, but := cutWord(rest, butWords)
	return bare, all && (rest == "" || but) || noneWords[plain(bare)]
}

// cutWord takes the longest of some phrases from the beginning of a text.
func cutWord(text string, phrases map[string]bool) (word, rest string, ok bool) {
	rest = text
	for end, r := range text + " " {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r) {
			continue
		}
		if phrases[plain(text[:end])] {
			word, rest, ok = text[:end], strings.TrimLeft(text[end:], " ,:;"), true
		}
		if end > 40 {
			break
		}
	}
	return word, rest, ok
}

// parseAttended reads what stands behind the colon.
func parseAttended(said string) (a Attended) {
	said = strings.TrimRight(said, " .!*_")
	if noneWords[plain(said)] {
		return a
	}
	var but bool
	if _, rest, ok := cutWord(said, allWords); ok {
		a.All, said = true, rest
	}
	for item := range strings.FieldsFuncSeq(said, func(r rune) bool { return r == ',' || r == ';' }) {
		item = strings.TrimSpace(item)
		if _, rest, ok := cutWord(item, butWords); ok && a.All {
			but, item = true, rest
		}
		for _, rest, ok := cutWord(item, andWords); ok; _, rest, ok = cutWord(item, andWords) {
			item = rest
		}
		plus := strings.HasPrefix(item, "+")
		item = strings.Trim(strings.TrimLeft(item, "+ "), " .!*_\t")
		switch {
		case plain(item) == "" || len(a.But)+len(a.Names)+len(a.Plus) >= maxAttended:
		case plus:
			a.Plus = append(a.Plus, item)
		case but:
			a.But = append(a.But, item)
		default:
			a.Names = append(a.Names, item)
		}
	}
	return a
}
