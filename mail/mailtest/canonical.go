package mailtest

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"guildpost/mail"
)

// What differs from run to run.
var (
	tokenInAddress = regexp.MustCompile(`([+-]t\.|-bounces(?:[+-]|%2[BbDd]))[0-9A-Za-z_-]{10,}(@|%40|=)`)
	tokenInLink    = regexp.MustCompile(`(/t/)[0-9A-Za-z_-]{10,}`)
	varying        = map[string]bool{
		"date": true, "message-id": true, "received": true, "dkim-signature": true, "content-id": true,
		"arc-seal": true, "arc-message-signature": true, "resent-date": true, "resent-message-id": true,
	}
	anyParam = regexp.MustCompile(`(?i)\b(boundary)=("[^"]*"|[^\s;]+)`)
)

// Canonical returns a message in a form to read and to compare: one line for each header field, unfolded and
// decoded, in order; then each part, its transfer encoding undone, behind a line that says its type. Lines end in
// LF. The values of Date, Message-ID, Received and signatures, boundaries, and tickets in addresses and links are
// "*". What is no text is told by its length.
func Canonical(raw string) string {
	m := mail.Read([]byte(raw))
	var b strings.Builder
	writePart(&b, m.Root, "")
	return b.String()
}

func writePart(b *strings.Builder, p *mail.Part, indent string) {
	for _, f := range p.Header.Fields {
		writeField(b, f, indent)
	}
	b.WriteString("\n")
	if len(p.Children) > 0 {
		for i, child := range p.Children {
			fmt.Fprintf(b, "%s--- part %d of %s\n", indent, i+1, p.Type)
			writePart(b, child, indent)
		}
		fmt.Fprintf(b, "%s--- end of %s\n", indent, p.Type)
		return
	}
	writeBody(b, p)
}

func writeField(b *strings.Builder, f mail.Field, indent string) {
	if f.Name == "" {
		fmt.Fprintf(b, "%s%q\n", indent, f.Raw)
		return
	}
	value := mail.DecodeWords(f.Value())
	name := strings.ToLower(f.Name)
	switch {
	case varying[name]:
		value = "*"
	case name == "content-type":
		value = anyParam.ReplaceAllString(value, `$1="*"`)
	}
	fmt.Fprintf(b, "%s%s: %s\n", indent, f.Name, hideTokens(value))
}

func writeBody(b *strings.Builder, p *mail.Part) {
	if !p.IsText() && p.Type != "message/delivery-status" && p.Type != "application/ics" {
		fmt.Fprintf(b, "(%d octets of %s)\n", len(p.Content(0)), p.Type)
		return
	}
	text, known := p.Text(0)
	if !known {
		fmt.Fprintf(b, "(charset %q is not known)\n", p.Charset)
	}
	text = hideTokens(text)
	b.WriteString(text)
	if !strings.HasSuffix(text, "\n") {
		b.WriteString("\n")
	}
}

// hideTokens writes * for the token of every ticket.
func hideTokens(text string) string {
	text = tokenInAddress.ReplaceAllString(text, "$1*$2")
	return tokenInLink.ReplaceAllString(text, "$1*")
}

// Wire makes CRLF of the line ends of a text, which is how test data becomes a message.
func Wire(text string) []byte {
	lines := bytes.ReplaceAll([]byte(text), []byte("\r\n"), []byte("\n"))
	return bytes.ReplaceAll(lines, []byte("\n"), []byte("\r\n"))
}
