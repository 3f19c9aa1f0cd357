package mailtest

import (
	"bytes"
	"slices"
)

// lintBody looks for what must not arrive, whatever was posted: Stats.Lint counts the messages by finding.
func (c *sinkConn) lintBody(body []byte) {
	if !c.sink.options.Lint {
		return
	}
	for _, finding := range lintMessage(body) {
		c.lint(finding)
	}
	if slices.ContainsFunc(body, func(b byte) bool { return b > 0x7f }) {
		if slices.Contains(c.sink.options.Hide, "8BITMIME") {
			c.lint("8-bit, where 8BITMIME was not offered")
		} else if !c.eightBit {
			c.lint("8-bit without BODY=8BITMIME")
		}
	}
}

// lintMessage names what is wrong with the octets of a message (RFC 5321 2.3.8 and 4.5.3.1.6, RFC 5322 2.3).
func lintMessage(body []byte) (findings []string) {
	add := func(finding string, bad bool) {
		if bad {
			findings = append(findings, finding)
		}
	}
	pairs := bytes.Count(body, []byte("\r\n"))
	add("bare CR", bytes.Count(body, []byte{'\r'}) > pairs)
	add("bare LF", bytes.Count(body, []byte{'\n'}) > pairs)
	add("NUL", bytes.IndexByte(body, 0) >= 0)
	add("a message that does not end in CRLF", !bytes.HasSuffix(body, []byte("\r\n")))
	long, bare := false, false
	for line := range bytes.Lines(body) {
		long = long || len(bytes.TrimRight(line, "\r\n")) > 998+1 // a stuffed dot is not counted
		bare = bare || line[0] == '.' && (len(line) < 2 || line[1] != '.')
	}
	add("a line longer than 998 octets", long)
	add("a dot that is not stuffed", bare)
	return findings
}

// messageID returns the first Message-ID of a message, without brackets.
func messageID(body []byte) string {
	for line := range bytes.Lines(body) {
		if len(bytes.TrimRight(line, "\r\n")) == 0 {
			return ""
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		if bytes.EqualFold(name, []byte("Message-ID")) {
			return string(bytes.Trim(bytes.TrimSpace(value), "<>"))
		}
	}
	return ""
}
