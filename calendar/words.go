package calendar

import (
	"strings"
	"unicode"

	"guildpost/store"
)

// answerWords are what people write, in each language that we speak.
var answerWords = map[store.RSVPAnswer]string{
	store.Accepted: `yes, y, yep, yeah, yes please, sure, ok, okay, accept, accepted, i accept, count me in, i will come, i'll come, i'll be there,
		ja, jep, ja gerne, gerne, zusage, zugesagt, ich komme, bin dabei, ich bin dabei,
		si, si gracias, claro, vale, acepto, aceptado, voy, asistire, cuenta conmigo`,
	store.Declined: `no, n, nope, no thanks, no thank you, no sorry, sorry no, decline, declined, i decline, i cannot come, i can't come, i won't come,
		nein, nee, nein danke, leider nein, nein leider, leider nicht, absage, abgesagt, ich komme nicht, kann nicht, ich kann nicht, ohne mich,
		no gracias, lo siento no, no puedo, no voy, rechazo, rechazado, no asistire`,
	store.Tentative: `maybe, perhaps, tentative, tentatively, possibly, not sure, might,
		vielleicht, evtl, eventuell, mal sehen, unter vorbehalt, mit vorbehalt, weiss nicht,
		quizas, quiza, tal vez, a lo mejor, puede ser, provisional`,
}

// answerOf is answerWords the other way round.
var answerOf = func() map[string]store.RSVPAnswer {
	all := map[string]store.RSVPAnswer{}
	for answer, words := range answerWords {
		for word := range strings.SplitSeq(words, ",") {
			all[plain(word)] = answer
		}
	}
	return all
}()

// turns are words that turn what was said before, and denials those that turn all but a no.
var (
	turns   = map[string]bool{"but": true, "aber": true, "pero": true, "unless": true, "ausser": true, "salvo": true}
	denials = map[string]bool{"not": true, "nicht": true, "cannot": true, "can't": true, "won't": true}
)

// ReadAnswer reads an answer in words: what stands in the first line, alone or up to the first stop. False is that it is not
// clear, as it is when the line says two things.
func ReadAnswer(text string) (answer store.RSVPAnswer, ok bool) {
	line := firstLine(text)
	if answer, ok = answerOf[plain(line)]; ok {
		return answer, true
	}
	end := strings.IndexFunc(line, func(r rune) bool { return strings.ContainsRune(",.!;:–—(", r) })
	if end < 0 {
		return "", false
	}
	if answer, ok = answerOf[plain(line[:end])]; !ok {
		return "", false
	}
	for _, word := range strings.Fields(plain(line[end:])) {
		if other, said := answerOf[word]; turns[word] || denials[word] && answer != store.Declined || said && other != answer {
			return "", false
		}
	}
	return answer, true
}

// firstLine is the first line in which something stands.
func firstLine(text string) string {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); plain(line) != "" {
			return line
		}
	}
	return ""
}

// plain is a text as words are compared: small letters without accents, and single spaces in place of all else.
func plain(text string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(text) {
		switch {
		case r == '’' || r == '\'':
			b.WriteByte('\'')
		case r == 'ß':
			b.WriteString("ss")
		case accents[r] != 0:
			b.WriteRune(accents[r])
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r):
		default:
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

var accents = map[rune]rune{'á': 'a', 'é': 'e', 'í': 'i', 'ó': 'o', 'ú': 'u', 'ü': 'u', 'ö': 'o', 'ä': 'a', 'ñ': 'n'}
