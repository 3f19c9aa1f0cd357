package mail

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

// Words of RFC 2047 have at most 75 characters; these are their ends.
const (
	wordStart = "=?utf-8?b?"
	wordStop  = "?="
	wordBytes = (75 - len(wordStart) - len(wordStop)) / 4 * 3
)

// EncodeText makes header text of s, for a field such as Subject: as it is if it is
// plain ASCII, else in RFC 2047 words of UTF-8. Control characters become spaces.
func EncodeText(s string) string {
	s = strings.Map(controlToSpace, strings.ToValidUTF8(s, "\uFFFD"))
	if isASCII(s) && !strings.Contains(s, "=?") && longestWord(s) < MaxLine-100 {
		return s
	}
	return encodeWords(s)
}

// formatPhrase makes a phrase (RFC 5322 3.2.5) of a name: atoms, a quoted string, or
// RFC 2047 words.
func formatPhrase(name string) string {
	name = strings.TrimSpace(strings.Map(controlToSpace, strings.ToValidUTF8(name, "\uFFFD")))
	switch {
	case !isASCII(name) || strings.Contains(name, "=?") || longestWord(name) > MaxLine/2:
		return encodeWords(name)
	case strings.ContainsFunc(name, func(r rune) bool { return isSpecial(r) || r == '.' }):
		return quote(name)
	}
	return name
}

// controlToSpace is for strings.Map: hidden characters and line ends become spaces.
func controlToSpace(r rune) rune {
	if isHidden(r) || r == '\u2028' || r == '\u2029' {
		return ' '
	}
	return r
}

// encodeWords writes s as words that each decode on their own, which wants that none
// ends within a character (RFC 2047 5).
func encodeWords(s string) string {
	var words []string
	for s != "" {
		n := min(len(s), wordBytes)
		for n < len(s) && !utf8.RuneStart(s[n]) {
			n--
		}
		words = append(words, wordStart+base64.StdEncoding.EncodeToString([]byte(s[:n]))+wordStop)
		s = s[n:]
	}
	return strings.Join(words, " ")
}

func isASCII[T string | []byte](s T) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func longestWord(s string) int {
	longest := 0
	for _, word := range strings.Fields(s) {
		longest = max(longest, len(word))
	}
	return longest
}
