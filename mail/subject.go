package mail

import "strings"

// answerPrefixes are what mail programs put in front of the subject of an answer.
var answerPrefixes = []string{"re:", "aw:", "sv:", "antw:", "rif:", "vs:", "odp:", "fwd:", "fw:", "wg:"}

// tagSubject puts a tag such as "[Rust Guild]" into the Subject: behind "Re:", and only
// if it is not there yet. The rest of the field stays as it was written, RFC 2047
// words included, as far as possible. A subject that cannot be written with the tag
// goes without: no post is lost for a tag.
func tagSubject(h *Header, tag string) {
	tag = strings.TrimSpace(tag)
	subject := h.Get("Subject")
	decoded := DecodeWords(subject)
	if tag == "" || strings.Contains(strings.ToLower(decoded), strings.ToLower(tag)) {
		return
	}
	if !isASCII(tag) || answerPrefix(decoded) != answerPrefix(subject) {
		// A tag in RFC 2047 words has no space to the next word, and a "Re:" within
		// such a word cannot be parted from the rest: both want the rest written anew.
		prefix := answerPrefix(decoded)
		rest := EncodeText(tag + " " + strings.TrimSpace(decoded[len(prefix):]))
		_ = h.Set("Subject", strings.TrimSpace(prefix+" "+rest))
		return
	}
	prefix := answerPrefix(subject)
	_ = h.Set("Subject", strings.TrimSpace(prefix+" "+tag+" "+strings.TrimSpace(subject[len(prefix):])))
}

// answerPrefix returns the "Re:" that s begins with.
func answerPrefix(s string) string {
	for _, prefix := range answerPrefixes {
		if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
			return s[:len(prefix)]
		}
	}
	return ""
}
