package itip

import (
	"bytes"
	"strings"
)

// unfold splits a file into content lines (RFC 5545 3.1) and undoes their folding. Lines that are too long are left out
// and told. The error is a *LimitError.
//
// QUIRK: lines end in CRLF, LF, CR or CR CR LF; there are empty lines between them; Lotus Notes folds with a tab.
func unfold(data []byte, p *problems) ([]string, error) {
	var lines []string
	var line []byte
	long, soft := false, false
	flush := func() {
		switch {
		case long:
			p.addf("a line of more than %d octets was left out: %s…", MaxLine, excerpt(decodeLine(line[:40])))
		case len(line) > 0:
			lines = append(lines, cleanControls(decodeLine(line), p))
		}
		line, long = line[:0], false
	}
	for len(data) > 0 {
		var physical []byte
		physical, data = cutLine(data)
		folded := len(physical) > 0 && (physical[0] == ' ' || physical[0] == '\t')
		switch {
		case soft:
		case len(bytes.TrimLeft(physical, " \t")) == 0 && !folded:
			continue
		case folded && len(line) > 0:
			physical = physical[1:]
		default:
			flush()
			physical = bytes.TrimLeft(physical, " \t")
		}
		if len(lines) >= MaxLines {
			return nil, &LimitError{"lines", MaxLines}
		}
		if long = long || len(line)+len(physical) > MaxLine; !long || len(line) < 40 {
			line = append(line, physical...)
		}
		if soft = endsSoftly(line); soft {
			line = line[:len(line)-1]
		}
	}
	flush()
	return lines, nil
}

// endsSoftly reports whether a line goes on in the next by the rules of quoted-printable.
//
// QUIRK: vCalendar 1.0, as phones and Outlook's .vcs files have it.
func endsSoftly(line []byte) bool {
	if len(line) == 0 || line[len(line)-1] != '=' {
		return false
	}
	head, _, found := bytes.Cut(line, []byte(":"))
	return found && bytes.Contains(bytes.ToUpper(head), []byte("QUOTED-PRINTABLE"))
}

// cutLine returns the first physical line without its end, and the rest.
func cutLine(data []byte) (line, rest []byte) {
	i := bytes.IndexAny(data, "\r\n")
	if i < 0 {
		return data, nil
	}
	line, rest = data[:i], data[i:]
	for len(rest) > 0 && rest[0] == '\r' {
		rest = rest[1:]
	}
	if len(rest) > 0 && rest[0] == '\n' {
		rest = rest[1:]
	}
	return line, rest
}

// cleanControls takes away what RFC 5545 3.1 allows in no line.
func cleanControls(s string, p *problems) string {
	if strings.IndexFunc(s, isControl) < 0 {
		return s
	}
	p.addf("control characters were left out")
	return strings.Map(func(r rune) rune {
		if isControl(r) {
			return -1
		}
		return r
	}, s)
}

// isControl is true for C0 and C1 controls other than the tab, and for the line ends of Unicode.
func isControl(r rune) bool {
	return r < ' ' && r != '\t' || r >= 0x7f && r < 0xa0 || r == '\u2028' || r == '\u2029'
}

// excerpt shortens a text for a problem's sentence, and takes out what no sentence may hold.
func excerpt(s string) string {
	const most = 60
	if s = strings.ToValidUTF8(s, "\uFFFD"); strings.IndexFunc(s, isControl) >= 0 {
		s = cleanControls(s, &problems{})
	}
	count := 0
	for i := range s {
		if count == most {
			return s[:i] + "…"
		}
		count++
	}
	return s
}
