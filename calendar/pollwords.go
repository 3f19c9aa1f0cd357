package calendar

import (
	"strconv"
	"strings"

	"guildpost/store"
)

// pollWords are what people say of a date beside what answers an invitation.
var pollWords = map[store.RSVPAnswer]string{
	store.Accepted: `works, works for me, fits, fine, good, great, possible, can, i can, suits me, passt, passt mir, geht, geht bei mir, gut, prima, kann, ich kann,
		kann ich, moglich, gerne, bien, me viene bien, viene bien, me va bien, va bien, puedo, perfecto, posible`,
	store.Declined: `does not work, doesn't work, not possible, bad, cannot, can't, i can't, impossible, not, passt nicht, passt mir nicht, geht nicht,
		geht bei mir nicht, schlecht, kann ich nicht, unmoglich, nicht, mal, me viene mal, no me viene bien, no me va bien, no puedo, imposible`,
	store.Tentative: `if need be, if necessary, rather not, could, zur not, notfalls, eher nicht, wenn es sein muss, schwierig, si hace falta, si no hay otra, dificil`,
}

// The other words of a vote, by what they do.
const (
	wordAll    = "all"    // of all options
	wordRest   = "rest"   // of those that were not named
	wordOnly   = "only"   // yes to the following, no to all others
	wordNone   = "none"   // no to all
	wordFiller = "filler" // nothing
)

var pollOthers = map[string]string{
	wordAll:  "all, all of them, both, both of them, beide, ambas, ambos, las dos, los dos, any, every, everything, alle, alles, jeder, todas, todos, cualquiera",
	wordRest: "rest, the rest, others, the others, all others, rest of them, sonst, der rest, den rest, die anderen, alle anderen, andere, los demas, las demas, resto, el resto, las otras, los otros",
	wordOnly: "only, just, nur, bloss, solo, solamente, unicamente",
	wordNone: "none, none of them, neither, no date, keiner, keine, keins, keiner davon, kein termin, ninguna, ninguno, ninguna fecha",
	wordFiller: `option, options, date, dates, number, numbers, nr, and, or, also, is, are, would be, on, for me, the, vorschlag, vorschlage, termin, termine, nummer, und, auch,
		sind, ist, ware, am, fur mich, bei mir, mir, der, die, das, den, opcion, opciones, fecha, fechas, numero, y, e, tambien, es, son, seria, para mi, a mi, el, la, las, los`,
}

// pollPhrases are all phrases of votes, and what they mean: an answer, or one of the words above.
var pollPhrases = func() map[string]string {
	all := map[string]string{}
	for word, phrases := range pollOthers {
		for phrase := range strings.SplitSeq(phrases, ",") {
			all[plain(phrase)] = word
		}
	}
	for phrase, answer := range answerOf {
		all[phrase] = string(answer)
	}
	for answer, phrases := range pollWords {
		for phrase := range strings.SplitSeq(phrases, ",") {
			all[plain(phrase)] = string(answer)
		}
	}
	return all
}()

// longestPhrase is how many words a phrase has at most.
const longestPhrase = 5

// ReadVotes reads what somebody says of the options of a poll, which are numbered from 1 to n: "1 yes, 2 maybe, 3 no", a line
// each, "1 and 3", "yes: 1, 3", "only 2", "1 yes, the rest no", "all", "none". What stands behind the first empty line is not
// read. False is that it is not clear, as it is where a word means nothing or an option has two answers.
func ReadVotes(text string, n int) (votes map[int]store.RSVPAnswer, ok bool) {
	words := voteWords(text)
	if len(words) == 0 {
		return nil, false
	}
	b := ballot{n: n, votes: map[int]store.RSVPAnswer{}, answerFirst: isVoteAnswer(words[0])}
	for _, word := range words {
		if !b.take(word) {
			return nil, false
		}
	}
	if !b.end() {
		return nil, false
	}
	return b.votes, true
}

// voteWords are the numbers and phrases of the first paragraph; what means nothing is "?".
func voteWords(text string) (words []string) {
	started := false
	for line := range strings.Lines(text) {
		fields := strings.Fields(plainVotes(line))
		if len(fields) == 0 {
			if started {
				break
			}
			continue
		}
		started = true
		for len(fields) > 0 {
			word, size := votePhrase(fields)
			if word != wordFiller {
				words = append(words, word)
			}
			fields = fields[size:]
		}
	}
	return words
}

