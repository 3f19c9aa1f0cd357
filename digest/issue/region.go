package issue

import (
	"regexp"
	"strings"
	"unicode"
)

// A region is the lines of a source within a mail.
type region struct {
	lines []string // without what quotes them
	mark  string   // of its first line
	found bool     // there is such a line
	rest  []string // what stands before it, as far as it is not quoted
}

var quoting = regexp.MustCompile(`^[ \t]*>[ \t]?`)

// unquote takes up to depth quote marks from a line, and says how many there were.
func unquote(line string, depth int) (string, int) {
	n := 0
	for n < depth {
		at := quoting.FindStringIndex(line)
		if at == nil {
			break
		}
		line = line[at[1]:]
		n++
	}
	return line, n
}

// maxQuotes is how deep a draft may be quoted.
const maxQuotes = 20

// findRegion finds the source in a mail: what stands between its marks. Where the last one is missing it goes to the end,
// or to a signature.
func findRegion(text string) (r region) {
	inside, over, depth := false, false, 0
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimRight(line, " \t\r\u00a0")
		bare, quotes := unquote(line, maxQuotes)
		bare = strings.TrimSpace(bare)
		switch {
		case !r.found && strings.HasPrefix(bare, begin):
			r.found, inside, depth = true, true, quotes
			r.mark = strings.TrimSpace(strings.TrimPrefix(bare, begin))
		case inside && (strings.HasPrefix(bare, end) && quotes <= depth || bare == "--" && quotes == 0):
			inside, over = false, true
		case inside:
			own, _ := unquote(line, depth)
			r.lines = append(r.lines, own)
		case quotes == 0 && !over:
			r.rest = append(r.rest, line)
		}
	}
	return r
}

// ReplyText is what an answer says besides the source: its first line, such as "approve". It is "" where there is none.
func (a Answer) ReplyText() string {
	for _, line := range findRegion(a.Own).rest {
		if line = strings.TrimSpace(line); line != "" {
			return line
		}
	}
	return ""
}

// A piece is one block as it was read.
type piece struct {
	start start
	text  string // in one line; of a heading without its marks
	level int    // of a heading
}

// pieces reads lines into blocks.
func pieces(lines []string) (all []piece) {
	open := false
	for _, line := range lines {
		line = clean(line)
		if line == "" || line == "--" {
			open = false
			continue
		}
		switch s := startOf(line); {
		case s == markStart:
			open = false
		case s == headingStart:
			text := strings.TrimLeft(line, "#")
			if title := oneLine(text); title != "" {
				all = append(all, piece{headingStart, title, len(line) - len(text)})
			}
			open = false
		case s == quoteStart && open && all[len(all)-1].start == quoteStart:
			all[len(all)-1].text += strings.TrimSuffix(" "+oneLine(strings.TrimLeft(line, "> ")), " ")
		case s != paragraphStart || !open:
			text := canonical(line, s)
			if open = text != ""; open {
				all = append(all, piece{start: s, text: text})
			}
		default:
			all[len(all)-1].text += " " + oneLine(line)
		}
	}
	return all
}

// canonical writes the beginning of a block in one way; a block of nothing is "".
func canonical(line string, s start) string {
	mark, rest := "", line
	switch s {
	case listStart:
		mark, rest = "- ", line[len(listForm.FindString(line)):]
	case quoteStart:
		mark, rest = "> ", strings.TrimLeft(line, "> ")
	case stepStart:
		form := stepForm.FindString(line)
		mark, rest = strings.TrimRight(form, " .)")+". ", line[len(form):]
	}
	if rest = oneLine(rest); rest == "" {
		return ""
	}
	return mark + rest
}

// clean removes what no line needs: control characters, and spaces of all kinds around it.
func clean(line string) string {
	line = strings.ToValidUTF8(line, "\uFFFD")
	line = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r < ' ' || r == 0x7f || r == '\ufeff' || r == '\u200b':
			return -1
		}
		return r
	}, line)
	return strings.TrimSpace(line)
}

// Mark returns the mark of the draft that an answer quotes, "" where it quotes none.
func (a Answer) Mark() string { return findRegion(a.All).mark }

// Blocks makes items of a text: a note, or an opening. Headings in it become paragraphs in bold.
func Blocks(text string) (items []Item) {
	for _, p := range pieces(strings.Split(text, "\n")) {
		if p.start == headingStart {
			p.text = "**" + strings.ReplaceAll(p.text, "**", "") + "**"
		}
		items = append(items, Item{Text: p.text})
	}
	return items
}
