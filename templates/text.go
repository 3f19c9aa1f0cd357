package templates

import (
	"strconv"
	"strings"
)

// text writes the blocks as plain text.
func (f frame) text() string {
	w := &textWriter{say: f.say}
	for _, b := range f.Blocks {
		w.block(b)
	}
	w.signature(f.Community)
	return w.out.String()
}

// A textWriter writes lines of plain text.
type textWriter struct {
	out  strings.Builder
	say  catalogue
	last byte // kind of the block before
}

func (w *textWriter) block(b block) {
	if b.Kind == kindTitle || b.Kind == kindPicture {
		return // the subject says it, or the text beside it
	}
	if w.last != 0 && w.last != kindHeading {
		w.out.WriteByte('\n')
	}
	w.last = b.Kind
	switch b.Kind {
	case kindRule:
		w.out.WriteString("* * *\n")
	case kindBullet, kindNumber:
		w.list(b)
	case kindQuote, kindCode:
		w.verbatim(b)
	case kindEntry:
		w.entry(b)
	case kindButton, kindSecond:
		w.button(b)
	default:
		w.fill("", "", plain(b.Lines[0], w.say))
	}
}

// list hangs its items. A program that joins flowed lines would lose the indent, so the lines of an item are fixed.
func (w *textWriter) list(b block) {
	for i, item := range b.Items {
		bullet := "  - "
		if b.Kind == kindNumber {
			bullet = "  " + strconv.Itoa(i+1) + ". "
		}
		w.fill(bullet, strings.Repeat(" ", len(bullet)), plain(item.Lines[0], w.say))
	}
}

// entry writes a title and hangs its text below. Where the title leads is left to HTML: the text says how to get there.
func (w *textWriter) entry(b block) {
	title := make([]span, len(b.Lines[0]))
	for i, s := range b.Lines[0] {
		title[i] = span{Text: s.Text, Code: s.Code, Break: s.Break}
	}
	w.fill("* ", "  ", plain(title, w.say))
	for _, line := range b.Lines[1:] {
		w.fill("  ", "  ", plain(line, w.say))
	}
}

// verbatim writes a quote or code, whose lines are kept.
func (w *textWriter) verbatim(b block) {
	for _, line := range b.Lines {
		text := strings.TrimRight(plain(line, w.say), " ")
		switch {
		case b.Kind == kindCode:
			text = strings.TrimRight("     "+text, " ") // the first space is stuffing (RFC 3676 4.4)
		case text == "" || strings.HasPrefix(text, ">"):
			text = ">" + text
		default:
			text = "> " + text
		}
		w.out.WriteString(text + "\n")
	}
}

// button writes what there is to press, and the address beside it. Both stand alone on their lines, so that no program
// breaks them.
func (w *textWriter) button(b block) {
	label := plain(b.Lines[0], w.say)
	w.fill("", "", label+":")
	url := linkGoal(b.Goal.URL)
	if url == b.Goal.Address { // it begins a mail to it
		url = ""
	}
	if url != "" {
		w.out.WriteString("   " + url + "\n")
	}
	if b.Goal.Address != "" {
		if url != "" {
			w.fill("  ", "  ", w.say["mail.or-by-mail"].text+":")
		}
		w.out.WriteString("   " + b.Goal.Address + "\n")
	}
}

// signature says whose mail this is, behind the mark that replies leave out (RFC 3676 4.3).
func (w *textWriter) signature(c Community) {
	w.out.WriteString("\n-- \n")
	w.fill("", "", cleanInline(c.Label()))
	if c.Name == "" {
		return
	}
	for _, line := range c.footer(w.say) {
		w.fill("", "", cleanInline(line.Label+": "+line.Address))
	}
}

// plain returns the text of spans; "\n" breaks a line.
func plain(spans []span, say catalogue) string {
	var b strings.Builder
	for i, s := range spans {
		switch {
		case s.Break:
			b.WriteByte('\n')
		case s.Code && !(i > 0 && spans[i-1].Code):
			b.WriteString(say["mail.quote-open"].text + s.Text)
		default:
			b.WriteString(s.Text)
		}
		if s.Code && !(i+1 < len(spans) && spans[i+1].Code) {
			b.WriteString(say["mail.quote-close"].text)
		}
		if goal := linkGoal(s.Href); goal != "" && goal != s.Text {
			b.WriteString(" <" + goal + ">")
		}
	}
	return b.String()
}

// linkGoal is what text says of where a link or a button leads: of a mail that it begins, the address alone.
func linkGoal(href string) string {
	address, is := strings.CutPrefix(href, "mailto:")
	if !is {
		return href
	}
	address, _, _ = strings.Cut(address, "?")
	return address
}
