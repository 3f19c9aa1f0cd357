package main

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"guildpost/calendar"
	"guildpost/mail"
)

// An rsvpMail is the answer of a calendar to an invitation that was received.
type rsvpMail struct {
	proven, shape, as, name, date, method, uid, hold, stamp, sequence string
	start, comment, delegate, delegated                               string // of a COUNTER, and of a delegation
	from, to, answer                                                  string
}

// rsvp [-shape SHAPE] [-to ADDRESS] [-as ADDRESS] [-name NAME] [-date KEY] [-method METHOD] [-uid UID] [-stamp KEY] [-sequence N] FROM FILE.eml
// ANSWER answers a received invitation by calendar: as Outlook does (outlook), Google (google), Zimbra (zimbra: the whole and a
// date at once), a room of Grommunio (grommunio: in nobody's name) or plainly. ANSWER is a PARTSTAT. -proven yes
// lets the mail server in front have found that it is from where it says. -to is somewhere else than the
// organiser; -as another attendee than FROM; -start KEY is what a COUNTER proposes, for an hour, and -comment why; -delegate ADDRESS
// sends somebody else, and -delegated ADDRESS says that one was sent. -hold N answers the N-th of several holds. With "!" it must be
// refused.
func cmdRSVP(ts *testscript.TestScript, neg bool, args []string) {
	r := rsvpMail{method: "REPLY", sequence: "0"}
	flags := map[string]*string{"-proven": &r.proven, "-shape": &r.shape, "-to": &r.to, "-as": &r.as, "-name": &r.name, "-date": &r.date, "-method": &r.method, "-uid": &r.uid, "-hold": &r.hold,
		"-stamp": &r.stamp, "-sequence": &r.sequence, "-start": &r.start, "-comment": &r.comment, "-delegate": &r.delegate, "-delegated": &r.delegated}
	for len(args) > 1 && flags[args[0]] != nil {
		*flags[args[0]], args = args[1], args[2:]
	}
	if len(args) != 3 {
		ts.Fatalf("usage: rsvp [-shape SHAPE] [-to ADDRESS] [-as ADDRESS] [-date KEY] [-method METHOD] [-uid UID] [-hold N] [-stamp KEY] FROM FILE.eml ANSWER")
	}
	w := worldOf(ts).mail(ts)
	r.from, r.answer = args[0], args[2]
	said := calendar.ReadMessage(mail.Read([]byte(ts.ReadFile(args[1]))))
	if n, err := strconv.Atoi(r.hold); err == nil && n >= 1 && n <= len(said.Objects) {
		said.Objects = said.Objects[n-1 : n]
	}
	if len(said.Objects) != 1 || len(said.Objects[0].Events) == 0 {
		ts.Fatalf("%s holds no invitation: %+v", args[1], said)
	}
	event := said.Objects[0].Events[0]
	if r.to == "" {
		r.to = event.Organizer.Address
	}
	if r.uid == "" {
		r.uid = event.UID
	}
	if r.stamp == "" {
		r.stamp = w.world.clock().UTC().Format("20060102T150405Z")
	}
	if r.as == "" {
		r.as = mustParse(ts, r.from)
	}
	w.replies++
	replies, err := w.send(false, mustParse(ts, r.from), []string{r.to}, strings.ReplaceAll(r.message(w.replies, event.Organizer.Address), "\n", "\r\n"))
	fmt.Fprint(ts.Stdout(), replies)
	if neg == (err == nil) {
		ts.Fatalf("rsvp: %v\n%s", err, replies)
	}
}

// message is the mail.
func (r rsvpMail) message(n int, organizer string) string {
	object := r.object(organizer)
	head := fmt.Sprintf("From: %s\nTo: %s\nSubject: %s: the meeting\nMessage-ID: <rsvp-%d@script.example>\nMIME-Version: 1.0\n", r.from, r.to,
		strings.ToLower(r.answer), n)
	if r.proven != "" {
		head = "Authentication-Results: mx.ours.example; dkim=pass header.d=" + r.as[strings.LastIndexByte(r.as, '@')+1:] + "\n" + head
	}
	switch r.shape {
	case "outlook":
		return head + "Content-Type: multipart/alternative; boundary=\"_000_x_\"\n\n--_000_x_\nContent-Type: text/plain; charset=\"us-ascii\"\n\n\n" +
			"--_000_x_\nContent-Type: text/calendar; charset=\"utf-8\"; method=" + r.method + "\nContent-Transfer-Encoding: base64\n\n" + wrapped(object) + "--_000_x_--\n"
	case "google":
		return head + "Auto-Submitted: auto-generated\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: multipart/alternative; boundary=y\n\n" +
			"--y\nContent-Type: text/plain; charset=\"UTF-8\"\n\nBen has accepted this invitation.\n--y\nContent-Type: text/calendar; charset=\"UTF-8\"; method=REPLY" +
			"\n\n" + object + "--y--\n--x\nContent-Type: application/ics; name=\"invite.ics\"\nContent-Transfer-Encoding: base64\n\n" + wrapped(object) + "--x--\n"
	}
	return head + "Content-Type: text/calendar; charset=utf-8; method=" + r.method + "\n\n" + object
}

func wrapped(object string) string {
	return base64.StdEncoding.EncodeToString([]byte(strings.ReplaceAll(object, "\n", "\r\n"))) + "\n"
}

func (r rsvpMail) object(organizer string) string {
	event := func(date, answer string) string {
		lines := []string{"BEGIN:VEVENT", "UID:" + r.uid, "DTSTAMP:" + r.stamp, "SEQUENCE:" + r.sequence, "SUMMARY;LANGUAGE=de:Zugesagt: x"}
		if r.shape != "outlook" { // Exchange leaves it out
			lines = append(lines, "ORGANIZER:mailto:"+organizer)
		}
		if r.shape != "grommunio" {
			name := ""
			if r.name != "" {
				name = ";CN=\"" + r.name + "\""
			}
			if r.delegate != "" {
				name += ";DELEGATED-TO=\"mailto:" + r.delegate + "\""
			}
			if r.delegated != "" {
				name += ";DELEGATED-FROM=\"mailto:" + r.delegated + "\""
			}
			lines = append(lines, "ATTENDEE;PARTSTAT="+answer+name+":MAILTO:"+r.as)
		}
		if date != "" {
			lines = append(lines, "RECURRENCE-ID:"+date)
		}
		if r.method == "COUNTER" {
			start, err := time.Parse("20060102T150405Z", r.start)
			if err != nil {
				start = time.Date(2026, 8, 11, 13, 0, 0, 0, time.UTC)
			}
			lines = append(lines, "DTSTART:"+start.Format("20060102T150405Z"), "DTEND:"+start.Add(time.Hour).Format("20060102T150405Z"))
		}
		if r.comment != "" {
			lines = append(lines, "COMMENT:"+r.comment)
		}
		return strings.Join(append(lines, "END:VEVENT"), "\n") + "\n"
	}
	events := event(r.date, r.answer)
	if r.shape == "zimbra" {
		events = event("", r.answer) + event(r.date, "DECLINED")
	}
	return "BEGIN:VCALENDAR\nMETHOD:" + r.method + "\nPRODID:-//script//EN\nVERSION:2.0\n" + events + "END:VCALENDAR\n"
}
