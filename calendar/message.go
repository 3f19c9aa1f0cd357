package calendar

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"guildpost/calendar/itip"
	"guildpost/mail"
)

// Said is what a message says about meetings.
type Said struct {
	Objects  []itip.Object // in the order of the parts, each once
	Problems []string      // sentences about what was odd or not understood, those of the objects included
}

// ReadMessage reads the calendar objects of a message. Those in messages that are forwarded or returned in it are told as a
// problem and not read: what they say, somebody else said to somebody else.
func ReadMessage(m *mail.Message) (s Said) {
	for _, part := range mail.CalendarParts(m) {
		if part.Part.InMessage() {
			s.problem("a message that is forwarded or returned in this one holds a calendar object; it is nobody's answer")
			continue
		}
		objects, err := itip.Read(calendarData(part), itip.Hint{Method: part.Part.Params["method"]})
		if err != nil {
			s.problem(err.Error())
		}
		for _, o := range objects {
			s.add(o)
		}
	}
	m.Root.Walk(func(p *mail.Part) bool {
		if isTNEF(p) && !p.InMessage() {
			s.addTNEF(p)
		}
		return true
	})
	return s
}

// calendarData returns the object's octets, decoded by the charset that the part names.
//
// QUIRK: us-ascii over UTF-8, folded within characters: only line by line can it be seen what it is. UTF-16 in either order,
// whatever its name: the octets tell.
func calendarData(part mail.CalendarPart) []byte {
	if charset := strings.ToLower(part.Part.Charset); charset == "us-ascii" || strings.HasPrefix(charset, "utf-16") {
		return part.Part.Content(itip.MaxSize + 1)
	}
	return part.Data
}

func isTNEF(p *mail.Part) bool {
	return p.Type == "application/ms-tnef" || p.Type == "application/vnd.ms-tnef" || strings.EqualFold(p.Filename, "winmail.dat")
}

// addTNEF reads a winmail.dat; that there is another kind of message in it is nothing odd.
func (s *Said) addTNEF(p *mail.Part) {
	o, err := itip.ReadTNEF(p.Content(itip.MaxTNEF))
	switch {
	case err == nil:
		s.add(o)
	case !errors.Is(err, itip.ErrNoMeeting):
		s.problem(fmt.Sprintf("%s; its sender should send \"iCalendar\" or plain text instead", err))
	}
}

// add takes an object unless it is there already.
//
// QUIRK: Google and Exchange send each object as text/calendar and again as an attached file, at times without its method.
func (s *Said) add(o itip.Object) {
	for _, known := range s.Objects {
		if (o.Method == known.Method || o.Method == "") && reflect.DeepEqual(o.Events, known.Events) && reflect.DeepEqual(o.Others, known.Others) {
			return
		}
	}
	s.Objects = append(s.Objects, o)
	for _, problem := range o.Problems {
		s.problem(problem)
	}
}

func (s *Said) problem(text string) {
	for _, known := range s.Problems {
		if known == text {
			return
		}
	}
	s.Problems = append(s.Problems, text)
}
