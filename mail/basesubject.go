package mail

import (
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// moreAnswerPrefixes are other languages' words for "Re:" that mail programs write, beside answerPrefixes.
var moreAnswerPrefixes = []string{"res", "enc", "tr", "rv", "ref", "sb", "bls", "ynt", "atb", "hv", "回复", "答复", "答覆", "回覆", "转发", "轉寄"}

// BaseSubject returns what a subject and its answers have in common: without "Re:", "AW[2]:", "Fwd:", "(fwd)" and
// list tags in brackets, folded to lower case and single spaces. Reply is true if it was marked as an answer.
func BaseSubject(subject string) (base string, reply bool) {
	base = strings.Join(strings.Fields(norm.NFC.String(subject)), " ")
	for {
		rest, answer := cutAnswerMark(base)
		if rest == base {
			rest = cutTag(base)
		}
		if rest == base {
			break
		}
		base, reply = rest, reply || answer
	}
	base = strings.TrimSpace(strings.TrimSuffix(base, "(fwd)"))
	return cases.Fold().String(base), reply
}

// cutAnswerMark takes one "Re:", "Re[2]:" or "Re (3):" off the front.
func cutAnswerMark(s string) (rest string, ok bool) {
	mark, rest, found := strings.Cut(s, ":")
	if !found {
		mark, rest, found = strings.Cut(s, "：")
	}
	mark = strings.ToLower(strings.TrimSpace(mark))
	mark = strings.TrimRight(strings.TrimRight(mark, "])0123456789"), "[( ^")
	if !found || mark == "" || !isAnswerWord(mark) {
		return s, false
	}
	return strings.TrimSpace(rest), true
}

func isAnswerWord(word string) bool {
	for _, known := range answerPrefixes {
		if word == strings.TrimSuffix(known, ":") {
			return true
		}
	}
	for _, known := range moreAnswerPrefixes {
		if word == known {
			return true
		}
	}
	return false
}

// cutTag takes a list's tag such as "[Rust Guild]" off the front, if something is left.
func cutTag(s string) string {
	if !strings.HasPrefix(s, "[") {
		return s
	}
	_, rest, found := strings.Cut(s, "]")
	rest = strings.TrimSpace(rest)
	if !found || rest == "" {
		return s
	}
	return rest
}
