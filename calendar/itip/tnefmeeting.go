package itip

import (
	"bytes"
	"encoding/hex"
	"strings"
	"time"
)

// meetingClass is what the classes of all messages about meetings begin with (MS-OXOCAL 2.2.5).
const meetingClass = "ipm.schedule.meeting."

// entryClass is an entry of a calendar that was sent as such: an event without a method.
const entryClass = "ipm.appointment"

// object makes of a TNEF file what text/calendar would have said.
func (f *tnefFile) object() (Object, error) {
	class, isMeeting := strings.CutPrefix(strings.ToLower(f.class), meetingClass)
	isEntry := class == entryClass
	if !isMeeting && !isEntry {
		return Object{}, ErrNoMeeting
	}
	o := Object{ProdID: "TNEF", Version: "2.0"}
	p := &problems{}
	e := Event{Kind: KindEvent, Summary: oneLine(f.props.text(tagTopic, tagSubject)), Location: oneLine(f.props.text(tagLocation, tagWhere))}
	if e.Summary == "" {
		e.Summary = oneLine(cleanControls(f.subject, &problems{}))
	}
	if e.Sequence = int(f.props.number(tagSequence)); e.Sequence > 1_000_000 {
		e.Sequence = 0
	}
	answer := PartStat("")
	o.Method, answer = methodOfClass(class)
	if o.Method == Reply && f.props.flag(tagIsProposal) {
		o.Method = Counter
	}
	if o.Method == "" && !isEntry {
		p.addf("the message class %s in winmail.dat (TNEF) is not known", excerpt(f.class))
	}
	f.identity(&e, p)
	f.times(&e, o.Method, p)
	f.people(&e, o.Method, answer, p)
	f.body(&e, o.Method)
	o.Events, o.Problems = []Event{e}, p.list
	return o, nil
}

func methodOfClass(class string) (Method, PartStat) {
	switch class {
	case "request":
		return Request, ""
	case "canceled", "cancelled":
		return Cancel, ""
	case "resp.pos":
		return Reply, Accepted
	case "resp.neg":
		return Reply, Declined
	case "resp.tent":
		return Reply, Tentative
	}
	return "", ""
}

// times reads when the meeting is, on the clocks of the zone that the organiser's Outlook named.
func (f *tnefFile) times(e *Event, m Method, p *problems) {
	startTags, endTags := []mapiTag{tagStart, tagStartDate}, []mapiTag{tagEnd, tagEndDate}
	if m == Counter {
		startTags, endTags = append([]mapiTag{tagProposedStart}, startTags...), append([]mapiTag{tagProposedEnd}, endTags...)
	}
	zone := time.UTC
	if name := f.props.text(tagZone); name != "" {
		known, ok := Zone(name)
		if zone = known; !ok {
			zone = time.UTC
			p.addf("the time zone %q is not known; times are told in UTC", excerpt(name))
		}
	}
	start, end := f.props.time(startTags...), f.props.time(endTags...)
	switch {
	case start.IsZero() && f.start.IsZero():
		if m != Reply {
			p.addf("winmail.dat (TNEF) does not say when the meeting is")
		}
		return
	case start.IsZero():
		e.Start, e.End = Time{Wall: f.start}, Time{Wall: f.end}
		p.addf("winmail.dat (TNEF) gives the meeting's time without a time zone")
	default:
		e.Start = At(start, zone)
		if !end.IsZero() {
			e.End = At(end, zone)
		}
	}
	if f.props.flag(tagAllDay) {
		e.Start, e.End = wholeDay(e.Start), wholeDay(e.End)
	}
	if f.props.flag(tagRecurring) && e.RecurrenceID.IsZero() {
		e.RuleProblem = "the meeting repeats, but how is not read from winmail.dat (TNEF)"
		p.addf("%s", e.RuleProblem)
	}
}

func wholeDay(t Time) Time {
	if t.IsZero() {
		return t
	}
	return Time{Wall: midnight(t.Wall), AllDay: true}
}

// identity reads the UID and which occurrence it is out of the global object ID (MS-OXCICAL 2.1.3.1.1.20.26).
func (f *tnefFile) identity(e *Event, p *problems) {
	e.Stamp = f.props.time(tagAnsweredAt, tagChangedAt)
	id := f.props[tagGlobalID]
	if len(id) < 40 {
		id = f.props[tagCleanGlobalID]
	}
	if len(id) < 40 || len(id) > 2000 {
		p.addf("winmail.dat (TNEF) does not say which meeting it is about: it has no global object ID")
		return
	}
	id = bytes.Clone(id)
	year, month, day := int(id[16])<<8|int(id[17]), time.Month(id[18]), int(id[19])
	if year >= minYear && year <= maxYear && month >= 1 && month <= 12 && day >= 1 && day <= 31 {
		e.RecurrenceID = Date(year, month, day)
	}
	copy(id[16:20], []byte{0, 0, 0, 0})
	const foreign = "vCal-Uid\x01\x00\x00\x00" // a UID that was not Outlook's
	if text := id[40:]; bytes.HasPrefix(text, []byte(foreign)) {
		uid, _, _ := bytes.Cut(text[len(foreign):], []byte{0})
		e.UID = oneLine(cleanControls(decodeLine(uid), &problems{}))
		return
	}
	e.UID = strings.ToUpper(hex.EncodeToString(id))
}

// Properties by which people are named (MS-OXPROPS 2), the one with a mail address for certain first.
var (
	recipientAddress = []mapiTag{{"", 0x39fe}, {"", 0x3003}}
	recipientName    = []mapiTag{{"", 0x3001}, {"", 0x5ff6}}
	senderAddress    = []mapiTag{{"", 0x5d02}, {"", 0x0065}, {"", 0x5d01}, {"", 0x0c1f}}
	senderName       = []mapiTag{{"", 0x0042}, {"", 0x0c1a}}
)

// people reads who sent the message and whom to: the organiser to attendees, or the other way round.
func (f *tnefFile) people(e *Event, m Method, answer PartStat, p *problems) {
	sender := f.props.person(senderAddress, senderName)
	if m.IsFromAttendee() {
		if len(f.recipients) == 1 {
			e.Organizer = f.recipients[0].person(recipientAddress, recipientName)
		}
		e.Attendees = []Attendee{{Person: sender, Answer: answer}}
		if sender.Address == "" {
			p.addf("winmail.dat (TNEF) does not say who answers; the mail's From does")
		}
		return
	}
	e.Organizer = sender
	for _, r := range f.recipients {
		if person := r.person(recipientAddress, recipientName); !person.IsZero() {
			e.Attendees = append(e.Attendees, Attendee{Person: person, RSVP: m == Request})
		}
	}
}

func (p mapiProps) person(address, name []mapiTag) Person {
	person := Person{Name: cleanName(p.text(name...))}
	for _, tag := range address {
		if value := addressOf(p.text(tag)); value != "" && person.Address == "" {
			person.Address = value
		}
	}
	return person
}

// body is what an attendee wrote to their answer, or what the meeting is about.
func (f *tnefFile) body(e *Event, m Method) {
	switch text := f.props.text(tagBody); {
	case text == "":
	case m.IsFromAttendee():
		e.Comments = []string{text}
	default:
		e.Description = text
	}
}
