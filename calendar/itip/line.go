package itip

import (
	"strings"
)

// A contentLine is a line (RFC 5545 3.1) in parts: the name in upper case, parameters with their values as they are meant.
type contentLine struct {
	name   string
	params []lineParam
	value  string
}

type lineParam struct {
	name   string
	values []string
}

// parseLine reads a content line as far as a human would understand it. It reports false for a line that is none: without a
// colon, or with a name that is no name.
func parseLine(s string, p *problems) (contentLine, bool) {
	end := strings.IndexAny(s, ";:")
	if end < 0 || !isName(strings.TrimSpace(s[:end])) {
		return contentLine{}, false
	}
	l := contentLine{name: strings.ToUpper(strings.TrimSpace(s[:end]))}
	rest := s[end:]
	for len(rest) > 0 && rest[0] == ';' {
		var param lineParam
		param, rest = cutParam(rest[1:], isTimeProperty(l.name))
		l.addParam(param, p)
	}
	if rest == "" {
		return l.withoutColon(s)
	}
	l.value = rest[1:]
	l.mendAddress()
	l.value = strings.TrimLeft(l.value, " \t")
	return l, true
}

func isName(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.') {
			return false
		}
	}
	return s != ""
}

// isTimeProperty is true for those whose values hold no colon, so that the last one ends the parameters.
func isTimeProperty(name string) bool {
	switch name {
	case "DTSTART", "DTEND", "DUE", "RECURRENCE-ID", "EXDATE", "RDATE", "DTSTAMP", "CREATED", "LAST-MODIFIED", "COMPLETED":
		return true
	}
	return false
}

// cutParam cuts one parameter off s, which begins behind its semicolon; the rest begins with the next separator.
func cutParam(s string, lastColon bool) (param lineParam, rest string) {
	end := strings.IndexAny(s, "=;:")
	if end < 0 || s[end] != '=' { // QUIRK: a parameter without a value, from vCalendar 1.0
		if end < 0 {
			end = len(s)
		}
		return lineParam{strings.ToUpper(strings.TrimSpace(s[:end])), []string{""}}, s[end:]
	}
	param.name = strings.ToUpper(strings.TrimSpace(s[:end]))
	rest = s[end+1:]
	for {
		var value string
		value, rest = cutParamValue(rest, lastColon && param.name == "TZID")
		param.values = append(param.values, value)
		if rest == "" || rest[0] != ',' {
			return param, rest
		}
		rest = rest[1:]
	}
}

// cutParamValue cuts off one value, quoted or not, and returns it as it is meant.
//
// QUIRK: free-text zone names stand without quotes and hold colons and commas (Outlook for Mac).
func cutParamValue(s string, untilLastColon bool) (value, rest string) {
	if trimmed := strings.TrimLeft(s, " "); strings.HasPrefix(trimmed, `"`) {
		if end := closingQuote(trimmed); end > 0 {
			return decodeParam(trimmed[1:end]), strings.TrimLeft(trimmed[end+1:], " ")
		}
	}
	end := strings.IndexAny(s, ";:,")
	if untilLastColon && !strings.Contains(s, ";") {
		end = strings.LastIndexByte(s, ':')
	}
	if end < 0 {
		end = len(s)
	}
	return decodeParam(s[:end]), s[end:]
}

// closingQuote returns the index of the quote that ends the one s begins with, or 0.
//
// QUIRK: `CN="Joe "X" Doe"` has quotes inside: the last is one that a separator follows.
func closingQuote(s string) int {
	for i := 1; i < len(s); i++ {
		if s[i] != '"' {
			continue
		}
		if rest := strings.TrimLeft(s[i+1:], " "); rest != "" && strings.IndexByte(";:,", rest[0]) >= 0 {
			return i
		}
	}
	return 0
}

// addParam keeps a parameter within the limits.
func (l *contentLine) addParam(param lineParam, p *problems) {
	switch {
	case !isName(param.name) || len(param.values) == 0:
		return
	case len(l.params) >= MaxParams:
		p.addf("%s has more than %d parameters, the others were left out", l.name, MaxParams)
		return
	case !isListParam(param.name): // QUIRK: `CN=Doe, Jane` without quotes
		param.values = []string{strings.Join(param.values, ",")}
	}
	size := 0
	for _, value := range param.values {
		size += len(value)
	}
	if size > MaxParamValue || len(param.values) > MaxParams {
		p.addf("the parameter %s of %s is longer than %d octets and was left out", excerpt(param.name), l.name, MaxParamValue)
		return
	}
	l.params = append(l.params, param)
}

// isListParam is true for parameters that have several values (RFC 5545 3.2).
func isListParam(name string) bool {
	return name == "DELEGATED-TO" || name == "DELEGATED-FROM" || name == "MEMBER"
}

// withoutColon makes sense of a line whose colon is hidden, as by a quote that never closes.
func (l contentLine) withoutColon(s string) (contentLine, bool) {
	at := indexFold(s, "mailto:")
	if at < 0 {
		at = strings.LastIndexByte(s, ':') + 1
	}
	if at <= 0 {
		return contentLine{}, false
	}
	l.value = s[at:]
	return l, true
}

// mendAddress moves what stands before the address back into the name: `ATTENDEE;CN=Team: Blue:mailto:blue@example.org`.
func (l *contentLine) mendAddress() {
	if l.name != "ATTENDEE" && l.name != "ORGANIZER" {
		return
	}
	at := indexFold(l.value, ":mailto:")
	if at < 0 || strings.ContainsAny(l.value[:at], "@/") {
		return
	}
	for i := range l.params {
		if last := &l.params[i]; last.name == "CN" && i == len(l.params)-1 {
			last.values[0] += ":" + strings.TrimSuffix(l.value[:at], `"`)
		}
	}
	l.value = l.value[at+1:]
}

// indexFold is strings.Index for ASCII in any case; part is in lower case.
func indexFold(s, part string) int {
	for i := 0; i+len(part) <= len(s); i++ {
		if strings.EqualFold(s[i:i+len(part)], part) {
			return i
		}
	}
	return -1
}

// appendTo writes the line in the only form that go-ical is given: values quoted where they have to be, quotes and line
// ends as RFC 6868 has them.
func (l contentLine) appendTo(b *strings.Builder) {
	b.WriteString(l.name)
	for _, param := range l.params {
		b.WriteString(";" + param.name + "=")
		for i, value := range param.values {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(encodeParam(value))
		}
	}
	b.WriteString(":" + l.value + "\r\n")
}
