package mailtest

import (
	"encoding/base64"
	"strings"
)

// calendarMails are the forms in which calendar programs mail a calendar object, each named after one that does.
var calendarMails = map[string]func(head, method, object string) string{
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

// CalendarMail is a mail with a calendar object as a program mails it that calls a meeting or changes one: outlook, google,
// apple, plain; or attached to a post, or forwarded in one. The head is From to MIME-Version, with LF as the object has; the
// mail has CRLF. It is "" for a shape that is none.
func CalendarMail(shape, head, method, object string) string {
	write := calendarMails[shape]
	if write == nil {
		return ""
	}
	return crlf(write(head, method, object))
}

func wrapped(object string) string {
	return base64.StdEncoding.EncodeToString([]byte(crlf(object))) + "\n"
}

func crlf(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") }
