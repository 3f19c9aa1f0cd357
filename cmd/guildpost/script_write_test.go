package main

import (
	"fmt"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// write [-proven] [-header 'NAME: VALUE'] FROM TO SUBJECT LINE… sends a short mail. -proven lets the mail server in front have
// found that it is from where it says (GUILDPOST_INBOUND_AUTHSERV_ID is mx.ours.example). With "!" it must be refused.
func cmdWrite(ts *testscript.TestScript, neg bool, args []string) {
	var header strings.Builder
	proven := false
	for len(args) > 1 && strings.HasPrefix(args[0], "-") {
		switch args[0] {
		case "-proven":
			proven, args = true, args[1:]
		case "-header":
			header.WriteString(args[1] + "\r\n")
			args = args[2:]
		default:
			ts.Fatalf("write: there is no %s", args[0])
		}
	}
	if len(args) < 3 {
		ts.Fatalf("usage: write [-proven] [-header 'NAME: VALUE'] FROM TO SUBJECT LINE...")
	}
	w := worldOf(ts).mail(ts)
	from := mustParse(ts, args[0])
	if proven {
		fmt.Fprintf(&header, "Authentication-Results: mx.ours.example; dkim=pass header.d=%s\r\n", from[strings.LastIndexByte(from, '@')+1:])
	}
	w.replies++
	fmt.Fprintf(&header, "From: %s\r\nTo: %s\r\nSubject: %s\r\nMessage-ID: <write-%d@script.example>\r\nContent-Type: text/plain; charset=utf-8\r\n",
		args[0], args[1], args[2], w.replies)
	replies, err := w.send(false, from, []string{args[1]}, header.String()+"\r\n"+strings.Join(args[3:], "\r\n")+"\r\n")
	fmt.Fprint(ts.Stdout(), replies)
	if neg == (err == nil) {
		ts.Fatalf("write: %v\n%s", err, replies)
	}
}
