package when

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A folded is a text as words are compared: small letters without accents. Each octet knows where it comes from.
type folded struct {
	source string
	text   string
	from   []int // octet in source, for each octet of text, and one more for the end
}

// plainer are characters that are written in another way.
var plainer = map[rune]string{
	'ß': "ss", '–': "-", '—': "-", '−': "-", '‑': "-", '’': "'", '‘': "'", '´': "'", '½': ".5", 'º': ".", 'ª': ".", '\u00a0': " ", '\u202f': " ",
	'\u2009': " ", '\t': " ", '\r': " ", '：': ":", '“': " ", '”': " ", '„': " ", '"': " ",
}

var accents = map[rune]rune{'á': 'a', 'à': 'a', 'é': 'e', 'è': 'e', 'í': 'i', 'ó': 'o', 'ú': 'u', 'ü': 'u', 'ö': 'o', 'ä': 'a', 'ñ': 'n', 'ã': 'a', 'ç': 'c'}

func fold(source string) folded {
	f := folded{source: source}
	var b strings.Builder
	for i, r := range source {
		if unicode.Is(unicode.Mn, r) { // an accent behind its letter
			continue
		}
		r = unicode.ToLower(r)
		piece := plainer[r]
		switch {
		case r == '½' && (i == 0 || !isDigit(source[i-1])):
			piece = "0.5"
		case piece != "":
		case accents[r] != 0:
			piece = string(accents[r])
		case r == utf8.RuneError:
			piece = " "
		default:
			piece = string(r)
		}
		for range len(piece) {
			f.from = append(f.from, i)
		}
		b.WriteString(piece)
	}
	f.text, f.from = b.String(), append(f.from, len(source))
	return f
}

// original is a piece of the text as it was written.
func (f folded) original(from, to int) string {
	return strings.TrimSpace(f.source[f.from[from]:f.from[to]])
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isWord(r rune) bool { return unicode.IsLetter(r) || r == '\'' }
