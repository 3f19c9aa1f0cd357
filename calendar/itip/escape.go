package itip

import (
	"strings"
)

// decodeParam undoes RFC 6868. A caret before anything else is a caret.
func decodeParam(s string) string {
	if !strings.ContainsRune(s, '^') {
		return s
	}
	return paramDecoder.Replace(s)
}

var (
	paramDecoder = strings.NewReplacer("^n", "\n", "^'", `"`, "^^", "^")
	paramEncoder = strings.NewReplacer("\n", "^n", `"`, "^'", "^", "^^")
)

// encodeParam writes the value of a parameter (RFC 5545 3.2, RFC 6868), in quotes where it needs them.
func encodeParam(s string) string {
	s = paramEncoder.Replace(s)
	if strings.ContainsAny(s, ";:, ") {
		return `"` + s + `"`
	}
	return s
}

// unescapeText undoes the escaping of TEXT values (RFC 5545 3.3.11).
//
// QUIRK: a backslash before any other character (`\:`, `\"`) stands for that character, and a carriage return for nothing.
func unescapeText(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch s[i] {
		case 'n', 'N':
			b.WriteByte('\n')
		case 'r':
			if !strings.HasPrefix(s[i+1:], `\n`) && !strings.HasPrefix(s[i+1:], `\N`) {
				b.WriteString("r")
			}
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// escapeText writes a TEXT value (RFC 5545 3.3.11).
func escapeText(s string) string { return textEncoder.Replace(s) }

var textEncoder = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`)

// splitText cuts a list of TEXT values at the commas that are not escaped.
func splitText(s string) (values []string) {
	start := 0
	for i := 0; i <= len(s); i++ {
		switch {
		case i < len(s) && s[i] == '\\':
			i++
			if i == len(s) {
				i--
			}
		case i == len(s) || s[i] == ',':
			if value := strings.TrimSpace(unescapeText(s[start:i])); value != "" {
				values = append(values, value)
			}
			start = i + 1
		}
	}
	return values
}
