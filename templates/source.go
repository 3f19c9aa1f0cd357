package templates

import (
	"fmt"
	"regexp"
	"strings"
)

// Marks stand in a compiled source and in what it renders to. They are control characters, which no value keeps.
const (
	markBlock = "\x01" // followed by the block's kind
	markEnd   = "\x02" // of a block
	markBold  = "\x03" // on or off
	markCode  = "\x04" // on or off
	markLink  = "\x05" // followed by the text
	markURL   = "\x06" // followed by where the link leads
	markAuto  = "\x07" // followed by what is text and goal at once
	markClose = "\x0e" // of a link
	markBreak = "\x0f" // of a line
	markRTL   = "\x10" // on or off: a value that is written from right to left
	allMarks  = markBlock + markEnd + markBold + markCode + markLink + markURL + markAuto + markClose + markBreak + markRTL
)

// The kinds of blocks.
const (
	kindTitle     = '1'
	kindHeading   = '2'
	kindParagraph = 'p'
	kindBullet    = '-'
	kindNumber    = 'n'
	kindQuote     = '>'
	kindCode      = 'c'
	kindButton    = '='
	kindSecond    = '+' // a button of second rank
	kindRule      = 'r'
	kindEntry     = 'e' // of a Prose: a title, and a text below it
	kindPicture   = 'i'
)

// starts tells the kind of a block by how its line begins; the first that fits counts.
var starts = []struct {
	prefix string
	kind   byte
}{
	{"# ", kindTitle}, {"## ", kindHeading}, {"- ", kindBullet}, {"1. ", kindNumber}, {"> ", kindQuote}, {"    ", kindCode},
	{"=> ", kindButton}, {"-> ", kindSecond}, {"---", kindRule}, {"%% ", kindPicture},
}

// oneLine are blocks that end with their line.
const oneLine = string(kindTitle) + string(kindHeading) + string(kindButton) + string(kindSecond) + string(kindRule) + string(kindPicture)

// control is a line that holds nothing but one action which prints nothing, or blocks of its own.
var control = regexp.MustCompile(`^\{\{(if|else|end|range|with|prose|\$\w+ :?=|/\*)[^{}]*\}\}$`)

// compileBlocks turns Markdown into the source of a template with marks.
func compileBlocks(source string) (string, error) {
	c := &compiler{}
	for i, line := range strings.Split(source, "\n") {
		if err := c.line(line); err != nil {
			return "", fmt.Errorf("line %d: %w", i+3, err)
		}
	}
	c.end()
	return c.out.String(), nil
}

// A compiler goes through a source line by line.
type compiler struct {
	out  strings.Builder
	open byte // kind of the block that the next line may continue; 0 for none
}

func (c *compiler) line(line string) error {
	switch {
	case line == "":
		c.end()
		return nil
	case control.MatchString(line):
		c.end()
		c.out.WriteString(line)
		return nil
	}
	kind, text := byte(kindParagraph), line
	for _, s := range starts {
		if rest, ok := strings.CutPrefix(line, s.prefix); ok {
			kind, text = s.kind, rest
			break
		}
	}
	return c.block(kind, text)
}

// block begins a block, or goes on with the one before.
func (c *compiler) block(kind byte, text string) error {
	lines := kind == kindQuote || kind == kindCode
	switch {
	case c.open == kind && lines:
		c.out.WriteString("\n")
	case c.open != 0 && kind == kindParagraph: // the next line of a paragraph or item
		c.out.WriteString(" ")
	default:
		c.end()
		c.out.WriteString(markBlock + string(kind))
		c.open = kind
	}
	clean := "inline"
	if lines {
		clean = "lines"
	}
	text, broken := strings.CutSuffix(text, `\`)
	if kind == kindCode {
		text = wrapActions(text, clean)
	} else {
		var err error
		if text, err = compileInline(text, clean); err != nil {
			return err
		}
	}
	c.out.WriteString(text)
	if broken {
		c.out.WriteString(markBreak)
	}
	if strings.IndexByte(oneLine, kind) >= 0 {
		c.end()
	}
	return nil
}

func (c *compiler) end() {
	if c.open != 0 {
		c.out.WriteString(markEnd)
		c.open = 0
	}
}
