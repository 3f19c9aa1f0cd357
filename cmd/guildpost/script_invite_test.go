package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

var methodLine = regexp.MustCompile(`(?m)^METHOD:(\w+)$`)

// calendarMail is a calendar object as a calendar mails it.
var calendarMail = map[string]func(head, method, object string) string{
	// Outlook: one form of the text, encoded, nothing attached.
	"outlook": func(head, method, object string) string {
		return head + "X-MS-Exchange-Calendar-Originator-Id: x\nContent-Type: multipart/alternative; boundary=\"_000_x_\"\n\n--_000_x_\n" +
			"Content-Type: text/plain; charset=\"us-ascii\"\n\nSee you there.\n\n--_000_x_\nContent-Type: text/html; charset=\"us-ascii\"\n\n<p>See you there.</p>\n" +
			"--_000_x_\nContent-Type: text/calendar; charset=\"utf-8\"; method=" + method + "\nContent-Transfer-Encoding: base64\n\n" + wrapped(object) + "--_000_x_--\n"
	},
	// Google: the same twice, and a program has sent it.
	"google": func(head, method, object string) string {
		return head + "Auto-Submitted: auto-generated\nSender: Google Calendar <calendar-notification@google.com>\nContent-Type: multipart/mixed; boundary=x\n\n--x\n" +
			"Content-Type: multipart/alternative; boundary=y\n\n--y\nContent-Type: text/plain; charset=\"UTF-8\"\n\nYou have been invited to the following event.\n" +
			"--y\nContent-Type: text/calendar; charset=\"UTF-8\"; method=" + method + "\n\n" + object + "--y--\n--x\nContent-Type: application/ics; name=\"invite.ics\"\n" +
			"Content-Disposition: attachment; filename=\"invite.ics\"\nContent-Transfer-Encoding: base64\n\n" + wrapped(object) + "--x--\n"
	},
	// Apple's Calendar on the desktop: attached, and the mail does not say what it wants.
	"apple": func(head, _, object string) string {
		return head + "Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\n\n--x\nContent-Type: text/calendar; name=iCal.ics\n" +
			"Content-Disposition: attachment; filename=iCal.ics\n\n" + object + "--x--\n"
	},
	// A post with a file.
	"attached": func(head, _, object string) string {
		return head + "Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\nHere is the date, who comes?\n--x\n" +
			"Content-Type: text/calendar; name=date.ics\nContent-Disposition: attachment; filename=date.ics\n\n" + object + "--x--\n"
	},
	// Forwarded: what is in it was said to somebody else.
	"forwarded": func(head, method, object string) string {
		return head + "Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\nIs this for us?\n--x\nContent-Type: message/rfc822\n\n" +
			"From: zoe@z.example\nTo: somebody@b.example\nSubject: Invitation\nMIME-Version: 1.0\nContent-Type: text/calendar; method=" + method + "\n\n" + object + "\n--x--\n"
	},
	"plain": func(head, method, object string) string {
		return head + "Content-Type: text/calendar; charset=utf-8; method=" + method + "\n\n" + object
	},
}

// invite [-shape SHAPE] [-proven] FROM TO FILE.ics sends a calendar object as a calendar does: outlook, google, apple, plain; or
// attached to a post, or forwarded in one. What it wants is its METHOD. With "!" it must be refused.
func cmdInvite(ts *testscript.TestScript, neg bool, args []string) {
	shape, proven := "outlook", false
	for len(args) > 1 && strings.HasPrefix(args[0], "-") {
		if args[0] == "-proven" {
			proven, args = true, args[1:]
		} else {
			shape, args = args[1], args[2:]
		}
	}
	if len(args) != 3 || calendarMail[shape] == nil {
		ts.Fatalf("usage: invite [-shape SHAPE] [-proven] FROM TO FILE.ics")
	}
	w := worldOf(ts).mail(ts)
	from, object := mustParse(ts, args[0]), strings.ReplaceAll(ts.ReadFile(args[2]), "NOW", w.world.clock().UTC().Format("20060102T150405Z"))
	method := ""
	if found := methodLine.FindStringSubmatch(object); found != nil {
		method = found[1]
	}
	w.replies++
	head := fmt.Sprintf("From: %s\nTo: %s\nSubject: A meeting\nMessage-ID: <invite-%d@script.example>\nMIME-Version: 1.0\n", args[0], args[1], w.replies)
	if proven {
		head = "Authentication-Results: mx.ours.example; dkim=pass header.d=" + from[strings.LastIndexByte(from, '@')+1:] + "\n" + head
	}
	replies, err := w.send(false, from, []string{args[1]}, strings.ReplaceAll(calendarMail[shape](head, method, object), "\n", "\r\n"))
	fmt.Fprint(ts.Stdout(), replies)
	if neg == (err == nil) {
		ts.Fatalf("invite: %v\n%s", err, replies)
	}
}
