package mailtest

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// A CalendarAnswer is what a calendar program answers to an invitation.
type CalendarAnswer struct {
	// Shape is whose habits it has: exchange (no ORGANIZER), outlook, google (the same twice, and a program has sent it), apple
	// (attached, the mail does not say what it wants), android (base64), lotus (a name with its departments, folded before the
	// ";"), proton (an ATTENDEE without mailto), grommunio (no ATTENDEE), zimbra (the whole and a date at once), or plain.
	Shape string

	ID        string // of the message
	From, To  string
	Proven    bool   // the mail server in front has found that it is from where As says
	Organizer string // the address
	As, Name  string // whose answer it is
	PartStat  string
	Method    string // REPLY, COUNTER
	UID       string
	Stamp     string // DTSTAMP
	Sequence  string
	Date      string // RECURRENCE-ID, or ""

	Start               time.Time // what a COUNTER proposes, for an hour
	Comment             string
	Delegate, Delegated string // to whom, and from whom
}

// stampForm is how iCalendar writes a time in UTC (RFC 5545 3.3.5).
const stampForm = "20060102T150405Z"

// Message is the mail, with CRLF.
func (a CalendarAnswer) Message() string {
	object := a.object()
	head := fmt.Sprintf("From: %s\nTo: %s\nSubject: %s: the meeting\nMessage-ID: <%s>\nMIME-Version: 1.0\n", a.From, a.To,
		strings.ToLower(a.PartStat), a.ID)
	if a.Proven {
		head = "Authentication-Results: mx.ours.example; dkim=pass header.d=" + a.As[strings.LastIndexByte(a.As, '@')+1:] + "\n" + head
	}
	return crlf(head + a.parts(object))
}

// parts are the rest of the header, and the body.
func (a CalendarAnswer) parts(object string) string {
	switch a.Shape {
	case "outlook", "exchange":
		return "Content-Type: multipart/alternative; boundary=\"_000_x_\"\n\n--_000_x_\nContent-Type: text/plain; charset=\"us-ascii\"\n\n\n" +
			"--_000_x_\nContent-Type: text/calendar; charset=\"utf-8\"; method=" + a.Method + "\nContent-Transfer-Encoding: base64\n\n" + wrapped(object) + "--_000_x_--\n"
	case "google":
		return "Auto-Submitted: auto-generated\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: multipart/alternative; boundary=y\n\n" +
			"--y\nContent-Type: text/plain; charset=\"UTF-8\"\n\n" + cmp.Or(a.Name, "Ben") + " has accepted this invitation.\n--y\nContent-Type: text/calendar; charset=\"UTF-8\"; method=REPLY" +
			"\n\n" + object + "--y--\n--x\nContent-Type: application/ics; name=\"invite.ics\"\nContent-Transfer-Encoding: base64\n\n" + wrapped(object) + "--x--\n"
	case "apple":
		return "Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\n\n--x\nContent-Type: text/calendar; name=iCal.ics\n" +
			"Content-Disposition: attachment; filename=iCal.ics\nContent-Transfer-Encoding: quoted-printable\n\n" +
			strings.ReplaceAll(object, "=", "=3D") + "--x--\n"
	case "android":
		return "Content-Type: multipart/alternative; boundary=\"x=\"\n\n--x=\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n" +
			wrapped("Yes") + "\n--x=\nContent-Type: text/calendar; method=" + a.Method + "; name=\"invite.ics\"\nContent-Transfer-Encoding: base64\n\n" +
			wrapped(object) + "\n--x=--\n"
	}
	return "Content-Type: text/calendar; charset=utf-8; method=" + a.Method + "\n\n" + object
}

func (a CalendarAnswer) object() string {
	events := a.event(a.Date, a.PartStat)
	if a.Shape == "zimbra" {
		events = a.event("", a.PartStat) + a.event(a.Date, "DECLINED")
	}
	return "BEGIN:VCALENDAR\nMETHOD:" + a.Method + "\nPRODID:-//script//EN\nVERSION:2.0\n" + events + "END:VCALENDAR\n"
}

func (a CalendarAnswer) event(date, answer string) string {
	lines := []string{"BEGIN:VEVENT", "UID:" + a.UID, "DTSTAMP:" + a.Stamp, "SEQUENCE:" + a.Sequence, "SUMMARY;LANGUAGE=de:Zugesagt: x"}
	if a.Shape != "exchange" {
		lines = append(lines, "ORGANIZER:mailto:"+a.Organizer)
	}
	if a.Shape != "grommunio" {
		lines = append(lines, a.attendee(answer))
	}
	if date != "" {
		lines = append(lines, "RECURRENCE-ID:"+date)
	}
	if a.Method == "COUNTER" {
		lines = append(lines, "DTSTART:"+a.Start.UTC().Format(stampForm), "DTEND:"+a.Start.UTC().Add(time.Hour).Format(stampForm))
	}
	if a.Comment != "" {
		lines = append(lines, "COMMENT:"+a.Comment)
	}
	return strings.Join(append(lines, "END:VEVENT"), "\n") + "\n"
}

func (a CalendarAnswer) attendee(answer string) string {
	line := "ATTENDEE;PARTSTAT=" + answer
	if a.Name != "" {
		line += ";CN=\"" + a.Name + "\""
	}
	if a.Delegate != "" {
		line += ";DELEGATED-TO=\"mailto:" + a.Delegate + "\""
	}
	if a.Delegated != "" {
		line += ";DELEGATED-FROM=\"mailto:" + a.Delegated + "\""
	}
	switch a.Shape {
	case "lotus":
		return strings.ReplaceAll(strings.Replace(line, ";CN=\""+a.Name, ";CN=\""+a.Name+"/Guild/North", 1), ";", "\n ;") + "\n :mailto:" + a.As
	case "proton":
		return line + ":" + a.As
	}
	return line + ":MAILTO:" + a.As
}
