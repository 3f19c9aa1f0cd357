package itip

import (
	"strings"

	"github.com/emersion/go-ical"
)

// readPerson reads a CAL-ADDRESS property (RFC 5545 3.3.3).
//
// QUIRK: Proton and others leave out "mailto:", Android writes "MAILTO:", Thunderbird percent-encodes what need not be,
// Exchange writes "invalid:nomail", Apple a path or urn:uuid: with the address in EMAIL.
func readPerson(p ical.Prop) Person {
	person := Person{Name: cleanName(param(p, "CN")), SentBy: addressOf(param(p, "SENT-BY"))}
	value := strings.TrimSpace(p.Value)
	if person.Address = addressOf(value); person.Address == "" && !strings.EqualFold(value, "mailto:") {
		person.URI = value
	}
	if email := addressOf(param(p, "EMAIL")); person.Address == "" {
		person.Address = email
	} else if !strings.EqualFold(email, person.Address) {
		person.Email = email
	}
	return person
}

// addressOf returns the address that a value means, or "".
func addressOf(value string) string {
	value = strings.Trim(strings.TrimSpace(value), `"<>'`)
	for len(value) >= 7 && strings.EqualFold(value[:7], "mailto:") {
		value = strings.Trim(value[7:], " <>")
	}
	value, _, _ = strings.Cut(value, "?") // RFC 6068 header fields
	if value = unpercent(value); !isAddress(value) {
		return ""
	}
	return value
}

// isAddress tells an address from other URIs and from text. Whether it could exist is not asked.
func isAddress(s string) bool {
	at := strings.LastIndexByte(s, '@')
	return at > 0 && at < len(s)-1 && len(s) <= 320 && !strings.ContainsAny(s, " \t\n<>\",;\\") &&
		!strings.Contains(s, "://") && !strings.HasPrefix(s, "urn:") && strings.IndexFunc(s, isControl) < 0
}

// unpercent undoes percent-encoding (RFC 3986 2.1) where it is right.
func unpercent(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && hexValue(s[i+1]) >= 0 && hexValue(s[i+2]) >= 0 {
			b.WriteByte(byte(hexValue(s[i+1])<<4 | hexValue(s[i+2])))
			i += 2
		} else {
			b.WriteByte(s[i])
		}
	}
	return strings.ToValidUTF8(b.String(), "\uFFFD")
}

func hexValue(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// cleanName makes a name of a CN that fits on one line.
//
// QUIRK: single quotes around it (Outlook), escapes as if it were text, names in Notes' hierarchy (CN=Ada/OU=Lab/O=Acme).
func cleanName(s string) string {
	s = unescapeText(s)
	if len(s) > 2 && s[0] == '\'' && s[len(s)-1] == '\'' {
		s = s[1 : len(s)-1]
	}
	if first, _, found := strings.Cut(s, "/"); found && strings.HasPrefix(first, "CN=") {
		s = first[len("CN="):]
	}
	return strings.Join(strings.Fields(s), " ")
}

// readAttendee reads an ATTENDEE (RFC 5545 3.8.4.1).
func readAttendee(p ical.Prop) Attendee {
	return Attendee{
		Person:        readPerson(p),
		Answer:        PartStat(upper(param(p, "PARTSTAT"))),
		Type:          upper(param(p, "CUTYPE")),
		Role:          upper(param(p, "ROLE")),
		RSVP:          strings.EqualFold(param(p, "RSVP"), "true") || strings.EqualFold(param(p, "RSVP"), "yes"),
		DelegatedTo:   addressList(p, "DELEGATED-TO"),
		DelegatedFrom: addressList(p, "DELEGATED-FROM"),
	}
}

func upper(s string) string { return strings.ToUpper(strings.TrimSpace(s)) }

func addressList(p ical.Prop, name string) (list []string) {
	for _, value := range p.Params[name] {
		if address := addressOf(decodeParam(value)); address != "" {
			list = append(list, address)
		}
	}
	return list
}
