package list

import (
	"slices"
	"strings"
	"unicode"

	"guildpost/mail"
)

// A decision is what a facilitator's answer says about a held post, or a request to join.
type decision int

const (
	unclear decision = iota
	approveIt
	rejectIt
)

// The words that decide, in the languages of the texts. What follows a "no" is the reason.
var (
	yesWords = words("yes y yep yeah ok okay welcome approve approved accept accepted fine agreed +1 👍 ja jo okey willkommen genehmigt genehmigen " +
		"freigeben freigegeben einverstanden passt annehmen angenommen sí si vale bienvenido bienvenida aprobar aprobado aprobada aceptar aceptado aceptada")
	noWords = words("no n nope nay reject rejected refuse refused decline declined deny denied spam 👎 -1 nein nee ablehnen abgelehnt " +
		"zurückweisen zurückgewiesen rechazar rechazado rechazada denegar denegado denegada")
	// noNo are what makes something else of a "no" before it: "no problem".
	noNo = words("problem problems objection objections worries issue issues problema problemas objeción objeciones idea")
)

func words(list string) []string { return strings.Fields(list) }

// readDecision understands what came to the approve address. A mail of its own to that address is clear by itself, and
// so is a reply that says nothing, as the mail that asked promises; a reply that says something has to begin with a yes
// or a no. What cannot be undone is not done for a question, or for a yes and a no in one line.
func readDecision(text string, isReply bool) (d decision, reason string) {
	text = strings.TrimSpace(text)
	line, _, _ := strings.Cut(text, "\n")
	said := strings.FieldsFunc(strings.ToLower(line), func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(".,;:!–—\"'“”„()¡", r)
	})
	if len(said) == 0 {
		return approveIt, ""
	}
	yes, no := contains(said, yesWords), contains(said, noWords)
	switch {
	case strings.ContainsAny(line, "?¿") || yes && no:
		return unclear, ""
	case slices.Contains(yesWords, said[0]):
		return approveIt, ""
	case slices.Contains(noWords, said[0]):
		if len(said) > 1 && (slices.Contains(noNo, said[1]) || said[1] == "hay" || said[1] == "lo") {
			return unclear, ""
		}
		return rejectIt, afterWord(text)
	case isReply || no:
		return unclear, ""
	}
	return approveIt, ""
}

func contains(said, words []string) bool {
	return slices.ContainsFunc(said, func(w string) bool { return slices.Contains(words, w) })
}

// afterWord is a text without its first word and what separates that from the rest.
func afterWord(text string) string {
	text = strings.TrimLeft(text, " \t\n\"'“„¡(")
	end := strings.IndexFunc(text, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(".,;:!–—", r) })
	if end < 0 {
		return ""
	}
	return strings.TrimLeft(text[end:], " \t\n.,;:!–—-")
}

// isAnswer says whether a message answers another.
func isAnswer(m *mail.Message) bool { return len(m.InReplyTo) > 0 || len(m.References) > 0 }
