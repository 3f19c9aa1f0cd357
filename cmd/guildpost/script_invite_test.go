package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"guildpost/mail/mailtest"
)

var methodLine = regexp.MustCompile(`(?m)^METHOD:(\w+)$`)

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
	if len(args) != 3 || mailtest.CalendarMail(shape, "", "", "") == "" {
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
	replies, err := w.send(false, from, []string{args[1]}, mailtest.CalendarMail(shape, head, method, object))
	fmt.Fprint(ts.Stdout(), replies)
	if neg == (err == nil) {
		ts.Fatalf("invite: %v\n%s", err, replies)
	}
}
