package templates

import (
	"strconv"
	"strings"
)

// A block is a piece of a document that stands on lines of its own.
type block struct {
	Kind  byte
	Lines [][]span // one for most kinds; one for each line of a quote or code
	Items []block  // of a list: blocks without items
	Goal  goal     // of a button
	Image Picture
}

// A goal is where a button leads: a link, and an address where any mail does the same. Either may be empty.
type goal struct {
	URL, Address string
}

// A span is text within a line that is all alike.
type span struct {
	Text  string
	Href  string // http, https or mailto
	Bold  bool
	Code  bool
	RTL   bool // a value that is written from right to left
	Break bool // the line ends here; there is no text
}

// readBlocks reads what a compiled source rendered to. Blocks without text are left out; items that follow each
// other become one list, and so does code.
func readBlocks(body string) (blocks []block) {
	for {
		_, rest, ok := strings.Cut(body, markBlock)
		if !ok || rest == "" {
			return blocks
		}
		text, after, _ := strings.Cut(rest[1:], markEnd)
		body = after
		b := readBlock(rest[0], text)
		if b.empty() {
			continue
		}
		last := len(blocks) - 1
		switch {
		case b.Kind == kindCode && last >= 0 && blocks[last].Kind == kindCode:
			blocks[last].Lines = append(blocks[last].Lines, b.Lines...)
		case b.Kind != kindBullet && b.Kind != kindNumber:
			blocks = append(blocks, b)
		case last >= 0 && blocks[last].Kind == b.Kind:
			blocks[last].Items = append(blocks[last].Items, b)
		default:
			blocks = append(blocks, block{Kind: b.Kind, Items: []block{b}})
		}
	}
}

func readBlock(kind byte, text string) block {
	b := block{Kind: kind}
	switch kind {
	case kindButton, kindSecond:
		parts := append(strings.Split(text, "|"), "", "")
		b.Lines = [][]span{readSpans(strings.TrimSpace(parts[0]))}
		b.Goal.URL = safeURL(strings.TrimSpace(stripMarks(parts[1])))
		b.Goal.Address = strings.TrimSpace(stripMarks(parts[2]))
	case kindPicture:
		b.Image = readPicture(text)
	case kindQuote, kindCode:
		for line := range strings.SplitSeq(text, "\n") {
			b.Lines = append(b.Lines, readSpans(strings.TrimRight(line, " ")))
		}
		b.Lines = trimBlank(b.Lines)
	default:
		b.Lines = [][]span{readSpans(strings.TrimSpace(text))}
	}
	if kind == kindEntry {
		b.entry()
	}
	return b
}

// readPicture reads "CID | alt | width | height".
func readPicture(text string) (p Picture) {
	parts := append(strings.Split(stripMarks(text), "|"), "", "", "")
	if p.CID = strings.TrimSpace(parts[0]); !cidForm.MatchString(p.CID) {
		p.CID = ""
	}
	p.Alt = strings.TrimSpace(parts[1])
	p.Width, _ = strconv.Atoi(strings.TrimSpace(parts[2]))
	p.Height, _ = strconv.Atoi(strings.TrimSpace(parts[3]))
	return p
}

// trimBlank removes lines without text from both ends.
func trimBlank(lines [][]span) [][]span {
	for len(lines) > 0 && len(lines[0]) == 0 {
		lines = lines[1:]
	}
	for len(lines) > 0 && len(lines[len(lines)-1]) == 0 {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// empty says that there is nothing to show: a button leads nowhere, a paragraph has no text.
func (b block) empty() bool {
	switch b.Kind {
	case kindRule:
		return false
	case kindPicture:
		return b.Image.CID == ""
	case kindButton, kindSecond:
		return b.Goal == goal{}
	}
	for _, line := range b.Lines {
		if len(line) > 0 {
			return false
		}
	}
	return true
}

// readSpans reads the marks within a line.
func readSpans(text string) (spans []span) {
	var style span
	for text != "" {
		n := strings.IndexAny(text, allMarks)
		if n < 0 {
			n = len(text)
		}
		if n > 0 {
			s := style
			s.Text = text[:n]
			spans = append(spans, s)
		}
		if n == len(text) {
			break
		}
		mark := text[n : n+1]
		text = text[n+1:]
		switch mark {
		case markBold:
			style.Bold = !style.Bold
		case markCode:
			style.Code = !style.Code
		case markRTL:
			style.RTL = !style.RTL
		case markBreak:
			spans = append(spans, span{Break: true})
		case markLink, markAuto:
			var link string
			link, text, _ = strings.Cut(text, markClose)
			spans = appendLink(spans, style, link)
		}
	}
	return spans
}

func appendLink(spans []span, style span, link string) []span {
	text, url, named := strings.Cut(link, markURL)
	style.RTL = strings.Contains(text, markRTL)
	style.Text = stripMarks(text)
	if !named {
		url = style.Text
		if !strings.Contains(url, "://") && strings.Contains(url, "@") {
			url = "mailto:" + url
		}
	}
	style.Href = safeURL(stripMarks(url))
	if style.Text == "" {
		return spans
	}
	return append(spans, style)
}

// safeURL returns a URL that a person may be led to, or nothing.
func safeURL(url string) string {
	for _, scheme := range []string{"https://", "http://", "mailto:"} {
		if len(url) > len(scheme) && strings.EqualFold(url[:len(scheme)], scheme) && !strings.ContainsAny(url, " <>\"") {
			return url
		}
	}
	return ""
}
