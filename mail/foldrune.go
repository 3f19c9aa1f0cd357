package mail

import (
	"strings"
	"sync/atomic"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// A runeClass is what a character is to words.
type runeClass uint8

const (
	classGap    runeClass = iota // parts words
	classLetter                  // is a part of a word
	classAlone                   // is a word
	classMark                    // leaves a word as it is: accents, what cannot be seen
	classParts                   // is a part of another character
)

// A foldedRune is a character as it is compared.
type foldedRune struct {
	text  string
	class runeClass
}

// foldPages holds what was found out about characters, 256 to a page: most texts use few scripts.
var foldPages [0x20000 >> 8]atomic.Pointer[[256]foldedRune]

func foldOf(r rune) foldedRune {
	page := int(r >> 8)
	if page >= len(foldPages) {
		return findFold(r)
	}
	p := foldPages[page].Load()
	if p == nil {
		p = new([256]foldedRune)
		for i := range p {
			p[i] = findFold(r&^0xff + rune(i))
		}
		foldPages[page].Store(p) // whoever made it at the same time made the same
	}
	return p[r&0xff]
}

// composed puts together what is written in parts. A rune that is a part of none stays.
func composed(text string) string { return norm.NFKC.String(text) }

// findFold finds out how a character is compared.
func findFold(r rune) foldedRune {
	switch {
	case isPart(r):
		return foldedRune{class: classParts}
	case isDropped(r):
		return foldedRune{class: classMark}
	case isApostrophe(r), r == '™', r == '℠':
		return foldedRune{}
	}
	if value, ok := digitValue(r); ok {
		return foldedRune{text: string('0' + value), class: classLetter}
	}
	words := foldedWords(norm.NFC.String(foldLetters(r)))
	switch {
	case len(words) == 0:
		return foldedRune{}
	case len(words) > 1, isAlone(r), unicode.Is(unicode.So, r):
		return foldedRune{text: strings.Join(words, " "), class: classAlone}
	}
	return foldedRune{text: words[0], class: classLetter}
}

// foldLetters is a character without case and accents, in single letters and marks.
func foldLetters(r rune) string {
	if unicode.Is(unicode.Cherokee, r) { // whose small letters fold to the capital ones, which package cases turns round
		return string(unicode.ToUpper(r))
	}
	text := norm.NFKD.String(cases.Fold().String(norm.NFKD.String(string(r))))
	return strings.Map(func(r rune) rune {
		if isDropped(r) {
			return -1
		}
		return r
	}, sameLetters.Replace(text))
}

// sameLetters are those that people write for each other, although Unicode knows no decomposition: with a stroke, joined,
// without a dot; Arabic letters that are written differently in Persian, or at the end of a word.
var sameLetters = strings.NewReplacer("ø", "o", "ł", "l", "đ", "d", "ð", "d", "þ", "th", "æ", "ae", "œ", "oe", "ħ", "h", "ŧ", "t",
	"ı", "i", "ŋ", "n", "ĸ", "k", "l·", "l", "ى", "ي", "ة", "ه", "ی", "ي", "ک", "ك", "ٱ", "ا")

// foldedWords are the words that a character stands for: most stand for a letter, some for several words ("8日" in one).
func foldedWords(letters string) []string {
	var b strings.Builder
	for _, r := range letters {
		switch {
		case isAlone(r):
			b.WriteByte(' ')
			b.WriteRune(r)
			b.WriteByte(' ')
		case unicode.IsLetter(r) && !isApostrophe(r) || unicode.IsNumber(r) || unicode.IsMark(r):
			b.WriteRune(r)
		default:
			b.WriteByte(' ')
		}
	}
	return strings.Fields(b.String())
}

// isApostrophe is true for letters that look and are used like one: the modifier letters.
func isApostrophe(r rune) bool { return r >= 0x02b9 && r <= 0x02df }

// isDropped is true for what makes no difference: accents and points over and under letters (those of Indic and Thai
// scripts are vowels, and stay), what only guides writing, and what cannot be seen.
func isDropped(r rune) bool {
	switch {
	case r == 0x0640, r == 0x0670, r == 0x0711, // tatweel; marks of Arabic and Syriac
		r >= 0x0300 && r <= 0x036f, r >= 0x0483 && r <= 0x0489, r >= 0x0610 && r <= 0x061a, r >= 0x064b && r <= 0x065f,
		r >= 0x06d6 && r <= 0x06ed && unicode.Is(unicode.Mn, r), r >= 0x0730 && r <= 0x074a,
		r >= 0x0591 && r <= 0x05c7 && unicode.Is(unicode.Mn, r), // Hebrew points
		r >= 0x1ab0 && r <= 0x1aff, r >= 0x1dc0 && r <= 0x1dff, r >= 0x20d0 && r <= 0x20ff, r >= 0xfe00 && r <= 0xfe0f, r >= 0xfe20 && r <= 0xfe2f,
		r >= 0xe0100 && r <= 0xe01ef, r == 0x034f:
		return true
	case r == 0x200b: // a zero-width space parts words
		return false
	}
	return unicode.Is(unicode.Cf, r)
}

// isPart is true for what is put together to one character: half-width and separate marks of kana, letters of Hangul
// syllables.
func isPart(r rune) bool {
	return r == 0x3099 || r == 0x309a || r == 0xff9e || r == 0xff9f || r >= 0x1100 && r <= 0x11ff ||
		r >= 0xa960 && r <= 0xa97f || r >= 0xd7b0 && r <= 0xd7ff
}

// isAlone is true for the scripts of which each character is a word.
func isAlone(r rune) bool {
	if r >= 0x30fb && r <= 0x30ff || r == 0xff70 { // the mark of long vowels belongs to no script
		return true
	}
	first, _ := utf8.DecodeRuneInString(norm.NFKC.String(string(r)))
	return unicode.In(first, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo, unicode.Yi,
		unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// digitValue is the value of a decimal digit in any script. In Unicode those of a script stand in a row from 0 on.
func digitValue(r rune) (value rune, ok bool) {
	if !unicode.IsDigit(r) {
		return 0, false
	}
	for _, span := range unicode.Nd.R16 {
		if r >= rune(span.Lo) && r <= rune(span.Hi) {
			return (r - rune(span.Lo)) % 10, true
		}
	}
	for _, span := range unicode.Nd.R32 {
		if r >= rune(span.Lo) && r <= rune(span.Hi) {
			return (r - rune(span.Lo)) % 10, true
		}
	}
	return 0, false
}
