package mail

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// Limits of the readable text of a message. What lies beyond is left out.
const (
	maxTextBytes = 1 << 20
	maxTextLines = 50_000
)

// A Text is what a message says, for people: valid UTF-8, lines end in LF, no control
// characters but tab and LF, at most about 2 MB.
type Text struct {
	// All is the whole text with quotations as lines that begin with "> ".
	All string
	// New is what the author wrote now: without quotations and what introduces them,
	// without signature and footers. Answers between quotations stay, in order, and so
	// does what the author forwards.
	New string
	// Quoted is what New leaves out of earlier messages.
	Quoted string
	// Signature is what stood behind "-- " or looked like it, and footers of lists.
	Signature string
	// HTML is set if the text was rendered from HTML.
	HTML bool
	// Truncated is set if the message has more text than is read.
	Truncated bool
}

// Text returns the readable text of a message: of alternatives text/plain, else HTML
// rendered as text, and all inline texts one after the other. Attachments and calendar
// objects are no text, and messages that are attached are only if there is nothing else.
func (m *Message) Text() Text {
	c := m.textLines()
	text := splitText(c.lines, isForwardSubject(m.Subject))
	text.HTML, text.Truncated = c.html, c.truncated
	return text
}

// textLines gathers what Text tells apart.
func (m *Message) textLines() textCollector {
	c := textCollector{charset: headerCharset(m.Header)}
	if isBareBody(m.Header) {
		c.add(plainLines(cleanText(decodeUndeclared(cut(m.Raw, maxTextBytes)))))
		return c
	}
	c.part(m.Root)
	if !c.found {
		m.Root.Walk(func(p *Part) bool {
			if p != m.Root && p.holdsMessage() && len(p.Children) == 1 {
				c.part(p.Children[0])
			}
			return !c.found
		})
	}
	return c
}

// isBareBody says that a message is a text without a header, whose first lines are not
// to be taken for one although there may be a colon in some of them.
func isBareBody(h Header) bool {
	fields := h.Fields
	if len(fields) == 0 || fields[0].Name != "" {
		return false
	}
	first := string(fields[0].Raw)
	if strings.TrimSpace(first) == "" || strings.HasPrefix(strings.TrimPrefix(first, ">"), "From ") {
		return false
	}
	for _, name := range []string{"Received", "Message-ID", "Date", "MIME-Version", "Return-Path"} {
		if h.Has(name) {
			return false
		}
	}
	return true
}

// StripReply returns the new text of a bare text body such as that of a command: New
// of the Text that a message of that body has.
func StripReply(body string) string {
	var c textCollector
	c.add(plainLines(cleanText(decodeUndeclared([]byte(truncate(body, maxTextBytes))))))
	return splitText(c.lines, false).New
}

// A textCollector gathers the texts of a message.
type textCollector struct {
	lines           []textLine
	charset         string // that of the header, for parts that say none
	found           bool   // something readable was there
	html, truncated bool
}

// inner returns a collector of its own for a part.
func (c *textCollector) inner(p *Part) textCollector {
	inner := textCollector{charset: c.charset}
	inner.part(p)
	return inner
}

// part adds the text of a part and those within it.
func (c *textCollector) part(p *Part) {
	switch {
	case p.IsMultipart() && len(p.Children) == 0:
		c.leaf(p)
	case p.Type == "multipart/alternative":
		c.alternative(p)
	case p.Type == "multipart/related", p.Type == "multipart/signed", p.Type == "multipart/report":
		c.first(p)
	case p.Type == "multipart/encrypted":
	case p.IsMultipart():
		for _, child := range p.Children {
			c.part(child)
		}
	case p.IsText() && (p.Parent == nil || !p.IsAttachment() || !c.found && p.Disposition != "attachment"):
		c.leaf(p)
	}
}

// first adds the first part of a multipart that has any text: the root of a related,
// what is signed, the notification of a report (RFC 2387 3.2, 1847 2.1, 6522 3).
func (c *textCollector) first(p *Part) {
	for _, child := range p.Children {
		if inner := c.inner(child); inner.found {
			c.merge(inner)
			return
		}
	}
}

// alternative adds one of the parts of a multipart/alternative: the first that gives
// plain text, or else the first that gives any.
//
// QUIRK: some senders leave text/plain empty or, with a forwarded meeting, in front of
// richer alternatives; an empty one does not count.
func (c *textCollector) alternative(p *Part) {
	var fallback textCollector
	for _, child := range p.Children {
		inner := c.inner(child)
		if inner.found && !inner.html {
			c.merge(inner)
			return
		}
		if inner.found && !fallback.found {
			fallback = inner
		}
	}
	c.merge(fallback)
}

func (c *textCollector) merge(inner textCollector) {
	c.add(inner.lines, inner.truncated)
	c.html = c.html || inner.html
}

// leaf adds a part that is text.
func (c *textCollector) leaf(p *Part) {
	switch p.Type {
	case "text/calendar", "text/vcard", "text/x-vcard", "text/directory", "text/css", "text/rfc822-headers", "text/x-amp-html", "text/javascript":
		return
	}
	text := c.decode(p)
	c.truncated = c.truncated || p.Body.Len() > maxTextBytes && len(text) >= maxTextBytes
	switch {
	case p.Type == "text/html":
		lines, truncated := renderHTML(text)
		if c.add(lines, truncated) {
			c.html = true
		}
	case p.Type == "text/enriched", p.Type == "text/richtext":
		c.add(plainLines(stripEnriched(text)))
	case strings.EqualFold(p.Params["format"], "flowed"):
		c.add(flowedLines(text, strings.EqualFold(p.Params["delsp"], "yes")))
	default:
		c.add(plainLines(text))
	}
}

// decode reads the text of a part. One that does not say its charset is in that of
// the header's encoded words, if it is not UTF-8; HTML may say it within.
func (c *textCollector) decode(p *Part) string {
	content := p.Content(maxTextBytes)
	label := p.Charset
	if label == "" && p.Type == "text/html" {
		label = metaCharset(content)
	}
	if label == "" && !utf8.Valid(content) {
		label = c.charset
	}
	text, known := DecodeCharset(label, content)
	if !known && p.Charset == "" {
		text, _ = DecodeCharset("", content)
	}
	return cleanText(text)
}

var charsetOfMeta = regexp.MustCompile(`(?i)<meta[^>]{1,200}charset\s*=\s*["']?([a-z0-9_.:-]{1,40})`)

// metaCharset looks for <meta charset=…> where HTML has it: near the beginning.
func metaCharset(content []byte) string {
	const head = 2048
	if match := charsetOfMeta.FindSubmatch(cut(content, head)); match != nil {
		return string(match[1])
	}
	return ""
}

// add appends lines behind an empty one and reports whether they say anything.
func (c *textCollector) add(lines []textLine, truncated bool) bool {
	if !anyText(lines) {
		return false
	}
	if room := maxTextLines - len(c.lines); len(lines) > room {
		lines, truncated = lines[:max(room, 0)], true
	}
	if c.found {
		c.lines = append(c.lines, textLine{})
	}
	c.lines = append(c.lines, lines...)
	c.found = true
	c.truncated = c.truncated || truncated
	return true
}

func anyText(lines []textLine) bool {
	for _, line := range lines {
		if strings.TrimSpace(line.text) != "" {
			return true
		}
	}
	return false
}
