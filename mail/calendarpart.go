package mail

import (
	"bytes"
	"strings"
)

// maxCalendar is how much of a calendar object is read, in octets: twice what
// calendar/itip takes, so that it sees that one is too long.
const maxCalendar = 2 << 20

// A CalendarPart is a part of a message that holds an iCalendar object (RFC 5545).
type CalendarPart struct {
	// Method is the method parameter of Content-Type in upper case (RFC 5545 8.1), or
	// failing that the METHOD of the object; "" for an object without one.
	Method string
	// UID is the first UID of the object as far as a look at its lines tells; "" if it
	// shows none. Reading the object is the business of calendar/itip.
	UID string
	// Data is the object in UTF-8, at most 2 MB of it, its transfer encoding undone.
	Data []byte
	Part *Part
}

// HasCalendar reports whether a calendar object of iTIP (RFC 5546), one with a method,
// is part of the message itself, not only of a message forwarded in it.
func HasCalendar(m *Message) bool {
	for _, c := range CalendarParts(m) {
		if c.Method != "" && !c.Part.InMessage() {
			return true
		}
	}
	return false
}

// CalendarParts returns the calendar objects of a message in the order in which they
// stand: text/calendar, application/ics, attached files named *.ics, and a text that is
// one. Those of forwarded messages are among them (Part.InMessage tells), after the
// message's own. An object that is there twice, as Google sends it, is returned once.
func CalendarParts(m *Message) []CalendarPart {
	const most = 50
	var own, forwarded []CalendarPart
	m.Root.Walk(func(p *Part) bool {
		c, ok := calendarPart(p)
		switch {
		case !ok || len(own)+len(forwarded) >= most || contains(own, c) || contains(forwarded, c):
		case p.InMessage():
			forwarded = append(forwarded, c)
		default:
			own = append(own, c)
		}
		return true
	})
	return append(own, forwarded...)
}

func contains(list []CalendarPart, c CalendarPart) bool {
	for _, other := range list {
		if other.Method == c.Method && bytes.Equal(other.Data, c.Data) {
			return true
		}
	}
	return false
}

// calendarPart reads a part if it holds a calendar object.
func calendarPart(p *Part) (CalendarPart, bool) {
	if !mayHoldCalendar(p) {
		return CalendarPart{}, false
	}
	data := p.Content(maxCalendar)
	if charset := p.Charset; charset != "" && !strings.EqualFold(charset, "utf-8") {
		text, _ := DecodeCharset(charset, data)
		data = []byte(text)
	}
	sniffed := startsCalendar(data)
	if !sniffed && p.Type != "text/calendar" {
		return CalendarPart{}, false
	}
	method, uid := glimpse(data)
	if declared := p.Params["method"]; declared != "" {
		method = declared
	}
	return CalendarPart{Method: strings.ToUpper(cleanLine(method)), UID: uid, Data: data, Part: p}, true
}

// mayHoldCalendar is true for parts that are worth decoding.
//
// QUIRK: application/octet-stream with a name in .ics is Outlook's and Notes' way, a
// bare text/plain that of some phones and scripts.
func mayHoldCalendar(p *Part) bool {
	switch p.Type {
	case "text/calendar", "application/ics", "application/calendar", "text/x-vcalendar", "application/x-ical":
		return true
	case "text/plain":
		return p.Encoding == "base64" && p.Parent == nil || startsCalendar(p.RawBody())
	}
	if p.IsMultipart() || p.holdsMessage() {
		return false
	}
	name := strings.ToLower(p.Filename)
	return strings.HasSuffix(name, ".ics") || strings.HasSuffix(name, ".ical") || strings.HasSuffix(name, ".vcs")
}

var beginCalendar = []byte("BEGIN:VCALENDAR")

func startsCalendar(data []byte) bool {
	data = bytes.TrimLeft(bytes.TrimPrefix(cut(data, 100), []byte("\xef\xbb\xbf")), " \t\r\n")
	return len(data) >= len(beginCalendar) && bytes.EqualFold(data[:len(beginCalendar)], beginCalendar)
}

// glimpse looks for the METHOD and the first UID of an object without reading it.
func glimpse(data []byte) (method, uid string) {
	for pos := 0; pos < len(data) && (method == "" || uid == ""); {
		end := lineEnd(data, pos)
		line := bytes.TrimRight(data[pos:end], "\r\n")
		for end < len(data) && isSpace(data[end]) && len(line) < MaxLine { // folded (RFC 5545 3.1)
			next := lineEnd(data, end)
			line = append(line[:len(line):len(line)], bytes.TrimRight(data[end+1:next], "\r\n")...)
			end = next
		}
		pos = end
		if value, ok := property(line, "METHOD"); ok && method == "" {
			method = value
		} else if value, ok := property(line, "UID"); ok && uid == "" {
			uid = value
		}
	}
	return method, uid
}

// property returns the value of a content line that has that name.
func property(line []byte, name string) (string, bool) {
	if len(line) <= len(name) || !strings.EqualFold(string(line[:len(name)]), name) || line[len(name)] != ':' && line[len(name)] != ';' {
		return "", false
	}
	_, value, found := bytes.Cut(line, []byte{':'})
	return truncate(cleanLine(strings.ToValidUTF8(string(value), "\uFFFD")), MaxLine), found
}
