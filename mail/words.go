package mail

import (
	"strings"
	"unicode"
)

// maxWords is how long a decoded header value gets, in octets.
const maxWords = 10 << 10

// DecodeWords decodes the RFC 2047 encoded words of a header value for people to read.
// Octets beyond ASCII that stand there unencoded are taken for UTF-8 or windows-1252.
// The result has no control characters and no line ends, is valid UTF-8, at most 4
// times as long as the value and at most 10 KB.
//
// QUIRK: it takes what is sent against RFC 2047: words with spaces in them, words that
// touch other text, characters cut in two by the end of a word, base64 without
// padding.
func DecodeWords(value string) string {
	if len(value) > maxWords {
		value = value[:maxWords]
	}
	d := wordDecoder{}
	for value != "" {
		start := strings.Index(value, "=?")
		if start < 0 || d.hopeless {
			break
		}
		word, length, ok := d.parseWord(value[start:])
		if !ok {
			d.plain(value[:start+2])
			value = value[start+2:]
			continue
		}
		d.before(value[:start])
		d.word(word)
		value = value[start+length:]
	}
	d.plain(value)
	return truncate(cleanLine(d.out.String()), maxWords)
}

// headerCharset returns the charset of the first encoded word of the Subject or From,
// "" if there is none.
func headerCharset(h Header) string {
	for _, name := range []string{"Subject", "From"} {
		value := h.Get(name)
		if start := strings.Index(value, "=?"); start >= 0 {
			var d wordDecoder
			if word, _, ok := d.parseWord(value[start:]); ok {
				return word.charset
			}
		}
	}
	return ""
}

// An encodedWord is =?charset?encoding?text?= with its text decoded to octets.
type encodedWord struct {
	charset string
	octets  []byte
}

// A wordDecoder holds the octets of adjacent words of one charset back, because a
// character may begin in one and end in the next.
type wordDecoder struct {
	out      strings.Builder
	pending  encodedWord
	hopeless bool // no "?=" follows any more
}

// parseWord reads the encoded word that s begins with.
func (d *wordDecoder) parseWord(s string) (word encodedWord, length int, ok bool) {
	const longestLabel = 64
	head := s[2:min(len(s), 2+longestLabel)]
	charset, rest, found := strings.Cut(head, "?")
	if !found || charset == "" || strings.ContainsAny(charset, " \t=") || len(rest) < 2 || rest[1] != '?' {
		return word, 0, false
	}
	start := 2 + len(charset) + 3
	end := strings.Index(s[start:], "?=")
	if end < 0 {
		d.hopeless = true
		return word, 0, false
	}
	text := s[start : start+end]
	word.charset = cleanLabel(charset)
	switch rest[0] {
	case 'q', 'Q':
		// The dot keeps appendQPLine from taking the end of the text for that of a line.
		word.octets = appendQPLine(nil, []byte(strings.ReplaceAll(text, "_", " ")+"."))
		word.octets = word.octets[:len(word.octets)-1]
	case 'b', 'B':
		word.octets = decodeBase64([]byte(text), 0)
	default:
		return word, 0, false
	}
	return word, start + end + 2, true
}

// before writes what stands between two words. White space alone is no text there
// (RFC 2047 6.2).
func (d *wordDecoder) before(text string) {
	if d.pending.charset != "" && strings.TrimSpace(text) == "" {
		return
	}
	d.plain(text)
}

func (d *wordDecoder) plain(text string) {
	d.flush()
	d.out.WriteString(decodeUndeclared([]byte(text)))
}

func (d *wordDecoder) word(w encodedWord) {
	if w.charset != d.pending.charset || stateful(w.charset) {
		d.flush()
		d.pending.charset = w.charset
	}
	d.pending.octets = append(d.pending.octets, w.octets...)
}

// stateful charsets begin anew in each word (RFC 2047 3: a word ends in ASCII mode).
func stateful(charset string) bool {
	return strings.HasPrefix(charset, "iso-2022-") || strings.HasSuffix(charset, "utf-7")
}

func (d *wordDecoder) flush() {
	if d.pending.charset != "" {
		text, _ := DecodeCharset(d.pending.charset, d.pending.octets)
		d.out.WriteString(text)
	}
	d.pending = encodedWord{}
}

// cleanLine makes one line of s for people: control characters, line ends and
// characters that turn the direction of text become nothing, white space one space.
func cleanLine(s string) string {
	var b strings.Builder
	space := false
	for _, r := range s {
		switch {
		case r == ' ' || r == '\t' || r == '\n' || r == '\r' || unicode.Is(unicode.Zs, r):
			space = b.Len() > 0
		case isHidden(r):
		default:
			if space {
				b.WriteByte(' ')
				space = false
			}
			b.WriteRune(r)
		}
	}
	return b.String()
}

// cleanText brings text to LF line ends without control characters but tab and LF.
func cleanText(s string) string {
	if isCleanASCII(s) || !strings.ContainsFunc(s, needsCleaning) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i, r := range s {
		switch {
		case r == '\r':
			if i+1 >= len(s) || s[i+1] != '\n' {
				b.WriteByte('\n')
			}
		case r == '\n' || r == '\t':
			b.WriteRune(r)
		case r == '\f' || r == '\v' || r == '\u2028' || r == '\u2029':
			b.WriteByte('\n')
		case !isHidden(r):
			b.WriteRune(r)
		}
	}
	return b.String()
}

// isCleanASCII is a quick look at what most text is.
func isCleanASCII(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= 0x7f || c < ' ' && c != '\n' && c != '\t' {
			return false
		}
	}
	return true
}

func needsCleaning(r rune) bool {
	return r == '\u2028' || r == '\u2029' || r != '\n' && r != '\t' && isHidden(r)
}

// isHidden is true for characters that have no business in text that people read:
// controls, the direction overrides U+202A to U+202E and U+2066 to U+2069 by which
// text is made to look like other text, and the byte order mark.
func isHidden(r rune) bool {
	switch {
	case r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0:
		return true
	case r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0xfeff:
		return true
	case r >= 0xe0000 && r <= 0xe0fff: // tags: invisible text
		return r < 0xe0100 || r > 0xe01ef
	}
	return false
}
