package mail

import (
	"unicode"
	"unicode/utf8"
)

// How a text becomes words that can be compared. Case, accents and forms of the same character are no difference, in any
// script. A word is a run of letters and digits: what stands between them (an apostrophe, a dot, an underscore, a hyphen)
// parts words, so that snake_case, foo.bar and an address are found by each part, and whole as a phrase of their parts.
// Scripts that are written without spaces, or with other words attached (Chinese, Japanese, Korean, Thai, Lao, Khmer,
// Burmese), have each character as a word: then a phrase finds inside of any run.

// maxWord is the length of a word, in octets; of longer ones the beginning counts.
const maxWord = 60

// Words of their own, so that C++ and C# are not C. They stand for what follows a letter directly.
const (
	wordPlus  = "＋" // ++
	wordSharp = "＃"
)

// A WordSpan is where a folded word stands in its text.
type WordSpan struct {
	Word       string
	Start, End int // octets of the text
}

// FoldWords returns the words of a text as they are compared in a search: without case, accents and punctuation, with
// a space between them.
func FoldWords(text string) string {
	f := folder{out: make([]byte, 0, len(text)+len(text)/8)}
	if !f.fold(text) {
		f = folder{out: f.out[:0], composed: true}
		f.fold(composed(text))
	}
	return string(f.out)
}

// WordSpans returns the words of a text, folded, with where they stand in it. Where characters have to be put together
// first (Hangul in single letters, half-width katakana), the text is another one, which is returned.
func WordSpans(text string) ([]WordSpan, string) {
	f := folder{spanned: true}
	if !f.fold(text) {
		text = composed(text)
		f = folder{spanned: true, composed: true}
		f.fold(text)
	}
	return f.spans(), text
}

// A folder writes the words of a text.
type folder struct {
	out      []byte
	composed bool // the text was put together
	spanned  bool // spans are asked for
	ends     []foldedEnd

	open  bool // a word is being written
	begin int  // where it begins in out
	start int  // where it begins in the text
	end   int  // where it ends in the text
}

// A foldedEnd is where a word ends in out, and where it stands in the text.
type foldedEnd struct{ out, start, end int }

// fold goes through the text; false is that it has to be composed first.
func (f *folder) fold(text string) bool {
	for i := 0; i < len(text); {
		c := text[i]
		if c >= utf8.RuneSelf {
			n := f.rune(text, i)
			if n == 0 {
				return false
			}
			i += n
			continue
		}
		low := asciiFolds[c]
		if low == 0 {
			if f.open {
				f.gap(text, i)
			}
			i++
			continue
		}
		if !f.open {
			f.word(i)
		}
		if len(f.out)-f.begin < maxWord {
			f.out = append(f.out, low)
		}
		i++
		f.end = i
	}
	f.close()
	return true
}

// word begins a word.
func (f *folder) word(start int) {
	if len(f.out) > 0 {
		f.out = append(f.out, ' ')
	}
	f.open, f.begin, f.start = true, len(f.out), start
}

func (f *folder) close() {
	if f.open && f.spanned {
		f.ends = append(f.ends, foldedEnd{len(f.out), f.start, f.end})
	}
	f.open = false
}

// gap ends a word before the octet at i; signs that make another word of it are a word.
func (f *folder) gap(text string, i int) {
	short := len(f.out)-f.begin == 1
	touches := f.end == i
	f.close()
	switch {
	case !touches:
	case text[i] == '+' && i+1 < len(text) && text[i+1] == '+':
		f.alone(wordPlus, i, i+2)
	case text[i] == '#' && short:
		f.alone(wordSharp, i, i+1)
	}
}

// alone writes a word that ends with itself.
func (f *folder) alone(word string, start, end int) {
	f.close()
	f.word(start)
	f.out = append(f.out, word...)
	f.end = end
	f.close()
}

// rune folds one character beyond ASCII and returns how many octets it has, 0 where the text has to be composed first.
func (f *folder) rune(text string, i int) int {
	r, n := utf8.DecodeRuneInString(text[i:])
	folded := foldOf(r)
	switch folded.class {
	case classLetter:
		if !f.open {
			f.word(i)
		}
		if len(f.out)-f.begin+len(folded.text) <= maxWord {
			f.out = append(f.out, folded.text...)
		}
		f.end = i + n
	case classAlone:
		f.alone(folded.text, i, i+n)
	case classParts:
		if !f.composed {
			return 0
		}
		if unicode.IsLetter(r) { // of a syllable that is written in parts only
			f.alone(string(r), i, i+n)
		}
	case classMark:
		if f.open {
			f.end = i + n
		}
	default:
		f.close()
	}
	return n
}

func (f *folder) spans() []WordSpan {
	all := make([]WordSpan, len(f.ends))
	text := string(f.out)
	from := 0
	for i, e := range f.ends {
		all[i] = WordSpan{Word: text[from:e.out], Start: e.start, End: e.end}
		from = e.out + 1
	}
	return all
}

// asciiFolds has the folded form of ASCII letters and digits, 0 for all else.
var asciiFolds = [utf8.RuneSelf]byte{
	'0': '0', '1': '1', '2': '2', '3': '3', '4': '4', '5': '5', '6': '6', '7': '7', '8': '8', '9': '9',
	'A': 'a', 'B': 'b', 'C': 'c', 'D': 'd', 'E': 'e', 'F': 'f', 'G': 'g', 'H': 'h', 'I': 'i', 'J': 'j', 'K': 'k', 'L': 'l', 'M': 'm',
	'N': 'n', 'O': 'o', 'P': 'p', 'Q': 'q', 'R': 'r', 'S': 's', 'T': 't', 'U': 'u', 'V': 'v', 'W': 'w', 'X': 'x', 'Y': 'y', 'Z': 'z',
	'a': 'a', 'b': 'b', 'c': 'c', 'd': 'd', 'e': 'e', 'f': 'f', 'g': 'g', 'h': 'h', 'i': 'i', 'j': 'j', 'k': 'k', 'l': 'l', 'm': 'm',
	'n': 'n', 'o': 'o', 'p': 'p', 'q': 'q', 'r': 'r', 's': 's', 't': 't', 'u': 'u', 'v': 'v', 'w': 'w', 'x': 'x', 'y': 'y', 'z': 'z',
}
