package bounce

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxAddress is the longest address that can be sent to: 64 octets, @, 255 octets
// (RFC 5321 4.5.3.1).
const maxAddress = 320

// A found address is where one stands in a text.
type found struct {
	address    string
	start, end int // with its angle brackets or quotes, if any
}

// nextAddress finds the first address in s at or behind from. Only ASCII is taken for
// an address that stands free in a text: in a language without spaces the words
// around it would become part of it.
func nextAddress(s string, from int) (found, bool) {
	for from < len(s) {
		at := strings.IndexByte(s[from:], '@')
		if at < 0 {
			return found{}, false
		}
		at += from
		if f, ok := bracketed(s, at); ok {
			return f, true
		}
		start, end := at, at+1
		for start > 0 && at-start < 256 && isLocal(s[start-1]) {
			start--
		}
		for end < len(s) && end-at < 256 && isDomain(s[end]) {
			end++
		}
		address := trimFree(s[start:end])
		if isAddress(address) && hasDot(address) {
			start += strings.Index(s[start:end], address)
			return widen(s, found{address, start, start + len(address)}), true
		}
		from = end
	}
	return found{}, false
}

// addresses finds up to limit addresses in s.
func addresses(s string, limit int) []string {
	var list []string
	for at := 0; len(list) < limit; {
		f, ok := nextAddress(s, at)
		if !ok {
			break
		}
		list = append(list, f.address)
		at = f.end
	}
	return list
}

// bracketed takes what stands in angle brackets around the @ at a position, in any
// script (RFC 6531), and without the source route of RFC 5321 appendix C.
func bracketed(s string, at int) (found, bool) {
	low, high := max(0, at-256), min(len(s), at+256)
	open := strings.LastIndexByte(s[low:at], '<')
	shut := strings.IndexByte(s[at:high], '>')
	if open < 0 || shut < 0 {
		return found{}, false
	}
	start, end := low+open, at+shut+1
	address := plain(s[start:end])
	if !isAddress(address) {
		return found{}, false
	}
	return found{address, start, end}, true
}

// plain takes the decoration off an address: angle brackets, quotes, "mailto:",
// "smtp:", a source route.
func plain(s string) string {
	s = strings.Trim(strings.TrimSpace(s), "<>\"'`;, \t")
	for _, scheme := range []string{"mailto:", "smtp:", "rfc822:", "rfc822;"} {
		if len(s) > len(scheme) && strings.EqualFold(s[:len(scheme)], scheme) {
			s = s[len(scheme):]
		}
	}
	if strings.HasPrefix(s, "@") {
		if _, rest, ok := strings.Cut(s, ":"); ok {
			s = rest
		}
	}
	return strings.TrimRight(strings.Trim(s, "<>\"' \t"), ".")
}

// trimFree takes off what is punctuation of the sentence around an address.
func trimFree(s string) string {
	s = strings.Trim(s, "'`*=-/.|~!?&^{}")
	return s
}

// widen includes the brackets or quotes directly around an address.
func widen(s string, f found) found {
	if f.start > 0 && strings.IndexByte("<\"'[(", s[f.start-1]) >= 0 {
		f.start--
	}
	if f.end < len(s) && strings.IndexByte(">\"'])", s[f.end]) >= 0 {
		f.end++
	}
	return f
}

// isAddress reports whether s has the form local@domain without anything that does
// not belong into one.
func isAddress(s string) bool {
	at := strings.LastIndexByte(s, '@')
	if at <= 0 || at == len(s)-1 || len(s) > maxAddress || !utf8.ValidString(s) {
		return false
	}
	if !strings.HasPrefix(s, `"`) && strings.ContainsAny(s, " \t<>\"(),:;[]\\") && !isLiteral(s[at+1:]) {
		return false
	}
	if strings.IndexByte(s[:at], '@') >= 0 || strings.ContainsAny(s[at+1:], "/|=+!$%&*?^`{}~' ") {
		return false
	}
	letters := false
	for _, r := range s[at+1:] {
		letters = letters || unicode.IsLetter(r) || unicode.IsDigit(r)
	}
	return letters && strings.IndexFunc(s, isHidden) < 0
}

// isLiteral reports whether a domain is an address literal (RFC 5321 4.1.3).
func isLiteral(domain string) bool {
	return strings.HasPrefix(domain, "[") && strings.HasSuffix(domain, "]") && !strings.ContainsAny(domain, " <>\"(),;\\@")
}

// isHidden is true for control and format characters and for what stands for a byte
// that could not be decoded.
func isHidden(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.IsSpace(r) && r != ' ' || r == utf8.RuneError
}

// hasDot reports whether the domain of an address has a dot inside.
func hasDot(address string) bool {
	domain := address[strings.LastIndexByte(address, '@')+1:]
	dot := strings.IndexByte(domain, '.')
	return dot > 0 && dot < len(domain)-1
}

// localPart is what stands before the @, in lower case.
func localPart(address string) string {
	at := strings.LastIndexByte(address, '@')
	return strings.ToLower(address[:max(at, 0)])
}

// domainPart is what stands behind the @, in lower case, or "".
func domainPart(address string) string {
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return ""
	}
	return strings.ToLower(address[at+1:])
}

func isLocal(c byte) bool {
	return isAlnum(c) || strings.IndexByte(".!#$%&'*+-/=?^_`{|}~", c) >= 0
}

func isDomain(c byte) bool {
	return isAlnum(c) || c == '.' || c == '-' || c == '_' || c == '#'
}

func isAlnum(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}
