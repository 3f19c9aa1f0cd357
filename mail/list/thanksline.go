package list

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A thanksLine is thanks that stand in a post, on a line of their own: to one of the people that it names.
type thanksLine struct {
	who  string // as it is written: a name, "@name", or an address
	note string // for what
}

// Bounds of what is read of one post: more is no thanks but a list of names.
const (
	mostThanksLines = 5
	mostNameWords   = 4
)

// thanksLines reads the thanks of a post's new text. What is quoted, forwarded or code is passed over, and so is what people
// close a mail with. It must say what for: "Thanks, Bob" is a closing.
func thanksLines(text string) (all []thanksLine) {
	for _, line := range saidLines(text) {
		for _, one := range readThanks(line) {
			if len(all) == mostThanksLines {
				return all
			}
			all = append(all, one)
		}
	}
	return all
}

var (
	fence     = regexp.MustCompile("^ {0,3}(```|~~~)")
	forwarded = regexp.MustCompile(`(?i)^\s*(-{2,}.*(original|forward|weitergeleit|ursprüngl|reenviad|mensaje).*-{2,}|begin forwarded message:|anfang der weitergeleiteten)`)
)

// saidLines are the lines that begin something and are the author's own words. A line that a mail program broke is one with
// what follows.
func saidLines(text string) (lines []string) {
	inCode, fresh := false, true
	var open *string // the line that what follows may belong to
	for line := range strings.SplitSeq(text, "\n") {
		if forwarded.MatchString(line) {
			break
		}
		isFence := fence.MatchString(line)
		if isFence {
			inCode = !inCode
		}
		said := strings.TrimSpace(line)
		if isFence || inCode || said == "" || strings.HasPrefix(said, ">") || strings.HasPrefix(line, "\t") || strings.HasPrefix(line, "    ") {
			fresh, open = true, nil
			continue
		}
		if fresh {
			lines = append(lines, said)
			open = &lines[len(lines)-1]
		} else if open != nil && len(*open) >= wrapped && len(*open) < maxThanks {
			*open += " " + said
		}
		// The next line begins something where this one ends: else it was broken there.
		fresh = strings.ContainsAny(said[len(said)-1:], ".!?:;,)") || len(said) < wrapped
	}
	return lines
}

// wrapped is how long a line is at least that a mail program has broken, in octets.
const wrapped = 55

var thanksOpenings = regexp.MustCompile(`(?i)^(?:[*_]{0,2})(?:(?:a |ein |un )?(?:(?:many|big|huge|special|vielen|herzlichen|besten|großen|muchas|mil|muchísimas)\s+)?(?:thanks|thank you|thankyou|thx|kudos|danke|dank|gracias))(?:\s+(?:schön|sehr|vielmals))?(?:\s+(?:to|an|a))?[\s,]+`)

// opensThanks returns what thanks open with, "" where a line is none.
func opensThanks(line string) string { return thanksOpenings.FindString(line) }

// forWhat stands between whom and what for.
var forWhat = regexp.MustCompile(`(?i)[\s,:]+(?:for|für|fuer|por|para)\s+`)

// readThanks reads a line. It is nothing where it names nobody, or says not what for.
func readThanks(line string) (all []thanksLine) {
	opening := opensThanks(line)
	if opening == "" {
		return nil
	}
	rest := line[len(opening):]
	at := forWhat.FindStringIndex(rest)
	if at == nil || at[0] == 0 {
		return nil
	}
	note := thanksNote(rest[at[1]:])
	if note == "" {
		return nil
	}
	for _, who := range several(rest[:at[0]]) {
		if who = oneName(who); who != "" {
			all = append(all, thanksLine{who: who, note: note})
		}
	}
	return all
}

var andBetween = regexp.MustCompile(`(?i)\s*(?:,|;|&|/|\s(?:and|und|y|e)\s)\s*`)

// several takes "Ana, Ben and Cleo" apart.
func several(text string) []string { return andBetween.Split(text, -1) }

// afterNames are words that stand behind a name: "thanks Ben so much for".
var afterNames = wordSet("so very much lot again nochmal nochmals sehr vielmals mucho")

// notNames are words that stand where a name could, and are none.
var notNames = wordSet(`you all everyone everybody every guys folks again so much very lot lots million both them him her it that this
	in advance anyone anybody someone the a an goes go out
	dir euch ihnen alle allen ihr im voraus schon nochmal nochmals sehr viel die der das den dem
	ti vosotros ustedes usted todos todas todo todas adelantado antemano mucho el la los las`)

func wordSet(text string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(text) {
		set[word] = true
	}
	return set
}

// oneName is a name or an address as it is looked for; "" for what can be none.
func oneName(text string) string {
	text = strings.Trim(text, " \t<>()[]*_\"'“”„‚‘’«»!.:;")
	words := strings.Fields(text)
	for len(words) > 1 && (afterNames[strings.ToLower(words[len(words)-1])] || strings.EqualFold(words[len(words)-1], "a")) {
		words = words[:len(words)-1]
	}
	if len(words) == 0 || len(words) > mostNameWords || len(text) > maxName {
		return ""
	}
	first, _ := utf8.DecodeRuneInString(strings.TrimPrefix(words[0], "@"))
	if notNames[strings.ToLower(words[0])] || !unicode.IsLetter(first) && !unicode.IsDigit(first) {
		return ""
	}
	return strings.Join(words, " ")
}

// thanksNote is the reason up to the end of its sentence; "" where it is none that anybody means.
func thanksNote(text string) string {
	if end := sentenceEnd.FindStringIndex(text); end != nil {
		text = text[:end[0]+1]
	}
	if strings.HasSuffix(strings.TrimSpace(text), "?") {
		return ""
	}
	text = cutAt(strings.Join(strings.Fields(text), " "), maxThanks)
	text = strings.TrimRight(smiley.ReplaceAllString(text, ""), " .!,;:*_-–—\"”’")
	switch strings.ToLower(text) {
	case "nothing", "nichts", "nada":
		return ""
	}
	return text
}

var smiley = regexp.MustCompile(`\s+[:;]-?[)D(P]+\s*$`)

var sentenceEnd = regexp.MustCompile(`[.!?]\s+\pL`)
