package mail

import "strings"

// A TextKind is whose words a piece of a text is.
type TextKind string

// The kinds of pieces.
const (
	TextNew       TextKind = "new"       // the author wrote it now, or forwards it
	TextQuoted    TextKind = "quoted"    // of an earlier message, with what introduces it
	TextSignature TextKind = "signature" // a signature, or the footer of a list
)

// A TextBlock is a piece of a message's text, in its place. Quotations are lines that begin with "> ".
type TextBlock struct {
	Kind TextKind
	Text string // no empty line at either end
}

// TextBlocks returns what Text tells apart in the order in which it stands in the message.
func (m *Message) TextBlocks() (blocks []TextBlock) {
	s := sortLines(m.textLines().lines, isForwardSubject(m.Subject))
	from := 0
	for next := 1; next <= len(s.lines); next++ {
		// An empty line between two blocks makes none of its own.
		if next == len(s.lines) || s.kinds[next] != s.kinds[from] && (s.lines[next].quote > 0 || !s.blank(next)) {
			blocks = s.appendBlock(blocks, from, next)
			from = next
		}
	}
	return blocks
}

func (s *splitter) appendBlock(blocks []TextBlock, from, to int) []TextBlock {
	kind, shown := map[lineKind]TextKind{kindNew: TextNew, kindQuoted: TextQuoted, kindSignature: TextSignature}[s.kinds[from]]
	text := strings.Trim(joinLines(s.lines[from:to]), "\n")
	if !shown || text == "" {
		return blocks
	}
	if n := len(blocks); n > 0 && blocks[n-1].Kind == kind {
		blocks[n-1].Text += "\n\n" + text
		return blocks
	}
	return append(blocks, TextBlock{Kind: kind, Text: text})
}
