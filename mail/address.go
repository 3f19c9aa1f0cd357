package mail

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxSpec is how long an address may be to be read from a header, in octets. Real
// ones end at 254; those of bounce handlers go beyond.
const maxSpec = 998

// maxName is how long a display name gets, in characters.
const maxName = 256

// An Address is a mailbox (RFC 5322 3.4).
type Address struct {
	Name   string // display name, decoded, one line, without bidirectional overrides
	Local  string // local part as it is meant: without quotes and backslashes
	Domain string // as written
}

// ParseAddress reads a field value that should hold one address, and takes the first
// if there are several. The error says that there is none.
func ParseAddress(value string) (Address, error) {
	if list := ParseAddressList(value); len(list) > 0 {
		return list[0], nil
	}
	return Address{}, fmt.Errorf("there is no mail address in %q", shorten(value))
}

// parseSpec reads local@domain. An obsolete route (RFC 5322 4.4) is passed over.
func parseSpec(s string) (Address, bool) {
	s = trimSpec(s)
	at := strings.LastIndexByte(s, '@')
	if at <= 0 || len(s) > maxSpec || !utf8.ValidString(s) {
		return Address{}, false
	}
	local, domain := strings.TrimSpace(s[:at]), strings.TrimRight(strings.TrimSpace(s[at+1:]), ".")
	if quotedEnd(local) == len(local) && local[0] == '"' {
		local = unquote(local)
	} else if strings.ContainsFunc(local, func(r rune) bool { return isSpecial(r) || unicode.IsSpace(r) }) {
		return Address{}, false
	}
	if local == "" || strings.ContainsFunc(local, isUnseen) || !isDomain(domain) {
		return Address{}, false
	}
	return Address{Local: local, Domain: domain}, true
}

// trimSpec takes away what stands round an address by mistake.
func trimSpec(s string) string {
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, "@") {
		_, s, _ = strings.Cut(s, ":")
		s = strings.TrimSpace(s)
	}
	if len(s) > 7 && strings.EqualFold(s[:7], "mailto:") {
		s = s[7:]
	}
	if len(s) > 2 && s[0] == '\'' && s[len(s)-1] == '\'' {
		s = s[1 : len(s)-1]
	}
	return s
}

// isSpecial is true for what may stand in a local part in quotes only (RFC 5322 3.2.3).
func isSpecial(r rune) bool {
	return r < utf8.RuneSelf && strings.IndexByte("()<>[]:;@\\,\"", byte(r)) >= 0
}

// isUnseen is true for characters that no address holds for an honest reason.
func isUnseen(r rune) bool {
	return isHidden(r) || r == utf8.RuneError || r > ' ' && unicode.IsSpace(r)
}

// isDomain is true for a host name, in UTF-8 if need be, and for an address literal.
func isDomain(s string) bool {
	if len(s) > 2 && s[0] == '[' && s[len(s)-1] == ']' {
		return !strings.ContainsFunc(s[1:len(s)-1], func(r rune) bool {
			return r >= utf8.RuneSelf || r <= ' ' || r == 0x7f || strings.ContainsRune(`[]\()<>@,;"`, r)
		})
	}
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		if r < utf8.RuneSelf {
			return !isLetterOrDigit(byte(r)) && r != '.' && r != '-' && r != '_'
		}
		return isUnseen(r)
	})
}

func isLetterOrDigit(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// IsZero reports whether there is no address.
func (a Address) IsZero() bool { return a.Local == "" && a.Domain == "" }

// String returns local@domain (the addr-spec of RFC 5322 3.4.1), with the local part
// in quotes where it needs them and without control characters. It is "" for no address.
func (a Address) String() string {
	if a.IsZero() {
		return ""
	}
	local := dropControls(a.Local)
	if strings.ContainsFunc(local, func(r rune) bool { return isSpecial(r) || unicode.IsSpace(r) }) || local == "" {
		local = quote(local)
	}
	return local + "@" + dropControls(a.Domain)
}

// quote writes a quoted string.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

func dropControls(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, s)
}

// Format returns the address for a header field: Name <local@domain>, the name in
// quotes or RFC 2047 words as needed. There is never a line end or control character
// in it, whatever the fields hold.
func (a Address) Format() string {
	name := formatPhrase(a.Name)
	if name == "" {
		return a.String()
	}
	return name + " <" + a.String() + ">"
}

// FormatAddresses returns a list of addresses for a header field.
func FormatAddresses(list []Address) string {
	formatted := make([]string, len(list))
	for i, a := range list {
		formatted[i] = a.Format()
	}
	return strings.Join(formatted, ", ")
}

// Display returns the address as people should see it: the name alone, but with the
// address beside it if the name looks like an address itself.
func (a Address) Display() string {
	name := cleanName(a.Name)
	switch {
	case name == "":
		return a.String()
	case strings.ContainsAny(name, "@\uff20\ufe6b"):
		return name + " <" + a.String() + ">"
	}
	return name
}

// cleanName makes a display name of header text: decoded, one line, no characters
// that turn text round, at most four combining marks upon each other.
func cleanName(s string) string {
	s = cleanLine(DecodeWords(s))
	var b strings.Builder
	marks, runes := 0, 0
	for _, r := range s {
		if marks++; !unicode.Is(unicode.M, r) {
			marks = 0
		}
		if runes++; runes > maxName {
			break
		}
		if marks <= 4 {
			b.WriteRune(r)
		}
	}
	return strings.TrimSpace(b.String())
}
