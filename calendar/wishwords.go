package calendar

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of what people want from a date.
const (
	maxWish      = 300 // octets of one
	maxWishes    = 5   // of one mail
	maxWishesAll = 10  // of one person for one date
)

// wishWords begin a line that says what somebody wants from a meeting, in each language that we speak.
var wishWords = map[string]bool{
	"agenda": true, "topic": true, "topics": true, "wish": true,
	"thema": true, "themen": true, "tagesordnung": true, "wunsch": true,
	"tema": true, "temas": true, "orden del dia": true,
}

// ReadWishes reads what somebody wants from a meeting, and what else they write. It stands behind "agenda:" in a line; where
// nothing does, in the items of the list below.
func ReadWishes(text string) (wishes []string, rest string) {
	var others strings.Builder
	listed := false
	for line := range strings.Lines(text) {
		wish, begins := wishLine(line)
		item, isItem := listItem(line)
		switch {
		case begins:
			listed = wish == ""
		case listed && isItem:
			wish = item
		case listed && strings.TrimSpace(line) == "":
		default:
			listed = false
			others.WriteString(line)
		}
		if wish = cutWish(wish); wish != "" && len(wishes) < maxWishes {
			wishes = append(wishes, wish)
		}
	}
	return wishes, others.String()
}

// wishLine is what stands behind the colon of a line that begins with one of the words.
func wishLine(line string) (wish string, begins bool) {
	word, wish, found := strings.Cut(line, ":")
	if !found || len(word) > 40 || !wishWords[plain(word)] {
		return "", false
	}
	return strings.TrimSpace(wish), true
}

// listItem is what stands behind the mark of an item: -, *, • or a number.
func listItem(line string) (item string, is bool) {
	line = strings.TrimSpace(line)
	for _, mark := range []string{"- ", "* ", "• ", "– "} {
		if item, ok := strings.CutPrefix(line, mark); ok {
			return item, true
		}
	}
	digits := len(line) - len(strings.TrimLeft(line, "0123456789"))
	if rest := line[digits:]; digits > 0 && digits < 3 && len(rest) > 1 && strings.ContainsAny(rest[:1], ".)") {
		return rest[1:], true
	}
	return "", false
}

// cutWish makes one line of a wish, and not too long a one.
func cutWish(wish string) string {
	wish = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(wish, ""), func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if len(wish) <= maxWish {
		return wish
	}
	end := maxWish - len("…")
	for !utf8.RuneStart(wish[end]) {
		end--
	}
	return strings.TrimSpace(wish[:end]) + "…"
}
