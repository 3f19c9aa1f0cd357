package itip

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxOctets is where a line is folded (RFC 5545 3.1).
const maxOctets = 75

// A writer collects the lines of an object. The first error is kept, and what follows it does not count.
type writer struct {
	out []byte
	err error
}

type writtenParam struct {
	name   string
	values []string
}

func (w *writer) fail(reason string) {
	if w.err == nil {
		w.err = errors.New(reason)
	}
}

// raw writes a property whose value is in its written form already.
func (w *writer) raw(name string, params []writtenParam, value string) {
	line := name
	for _, p := range params {
		line += ";" + p.name + "="
		for i, v := range p.values {
			if i > 0 {
				line += ","
			}
			line += encodeParam(v)
		}
	}
	w.line(line + ":" + value)
}

// line writes a line in folds that end between characters.
func (w *writer) line(s string) {
	if bad := strings.IndexFunc(s, isControl); bad >= 0 || !utf8.ValidString(s) {
		name, _, _ := strings.Cut(s, ":")
		w.fail(fmt.Sprintf("%s holds a control character or what is no UTF-8, and is not written", excerpt(name)))
		return
	}
	room := maxOctets
	for len(s) > room {
		cut := room
		for cut > 0 && !utf8.RuneStart(s[cut]) {
			cut--
		}
		w.out = append(append(w.out, s[:cut]...), "\r\n "...)
		s, room = s[cut:], maxOctets-1
	}
	w.out = append(append(w.out, s...), "\r\n"...)
}

// text writes a TEXT property. A tab is a space.
func (w *writer) text(name, value string) {
	w.raw(name, nil, escapeText(strings.ReplaceAll(value, "\t", " ")))
}

func (w *writer) optional(name, value string) {
	if value != "" {
		w.text(name, value)
	}
}

func (w *writer) list(name string, values []string) {
	escaped := make([]string, len(values))
	for i, value := range values {
		escaped[i] = escapeText(value)
	}
	if len(values) > 0 {
		w.raw(name, nil, strings.Join(escaped, ","))
	}
}

// token writes a property whose value is a name, such as STATUS:CONFIRMED; nothing for none.
func (w *writer) token(name, value string) {
	if value == "" {
		return
	}
	if !isName(value) {
		w.fail(fmt.Sprintf("%s:%s is no name that can be written", name, excerpt(value)))
		return
	}
	w.raw(name, nil, value)
}

// time writes a date or time with its zone; nothing for none.
func (w *writer) time(name string, params []writtenParam, t Time) {
	if t.IsZero() {
		return
	}
	if t.AllDay {
		params = append([]writtenParam{{"VALUE", []string{"DATE"}}}, params...)
	}
	w.dated(name, params, t, formatTime(t))
}

// dated writes a value with the TZID of a time.
func (w *writer) dated(name string, params []writtenParam, t Time, value string) {
	switch zone := t.ZoneName(); {
	case t.UnknownZone != "":
		w.fail(fmt.Sprintf("%s is in the time zone %q, which is not known", name, excerpt(t.UnknownZone)))
	case zone == "Local" || t.Zone != nil && zone == "":
		w.fail(fmt.Sprintf("%s is in a time zone without a name", name))
	case year(t) < minYear || year(t) > maxYear+100:
		w.fail(fmt.Sprintf("%s is in the year %d", name, year(t)))
	case zone != "" && zone != "UTC":
		params = append([]writtenParam{{"TZID", []string{zone}}}, params...)
	}
	w.raw(name, params, value)
}

func year(t Time) int { return t.Wall.Year() }

// person writes a CAL-ADDRESS property; nothing for nobody of whom nothing is said.
func (w *writer) person(name string, p Person, params []writtenParam) {
	if p.IsZero() && len(params) == 0 {
		return
	}
	add := func(name, value string) {
		if value != "" {
			params = append(params, writtenParam{name, []string{value}})
		}
	}
	add("CN", p.Name)
	value := w.mailto(p.Address)
	if p.Email != "" {
		w.mailto(p.Email)
		add("EMAIL", p.Email)
	}
	if p.URI != "" {
		value = p.URI
		add("EMAIL", p.Address)
	}
	if p.SentBy != "" {
		add("SENT-BY", w.mailto(p.SentBy))
	}
	if value == "" {
		value = "mailto:" // nobody that mail reaches; the name says who
	}
	w.raw(name, params, value)
}

var uriEncoder = strings.NewReplacer("%", "%25", "?", "%3F")

// mailto writes an address as a URI (RFC 6068 2), in which + and UTF-8 stand as they are.
func (w *writer) mailto(address string) string {
	if address == "" {
		return ""
	}
	if !isAddress(address) {
		w.fail(fmt.Sprintf("%q is no mail address that can be written", excerpt(address)))
	}
	return "mailto:" + uriEncoder.Replace(address)
}

func (w *writer) attendee(a Attendee) {
	var params []writtenParam
	add := func(name, value string) {
		if value != "" {
			params = append(params, writtenParam{name, []string{value}})
		}
	}
	add("CUTYPE", a.Type)
	add("ROLE", a.Role)
	add("PARTSTAT", string(a.Answer))
	if a.RSVP {
		add("RSVP", "TRUE")
	}
	for _, delegated := range []struct {
		name string
		list []string
	}{{"DELEGATED-TO", a.DelegatedTo}, {"DELEGATED-FROM", a.DelegatedFrom}} {
		var uris []string
		for _, address := range delegated.list {
			uris = append(uris, w.mailto(address))
		}
		if len(uris) > 0 {
			params = append(params, writtenParam{delegated.name, uris})
		}
	}
	w.person("ATTENDEE", a.Person, params)
}
