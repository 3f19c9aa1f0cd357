package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"guildpost/mail"
)

var ticketMail = regexp.MustCompile(`[a-z0-9._-]+\+t\.[a-z2-7]+@[a-z0-9.-]+`)

// reply [-new] [-to N|-to-field NAME] [-header 'NAME: VALUE'] FROM FILE.eml TEXT… answers a received mail as a person's program does:
// quoted, with Re: and In-Reply-To, to where replies go. TEXT is a line each. -to writes to the N-th ticket address that
// stands in the text instead, -to-field to that in a header field, -new makes it a mail of its own, as a click on an address does. With "!" it must be refused.
func cmdReply(ts *testscript.TestScript, neg bool, args []string) {
	isNew, n, header, field := false, 0, "", ""
	for len(args) > 1 && strings.HasPrefix(args[0], "-") {
		switch args[0] {
		case "-new":
			isNew, args = true, args[1:]
			continue
		case "-to":
			_, err := fmt.Sscan(args[1], &n)
			ts.Check(err)
		case "-to-field":
			field = args[1]
		case "-header":
			header = args[1] + "\n"
		}
		args = args[2:]
	}
	if len(args) < 2 {
		ts.Fatalf("usage: reply [-new] [-to N|-to-field NAME] [-header 'NAME: VALUE'] FROM FILE.eml TEXT...")
	}
	w := worldOf(ts).mail(ts)
	m := mail.Read([]byte(ts.ReadFile(args[1])))
	to := ticketMail.FindString(m.Header.Get(field))
	if field == "" {
		to = replyTo(ts, m, n)
	}
	text := w.answer(args[0], to, m, isNew, header+"\n"+strings.Join(args[2:], "\n")+"\n")
	replies, err := w.send(false, mustParse(ts, args[0]), []string{to}, strings.ReplaceAll(text, "\n", "\r\n"))
	fmt.Fprint(ts.Stdout(), replies)
	if neg == (err == nil) {
		ts.Fatalf("reply: %v\n%s", err, replies)
	}
}

func mustParse(ts *testscript.TestScript, address string) string {
	a, err := mail.ParseAddress(address)
	ts.Check(err)
	return a.String()
}

// replyTo is where an answer goes: the N-th ticket address in the text, or for 0 where programs send replies to.
func replyTo(ts *testscript.TestScript, m *mail.Message, n int) string {
	var all []string
	for _, address := range ticketMail.FindAllString(m.Text().All, -1) {
		if len(all) == 0 || all[len(all)-1] != address {
			all = append(all, address)
		}
	}
	switch {
	case n > len(all):
		ts.Fatalf("there are %d ticket addresses: %v", len(all), all)
	case n > 0:
		return all[n-1]
	case len(m.ReplyTo) > 0:
		return m.ReplyTo[0].String()
	case len(m.From) > 0:
		return m.From[0].String()
	}
	ts.Fatalf("there is nobody to answer")
	return ""
}

// answer is the message; rest begins with its last header fields.
func (m *mailWorld) answer(from, to string, old *mail.Message, isNew bool, rest string) string {
	m.replies++
	var b strings.Builder
	field := func(name, value string) { fmt.Fprintf(&b, "%s: %s\n", name, value) }
	field("From", from)
	field("To", to)
	field("Date", m.world.clock().Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	field("Message-ID", fmt.Sprintf("<reply-%d@script.example>", m.replies))
	if isNew {
		field("Subject", "")
		b.WriteString(rest)
		return b.String()
	}
	field("Subject", mail.EncodeText("Re: "+old.Subject))
	field("In-Reply-To", "<"+old.MessageID+">")
	field("References", "<"+old.MessageID+">")
	field("Content-Type", "text/plain; charset=utf-8")
	b.WriteString(rest)
	fmt.Fprintf(&b, "\nOn Mon, 3 Aug 2026 at 09:00, %s wrote:\n", old.From[0].Format())
	for line := range strings.Lines(old.Text().All) {
		b.WriteString("> " + line)
	}
	return b.String()
}

var (
	tokenOfMail = regexp.MustCompile(`\+t\.[a-z2-7]+@`)
	tokenOfLink = regexp.MustCompile(`/([tn])/[a-zA-Z2-7]+`)
)

// text FILE.eml prints what a person reads in a received mail: its subject and its text, with * for what is in tickets.
func cmdText(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: text FILE.eml")
	}
	m := mail.Read([]byte(ts.ReadFile(args[0])))
	text := tokenOfMail.ReplaceAllString(m.Text().All, "+t.*@")
	text = tokenOfLink.ReplaceAllString(text, "/$1/*")
	fmt.Fprintf(ts.Stdout(), "Subject: %s\n\n%s\n", m.Subject, strings.TrimRight(text, "\n"))
}