// plainVotes parts numbers from the letters beside them.
func plainVotes(line string) string {
	var b strings.Builder
	digit := false
	for _, r := range plain(strings.NewReplacer("+1", " yes ", "-1", " no ", "✓", " yes ", "✔", " yes ", "👍", " yes ", "✗", " no ", "✘", " no ", "👎", " no ").Replace(line)) {
		isDigit := r >= '0' && r <= '9'
		if isDigit != digit {
			b.WriteByte(' ')
		}
		digit = isDigit
		b.WriteRune(r)
	}
	return b.String()
}

func votePhrase(fields []string) (word string, size int) {
	if _, err := strconv.Atoi(fields[0]); err == nil {
		return fields[0], 1
	}
	for size = min(longestPhrase, len(fields)); size > 0; size-- {
		phrase := strings.Join(fields[:size], " ")
		if meaning, known := pollPhrases[phrase]; known {
			return meaning, size
		}
	}
	return "?", 1
}

func isVoteAnswer(word string) bool {
	return word == string(store.Accepted) || word == string(store.Tentative) || word == string(store.Declined)
}

// A ballot is votes that are being read.
type ballot struct {
	n           int
	votes       map[int]store.RSVPAnswer
	answerFirst bool             // "yes: 1, 3"
	answer      store.RSVPAnswer // of the numbers that follow, with answerFirst
	used        bool             // there was a number for it
	named       []int            // numbers whose answer follows
	only        bool
	whole       bool // it was said of all of them
}

// take reads one word; false is that it does not fit.
func (b *ballot) take(word string) bool {
	switch {
	case isVoteAnswer(word):
		return b.takeAnswer(store.RSVPAnswer(word))
	case word == wordAll, word == wordRest:
		return b.name(b.unnamed(), word == wordAll)
	case word == wordNone:
		return b.name(b.unnamed(), true) && b.say(store.Declined)
	case word == wordOnly:
		b.only = true
		return len(b.votes) == 0 && len(b.named) == 0
	}
	number, err := strconv.Atoi(word)
	return err == nil && number >= 1 && number <= b.n && b.name([]int{number}, false)
}

// unnamed are the options of which nothing is said yet.
func (b *ballot) unnamed() (all []int) {
	for number := 1; number <= b.n; number++ {
		if b.votes[number] == "" {
			all = append(all, number)
		}
	}
	return all
}

// name takes numbers, to which what came before them applies, or what follows.
func (b *ballot) name(numbers []int, whole bool) bool {
	if whole && (len(b.votes) > 0 || len(b.named) > 0 || b.only) || b.whole || len(numbers) == 0 {
		return false
	}
	b.whole = whole
	b.named = append(b.named, numbers...)
	if b.answerFirst {
		b.used = true
		return b.say(b.answer)
	}
	return true
}

func (b *ballot) takeAnswer(answer store.RSVPAnswer) bool {
	if b.answerFirst {
		if b.answer != "" && !b.used {
			return false
		}
		b.answer, b.used = answer, false
		return true
	}
	return len(b.named) > 0 && b.say(answer)
}

// say gives the named options an answer; false where one has another already.
func (b *ballot) say(answer store.RSVPAnswer) bool {
	for _, number := range b.named {
		if before := b.votes[number]; before != "" && before != answer {
			return false
		}
		b.votes[number] = answer
	}
	b.named = nil
	return true
}

// end completes what was read: numbers alone are a yes, where no answer was said at all.
func (b *ballot) end() bool {
	switch {
	case b.answerFirst:
		if !b.used {
			return false
		}
	case len(b.named) > 0 && len(b.votes) > 0:
		return false
	case len(b.named) > 0:
		b.say(store.Accepted)
	}
	if b.only {
		for _, answer := range b.votes {
			if answer != store.Accepted {
				return false
			}
		}
		for _, number := range b.unnamed() {
			b.votes[number] = store.Declined
		}
	}
	return len(b.votes) > 0
}
