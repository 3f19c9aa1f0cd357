package main

import (
	"fmt"
	"strings"
	"time"

	"guildpost/mail"
	"guildpost/mail/mailtest"
)

// A letter is what somebody writes.
type letter struct {
	from    person
	to      string // the list address unless given
	cc      []person
	subject string
	answers *letter
	reply   string // the Message-ID that it answers, of a mail that is no letter
	header  string // more fields, each with its line end
	body    string // with its part headers when header says that it is multipart
	id      string // given by send
}

// message is the letter as its author's mail client writes it.
func (l *letter) message(now time.Time) string {
	var b strings.Builder
	field := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s: %s\r\n", name, value)
		}
	}
	from, _ := mail.ParseAddress(l.from.address)
	from.Name = l.from.name
	field("From", from.Format())
	field("To", l.to)
	var cc []string
	for _, p := range l.cc {
		cc = append(cc, p.address)
	}
	field("Cc", strings.Join(cc, ", "))
	field("Subject", mail.EncodeText(l.subject))
	field("Date", now.Format(time.RFC1123Z))
	field("Message-ID", "<"+l.id+">")
	parent := l.reply
	if l.answers != nil {
		parent = l.answers.id
	}
	if parent != "" {
		field("In-Reply-To", "<"+parent+">")
		field("References", "<"+parent+">")
	}
	b.WriteString("MIME-Version: 1.0\r\n")
	if !strings.Contains(l.header, "Content-Type:") {
		b.WriteString("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n")
	}
	b.WriteString(strings.ReplaceAll(l.header, "\n", "\r\n"))
	b.WriteString("\r\n" + strings.ReplaceAll(l.body, "\n", "\r\n"))
	return b.String()
}

// answer is what somebody answers to a mail in their mailbox, as their mail client writes it: below it stands what it
// answers.
func answer(from person, to mailtest.Received, text string) *letter {
	m := mail.Read(to.Data)
	l := &letter{from: from, to: m.From[0].String(), subject: "Re: " + m.Subject, reply: m.MessageID, body: text + "\n\n"}
	if len(m.ReplyTo) > 0 {
		l.to = m.ReplyTo[0].String()
	}
	l.body += "On Monday, " + m.From[0].Name + " wrote:\n"
	for line := range strings.Lines(m.Text().All) {
		l.body += "> " + line
	}
	return l
}

// returned is what a mail server writes that cannot deliver a mail (RFC 3464).
func returned(m mailtest.Received, reply string) string {
	header, _, _ := strings.Cut(string(m.Data), "\r\n\r\n")
	host := m.Recipient[strings.IndexByte(m.Recipient, '@')+1:]
	return strings.ReplaceAll(fmt.Sprintf("From: MAILER-DAEMON@mx.%s\nTo: <%s>\nSubject: Undelivered Mail Returned to Sender\n"+
		"Auto-Submitted: auto-replied\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\n\n"+
		"--b\n\nYour mail could not be delivered.\n\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.%s\n\n"+
		"Final-Recipient: rfc822; %s\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; %s\n\n--b\nContent-Type: text/rfc822-headers\n\n%s\n--b--\n",
		host, m.Sender, host, m.Recipient, reply, strings.ReplaceAll(header, "\r\n", "\n")), "\n", "\r\n")
}
