package calendar

import (
	"strings"
	"time"
	"unicode"
)

// An ActionLine is what a line of minutes says that somebody is to do: "ACTION Ben 2026-12-10: book the room".
type ActionLine struct {
	Owner string    // as it is written; "" where nobody is named
	Due   time.Time // midnight UTC of the day; zero where there is none that can be read
	What  string
	Loud  bool // the word is written in capitals: it is no sentence that begins with it
}

// maxActions is how many actions minutes may have.
const maxActions = 200

var (
	actionWords = plainSet("action, action item, aktion, accion")
	dueWords    = plainSet("by, on, until, due, bis, am, bis zum, para, para el, hasta, hasta el, el")
)

// ReadActions finds the actions in minutes. A line that goes on in the next is indented there. Days without a year are the
// next ones from a time on; where day and month could be either, as in English 10/12/2026, there is no day.
func ReadActions(minutes, language string, from time.Time) (all []ActionLine) {
	lines := strings.Split(minutes, "\n")
	for i := 0; i < len(lines) && len(all) < maxActions; i++ {
		head, what, loud, ok := actionHead(lines[i])
		if !ok {
			continue
		}
		for i+1 < len(lines) && isContinued(lines[i+1]) {
			i++
			what += " " + strings.TrimSpace(lines[i])
		}
		if what = strings.TrimSpace(what); plain(what) == "" {
			continue
		}
		a := ActionLine{What: what, Loud: loud}
		a.Owner, a.Due = ownerAndDay(head, language, from)
		if a.Due.IsZero() {
			a.What, a.Due = withoutDay(what, language, from)
		}
		all = append(all, a)
	}
	return all
}

// actionHead parts a line into what stands between the word and the colon, and what is to be done.
func actionHead(line string) (head, what string, loud, ok bool) {
	line = strings.TrimLeft(line, " \t*-•·–+>[]☐_")
	word, _, ok := cutWord(line, actionWords) // with what stands around it
	if !ok {
		return "", "", false, false
	}
	word = strings.TrimRightFunc(word, func(r rune) bool { return !unicode.IsLetter(r) })
	rest := strings.TrimLeft(line[len(word):], "*_ \t")
	if strings.HasPrefix(rest, ":") { // ACTION: Ben 2026-12-10: book the room
		after := strings.TrimLeft(rest[1:], "*_ \t")
		if strings.Contains(after, ": ") {
			rest = after
		}
	}
	head, what, ok = strings.Cut(rest, ":")
	if len(head) > 200 {
		return "", "", false, false
	}
	return strings.Trim(head, "*_ \t"), strings.TrimLeft(what, "*_ \t"), word == strings.ToUpper(word), ok
}

// isContinued says whether a line goes on with the one before: it is indented, and no item of its own.
func isContinued(line string) bool {
	text := strings.TrimLeft(line, " \t")
	if len(line)-len(text) < 2 || text == "" || strings.ContainsRune("*-•+", rune(text[0])) {
		return false
	}
	_, _, _, is := actionHead(line)
	return !is
}

// ownerAndDay parts "Ben Okafor by 10 December 2026" at its day, which stands at the end, or at the beginning.
func ownerAndDay(head, language string, from time.Time) (owner string, due time.Time) {
	head = strings.Trim(strings.NewReplacer("(", " ", ")", " ", " @", " ").Replace(" "+head), " ,;-–")
	words := strings.Fields(head)
	const longest = 6 // 10 de diciembre de 2026
	for n := min(longest, len(words)); n > 0; n-- {
		if day, ok := ReadDay(strings.Join(words[len(words)-n:], " "), language, from); ok {
			return trimDue(words[:len(words)-n]), day
		}
	}
	for n := min(longest, len(words)); n > 0; n-- {
		if day, ok := ReadDay(strings.Join(words[:n], " "), language, from); ok {
			return strings.Trim(strings.Join(words[n:], " "), " ,;-–"), day
		}
	}
	return head, due
}

// trimDue takes the word in front of a day away: "Ben by".
func trimDue(words []string) string {
	for n := 2; n > 0; n-- {
		if len(words) >= n && dueWords[plain(strings.Join(words[len(words)-n:], " "))] {
			words = words[:len(words)-n]
			break
		}
	}
	return strings.Trim(strings.Join(words, " "), " ,;-–")
}

// withoutDay finds the day at the end of what is to be done: "book the room by 2026-12-10".
func withoutDay(what, language string, from time.Time) (string, time.Time) {
	words := strings.Fields(strings.TrimRight(what, " .!"))
	const longest = 6
	for n := min(longest, len(words)-1); n > 0; n-- {
		before := words[:len(words)-n]
		day, ok := ReadDay(strings.Join(words[len(words)-n:], " "), language, from)
		if ok && trimDue(before) != strings.Trim(strings.Join(before, " "), " ,;-–") {
			return trimDue(before), day
		}
	}
	return what, time.Time{}
}
