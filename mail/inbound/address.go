package inbound

import "strings"

// quoted gives back to an address the quotes that its local part needs (RFC 5321 4.1.2): go-smtp takes them away,
// and without them "a@b"@c and a b@c could be taken for something else further on.
func quoted(address string) string {
	at := strings.LastIndexByte(address, '@')
	if at < 0 || dotString(address[:at]) {
		return address
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range address[:at] {
		if r == '"' || r == '\\' {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	b.WriteByte('"')
	b.WriteString(address[at:])
	return b.String()
}

// dotString says whether a local part needs no quotes: atoms with single dots between (RFC 5321 4.1.2, with UTF-8 as
// in RFC 6531). QUIRK: dots at the ends or in a row are let through, as some phone companies' addresses have them.
func dotString(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r <= ' ' || r == 0x7f || strings.ContainsRune(`()<>[]:;@\,"`, r)
	})
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
