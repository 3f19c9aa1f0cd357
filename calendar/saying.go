package calendar

import (
	"strings"

	"guildpost/mail"
	"guildpost/store"
)

// A word is what somebody answers to a question that a ticket asks.
type word int

const (
	unclear word = iota
	yes
	no
)

// choices are the buttons of a page that asks.
var choices = map[string]word{"yes": yes, "no": no}

// readWord reads the answer to a question. A mail that says nothing is the yes that its address stands for. What follows a no
// is the reason.
func readWord(m *mail.Message) (said word, reason string) {
	text := strings.TrimSpace(m.Text().New)
	if text == "" {
		return yes, ""
	}
	switch answer, _ := ReadAnswer(text); answer {
	case store.Accepted:
		return yes, ""
	case store.Declined:
		return no, behindFirst(text)
	}
	return unclear, ""
}

// behindFirst is what stands behind the first stop or line.
func behindFirst(text string) string {
	_, rest := cutAtStop(text)
	return strings.TrimSpace(strings.TrimLeft(rest, ",.!;:–—( \n"))
}

func cutAtStop(text string) (before, rest string) {
	end := strings.IndexFunc(text, func(r rune) bool { return strings.ContainsRune(",.!;:–—(\n", r) })
	if end < 0 {
		return text, ""
	}
	return text[:end], text[end:]
}

// isAnswer says whether a message answers another.
func isAnswer(m *mail.Message) bool { return len(m.InReplyTo) > 0 || len(m.References) > 0 }

// cleanReason is a reason as it may stand in mails and calendar objects.
func cleanReason(text string) string {
	const longest = 2000
	text = strings.Map(func(r rune) rune {
		if isControl(r) && r != '\n' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	if runes := []rune(text); len(runes) > longest {
		text = string(runes[:longest]) + "…"
	}
	return strings.TrimSpace(text)
}
