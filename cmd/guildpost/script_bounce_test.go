package main

import (
	"fmt"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"guildpost/mail/mailtest"
)

// bounce [-action ACTION] [-from SENDER] ADDRESS [STATUS [TEXT]] sends back the last message that an address got, as its mail
// server would (RFC 3464). complain ADDRESS does so as a mail provider whose customer reported it as spam (RFC 5965).
func cmdBounce(ts *testscript.TestScript, neg bool, args []string) {
	action, status, text := "failed", "5.1.1", "550 5.1.1 no such user"
	if len(args) > 2 && args[0] == "-action" {
		action, args = args[1], args[2:]
	}
	if len(args) < 1 || len(args) > 3 {
		ts.Fatalf("usage: bounce [-action ACTION] ADDRESS [STATUS [TEXT]]")
	}
	if len(args) > 1 {
		status, text = args[1], "550 "+args[1]
	}
	if len(args) > 2 {
		text = args[2]
	}
	sendReport(ts, neg, args[0], func(to, header string) string {
		return fmt.Sprintf("From: MAILER-DAEMON@mx.example\nTo: <%s>\nSubject: Undelivered Mail Returned to Sender\nAuto-Submitted: auto-replied\n"+
			"MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nIt could not be delivered.\n\n"+
			"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; %s\nAction: %s\nStatus: %s\n"+
			"Diagnostic-Code: smtp; %s\n\n--b\nContent-Type: text/rfc822-headers\n\n%s\n--b--\n", to, args[0], action, status, text, header)
	})
}

func cmdComplain(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: complain ADDRESS")
	}
	sendReport(ts, neg, args[0], func(to, header string) string {
		return fmt.Sprintf("From: Feedback <fbl@provider.example>\nTo: <%s>\nSubject: complaint\nMIME-Version: 1.0\n"+
			"Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\n\nThis is a report.\n\n"+
			"--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: x/1\nVersion: 1\nOriginal-Rcpt-To: %s\n\n"+
			"--b\nContent-Type: text/rfc822-headers\n\n%s\n--b--\n", to, args[0], header)
	})
}

// sendReport sends what is made of the last message that an address got to that message's envelope sender.
func sendReport(ts *testscript.TestScript, neg bool, address string, make func(to, header string) string) {
	w := worldOf(ts).mail(ts)
	w.settle(ts)
	var last *mailtest.Received
	for _, r := range w.sink.Received() {
		if r.Recipient == address {
			last = &r
		}
	}
	if last == nil {
		ts.Fatalf("%s got nothing that could bounce", address)
	}
	header, _, _ := strings.Cut(strings.ReplaceAll(string(last.Data), "\r\n", "\n"), "\n\n")
	text := strings.ReplaceAll(make(last.Sender, header), "\n", "\r\n")
	replies, err := w.send(false, "", []string{last.Sender}, text)
	fmt.Fprint(ts.Stdout(), replies)
	if neg == (err == nil) {
		ts.Fatalf("the report about mail from %s: %v\n%s", last.Sender, err, replies)
	}
}
